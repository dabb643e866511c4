"""What the parameters declare is what is estimated: for the study, and otherwise for one endpoint of it."""

import math

import pytest
from three_arm_trial import STUDY as THREE_ARMS
from three_arm_trial import write_eighteen_patients
from two_arm_trial import DECLARED, STUDY, write_two_arms

from smmlib.analysis import Key, possible_keys, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.records.labels import label
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study, start_in_words

PAIR = {"arm": "a", "reference": "b"}
BARE = {name: DECLARED[name] for name in ("conf_level", "conf_type", "ties", "landmarks", "axis_times")}
NAMES = {
    "os.hazard_ratio.adjusted.a_vs_b",
    "os.wald_test.adjusted.a_vs_b",
    "os.restricted_mean.400.a",
    "os.restricted_mean_difference.400.a_vs_b",
    "os.restricted_mean_ratio.400.a_vs_b",
    "os.weighted_logrank(0, 1).a_vs_b",
    "os.weighted_logrank(1, 0).a_vs_b",
    "os.maxcombo.a_vs_b",
    "os.period_hazard_ratio(0 to 150).a_vs_b",
    "os.period_hazard_ratio(150 to 300).a_vs_b",
    "os.period_hazard_ratio(after 300).a_vs_b",
    "os.period_test.a_vs_b",
    "os.proportional_hazards.a_vs_b",
}


def key(measure, **fields):
    return Key("time_to_event", measure, "os", **fields)


def numbers_of(folder, **changes):
    return study_numbers(derive(read_study(write_two_arms(folder, **changes))))


@pytest.mark.by_hand
def test_nothing_is_estimated_that_is_not_declared(tmp_path):
    bare = {key.name for key in numbers_of(tmp_path, analysis=BARE)}
    assert {key.name for key in numbers_of(tmp_path)} - bare == NAMES | {"os.restricted_mean.400.b"}


@pytest.mark.by_hand
def test_every_number_was_known_before(tmp_path):
    study = read_study(write_two_arms(tmp_path))
    numbers = study_numbers(derive(study))
    of_endpoint = {each for each in possible_keys(study) if each.endpoint}
    assert of_endpoint == {each for each in numbers if each.endpoint and each.measure != "reason"}
    assert all(
        not math.isnan(getattr(result, "value", 0)) for key, result in numbers.items() if key.measure != "median"
    )


@pytest.mark.invariant
def test_where_the_primary_analysis_is_stratified_all_are(tmp_path):
    plain = numbers_of(tmp_path)
    stratified = numbers_of(tmp_path, analysis=DECLARED | {"primary": "stratified"})
    for name, result in plain.items():
        if name.name in NAMES and "restricted" not in name.measure:
            assert "stratified" in stratified[name].method
            assert "stratified" not in result.method
    wald = key("wald_test", variant="stratified", **PAIR)
    assert wald not in plain
    assert "stratified" in stratified[wald].method


@pytest.mark.by_hand
def test_an_endpoint_may_be_analysed_otherwise(tmp_path):
    own = {"conf_level": 0.9, "landmarks": [100, 300], "axis_times": [0, 500], "periods": [], "restricted_mean": [250]}
    endpoints = {"os": STUDY["endpoints"]["os"] | {"analysis": own, "start_label": "first dose"}}
    endpoints["other"] = STUDY["endpoints"]["os"]
    runs = {name: {"notebook": "time_to_event", "parameters": {"endpoint": name}} for name in endpoints}
    file = write_two_arms(tmp_path, endpoints=endpoints, runs=runs)
    study = read_study(file)
    numbers = study_numbers(derive(study))
    of_os = [each for each in numbers if each.endpoint == "os"]
    assert {each.at for each in of_os if each.measure == "survival_difference"} == {100, 300}
    assert {each.at for each in of_os if each.measure == "at_risk"} == {0, 500}
    assert {each.at for each in of_os if each.measure == "restricted_mean"} == {250}
    assert not [each for each in of_os if each.measure == "period_hazard_ratio"]
    assert key("maxcombo", **PAIR) in numbers
    for measure in ("hazard_ratio", "restricted_mean_difference", "survival_difference", "median", "share"):
        levels = {(each.endpoint, numbers[each].conf_level) for each in numbers if each.measure == measure}
        assert levels == {("os", 0.9), ("other", 0.95)}
    assert [start_in_words(endpoint) for endpoint in study.endpoints.values()] == ["first dose", "the start"]


