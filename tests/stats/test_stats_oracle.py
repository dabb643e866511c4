"""Published numbers (`oracles/published.json`), each at the precision to which it was printed."""

import json
from math import erfc, isnan, log, sqrt

import lifelines.datasets
import pandas as pd
import pytest
from project_files import ORACLES

from smmlib import (
    hazard_ratio,
    kaplan_meier,
    logrank_test,
    median_survival,
    restricted_mean_difference,
    restricted_mean_survival,
    risk_table,
    survival_at,
    survival_quantile,
)
from smmlib.display.formatting import rounded

pytestmark = pytest.mark.oracle

PUBLISHED = json.loads((ORACLES / "published.json").read_text())
FREIREICH = PUBLISHED["freireich"]
ARMS = {"arm": "arm", "reference": "reference"}


def as_printed(value, printed):
    """The value with as many decimals as the printed one; nothing where there is no value."""
    if isnan(value):
        return None
    return rounded(value, len(printed.partition(".")[2]) if printed else 6)


def freireich_arms():
    """Both arms in one: times, events, and 1 for placebo."""
    old, new = FREIREICH["arms"]["6-MP"], FREIREICH["arms"]["placebo"]
    in_arm = [0] * len(old["time"]) + [1] * len(new["time"])
    return old["time"] + new["time"], old["event"] + new["event"], in_arm


def freireich_curve(arm):
    data = FREIREICH["arms"][arm]
    return kaplan_meier(data["time"], data["event"], time_unit="weeks", arm=arm)


# ---- Freireich's trial


@pytest.mark.parametrize(("time", "expected"), FREIREICH["survival_6_mp"]["values"].items())
def test_remission_on_6_mp(time, expected):
    assert as_printed(survival_at(freireich_curve("6-MP"), float(time)).value, expected) == expected


def test_numbers_at_risk_on_6_mp():
    expected = FREIREICH["at_risk_6_mp"]["values"]
    table = risk_table([freireich_curve("6-MP")], [float(time) for time in expected])
    assert table.at_risk.tolist() == list(expected.values())


@pytest.mark.parametrize("arm", ["6-MP", "placebo"])
def test_median_remission(arm):
    median, expected = median_survival(freireich_curve(arm)), FREIREICH["median"][arm]
    shown = [
        as_printed(value, text) for value, text in zip((median.value, median.low, median.high), expected, strict=True)
    ]
    assert shown == expected


def test_freireich_logrank():
    expected = FREIREICH["logrank"]["statistic"]
    assert as_printed(logrank_test(*freireich_arms(), **ARMS).statistic, expected) == expected


def test_freireich_cox():
    expected = FREIREICH["cox_efron"]["coefficient"]
    assert as_printed(log(hazard_ratio(*freireich_arms(), **ARMS).value), expected) == expected


# ---- six patients


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_six_patients(ties):
    data, expected = PUBLISHED["six_patients"]["data"], PUBLISHED["six_patients"][ties]
    estimate = hazard_ratio(data["time"], data["event"], data["x"], ties=ties, **ARMS)
    ours = {
        "coefficient": log(estimate.value),
        "hazard_ratio": estimate.value,
        "information": estimate.std_error**-2,
    }
    assert {name: as_printed(ours[name], printed) for name, printed in expected.items()} == expected


# ---- acute myelogenous leukaemia


def aml():
    data = PUBLISHED["aml"]["data"]
    return data["time"], data["event"], data["nonmaintained"]


def test_aml_logrank():
    expected = PUBLISHED["aml"]["logrank"]["statistic"]
    assert as_printed(logrank_test(*aml(), **ARMS).statistic, expected) == expected


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_aml_cox(ties):
    expected = PUBLISHED["aml"][ties]
    estimate = hazard_ratio(*aml(), ties=ties, **ARMS)
    assert as_printed(log(estimate.value), expected["coefficient"]) == expected["coefficient"]
    assert as_printed(estimate.std_error, expected["std_error"]) == expected["std_error"]


# ---- a plateau at one half


def plateau():
    data = PUBLISHED["plateau"]["data"]
    return kaplan_meier(data["time"], data["event"])


