"""The incidence rate: closed forms, tails of the Poisson distribution summed term by term, statsmodels, R, refusals."""

from math import exp, factorial, fsum, log, sqrt

import numpy as np
import pandas as pd
import pytest
from expectations import approx_within, refused
from r_program import Agreement, r_is_here, run_r
from scipy.optimize import brentq
from skip_reasons import R_IS_MISSING
from statsmodels.stats.rates import confint_poisson

from smmlib import incidence_rate

approx = approx_within(rel=1e-12, scale=1e-15)
CASES = [
    (events, total, level)
    for events in (0, 1, 2, 7, 41, 154)
    for total in (0.25, 12.0, 1234.5)
    for level in (0.9, 0.95, 0.99)
]


def of(events, total, **options):
    """As many patients as events and three more, who share the time at risk."""
    patients = events + 3
    return incidence_rate([total / patients] * patients, [1] * events + [0] * 3, **options)


@pytest.mark.by_hand
def test_four_patients():
    """Two of four have the event, after 0.5 and 1.5 years; the others are followed for 3 and 5: 2 in 10 years."""
    rate = incidence_rate([0.5, 1.5, 3, 5], [True, True, False, False], arm="new")
    assert (rate.value, rate.std_error) == approx((20, 100 * sqrt(2) / 10))
    assert (rate.n, rate.events, rate.arm, rate.unit) == (4, 2, "new", "per 100 patient-years")
    assert rate.method == "Patients with a first event per 100 patient-years, exact Poisson 95 % interval"


@pytest.mark.by_hand
def test_no_event():
    """The upper limit is the mean with which nothing is seen with probability 0.025; there is no lower one but 0."""
    rate = of(0, 10)
    assert (rate.value, rate.low, rate.high) == approx((0, 0, -100 * log(0.025) / 10))


@pytest.mark.by_hand
def test_one_event():
    """The lower limit is the mean with which something is seen with probability 0.025."""
    assert of(1, 10).low == approx(-100 * log(0.975) / 10)


@pytest.mark.by_hand
def test_nobody_at_risk_is_not_estimable():
    rate = incidence_rate([0, 0], [0, 0])
    assert np.isnan([rate.value, rate.low, rate.high]).all()
    assert rate.method.endswith(": not estimable, nobody was at risk for any time")


@pytest.mark.by_hand
def test_another_unit_of_time():
    rate = incidence_rate([2, 3], [1, 0], time_unit="months", conf_level=0.9)
    assert (rate.value, rate.unit) == (approx(20), "per 100 patient-months")
    assert rate.method == "Patients with a first event per 100 patient-months, exact Poisson 90 % interval"


@pytest.mark.invariant
def test_order_of_the_patients_changes_no_digit():
    time, event = np.random.default_rng(1).random(50) * 3, np.arange(50) % 3 == 0
    order = np.random.default_rng(2).permutation(50)
    assert repr(incidence_rate(time, event)) == repr(incidence_rate(time[order], event[order]))


@pytest.mark.independent
@pytest.mark.parametrize(("events", "total", "level"), [case for case in CASES if case[0] < 50])
def test_limits_are_where_the_tails_are(events, total, level):
    tail = (1 - level) / 2

    def at_most(count, mean):
        return exp(-mean) * fsum(mean**k / factorial(k) for k in range(count + 1))

    high = brentq(lambda mean: at_most(events, mean) - tail, 0, events + 60, xtol=1e-14, rtol=1e-14)
    low = brentq(lambda mean: 1 - at_most(events - 1, mean) - tail, 0, events + 1, xtol=1e-14) if events else 0
    rate = of(events, total, conf_level=level)
    assert (rate.value, rate.low, rate.high) == approx([100 * x / total for x in (events, low, high)], rel=1e-10)


@pytest.mark.other_package
@pytest.mark.parametrize(("events", "total", "level"), CASES)
def test_limits_are_those_of_statsmodels(events, total, level):
    rate = of(events, total, conf_level=level)
    low, high = confint_poisson(events, total, method="exact-c", alpha=1 - level)
    assert (rate.low, rate.high) == approx((100 * np.nan_to_num(low), 100 * high), rel=1e-10)


@pytest.mark.other_package
@pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)
def test_limits_are_those_of_r(tmp_path):
    rates = pd.DataFrame(CASES, columns=["events", "total", "level"])
    rates.insert(0, "table", [f"case {number}" for number in range(len(CASES))])
    theirs, agreement = run_r("incidence", tmp_path, rates=rates), Agreement()
    for name, (events, total, level) in zip(rates["table"], CASES, strict=True):
        rate, row = of(events, total, conf_level=level), theirs[name, "rate", ""].iloc[0]
        for field in ("value", "low", "high"):
            agreement.add(f"{name} {field}", getattr(rate, field) / 100, row[field])
    assert agreement.compared == 3 * len(CASES)
    agreement.check()


@pytest.mark.by_hand
def test_wrong_arguments_are_refused():
    with refused("time[1] is -1: a time is a finite number, zero or more."):
        incidence_rate([1, -1], [0, 0])
    with refused("event[0] is 2: code it as True/False or as 1/0."):
        incidence_rate([1, 2], [2, 0])
    with refused("event has shape (1,), but time has 2 patients: give one value a patient."):
        incidence_rate([1, 2], [1])
    with refused("conf_level is 95: give a number between 0 and 1, such as 0.95."):
        incidence_rate([1, 2], [1, 0], conf_level=95)
