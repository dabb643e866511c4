"""An attacker reads every file of a masked report, and looks in it for what only the tables can have told."""

import base64
import csv
import re
from datetime import date, timedelta

import numpy as np
import pytest
from document_files import readable_text
from masked_trial import (
    DAYS_PER_MONTH,
    LIMIT,
    MASKED,
    RARE_REASON,
    adverse_events,
    responses,
    subjects,
)
from report_project import ReportProject, contents
from small_trial import write_trial

pytestmark = pytest.mark.end_to_end

LEFT, WIDTH = 0.175 * 7.8 * 72, 0.675 * 7.8 * 72
"""Of the axes of a figure, in points: where time 0 is drawn, and how far the last time of the axis is from it."""
DRAWN = 1e-4
"""Points within which two drawn times are the same: a day takes 0.17 of them."""
ENDPOINTS = {"os": ("RANDDT", "LSTALVDT"), "pfs": ("RANDDT", "LSTASDT"), "diagnosis": ("DIAGDT", "LSTALVDT")}
MEDIANS = ("population.follow_up", "population.induction.length")
"""Medians of other curves than those that are drawn: they and their limits are the times of a patient each."""
OPEN = {name: value for name, value in MASKED.items() if name != "suppress_below"}
OPEN |= {"runs": {name: run for name, run in MASKED["runs"].items() if name in ("population", "os")}}
"""The same trial, or as much of it as shows that the attacker can read."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return ReportProject(tmp_path_factory.mktemp("project"))


def report_of(project, study, patients, adverse=None, recorded=None):
    """Files of the report of a trial, by name; each trial takes the place of the last, so that no path differs."""
    tables = {
        "subjects": patients,
        "responses": recorded or responses(patients),
        "adverse_events": adverse or adverse_events(patients),
    }
    write_trial(project.folder / "params", study, **tables).rename(project.params("masked"))
    (project.folder / "params" / "salt.txt").write_text("the salt of a trial of few\n", encoding="ascii")
    return contents(project.make("masked"))


@pytest.fixture(scope="module")
def masked(project):
    return report_of(project, MASKED, subjects())


@pytest.fixture(scope="module")
def unmasked(project):
    return report_of(project, OPEN, subjects())


# ---- what an attacker reads


def texts(files):
    """Text of each file of a report; the pages of notebooks hold their figures as base64."""
    for name, content in files.items():
        text = readable_text(name, content)
        yield name, text
        for number, figure in enumerate(re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", text)):
            yield f"{name}, figure {number + 1}", base64.b64decode(figure).decode("utf-8")


def drawn_times(files):
    """Every horizontal place in a figure of curves, as months."""
    for name, text in texts(files):
        if name.startswith("figures/") and name.endswith("survival.svg"):
            places = {float(place) for place in re.findall(r'(?:[ML] |<use [^>]*\bx=")(-?[\d.]+)', text)}
            yield from (((place - LEFT) / WIDTH * MASKED["analysis"]["axis_times"][-1]) for place in places)


def written(time):
    """A time in months as a program or a person would write it, and in days."""
    days = round(time * DAYS_PER_MONTH)
    return {repr(time), f"{time:g}", f"{time:.4f}", f"{time:.3f}", f"{time:.2f}", f"{days} days", f"{days}d"}


def found_in_text(files, sought):
    """Which of some texts occur in a report as a whole word or number, with the files."""
    pattern = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, sorted(sought, key=len, reverse=True)))})(?![\w.]*\w)")
    return sorted({(word, name) for name, text in texts(files) for word in pattern.findall(text)})


def found_in_figures(files, times):
    drawn = np.array([*drawn_times(files)])
    near = DRAWN / WIDTH * MASKED["analysis"]["axis_times"][-1]
    return sorted(time for time in times if (abs(drawn - time) < near).any())


# ---- what is in the tables, and what of it may be known


def days_between(row, start, end):
    return (row[end] - row[start]).days


def times_of(endpoint):
    """For each arm the time, the event and the entry of each analysed patient, in months."""
    start, end = ENDPOINTS[endpoint]
    for arm in "AB":
        patients = [row for row in subjects() if (row["TRT01P"], row["PPROTFL"]) == (arm, "Y")]
        ends = [min(filter(None, [row["DTHDT"], row["PROGDT"]]), default=None) for row in patients]
        ends = ends if endpoint == "pfs" else [row["DTHDT"] or None for row in patients]
        days = [((event or row[end]) - row[start]).days for row, event in zip(patients, ends, strict=True)]
        entry = [days_between(row, start, "RANDDT") for row in patients]
        observed = np.array([event is not None for event in ends])
        yield np.array(days) / DAYS_PER_MONTH, observed, np.array(entry) / DAYS_PER_MONTH


def known_times():
    """Times of the events at which five patients or more were at risk: the steps of the curves."""
    return {
        time
        for endpoint in ENDPOINTS
        for times, events, entry in times_of(endpoint)
        for time in times[events]
        if np.sum((times >= time) & ((entry < time) | (entry == 0))) >= LIMIT
    }


def secret_times(files):
    """All other times of patients, those of treatment and of the excluded among them."""
    spans = [("RANDDT", "LSTALVDT"), ("RANDDT", "LSTASDT"), ("DIAGDT", "LSTALVDT"), ("DIAGDT", "RANDDT")]
    spans += [("DIAGDT", "LSTASDT"), ("RANDDT", "PROGDT"), ("DIAGDT", "PROGDT")]
    days = {days_between(row, *span) for row in subjects() for span in spans if row[span[1]]}
    days |= {days_between(row, "PH1SDT", "PH1EDT") + 1 for row in subjects()}
    return {day / DAYS_PER_MONTH for day in days} - known_times() - medians(files)


def medians(files):
    rows = numbers(files)
    return {float(rows[name][part]) for name in MEDIANS for part in ("value", "low", "high") if rows[name][part]}


def numbers(files):
    return {row["record"]: row for row in csv.DictReader(files["numbers.csv"].decode("utf-8").splitlines())}


def dates():
    return {value.isoformat() for row in subjects() for value in row.values() if isinstance(value, date)}


def identifiers():
    return {row["USUBJID"] for row in subjects()}


# ---- the attack


@pytest.mark.independent
def test_the_attacker_reads_in_an_open_report_what_is_sought_in_a_masked_one(unmasked):
    secrets = secret_times(unmasked)
    times = found_in_text(unmasked, set().union(*map(written, secrets)))
    places = {name.partition(",")[0] for _, name in times}
    assert places >= {"numbers.csv", "index.html", "analysis_data/times.csv", "notebooks/os.ipynb", "notebooks/os.html"}
    assert len(found_in_figures(unmasked, secrets)) > 30
    assert len(found_in_text(unmasked, dates())) > 100
    assert found_in_text(unmasked, {RARE_REASON})
    last = max(days_between(row, "RANDDT", "LSTALVDT") for row in subjects() if row["TRT01P"] == "B")
    method = numbers(unmasked)["os.survival.52.b"]["method"]
    assert method.endswith(f"52 months lies beyond the last observed time, {last / DAYS_PER_MONTH:g}, in arm 'B'")


@pytest.mark.independent
def test_no_time_of_a_patient_is_in_a_masked_report_but_the_steps_of_its_curves(masked):
    secrets = secret_times(masked)
    assert len(secrets) > 300
    assert found_in_text(masked, set().union(*map(written, secrets))) == []
    assert found_in_figures(masked, secrets) == []


@pytest.mark.independent
def test_the_steps_of_the_curves_are_known_and_drawn(masked):
    """What masking does not cover; were they not found, the attacker would be blind."""
    of_os = {time for times, events, _ in times_of("os") for time in times[events]} & known_times()
    assert len(of_os) > 8
    assert set(found_in_figures(masked, of_os)) == of_os


@pytest.mark.independent
def test_medians_that_are_shown_are_those_of_times_with_enough_patients_at_risk(masked):
    shown = medians(masked)
    followed = [days_between(row, "RANDDT", "LSTALVDT") for row in subjects() if row["PPROTFL"] == "Y"]
    treated = [days_between(row, "PH1SDT", "PH1EDT") + 1 for row in subjects() if row["PPROTFL"] == "Y"]
    assert len(shown) == 6
    for time in shown:
        days = round(time * DAYS_PER_MONTH)
        assert max(sum(day >= days for day in of_all) for of_all in (followed, treated)) >= LIMIT


@pytest.mark.independent
def test_no_identifier_date_or_rare_reason_is_in_a_masked_report(masked):
    assert found_in_text(masked, identifiers() | dates() | {RARE_REASON}) == []
    assert found_in_text(masked, {"the salt of a trial of few"}) == []


@pytest.mark.independent
def test_no_small_count_is_in_a_masked_report_in_figures_or_in_words(masked):
    for name, row in numbers(masked).items():
        for part in ("n", "events", *(["value"] if row["unit"] == "patients" else [])):
            assert not row[part] or float(row[part]) >= LIMIT, f"{name} {part}"
    told = [
        name for name, text in texts(masked) for _ in re.findall(r"\b[0-4] (?:of \d+ )?(?:patients|events)\b", text)
    ]
    assert told == []
    words = r"(nobody|everybody|no event|no patients|every patient|last observed time|stays (?:above|at))"
    assert [(name, word) for name, text in texts(masked) for word in re.findall(words, text)] == []


@pytest.mark.invariant
def test_the_order_of_the_rows_is_in_no_file_of_an_open_report(project, unmasked):
    """Nor in the first rows that a notebook shows: patients are hashed, and stand in the order of the hashes."""
    assert "analysis_data/times.csv" in unmasked
    rows = subjects()
    other = report_of(project, OPEN, rows[::-1], adverse_events(rows)[::-1], responses(rows)[::-1])
    hashes = "analysis_data/made-from.json"  # of the tables, as in the manifest
    assert [name for name in unmasked if other[name] != unmasked[name] and name != hashes] == []


def changed():
    """The trial with other patients: all that differs is masked, or was never shown.

    Other identifiers, other dates with the same days between them, the rows in another order; the longest follow-up of
    arm A is longer, a censored patient left a day later; another patient of the arm was excluded for the rare reason,
    called otherwise; one serious adverse event more in one arm.
    """
    rows = [dict(row) for row in subjects()]
    for number, row in enumerate(rows):
        row["USUBJID"] = f"X{number * 7919 % 1000}"
        row["EXCLREAS"] = row["EXCLREAS"].replace(RARE_REASON, "withdrew consent")
    rows[27]["LSTALVDT"] += timedelta(days=41)
    rows[27]["LSTASDT"] += timedelta(days=41)
    rows[3]["LSTALVDT"] += timedelta(days=1)
    later = {name: timedelta(days=400) for name in ("RANDDT", "DIAGDT", "PH1SDT", "PH1EDT", "PROGDT", "DTHDT")}
    later |= {name: timedelta(days=400) for name in ("LSTASDT", "LSTALVDT")}
    for row in rows:
        row.update({name: row[name] + shift for name, shift in later.items() if row[name]})
    adverse = adverse_events(rows)
    next(row for row in adverse if row["AESER"] == "N")["AESER"] = "Y"
    return rows[::-1], adverse[::-1], responses(rows)[::-1]


@pytest.mark.invariant
def test_two_trials_that_differ_only_in_what_is_masked_have_the_same_report(project, masked):
    """Nothing that is masked has any effect on a byte of any file, but for the keyed hashes of the manifest."""
    patients, adverse, recorded = changed()
    other = report_of(project, MASKED, patients, adverse, recorded)
    assert other.keys() == masked.keys()
    assert [name for name in masked if other[name] != masked[name]] == []
