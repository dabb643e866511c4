"""Subgroups under `suppress_below`: whole or not at all, and nothing from one endpoint less another."""

import pytest
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.trial import derive, read_study

pytestmark = pytest.mark.by_hand

LIMIT, PATIENTS = 5, 48
STUDY = {
    "suppress_below": LIMIT,
    "assessments": {"last": "LSTALVDT"},
    "endpoints": {"pfs": {"like": "progression-free-survival-ema"}, "os": {"like": "overall-survival"}},
    "subgroups": [
        {"variable": "SEX", "label": "Sex", "levels": {"F": "Female", "M": "Male"}},
        {"variable": "AGE", "label": "Age", "cuts": [65], "unit": "years"},
    ],
    "runs": {name: {"notebook": "subgroups", "parameters": {"endpoint": name}} for name in ("pfs", "os")},
}


def rows(women=24, deaths=12, progressions=0, unknown=0):
    """Of each arm half are women and a quarter die; of arm A these may be other counts, among the women alone."""
    for arm in "AB":
        for number in range(PATIENTS):
            is_woman = number < (women if arm == "A" else 24)
            dead = number < deaths if is_woman and arm == "A" else number % 2 == 0
            last = f"2010-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            progressed = arm == "A" and is_woman and deaths <= number < deaths + progressions
            yield {
                "USUBJID": f"{arm}{number}",
                "TRT01P": arm,
                "RANDDT": "2010-01-01",
                "LSTALVDT": last,
                "DTHDT": last if dead else "",
                "PROGDT": last if progressed else "",
                "SEX": "F" if is_woman else "M",
                "AGE": "" if arm == "A" and number < unknown else 50 + number // 2 % 2 * 20,
            }


def masks_of(folder, **changes):
    """Names of what is masked, and of all numbers."""
    data = derive(read_study(write_trial(folder, STUDY, subjects=list(rows(**changes)))))
    numbers = {key: result for key, result in masked_numbers(data).items() if key.section == "subgroups"}
    assert numbers.keys() == {key for key in study_numbers(data) if key.section == "subgroups"}
    return {key for key, result in numbers.items() if is_masked(result)}, set(numbers)


def of(keys, endpoint, factor):
    return {key for key in keys if (key.endpoint, key.factor) == (endpoint, factor)}


def test_nothing_is_masked_where_no_count_is_small(tmp_path):
    masked, _ = masks_of(tmp_path)
    assert masked == set()


def test_few_patients_of_an_arm_mask_the_variable_in_every_endpoint(tmp_path):
    masked, numbers = masks_of(tmp_path, women=4, deaths=2)
    assert {(key.endpoint, key.factor) for key in masked} >= {("pfs", "SEX"), ("os", "SEX")}
    for endpoint in ("pfs", "os"):
        assert of(masked, endpoint, "SEX") == of(numbers, endpoint, "SEX")


@pytest.mark.parametrize("deaths", [4, 20])
def test_few_events_or_few_without_mask_events_and_hazard_ratios_but_not_patients(tmp_path, deaths):
    masked, numbers = masks_of(tmp_path, deaths=deaths)
    of_sex = of(numbers, "pfs", "SEX")
    shown = {key for key in of_sex if key.measure in ("patients", "missing")}
    assert of(masked, "pfs", "SEX") == of_sex - shown
    assert Key("subgroups", "hazard_ratio", "pfs", "a", "b", factor="SEX", level="M") in masked


@pytest.mark.parametrize(("progressions", "is_told"), [(0, True), (3, False), (7, True)])
def test_a_small_difference_of_two_endpoints_is_not_told(tmp_path, progressions, is_told):
    """Events of progression-free survival less deaths are progressions without death."""
    masked, _ = masks_of(tmp_path, progressions=progressions)
    assert (Key("subgroups", "events", "os", "a", factor="SEX", level="F") not in masked) == is_told
    assert Key("subgroups", "events", "pfs", "a", factor="SEX", level="F") not in masked


def test_a_variable_that_is_unknown_of_a_few_is_masked(tmp_path):
    masked, numbers = masks_of(tmp_path, unknown=3)
    assert of(masked, "os", "AGE") == of(numbers, "os", "AGE")
    assert not of(masked, "os", "SEX")
