"""Hypotheses tested together, as the parameters declare: their order, their side, and what is decided."""

import pytest
from three_arm_trial import STUDY, write_eighteen_patients
from two_arm_trial import DECLARED, WORDS, write_two_arms

from smmlib import adjusted_p_values
from smmlib.analysis import Key, hypothesis_tests, study_numbers
from smmlib.report.records.labels import label
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study
from smmlib.trial.parameters.testing_plan import hypotheses
from smmlib.trial.parameters.yaml_source import ParametersError

HOLM = {"alpha": 0.025, "one_sided": True, "procedure": "holm", "order": ["os", "recurrence"]}
RUNS = STUDY["runs"] | {"testing": {"notebook": "multiple_testing"}}


def study_of(folder, **testing):
    return read_study(write_eighteen_patients(folder, testing=HOLM | testing, runs=RUNS))


def found_of(folder, **testing):
    return hypothesis_tests(derive(study_of(folder, **testing)))


@pytest.mark.by_hand
def test_an_endpoint_stands_for_its_comparisons_in_their_order(tmp_path):
    study = study_of(tmp_path, order=["recurrence.lev_vs_obs", "os"])
    assert hypotheses(study) == [
        ("recurrence", "lev", "obs", ""),
        ("os", "lev-5fu", "obs", ""),
        ("os", "lev", "obs", ""),
    ]
    assert [key.name for key in hypothesis_tests(derive(study))][:2] == [
        "multiple_testing.recurrence.single_test.lev_vs_obs",
        "multiple_testing.recurrence.adjusted_test.lev_vs_obs",
    ]


@pytest.mark.invariant
@pytest.mark.parametrize("procedure", ["holm", "hochberg", "fixed-sequence"])
def test_each_test_is_the_primary_one_and_is_adjusted(tmp_path, procedure):
    data = derive(study_of(tmp_path, procedure=procedure, one_sided=False))
    numbers, found = study_numbers(data), hypothesis_tests(data)
    singles = {key: test for key, test in found.items() if key.measure == "single_test"}
    for key, test in singles.items():
        of_endpoint = Key("time_to_event", "logrank", key.endpoint, key.arm, key.reference)
        assert (test.statistic, test.p_value) == (numbers[of_endpoint].statistic, numbers[of_endpoint].p_value)
    p_values = [test.p_value for test in singles.values()]
    expected = adjusted_p_values(p_values, procedure=procedure).tolist()
    assert [test.p_value for key, test in found.items() if key.measure == "adjusted_test"] == expected


@pytest.mark.by_hand
def test_of_a_favourable_event_more_is_better(tmp_path):
    plain = next(iter(found_of(tmp_path).values()))
    other = next(iter(found_of(tmp_path, favourable_events=["os"]).values()))
    assert plain.p_value == pytest.approx(1 - other.p_value)
    assert "lower hazard" in plain.method
    assert "higher hazard" in other.method


@pytest.mark.by_hand
def test_the_primary_test_is_stratified_where_it_is_declared_so(tmp_path):
    analysis = DECLARED | {"primary": "stratified"}
    runs = {"testing": {"notebook": "multiple_testing"}}
    testing = HOLM | {"order": ["os"]}
    data = derive(read_study(write_two_arms(tmp_path, analysis=analysis, testing=testing, runs=runs)))
    single, adjusted, level = hypothesis_tests(data).values()
    assert single.method == "Log-rank test, stratified, one-sided for a lower hazard"
    assert adjusted.method == f"{single.method}; P value adjusted for 1 hypotheses by Holm's procedure"
    assert adjusted.p_value == single.p_value
    assert level.value == 0.025
    expected = "Level at which the hypothesis is tested in the end, of 0.025 in all, by Holm's procedure"
    assert level.method == expected


@pytest.mark.other_package
@pytest.mark.parametrize("primary", ["plain", "stratified"])
def test_other_programs_compute_the_same(tmp_path, primary):
    endpoints = {name: {**WORDS, "paramcd": "OS"} for name in ("os", "again")}
    changes = {"endpoints": endpoints, "runs": {"testing": {"notebook": "multiple_testing"}}}
    testing = HOLM | {"order": ["os", "again"], "favourable_events": ["again"]}
    file = write_two_arms(tmp_path, analysis=DECLARED | {"primary": primary}, testing=testing, **changes)
    numbers = study_numbers(derive(read_study(file)))
    found = second_implementation(file, None)
    tests = {key for key in numbers if key.section == "multiple_testing" and key.measure != "test_level"}
    assert {key for key, *_ in found} == tests
    for key, quantity, value, _ in found:
        assert getattr(numbers[key], quantity) == pytest.approx(value, rel=1e-9)


@pytest.mark.by_hand
def test_label(tmp_path):
    key = Key("multiple_testing", "adjusted_test", "os", "lev", "obs")
    expected = (
        "Testing: primary log-rank test, adjusted for the others, overall survival, Levamisole relative to Observation"
    )
    assert label(study_of(tmp_path), key) == expected


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("testing", "runs", "told"),
    [
        (
            {"order": ["pfs"]},
            RUNS,
            "testing.order: names 'pfs', which is no endpoint, and no comparison of one, such as",
        ),
        ({"order": ["os", "os.lev_vs_obs"]}, RUNS, "testing.order: names os of lev and obs twice"),
        ({"favourable_events": ["response"]}, RUNS, "testing.favourable_events: names 'response', which is not among"),
        ({"alpha": 2.5}, RUNS, "testing.alpha: is 2.5, but must be less than 1"),
        (
            {"procedure": "none"},
            RUNS,
            "testing.procedure: is 'none', but must be 'fixed-sequence', 'holm', 'hochberg' or 'graph'",
        ),
        ({}, STUDY["runs"], "testing: is declared, but no run shows it: add testing: {notebook: multiple_testing}"),
    ],
)
def test_a_contradiction_is_told(tmp_path, testing, runs, told):
    with pytest.raises(ParametersError) as refused:
        read_study(write_eighteen_patients(tmp_path, testing=HOLM | testing, runs=runs))
    assert told in str(refused.value)


@pytest.mark.by_hand
def test_a_run_without_a_procedure_is_told(tmp_path):
    with pytest.raises(ParametersError, match=r"runs.testing: tests several hypotheses, but the study has no testing"):
        read_study(write_eighteen_patients(tmp_path, runs=RUNS))
