"""What a protocol declares besides, in R's own trial of three arms: estimated with the arguments that it declares."""

import pytest
from r_program import Agreement, r_is_here, run_r
from skip_reasons import R_IS_MISSING
from three_arm_trial import STUDY, write_three_arms

from smmlib.analysis import Key, study_numbers
from smmlib.trial import derive, read_study

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]
ARMS = {"Lev+5FU": "lev-5fu", "Lev": "lev", "Obs": "obs"}
PERIODS = {"1": "0 to 365", "2": "365 to 1000", "3": "after 1000"}
DECLARED = {
    "primary": "stratified",
    "restricted_mean": [1825],
    "weighted_tests": [{"rho": 1, "gamma": 0}],
    "periods": [365, 1000],
    "proportionality": "km",
    "adjust": ["AGE", "NODES", "DIFFER"],
    "trend_scores": {"lev-5fu": 2, "lev": 1, "obs": 0},
}
COVARIATES = [
    {"variable": "AGE", "label": "Age", "unit": "years"},
    {"variable": "NODES", "label": "Positive nodes", "kind": "continuous"},
    {"variable": "DIFFER", "label": "Grade"},
]
ADJUSTED = {"adjusted": "hazard_ratio", "adjusted_wald": "wald_test"}
OF_ALL = ("overall_logrank", "trend_logrank")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colon")
    return run_r("declared", folder), folder


@pytest.fixture(scope="module")
def ours(theirs):
    _, folder = theirs
    changes = {
        "analysis": STUDY["analysis"] | DECLARED,
        "baseline": COVARIATES,
        "endpoints": {"os": STUDY["endpoints"]["os"]},
        "runs": {"os": STUDY["runs"]["os"]},
    }
    return study_numbers(derive(read_study(write_three_arms(folder, folder / "patients.csv", **changes))))


def key_of(what, group):
    """The key of one of R's numbers."""
    arm, _, period = group.partition(" ")
    about = {"section": "time_to_event", "measure": what, "endpoint": "os"}
    if what in OF_ALL:
        return Key(**about, variant=group)
    if what == "restricted_mean":
        return Key(**about, arm=ARMS[arm], at=1825.0)
    if what in ADJUSTED:
        about |= {"measure": ADJUSTED[what], "arm": ARMS[arm], "reference": "obs"}
        return Key(**about, variant="adjusted")
    level = {"weighted_logrank": "1, 0", "period_hazard_ratio": PERIODS.get(period, "")}.get(what, "")
    variant = "stratified" if what == "wald_test" else ""
    return Key(**about, arm=ARMS[arm], reference="obs", level=level, variant=variant)


def test_every_number_is_that_of_r(theirs, ours):
    agreement = Agreement()
    for (_, what, group), rows in theirs[0].items():
        for field in rows.columns.drop("at"):
            value = getattr(ours[key_of(what, group)], field)
            agreement.add(f"{what} {group} {field}", value, rows[field].iloc[0])
    assert agreement.compared == 2 * 2 + 2 + 3 * 2 + 2 * (1 + 3 * 3 + 1 + 1 + 4 + 2)
    agreement.check()


def test_patients_without_a_covariate_are_told(theirs, ours):
    ratio = ours[key_of("adjusted", "Lev+5FU")]
    missing = 304 + 315 - ratio.n
    assert missing > 0
    assert f"; left out: {missing} patients without AGE or NODES or DIFFER" in ratio.method
    assert ratio.from_data == (f"; left out: {missing} patients without AGE or NODES or DIFFER",)
    assert "Cox model of Lev+5FU, AGE, NODES, DIFFER[2], DIFFER[3], Efron ties, stratified" in ratio.method


def test_the_difference_and_the_ratio_of_restricted_means_are_those_of_the_means(theirs, ours):
    """Independent arms: variances add up, of the ratio those of the logarithms."""
    means = {arm: theirs[0]["os", "restricted_mean", arm].loc[0] for arm in ARMS}
    about = {"section": "time_to_event", "endpoint": "os", "reference": "obs", "at": 1825.0}
    for arm in ("Lev+5FU", "Lev"):
        difference = ours[Key(measure="restricted_mean_difference", arm=ARMS[arm], **about)]
        assert difference.value == pytest.approx(means[arm].value - means["Obs"].value, rel=1e-9)
        error = (means[arm].std_error ** 2 + means["Obs"].std_error ** 2) ** 0.5
        assert difference.std_error == pytest.approx(error, rel=1e-9)
        ratio = ours[Key(measure="restricted_mean_ratio", arm=ARMS[arm], **about)]
        assert ratio.value == pytest.approx(means[arm].value / means["Obs"].value, rel=1e-9)
