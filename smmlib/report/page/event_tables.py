"""What the page computes its numbers from once more: which patient data it holds, and what its script must know."""

import csv
import hashlib
import io
import json
from collections import Counter

from smmlib.display.recorded_text import as_printed
from smmlib.plain_text import csv_text
from smmlib.report.records.labels import subgroup_level

TIMES, RESPONSES = "event_tables/times.csv", "event_tables/responses.csv"
COLUMNS = ("endpoint", "arm", "stratum", "time", "event", "entry")
COMPETING = "2"
"""Event of a patient who had a competing one; in the analysis data that is told by the reason."""
READ = ("times", "responses", "subjects")
"""Parts of the analysis data that numbers are computed from once more."""


def page_data(study, holds_patients):
    """Which patient data the page holds.

    Parameters
    ----------
    study : Study
    holds_patients : bool
        Whether analysis data lie beside the page and are small enough to be in it.

    Returns
    -------
    {"analysis-data", "event-tables", "none"}
        None where small counts are masked, whatever the parameters say.
    """
    return "none" if study.suppress_below or not holds_patients else study.page_data


def event_tables(study, analysis_data):
    """Times and responses without anything that says whose they are: packed in the page instead of the analysis data.

    Parameters
    ----------
    study : Study
    analysis_data : mapping of str to str
        Text of the files `times` and, where there are responses, `responses`.

    Returns
    -------
    dict of str to str
        Text of each table by its name. Rows are sorted by what they hold, and so are in the order of no other table.
    """
    times = [row for row in _rows(analysis_data.get("times", "")) if row["time"]]
    competing = {name: set(endpoint.competing.values()) for name, endpoint in study.endpoints.items()}
    for row in times:
        row["event"] = COMPETING if _is_competing(row, competing[row["endpoint"]]) else row["event"]
    cells = sorted((tuple(row[name] for name in COLUMNS) for row in times), key=_by_time)
    tables = {TIMES: csv_text(COLUMNS, cells)} if cells else {}
    counts = Counter((row["visit"], row["arm"], row["response"]) for row in _rows(analysis_data.get("responses", "")))
    if counts:
        lines = [(*cell, str(count)) for cell, count in sorted(counts.items())]
        tables[RESPONSES] = csv_text(("visit", "arm", "response", "patients"), lines)
    return tables


def recomputation(study, files, hashes):
    """What the script of the page must know of the study to compute its numbers once more, as JSON.

    Parameters
    ----------
    study : Study
    files : mapping of str to str
        Those in the page, by name: their levels are printed as elsewhere on the page.
    hashes : mapping of str to str
        SHA-256 of each file that it computes from, by its name in the page.

    Returns
    -------
    str
    """
    plan = {
        "unit": study.time_unit,
        "conf_level": study.analysis.conf_level,
        "arms": [{"id": arm.id, "label": arm.label} for arm in study.arms.levels],
        "pairs": [[arm.id, reference.id] for arm, reference in study.arms.pairs],
        "endpoints": {name: _endpoint(study, name) for name in study.endpoints},
        "follow_up": study.follow_up and study.follow_up.model_dump(),
        "responders": sorted(study.response_scale.responders) if study.response else [],
        "stratum": ", ".join(factor.label for factor in study.strata),
        "subgroups": [_subgroup(study, subgroup) for subgroup in study.subgroups],
        "printed": _printed_otherwise(study, files),
        "sha256": dict(hashes),
    }
    return json.dumps(plan, ensure_ascii=False, separators=(",", ":"))


def computed_from(files):
    """Of the files in the page those that numbers are computed from once more, by their names."""
    names = (TIMES, RESPONSES, *(f"analysis_data/{part}.csv" for part in READ))
    return {name: files[name] for name in names if name in files}


def sha256(text):
    """Of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _endpoint(study, name):
    endpoint, analysis = study.endpoints[name], study.analysis_of(name)
    asked = ("conf_level", "conf_type", "ties", "landmarks", "axis_times", "primary_variant", "trend_scores")
    return {
        "label": endpoint.label,
        "curve_label": endpoint.curve_label,
        "competing": list(endpoint.competing.values()),
        **{of: getattr(analysis, of) for of in asked},
    }


def _subgroup(study, subgroup):
    levels = subgroup.intervals or list(subgroup.levels or ())
    return {
        "variable": subgroup.variable,
        "label": subgroup.label,
        "cuts": subgroup.cuts,
        "intervals": subgroup.intervals,
        "labels": {level: subgroup_level(study, subgroup, level) for level in levels},
    }


def _printed_otherwise(study, files):
    """Levels of subgroups and strata whose letters are printed otherwise than they are recorded."""
    subjects, times = (files.get(f"{folder}.csv", "") for folder in ("analysis_data/subjects", "analysis_data/times"))
    variables = [each.variable for each in study.subgroups if not each.cuts]
    found = {row.get(name, "") for row in _rows(subjects) for name in variables}
    found |= {row["stratum"] for row in _rows(times or files.get(TIMES, ""))}
    return {text: as_printed(text) for text in sorted(found) if as_printed(text) != text}


def _is_competing(row, words):
    return row["event"] != "1" and row["reason"].removeprefix("'") in words


def _by_time(cells):
    *group, time, event, entry = cells
    return (*group, float(time), event, entry)


def _rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))
