"""Sensitivity analyses that the study cannot have are told before anything runs, and the others in words."""

import pytest
from message_grammar import garbled
from small_trial import STUDY, write_trial

from smmlib.trial import read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.sensitivity.words import response_variant_in_words, variant_in_words
from smmlib.trial.tables.columns import date_variables

pytestmark = pytest.mark.by_hand

RUN = {"sensitivity": {"notebook": "sensitivity"}}
RECORDED = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "paramcd": "OS", "rule": "To death."}
PARTS = {
    "data": {"responses": "adrs.csv", "times": "adtte.csv"},
    "populations": {"all": {"label": "all randomised"}, "protocol": {"label": "per protocol", "flag": "PPROTFL"}},
    "assessments": {"table": "responses"},
    "endpoints": {
        "pfs": {"like": "progression-free-survival"},
        "os": {"like": "overall-survival"},
        "diagnosis": {"like": "overall-survival-from-diagnosis"},
        "response": {"like": "time-to-response"},
        "recorded": RECORDED,
    },
    "response": {"visits": [{"id": "best", "label": "Best", "denominator": "analysed"}]},
    "runs": STUDY["runs"] | RUN,
}
UNTIL = {"followed_until": 100}
TIPPING = {"factors": [1, 2], "imputations": 5, "seed": 1} | UNTIL


def asked(endpoint, *variants, **changes):
    """A study that asks for variants of an endpoint."""
    named = {f"v{number}": {"label": f"Variant {number}"} | variant for number, variant in enumerate(variants)}
    return PARTS | {"sensitivity": {"endpoints": {endpoint: named}}} | changes


def written(folder, study):
    rows = {"subjects": [{"USUBJID": "1"}], "responses": [{"USUBJID": "1"}], "times": [{"USUBJID": "1"}]}
    return write_trial(folder, study, **rows)


PLACE = "sensitivity.endpoints"
ONE_ARM = {"variable": "TRT01P", "levels": [{"id": "a", "value": "A", "label": "A", "name": "a"}]}
CONTRADICTIONS = [
    (
        asked("pf", {"population": "protocol"}),
        f"{PLACE}.pf: is no endpoint of the study (is it pfs?): it must be one of",
    ),
    (
        asked("pfs", {"population": "protocl"}),
        f"{PLACE}.pfs.v0.population: is 'protocl', which is no population of the study (is it protocol?): it must be "
        "one of all, protocol",
    ),
    (
        asked("pfs", {"population": "all"}),
        f"{PLACE}.pfs.v0: changes nothing: its endpoint is that of the main analysis",
    ),
    (asked("pfs", {"rule": {"censor": "last-assessment"}}), f"{PLACE}.pfs.v0: changes nothing"),
    (asked("recorded", {"event_codes": [0]}), f"{PLACE}.recorded.v0.event_codes: changes nothing"),
    (
        asked("recorded", {"rule": {"censor": "LSTALVDT"}}),
        f"{PLACE}.recorded.v0.rule: changes a rule of dates, but the",
    ),
    (
        asked("pfs", {"event_codes": [0, 2]}),
        f"{PLACE}.pfs.v0.event_codes: are codes of CNSR, but the endpoint is derived",
    ),
    (
        asked("pfs", {"rule": {"ends_observation": {"PROGDT": "progression", "DTHDT": "death"}}}),
        "leaves no event: name",
    ),
    (
        asked("pfs", {"rule": {"event": {"DTHDT": "death"}, "ends_observation": {"DTHDT": "death"}}}),
        f"{PLACE}.pfs.v0.rule: has DTHDT as an event and as what ends observation: it can be one of the two",
    ),
    (asked("pfs", {"rule": {"censor": "last-seen"}}), f"{PLACE}.pfs.v0.rule: uses 'last-seen', which is no variable"),
    (asked("pfs", {"rule": {"missed_assessments": 2}}), f"{PLACE}.pfs.v0.rule: counts planned assessments, so"),
    (asked("pfs", {}), f"{PLACE}.pfs.v0: says nothing that is otherwise: give rule, event_codes, population,"),
    (
        asked("pfs", {"worst_case": UNTIL, "population": "protocol"}),
        f"{PLACE}.pfs.v0: worst_case and population are both given: each is a variant of its own",
    ),
    (
        asked("pfs", {"worst_case": {}}),
        f"{PLACE}.pfs.v0.worst_case: needs the end of follow-up: give followed_until, a",
    ),
    (
        asked("pfs", {"best_case": UNTIL | {"grace": 100}}),
        "grace: is 100, which leaves no time before the end of follow-up",
    ),
    (asked("pfs", {"tipping_point": TIPPING | {"factors": [2, 1]}}), "factors are [2, 1]: they must increase"),
    (asked("pfs", {"tipping_point": TIPPING | {"factors": [0]}}), "factors.0: is 0, but must be more than 0"),
    (asked("response", {"tipping_point": TIPPING}), "is for an event that is to be avoided, but this endpoint has"),
    (asked("diagnosis", {"tipping_point": TIPPING}), "cannot impute times of patients who come under observation late"),
    (
        asked("diagnosis", {"late_detection": {"to": "start"}}),
        "would move events to before patients are under observation",
    ),
    (asked("os", {"late_detection": {"to": "start"}}), "moves events that assessments find, but the event is DTHDT"),
    (
        asked("pfs", {"late_detection": {"to": "start", "arms": ["c"]}}),
        f"{PLACE}.pfs.v0.late_detection.arms: is 'c', which is no arm of the study: it must be one of a, b",
    ),
    (
        asked("recorded", {"late_detection": {"to": "start"}}, assessments=None),
        f"{PLACE}.recorded.v0.late_detection: needs the assessments before the events: give interval",
    ),
    (
        asked("pfs", {"label": "Main analysis", "population": "protocol"}),
        "has the label 'Main analysis' twice: rows of",
    ),
    (
        asked("pfs", {"population": "protocol"}, runs=STUDY["runs"]),
        "sensitivity: is declared, but no run shows it: add",
    ),
    (PARTS, "runs.sensitivity: shows sensitivity analyses, but the study declares none"),
    (
        asked("pfs", {"population": "protocol"}, arms=ONE_ARM),
        "sensitivity: is about comparisons, but the study has one",
    ),
    (
        PARTS | {"sensitivity": {"responses": {"bst": {"x": {"label": "X", "missing": "left out"}}}}},
        "sensitivity.responses.bst: is no visit of response (is it best?): it must be best",
    ),
    (
        PARTS | {"sensitivity": {"responses": {"best": {"x": {"label": "X", "missing": "lost"}}}}},
        "sensitivity.responses.best.x.missing: is 'lost', but must be 'responders', 'non-responders', 'left out'",
    ),
    (
        PARTS
        | {"sensitivity": {"responses": {"best": {"x": {"label": "X", "missing": "left out"}}}}}
        | {"response": PARTS["response"] | {"arm": "a"}},
        "sensitivity.responses: compares arms, but response.arm reports one",
    ),
]


