"""A study in years: second cancers in a population of their own, survival after progression, response in both arms."""

import re

import pytest
import yaml
from report_project import Page, ReportProject, numbers_of, rows
from small_trial import STUDY, write_table

pytestmark = [pytest.mark.by_hand, pytest.mark.end_to_end]

PROGRESSED, DIED, SECOND = {"A": 3, "B": 7}, {"A": 1, "B": 3}, {"A": 2, "B": 0}
"""Of twelve patients an arm: the first so many progressed and died; the last but one and before had a second cancer."""
CANCER = {
    "label": "Time to second cancer",
    "event_label": "Second cancer",
    "curve_label": "Free of a second cancer",
    "start": "RANDDT",
    "event": {"SPMDT": "second cancer"},
    "ends_observation": {"DTHDT": "death"},
    "censor": "LSTALVDT",
    "population": "safety",
}
CLAIMS = [
    {"number": "later.share.a", "value": "33%"},
    {"number": "later.share.b", "value": "44 %", "tolerance": "2 %", "tolerance_reason": "no count of 7 is 44 %"},
    {"number": "cancer.share.a", "value": "17 %"},
    {"number": "population.follow_up", "value": "5.0"},
    {"number": "population.follow_up.longest", "value": "5.0"},
    {"number": "response.best.rate.a", "value": "72.7%"},
    {"number": "response.best.fisher_test.a_vs_b", "p_value": "0.001"},
]
YEARS = STUDY | {
    "study": "years",
    "reference": "nothing published",
    "time_unit": "years",
    "populations": {"per-protocol": {"label": "per protocol", "flag": "PPROTFL"}, "safety": {"label": "safety"}},
    "population": "per-protocol",
    "follow_up": {"endpoint": "os", "estimator": "survivors"},
    "endpoints": {
        "os": {"like": "overall-survival"},
        "cancer": CANCER,
        "later": {"like": "survival-after-progression"},
    },
    "response": {
        "visits": [{"id": "best", "visit": "BEST", "label": "Best response", "denominator": "analysed"}],
    },
    "analysis": STUDY["analysis"] | {"landmarks": [3], "axis_times": [0, 1, 2, 3, 4, 5]},
    "runs": {
        "population": {"notebook": "population"},
        "response": {"notebook": "response"},
        **{name: {"notebook": "time_to_event", "parameters": {"endpoint": name}} for name in ("cancer", "later")},
    },
    "published": [{"source": "by hand", "confidence": "derived", **claim} for claim in CLAIMS],
}


def subjects():
    for arm in "AB":
        for number in range(12):
            died = f"2012-05-{number + 1:02d}" if number < DIED[arm] else ""
            yield {
                "USUBJID": f"{arm}{number}",
                "TRT01P": arm,
                "RANDDT": "2010-01-01",
                "PPROTFL": "N" if number == 11 else "Y",
                "PROGDT": f"2011-05-{number + 1:02d}" if number < PROGRESSED[arm] else "",
                "SPMDT": f"2013-05-{number + 1:02d}" if 11 - SECOND[arm] <= number < 11 else "",
                "DTHDT": died,
                "LSTALVDT": died or "2015-01-01",
            }


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Eight of the eleven analysed of arm A responded; of arm B nobody was assessed."""
    project = ReportProject(tmp_path_factory.mktemp("years"))
    write_table(project.folder / "params" / "adsl.csv", list(subjects()))
    rows = [{"USUBJID": f"A{n}", "AVISIT": "BEST", "AVALC": "PR" if n < 8 else "SD"} for n in range(12)]
    write_table(project.folder / "params" / "adrs.csv", rows)
    data = YEARS["data"] | {"responses": "adrs.csv"}
    project.params("years").write_text(yaml.safe_dump(YEARS | {"data": data}, sort_keys=False), encoding="utf-8")
    return project.make("years")


@pytest.fixture(scope="module")
def text(report):
    return re.sub(r"\s+", " ", " ".join(Page(report / "index.html").text))


def test_every_claim_is_met(report):
    verdicts = {row["claim"]: row["verdict"] for row in rows(report / "ledger.csv")}
    assert verdicts == dict.fromkeys((claim["number"] for claim in CLAIMS), "reproduced") | {
        "later.share.b": "within tolerance"
    }


def test_each_endpoint_counts_its_own_patients(report):
    numbers = numbers_of(report)
    counted = {
        name: (float(row["value"]), int(row["n"]))
        for name, row in numbers.items()
        if name.partition(".")[2].startswith("events.")
    }
    assert counted == {
        "cancer.events.a": (2, 12),
        "cancer.events.b": (0, 12),
        "later.events.a": (1, 3),
        "later.events.b": (3, 7),
    }
    assert float(numbers["population.follow_up"]["value"]) == 1826 / 365.25
    assert int(numbers["population.follow_up"]["n"]) == 22 - 4
    assert {numbers[name]["unit"] for name in ("cancer.median.b", "later.median.a")} == {"years"}
    assert numbers["cancer.hazard_ratio.a_vs_b"]["value"] == ""


def test_the_page_says_years_and_from_when(text):
    assert "month" not in text
    for words in (
        "Median follow-up of the patients without the event (death): 5.0 years",
        "Years from progression",
        "alive at 3 years",
        "Analysed: safety.",
        "Patients without progression are left out",
    ):
        assert words in text
    assert re.findall(r"\b(?:nan|None|inf|undefined)\b", text) == []


def test_the_page_compares_the_arms_and_says_who_was_never_assessed(text):
    assert "Best response, nobody with b could be evaluated" in text
    assert "Difference, percentage points (95% CI) 72.7" in text
    assert "P by Fisher's exact test 0.001" in text
