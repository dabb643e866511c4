"""Competing risks where small counts are masked: of an arm whose events or reasons are hidden, nothing is shown.

Cumulative incidence depends on what competing events leave of the patients at risk. Beside the Kaplan-Meier curve of
the event it tells how many of them there were, and they are among the reasons why patients count as they do.
"""

from dataclasses import replace

import numpy as np

from smmlib.analysis.competing_risks import CAUSES, incidence_curves
from smmlib.analysis.keys import Key
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_results import NOTHING

MEASURES = ("incidence", "incidence_difference", "gray_test", "cause_specific_hazard_ratio")
"""Of competing risks, in an arm and between two."""
OF_ALL_ARMS = "overall_gray_test"


def hidden_of_competing(study, endpoint, numbers, hidden):
    """What is not shown of the competing risks of an endpoint.

    Parameters
    ----------
    study : Study
    endpoint : str
    numbers : mapping of Key to Estimate or HypothesisTest
        Of the endpoint.
    hidden : set of Key
        Its events and reasons that are hidden.

    Returns
    -------
    set of Key
    """
    closed = closed_arms(study, endpoint, numbers, hidden)
    return {
        key
        for key in numbers
        if (key.measure == OF_ALL_ARMS and closed)
        or (key.measure == "competing_events" and key.arm in closed)
        or (key.measure in MEASURES and not _is_shown_besides(key) and closed & {key.arm, key.reference})
    }


def _is_shown_besides(key):
    """Whether a number is the hazard ratio of the event, which is shown in any case."""
    return key.measure == "cause_specific_hazard_ratio" and not key.variant


def closed_arms(study, endpoint, reasons, hidden):
    """Ids of the arms of which events or reasons are hidden, or a competing event is none of the reasons told.

    Parameters
    ----------
    study : Study
    endpoint : str
    reasons : collection of Key
        Keys that the endpoint has, those of its reasons among them.
    hidden : set of Key

    Returns
    -------
    set of str
    """
    competing = study.endpoints[endpoint].competing
    return {
        arm.id
        for arm in study.arms.levels
        if any(key.arm == arm.id for key in hidden)
        or any(
            Key("time_to_event", "reason", endpoint, arm.id, level=words) not in reasons for words in competing.values()
        )
    }


def shown_incidence(data, endpoint, numbers):
    """Cumulative incidence as it is drawn: of each arm that of the event, and that of competing events.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
    numbers : mapping of Key to Estimate or HypothesisTest
        As they are shown: of an arm whose competing events are masked nothing is drawn.

    Returns
    -------
    list of (CumulativeIncidenceCurve, CumulativeIncidenceCurve)
        Where small counts are masked, without limits and counts, and up to the first step with few at risk; of an arm
        that is closed times without a value. Empty where there is nothing to draw: where the endpoint has no competing
        events, or all arms are closed.
    """
    study, curves = data.study, incidence_curves(data, endpoint)
    arms = [arm.id for arm in study.arms.levels] if curves else []
    closed = {arm for arm in arms if is_masked(numbers[Key("time_to_event", "competing_events", endpoint, arm)])}
    pairs = [tuple(curves[arm, variant] for variant in CAUSES) for arm in arms if closed < {*arms}]
    if study.suppress_below is None:
        return pairs
    axis_times = study.analysis_of(endpoint).axis_times
    return [
        tuple(_drawn(curve, study.suppress_below, axis_times, is_closed=arm in closed) for curve in pair)
        for arm, pair in zip(arms, pairs, strict=False)
    ]


def _drawn(curve, limit, axis_times, *, is_closed):
    """The steps of a curve before the first event of any cause with few at risk, and where it ends."""
    few = curve.time[(curve.events + curve.competing > 0) & (curve.at_risk < limit)]
    until = few.min(initial=np.inf)
    steps = curve.time[(curve.events > 0) & (curve.time < until)]
    told = [time for time in axis_times if time < until and (curve.at_risk[curve.time >= time] >= limit)[:1].any()]
    times = np.unique([axis_times[0], *steps, *told[-1:]])
    incidence = np.append(0.0, curve.incidence)[np.searchsorted(curve.time, times, side="right")]
    nothing, none = np.full(len(times), NOTHING), np.zeros(len(times), dtype=int)
    return replace(
        curve,
        time=times,
        incidence=nothing if is_closed else incidence,
        **dict.fromkeys(("low", "high", "std_error"), nothing),
        **dict.fromkeys(("at_risk", "events", "competing", "censored"), none),
    )
