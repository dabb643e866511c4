"""Reconstruction from curves of real patients, drawn and measured by definition."""

from functools import cache

import numpy as np
import pytest
from reconstruction_curves import (
    drawn_curve,
    flat_tail,
    incidence_by_definition,
    survival_by_definition,
    table_of,
    veteran,
)

from smmlib import hazard_ratio
from smmlib.curves.reconstruct import reconstruct, reconstruct_competing, reconstructions

pytestmark = pytest.mark.independent

PIXEL = 1 / 1200
"""Of a figure of 300 dots an inch whose axis is 4 inches high."""


@cache
def veteran_arm(treatment, noise, with_table):
    """Truth and reconstruction of one arm: 120 points at even times, six numbers at risk, the total of events."""
    time, event = veteran(treatment)
    at, survival = drawn_curve(time, event, np.linspace(0, time.max(), 120))
    survival = np.append(1.0, survival[1:] + np.random.default_rng(treatment).uniform(-noise, noise, 119))
    table = table_of(time, np.linspace(0, time.max(), 7)[:6]) if with_table else None
    made = reconstruct((at, np.clip(survival, 0, 1)), table, int(event.sum()), n=len(time), time_unit="days")
    return time, event, made


def log_hazard_ratio(one, other):
    times, events = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    in_arm = np.arange(len(times)) < len(one[0])
    return np.log(hazard_ratio(times, events, in_arm, arm="1", reference="2").value)


@pytest.mark.parametrize(
    ("noise", "with_table", "most"), [(0, True, 0.005), (PIXEL, True, 0.02), (0, False, 0.02), (PIXEL, False, 0.05)]
)
def test_hazard_ratio_of_the_veterans(noise, with_table, most):
    arms = [veteran_arm(treatment, noise, with_table) for treatment in (1, 2)]
    true = log_hazard_ratio(*[(time, event) for time, event, _ in arms])
    ours = log_hazard_ratio(*[(made.time, made.event) for _, _, made in arms])
    assert abs(ours - true) < most


@pytest.mark.parametrize("treatment", [1, 2])
@pytest.mark.parametrize(("noise", "most"), [(0, 1e-4), (PIXEL, 0.001)])
def test_curve_of_the_veterans(treatment, noise, most):
    time, event, made = veteran_arm(treatment, noise, True)
    at = np.linspace(0, time.max(), 120)
    errors = [
        abs(survival_by_definition(made.time, made.event, moment) - survival_by_definition(time, event, moment))
        for moment in at
    ]
    assert np.mean(errors) < most
    assert made.event.sum() == event.sum()
    assert (
        table_of(made.time, made.quality.at_risk_times)[1].tolist()
        == table_of(time, made.quality.at_risk_times)[1].tolist()
    )


def test_quality_by_definition():
    _, _, made = veteran_arm(1, PIXEL, True)
    time, event = veteran(1)
    at, survival = drawn_curve(time, event, np.linspace(0, time.max(), 120))
    made = reconstruct((at, survival), table_of(time, [0, 200]), method="guyot")
    errors = np.array(
        [abs(survival_by_definition(made.time, made.event, t) - s) for t, s in zip(at, survival, strict=True)]
    )
    quality = made.quality
    assert quality.rmse == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-9)
    assert quality.mean_absolute_error == pytest.approx(errors.mean(), rel=1e-9)
    assert quality.largest_absolute_error == pytest.approx(errors.max(), rel=1e-9)
    area = sum((at[i + 1] - at[i]) * (errors[i] + errors[i + 1]) / 2 for i in range(len(at) - 1))
    assert quality.integrated_absolute_error == pytest.approx(area / at[-1], rel=1e-9)
    assert (
        quality.at_risk_differences.tolist()
        == (table_of(made.time, [0, 200])[1] - table_of(time, [0, 200])[1]).tolist()
    )


@pytest.mark.parametrize("facts", [("table",), ("events",), ("table", "events"), ("ticks",), ("ticks", "events"), ()])
def test_flat_tail(facts):
    """No death is invented behind the last one, whatever else is known."""
    time, event = flat_tail()
    curve = drawn_curve(time, event, np.linspace(0, 36, 54))
    known = {
        "risk_table": table_of(time, [0, 6, 12, 18, 24, 30]) if "table" in facts else None,
        "events": int(event.sum()) if "events" in facts else None,
        "censor_times": time[~event] if "ticks" in facts else None,
    }
    made = reconstruct(curve, n=200, **known)
    assert not np.any(made.event & (made.time > 16.5))
    assert made.quality.largest_absolute_error < 0.001
    if facts:
        assert made.event.sum() == event.sum()


def test_two_causes():
    random = np.random.default_rng(8)
    first, second, leaves = random.exponential(20, 90), random.exponential(30, 90), random.uniform(5, 36, 90)
    time = np.minimum(np.minimum(first, second), leaves)
    cause = np.where(time == first, 1, np.where(time == second, 2, 0))
    at = np.linspace(0, time.max(), 100)
    curves = {of: (at, [incidence_by_definition(time, cause, of, moment) for moment in at]) for of in (1, 2)}
    events = {of: int(np.sum(cause == of)) for of in (1, 2)}
    made = reconstruct_competing(curves, table_of(time, [0, 6, 12, 18]), events)
    assert [int(np.sum(made.cause == of)) for of in (1, 2)] == list(events.values())
    for place, (of, (_, incidence)) in enumerate(curves.items()):
        ours = [incidence_by_definition(made.time, made.cause, of, moment) for moment in at]
        largest = np.abs(np.array(ours) - incidence).max()
        assert largest < 0.005
        assert made.incidence_errors[place] == pytest.approx(largest, rel=1e-6, abs=1e-12)


def test_ensemble_stays_near_its_curve():
    time, event = veteran(1)
    curve = drawn_curve(time, event, np.linspace(0, time.max(), 60))
    table = table_of(time, [0, 100, 200, 300])
    made = reconstructions(4, 7, curve, table, int(event.sum()), pixel=(0.5, PIXEL), time_unit="days")
    again = reconstructions(4, 7, curve, table, int(event.sum()), pixel=(0.5, PIXEL), time_unit="days")
    for one, other in zip(made, again, strict=True):
        assert one.time.tolist() == other.time.tolist()
        assert one.event.sum() == event.sum()
        assert table_of(one.time, [0, 100, 200, 300])[1].tolist() == table[1].tolist()
        off = [survival_by_definition(one.time, one.event, t) - s for t, s in zip(*curve, strict=True)]
        assert np.mean(np.abs(off)) < 0.01
    assert len({tuple(one.time) for one in made}) == 4


@pytest.mark.parametrize("treatment", [1, 2])
def test_survival_in_whole_percent_is_no_contradiction(treatment):
    """What rounding takes from a point is not held against the numbers at risk: half a percent at each."""
    time, event = veteran(treatment)
    at, survival = drawn_curve(time, event, np.linspace(0, time.max(), 120))
    table = table_of(time, np.linspace(0, time.max(), 7)[:-1])
    made = reconstruct((at, np.round(survival, 2)), risk_table=table, events=int(sum(event)))
    assert made.event.sum() == sum(event)
    again = [survival_by_definition(made.time, made.event, moment) for moment in at]
    assert np.abs(again - survival).mean() < 0.005
