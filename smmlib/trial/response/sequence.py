"""Assessments judged one after another: what the earlier ones leave to the later, and what the later ones confirm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from smmlib.trial.response.imwg import (
    BEST_FIRST,
    MARKERS,
    Assessment,
    Judgement,
    Values,
    is_seen,
    judge,
    marker_values,
    measurable,
    rising_markers,
    worst,
)

RESPONSES = BEST_FIRST[: BEST_FIRST.index("SD")]
NOTHING_LOWER: Values = dict.fromkeys(MARKERS)
"""Against this nothing is progression: what is left is the response by the fall from the baseline alone."""


@dataclass(frozen=True)
class Judged:
    """An assessment in its course."""

    assessment: Assessment
    judgement: Judgement
    run: Assessment | None  # the marrow that counts for complete response, its day and its rows
    lowest: Values  # lowest confirmed value of each marker, from which a rise is counted

    @property
    def category(self) -> str:
        """What the assessment alone shows."""
        return self.judgement.category


def judged_in_turn(baseline: Assessment | None, later: Sequence[Assessment]) -> list[Judged]:
    """Judge each assessment against the baseline and what was confirmed before it.

    Parameters
    ----------
    baseline : Assessment or None
    later : sequence of Assessment
        In the order of their days.

    Returns
    -------
    list of Judged

    References
    ----------
    .. [1] Kumar et al. (2016), Lancet Oncol 17:e328-346.
    """
    judged: list[Judged] = []
    run, previous = None, None
    lowest = marker_values(baseline, baseline) if baseline else {}
    for assessment in later:
        run = _unbroken_run(run, assessment)
        response = judge(assessment, baseline, NOTHING_LOWER, run)
        if previous and response.category != "NE":
            lowest = _lower(lowest, _confirmed_values(previous.judgement, response))
        rising = rising_markers(response.values, lowest, measurable(baseline)) if response.values else ()
        judgement = Judgement("PD", response.values, rising) if rising else response
        current = Judged(assessment, judgement, run, lowest)
        judged.append(current)
        if current.category == "NE":
            continue
        if current.category == "PD":
            run = None
        previous = current
    return judged


def _confirmed_values(earlier: Judgement, later: Judgement) -> Values:
    """Those of the earlier of two consecutive assessments if its category held, else the higher of the two."""
    first, second = earlier.values, later.values
    if earlier.category != "PD" and worst([earlier.category, later.category]) == earlier.category:
        return first
    return {
        name: max(one, other)
        for name in MARKERS
        if (one := first[name]) is not None and (other := second[name]) is not None
    }


def _lower(lowest: Values, confirmed: Values) -> Values:
    known = {name: value for name, value in confirmed.items() if value is not None}
    return lowest | {name: value for name, value in known.items() if (low := lowest[name]) is None or value < low}


def _unbroken_run(run: Assessment | None, assessment: Assessment) -> Assessment | None:
    """The latest marrow and clonal cells since immunofixation became negative; None outside a run.

    Its day and rows are those of the marrow, once there is one.
    """
    immunofixation = (assessment.serum_immunofixation, assessment.urine_immunofixation)
    if "positive" in immunofixation or is_seen(assessment):
        return None
    if run is None:
        return assessment if immunofixation == ("negative", "negative") else None
    if assessment.marrow is not None:
        run = replace(run, marrow=assessment.marrow, day=assessment.day, rows=assessment.rows)
    if assessment.clonal_cells is not None:
        run = replace(run, clonal_cells=assessment.clonal_cells)
    return run


def confirmation(
    judged: Judged, following: Sequence[Judged], baseline: Assessment | None
) -> tuple[str | None, date | None]:
    """The category that the assessments after it confirm, and the day of the one that does; or None twice.

    Parameters
    ----------
    judged : Judged
    following : sequence of Judged
    baseline : Assessment or None

    Returns
    -------
    tuple of (str or None, date or None)
        SD needs no confirmation.
    """
    if judged.category == "SD":
        return "SD", None
    evaluable = [each for each in following if each.category != "NE"]
    if judged.category == "PD":
        return _confirmed_progression(judged, evaluable, baseline)
    if judged.category in RESPONSES and evaluable:
        shared = worst([judged.category, evaluable[0].category])
        if shared in RESPONSES:
            return shared, evaluable[0].assessment.day
    return None, None


def _confirmed_progression(
    judged: Judged, evaluable: Sequence[Judged], baseline: Assessment | None
) -> tuple[str | None, date | None]:
    """By the next that has one of the risen markers, or that is progression by another, against the same values."""
    followed = measurable(baseline)
    for each in evaluable:
        values = each.judgement.values
        if rising_markers(values, judged.lowest, followed):
            return "PD", each.assessment.day
        if any(values[name] is not None for name in judged.judgement.rising):
            break
    return None, None