@pytest.mark.other_package
def test_other_programs_compute_the_same(tmp_path):
    """lifelines and statsmodels, of a plain primary analysis and of a stratified one."""
    for primary in ("plain", "stratified"):
        file = write_two_arms(tmp_path, analysis=DECLARED | {"primary": primary})
        numbers = study_numbers(derive(read_study(file)))
        found = {}
        for each, quantity, value, _ in second_implementation(file, None):
            if each in numbers:
                found[each.measure] = found.get(each.measure, 0) + 1
                assert getattr(numbers[each], quantity) == pytest.approx(value, rel=1e-7, nan_ok=True), each.name
        assert found["restricted_mean"] == 2
        assert found["period_hazard_ratio"] == 3
        assert found["weighted_logrank"] == (4 if primary == "plain" else 2)


@pytest.mark.by_hand
def test_three_arms_are_compared_at_once_without_being_asked(tmp_path):
    study = read_study(write_eighteen_patients(tmp_path))
    numbers = study_numbers(derive(study))
    tests = {each.name: result for each, result in numbers.items() if each.measure == "overall_logrank"}
    assert set(tests) == {
        f"{name}.overall_logrank{variant}" for name in THREE_ARMS["endpoints"] for variant in ("", ".stratified")
    }
    assert {test.df for test in tests.values()} == {2}
    assert {test.n for test in tests.values()} == {18}


@pytest.mark.by_hand
def test_the_scores_of_a_trend_are_told_by_the_labels_of_the_arms(tmp_path):
    scores = {"lev-5fu": 2, "lev": 0.5, "obs": 0}
    file = write_eighteen_patients(tmp_path, analysis=THREE_ARMS["analysis"] | {"trend_scores": scores})
    test = study_numbers(derive(read_study(file)))[Key("time_to_event", "trend_logrank", "os")]
    assert test.method == "Log-rank test for trend, scores Lev+5FU 2, Levamisole 0.5, Observation 0, two-sided"


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"measure": "restricted_mean", "arm": "a", "at": 400.0}, "restricted mean survival time to 400 days, A"),
        ({"measure": "weighted_logrank", "level": "0, 1"}, "weighted log-rank test, Fleming-Harrington (0, 1)"),
        ({"measure": "period_hazard_ratio", "level": "after 300"}, "hazard ratio, after 300 days"),
        ({"measure": "maxcombo"}, "MaxCombo test"),
    ],
)
def test_labels(tmp_path, fields, words):
    study = read_study(write_two_arms(tmp_path))
    about = PAIR | fields if "arm" not in fields else fields
    assert label(study, Key("time_to_event", endpoint="os", **about)) == f"Overall survival: {words}"


@pytest.mark.by_hand
def test_where_small_counts_are_masked(tmp_path):
    """Nobody is told how many were in a period; a mean to a time at which few are at risk is masked."""
    analysis = DECLARED | {"restricted_mean": [400, 690]}
    data = derive(read_study(write_two_arms(tmp_path, suppress_below=5, analysis=analysis)))
    shown = masked_numbers(data)
    periods = [result for each, result in shown.items() if each.measure == "period_hazard_ratio"]
    assert len(periods) == 3
    assert all(math.isnan(result.n) and math.isnan(result.events) for result in periods)
    at_risk = {arm: (data.endpoint("os").among(arm).time >= 690).sum() for arm in "ab"}
    assert min(at_risk.values()) < 5
    for measure in ("restricted_mean_difference", "restricted_mean_ratio"):
        assert not is_masked(shown[key(measure, at=400.0, **PAIR)])
        assert is_masked(shown[key(measure, at=690.0, **PAIR)])
