"""Whatever is wrong with a user's study is told, all at once and with its place, before anything is run."""

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from message_grammar import garbled

from smmlib.ownership.report_mark import write_mark
from smmlib.report import check
from smmlib.report.command import main

pytestmark = pytest.mark.by_hand

NOTHING_RUN = "Nothing was run; the last good report is as it was.\n"
PARAMS = """\
study: small
title: Small
trial: Eight invented patients
reference: nothing published
data:
  origin: patients
  note: Invented.
  subjects: adsl.csv
  times: adtte.csv
  responses: adrs.csv
  laboratory: adlb.csv
time_unit: months
privacy: hashed
arms:
  variable: TRT01P
  reference: old
  levels:
    - {id: new, value: New, label: New, name: new}
    - {id: old, value: Old, label: Old, name: old}
randomised: RANDDT
populations:
  per-protocol: {label: per protocol, flag: PPROTFL}
population: per-protocol
strata:
  - {variable: STRAT1R, label: Site}
follow_up: {endpoint: pfs, estimator: reverse-kaplan-meier}
endpoints:
  pfs:
    label: Progression-free survival
    event_label: Progression or death
    curve_label: Alive and free of progression
    start: RANDDT
    event: {PROGDT: progression, DTHDT: death}
    censor: LSTALVDT
  os: {label: Overall survival, event_label: Death, curve_label: Alive, paramcd: OS, rule: From randomisation to death.}
phases:
  - {id: induction, label: Induction, plan: 28 days, days: 28, start: PH1SDT, end: PH1EDT, ongoing_until: LSTALVDT}
laboratory:
  serum: {paramcd: MPROT, unit: g/L}
  marrow: {paramcd: MARROW, unit: "%"}
response:
  arm: new
  criteria: recorded
  visits:
    - {id: best, visit: BEST, label: Best response, denominator: analysed}
analysis: {conf_level: 0.95, conf_type: log-log, ties: efron, landmarks: [12], axis_times: [0, 12, 24]}
runs:
  population: {notebook: population}
  pfs: {notebook: time_to_event, parameters: {endpoint: pfs}}
  os: {notebook: time_to_event, parameters: {endpoint: os}}
  response: {notebook: response}
"""
DERIVED = [
    ("study.yaml", "criteria: recorded", "criteria: imwg-2016\n  start: RANDDT"),
    ("study.yaml", "visit: BEST, ", ""),
]
"""Changes with which response is derived from the laboratory values."""
TABLES = {
    "adsl.csv": """\
USUBJID,TRT01P,RANDDT,PPROTFL,STRAT1R,PROGDT,DTHDT,LSTALVDT,PH1SDT,PH1EDT
TRIAL-101,New,2008-01-10,Y,<b>north</b>,2009-03-02,2010-01-15,2010-01-15,2008-01-12,2008-02-10
TRIAL-102,New,2008-02-01,Y,south,,,2010-06-01,2008-02-02,2008-03-01
TRIAL-103,New,2008-02-20,Y,<b>north</b>,2009-07-07,,2010-05-05,2008-02-21,
TRIAL-104,New,2008-03-05,Y,south,,2009-11-11,2009-11-11,2008-03-06,2008-04-04
TRIAL-201,Old,2008-01-15,Y,<b>north</b>,2008-06-03,2009-02-02,2009-02-02,,
TRIAL-202,Old,2008-02-08,Y,south,2008-09-09,,2010-04-04,,
TRIAL-203,Old,2008-03-01,Y,<b>north</b>,,,2010-03-03,,
TRIAL-204,Old,2008-03-10,Y,south,2008-12-24,2009-08-08,2009-08-08,,
""",
    "adtte.csv": """\
USUBJID,PARAMCD,AVAL,CNSR
TRIAL-101,OS,24.2,0
TRIAL-102,OS,28,1
TRIAL-103,OS,26.5,1
TRIAL-104,OS,20.25,0
TRIAL-201,OS,12.6,0
TRIAL-202,OS,25.8,1
TRIAL-203,OS,24.1,1
TRIAL-204,OS,17,0
""",
    "adrs.csv": """\
USUBJID,AVISIT,ADT,AVALC
TRIAL-101,BEST,2008-04-01,PR
TRIAL-102,BEST,2008-04-02,VGPR
TRIAL-103,BEST,2008-04-03,SD
TRIAL-104,BEST,2008-04-04,PR
""",
    "adlb.csv": """\
USUBJID,PARAMCD,ADT,AVAL,AVALU
TRIAL-101,MPROT,2008-01-09,30,g/L
TRIAL-101,MPROT,2008-02-09,12,g/L
TRIAL-101,MPROT,2008-03-09,11,g/L
TRIAL-102,MPROT,2008-01-31,25.5,g/L
TRIAL-102,MARROW,2008-01-30,40,%
TRIAL-201,MPROT,2008-01-11,20,g/L
""",
}
ENDINGS = {"analysis_data": "csv", "figures": "svg", "notebooks": "ipynb"}
IDENTIFIERS = [line.split(",")[0] for line in TABLES["adsl.csv"].splitlines()[1:]]


