"""A report of three arms with sensitivity analyses of every kind: its tables, its forest plots, its second programs."""

import csv
from datetime import date, timedelta
from random import Random

import pytest
from report_project import Page, ReportProject
from small_trial import write_trial
from three_arm_trial import ARMS, ENDPOINT

pytestmark = pytest.mark.end_to_end

PATIENTS, START = 40, date(2010, 1, 1)
WORDS = {0: "", 1: "end of study", 2: "lost to follow-up"}
CATEGORIES = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE")
LOST = {"followed_until": 900, "grace": 30}
STUDY = {
    "study": "sensitive",
    "privacy": "hashed",
    "arms": ARMS,
    "randomised": None,
    "populations": {"all": {"label": "all randomised"}, "protocol": {"label": "per protocol", "flag": "PPROTFL"}},
    "endpoints": {"os": {**ENDPOINT, "label": "Overall survival", "paramcd": "OS"}},
    "response": {"visits": [{"id": "best", "visit": "BEST", "label": "Best response", "denominator": "analysed"}]},
    "sensitivity": {
        "endpoints": {
            "os": {
                "protocol": {"label": "Per protocol", "population": "protocol"},
                "codes": {"label": "Loss as death", "event_codes": [0, 2]},
                "late": {"label": "Found late", "late_detection": {"to": "middle", "interval": 60, "arms": ["lev"]}},
                "worst": {"label": "Worst case", "worst_case": {**LOST}},
                "best": {"label": "Best case", "best_case": {**LOST, "reasons": ["lost to follow-up"]}},
                "tipping": {
                    "label": "Tipping point",
                    "tipping_point": {**LOST, "factors": [1, 2.5], "imputations": 5, "seed": 1},
                },
            }
        },
        "responses": {"best": {"worst": {"label": "Worst case", "missing": "worst case"}}},
    },
    "runs": {"sensitivity": {"notebook": "sensitivity"}},
}
PAIRS = ("lev-5fu", "lev")


def tables():
    draw = Random(11)
    subjects, times, responses = [], [], []
    for arm, mean in (("Lev+5FU", 900), ("Lev", 600), ("Obs", 400)):
        for at in range(PATIENTS):
            name, protocol = f"P{draw.randrange(10**6)}", "N" if at % 5 == 0 else "Y"
            died, left = int(draw.expovariate(1 / mean)) + 10, int(draw.expovariate(1 / 1200)) + 10
            days = min(died, left, 900)
            code = 0 if died == days else 2 if left == days else 1
            subjects.append({"USUBJID": name, "TRT01P": arm, "PPROTFL": protocol})
            row = {"USUBJID": name, "PARAMCD": "OS", "AVAL": days, "CNSR": code}
            times.append(row | {"EVNTDESC": "" if code else "death", "CNSDTDSC": WORDS[code]})
            day = START + timedelta(days=at)
            responses.append({"USUBJID": name, "AVISIT": "BEST", "ADT": day, "AVALC": CATEGORIES[at % 8]})
    return {"subjects": subjects, "times": times, "responses": responses}


@pytest.fixture(scope="module", params=[None, 4], ids=["open", "masked"])
def report(request, tmp_path_factory):
    project = ReportProject(tmp_path_factory.mktemp("project"))
    masks = {"suppress_below": request.param} if request.param else {}
    write_trial(project.folder / "params", STUDY | masks, **tables()).rename(project.params("sensitive"))
    return request.param, project.make("sensitive")


def rows_of(file):
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.by_hand
def test_the_page_has_every_variant_in_a_table_and_a_forest_plot_for_each_comparison(report):
    _, folder = report
    text = " ".join(" ".join(Page(folder / "index.html").text).split())
    for words in (
        *("Sensitivity analyses", "Main analysis", "Analysed: per protocol", "CNSR 0 and 2 count as the event"),
        "Events found at assessments with levamisole are moved to the middle of the 60 days before them",
        "Patients censored more than 30 days before the end of follow-up (lost to follow-up) count as free of the",
        *("Hazard × 1", "Hazard × 2.5", "Best response: partial response or better"),
        "count as non-responders, but as responders with observation",
    ):
        assert words in text
    figures = sorted(file.name for file in (folder / "figures").glob("*.svg"))
    assert figures == [f"sensitivity.os-{arm}-obs.svg" for arm in PAIRS]
    drawn = (folder / "figures" / "sensitivity.os-lev-obs.svg").read_text(encoding="utf-8")
    for words in ("Per protocol", "Tipping point", "hazard × 2.5", "favours Levamisole"):
        assert words in drawn


@pytest.mark.by_hand
def test_the_main_analysis_comes_first_and_the_variants_in_their_order(report):
    _, folder = report
    rows = rows_of(folder / "numbers.csv")
    variants = list(dict.fromkeys(row["variant"] for row in rows if row["endpoint"] == "os"))
    assert variants == ["", "protocol", "codes", "late", "worst", "best", "tipping"]
    ratios = [row for row in rows if row["measure"] == "hazard_ratio" and row["arm"] == "lev"]
    assert [row["level"] for row in ratios if row["variant"] == "tipping"] == ["1", "2.5"]
    assert len(ratios) == 6 + 2
    protocol = {row["record"]: row["value"] for row in rows if row["measure"] == "patients" and row["arm"] == "obs"}
    assert protocol["sensitivity.os.patients.protocol.obs"] == f"{PATIENTS - PATIENTS // 5}.0"


@pytest.mark.other_package
def test_numbers_are_computed_twice_and_agree(report):
    _, folder = report
    checks = [row for row in rows_of(folder / "verification.csv") if row["program"]]
    assert {check["verdict"] for check in checks} == {"agrees"}
    names = {check["record"] for check in checks}
    for variant in ("protocol", "codes", "late", "worst", "best"):
        assert f"sensitivity.os.hazard_ratio.{variant}.lev_vs_obs" in names


@pytest.mark.invariant
def test_what_becomes_of_patients_is_in_the_report_only_where_nothing_is_masked(report):
    limit, folder = report
    file = folder / "analysis_data" / "sensitivity_times.csv"
    assert file.exists() == (limit is None)
    if limit is None:
        variants = {row["variant"] for row in rows_of(file)}
        assert variants == {"protocol", "codes", "late", "worst", "best", "tipping"}
    counts = [row for row in rows_of(folder / "numbers.csv") if row["unit"] == "patients"]
    small = [row["record"] for row in counts if float(row["value"]) < (limit or 0)]
    assert small == []
