"""Keys: one name each, looked up and never read apart; claims find theirs before anything runs."""

import pickle

import pytest
from small_trial import ARMS, write_trial

from smmlib.analysis import Key, claims_by_key, possible_keys, study_numbers
from smmlib.analysis.claims import ClaimError
from smmlib.analysis.keys import KeysByName
from smmlib.analysis.sections import is_open, keys_by_name
from smmlib.report.prepared import prepared_study
from smmlib.report.records.labels import label
from smmlib.trial import derive, read_study
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand
OS = {"section": "time_to_event", "endpoint": "os"}
STUDIES = ("quiredex-2013", "quiredex-2016", "quiredex-2022", "e3a06-2020", "aquila-2025", "freireich-1963")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key("population", "analysed"), "population.analysed"),
        (Key("population", "analysed", arm="rd"), "population.analysed.rd"),
        (Key("population", "started", phase="induction"), "population.induction.started"),
        (Key("population", "stratum", arm="rd", factor="SITE", level="<= 6"), "population.stratum(SITE: <= 6).rd"),
        (Key(**OS, measure="survival", arm="rd", at=36.0), "os.survival.36.rd"),
        (Key(**OS, measure="survival", arm="rd", at=4.5), "os.survival.4.5.rd"),
        (Key(**OS, measure="at_risk", arm="rd", at=12053.25), "os.at_risk.12053.25.rd"),
        (Key(**OS, measure="hazard_ratio", arm="rd", reference="obs"), "os.hazard_ratio.rd_vs_obs"),
        (
            Key(**OS, measure="logrank", arm="rd", reference="obs", variant="stratified"),
            "os.logrank.stratified.rd_vs_obs",
        ),
        (Key(**OS, measure="reason", arm="rd", level="death"), "os.reason(death).rd"),
        (Key("response", "rate", arm="rd", phase="best", variant="wilson"), "response.best.rate.wilson.rd"),
        (Key("response", "category", arm="rd", phase="best", level="PR"), "response.best.category(PR).rd"),
        (Key("reconstruction", "rmse", "os", "rd"), "reconstruction.os.rmse.rd"),
    ],
)
def test_name(key, name):
    assert key.name == name


def test_a_key_is_the_same_in_another_process():
    key = Key(**OS, measure="survival", arm="rd", at=36.0)
    assert pickle.loads(pickle.dumps(key)) == key
    assert {key: 1}[pickle.loads(pickle.dumps(key))] == 1


def test_two_numbers_of_one_name_are_refused():
    keys = [Key("population", "started", phase="analysed"), Key("population", "analysed", arm="started")]
    twice = [Key("population", "b", phase="a"), Key("population", "a", variant="b")]
    KeysByName(keys[:1], two_arms=True)
    with pytest.raises(ValueError, match=r"two numbers have the name 'population\.a\.b'"):
        KeysByName(twice, two_arms=True)


def test_of_two_arms_a_comparison_need_not_say_which():
    ratio = Key(**OS, measure="hazard_ratio", arm="a", reference="b")
    assert KeysByName([ratio], two_arms=True)["os.hazard_ratio"] == ratio
    assert "os.hazard_ratio" not in KeysByName([ratio], two_arms=False)


@pytest.mark.parametrize("name", STUDIES)
def test_every_number_of_a_bundled_study_was_known_beforehand_or_is_one_that_only_tables_tell(pytestconfig, name):
    study = read_study(pytestconfig.rootpath / "params" / f"{name}.yaml")
    possible, numbers = set(possible_keys(study)), study_numbers(derive(study))
    assert [key.name for key in numbers if key not in possible and not is_open(study, key.name)] == []
    missing = {key.measure for key in possible if key not in numbers}
    assert missing <= {"excluded", "length"}, "what is told beforehand is there"
    assert len(keys_by_name(study, numbers)) >= len(numbers)


def claim(number):
    return [{"number": number, "value": "1", "source": "a paper", "confidence": "verified"}]


PATIENTS = [
    {"USUBJID": f"{arm}{day}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": f"2010-01-{day}", "LSTALVDT": ""}
    for arm in "AB"
    for day in (11, 21)
]


@pytest.mark.parametrize(
    ("number", "near"),
    [
        ("os.hazardratio", "os.hazard_ratio"),
        ("os.median.rd", "os.median.a"),
        ("population.analyzed", "population.analysed"),
        ("os.survival.36.a", "os.survival.100.a"),
    ],
)
def test_a_misspelt_claim_is_told_with_the_nearest_before_anything_runs(tmp_path, number, near):
    file = write_trial(tmp_path, {"published": claim(number)}, subjects=PATIENTS)
    with pytest.raises(ParametersError) as refused:
        prepared_study(file)
    message = str(refused.value)
    assert (
        f"small.yaml:{line_of(file, number)}: published.0.number: there is no number {number!r}; near to it" in message
    )
    assert near in message


def line_of(file, number):
    lines = file.read_text(encoding="utf-8").splitlines()
    return 1 + next(place for place, line in enumerate(lines) if number in line)


def test_a_claim_on_what_only_the_tables_tell_waits_for_them(tmp_path):
    study = read_study(write_trial(tmp_path, {"published": claim("os.reason(death).a")}, subjects=PATIENTS))
    assert claims_by_key(study) == []
    numbers = study_numbers(derive(study))
    assert [key.name for key, _ in claims_by_key(study, numbers)] == ["os.reason(death).a"]
    other = study.model_copy(
        update={"published": [study.published[0].model_copy(update={"number": "os.reason(deth).a"})]}
    )
    with pytest.raises(ClaimError, match=r"there is no number 'os\.reason\(deth\)\.a'; near to it are os\.reason"):
        claims_by_key(other, numbers)


def test_the_labels_of_an_arm_called_wald_are_those_of_any_arm(tmp_path):
    levels = [ARMS["levels"][0] | {"id": "wald"}, ARMS["levels"][1]]
    study = read_study(write_trial(tmp_path, {"arms": ARMS | {"levels": levels}}, subjects=PATIENTS))
    pair = {"arm": "wald", "reference": "b"}
    assert label(study, Key(**OS, measure="wald_test", **pair)) == "Overall survival: Wald test of the hazard ratio"
    assert label(study, Key(**OS, measure="hazard_ratio", **pair)) == "Overall survival: hazard ratio"
    assert label(study, Key(**OS, measure="median", arm="wald")) == "Overall survival: median, A"


def test_counts_have_no_events(tmp_path):
    numbers = study_numbers(derive(read_study(write_trial(tmp_path, {}, subjects=PATIENTS))))
    counts = {key: result for key, result in numbers.items() if getattr(result, "unit", "") == "patients"}
    assert counts
    assert all(result.events != result.events for result in counts.values())
