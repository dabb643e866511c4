"""What an analysis says: frozen results that carry their method, their arms and their counts."""

from dataclasses import dataclass

import numpy as np

NOT_ESTIMABLE = float("nan")


@dataclass(frozen=True)
class Estimate:
    """One estimated number with its confidence limits.

    Attributes
    ----------
    value, low, high : float
        Estimate and confidence limits; NaN where not estimable, with the reason in `method`.
    conf_level : float
        Two-sided confidence level of the limits; NaN where there are none.
    std_error : float
        Standard error, on the scale of `value`, or of its logarithm for a ratio.
    unit : str
        Unit of `value`: "months", "weeks", "proportion", "ratio" or what is counted.
    method : str
        One sentence, made from the arguments used.
    arm, reference : str
        The arm, and the arm it is compared with (empty where there is none).
    n, events : int
        Patients and events that the estimate rests on.
    at : float
        Time of a landmark, in the unit of the times; NaN where there is none.
    """

    value: float
    low: float = NOT_ESTIMABLE
    high: float = NOT_ESTIMABLE
    conf_level: float = NOT_ESTIMABLE
    std_error: float = NOT_ESTIMABLE
    unit: str = ""
    method: str = ""
    arm: str = ""
    reference: str = ""
    n: int = 0
    events: int = 0
    at: float = NOT_ESTIMABLE


@dataclass(frozen=True)
class HypothesisTest:
    """One test of a null hypothesis, two-sided.

    Attributes
    ----------
    statistic : float
        The test statistic, chi-square on `df` degrees of freedom under the null hypothesis.
    p_value : float
        Probability of a statistic at least as large; NaN where not estimable, with the reason in `method`.
    df : int
        Degrees of freedom.
    method : str
        One sentence, made from the arguments used.
    arm, reference : str
        The arm and the arm it is compared with.
    n, events : int
        Patients and events that the test rests on.
    """

    statistic: float
    p_value: float
    df: int
    method: str
    arm: str = ""
    reference: str = ""
    n: int = 0
    events: int = 0


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """A Kaplan-Meier curve: one entry for each distinct time at which someone had the event or was censored.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct times, increasing, in `time_unit`.
    survival, low, high : ndarray, shape (k,)
        Survival just after each time, and its pointwise confidence limits.
    std_error : ndarray, shape (k,)
        Greenwood's standard error of `survival`; NaN where nobody is left.
    at_risk, events, censored : ndarray of int, shape (k,)
        Patients at risk just before each time, and events and censorings at it.
    conf_type, conf_level, time_unit, method, arm
        As asked for.
    """

    time: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    std_error: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    conf_type: str
    conf_level: float
    time_unit: str
    method: str
    arm: str = ""
