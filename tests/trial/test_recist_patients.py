"""Best overall response by RECIST 1.1: patients read by hand, and a second implementation on random ones."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_recist import RULES, reference_best

from smmlib.trial.parameters.response_scale import Confirmation
from smmlib.trial.response.history import first_response, progression
from smmlib.trial.response.recist import best_overall_response, day_stable, recist_history
from smmlib.trial.response.recorded import assessed_as_recorded
from smmlib.trial.response.what_counts import WhatCounts

START = date(2010, 1, 1)
PATIENTS = yaml.safe_load(Path(__file__).with_name("recist_patients.yaml").read_text(encoding="utf-8"))
ASKED = {"patient", "why", "visits", "best", "best_day", "first_response", "progression"}
ALSO = {"rules", "stop", "baseline", "confirmed_on"}
CATEGORIES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")


def day_of(moment):
    return None if moment is None else (moment - START).days


def history_of(visits, *, stop=None, baseline=True, rules=RULES):
    """What the library makes of recorded responses by day."""
    counts = WhatCounts(
        "TRTSDT",
        {"p": START},
        {} if stop is None else {"p": START + timedelta(days=stop)},
        frozenset() if baseline else frozenset({"p"}),
    )
    rows = [(START + timedelta(days=day), response) for day, response in sorted(visits.items())]
    recorded = [assessed_as_recorded(day, response, (), *counts.why_not("p", day)) for day, response in rows]
    confirmation = Confirmation(**{name: value for name, value in rules.items() if name != "stable_days"})
    return recist_history(recorded, confirmation)


def best_of(history, rules=RULES, **period):
    best = best_overall_response(history, day_stable(START, rules["stable_days"]), **period)
    return best.category, day_of(best.day), day_of(best.confirmed_on)


@pytest.mark.by_hand
@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient["patient"])
def test_patient(patient):
    rules = RULES | patient.get("rules", {})
    history = history_of(
        patient["visits"], stop=patient.get("stop"), baseline=patient.get("baseline", True), rules=rules
    )
    response, worse = first_response(history, ("CR", "PR")), progression(history)
    found = (*best_of(history, rules), response and day_of(response.day), worse and day_of(worse.day))
    expected = (patient["best"], patient["best_day"], patient.get("confirmed_on"))
    assert found == (*expected, patient["first_response"], patient["progression"]), patient["why"]


@pytest.mark.by_hand
@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient["patient"])
def test_second_implementation_reads_the_patients_alike(patient):
    given = {"stop": patient.get("stop"), "baseline": patient.get("baseline", True)}
    found = reference_best(patient["visits"], **given, rules=RULES | patient.get("rules", {}))
    assert found == (patient["best"], patient["best_day"], patient.get("confirmed_on")), patient["why"]


@pytest.mark.by_hand
def test_table_is_large_enough_and_complete():
    assert len(PATIENTS) >= 40
    assert [name for name, times in Counter(one["patient"] for one in PATIENTS).items() if times > 1] == []
    for patient in PATIENTS:
        assert patient.keys() >= ASKED, patient["patient"]
        assert patient.keys() <= ASKED | ALSO, patient["patient"]


@pytest.mark.by_hand
def test_response_in_a_period_may_be_confirmed_after_it():
    """PR on day 56 in the first phase, confirmed on day 84 in the second, where CR is shown but not repeated."""
    history = history_of({56: "PR", 84: "PR", 112: "CR"})
    days = {"first": START, "last": START + timedelta(days=70)}
    assert best_of(history, **days) == ("PR", 56, 84)
    later = {"first": START + timedelta(days=71), "last": START + timedelta(days=200)}
    assert best_of(history, **later) == ("PR", 84, 112)


@pytest.mark.by_hand
def test_reasons_say_what_was_read_into_the_record():
    come_back, changed = (
        history_of({56: "CR", 84: "PR"}, rules=RULES | {"partial_after_complete": read})
        for read in ("progression", "partial-response")
    )
    assert come_back[1].reason == f"PR after CR on {START + timedelta(days=56)}: the disease has come back"
    assert (come_back[1].category, come_back[1].recorded) == ("PD", "PR")
    assert changed[0].reason == f"CR read as PR, because of PR on {START + timedelta(days=84)}"
    assert (changed[0].category, changed[0].recorded) == ("PR", "CR")


VISITS = st.dictionaries(st.integers(-7, 30).map(lambda fortnight: 7 * fortnight), st.sampled_from(CATEGORIES))
ANY_RULES = st.fixed_dictionaries(
    {
        "required": st.booleans(),
        "days": st.sampled_from([14, 28, 56]),
        "stable_days": st.sampled_from([0, 42, 49]),
        "stable_between": st.booleans(),
        "partial_after_complete": st.sampled_from(["progression", "partial-response"]),
    }
)


@pytest.mark.independent
@settings(max_examples=2000, deadline=None)
@given(visits=VISITS, stop=st.none() | st.integers(1, 200), baseline=st.integers(0, 9).map(bool), rules=ANY_RULES)
def test_random_patients(visits, stop, baseline, rules):
    history = history_of(visits, stop=stop, baseline=baseline, rules=rules)
    expected = reference_best(visits, stop=stop, baseline=baseline, rules=rules)
    assert best_of(history, rules) == expected


@pytest.mark.invariant
@settings(max_examples=300, deadline=None)
@given(visits=VISITS, rules=ANY_RULES)
def test_what_cannot_be_evaluated_changes_nothing(visits, rules):
    """A visit that is not evaluable, between any two others or after all of them."""
    added = {day + 3: "NE" for day in visits} | visits
    assert best_of(history_of(added, rules=rules), rules) == best_of(history_of(visits, rules=rules), rules)
