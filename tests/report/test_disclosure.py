"""A report under `suppress_below`: no small count is shown, and none can be worked out from what is."""

import csv
import json
import re

import numpy as np
import pytest
import yaml
from report_project import Page, ReportProject, numbers_of
from scipy.optimize import Bounds, LinearConstraint, milp
from small_trial import write_trial

from smmlib.report.disclosure.margins import Margins
from smmlib.report.disclosure.masked_numbers import close_small_sums, hidden_of_endpoints
from smmlib.trial import derive, read_study
from smmlib.trial.tables.problems import DataError

LIMIT = 5
CATEGORIES = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return ReportProject(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def open_report(shared_reports):
    return shared_reports.report("quiredex-2013")


@pytest.fixture(scope="module")
def report(project):
    """QuiRedex 2013 with counts under 5 masked."""
    study = yaml.safe_load(project.params("quiredex-2013").read_text(encoding="utf-8"))
    study |= {"study": "masked", "suppress_below": LIMIT}
    project.params("masked").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    return project.make("masked")


ONE_PATIENT = {"population.follow_up.shortest", "population.follow_up.longest"}
"""No counts, but the time of a patient each."""


def counts(report):
    counted = {name: row for name, row in numbers_of(report).items() if row["unit"] in ("patients", "masked")}
    counted = {name: row for name, row in counted.items() if name not in ONE_PATIENT and ".share." not in name}
    return {name: row["value"] for name, row in counted.items()}


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_every_small_count_is_masked_and_only_counts_or_rates_are(report, open_report):
    shown, true = counts(report), {name: float(value) for name, value in counts(open_report).items() if value}
    small = {name for name, value in true.items() if value < LIMIT}
    assert len(small) > 15
    together = {name for name in small if name not in shown}
    assert {name.rpartition(".")[0] for name in together} == {"ttp.reason(censored: death)"}
    assert [name for name in small - together if shown[name]] == []
    assert [name for name, value in shown.items() if value and float(value) != true[name]] == []
    masked, unmasked = numbers_of(report), numbers_of(open_report)
    assert {masked[name]["value"] for name in ONE_PATIENT} == {""}
    shares = {name for name in masked if ".share." in name}
    assert {name for name in shares if not shown[name.replace("share", "events")]} == {"os.share.rd"}
    assert {name for name in shares if not masked[name]["value"]} == {"os.share.rd"}
    estimates = {name for name, row in unmasked.items() if row["unit"] not in ("patients", "")}
    estimates -= ONE_PATIENT | {"os.share.rd"}
    assert [name for name in estimates if masked[name]["value"] != unmasked[name]["value"]] == []


def of_arm(report, beginning, arm):
    return [name for name in counts(report) if name.startswith(beginning) and name.endswith(f".{arm}")]


def attacker_knows(report):
    """Sums that hold in any report of this trial, written down here without regard to how the package masks."""
    sums = []
    for step in ("randomised", "excluded", "analysed"):
        sums.append((f"population.{step}", [f"population.{step}.rd", f"population.{step}.observation"]))
    for arm in ("rd", "observation"):
        sums.append((f"population.randomised.{arm}", [f"population.excluded.{arm}", f"population.analysed.{arm}"]))
        sums.append((f"population.excluded.{arm}", of_arm(report, "population.exclusion(", arm)))
        strata = of_arm(report, "population.stratum(STRAT1R: ", arm)
        sums.append((f"population.analysed.{arm}", strata))
        for endpoint, event in (("ttp", "progression to symptomatic myeloma"), ("os", "death")):
            sums.append((f"population.analysed.{arm}", of_arm(report, f"{endpoint}.reason(", arm)))
            sums.append((f"{endpoint}.events.{arm}", [f"{endpoint}.reason({event}).{arm}"]))
    sums.append(("population.randomised", ["population.excluded", "population.analysed"]))
    for phase in ("induction", "maintenance"):
        parts = [f"population.{phase}.{part}" for part in ("completed", "stopped", "ongoing")]
        sums.append((f"population.{phase}.started", parts))
        rate = numbers_of(report)[f"response.{phase}.rate.rd"]
        of_category = f"response.{phase}.category({{}}).rd".format
        sums.append((rate["n"], [of_category(name) for name in CATEGORIES]))
        responders = round(float(rate["value"]) * float(rate["n"]))
        sums.append((responders, [of_category(name) for name in CATEGORIES[:4]]))
    return sums


def true_counts(report, open_report):
    """The same counts where nothing is masked: reasons that the masked report counts together, together."""
    true = counts(open_report)
    for arm in ("rd", "observation"):
        rare = [name for name in true if name not in counts(report) and name.endswith(f".{arm}")]
        true[f"ttp.reason(other reasons).{arm}"] = sum(float(true[name]) for name in rare)
    return {name: true[name] for name in counts(report)}


@pytest.mark.end_to_end
@pytest.mark.independent
def test_no_masked_count_can_be_worked_out(report, open_report):
    """For each masked count, the smallest and the largest value that agrees with all that is shown differ."""
    shown, names = counts(report), list(counts(report))
    matrix, totals = [], []
    for total, parts in attacker_knows(report):
        row = np.zeros(len(names))
        row[[names.index(part) for part in parts]] = 1
        if isinstance(total, str) and total in names:
            row[names.index(total)] = -1
            totals.append(0.0)
        else:
            totals.append(float(total))
        matrix.append(row)
    true = np.array([float(value) for value in true_counts(report, open_report).values()])
    np.testing.assert_allclose(np.array(matrix) @ true, totals)
    known = np.array([float(value) if value else np.nan for value in shown.values()])
    bounds = Bounds(np.where(np.isnan(known), 0, known), np.where(np.isnan(known), 125, known))
    constraint = LinearConstraint(np.array(matrix), totals, totals)
    for place in np.flatnonzero(np.isnan(known)):
        objective = np.zeros(len(names))
        objective[place] = 1
        least, most = (
            milp(sign * objective, integrality=np.ones(len(names)), bounds=bounds, constraints=constraint)
            for sign in (1, -1)
        )
        assert round(-most.fun) > round(least.fun), f"{names[place]} must be {least.fun}"


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_nothing_small_is_left_in_notebooks_pages_or_other_tables(report):
    assert not (report / "analysis_data").exists()
    for file in report.glob("notebooks/*.ipynb"):
        for value, unit in re.findall(r'"value": ([\d.]+)[^{}]*?"unit": "patients"', file.read_text(encoding="utf-8")):
            assert float(value) >= LIMIT, f"{file.name} holds {value} {unit}"
        numbers = re.findall(r'"(?:n|events)": ([\d.]+)', file.read_text(encoding="utf-8"))
        assert [number for number in numbers if float(number) < LIMIT] == []
    text = " ".join(Page(report / "index.html").text)
    assert "masked" in text
    assert "Counts under 5 are masked" in re.sub(r"\s+", " ", text)
    with (report / "ledger.csv").open(newline="", encoding="utf-8") as stream:
        verdicts = {row["claim"]: (row["shown"], row["verdict"]) for row in csv.DictReader(stream)}
    assert verdicts["response.induction.category(sCR).rd"] == ("masked", "not compared")
    assert verdicts["ttp.hazard_ratio.rd_vs_observation"][1] == "reproduced"


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_the_curve_ends_where_few_are_at_risk_and_the_risk_table_says_no_more(report):
    notebook = json.loads((report / "notebooks" / "ttp.ipynb").read_text(encoding="utf-8"))
    figure = next(
        output["data"]["image/svg+xml"]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    )
    text = "".join(figure)
    assert "&lt;5" in text
    assert all(int(number) >= LIMIT or number == "0" for number in re.findall(r">(\d+)</text>", text))


PATIENTS = [
    {"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01"}
    for arm in "AB"
    for number in range(8)
]


def assessed(progressed, died):
    """Sixteen patients an arm: some progressed, some died without, the others are followed."""
    rows = []
    for arm in "AB":
        for number in range(16):
            dates = {"PROGDT": "2010-03-01" if number < progressed else "", "LSTASDT": "2010-12-01"}
            dead = progressed <= number < progressed + died
            dates |= {"DTHDT": "2010-12-20" if dead else "", "LSTALVDT": "" if dead else "2011-01-01"}
            rows.append({"USUBJID": f"{arm}{number}", "TRT01P": arm, "RANDDT": "2010-01-01", **dates})
    return rows


@pytest.mark.by_hand
@pytest.mark.parametrize(("died", "hidden"), [(1, True), (4, True), (5, False)])
def test_what_is_small_between_two_endpoints_is_not_shown(tmp_path, died, hidden):
    """Events of progression-free survival less those of time to progression are deaths without progression."""
    endpoints = {"ttp": {"like": "time-to-progression"}, "pfs": {"like": "progression-free-survival-ema"}}
    runs = {"ttp": {"notebook": "time_to_event", "parameters": {"endpoint": "ttp"}}}
    changes = {"suppress_below": 5, "endpoints": endpoints, "assessments": {"last": "LSTASDT"}, "runs": runs}
    data = derive(read_study(write_trial(tmp_path, changes, subjects=assessed(6, died))))
    found = {endpoint: {key.name for key in keys} for endpoint, keys in hidden_of_endpoints(data).items()}
    assert "ttp.events.a" not in found["ttp"]
    assert ("pfs.events.a" in found["pfs"]) == hidden


@pytest.mark.by_hand
def test_what_is_hidden_of_a_sum_is_together_not_small():
    """47 responders of whom 15 and 31 are shown leave 1; with the 15 hidden as well, 16."""
    counts = {"responders": 47, "sCR": 1, "CR": 0, "VGPR": 15, "PR": 31}
    margins = Margins([("responders", ["sCR", "CR", "VGPR", "PR"])], {}, {})
    assert close_small_sums(margins, counts, {"sCR", "CR"}, 5) == {"sCR", "CR", "VGPR"}
    assert close_small_sums(margins, counts | {"sCR": 4, "CR": 4, "VGPR": 8}, {"sCR", "CR"}, 5) == {"sCR", "CR"}


@pytest.mark.by_hand
def test_an_arm_that_is_too_small_is_not_reported(tmp_path):
    study = read_study(write_trial(tmp_path, {"suppress_below": 9}, subjects=PATIENTS))
    with pytest.raises(
        DataError, match=r"endpoint os has 8 patients at risk in arm A, under suppress_below 9: leave it out"
    ):
        derive(study)


@pytest.mark.by_hand
def test_late_entry_that_leaves_few_under_observation_is_not_reported(tmp_path):
    """Each of the eight is under observation for ten days of their own: never two at once."""
    late = [
        {**row, "DIAGDT": "2010-01-01", "RANDDT": f"2010-0{month}-10", "LSTALVDT": f"2010-0{month}-20"}
        for month, row in zip([*range(1, 9)] * 2, PATIENTS, strict=True)
    ]
    changes = {"suppress_below": 5, "endpoints": {"os": {"like": "overall-survival-from-diagnosis"}}}
    study = read_study(write_trial(tmp_path, changes, subjects=late))
    with pytest.raises(DataError, match=r"endpoint os has 1 patients at risk in arm A, under suppress_below 5"):
        derive(study)


@pytest.mark.by_hand
def test_two_populations_that_are_too_close_are_not_both_reported(tmp_path):
    populations = {"all": {"label": "all"}, "treated": {"label": "treated", "flag": "TRTSDT"}}
    endpoints = {"os": {"like": "overall-survival"}, "treated": {"like": "overall-survival", "population": "treated"}}
    patients = [row | {"TRTSDT": "" if row["USUBJID"] == "A3" else "2010-01-02"} for row in PATIENTS]
    changes = {"suppress_below": 5, "populations": populations, "endpoints": endpoints}
    study = read_study(write_trial(tmp_path, changes, subjects=patients))
    with pytest.raises(DataError, match=r"populations all and treated differ by 1 patients in arm A"):
        derive(study)


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_no_range_is_told_of_a_masked_number(report):
    """It would tell what is masked."""
    assert "over what range is not known" in " ".join("".join(Page(report / "index.html").text).split())
    assert not (report / "ranges.csv").exists()
