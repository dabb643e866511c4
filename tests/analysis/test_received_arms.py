"""Patients who count in another arm than randomised to: by hand, by pandas, and where small counts are masked."""

import pytest
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.verification.population import population_numbers
from smmlib.trial import derive, read_study

pytestmark = pytest.mark.by_hand

POPULATIONS = {
    "all": {"label": "all randomised"},
    "safety": {"label": "safety", "flag": "SAFFL", "arm_variable": "TRT01A"},
}
STUDY = {"populations": POPULATIONS, "safety_population": "safety", "runs": {"population": {"notebook": "population"}}}


def data_of(folder, moved, untreated=0, **study):
    """Forty patients an arm: of A so many received B, and further ones nothing; of B so many received A."""
    rows = [
        {
            "USUBJID": f"{arm}{number}",
            "TRT01P": arm,
            "TRT01A": other if number < moved else arm,
            "SAFFL": "N" if arm == "A" and moved <= number < moved + untreated else "Y",
            "RANDDT": "2010-01-01",
            "LSTALVDT": f"2010-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            "DTHDT": "",
        }
        for arm, other in ("AB", "BA")
        for number in range(40)
    ]
    return derive(read_study(write_trial(folder, STUDY | study, subjects=rows)))


def cells(numbers):
    return {(key.arm, key.level): result for key, result in numbers.items() if key.measure == "counted_in"}


def test_each_patient_is_counted_once_by_the_arm_randomised_to_and_the_arm_received(tmp_path):
    found = cells(study_numbers(data_of(tmp_path, moved=3, untreated=2)))
    assert {pair: result.value for pair, result in found.items()} == {
        ("a", "a"): 35,
        ("a", "b"): 3,
        ("b", "a"): 3,
        ("b", "b"): 37,
    }
    assert {result.n for result in found.values()} == {40}
    assert found["a", "b"].method == "Number of patients randomised to A who count in B, safety"


def test_there_is_nothing_to_count_where_all_received_their_own_arm(tmp_path):
    assert cells(study_numbers(data_of(tmp_path, moved=0))) == {}


def test_a_main_population_by_treatment_received_and_an_endpoint_of_its_own(tmp_path):
    received = {"main": {"label": "as treated", "arm_variable": "TRT01A"}, **POPULATIONS}
    endpoints = {"os": {"like": "overall-survival", "population": "safety"}}
    study = {"populations": received, "population": "main", "safety_population": None, "endpoints": endpoints}
    numbers = study_numbers(data_of(tmp_path, moved=4, untreated=1, **study))
    expected = {"main": 36.0, "safety": 35.0}
    for population, stayed in expected.items():
        assert numbers[Key("population", "counted_in", arm="a", factor=population, level="a")].value == stayed
        assert numbers[Key("population", "counted_in", arm="a", factor=population, level="b")].value == 4


@pytest.mark.independent
def test_pandas_counts_the_same(tmp_path):
    data = data_of(tmp_path, moved=3, untreated=2)
    found = study_numbers(data)
    again = {key: value for key, _, value, _ in population_numbers(data)}
    assert again == {key: result.value for key, result in found.items() if key.measure == "counted_in"}


@pytest.mark.parametrize(
    ("moved", "untreated", "hidden"),
    [(6, 0, False), (6, 5, False), (6, 2, True), (3, 0, True), (0, 0, True)],
)
def test_the_cross_table_is_masked_whole_and_is_there_whether_or_not_anybody_moved(tmp_path, moved, untreated, hidden):
    shown = cells(masked_numbers(data_of(tmp_path, moved, untreated, suppress_below=5)))
    assert len(shown) == 4
    assert {is_masked(result) for result in shown.values()} == {hidden}
