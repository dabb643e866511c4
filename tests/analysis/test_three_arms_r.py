"""Three arms: each compared with the reference by the patients of the two, as R's `survival` does on its own trial."""

import pytest
from r_program import Agreement, r_is_here, run_r
from skip_reasons import R_IS_MISSING
from three_arm_trial import write_three_arms

from smmlib.analysis import Key, study_numbers
from smmlib.trial import derive, read_study

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]
ARMS = {"Lev+5FU": "lev-5fu", "Lev": "lev", "Obs": "obs"}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colon")
    return run_r("three_arms", folder), folder


@pytest.fixture(scope="module")
def ours(theirs):
    _, folder = theirs
    return study_numbers(derive(read_study(write_three_arms(folder, folder / "patients.csv"))))


def test_every_comparison_and_median_is_that_of_r(theirs, ours):
    agreement = Agreement()
    for (endpoint, what, group), rows in theirs[0].items():
        measure, variant = (what.removesuffix("stratified"), "stratified") if "stratified" in what else (what, "")
        reference = "" if measure == "median" else "obs"
        result = ours[Key("time_to_event", measure, endpoint, ARMS[group], reference, variant=variant)]
        for field in rows.columns.drop("at"):
            agreement.add(f"{endpoint} {what} {group} {field}", getattr(result, field), rows[field].iloc[0])
    assert agreement.compared == 2 * (2 * 2 * 4 + 3 * 3)
    agreement.check()


def test_nothing_else_is_compared(ours):
    pairs = {(key.arm, key.reference) for key in ours if key.reference}
    assert pairs == {("lev-5fu", "obs"), ("lev", "obs")}


def test_declared_comparisons_are_the_ones_made(theirs, tmp_path):
    arms = {"comparisons": [{"arm": "lev-5fu", "reference": "lev"}]}
    from three_arm_trial import STUDY

    file = write_three_arms(tmp_path, theirs[1] / "patients.csv", arms=STUDY["arms"] | arms)
    numbers = study_numbers(derive(read_study(file)))
    assert {(key.arm, key.reference) for key in numbers if key.reference} == {("lev-5fu", "lev")}
