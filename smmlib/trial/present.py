"""Parts that a study may lack, where it is known to have them."""

from typing import TypeVar

Part = TypeVar("Part")


def present(part: Part | None) -> Part:
    """A part as it is, which the rules of the parameters, or an earlier question, say is there."""
    if part is None:
        raise AssertionError("a part is missing that was known to be there")
    return part
