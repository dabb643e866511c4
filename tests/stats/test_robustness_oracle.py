"""Published numbers of robustness (`oracles/robustness.json`), each at the precision to which it was printed."""

import json
from math import log

import pytest
from project_files import ORACLES

from smmlib import event_time_shift, fragility_index, landmark_hazard_ratio, time_dependent_response_hazard_ratio
from smmlib.display.formatting import rounded

pytestmark = pytest.mark.oracle

PUBLISHED = json.loads((ORACLES / "robustness.json").read_text())
STANFORD = PUBLISHED["stanford"]
DATA = STANFORD["data"]
NUMBERS = ("coefficient", "std_error", "low", "high")
FOLLOWED = DATA["time"], DATA["event"]
TRANSPLANTED = [float("nan") if time is None else time for time in DATA["transplanted_at"]]


def shown(estimate, printed):
    """The numbers of an estimate with as many decimals as the printed ones."""
    ours = log(estimate.value), estimate.std_error, estimate.low, estimate.high
    return {
        name: rounded(value, len(printed[name].partition(".")[2])) for name, value in zip(NUMBERS, ours, strict=True)
    }


@pytest.mark.parametrize("form", STANFORD["time_dependent"])
def test_transplantation_as_a_time_dependent_covariate(form):
    ties, _, stratified = form.partition(", ")
    strata = DATA["surgery"] if stratified else None
    estimate = time_dependent_response_hazard_ratio(*FOLLOWED, TRANSPLANTED, strata=strata, ties=ties)
    assert shown(estimate, STANFORD["time_dependent"][form]) == STANFORD["time_dependent"][form]
    assert (estimate.n, estimate.events) == (103, 75)


def test_transplantation_by_30_days():
    printed = STANFORD["landmark_30"]
    estimate = landmark_hazard_ratio(*FOLLOWED, TRANSPLANTED, landmark=30)
    assert shown(estimate, printed) == {name: printed[name] for name in NUMBERS}
    assert (estimate.n, estimate.events) == (printed["n"], printed["events"])


def test_deaths_after_surgery_300_days_earlier():
    """The interval excludes 1 as it is, and includes it then."""
    printed = STANFORD["surgery_events_300_days_earlier"]
    names = {"arm": "surgery", "reference": "none"}
    moved = event_time_shift(*FOLLOWED, DATA["surgery"], [0, 300], shifted="surgery", **names)
    for ratio, expected in zip(moved.hazard_ratios, printed.values(), strict=True):
        assert shown(ratio, expected) == expected
    assert moved.tipping_shift == 300


@pytest.mark.parametrize("example", PUBLISHED["fragility"], ids=lambda example: str(example["counts"]))
def test_fragility_index(example):
    assert rounded(fragility_index(*example["counts"]).value, 0) == example["index"]
