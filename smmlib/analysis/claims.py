"""Published numbers and the numbers of a study that they are about."""

from collections.abc import Iterable
from pathlib import Path

from smmlib.analysis.keys import Key, UnknownNumberError
from smmlib.analysis.sections import is_open, keys_by_name
from smmlib.errors import SmmlibError
from smmlib.trial.parameters.claim import Claim
from smmlib.trial.parameters.study import Study, place_in


class ClaimError(SmmlibError):
    """A claim about a number that the study does not have, or that the number does not have.

    Parameters
    ----------
    index : int
        Its place among the claims.
    message : str
        Begins with the key of the claim that is wrong.
    """

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index

    def within(self, params_file: str | Path) -> str:
        """The message with the line of the claim in a parameters file."""
        return f"{place_in(params_file, 'published', self.index)}: published.{self.index}.{self}"


def claims_by_key(study: Study, found: Iterable[Key] | None = None) -> list[tuple[Key, Claim]]:
    """Each claim of a study with the key of the number that it is about.

    Parameters
    ----------
    study : Study
    found : iterable of Key, optional
        The numbers that the study turned out to have. Without them, claims about numbers that only the tables or a
        notebook of the user's own can tell are passed over.

    Returns
    -------
    list of (Key, Claim)

    Raises
    ------
    ClaimError
        If a claim is about a number that the study cannot have, with the names nearest to it.

    Examples
    --------
    The textbook's medians of Freireich 1963 are claims, each of them about a number of the study.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import claims_by_key
    >>> published = {key.name: claim.value for key, claim in claims_by_key(analysis_data("freireich-1963").study)}
    >>> published["remission.median.6-mp"], published["remission.median.placebo"]
    ('23', '8')
    """
    keys, pairs = keys_by_name(study, found or ()), []
    for index, claim in enumerate(study.published):
        if claim.number not in keys and found is None and is_open(study, claim.number):
            continue
        try:
            pairs.append((keys[claim.number], claim))
        except UnknownNumberError as error:
            raise ClaimError(index, f"number: {error}") from None
    return pairs
