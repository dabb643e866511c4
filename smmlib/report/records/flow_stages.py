"""The boxes of the flow of patients, from recorded numbers: enrolment, allocation, follow-up, analysis."""

from collections.abc import Iterator, Mapping

from smmlib.analysis.described_patients import disposition_table
from smmlib.analysis.keys import Key
from smmlib.display.flow_figure import FlowBox, FlowStage
from smmlib.display.formatting import number_text
from smmlib.display.recorded_text import as_printed
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.study import Study

Records = Mapping[Key, Estimate]
SECTION = "population"
NUMBER = "(n\u00a0=\u00a0{})"
"""Kept together when a line is broken."""


def flow_stages(data: AnalysisData, records: Records) -> list[FlowStage]:
    """What the figure of the flow of patients shows, after the CONSORT 2025 diagram.

    Parameters
    ----------
    data : AnalysisData
    records : mapping of Key to Estimate
        With the numbers of patients randomised, excluded and analysed, as they may be shown.

    Returns
    -------
    list of FlowStage
        How treatment and study ended stands under follow-up where all randomised patients are analysed, and otherwise
        with the analysis, for it is told of the analysed.
    """
    study, arms = data.study, data.study.arms.levels
    ended = {arm.id: tuple(_ends(data, arm)) for arm in arms}
    all_analysed = Key(SECTION, "excluded") not in records
    allocated = [FlowBox(_counted(records, arm, "randomised", f"Allocated to {arm.label}")) for arm in arms]
    followed = [FlowBox("End of treatment and study", ended[arm.id]) for arm in arms]
    analysed = [_analysed(study, records, arm, () if all_analysed else ended[arm.id]) for arm in arms]
    return [
        _enrolment(study, records),
        FlowStage("Allocation", tuple(allocated)),
        *([FlowStage("Follow-up", tuple(followed))] if all_analysed and any(ended.values()) else []),
        FlowStage("Analysis", tuple(analysed)),
    ]


def _enrolment(study: Study, records: Records) -> FlowStage:
    randomised = _of(records[Key(SECTION, "randomised")], "Randomised")
    screening = study.screening
    if screening is None or study.suppress_below is not None:
        return FlowStage("Enrolment", (FlowBox(randomised),))
    left_out = screening.not_randomised
    reasons = tuple(f"– {reason} {NUMBER.format(count)}" for reason, count in left_out.items())
    beside = FlowBox(f"Not randomised {NUMBER.format(sum(left_out.values()))}", reasons)
    assessed = FlowBox(f"Assessed for eligibility {NUMBER.format(screening.assessed)}", (randomised,))
    return FlowStage("Enrolment", (assessed,), beside if left_out else None)


def _analysed(study: Study, records: Records, arm: Arm, ended: tuple[str, ...]) -> FlowBox:
    excluded = Key(SECTION, "excluded", arm=arm.id)
    left_out = [_counted(records, arm, "excluded", "Left out of the analysis")] if excluded in records else []
    reasons = [
        f"– {_of(count, as_printed(key.level))}"
        for key, count in records.items()
        if (key.measure, key.arm) == ("exclusion", arm.id) and count.value != 0
    ]
    received = study.populations[study.population].arm_variable
    by_arm = ["Counted by the treatment received"] if received else []
    return FlowBox(_counted(records, arm, "analysed", "Analysed"), (*by_arm, *left_out, *reasons, *ended))


def _ends(data: AnalysisData, arm: Arm) -> Iterator[str]:
    """How treatment and study ended in an arm, a line a level that patients have; nothing where counts are masked."""
    if data.study.suppress_below is not None:
        return
    table = disposition_table(data)
    for item in (item for item in data.study.disposition if not item.is_continuous):
        of_arm, names = ("category", arm.id, item.variable), item.levels or {}
        counted = [
            _of(count, names.get(key.level) or as_printed(key.level))
            for key, count in table.items()
            if (key.measure, key.arm, key.factor) == of_arm and count.value
        ]
        if counted:
            yield f"{item.label}:"
        yield from (f"– {text}" for text in counted)


def _counted(records: Records, arm: Arm, step: str, words: str) -> str:
    return _of(records[Key(SECTION, step, arm=arm.id)], words)


def _of(count: Estimate, words: str) -> str:
    return f"{words} {NUMBER.format(number_text(count.value, count.unit))}"
