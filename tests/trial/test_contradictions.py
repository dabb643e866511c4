"""What the parts of a study say against one another is told, all of it, each with the line of its key."""

import pytest
from small_trial import STUDY, write_trial

from smmlib.trial import read_study
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand

PATIENTS = [{"USUBJID": "1", "TRT01P": "A", "RANDDT": "2010-01-01"}]
VISITS = {"id": "best", "label": "Best", "denominator": "analysed"}
LAST = {"last": "LSTASDT", "every": 28}
ROWS = {"table": "responses", "every": 28}


def endpoint(like, **changes):
    return {"endpoints": {"os": {"like": like, **changes}}}


def recorded(**changes):
    return {"response": {"arm": "a", "visits": [{**VISITS, **changes}]}, "data": {"responses": "adrs.csv"}}


ACCEPTED = {"patient": "P01", "check": "order", "reason": "Confirmed."}
EVENTS = {"data": {"adverse_events": "adae.csv"}}
ONE_ARM = {"arms": {"variable": "TRT01P", "levels": [{"id": "a", "value": "A", "label": "A", "name": "a"}]}}


def response(**changes):
    return {"response": {"arm": "a", "visits": [VISITS], **changes}, "data": {"responses": "adrs.csv"}}


OWN = [{"id": "CR", "label": "Complete remission"}, {"id": "NR", "label": "No remission"}]
RECIST = {"criteria": "recist-1.1", "start": "RANDDT", "confirmation": {"required": True}, "stable_days": 42}
WORDS = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "rule": "From randomisation to death."}
RECORDED_OS = {"endpoints": {"os": {**WORDS, "paramcd": "OS"}}}
DERIVED = {"arm": "a", "criteria": "imwg-2016", "visits": [VISITS]}


