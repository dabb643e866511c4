"""Published numbers of competing risks (`oracles/competing.json`), each at the precision to which it was printed."""

import json
from math import isnan

import numpy as np
import pytest
import reference_competing as reference
from project_files import ORACLES

from smmlib import cumulative_incidence, gray_test, incidence_at
from smmlib.display.formatting import rounded

pytestmark = pytest.mark.oracle

PUBLISHED = json.loads((ORACLES / "competing.json").read_text())
MELANOMA, CMPRSK = PUBLISHED["melanoma"], PUBLISHED["cmprsk_test"]
TRANSPLANTS = PUBLISHED["bone_marrow_transplant"]
ARMS = {"arm": "arm", "reference": "reference"}
DAYS_A_YEAR = 365.25


def as_printed(value, printed):
    """The value as the printed one is written; nothing where there is no value."""
    if isnan(value):
        return None
    if printed is not None and "e" in printed:
        return f"{value:.{len(printed.partition('e')[0]) - 2}e}"
    return rounded(value, len(printed.partition(".")[2]) if printed else 6)


def curve_of(study, arms, group):
    """The curve that a group such as '1 3' names: cause 3 in arm 1."""
    side, cause = group.split()
    time, causes, arm = (np.array(study["data"][name]) for name in ("time", "cause", arms))
    members = np.full(len(time), True) if side == "everybody" else arm == int(side)
    return cumulative_incidence(time[members], causes[members], of=int(cause))


@pytest.mark.parametrize("group", MELANOMA["incidence"])
def test_melanoma_incidence(group):
    check_curve(MELANOMA, curve_of(MELANOMA, "ulcer", group), group)


@pytest.mark.parametrize("group", CMPRSK["incidence"])
def test_cmprsk_incidence(group):
    check_curve(CMPRSK, curve_of(CMPRSK, "in_c", group), group)


def check_curve(study, curve, group):
    estimates = [incidence_at(curve, time) for time in study["at"]]
    shown = [
        as_printed(estimate.value, text) for estimate, text in zip(estimates, study["incidence"][group], strict=True)
    ]
    assert shown == study["incidence"][group]
    variances = [estimate.std_error**2 for estimate in estimates]
    shown = [as_printed(value, text) for value, text in zip(variances, study["variance"][group], strict=True)]
    assert shown == study["variance"][group]


@pytest.mark.parametrize("cause", MELANOMA["gray"])
def test_melanoma_gray(cause):
    data = MELANOMA["data"]
    test = gray_test(data["time"], data["cause"], data["ulcer"], of=int(cause), **ARMS)
    check_test(MELANOMA, test.statistic, test.p_value, cause)


@pytest.mark.parametrize("cause", CMPRSK["gray"])
def test_cmprsk_gray_in_strata(cause):
    data = CMPRSK["data"]
    test = gray_test(data["time"], data["cause"], data["in_c"], of=int(cause), strata=data["stratum"], **ARMS)
    check_test(CMPRSK, test.statistic, test.p_value, cause)


def check_test(study, statistic, p_value, cause):
    expected = study["gray"][cause]
    ours = {"statistic": statistic, "p_value": p_value}
    assert {name: as_printed(ours[name], printed) for name, printed in expected.items()} == expected


@pytest.mark.parametrize(("years", "expected"), TRANSPLANTS["relapse"].items())
def test_relapse_with_log_log_limits(years, expected):
    data = TRANSPLANTS["data"]
    curve = cumulative_incidence(np.array(data["time"]) / DAYS_A_YEAR, data["cause"], of=1, time_unit="years")
    estimate = incidence_at(curve, float(years))
    assert {name: as_printed(getattr(estimate, name), printed) for name, printed in expected.items()} == expected


# ---- the second implementation, held to the same


@pytest.mark.parametrize(("years", "expected"), TRANSPLANTS["relapse"].items())
def test_reference_of_relapse(years, expected):
    data, until = TRANSPLANTS["data"], float(years) * DAYS_A_YEAR
    incidence = reference.incidence(data["time"], data["cause"], 1, until)
    variance = reference.aalen_variance(data["time"], data["cause"], 1, until)
    low, high = reference.limits(incidence, variance, 0.95)
    ours = {"value": float(incidence), "std_error": float(variance) ** 0.5, "low": low, "high": high}
    assert {name: as_printed(ours[name], printed) for name, printed in expected.items()} == expected


@pytest.mark.parametrize("cause", CMPRSK["gray"])
def test_reference_of_gray_in_strata(cause):
    data = CMPRSK["data"]
    statistic = reference.gray_chi_square(data["time"], data["cause"], data["in_c"], int(cause), data["stratum"])
    check_test(CMPRSK, float(statistic), reference.chi_square_tail(statistic), cause)
