"""Curves and numbers at risk as far as they are shown: where enough patients are at risk.

A time of the data is shown only where it is a step of a curve at which enough patients are at risk.
"""

from dataclasses import replace
from math import isnan

import numpy as np

from smmlib.analysis.time_to_event import survival_curves
from smmlib.display.formatting import TIME_UNITS
from smmlib.report.disclosure.masked_results import NOTHING
from smmlib.stats.survival.follow_up import risk_table


def is_readable(result, curve, limit):
    """Whether an estimate can be read off a curve as far as it is shown.

    Survival, or whatever else is told at a time, takes enough patients at risk then. A time that is itself read off the
    curve, a median or a limit of it, must be a step with enough at risk, or lie midway between two.

    Parameters
    ----------
    result : Estimate
    curve : SurvivalCurve
        Of all patients, not only as far as it is shown.
    limit : int

    Returns
    -------
    bool
    """
    if not isnan(result.at):
        return _number_at_risk(curve, result.at) >= limit
    if result.unit not in TIME_UNITS:
        return True
    steps = curve.time[_shown_steps(curve, limit)]
    told = {*steps, *(steps[:-1] + steps[1:]) / 2}
    return all(isnan(time) or time in told for time in (result.value, result.low, result.high))


def _shown_steps(curve, limit):
    """Rows of the curve where somebody had the event and enough patients were at risk."""
    return np.flatnonzero((curve.events > 0) & (curve.at_risk >= limit))


def _number_at_risk(curve, time):
    return risk_table([curve], [time])["at_risk"].item()


def shown_curve(curve, limit, axis_times):
    """A curve as it is drawn.

    Where small counts are masked it has its steps alone, without the times of censored patients, as far as enough
    patients are at risk: to the last such step, or to the last time of the axis at which they are. Between two of its
    times nothing is drawn where a step is left out: at the beginning, where patients come late.

    Parameters
    ----------
    curve : SurvivalCurve
    limit : int or None
        `suppress_below`.
    axis_times : sequence of float
        Times at which the numbers at risk are told.

    Returns
    -------
    SurvivalCurve
    """
    if limit is None:
        return curve
    steps = curve.time[_shown_steps(curve, limit)]
    enough = [time for time in axis_times if _number_at_risk(curve, time) >= limit]
    end = max([*steps, *enough], default=axis_times[0])
    return _drawn_at(curve, np.unique([axis_times[0], *steps, end]), limit)


def curves_as_shown(data):
    """The curves of every endpoint as they are drawn.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of str to dict of str to SurvivalCurve
        By endpoint, and by the id of the arm.
    """
    study = data.study
    return {
        name: {
            arm: shown_curve(curve, study.suppress_below, study.analysis_of(name).axis_times)
            for arm, curve in survival_curves(data, name).items()
        }
        for name in study.endpoints
    }


def _drawn_at(curve, times, limit):
    """The curve at some times, without a level from each after which a step is left out before the next."""
    rows = np.searchsorted(curve.time, times, side="right")
    left_out = curve.time[(curve.events > 0) & (curve.at_risk < limit)]
    before = np.searchsorted(left_out, times, side="right")
    is_drawn = np.append(before[1:] == before[:-1], True)
    levels = {"survival": 1.0, "low": NOTHING, "high": NOTHING, "std_error": NOTHING}
    counts = dict.fromkeys(("events", "censored"), np.zeros(len(times), dtype=int))
    return replace(
        curve,
        time=times,
        at_risk=risk_table([curve], times)["at_risk"].to_numpy(),
        **counts,
        **{
            name: np.where(is_drawn, np.append(start, getattr(curve, name))[rows], NOTHING)
            for name, start in levels.items()
        },
    )


def shown_risk_table(risk, limit):
    """Numbers at risk as text, those under the limit masked; without their events and censorings."""
    at_risk = risk["at_risk"].astype(str)
    if limit is not None:
        at_risk = at_risk.mask(risk["at_risk"] < limit, f"<{limit}")
    return risk[["arm", "time"]].assign(at_risk=at_risk)