def analysis(**changes):
    return {"analysis": STUDY["analysis"] | changes}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"population": "itt"}, "population: is 'itt', but must be all"),
        (
            {"exchange": ["xpt"], "suppress_below": 5},
            "exchange: keeps rows of patients, but suppress_below masks what could be counted in them: leave one out",
        ),
        ({"exchange": ["sas"]}, "exchange.0: is 'sas', but must be 'xpt' or 'dataset-json'"),
        (endpoint("overall-survival", population="itt"), "endpoints.os.population: is 'itt'"),
        (endpoint("overall-survival", censor="last-seen"), "uses 'last-seen', which is no variable"),
        (endpoint("overal-survival"), "endpoints.os.like: is 'overal-survival', but must be 'time-to-progression', "),
        (endpoint("progression-free-survival"), "needs the assessments, so the study must say under assessments"),
        (
            endpoint("progression-free-survival-fda-a") | {"assessments": LAST},
            "counts missed assessments, so assessments.table must name the table that holds each of them",
        ),
        (
            endpoint("progression-free-survival-fda-a") | {"assessments": {"table": "responses"}},
            "counts planned assessments, so assessments.every must give the days between them",
        ),
        (
            endpoint("progression-free-survival-fda-a") | {"assessments": ROWS},
            "asks who has a baseline: name its date under assessments.baseline, or set",
        ),
        (endpoint("overall-survival", progression_day="next planned assessment"), "counts planned assessments"),
        (endpoint("overall-survival", without_baseline="censored at the start"), "asks who has a baseline"),
        (endpoint("overall-survival", ends_observation={"DTHDT": "death"}), "DTHDT is an event and ends observation"),
        (endpoint("duration-of-response") | {"assessments": LAST}, "but the study has no response section"),
        ({"assessments": {"every": 28}}, "the date of the last: one of the two"),
        ({"assessments": LAST | {"table": "responses"}}, "the date of the last: one of the two"),
        ({"assessments": {"table": "laboratory"}}, "so data.laboratory must name the file"),
        ({"assessments": {"table": "laboratory"}}, "so response.criteria must be imwg-2016"),
        ({"response": {"arm": "a", "visits": [VISITS]}}, "so data.responses must name the table"),
        ({"response": DERIVED}, "so data.laboratory and laboratory must say from what"),
        ({"response": DERIVED}, "so response.start must name the date of the baseline"),
        (recorded(phase="induction"), "response.visits: best: phase is 'induction'"),
        (recorded(visit="WEEK 4", phase="induction"), "visit and phase are both given"),
        (recorded(denominator="treated"), "denominator is 'treated', but must be analysed"),
        ({"data_cutoff": "2010-13-01"}, "data_cutoff: is '2010-13-01', but must be a date, YYYY-MM-DD"),
        ({"suppress_below": 1}, "suppress_below: is 1, but must be 2 or more"),
        ({"privacy": "secret"}, "privacy: is 'secret', but must be 'hashed' or 'identified'"),
        (
            {"laboratory": {"serum": {"paramcd": "SPEP", "unit": "mmol/L"}}},
            "laboratory.serum.unit: is 'mmol/L', but must be",
        ),
        (
            {"laboratory": {"clonal_cells": {"paramcd": "X", "values": {"positive": "Y"}}}},
            "values names 'positive', which is not one of present, absent",
        ),
        (analysis(primary="stratified"), "analysis.primary: is 'stratified', but the study has no strata"),
        (
            endpoint("overall-survival", analysis={"primary": "stratified"}),
            "endpoints.os.analysis.primary: is 'stratified', but the study has no strata",
        ),
        (
            analysis(trend_scores={"a": 0, "b": 1}),
            "analysis.trend_scores: is for three arms or more, but the study has",
        ),
        (
            analysis(adjust=["AGE"]),
            "analysis.adjust: names 'AGE', which describes no patients: describe",
        ),
        (analysis(adjust=["AGE", "AGE"]), "analysis: adjust are ['AGE', 'AGE']: one is given twice"),
        (analysis(periods=[12, 6]), "analysis: periods are [12, 6]: they must increase"),
        (analysis(restricted_mean=[6, 6]), "analysis: restricted_mean are [6, 6]: one is given twice"),
        (analysis(restricted_mean=[0]), "analysis.restricted_mean.0: is 0, but must be more than 0"),
        (
            analysis(weighted_tests=[{"rho": 0, "gamma": 1}, {"rho": 0, "gamma": 1}]),
            "analysis: weighted_tests: one pair of rho and gamma is given twice",
        ),
        (
            analysis(weighted_tests=[{"rho": 0, "gamma": -1}]),
            "analysis.weighted_tests.0.gamma: is -1, but must be 0 or more",
        ),
        (
            endpoint("overall-survival", analysis={"axis_times": [5, 6]}),
            "endpoints.os.analysis: axis_times are [5, 6]: they must increase from 0",
        ),
        (
            endpoint("overall-survival", analysis={"conf_level": 95}),
            "endpoints.os.analysis.conf_level: is 95, but must be less than 1",
        ),
        ({"data": {"where": {"times": {"ANL01FL": "Y"}}}}, "data.where.times: says which rows count, but data.times"),
        ({"data": {"aval_unit": "days"}}, "data.aval_unit: is said of AVAL, but data.times names no table"),
        ({"data": {"first_day": 1}}, "data.first_day: is said of AVAL, but data.times names no table"),
        ({"data": {"first_day": 2}}, "data.first_day: is 2, but must be 1 or less"),
        ({"data": {"accept": [ACCEPTED, dict(ACCEPTED)]}}, "data.accept: check and patient 'order, P01' is given"),
        ({"data": {"columns": {"subject": {"TRT01P": "ARM"}}}}, "data.columns.subject"),
        ({"safety": {"emergent": "all"}}, "safety: says which adverse events count, so data.adverse_events must name"),
        (
            {"runs": {"ae": {"notebook": "safety"}}},
            "runs.ae: reports adverse events, so data.adverse_events must name their table",
        ),
        (EVENTS | {"safety": {"emergent": "dates"}}, "safety: emergent is 'dates', so treatment must name the first"),
        (EVENTS | {"safety": {"initial_grade": "X"}}, "initial_grade is used where emergent is 'dates'"),
        (
            EVENTS | {"safety": {"severity": "AETOXGR", "grades": {"LOW": 1}}},
            "safety.grades: are those of the words of AESEV, but safety.severity is 'AETOXGR'",
        ),
        (EVENTS | {"safety": {"terms": ["Rash", "RASH"]}}, "safety.terms: 'rash' is given twice"),
        (EVENTS | {"safety": {"frequent": 101}}, "safety.frequent: is 101, but must be 100 or less"),
        (EVENTS | {"safety": {"grades": {"MILD": 6}}}, "safety.grades.MILD: is 6, but must be 5 or less"),
        (EVENTS | ONE_ARM | {"safety": {"compare": True}}, "safety.compare: compares arms, but the study has one arm"),
        (response(categories=OWN), "response.responders: must say which of response.categories count"),
        (response(categories=OWN, responders=["PR"]), "response.responders: has 'PR', which is not one of CR, NR"),
        (response(categories=OWN, responders=["NE"]), "response.responders: has 'NE', which is not one of CR, NR"),
        (
            response(categories=OWN, responders=["CR"], progression=["PD"]),
            "response.progression: has 'PD', which is not",
        ),
        (response(categories=OWN, responders=["CR"], progression=["CR"]), "responders: has 'CR', which is progression"),
        (response(categories=[*OWN, dict(OWN[0])], responders=["CR"]), "response.categories: id 'CR' is given twice"),
        (response(categories=OWN, responders=["CR"], scale="imwg"), "response.categories gives its own: keep one"),
        (
            response(scale="recist-1.1", responders=["VGPR"]),
            "has 'VGPR', which is not one of CR, PR, SD, NON-CR",
        ),
        (response(scale="recist-1.1", progression=["SD"]), "response.progression: is for response.categories"),
        (response(scale="choi"), "response.scale: is 'choi', but must be 'imwg', 'recist-1.1', 'lugano-2014' or"),
        (response(criteria="recist-1.1", start="RANDDT"), "response.confirmation: must say whether the protocol"),
        (response(criteria="recist-1.1", start="RANDDT"), "response.stable_days: must give the days from the start"),
        (response(**RECIST | {"start": None}), "so response.start must name the date of the baseline"),
        (
            response(**RECIST | {"scale": "imwg"}),
            "scale: is 'imwg', but response.criteria is recist-1.1, whose",
        ),
        (response(**RECIST | {"categories": OWN}), "response.categories: are for recorded responses, and"),
        (
            response(**RECIST | {"visits": [VISITS | {"visit": "WEEK 4"}]}),
            "names a visit of ADRS, but response is",
        ),
        (
            response(stable_days=42),
            "response.stable_days: is for response.criteria recist-1.1, but",
        ),
        (response(confirmation={"required": False}), "response.confirmation: is for response.criteria recist-1.1"),
        (
            response(**RECIST | {"confirmation": {"required": True, "days": 0}}),
            "confirmation.days: is 0, but must be 1",
        ),
        (response(arm=None, stratified=True), "compares the arms within strata, but the study has no strata"),
        (response(stratified=True), "within strata, but response of one arm alone is reported"),
        (response(arm="placebo", stratified=True), "response.arm: is 'placebo', but must be one of"),
        (response(swimmer={"endpoint": "pfs"}), "response.swimmer.endpoint: is 'pfs', but must be one of os"),
        (response(swimmer={"endpoint": "os"}) | RECORDED_OS, "endpoint: is 'os', which has times and no dates"),
        (
            response(waterfall={"label": "Change", "variable": "SEX"})
            | {"baseline": [{"variable": "SEX", "label": "Sex"}]},
            "waterfall.variable: is 'SEX', which baseline or subgroups take as categories",
        ),
        (response(waterfall={"label": "Change"}), "or `paramcd`, from whose values it follows: one of both"),
        (response(waterfall={"label": "Change", "paramcd": "SUMDIAM"}), "so data.tumours must name the file"),
        (response(**RECIST) | {"assessments": {"table": "laboratory"}}, "so response.criteria must be imwg-2016"),
    ],
)
def test_a_contradiction_is_told(tmp_path, changes, told):
    with pytest.raises(ParametersError) as refused:
        read_study(write_trial(tmp_path, changes, subjects=PATIENTS))
    assert told in str(refused.value)
    assert all(line.startswith(f"{tmp_path}/small.yaml:") for line in str(refused.value).splitlines())


def test_a_cut_off_needs_to_know_who_was_randomised_when(tmp_path):
    file = write_trial(tmp_path, {"data_cutoff": "2010-06-01", "randomised": None}, subjects=PATIENTS)
    with pytest.raises(ParametersError, match=r"randomised: is left out, but a data cut-off needs its date"):
        read_study(file)


def test_all_contradictions_are_told_at_once(tmp_path):
    changes = endpoint("progression-free-survival-fda-a") | {"population": "itt", "response": DERIVED}
    with pytest.raises(ParametersError) as refused:
        read_study(write_trial(tmp_path, changes, subjects=PATIENTS))
    assert len(str(refused.value).splitlines()) >= 5
