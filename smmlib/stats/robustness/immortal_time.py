"""Guarantee time: who responds has lived long enough to respond, so that responders live longer even by chance.

Two comparisons of responders with non-responders are free of it: from a landmark on, by what was known then; and
with response as a covariate that changes when the response comes.
"""

from dataclasses import replace
from typing import NotRequired, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_choice,
    check_conf_level,
    check_indicator,
    check_landmark,
    check_response_times,
    check_same_order,
    check_strata,
    check_times,
)
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.comparison.partial_likelihood import TIES
from smmlib.stats.event_table import merge_ties
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, not_estimable, sentence
from smmlib.stats.types import Arms, Booleans, Floats, Integers, Labels, Method, ResponseTimes, Ties

RESPONDERS, NON_RESPONDERS = "responders", "non-responders"


class _Model(TypedDict):
    """What else the hazard ratio takes."""

    strata: Integers | None
    entry: NotRequired[Floats]
    ties: Ties
    conf_level: float


def landmark_hazard_ratio(
    time: ArrayLike,
    event: ArrayLike,
    response_time: ResponseTimes,
    *,
    landmark: float,
    strata: Labels | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> Estimate:
    """Hazard ratio of responders to non-responders from a landmark on, by the response seen up to it.

    Patients who had the event or were censored at the landmark or before are left out. Those who respond after it
    count as non-responders throughout.

    Parameters
    ----------
    time, event : array-like, shape (n,)
        As in `kaplan_meier`.
    response_time : array-like, shape (n,)
        Time of the first response, from the same start and in the same unit as `time`; NaN where there was none.
    landmark : float
        Time at which patients are classified, zero or more, in the unit of `time`; a response at it counts. To be
        pre-specified, so it has no default.
    strata : array-like, shape (n,), optional
        Stratum of each patient, any labels.
    ties, conf_level
        As in `hazard_ratio`.

    Returns
    -------
    Estimate
        Arm "responders", reference "non-responders", with the patients and events after the landmark in `n` and
        `events`. Not estimable when all patients who are left have responded, or none has.

    Raises
    ------
    ValueError
        As `kaplan_meier`, or if a response time is negative or infinite, the landmark is negative or not finite, a
        patient has no stratum, or `ties` is unknown.

    References
    ----------
    .. [1] Anderson, Cain & Gelber (1983), J Clin Oncol 1:710-719.

    Examples
    --------
    By hand: who left at 0.5 does not count. Responders have the events at 2 and 4, and the other patient the one at 3:
    2 = 2r/(2r + 1) + r/(r + 1) + 1, at r = √(1/2).

    >>> from math import nan
    >>> from smmlib import landmark_hazard_ratio
    >>> time, event, response_time = [0.5, 2, 3, 4], [1, 1, 1, 1], [0.2, 0.8, nan, 0.9]
    >>> print(f"{landmark_hazard_ratio(time, event, response_time, landmark=1).value:.3f}")
    0.707
    """
    time, event, response_time, stratum = _checked(time, event, response_time, strata, ties, conf_level)
    landmark = check_landmark(landmark, "landmark")
    leaving, responding, moment = _ranks(time, response_time, landmark)
    kept = leaving > moment
    left = f" {np.count_nonzero(~kept)} of {len(time)}"
    words = f"by response up to then, without{left} patients who left earlier or then"
    return _compared(
        sentence(f"Landmark analysis at {landmark:g}, {words}", within=(left,)),
        leaving[kept],
        event[kept],
        responding[kept] <= moment,
        strata=None if stratum is None else stratum[kept],
        ties=ties,
        conf_level=conf_level,
        n=int(np.count_nonzero(kept)),
        at=landmark,
    )


def time_dependent_response_hazard_ratio(
    time: ArrayLike,
    event: ArrayLike,
    response_time: ResponseTimes,
    *,
    strata: Labels | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> Estimate:
    """Hazard ratio after response to before or without it: Cox's model with response as a time-dependent covariate.

    At each event, patients who have already responded are compared with those who have not: a patient is a
    non-responder up to the response and a responder after it. A response at the time of the patient's event or
    censoring, or later, therefore does not count, and a patient with a response at time 0 is a responder from the
    start. A patient whose time is 0 is never at risk after the start and is left out.

    Parameters
    ----------
    time, event, response_time, strata, ties, conf_level
        As in `landmark_hazard_ratio`.

    Returns
    -------
    Estimate
        Arm "responders", reference "non-responders"; `n` counts patients. Not estimable when nobody responded while
        under observation, or everybody had responded from the start.

    Raises
    ------
    ValueError
        As `kaplan_meier`, or if a response time is negative or infinite, a patient has no stratum, or `ties` is
        unknown.

    References
    ----------
    .. [1] Mantel & Byar (1974), J Am Stat Assoc 69:81-86.
    .. [2] Crowley & Hu (1977), J Am Stat Assoc 72:27-36.
    .. [3] Therneau & Grambsch (2000), Modeling Survival Data, section 3.7.

    Examples
    --------
    One patient responds at 2 and has the event at 5; the others have it at 3 and 6. By hand: at 3 one of three at risk
    has responded, at 5 one of two, so that 1 = r/(r + 2) + r/(r + 1), at r = √2.

    >>> from math import nan
    >>> from smmlib import time_dependent_response_hazard_ratio
    >>> ratio = time_dependent_response_hazard_ratio([5, 3, 6], [1, 1, 1], [2, nan, nan])
    >>> print(f"{ratio.value:.3f}")
    1.414
    """
    time, event, response_time, stratum = _checked(time, event, response_time, strata, ties, conf_level)
    leaving, responding, _ = _ranks(time, response_time, 0.0)  # the start has rank 0
    kept = np.flatnonzero(leaving > 0)
    leaving, responding, event = leaving[kept], responding[kept], event[kept]
    later = np.flatnonzero((responding > 0) & (responding < leaving))
    rows = np.append(kept, kept[later])
    until_response = leaving.copy()
    until_response[later] = responding[later]
    event_before = event.copy()
    event_before[later] = False
    responded = f", {np.count_nonzero(responding < leaving)} of {len(kept)} patients responded while at risk"
    return _compared(
        sentence("Response as a time-dependent covariate", responded),
        np.append(until_response, leaving[later]),
        np.append(event_before, event[later]),
        np.append(responding == 0, np.ones(len(later), dtype=bool)),
        entry=np.append(np.zeros(len(kept)), responding[later]),
        strata=None if stratum is None else stratum[rows],
        ties=ties,
        conf_level=conf_level,
        n=len(kept),
    )


def _checked(
    time: ArrayLike,
    event: ArrayLike,
    response_time: ResponseTimes,
    strata: Labels | None,
    ties: Ties,
    conf_level: float,
) -> tuple[Floats, Booleans, Floats, Integers | None]:
    """The arguments of both comparisons, as arrays; strata as numbers, None without."""
    check_same_order({"time": time, "event": event, "response_time": response_time, "strata": strata})
    time = check_times(time)
    event = check_indicator(event, "event", len(time))
    response_time = check_response_times(response_time, len(time))
    stratum = None if strata is None else check_strata(strata, len(time))
    check_conf_level(conf_level)
    check_choice(ties, TIES, "ties")  # here too, as without two kinds of patients nothing is fitted
    return time, event, response_time, stratum


def _ranks(time: Floats, response_time: Floats, moment: float) -> tuple[Integers, Integers, np.integer]:
    """Times, times of response (after all others where there is none) and one moment by their order alone.

    Cox's model knows no more than the order; two that differ by rounding error alone have one rank.
    """
    responded = ~np.isnan(response_time)
    merged = merge_ties(np.concatenate([[moment], time, response_time[responded]]))
    ranks = np.unique(merged, return_inverse=True)[1]
    responding = np.full(len(time), len(merged))
    responding[responded] = ranks[1 + len(time) :]
    return ranks[1 : 1 + len(time)], responding, ranks[0]


def _compared(
    analysis: Method,
    time: Floats | Integers,
    event: Booleans,
    responded: Booleans,
    *,
    n: int,
    at: float = NOT_ESTIMABLE,
    **model: Unpack[_Model],
) -> Estimate:
    """Hazard ratio of the rows with response to those without, or the reason why there is none."""
    names: Arms = {"arm": RESPONDERS, "reference": NON_RESPONDERS}
    missing = _missing(responded)
    if missing:
        none = not_estimable(analysis["method"], missing, analysis["from_data"])
        return Estimate(NOT_ESTIMABLE, unit="ratio", **none, n=n, events=int(event.sum()), at=at, **names)
    ratio = hazard_ratio(time, event, responded, **names, **model)
    method = f"{analysis['method']}; {ratio.method}"
    return replace(ratio, **sentence(method, within=(*analysis["from_data"], *ratio.from_data)), n=n, at=at)


def _missing(responded: Booleans) -> str:
    """Which kind of patients there are none of, or nothing."""
    if not len(responded):
        return "nobody was at risk"
    if not responded.any():
        return "nobody had responded"
    return "everybody had responded" if responded.all() else ""
