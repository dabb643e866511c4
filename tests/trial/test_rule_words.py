"""What a rule says of itself: its sentences and its estimand, by hand for each bundled rule."""

import pytest
from small_trial import STUDY

from smmlib.trial import estimand, rule_in_words
from smmlib.trial.parameters.endpoint_rules import BUNDLED_RULES
from smmlib.trial.parameters.study import Study

pytestmark = pytest.mark.by_hand

PLAN = {"table": "responses", "every": 28, "late": 7}
POLICY, COMPOSITE, HYPOTHETICAL = "treatment policy", "composite", "hypothetical"
# new therapy, treatment discontinued, death: what becomes of each
STRATEGIES = {
    "time-to-progression": (POLICY, POLICY, HYPOTHETICAL),
    "progression-free-survival": (POLICY, POLICY, COMPOSITE),
    "progression-free-survival-fda-a": (HYPOTHETICAL, HYPOTHETICAL, COMPOSITE),
    "progression-free-survival-fda-b": (HYPOTHETICAL, HYPOTHETICAL, COMPOSITE),
    "progression-free-survival-fda-c": (HYPOTHETICAL, HYPOTHETICAL, COMPOSITE),
    "progression-free-survival-ema": (POLICY, POLICY, COMPOSITE),
    "overall-survival": (POLICY, POLICY, None),
    "overall-survival-from-diagnosis": (POLICY, POLICY, None),
    "time-to-next-treatment": (None, POLICY, COMPOSITE),
    "survival-after-progression": (POLICY, POLICY, None),
    "duration-of-response": (POLICY, POLICY, HYPOTHETICAL),
    "time-to-response": (HYPOTHETICAL, POLICY, HYPOTHETICAL),
}


def study_with(plan=PLAN):
    data = {**STUDY["data"], "responses": "adrs.csv"}
    return Study.model_validate({**STUDY, "data": data, "assessments": plan})


def test_every_bundled_rule_is_here():
    assert STRATEGIES.keys() == BUNDLED_RULES.keys()


@pytest.mark.parametrize("name", BUNDLED_RULES)
def test_estimand_of_a_bundled_rule(name):
    new_therapy, discontinued, death = STRATEGIES[name]
    found = estimand(BUNDLED_RULES[name])
    assert found.get("new therapy") == new_therapy
    assert found.get("treatment discontinued") == discontinued
    assert found.get("death") == death


def test_fda_table_a_in_words():
    assert rule_in_words(study_with(), BUNDLED_RULES["progression-free-survival-fda-a"]) == (
        "From randomisation to progression or death, whichever is first. "
        "An event after treatment discontinued or new therapy does not count: such patients are censored before. "
        "Nor does one after 2 or more assessments were missed in a row; they were planned every 28 days and may be 7 "
        "days late. Patients without a baseline assessment are censored at the start. "
        "Patients without an event that counts are censored at the last assessment."
    )


def test_late_entry_and_patients_left_out_in_words():
    study = study_with()
    from_diagnosis = rule_in_words(study, BUNDLED_RULES["overall-survival-from-diagnosis"])
    assert "From diagnosis to death." in from_diagnosis
    assert "Patients count as at risk from randomisation on (late entry)." in from_diagnosis
    after = rule_in_words(study, BUNDLED_RULES["survival-after-progression"])
    assert "Patients without progression are left out, so that the arms are no longer as randomised." in after
    planned = rule_in_words(study, BUNDLED_RULES["progression-free-survival-fda-b"])
    assert "What an assessment finds is counted on the next planned day." in planned