class UserStudy:
    """The small study in a folder of its own, with the last good report of it beside.

    Parameters
    ----------
    folder, reports : Path
    """

    def __init__(self, folder, reports):
        self.folder, self.reports, self.params = folder, reports, folder / "study.yaml"
        folder.mkdir()
        for name, text in {"study.yaml": PARAMS, **TABLES}.items():
            (folder / name).write_text(text, encoding="utf-8")

    def change(self, *changes):
        """Replace texts that occur once, each in its file."""
        for name, old, new in changes:
            text = (self.folder / name).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} must occur once in {name}"
            (self.folder / name).write_text(text.replace(old, new), encoding="utf-8")

    def run(self):
        return main([str(self.params), "--reports", str(self.reports), "--jobs", "2"])


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A folder of reports with a last good one of the small study, in which each file is a line."""
    reports = tmp_path_factory.mktemp("reports")
    files = [f"{folder}/{run}.{ending}" for folder, ending in ENDINGS.items() for run in ("population", "pfs", "os")]
    for name in ["index.html", "numbers.csv", *files]:
        file = reports / "small" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"the last good {name}", encoding="utf-8")
    write_mark(reports / "small", "small", sealed=True)
    (reports / ".small.lock").touch()
    return reports


@pytest.fixture
def study(tmp_path, reports):
    return UserStudy(tmp_path / "trial", reports)


def every_file(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def refused(study, capfd):
    """Run the study: it is refused by the report and by the check alike, and the last good report is untouched."""

    def refused(words, identified=()):
        before = every_file(study.reports)
        assert len(before) > 10
        capfd.readouterr()
        assert study.run() == 2
        _, said = capfd.readouterr()
        assert said.endswith(NOTHING_RUN)
        assert every_file(study.reports) == before
        assert [folder.name for folder in study.reports.iterdir() if folder.is_dir()] == ["small"]
        assert check.main([str(study.params)]) == 2
        checked = capfd.readouterr().err
        assert "nothing can be run." in checked
        for message in (said, checked):
            assert "Traceback" not in message
            assert [word for word in words if word not in message] == [], message
            assert [name for name in IDENTIFIERS if name in message and name not in identified] == [], message
            assert garbled(message) == []
        return said

    return refused


def test_the_study_is_good_as_it_is_and_so_is_the_one_with_derived_response(study, capfd):
    assert check.main([str(study.params)]) == 0
    study.change(*DERIVED)
    assert check.main([str(study.params)]) == 0
    said = capfd.readouterr().out
    assert [name for name in IDENTIFIERS if name in said] == []


@pytest.mark.end_to_end
def test_a_value_that_looks_like_markup_is_shown_as_text(tmp_path):
    reports = tmp_path / "reports"
    assert UserStudy(tmp_path / "trial", reports).run() == 0
    pages = [path.read_text(encoding="utf-8") for path in reports.rglob("*.html")]
    assert len(pages) == 5
    assert [page for page in pages if "<b>north" in page] == []
    assert any("&lt;b&gt;north" in page for page in pages)


# ---- cells

SUBJECT = "TRIAL-102,New,2008-02-01,Y,south,,,2010-06-01,2008-02-02,2008-03-01"
TOMORROW = (date.today() + timedelta(days=1)).isoformat()


def subject(old, new, *words):
    """The second patient, on line 3 of ADSL, with one text changed."""
    assert SUBJECT.count(old) == 1, old
    return [("adsl.csv", SUBJECT, SUBJECT.replace(old, new))], words


CELLS = {
    # dates
    "date-that-does-not-exist": subject(
        "2010-06-01",
        "2009-02-30",
        "adsl.csv: line 3: LSTALVDT is '2009-02-30', but must be a day that the calendar has",
    ),
    "day-month-year": subject(
        "2010-06-01", "31-12-2009", "adsl.csv: line 3: LSTALVDT is '31-12-2009', but must be a date, YYYY-MM-DD"
    ),
    "day-month-year-with-slashes": subject(
        "2010-06-01", "31/12/2009", "adsl.csv: line 3: LSTALVDT is '31/12/2009', but must be a date, YYYY-MM-DD"
    ),
    "digits-without-hyphens": subject(
        "2010-06-01", "20100601", "adsl.csv: line 3: LSTALVDT is '20100601', but must be a date, YYYY-MM-DD"
    ),
    "month-without-day": subject(
        "2010-06-01",
        "2009-03",
        "adsl.csv: line 3: LSTALVDT is '2009-03', but must be a whole date, YYYY-MM-DD: complete it by the rule of the",
    ),
    "year-alone": subject(
        "2010-06-01", "2009", "adsl.csv: line 3: LSTALVDT is '2009', but must be a whole date, YYYY-MM-DD"
    ),
    "future": subject(
        "2010-06-01",
        TOMORROW,
        f"adsl.csv: line 3: LSTALVDT is '{TOMORROW}', but must be a date that has been: this one lies in the future",
    ),
    "before-1900": subject(
        "2010-06-01", "1899-12-31", "adsl.csv: line 3: LSTALVDT is '1899-12-31', but must be a date from 1900 on"
    ),
    "day-number-of-excel": subject(
        "2010-06-01",
        "39000",
        "adsl.csv: line 3: LSTALVDT is '39000', but must be a date, YYYY-MM-DD, and not a number of days",
        "2006-10-10 as Excel counts",
        "export the column with a date format",
    ),
    "day-number-of-sas": subject(
        "2010-06-01",
        "18414",
        "adsl.csv: line 3: LSTALVDT is '18414', but must be a date, YYYY-MM-DD, and not a number of days",
        "2010-06-01 as SAS does",
        "export the column with a date format",
    ),
    "missing-date": subject("2010-06-01", "", "adsl.csv: line 3: neither PROGDT nor DTHDT nor LSTALVDT is given"),
    # dates that cannot follow each other
    "event-before-start": subject(
        "south,,",
        "south,2008-01-31,",
        "adsl.csv: line 3: progression on 2008-01-31, before randomisation on 2008-02-01",
        "PROGDT must be no earlier than RANDDT",
    ),
    "last-contact-before-start": subject(
        "2010-06-01", "2008-01-31", "adsl.csv: line 3: LSTALVDT is '2008-01-31', but must be no earlier than RANDDT"
    ),
    "phase-that-ends-before-it-starts": subject(
        "2008-03-01", "2008-02-01", "adsl.csv: line 3: PH1EDT is '2008-02-01', but must be no earlier than PH1SDT"
    ),
    "death-before-progression": (
        [("adsl.csv", "2009-03-02,2010-01-15,2010-01-15", "2009-03-02,2009-03-01,2009-03-01")],
        ["adsl.csv: line 2: PROGDT is '2009-03-02', but must be no later than LSTALVDT and DTHDT"],
    ),
    "alive-after-death": (
        [("adsl.csv", "2010-01-15,2010-01-15", "2010-01-15,2010-01-16")],
        ["adsl.csv: line 2: LSTALVDT is '2010-01-16', but must be no later than DTHDT, when the patient died"],
    ),
    # patients and arms
    "arm-in-other-capitals": subject(
        "New", "NEW", "adsl.csv: line 3: TRT01P is 'NEW', but must be 'New', the value of"
    ),
    "no-stratum": subject("south", "", "adsl.csv: line 3: STRAT1R is empty or marked as missing, but must be a level"),
    "flag-in-words": subject("Y", "yes", "adsl.csv: line 3: PPROTFL is 'yes', but must be Y or N"),
    "patient-twice": subject(
        "TRIAL-102", "TRIAL-101", "adsl.csv: line 3: the patient has a row already, in line 2: keep one"
    ),
    "no-identifier": subject(
        "TRIAL-102", "", "adsl.csv: line 3: USUBJID is '', but must be the identifier of a patient: it is empty"
    ),
    "identifier-with-a-script": subject(
        "TRIAL-102",
        "<script>alert(1)</script>",
        "adsl.csv: line 3: USUBJID is withheld, but must be an identifier of letters, digits, spaces and",
    ),
    "stranger-in-adtte": (
        [("adtte.csv", "TRIAL-102,OS", "TRIAL-302,OS")],
        ["adsl.csv: line 3: the patient has no row with PARAMCD OS in ", "adtte.csv"],
    ),
    "stranger-in-adrs": (
        [("adrs.csv", "TRIAL-102,BEST", "TRIAL-1O2,BEST")],
        ["adrs.csv: line 3: USUBJID is withheld, but must be a patient of the subject table"],
    ),
    "stranger-in-adlb": (
        [("adlb.csv", "TRIAL-102,MARROW", "trial-102,MARROW")],
        ["adlb.csv: line 6: USUBJID is withheld, but must be a patient of the subject table"],
    ),
    "no-row-in-adtte": (
        [("adtte.csv", "TRIAL-102,OS,28,1\n", "")],
        ["adsl.csv: line 3: the patient has no row with PARAMCD OS in ", "adtte.csv"],
    ),
    "two-rows-in-adtte": (
        [("adtte.csv", "TRIAL-102,OS,28,1\n", "TRIAL-102,OS,28,1\nTRIAL-102,OS,28,0\n")],
        ["adtte.csv: line 4: the patient, OS, has a row already, in line 3: keep one"],
    ),
    "parameter-that-does-not-occur": (
        [("study.yaml", "paramcd: OS", "paramcd: SURV")],
        ["adtte.csv: PARAMCD 'SURV' does not occur; the table holds OS"],
    ),
    # recorded times
    "negative-time": (
        [("adtte.csv", "OS,28,1", "OS,-28,1")],
        ["adtte.csv: line 3: AVAL is '-28', but must be a number, zero or more"],
    ),
    "no-time": ([("adtte.csv", "OS,28,1", "OS,,1")], ["adtte.csv: line 3: AVAL is '', but must be a number"]),
    "cnsr-of-halves": (
        [("adtte.csv", "OS,28,1", "OS,28,0.5")],
        ["adtte.csv: line 3: CNSR is '0.5', but must be 0 (event) or a whole number above it (censored)"],
    ),
    "cnsr-empty": ([("adtte.csv", "OS,28,1", "OS,28,")], ["adtte.csv: line 3: CNSR is '', but must be 0 (event)"]),
    # numbers
    "text-in-a-number": (
        [("adlb.csv", "25.5", "not done")],
        ["adlb.csv: line 5: AVAL is 'not done', but must be a number, zero or more"],
    ),
    "decimal-comma": (
        [("adlb.csv", "25.5", '"25,5"')],
        ["adlb.csv: line 5: AVAL is '25,5', but must be a number with a decimal point, not a comma"],
    ),
    "below-the-limit-of-detection": (
        [("adlb.csv", "25.5", "<0.1")],
        ["adlb.csv: line 5: AVAL is '<0.1', but must be a number: decide by the protocol what"],
    ),
    "negative-number": ([("adlb.csv", "25.5", "-25.5")], ["adlb.csv: line 5: AVAL is '-25.5', but must be a number"]),
    "infinite-number": ([("adlb.csv", "25.5", "1e999")], ["adlb.csv: line 5: AVAL is '1e999', but must be a number"]),
    "unit-after-a-number": (
        [("adlb.csv", "25.5", "25.5 g/L")],
        ["adlb.csv: line 5: AVAL is '25.5 g/L', but must be a number"],
    ),
    # response and laboratory
    "unknown-response": (
        [("adrs.csv", "SD", "stable")],
        ["adrs.csv: line 4: AVALC is 'stable', but must be one of sCR, CR, VGPR, PR, MR, SD, PD, NE"],
    ),
    "two-responses-at-a-visit": (
        [("adrs.csv", "TRIAL-102,BEST,2008-04-02,VGPR\n", "TRIAL-102,BEST,2008-04-02,VGPR\n" * 2)],
        ["adrs.csv: line 4: the patient, BEST, has a row already, in line 3: keep one"],
    ),
    "visit-that-does-not-occur": (
        [("study.yaml", "visit: BEST", "visit: CYCLE 9")],
        ["adrs.csv: AVISIT 'CYCLE 9' does not occur; the table holds BEST"],
    ),
    "mixed-units": (
        [*DERIVED, ("adlb.csv", "25.5,g/L", "2.55,g/dL")],
        ["adlb.csv: line 5: AVALU is 'g/dL', but must be g/L", "one unit a test"],
    ),
    "no-unit": (
        [*DERIVED, ("adlb.csv", "25.5,g/L", "25.5,")],
        ["adlb.csv: line 5: AVALU is '', but must be g/L"],
    ),
    "more-than-all-cells": (
        [*DERIVED, ("adlb.csv", "40,%", "140,%")],
        ["adlb.csv: line 6: AVAL is", "140", "100"],
    ),
    "two-values-on-a-day": (
        [*DERIVED, ("adlb.csv", "2008-03-09", "2008-02-09")],
        ["adlb.csv: line 4: serum at 2008-02-09 has a row already for the patient, in line 3"],
    ),
    "two-sources-of-assessments": (
        [*DERIVED, ("study.yaml", "response:\n", "assessments: {table: responses}\nresponse:\n")],
        ["study.yaml:41: assessments.table: is 'responses'", "laboratory"],
    ),
    # columns
    "missing-column": (
        [("adsl.csv", "PH1SDT,", "DAY1,")],
        ["adsl.csv: no column PH1SDT", "the table has USUBJID, TRT01P, RANDDT"],
    ),
    "misspelt-column": (
        [("adsl.csv", "RANDDT,", "RANDTD,")],
        ["adsl.csv: no column RANDDT (is it RANDTD?); the table has USUBJID, TRT01P, RANDTD"],
    ),
    "column-in-other-capitals": (
        [("adtte.csv", "CNSR", "cnsr")],
        ["adtte.csv: no column CNSR (is it cnsr?); the table has USUBJID, PARAMCD, AVAL, cnsr"],
    ),
    "column-twice": (
        [("adsl.csv", "STRAT1R", "PPROTFL")],
        ["adsl.csv: PPROTFL is the name of more than one column: rename or leave out one"],
    ),
    "column-without-name": (
        [("adsl.csv", "STRAT1R", "")],
        ["adsl.csv: column 5 has no name: give it one, or leave it out"],
    ),
    "renamed-column-that-nothing-reads": (
        [
            (
                "study.yaml",
                "  laboratory: adlb.csv\n",
                "  laboratory: adlb.csv\n  columns: {subjects: {RANDTD: RNDDATE}}\n",
            )
        ],
        ["adsl.csv: data.columns.subjects reads RANDTD from RNDDATE, which the table does not have (is it RANDDT?)"],
    ),
    "renamed-column-that-is-not-there": (
        [
            (
                "study.yaml",
                "  laboratory: adlb.csv\n",
                "  laboratory: adlb.csv\n  columns: {subjects: {RANDDT: RANDDATE}}\n",
            )
        ],
        ["adsl.csv: no column RANDDATE (is it RANDDT?)"],
    ),
    "renamed-column-of-a-table-that-is-not-there": (
        [
            (
                "study.yaml",
                "  laboratory: adlb.csv\n",
                "  laboratory: adlb.csv\n  columns: {adverse_events: {AESER: SER}}\n",
            )
        ],
        ["data.columns", "adverse_events"],
    ),
}
"""By name: changes of the study, and what must be said of them."""


@pytest.mark.parametrize(("changes", "words"), CELLS.values(), ids=CELLS.keys())
def test_a_wrong_value_is_told_with_its_place(study, refused, changes, words):
    study.change(*changes)
    refused(words)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("adsl.csv", "TRIAL-102", "{sign}TRIAL-102", "adsl.csv: line 3: USUBJID is withheld"),
        ("adsl.csv", "Y,south,,,2010-06-01", "Y,{sign}cmd,,,2010-06-01", "adsl.csv: line 3: STRAT1R is '{sign}cmd'"),
        ("adlb.csv", "TRIAL-102,MPROT", "TRIAL-102,{sign}MPROT", "adlb.csv: line 5: PARAMCD is '{sign}MPROT'"),
    ],
    ids=["identifier", "words", "code"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_refused(study, refused, sign, file, old, new, words):
    study.change((file, old, new.format(sign=sign)))
    refused([words.format(sign=sign), "but must be text that begins with none of = + - @, which a spreadsheet runs"])


@pytest.mark.parametrize(
    ("character", "shown"),
    [("\x1b[2J", "\\x1b[2J"), ("\x07", "\\x07"), ("\x9b1m", "\\x9b1m"), ("\u202e", "\\u202e"), ("\u2028", "\\u2028")],
    ids=ascii,
)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            [("adsl.csv", "Y,south,,,2010-06-01", "Y,so{}uth,,,2010-06-01")],
            "line 3: STRAT1R is 'so{}uth', but must be text without control characters: take them out",
        ),
        (
            [("adsl.csv", "Y,south,,,2010-06-01", "Y{}Y,south,,,2010-06-01")],
            "line 3: PPROTFL is 'Y{}Y', but must be Y or N",
        ),
        ([("adsl.csv", "STRAT1R", "STRAT{}1R")], "no column STRAT1R (is it STRAT{}1R?); the table has USUBJID"),
        ([("adsl.csv", "TRIAL-102", "TRIAL-{}102")], "line 3: USUBJID is withheld, but must be "),
    ],
    ids=["words", "flag", "column", "identifier"],
)
def test_control_characters_of_a_table_are_shown_and_do_nothing(study, capfd, character, shown, changes, words):
    study.change(*((file, old, new.format(character)) for file, old, new in changes))
    assert check.main([str(study.params)]) == 2
    said = "".join(capfd.readouterr())
    assert words.format(shown) in said
    assert character not in said
    assert [letter for letter in said if not letter.isprintable() and letter != "\n"] == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("label: Site", "label: '=HYPERLINK(1)'", "strata.0.label"),
        ("label: New", "label: '@SUM(A1)'", "arms.levels.0.label"),
        ("PROGDT: progression", "PROGDT: '+cmd|x!A0'", "endpoints.pfs.event.PROGDT"),
        ("rule: From randomisation to death.", "rule: '-1+1'", "endpoints.os.rule"),
        ("note: Invented.", "note: '-Invented.'", "data.note"),
    ],
)
def test_a_text_of_the_parameters_that_a_spreadsheet_would_run_is_refused(study, refused, old, new, place):
    study.change(("study.yaml", old, new))
    refused([f"{place}: is '", "but must be text that begins with none of = + - @, which a spreadsheet runs"])


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("TRIAL-102", "TRIAL-101", "patient TRIAL-101 has a row already, in line 2"),
        ("TRIAL-102", "TRIAL-102?", "USUBJID is 'TRIAL-102?', but must be an identifier of letters"),
        ("TRIAL-102", "=TRIAL-102", "USUBJID is '=TRIAL-102', but must be text that begins with none of"),
    ],
    ids=["twice", "letters", "formula"],
)
def test_a_patient_is_named_only_in_a_study_that_says_so(study, refused, old, new, where):
    study.change(("adsl.csv", old, new))
    hidden = refused(["adsl.csv: line 3: "])
    assert where not in hidden
    study.change(("study.yaml", "privacy: hashed", "privacy: identified"))
    refused([f"adsl.csv: line 3: {where}"], identified=IDENTIFIERS)


def test_an_identifier_of_another_type_is_not_shown(study, refused):
    columns = [{"itemOID": name, "name": name, "label": name, "dataType": "string"} for name in ("USUBJID", "TRT01P")]
    table = {"datasetJSONVersion": "1.1.0", "records": 1, "columns": columns, "rows": [[98765, "New"]]}
    (study.folder / "adsl.json").write_text(json.dumps(table), encoding="utf-8")
    study.change(("study.yaml", "subjects: adsl.csv", "subjects: adsl.json"))
    said = refused(["adsl.json: record 1: USUBJID is ", "but must be a text"])
    assert "98765" not in said


def test_a_stranger_is_named_only_in_a_study_that_says_so(study, refused):
    study.change(("adtte.csv", "TRIAL-102,OS", "TRIAL_102,OS"))
    assert "TRIAL_102" not in refused(["adtte.csv: line 3: USUBJID is withheld"])
    study.change(("study.yaml", "privacy: hashed", "privacy: identified"))
    what = "but must be a patient of the subject table: is it TRIAL-102?"
    refused([f"adtte.csv: line 3: USUBJID is 'TRIAL_102', {what}"], identified=IDENTIFIERS)


def test_an_arm_without_patients_is_told(study, refused):
    old = [line for line in TABLES["adsl.csv"].splitlines() if ",Old," in line]
    study.change(*(("adsl.csv", line, line.replace(",Old,", ",New,")) for line in old))
    refused(["adsl.csv: TRT01P nobody was randomised to 'Old', the value of arm old; the column holds 'New'"])


def test_an_arm_of_which_nobody_is_analysed_is_told(study, refused):
    old = [line for line in TABLES["adsl.csv"].splitlines() if ",Old," in line]
    study.change(*(("adsl.csv", line, line.replace(",Y,", ",N,")) for line in old))
    refused(["adsl.csv: no patient of arm 'Old' is analysed"])


def test_every_problem_of_every_table_is_told_at_once(study, refused):
    study.change(
        ("adsl.csv", "TRIAL-102,New,2008-02-01", "TRIAL-102,Newer,2008-02-30"),
        ("adsl.csv", "PPROTFL,", "PPROT,"),
        ("adtte.csv", "OS,28,1", "OS,-28,x"),
        ("adrs.csv", "SD", "stable"),
        ("adlb.csv", "25.5,g/L", '"25,5",g/L'),
        ("adlb.csv", "2008-01-11", "11.1.2008"),
    )
    words = [
        "adsl.csv: no column PPROTFL (is it PPROT?)",
        "adsl.csv: line 3: RANDDT is '2008-02-30'",
        "adtte.csv: line 3: AVAL is '-28'",
        "adtte.csv: line 3: CNSR is 'x'",
        "adrs.csv: line 4: AVALC is 'stable'",
        "adlb.csv: line 5: AVAL is '25,5'",
        "adlb.csv: line 7: ADT is '11.1.2008'",
    ]
    said = refused(words)
    assert len(said.splitlines()) == len(words) + 2, (
        "a line a problem, after the name of the study, before what was run"
    )


def test_problems_between_rows_and_tables_are_told_at_once(study, refused):
    study.change(
        ("adsl.csv", "TRIAL-102,New", "TRIAL-102,NEW"),
        ("adsl.csv", "2009-03-02,2010-01-15", "2009-03-02,2009-01-15"),
        ("adsl.csv", "2008-03-06,2008-04-04", "2008-03-06,2008-03-04"),
        ("adtte.csv", "TRIAL-103", "TRIAL_103"),
        ("adrs.csv", "TRIAL-104", "TRIAL 0104"),
        ("adlb.csv", "TRIAL-201", "Trial-201"),
    )
    refused(
        [
            "adsl.csv: line 3: TRT01P is 'NEW'",
            "adsl.csv: line 2: DTHDT is '2009-01-15', but must be no earlier than PROGDT and LSTALVDT",
            "adsl.csv: line 5: PH1EDT is '2008-03-04'",
            "adtte.csv: line 4: USUBJID is withheld",
            "adrs.csv: line 5: USUBJID is withheld",
            "adlb.csv: line 7: USUBJID is withheld",
        ]
    )


def test_problems_of_what_is_derived_are_told_at_once(study, refused):
    study.change(
        *DERIVED,
        ("adsl.csv", "south,,,2010-06-01", "south,2008-01-31,,2010-06-01"),
        ("adtte.csv", "TRIAL-203,OS,24.1,1\n", ""),
        ("adlb.csv", "25.5,g/L", "2.55,g/dL"),
    )
    refused(
        [
            "adsl.csv: line 3: progression on 2008-01-31, before randomisation on 2008-02-01",
            "adsl.csv: line 8: the patient has no row with PARAMCD OS",
            "adlb.csv: line 5: AVALU is 'g/dL'",
        ]
    )


def test_what_is_wrong_in_many_rows_is_shown_for_some_and_counted(study, refused):
    lines = TABLES["adtte.csv"].splitlines()[1:]
    study.change(*(("adtte.csv", line, f"{line[:-1]}x") for line in lines))
    said = refused(["adtte.csv: lines 2, 3, 4, 5, 6 and 3 more: CNSR is 'x', but must be 0 (event) or a whole number"])
    assert said.count("CNSR") == 1


# ---- files


def cut_within_a_quote(folder):
    text = TABLES["adsl.csv"].replace("TRIAL-204,Old", 'TRIAL-204,"Old')
    (folder / "adsl.csv").write_text(text, encoding="utf-8")


def cut_within_a_line(folder):
    (folder / "adsl.csv").write_text(TABLES["adsl.csv"].rpartition(",south")[0], encoding="utf-8")


def cut_within_parquet(folder):
    table = folder / "adsl.parquet"
    pd.read_csv(folder / "adsl.csv", dtype=str).to_parquet(table)
    table.write_bytes(table.read_bytes()[:-100])


def sparse(folder):
    os.truncate(folder / "adlb.csv", 1_060_000_000)


def with_semicolons(folder):
    text = TABLES["adtte.csv"].replace(",", ";").replace(".", ",")
    (folder / "adtte.csv").write_text(text, encoding="utf-8")


def stored(name, data):
    return lambda folder: (folder / name).write_bytes(data)


SUBJECTS = TABLES["adsl.csv"]
FILES = {
    "cut-within-a-quote": (cut_within_a_quote, ["adsl.csv: line 9: begins a quoted cell that never ends", "cut short"]),
    "cut-within-a-line": (
        cut_within_a_line,
        ["adsl.csv: line 9: has 4 cells, but must be 10 cells long", "cut short", "export it again"],
    ),
    "empty": (stored("adsl.csv", b""), ["adsl.csv: is empty: export the table again"]),
    "blank-lines": (stored("adsl.csv", b"\n\n\n"), ["adsl.csv: holds nothing but blank lines: export the table again"]),
    "header-only": (
        stored("adsl.csv", SUBJECTS.splitlines()[0].encode() + b"\n"),
        ["adsl.csv: the table has no rows: export it with its data"],
    ),
    "more-than-a-gigabyte": (sparse, ["adlb.csv: has 1.1 GB, but must be below 1 GB: keep the columns and rows that"]),
    "latin-1": (
        stored("adsl.csv", SUBJECTS.replace("south", "Orléans").encode("latin-1")),
        ["adsl.csv: line 3: holds the byte 0xE9, which is not UTF-8", "'é'", "save the file as UTF-8"],
    ),
    "utf-16": (stored("adsl.csv", SUBJECTS.encode("utf-16")), ["adsl.csv: is in UTF-16: save it as UTF-8"]),
    "utf-16-without-mark": (
        stored("adsl.csv", SUBJECTS.encode("utf-16-le")),
        ["adsl.csv: line 1: holds a NUL byte", "export it again as UTF-8"],
    ),
    "semicolons": (
        with_semicolons,
        [
            "adtte.csv: is separated by semicolons and has decimal commas ('24,2')",
            "export it with commas between cells",
        ],
    ),
    "not-a-table": (stored("adsl.csv", b"\x89PNG\r\n\x1a\n" + bytes(100)), ["adsl.csv: line 3: holds a NUL byte"]),
}


@pytest.mark.parametrize(("write", "words"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_used_is_told(study, refused, write, words):
    write(study.folder)
    refused(words)


def test_parquet_that_is_cut_short_is_told(study, refused):
    cut_within_parquet(study.folder)
    study.change(("study.yaml", "subjects: adsl.csv", "subjects: adsl.parquet"))
    refused(["adsl.parquet: cannot be read as Parquet", "was it cut short? export it again"])


def test_a_format_that_is_not_read_is_told(study, refused):
    (study.folder / "adsl.xlsx").write_bytes(b"PK\x03\x04")
    study.change(("study.yaml", "subjects: adsl.csv", "subjects: adsl.xlsx"))
    refused(["adsl.xlsx: ends in '.xlsx', but must be one of .csv, .parquet, .xpt, .sas7bdat, .json, .ndjson"])


def test_what_is_wrong_with_one_file_does_not_hide_what_is_wrong_with_another(study, refused):
    with_semicolons(study.folder)
    stored("adrs.csv", b"")(study.folder)
    study.change(("adlb.csv", "25.5", "not done"))
    refused(["adtte.csv: is separated by semicolons", "adrs.csv: is empty", "adlb.csv: line 5: AVAL is 'not done'"])


# ---- parameters


def line_of(text):
    """Line of the parameters on which a text is."""
    return 1 + PARAMS[: PARAMS.index(text)].count("\n")


@pytest.mark.parametrize(
    "path",
    ["../x.csv", "/etc/passwd", "a/../../x.csv", "..\\x.csv", "C:\\x.csv", "C:x.csv", "\\\\server\\x.csv"],
)
@pytest.mark.parametrize("table", ["subjects", "times", "salt"])
def test_a_path_that_climbs_out_is_refused_even_where_the_file_exists(study, refused, path, table):
    (study.folder.parent / "x.csv").write_text(TABLES["adsl.csv"], encoding="utf-8")
    (study.folder / "a").mkdir()
    if table == "salt":
        study.change(("study.yaml", "  subjects: adsl.csv", f"  salt: '{path}'\n  subjects: adsl.csv"))
    else:
        file = {"subjects": "adsl.csv", "times": "adtte.csv"}[table]
        study.change(("study.yaml", f"{table}: {file}", f"{table}: '{path}'"))
    line = line_of("  subjects: adsl.csv" if table == "salt" else f"  {table}: ")
    refused([f"study.yaml:{line}: data.{table}: is {path!r}, which leads out of the study's folder"])


@pytest.mark.parametrize(
    "path", ["", ".", "./", "absent.csv", "a" * 5000 + ".csv"], ids=lambda path: path[:10] or "none"
)
@pytest.mark.parametrize("table", ["subjects", "times"])
def test_a_path_that_names_no_file_is_refused(study, refused, path, table):
    file = {"subjects": "adsl.csv", "times": "adtte.csv"}[table]
    study.change(("study.yaml", f"{table}: {file}", f"{table}: '{path}'"))
    refused([f"study.yaml:{line_of(f'  {table}: ')}: data.{table}: "])


LAUGHS = "\n".join(
    ["note: &a0 [ha, ha]", *(f"  l{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
)
WRONG_PARAMETERS = {
    "tag": (
        "title: Small",
        "title: !!python/object/apply:os.system [id]",
        ["study.yaml:2: ", "the tag", "leave it out"],
    ),
    "tag-of-text": ("title: Small", "title: !!str Small", ["study.yaml:2: the tag !!str is not read: leave it out"]),
    "billion-laughs": (
        "note: Invented.",
        LAUGHS,
        ["study.yaml:7: the anchor &a0 is not read", "8: the alias *a0 is not read", "100 problems are told"],
    ),
    "merge-key": ("follow_up: {", "follow_up: {<<: {a: 1}, ", ["study.yaml:26: the merge key << is not read"]),
    "unknown-key": (
        "title: Small",
        "titel: Small",
        ["study.yaml:2: titel: unknown key", "title: this key is required"],
    ),
    "key-twice": ("title: Small", "title: Small\ntitle: Big", ["study.yaml:3: title is given twice, first on line 2"]),
    "cut-short": ("axis_times: [0, 12, 24]}", "axis_times: [0, 12", ["study.yaml:", "not valid YAML"]),
    "wrong-type": ("conf_level: 0.95", "conf_level: high", ["analysis.conf_level: ", "must be a number", "'high'"]),
    "unknown-population": (
        "population: per-",
        "population: ",
        ["study.yaml:23: population: is 'protocol'", "per-protocol"],
    ),
    "unknown-notebook": ("notebook: response", "notebook: respons", ["runs.response: there is no notebook 'respons'"]),
    "unknown-parameter": ("{endpoint: os}", "{endpont: os}", ["runs.os: parameter 'endpont' is not declared"]),
}


@pytest.mark.parametrize(("old", "new", "words"), WRONG_PARAMETERS.values(), ids=WRONG_PARAMETERS.keys())
def test_wrong_parameters_are_told_with_their_line(study, refused, capfd, old, new, words):
    study.change(("study.yaml", old, new))
    if "runs." in words[0]:  # what does not fit its notebook is known to the report, not to the check
        assert study.run() == 2
        said = capfd.readouterr().err
        assert said.endswith(NOTHING_RUN)
        assert [word for word in ["study.yaml:", *words] if word not in said] == []
    else:
        refused(words)


def test_every_problem_of_the_parameters_is_told_at_once(study, refused):
    study.change(
        ("study.yaml", "title: Small", "titel: Small"),
        ("study.yaml", "time_unit: months", "time_unit: moons"),
        ("study.yaml", "subjects: adsl.csv", "subjects: ../adsl.csv"),
        ("study.yaml", "censor: LSTALVDT", "censor: 7"),
        ("study.yaml", "ties: efron", "ties: exact"),
    )
    words = [
        "titel: unknown key",
        "title: this key",
        "time_unit: ",
        "data.subjects: ",
        "pfs.censor: ",
        "analysis.ties: ",
    ]
    said = refused(words)
    assert len(said.splitlines()) == len(words) + 1


def test_bytes_that_are_no_text_are_told(study, refused):
    study.params.write_bytes(PARAMS.replace("Invented", "Erfundén").encode("latin-1"))
    refused(["study.yaml:7: cannot be read: byte 0xe9 is not UTF-8, save it in UTF-8."])


# ---- the salt


@pytest.mark.parametrize(("salt", "characters"), [(b"", 0), (b"secret\n", 6), (b"fifteen letters", 15)])
def test_a_salt_that_anybody_can_guess_is_refused(study, refused, salt, characters):
    (study.folder / "salt.txt").write_bytes(salt)
    said = refused([f"salt.txt: holds {characters} characters, but a salt must be 16 or more that nobody can guess"])
    assert "secret" not in said.replace("a secret", "")


def test_a_salt_of_16_characters_is_used(study):
    (study.folder / "salt.txt").write_bytes(b"sixteen letters!")
    assert check.main([str(study.params)]) == 0


@pytest.mark.parametrize(
    ("salt", "why"), [("folder", "is a folder, but must be a file"), ("absent/salt.txt", "cannot be read or made (")]
)
def test_a_salt_that_cannot_be_read_or_made_is_refused(study, refused, salt, why):
    (study.folder / "folder").mkdir()
    study.change(("study.yaml", "  subjects: adsl.csv", f"  salt: {salt}\n  subjects: adsl.csv"))
    refused([f"{salt}: {why}", "name a file with a secret under data.salt"])
    assert sorted(path.name for path in Path(study.folder).iterdir() if path.is_dir()) == ["folder"]


def test_no_salt_is_needed_where_patients_are_named(study):
    study.change(("study.yaml", "privacy: hashed", "privacy: identified"))
    assert check.main([str(study.params)]) == 0
    assert not (study.folder / "salt.txt").exists()
