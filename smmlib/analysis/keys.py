"""What a number is about: a record with fields, from which its printed name is made here and nowhere else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches

from smmlib.errors import SmmlibError
from smmlib.stats.results import Estimate, HypothesisTest


@dataclass(frozen=True)
class Key:
    """The identity of one number of a study.

    Attributes
    ----------
    section : str
        Part of the report that it belongs to: "population", "time_to_event", "response", "reconstruction", or the name
        of a run whose notebook is the user's own.
    measure : str
        What is measured: "hazard_ratio", "median", "randomised". Its kind is one: an estimate, or a test.
    endpoint : str
        Id of the endpoint; empty where there is none.
    arm, reference : str
        Ids of the arm and of the arm that it is compared with; empty for all patients, and where nothing is compared.
    subgroup : str
        The patients that the analysis is restricted to, in words; empty for all of them.
    phase : str
        Id of a phase of treatment, or of a visit at which response is counted.
    at : float or None
        Time, in the unit of the study.
    variant : str
        Which of several ways of the same measure: "stratified", "wilson".
    factor, level : str
        What is counted, where a count is one of several that share a measure: the level of a stratification factor, the
        reason of a censoring, the category of a response, the term of an adverse event.

    Examples
    --------
    The median on 6-mercaptopurine, and the hazard ratio of two arms:

    >>> from smmlib.analysis import Key
    >>> Key("time_to_event", "median", endpoint="remission", arm="6-mp").name
    'remission.median.6-mp'
    >>> Key("time_to_event", "hazard_ratio", endpoint="remission", arm="placebo", reference="6-mp").name
    'remission.hazard_ratio.placebo_vs_6-mp'
    """

    section: str
    measure: str
    endpoint: str = ""
    arm: str = ""
    reference: str = ""
    subgroup: str = ""
    phase: str = ""
    at: float | None = None
    variant: str = ""
    factor: str = ""
    level: str = ""

    @property
    def name(self) -> str:
        """The printed name: "ttp.survival.36.rd", "ttp.hazard_ratio.rd_vs_observation", "ttp.reason(death).rd"."""
        arms = f"{self.arm}_vs_{self.reference}" if self.reference else self.arm
        return ".".join(part for part in (self.name_without_arms, arms) if part)

    @property
    def name_without_arms(self) -> str:
        """The printed name without the arms: where a study has two, those of a comparison need not be said."""
        about = (self.endpoint,) if self.section == "time_to_event" else (self.section, self.endpoint)
        parts = (*about, self.phase, self.measure, time_text(self.at), self.variant)
        counted = ": ".join(part for part in (self.factor, self.level) if part)
        subgroup = f"{{{self.subgroup}}}" if self.subgroup else ""
        return ".".join(part for part in parts if part) + subgroup + (f"({counted})" if counted else "")


Numbers = dict[Key, Estimate | HypothesisTest]
"""Of a study, or a part of it."""
KEY_FIELDS = tuple(field.name for field in fields(Key))


def time_text(time: float | None) -> str:
    """A time in a name: all its digits, without ".0"; nothing for None."""
    return "" if time is None else repr(float(time)).removesuffix(".0")


class UnknownNumberError(SmmlibError, LookupError):
    """A name that no number of the study has."""


class RepeatedNameError(SmmlibError, ValueError):
    """Two numbers of one study that would be printed under one name."""


class KeysByName(Mapping[str, Key]):
    """The keys of a study by their printed names; where it has two arms, comparisons also without their arms.

    Parameters
    ----------
    keys : iterable of Key
    two_arms : bool
        Whether the study has two arms, so that a comparison need not say which.

    Raises
    ------
    RepeatedNameError
        If two keys have one name.
    """

    def __init__(self, keys: Iterable[Key], *, two_arms: bool) -> None:
        keys = list(keys)
        repeated = [name for name, count in Counter(key.name for key in keys).items() if count > 1]
        if repeated:
            raise RepeatedNameError(
                f"two numbers have the name {repeated[0]!r}: rename an endpoint, a phase, a visit or an arm"
            )
        short = {key.name_without_arms: key for key in keys if key.reference} if two_arms else {}
        self._keys = short | {key.name: key for key in keys}

    def __getitem__(self, name: str) -> Key:
        if name not in self._keys:
            near = get_close_matches(name, self._keys, n=3, cutoff=0.5)
            advice = f"; near to it are {', '.join(near)}" if near else ""
            raise UnknownNumberError(f"there is no number {name!r}{advice}")
        return self._keys[name]

    def __contains__(self, name: object) -> bool:
        return name in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
