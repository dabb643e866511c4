"""The columns of the analysis data: what each holds, in words, with its type and its unit."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from smmlib.trial.analysis_data import COLUMNS, AnalysisData
from smmlib.trial.parameters.study import Study

NUMBER, FLAG, DAY, TEXT = "number", "flag", "date", "text"
DAYS = "days"
DATASETS = {
    "subjects": ("SUBJECTS", "Randomised patients"),
    "times": ("TIMES", "Times to event"),
    "sensitivity_times": ("SENSTIME", "Times to event in sensitivity analyses"),
    "responses": ("RESPONSE", "Responses at visits"),
    "assessments": ("ASSESS", "Assessments of response"),
    "best_changes": ("BESTCHG", "Best changes from baseline"),
    "exposure": ("EXPOSURE", "Phases of treatment"),
    "safety_population": ("SAFEPOP", "Patients of the safety population"),
    "adverse_events": ("ADVEVENT", "Kinds of adverse events by patient"),
    "adverse_event_terms": ("AETERMS", "Terms of adverse events by patient"),
}
"""Name of each part in a transport file, of at most eight characters, and its label."""
OF_STUDY, PERCENT = "unit of the study", "percent"
KNOWN = {
    "patient": ("PATIENT", "Patient", TEXT, ""),
    "randomised_arm": ("RANDARM", "Arm randomised to", TEXT, ""),
    "analysed": ("ANALYSED", "Whether analysed", FLAG, ""),
    "arm": ("ARM", "Arm", TEXT, ""),
    "safety_arm": ("SAFEARM", "Arm of the safety population", TEXT, ""),
    "exclusion_reason": ("EXCLREAS", "Reason for exclusion", TEXT, ""),
    "endpoint": ("ENDPOINT", "Endpoint", TEXT, ""),
    "variant": ("VARIANT", "Sensitivity analysis", TEXT, ""),
    "stratum": ("STRATUM", "Stratum", TEXT, ""),
    "time": ("TIME", "Time", NUMBER, OF_STUDY),
    "event": ("EVENT", "Whether the event occurred", FLAG, ""),
    "entry": ("ENTRY", "Time of entry", NUMBER, OF_STUDY),
    "start": ("START", "First day", DAY, ""),
    "end": ("END", "Last day", DAY, ""),
    "reason": ("REASON", "Reason for event or censoring", TEXT, ""),
    "explanation": ("EXPLAIN", "Explanation", TEXT, ""),
    "source": ("SOURCE", "File and variable that decided", TEXT, ""),
    "followed_until": ("FOLLOWED", "End of follow-up", NUMBER, OF_STUDY),
    "visit": ("VISIT", "Visit", TEXT, ""),
    "response": ("RESPONSE", "Response", TEXT, ""),
    "date": ("DATE", "Day of assessment", DAY, ""),
    "day": ("DAY", "Day from the start of response", NUMBER, DAYS),
    "recorded": ("RECORDED", "Response as recorded", TEXT, ""),
    "category": ("CATEGORY", "Category that it counts as", TEXT, ""),
    "confirmed": ("CONFIRM", "Confirmed", DAY, ""),
    "passed_over": ("PASSED", "Why it does not count", TEXT, ""),
    "change": ("CHANGE", "Best change from baseline", NUMBER, PERCENT),
    "phase": ("PHASE", "Phase of treatment", TEXT, ""),
    "ended": ("ENDED", "Whether the phase ended", FLAG, ""),
    "completed": ("COMPLETE", "Whether the phase was completed", FLAG, ""),
    "days_at_risk": ("DAYSRISK", "Time at risk", NUMBER, DAYS),
    "kind": ("KIND", "Kind of adverse event", TEXT, ""),
    "term": ("TERM", "Term", TEXT, ""),
    "system_organ_class": ("SOC", "System organ class", TEXT, ""),
    "affected": ("AFFECTED", "Whether the patient had it", FLAG, ""),
    "events": ("EVENTS", "Number of events", NUMBER, ""),
    "worst_grade": ("WORSTGRD", "Worst grade", NUMBER, ""),
    "days_to_event": ("DAYSTOEV", "Time to the first event", NUMBER, DAYS),
    "data": ("DATA", "Whose data: patients, synthetic", TEXT, ""),
}
"""Each column with its name of at most eight characters, its label, its type and its unit."""
WHOLE_DAY = re.compile(r"\d{4}-\d\d-\d\d")
LONGEST_NAME = 8


@dataclass(frozen=True)
class Column:
    """A column of a part of the analysis data.

    Attributes
    ----------
    name : str
        As in the CSV file.
    short_name : str
        Of at most eight capital letters, digits and underscores, unlike any other of its part.
    label : str
    kind : {"number", "flag", "date", "text"}
    unit : str
    values : list
        Floats, 1 and 0, texts as YYYY-MM-DD, or texts; None where missing, but "" among texts.
    """

    name: str
    short_name: str
    label: str
    kind: str
    unit: str
    values: list[Any]


def described_parts(data: AnalysisData) -> dict[str, list[Column]]:
    """The parts of analysis data that have rows, column by column.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of str to list of Column
    """
    parts = {name: getattr(data, name) for name in COLUMNS}
    return {name: _columns(data.study, frame) for name, frame in parts.items() if len(frame)}


def _columns(study: Study, frame: pd.DataFrame) -> list[Column]:
    frame = frame.assign(data=study.data.origin)
    taken: list[str] = []
    columns = []
    # names that are known first, so that a variable of the study never takes one
    taken += [KNOWN[name][0] for name in frame.columns if name in KNOWN]
    for name in frame.columns:
        short, label, kind, unit = KNOWN[name] if name in KNOWN else _variable(study, name, taken)
        values = list(frame[name])
        kind, values = _typed(kind, values)
        columns.append(Column(name, short, label, kind, study.time_unit if unit == OF_STUDY else unit, values))
    return columns


def variable_labels(study: Study) -> dict[str, str]:
    """What the parameters call the variables of patients that tables and subgroups show.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to str
    """
    described = [each for characteristics in study.described.values() for each in characteristics]
    labels = {each.variable: each.label for each in study.subgroups}
    labels |= {each.variable: each.label for each in described}
    return labels | {each.variable: each.label for each in study.strata}


def _variable(study: Study, name: str, taken: list[str]) -> tuple[str, str, str, str]:
    """What is known of a variable of the study; its short name is taken from then on."""
    units = {each.variable: each.unit for each in study.subgroups}
    units |= {each.variable: each.unit for characteristics in study.described.values() for each in characteristics}
    is_number = name in study.covariates and study.covariates[name].is_continuous
    short = _free_name(name, taken)
    taken.append(short)
    label = variable_labels(study).get(name, name)
    return short, label, NUMBER if is_number else TEXT, (units.get(name) or "") if is_number else ""


def _free_name(name: str, taken: Iterable[str]) -> str:
    """A name of at most eight characters that no other column has: the variable itself where it is one."""
    plain = re.sub(r"[^A-Z0-9_]", "_", name.upper())
    plain = plain if re.match(r"[A-Z_]", plain) else f"_{plain}"
    candidates = [plain[:LONGEST_NAME]]
    candidates += [f"{plain[: LONGEST_NAME - len(str(number))]}{number}" for number in range(2, 10**4)]
    return next(candidate for candidate in candidates if candidate not in taken)


def _typed(kind: str, values: list[Any]) -> tuple[str, list[Any]]:
    """Values of one type; what is called a day, but is told by month or in words, is text."""
    texts = ["" if _is_missing(value) else str(value) for value in values]
    if kind == DAY and not all(WHOLE_DAY.fullmatch(text) for text in texts if text):
        kind = TEXT
    if kind == TEXT:
        return kind, texts
    of_kind: dict[str, Callable[[Any], Any]] = {NUMBER: float, FLAG: int, DAY: str}
    return kind, [None if _is_missing(value) or value == "" else of_kind[kind](value) for value in values]


def _is_missing(value: object) -> bool:
    return value is None or value != value