@pytest.mark.parametrize(("study", "told"), CONTRADICTIONS)
def test_what_cannot_be_is_told(tmp_path, study, told):
    file = written(tmp_path, {name: part for name, part in study.items() if part is not None})
    with pytest.raises(ParametersError) as refused:
        read_study(file)
    lines = [line for line in str(refused.value).splitlines() if told in line]
    assert len(lines) == 1, str(refused.value)
    assert garbled(lines[0]) == []


@pytest.mark.parametrize(
    ("endpoint", "variant", "words"),
    [
        ("pfs", {"population": "protocol"}, "analysed: per protocol"),
        (
            "pfs",
            {"rule": {"ends_observation": {"NEWTRTDT": "new therapy", "DTHDT": "death"}}},
            "patients are censored before death or new therapy",
        ),
        (
            "pfs",
            {"rule": {"event": {"PROGDT": "progression", "DTHDT": "death", "NEWTRTDT": "new therapy"}}},
            "new therapy counts as an event",
        ),
        ("pfs", {"rule": {"event": {"PROGDT": "progression"}}}, "death does not count as an event"),
        (
            "response",
            {"rule": {"ends_observation": {"DTHDT": "death"}}},
            "an event after new therapy or progression counts",
        ),
        ("pfs", {"rule": {"censor": "LSTALVDT"}}, "patients without an event are censored at the day last seen alive"),
        ("pfs", {"rule": {"data_cutoff": "2012-01-31"}}, "data cut-off 2012-01-31"),
        ("diagnosis", {"rule": {"entry": None}}, "there is no late entry"),
        ("recorded", {"event_codes": [0, 2]}, "CNSR 0 and 2 count as the event"),
        (
            "recorded",
            {"event_codes": [0, 1, 2], "population": "protocol"},
            "CNSR 0, 1 and 2 count as the event; analysed: per protocol",
        ),
        (
            "pfs",
            {"late_detection": {"to": "middle"}},
            "events found at assessments are moved to the middle of the time since the last assessment",
        ),
        (
            "pfs",
            {"late_detection": {"to": "start", "interval": 56, "arms": ["a"]}},
            "events found at assessments with a are moved to the start of the 56 days before them",
        ),
        (
            "pfs",
            {"worst_case": UNTIL | {"grace": 5, "reasons": ["lost"]}},
            "patients censored more than 5 days before the end of follow-up (lost) count as having the event when "
            "censored; with b as free of the event to the end of follow-up",
        ),
        (
            "pfs",
            {"best_case": UNTIL},
            "patients censored before the end of follow-up count as free of the event to the end of follow-up; with b "
            "as having the event when censored",
        ),
        (
            "pfs",
            {"tipping_point": TIPPING},
            "event times of patients censored before the end of follow-up are imputed in the arm that is compared, "
            "with the hazard multiplied by a factor",
        ),
    ],
)
def test_what_differs_is_told_in_a_phrase(tmp_path, endpoint, variant, words):
    changes = {"randomised": "RANDDT"}
    study = read_study(written(tmp_path, asked(endpoint, variant, **changes)))
    assert variant_in_words(study, endpoint, study.sensitivity.endpoints[endpoint]["v0"]) == words


def test_what_differs_in_a_response_is_told_in_a_phrase(tmp_path):
    ways = ("responders", "non-responders", "left out", "best case", "worst case")
    variants = {f"v{at}": {"label": way, "missing": way} for at, way in enumerate(ways)}
    study = read_study(written(tmp_path, PARTS | {"sensitivity": {"responses": {"best": variants}}}))
    found = [response_variant_in_words(study, each) for each in study.sensitivity.responses["best"].values()]
    assert found[2:] == [
        "patients without an evaluable response are left out",
        "patients without an evaluable response count as responders, but as non-responders with b",
        "patients without an evaluable response count as non-responders, but as responders with b",
    ]


def test_a_date_that_a_variant_alone_names_is_read(tmp_path):
    study = read_study(written(tmp_path, asked("pfs", {"rule": {"ends_observation": {"DCTDT": "treatment stopped"}}})))
    assert "DCTDT" in date_variables(study)
