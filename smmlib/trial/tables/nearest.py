"""The name or value that was probably meant, for a message."""

from collections.abc import Iterable
from difflib import get_close_matches


def is_it(name: str, known: Iterable[str]) -> str:
    """A question after a name that does not exist: " (is it LSTALVDT?)"; nothing where none of the known is near.

    Parameters
    ----------
    name : str
    known : iterable of str

    Returns
    -------
    str
    """
    by_capitals = {each.upper(): each for each in known}
    near = get_close_matches(name.upper(), by_capitals, n=1)
    return f" (is it {by_capitals[near[0]]}?)" if near else ""
