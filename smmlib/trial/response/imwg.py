"""Response of one assessment by the criteria of the International Myeloma Working Group of 2016.

Each marker gives a level, and the lowest level is the response. Limits count as reached within a relative 1e-9, because
0.3 to 0.03 g/L is 90% less though not in binary fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import lru_cache
from math import isclose, isfinite
from numbers import Real
from typing import Any

from smmlib.trial.categories import IMWG

MARKERS = ("serum", "urine", "light_chains", "marrow")  # g/L, mg/24 h, involved minus uninvolved mg/L, percent
M_PROTEIN = ("serum", "urine")
MEASURABLE_FROM = {"serum": 10.0, "urine": 200.0, "light_chains": 100.0, "marrow": 30.0}  # the involved light chain
LOWEST_NORMAL_RATIO, HIGHEST_NORMAL_RATIO = 0.26, 1.65  # kappa to lambda, limits included
REDUCTION = {  # fraction of the baseline by which a marker has fallen, at least
    "serum": {"VGPR": 0.90, "PR": 0.50, "MR": 0.25},
    "urine": {"PR": 0.90, "MR": 0.50},
    "light_chains": {"VGPR": 0.90, "PR": 0.50},
    "marrow": {"PR": 0.50},
}
URINE_BELOW = {"VGPR": 100.0, "PR": 200.0}  # mg/24 h, whatever the reduction
COMPLETE_MARROW_BELOW = 5.0  # percent plasma cells
RISE = {"serum": 5.0, "urine": 200.0, "light_chains": 100.0, "marrow": 10.0}  # absolute, units of MARKERS
RISE_FRACTION = 0.25  # of the lowest confirmed value
HIGH_SERUM, RISE_FROM_HIGH_SERUM = 50.0, 10.0  # g/L: from 50 on, a rise of 10 suffices
RELATIVE_TOLERANCE = 1e-9
WORDS = dict.fromkeys(("serum_immunofixation", "urine_immunofixation"), ("negative", "positive"))
WORDS["clonal_cells"] = ("absent", "present")
BEST_FIRST = IMWG.categories


Values = dict[str, float | None]
"""Of the markers, None where one is missing."""


@dataclass(frozen=True)
class Assessment:
    """What the laboratory found on one day; None is not done. Anything but a finite value, 0 or more, is refused."""

    day: date
    serum: float | None = None  # M-protein by electrophoresis, g/L; 0 = not detectable
    urine: float | None = None  # M-protein, mg per 24 h
    serum_immunofixation: str | None = None  # "negative" or "positive"
    urine_immunofixation: str | None = None
    kappa: float | None = None  # free light chains, mg/L
    lambda_: float | None = None
    marrow: float | None = None  # plasma cells, percent
    clonal_cells: str | None = None  # clonal plasma cells in the marrow: "absent" or "present"
    rows: tuple[str, ...] = ()  # where the values stand in the tables

    def __post_init__(self) -> None:
        if not isinstance(self.day, date) or isinstance(self.day, datetime):
            raise ValueError(f"day is {self.day!r}, but must be a datetime.date.")
        for name in [each.name for each in fields(self) if each.name not in ("day", "rows")]:
            value, words = getattr(self, name), WORDS.get(name)
            if value is None or (value in words if words else _is_quantity(value)):
                continue
            expected = " or ".join(map(repr, words)) if words else "a finite number, zero or more"
            raise ValueError(f"{self.day}: {name} is {value!r}, but must be {expected}, or None where not done.")
        if self.marrow is not None and self.marrow > 100:
            raise ValueError(f"{self.day}: marrow is {self.marrow!r}, but must be at most 100 percent.")


def _is_quantity(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value) and not value < 0


@dataclass(frozen=True)
class Measurable:
    """By what disease is followed: `light_chains` only without serum and urine, `marrow` only without all others."""

    serum: bool
    urine: bool
    light_chains: bool
    marrow: bool


@dataclass(frozen=True)
class Judgement:
    """Category of one assessment, and what decided it."""

    category: str
    values: Values = field(default_factory=dict)  # by marker, None where missing; empty where nothing is measurable
    rising: tuple[str, ...] = ()  # the markers that make it progression
    better: str | None = None  # the next better category, if nothing speaks against it
    missing: tuple[str, ...] = ()  # what is missing for it, or for any category


@lru_cache(maxsize=4)  # asked of one patient's assessments in turn
def measurable(baseline: Assessment | None) -> Measurable:
    """By what the disease of a patient is followed, from the values before treatment.

    Parameters
    ----------
    baseline : Assessment or None

    Returns
    -------
    Measurable
        A value that is missing at baseline is not measurable.

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    """
    if baseline is None:
        return Measurable(serum=False, urine=False, light_chains=False, marrow=False)
    involved = max(baseline.kappa or 0.0, baseline.lambda_ or 0.0) if ratio_is_normal(baseline) is False else None
    values = {"light_chains": involved} | {name: getattr(baseline, name) for name in ("serum", "urine", "marrow")}
    enough = {name: values[name] is not None and at_least(values[name], MEASURABLE_FROM[name]) for name in MARKERS}
    enough["light_chains"] &= not (enough["serum"] or enough["urine"])
    enough["marrow"] &= not (enough["serum"] or enough["urine"] or enough["light_chains"])
    return Measurable(**enough)


def judge(
    assessment: Assessment, baseline: Assessment | None, lowest: Values, run: Assessment | None = None
) -> Judgement:
    """What one assessment shows against the baseline and the lowest confirmed values.

    Parameters
    ----------
    assessment : Assessment
    baseline : Assessment or None
    lowest : dict of str to float or None
        Lowest confirmed value of each marker.
    run : Assessment, optional
        Marrow and clonal cells, this assessment's or the latest before it in the same unbroken run of negative
        immunofixation. They count for complete response alone.

    Returns
    -------
    Judgement
        Progression comes first, and takes one marker; response takes all by which the patient is followed.

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    .. [2] Rajkumar et al. (2011), Blood 117:4691-4695.
    """
    followed = measurable(baseline)
    names = followed_markers(followed)
    if baseline is None or not names:
        return Judgement("NE")
    now, base = marker_values(assessment, baseline), marker_values(baseline, baseline)
    if rising := rising_markers(now, lowest, followed):
        return Judgement("PD", now, rising)
    category, better, missing = _complete(assessment, run or assessment, followed)
    absent = tuple(name for name in names if now[name] is None)
    if category or absent:
        return Judgement(category or "NE", now, (), better, missing if category else absent)
    levels = {name: _level(name, now[name], base[name], name in names) for name in deciding_markers(followed)}
    category = worst(levels.values())
    if category == "PR" and {levels[name] for name in names} == {"VGPR"}:
        better, missing = "VGPR", tuple(name for name in levels if now[name] is None)
    return Judgement(category, now, (), better, missing)


def followed_markers(followed: Measurable) -> list[str]:
    """Markers by which the disease is followed."""
    return [name for name in MARKERS if getattr(followed, name)]


def deciding_markers(followed: Measurable) -> Sequence[str]:
    """Markers that decide on response: serum and urine together, where one of them is measurable."""
    return M_PROTEIN if followed.serum or followed.urine else followed_markers(followed)


def marker_values(assessment: Assessment, baseline: Assessment) -> Values:
    """Value of each marker; the light chain in excess at baseline is the involved one, and less than no excess is 0."""
    kappa, lambda_, excess = assessment.kappa, assessment.lambda_, None
    base_kappa, base_lambda = baseline.kappa, baseline.lambda_
    if kappa is not None and lambda_ is not None and base_kappa is not None and base_lambda is not None:
        excess = max(kappa - lambda_ if base_kappa > base_lambda else lambda_ - kappa, 0.0)
    serum = _m_protein(assessment.serum, assessment.serum_immunofixation)
    urine = _m_protein(assessment.urine, assessment.urine_immunofixation)
    return {"serum": serum, "urine": urine, "light_chains": excess, "marrow": assessment.marrow}


def _m_protein(value: float | None, immunofixation: str | None) -> float | None:
    """Where electrophoresis was not done, a negative immunofixation, which finds less, says 0."""
    return 0.0 if value is None and immunofixation == "negative" else value


def rising_markers(now: Values, lowest: Values, followed: Measurable) -> tuple[str, ...]:
    """Markers that have risen to progression; serum and urine may rise though not measurable at baseline."""
    names = dict.fromkeys([*M_PROTEIN, *followed_markers(followed)])
    return tuple(
        name
        for name in names
        if (value := now[name]) is not None and (low := lowest[name]) is not None and _has_risen(name, value, low)
    )


def _has_risen(name: str, now: float, low: float) -> bool:
    if name == "serum" and at_least(low, HIGH_SERUM):
        return at_least(now, low + RISE_FROM_HIGH_SERUM)
    more = not at_least(low + RISE[name], now)
    absolute = more if name == "light_chains" else at_least(now, low + RISE[name])
    return absolute and at_least(now, (1 + RISE_FRACTION) * low)


def _level(name: str, now: float | None, base: float | None, is_followed: bool) -> str:
    """Level that a marker allows; one not measurable at baseline decides no more than whether PR may be VGPR."""
    level = "SD" if now is None else _fallen_to(name, now, base or 0.0)
    return level if is_followed or level == "VGPR" else "PR"


def _fallen_to(name: str, now: float, base: float) -> str:
    for category, limit in URINE_BELOW.items() if name == "urine" else ():
        if not at_least(now, limit):
            return category
    fallen = (category for category, part in REDUCTION[name].items() if at_least((1 - part) * base, now))
    return next(fallen, "SD")


def _complete(
    assessment: Assessment, run: Assessment, followed: Measurable
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """sCR, CR or None; then the next better category and what is missing for it, if nothing speaks against it."""
    ratio_normal = ratio_is_normal(assessment)
    complete = {
        "serum immunofixation": _is(assessment.serum_immunofixation, "negative"),
        "urine immunofixation": _is(assessment.urine_immunofixation, "negative"),
        "electrophoresis": not is_seen(assessment),
        "marrow": None if run.marrow is None else not at_least(run.marrow, COMPLETE_MARROW_BELOW),
        "light chain ratio": ratio_normal if followed.light_chains else True,
    }
    if not all(complete.values()):
        return None, *_lacking("CR", complete)
    stringent = {"light chain ratio": ratio_normal, "clonal cells": _is(run.clonal_cells, "absent")}
    return ("sCR", None, ()) if all(stringent.values()) else ("CR", *_lacking("sCR", stringent))


def _lacking(category: str, conditions: Mapping[str, bool | None]) -> tuple[str | None, tuple[str, ...]]:
    missing = tuple(name for name, met in conditions.items() if met is None)
    return (None, ()) if False in conditions.values() else (category, missing)


def is_seen(assessment: Assessment) -> bool:
    """Whether electrophoresis shows M-protein that immunofixation, which finds less of it, does not deny."""
    serum = assessment.serum and assessment.serum_immunofixation != "negative"
    return bool(serum or (assessment.urine and assessment.urine_immunofixation != "negative"))


def _is(word: str | None, expected: str) -> bool | None:
    return None if word is None else word == expected


def ratio_is_normal(assessment: Assessment) -> bool | None:
    """None where a light chain is missing, or where both are 0 and there is no ratio."""
    kappa, lambda_ = assessment.kappa, assessment.lambda_
    if kappa is None or lambda_ is None or kappa == lambda_ == 0:
        return None
    return at_least(kappa, LOWEST_NORMAL_RATIO * lambda_) and at_least(HIGHEST_NORMAL_RATIO * lambda_, kappa)


def at_least(value: float, limit: float) -> bool:
    """Whether a limit is reached, within the relative tolerance."""
    return value > limit or isclose(value, limit, rel_tol=RELATIVE_TOLERANCE)


def worst(categories: Iterable[str]) -> str:
    """The last of some categories in the order best first."""
    return max(categories, key=BEST_FIRST.index)
