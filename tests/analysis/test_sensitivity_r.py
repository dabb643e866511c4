"""Each variant of a made-up trial of three arms, made again by R from the same patients."""

from copy import deepcopy

import pandas as pd
import pytest
from r_program import Agreement, r_is_here, run_r
from skip_reasons import R_IS_MISSING
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.trial import derive, read_study

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]
RECORDED = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "paramcd": "OS", "rule": "To death."}
LOST = {"followed_until": 700, "grace": 60, "reasons": ["lost"]}
VARIANTS = {
    "protocol": {"population": "protocol"},
    "codes": {"event_codes": [0, 2]},
    "only": {"event_codes": [2]},
    "worst": {"worst_case": LOST},
    "best": {"best_case": {**LOST, "reasons": ["censored: lost"]}},
    "start": {"late_detection": {"to": "start", "interval": 56}},
    "middle": {"late_detection": {"to": "middle", "interval": 56}},
    "one": {"late_detection": {"to": "start", "interval": 84, "arms": ["control"]}},
}
WORDS = {0: "", 1: "end of study", 2: "lost"}
STUDY = {
    "arms": {
        "variable": "TRT01P",
        "reference": "control",
        "levels": [{"id": arm, "value": arm, "label": arm, "name": arm} for arm in ("high", "low", "control")],
    },
    "randomised": None,
    "populations": {"all": {"label": "all"}, "protocol": {"label": "per protocol", "flag": "PPROTFL"}},
    "strata": [{"variable": "AGEGR1", "label": "Age"}],
    "endpoints": {"plain": RECORDED, "stratified": RECORDED | {"analysis": {"primary": "stratified"}}},
    "sensitivity": {
        "endpoints": {
            name: {each: {"label": each, **deepcopy(variant)} for each, variant in VARIANTS.items()}
            for name in ("plain", "stratified")
        }
    },
    "runs": {"sensitivity": {"notebook": "sensitivity"}},
}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensitivity")
    return run_r("sensitivity", folder), folder


@pytest.fixture(scope="module")
def ours(theirs):
    patients = pd.read_csv(theirs[1] / "patients.csv")
    subjects = [
        {"USUBJID": row.id, "TRT01P": row.arm, "AGEGR1": row.stratum, "PPROTFL": row.protocol}
        for row in patients.itertuples()
    ]
    times = [
        {"USUBJID": row.id, "PARAMCD": "OS", "AVAL": row.days, "CNSR": row.cnsr, "CNSDTDSC": WORDS[row.cnsr]}
        for row in patients.itertuples()
    ]
    file = write_trial(theirs[1], STUDY, subjects=subjects, times=times)
    return study_numbers(derive(read_study(file)))


def result(ours, variant, what, arm):
    measure, _, how = what.partition(" ")
    pair = {"arm": arm, "reference": "control" if how else ""}
    return ours[Key("sensitivity", measure, how or "plain", **pair, variant=variant)]


def test_every_variant_is_that_of_r(theirs, ours):
    agreement = Agreement()
    for (table, what, arm), rows in theirs[0].items():
        number = result(ours, "" if table == "main" else table, what, arm)
        for field in rows.columns.drop("at"):
            agreement.add(f"{table} {what} {arm} {field}", getattr(number, field), rows[field].iloc[0])
    assert agreement.compared == 9 * (3 * 5 + 2 * 2 * 5)
    agreement.check()


def test_variants_differ_from_the_main_analysis(ours):
    """Or the comparison with R would say nothing of what they change."""
    main = result(ours, "", "hazard_ratio plain", "high").value
    assert all(abs(result(ours, name, "hazard_ratio plain", "high").value - main) > 1e-4 for name in VARIANTS)
