"""Subgroups of R's colon cancer trial, three arms: hazard ratios by `coxph`, interaction by `anova`."""

import pandas as pd
import pytest
from r_program import Agreement, r_is_here, run_r
from skip_reasons import R_IS_MISSING
from small_trial import write_trial
from three_arm_trial import CODES, STUDY

from smmlib.analysis import Key, study_numbers
from smmlib.trial import derive, read_study

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]
ARMS = {"Lev+5FU": "lev-5fu", "Lev": "lev"}
SUBGROUPS = [
    {"variable": "SEX", "label": "Sex", "levels": {"M": "Male", "F": "Female"}},
    {"variable": "AGE", "label": "Age", "cuts": [50, 65], "unit": "years"},
    {"variable": "DIFFER", "label": "Differentiation"},
    {"variable": "NODES", "label": "Nodes", "cuts": [4]},
]


def write(folder, patients_file):
    patients = pd.read_csv(patients_file, keep_default_na=False)
    subjects = [
        {"USUBJID": f"C-{row.id}", "TRT01P": row.arm, "OBSTRUCT": "no", "SEX": row.sex, "AGE": row.age}
        | {"DIFFER": row.differentiation, "NODES": row.nodes}
        for row in patients.drop_duplicates("id").itertuples()
    ]
    times = [
        {"USUBJID": f"C-{row.id}", "PARAMCD": CODES[row.etype], "AVAL": row.time, "CNSR": 1 - row.status}
        for row in patients.itertuples()
    ]
    runs = {name: {"notebook": "subgroups", "parameters": {"endpoint": name}} for name in ("os", "recurrence")}
    changes = {"subgroups": SUBGROUPS, "runs": runs, "privacy": "identified"}
    return write_trial(folder, STUDY | changes, subjects=subjects, times=times)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colon")
    return run_r("subgroups", folder), folder


@pytest.fixture(scope="module")
def ours(theirs):
    _, folder = theirs
    return study_numbers(derive(read_study(write(folder, folder / "patients.csv"))))


def test_every_hazard_ratio_and_test_of_interaction_is_that_of_r(theirs, ours):
    agreement = Agreement()
    for (endpoint, what, arm), rows in theirs[0].items():
        first, _, second = what.partition(" ")
        about = {"section": "subgroups", "endpoint": endpoint, "arm": ARMS[arm], "reference": "obs"}
        is_test = first == "interaction"
        part = {"factor": second} if is_test else {"factor": first, "level": second}
        result = ours[Key(measure="interaction_test" if is_test else "hazard_ratio", **about, **part)]
        for field in rows.columns.drop("at"):
            agreement.add(f"{endpoint} {what} {arm} {field}", getattr(result, field), rows[field].iloc[0])
    assert agreement.compared == 2 * 2 * 3 * (2 + 3 + 3 + 2 + 4)
    agreement.check()


def test_patients_without_a_value_belong_to_no_subgroup(theirs, ours):
    patients = pd.read_csv(theirs[1] / "patients.csv")
    of_arm = patients[(patients["etype"] == 2) & (patients["arm"] == "Lev")]
    assert ours[Key("subgroups", "missing", "os", "lev", factor="NODES")].value == of_arm["nodes"].isna().sum() > 0
    known = [
        result.value
        for key, result in ours.items()
        if (key.measure, key.endpoint, key.arm, key.factor) == ("patients", "os", "lev", "NODES")
    ]
    assert sum(known) == of_arm["nodes"].notna().sum()