def test_median_on_a_plateau():
    median, expected = median_survival(plateau()), PUBLISHED["plateau"]["median"]
    assert as_printed(median.value, expected["value"]) == expected["value"]
    assert as_printed(median.low, expected["low"]) == expected["low"]


def test_survival_to_the_end_of_a_plateau_and_past_it():
    """To the end as R; past it as SAS, where R repeats the last value."""
    at_end, expected = survival_at(plateau(), 118), PUBLISHED["plateau"]["survival_at_118"]
    for name in ("value", "low", "high"):
        assert as_printed(getattr(at_end, name), expected[name]) == expected[name]
    assert as_printed(survival_at(plateau(), 120).value, None) == PUBLISHED["plateau"]["survival_at_120"]["value"]


def test_quantiles_on_a_plateau():
    """R goes to the middle of the plateau, SAS finds no median."""
    expected = PUBLISHED["plateau_quantiles"]
    assert as_printed(survival_quantile(plateau(), 0.25).value, expected["quantile_25"]) == expected["quantile_25"]
    midpoint, strict = median_survival(plateau()).value, median_survival(plateau(), plateau="strict").value
    assert as_printed(midpoint, expected["median_midpoint"]) == expected["median_midpoint"]
    assert as_printed(strict, expected["median_strict"]) == expected["median_strict"]


# ---- survival after a heart attack


WHAS = PUBLISHED["whas500"]


def whas500():
    return pd.read_csv(ORACLES / WHAS["data"])


def whas_curve(fibrillation):
    patients = whas500()
    members = patients[patients["AFB"] == int(fibrillation)]
    return kaplan_meier(members["LENFOLY"], members["FSTAT"], conf_type="log", time_unit="years")


@pytest.mark.parametrize("fibrillation", ["0", "1"])
@pytest.mark.parametrize("q", ["0.25", "0.5", "0.75"])
def test_quantiles_of_whas500(fibrillation, q):
    expected = WHAS["quantiles_log_limits"][fibrillation][q]
    ours = survival_quantile(whas_curve(fibrillation), float(q))
    shown = zip((ours.value, ours.low, ours.high), expected, strict=True)
    assert [as_printed(value, printed) for value, printed in shown] == expected


@pytest.mark.parametrize("fibrillation", ["0", "1"])
@pytest.mark.parametrize("year", ["1", "3", "5"])
def test_landmarks_of_whas500(fibrillation, year):
    expected, curve = WHAS["landmarks_log_limits"][fibrillation][year], whas_curve(fibrillation)
    ours, at_risk = survival_at(curve, float(year)), risk_table([curve], [float(year)]).at_risk[0]
    shown = zip((ours.value, ours.std_error, ours.low, ours.high, at_risk), expected, strict=True)
    assert [as_printed(value, printed) for value, printed in shown] == expected


def test_logrank_of_whas500():
    patients = whas500()
    columns = patients["LENFOLY"], patients["FSTAT"], 1 - patients["AFB"]
    plain, stratified = logrank_test(*columns, **ARMS), logrank_test(*columns, strata=patients["GENDER"], **ARMS)
    assert as_printed(plain.statistic, WHAS["logrank"]["statistic"]) == WHAS["logrank"]["statistic"]
    assert as_printed(plain.p_value, WHAS["logrank"]["p_value"]) == WHAS["logrank"]["p_value"]
    expected = WHAS["logrank_by_gender"]["p_value"]
    assert as_printed(stratified.p_value, expected) == expected


# ---- restricted means


def test_restricted_means_of_waltons():
    """The P value of the difference is that of its normal interval."""
    expected = PUBLISHED["waltons"]["restricted_mean_to_10"]
    flies = lifelines.datasets.load_waltons()
    arms = [flies[flies["group"] == group] for group in ("miR-137", "control")]
    new, old = (kaplan_meier(arm["T"], arm["E"], time_unit="days") for arm in arms)
    mean, difference = restricted_mean_survival(new, 10), restricted_mean_difference(new, old, 10)
    p_value = erfc(abs(difference.value / difference.std_error) / sqrt(2))
    ours = {
        "value": mean.value,
        "std_error": mean.std_error,
        "p_of_difference": p_value,
    }
    assert {name: as_printed(value, expected[name]) for name, value in ours.items()} == {
        name: expected[name] for name in ours
    }
