"""The second implementations themselves, held to published examples."""

import json
from fractions import Fraction
from math import sqrt

import pytest
import reference
from project_files import ORACLES

PUBLISHED = json.loads((ORACLES / "published.json").read_text())
pytestmark = pytest.mark.oracle


def test_survival_and_greenwood_of_the_6_mp_arm():
    """Klein & Moeschberger (2003), table 4.1A: 0.8571 with standard error 0.0764 at week 6."""
    arm = PUBLISHED["freireich"]["arms"]["6-MP"]
    survival, greenwood = reference.survival_and_greenwood(arm["time"], arm["event"], 6)
    assert survival == Fraction(6, 7)
    assert f"{float(survival) * sqrt(greenwood):.4f}" == "0.0764"


@pytest.mark.parametrize(("time", "expected"), [(6, 21), (10, 15), (16, 11), (23, 6), (30, 4), (36, 0)])
def test_numbers_at_risk_of_the_6_mp_arm(time, expected):
    assert reference.number_at_risk(PUBLISHED["freireich"]["arms"]["6-MP"]["time"], time) == expected


def test_median_of_the_6_mp_arm():
    arm = PUBLISHED["freireich"]["arms"]["6-MP"]
    median, low, high = reference.median_and_limits(arm["time"], arm["event"], "log-log", 0.95)
    assert (median, low) == (23, 13)
    assert high != high


def test_median_on_a_plateau():
    data = PUBLISHED["plateau"]["data"]
    assert reference.median_and_limits(data["time"], data["event"], "log-log", 0.95)[:2] == (102.5, 54)


def test_logrank_of_aml():
    data = PUBLISHED["aml"]["data"]
    statistic = reference.logrank_chi_square(data["time"], data["event"], data["nonmaintained"])
    assert f"{float(statistic):.6f}" == "3.396389"


@pytest.mark.parametrize(
    ("ties", "expected"), [("efron", ("0.9155326", "0.5119343")), ("breslow", ("0.9042197", "0.5122479"))]
)
def test_cox_of_aml(ties, expected):
    data = PUBLISHED["aml"]["data"]
    fit = reference.cox_fit(data["time"], data["event"], data["nonmaintained"], ties)
    assert tuple(f"{number:.7f}" for number in fit) == expected


def test_log_partial_likelihood_of_six_patients():
    """Therneau, vignette validate.Rnw of R's survival: -4.276666 at zero.

    It prints -3.358979 at the maximum, but its own formula there, and R's coxph, give -3.358975.
    """
    data = PUBLISHED["six_patients"]["data"]
    columns = data["time"], data["event"], data["x"]
    terms = reference.cox_terms(*columns, "efron")
    beta, _ = reference.cox_fit(*columns, "efron")
    assert f"{reference.log_partial_likelihood(0, terms):.6f}" == "-4.276666"
    assert f"{reference.log_partial_likelihood(beta, terms):.6f}" == "-3.358975"
