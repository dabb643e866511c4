"""What opens behind a number of the page: its value, method, other programs, publication, and its patients."""

import json

from smmlib.display.formatting import MASKED, is_masked
from smmlib.report.page.patients_of_number import rows_of
from smmlib.report.records.labels import label, recorded_text
from smmlib.report.records.record import anchor
from smmlib.report.records.recording import result_text
from smmlib.report.records.references import reference_of
from smmlib.trial.endpoints.words import rule_in_words

QUANTITIES = {
    "value": "value",
    "low": "lower limit",
    "high": "upper limit",
    "conf_level": "confidence level",
    "std_error": "standard error",
    "statistic": "statistic",
    "df": "degrees of freedom",
    "p_value": "P value",
    "share": "share of them",
    "n": "rests on",
    "events": "events",
    "unit": "unit",
}
"""What of a result is told in full precision, with its name in words."""


COUNTED_OF = ("patients", "proportion")
"""Units of numbers that are a part of their patients."""
WITHOUT_EVENTS = ("follow_up",)
"""Measures that the events of their patients are no part of."""


def doors(study, report, files):
    """What opens behind each number, as JSON.

    Parameters
    ----------
    study : Study
    report : Report
    files : collection of str
        Parts of the analysis data that are in the page.

    Returns
    -------
    str
    """
    run_of = {record.key: run.name for run in report.runs for record in run.records}
    checks, claims = _by_key(report.checks), _by_key(report.entries)
    numbers = {
        anchor(key): _door(study, record, run_of[key], checks.get(key, ()), claims.get(key, ()), files)
        for key, record in report.records.items()
    }
    rules = {name: rule_in_words(study, endpoint) for name, endpoint in study.endpoints.items()}
    return json.dumps({"numbers": numbers, "rules": rules}, ensure_ascii=False, separators=(",", ":"))


def _by_key(said):
    found = {}
    for each in said:
        found.setdefault(each.key, []).append(each)
    return found


def _door(study, record, run, checks, claims, files):
    key, result = record.key, record.result
    rows = rows_of(study, key)
    door = {
        "name": key.name,
        "label": label(study, key),
        "arms": _compared(study, key),
        "recorded": recorded_text(key),
        "text": MASKED if is_masked(result) else result_text(result),
        "quantities": [] if is_masked(result) else _quantities(key, result),
        "method": result.method,
        "reference": reference_of(key),
        "endpoint": key.endpoint,
        "run": run,
        "cell": record.cell,
        "checks": [_check(each) for each in checks],
        "unpublished": bool(study.published) and not claims,
        "claims": [[each.published, each.source, each.verdict] for each in claims],
        "rows": rows if rows and rows["file"] in files else None,
    }
    return {name: value for name, value in door.items() if value}


def _compared(study, key):
    """The arms that are compared, with their direction; nothing where none are."""
    arms = (study.arms.named(arm).name for arm in (key.arm, key.reference))
    return " relative to ".join(arms) if key.reference else ""


def _quantities(key, result):
    """Name and value in full precision of what the result has; of patients that it is a part of, how many they are."""
    held = {name: getattr(result, name, None) for name in QUANTITIES}
    is_part = held["unit"] in COUNTED_OF
    if held["unit"] == "patients" and result.n:
        held["share"] = result.value / result.n
    if key.measure in WITHOUT_EVENTS or held["unit"] == "events":  # which are the value itself
        held["events"] = None
    told = {name: value for name, value in held.items() if value is not None and value == value and value != ""}
    return [[_term(name, is_part), _with_patients(name, value)] for name, value in told.items()]


def _term(name, is_part):
    return "of" if name == "n" and is_part else QUANTITIES[name]


def _with_patients(name, value):
    return f"{_full(value)} patients" if name == "n" else _full(value)


def _full(value):
    """The shortest text that reads back as the same number; one that does not exist has none."""
    if value != value:
        return "none"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _check(check):
    return [
        check.program,
        check.version,
        check.quantity.replace("_", " "),
        _full(check.other),
        f"{check.difference:.0e}",
    ]
