"""Types that the modules of statistics share: arrays, options by name, and the parts of results."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Codes = NDArray[np.integer]
"""Whole numbers of any width."""
Booleans = NDArray[np.bool_]
Counts = Floats | Integers
"""Of patients: whole numbers, or sums of case weights."""
AnyArray = NDArray[np.generic]
"""What a caller gave, before it was checked."""

Labels = ArrayLike | Sequence[object]
"""Of strata, subgroups or clusters: text, numbers, dates, whatever can be told apart."""
ResponseTimes = ArrayLike | Sequence[float | None]
Whole = float | np.integer
"""A whole number, as int, float or of numpy."""

Ties = Literal["efron", "breslow", "exact"]
TiesOfCovariates = Literal["efron", "breslow"]
Interval = Literal["wald", "profile", "score"]
RateAlternative = Literal["two-sided", "less", "greater"]
TestKind = Literal["wald", "score", "likelihood-ratio"]
ConfType = Literal["log-log", "log", "plain", "logit", "arcsine"]
Plateau = Literal["midpoint", "strict"]
FollowUpEstimator = Literal["reverse-kaplan-meier", "survivors", "observed"]
Extreme = Literal["shortest", "longest"]
WeightingName = Literal["gehan", "tarone-ware", "peto", "modified-peto"]
Transform = Literal["km", "rank", "identity", "log"]
ResidualKind = Literal["martingale", "score", "schoenfeld"]
RateMethod = Literal["clopper-pearson", "wilson", "wilson-cc", "jeffreys", "mid-p", "agresti-coull", "wald"]
DifferenceMethod = Literal[
    "miettinen-nurminen", "mee", "newcombe", "newcombe-cc", "agresti-caffo", "hauck-anderson", "wald"
]
RatioMethod = Literal["miettinen-nurminen", "koopman", "katz"]
OddsMethod = Literal["miettinen-nurminen", "woolf", "exact-conditional"]
StratifiedMethod = Literal["mantel-haenszel", "miettinen-nurminen"]

Limits = tuple[float, float]


class Method(TypedDict):
    """How a result was computed, and which parts of the sentence come from the data."""

    method: str
    from_data: tuple[str, ...]


class Arms(TypedDict):
    """The arm, and the arm it is compared with."""

    arm: str
    reference: str


class PatientCounts(TypedDict):
    """Patients and events that a result rests on."""

    n: float
    events: float


class ArmCounts(PatientCounts):
    """The same of one arm."""

    arm: str


class ComparedCounts(PatientCounts, Arms):
    """The same of two arms."""


class CountsOfTest(ComparedCounts):
    """The same with the degrees of freedom of a test."""

    df: int


class CountsInUnit(ArmCounts):
    """Of one arm, with the unit of the value."""

    unit: str


class CountsAtTime(CountsInUnit):
    """The same with the time of a landmark."""

    at: float


class ComparedCountsInUnit(ComparedCounts):
    """Of two arms, with the unit of the value."""

    unit: str
