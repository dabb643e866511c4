"""Competing risks of whole studies beside R's `cmprsk` and `survival`: three arms, ties, an arm without the event.

Where an arm never has the competing event, R's Cox model has no end; here its hazard ratio is not estimable.
"""

import pandas as pd
import pytest
from competing_trial import LANDMARKS, STUDY, simulated_patients, write_competing_trial
from r_program import Agreement, r_is_here, run_r, stacked
from skip_reasons import R_IS_MISSING

from smmlib.analysis import Key, study_numbers
from smmlib.trial import derive, read_study

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]

TRIALS = {
    "weekly": simulated_patients(1),
    "half a year": simulated_patients(2, grid=90),
    "daily": simulated_patients(3, grid=1, patients=600),
    "small": simulated_patients(4, patients=45, grid=30),
    "nobody dies on observation": simulated_patients(5, without=["Obs"]),
    "nobody dies on either": simulated_patients(6, without=["Obs", "Lev"]),
}
VARIANTS = {"1": "", "2": "competing"}
ARMS = {level["value"]: level["id"] for level in STUDY["arms"]["levels"]}
PAIRED = ("incidence_difference", "gray_test", "cause_specific_hazard_ratio")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    landmarks = pd.DataFrame({"at": LANDMARKS})
    return run_r("competing_trial", tmp_path_factory.mktemp("r"), rows=stacked(TRIALS), landmarks=landmarks)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    analysis = STUDY["analysis"] | {"primary": "stratified"}
    files = {
        name: write_competing_trial(tmp_path_factory.mktemp("trial"), patients, analysis=analysis)
        for name, patients in TRIALS.items()
    }
    return {name: study_numbers(derive(read_study(file))) for name, file in files.items()}


def results_of(ours, theirs):
    """Label, our result and a row of R's, for each number that R computed."""
    for (name, what, group), rows in theirs.items():
        cause, arm = group.split(" ")
        measure = {"state": "incidence"}.get(what, what)
        about = {"arm": ARMS.get(arm, ""), "reference": "obs" if measure in PAIRED else "", "variant": VARIANTS[cause]}
        for row in rows.to_dict("records"):
            at = None if row["at"] != row["at"] else row["at"]
            key = Key("time_to_event", measure, "ttr", at=at, **about)
            yield f"{name} {what} {group} {at}", ours[name][key], row


def test_every_number_is_that_of_r(theirs, ours):
    agreement = Agreement()
    for label, result, row in results_of(ours, theirs):
        for field in row.keys() - {"at"}:
            agreement.add(f"{label} {field}", getattr(result, field), row[field])
    assert agreement.compared > 600
    agreement.check()


def test_r_was_asked_for_every_number(theirs, ours):
    asked = {label for label, _, _ in results_of(ours, theirs)}
    measures = {"incidence", "overall_gray_test", *PAIRED}
    for name, numbers in ours.items():
        found = [key for key, result in numbers.items() if key.measure in measures and is_there(result)]
        assert len(found) == sum(label.startswith(f"{name} ") and " state " not in label for label in asked)


def is_there(result):
    number = getattr(result, "value", getattr(result, "statistic", None))
    return number == number
