"""What would stop a report is told by the check already, all of it at once."""

import pytest
from small_trial import STUDY, write_trial

from smmlib.report import check

pytestmark = pytest.mark.by_hand

PATIENTS = [
    {"USUBJID": name, "TRT01P": name[0].upper(), "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    for name in ("a1", "a2", "b1", "b2")
]
SITES = [row | {"SITE": "north"} for row in PATIENTS]


def run(notebook="population", **parameters):
    return {"runs": STUDY["runs"] | {"own": {"notebook": notebook, "parameters": parameters}}}


def claim(number):
    strata = {"strata": [{"variable": "SITE", "label": "Site"}]}
    return strata | {"published": [{"number": number, "value": "2", "source": "by hand", "confidence": "verified"}]}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (run("populations"), "runs.own: there is no notebook 'populations'; there are "),
        (run(day="x"), "runs.own: parameter 'day' is not declared in"),
        (run("time_to_event"), "needs parameter 'endpoint', which is not given"),
        (run("time_to_event", endpoint=3), "runs.own.parameters.endpoint: is 3, but must be os"),
        (claim("population.stratum(SITE: south).a"), "published.0.number: "),
    ],
)
def test_what_a_report_would_refuse(tmp_path, capsys, changes, told):
    file = write_trial(tmp_path, changes, subjects=SITES)
    assert check.main([str(file)]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert f"{file}:" in said
    assert said.endswith("1 problem: nothing can be run.\n")


def test_notebooks_and_tables_are_told_together(tmp_path, capsys):
    runs = STUDY["runs"] | {name: {"notebook": name} for name in ("one", "two")}
    subjects = [row | {"RANDDT": "2010-02-30"} for row in PATIENTS]
    assert check.main([str(write_trial(tmp_path, {"runs": runs}, subjects=subjects))]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in said[:2]] == ["runs.one", "runs.two"], said
    assert "lines 2, 3, 4, 5: RANDDT is '2010-02-30', but must be a day that the calendar has" in said[2]
    assert said[3] == "3 problems: nothing can be run."
