"""Late detection: the events of one arm were found later than they happened."""

from dataclasses import replace
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import check_indicator, check_times
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, EventTimeShift
from smmlib.stats.types import Booleans, Floats, Labels, Ties


class _Model(TypedDict):
    """The arms, and what else the hazard ratio takes."""

    arm: str
    reference: str
    strata: Labels | None
    ties: Ties
    conf_level: float


def event_time_shift(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    shifts: ArrayLike,
    *,
    arm: str,
    reference: str,
    shifted: str,
    strata: Labels | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> EventTimeShift:
    """Hazard ratio were the events of one arm found late by each of `shifts`, and so moved earlier.

    Censoring times stay as they are, and no event is moved to before time 0. The arm that is assessed less often may
    have its events found later, which makes it look better than it is.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata
        As in `logrank_test`.
    shifts : array-like, shape (k,)
        How late the events were found, zero or more, in the unit of `time`.
    shifted : str
        The arm whose events are moved, `arm` or `reference`.
    ties, conf_level
        As in `hazard_ratio`.

    Returns
    -------
    EventTimeShift
        A hazard ratio for each shift. The tipping shift is the smallest of `shifts` at which the confidence interval
        includes 1, or NaN when there is none.

    Raises
    ------
    ValueError
        As `hazard_ratio`, or if a shift is negative, infinite or missing, or `shifted` names neither arm.

    Examples
    --------
    By hand: with events of the new arm at 1 and 3 and of the old arm at 2, the hazard ratio is √(1/2). Found 1 late,
    the former were at 0 and 2. By Efron's rule 2 = 2r/(2r + 1) + 2r/(r + 1), and the hazard ratio is the golden ratio.

    >>> from smmlib import event_time_shift
    >>> found = event_time_shift([1, 2, 3], [1, 1, 1], [1, 0, 1], [0, 1], arm="new", reference="old", shifted="new")
    >>> print([f"{ratio.value:.3f}" for ratio in found.hazard_ratios])
    ['0.707', '1.618']
    """
    if shifted not in (arm, reference):
        raise ValueError(f"shifted is {shifted!r}: name the arm whose events are moved, {arm!r} or {reference!r}.")
    time = check_times(time)
    earlier: list[float] = check_times(shifts, "shifts").tolist()
    event = check_indicator(event, "event", len(time))
    in_arm = check_indicator(in_arm, "in_arm", len(time))
    moved = event & (in_arm == (shifted == arm))
    model: _Model = {"arm": arm, "reference": reference, "strata": strata, "ties": ties, "conf_level": conf_level}
    ratios = tuple(_moved_earlier(time, event, in_arm, moved, shift, shifted, model) for shift in earlier)
    tipped = [shift for shift, ratio in zip(earlier, ratios, strict=True) if _includes_one(ratio)]
    return EventTimeShift(
        shifts=tuple(earlier),
        hazard_ratios=ratios,
        tipping_shift=min(tipped, default=NOT_ESTIMABLE),
        method=f"Events of arm {shifted!r} moved earlier, not before 0; the smallest shift at which the confidence "
        f"interval of the hazard ratio includes 1{'' if tipped else ': none of those tried'}",
    )


def _moved_earlier(
    time: Floats, event: Booleans, in_arm: Booleans, moved: Booleans, shift: float, shifted: str, model: _Model
) -> Estimate:
    """The hazard ratio with one shift."""
    ratio = hazard_ratio(np.where(moved, np.maximum(time - shift, 0), time), event, in_arm, **model)
    return replace(ratio, method=f"Events of arm {shifted!r} moved {shift:.10g} earlier, not before 0; {ratio.method}")


def _includes_one(ratio: Estimate) -> bool:
    """Whether the interval includes 1; one limit alone is that of a half-open interval."""
    known = not (np.isnan(ratio.low) and np.isnan(ratio.high))
    return known and not ratio.low > 1 and not ratio.high < 1
