"""What holds for every reconstruction, whatever the patients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reconstruction_curves import drawn_curve, table_of

from smmlib.curves.reconstruct import reconstruct
from smmlib.curves.reconstruction.reconstructed import ReconstructionError

pytestmark = pytest.mark.invariant

reproducible = settings(deadline=None, derandomize=True, max_examples=25, database=None)


@st.composite
def figures(draw):
    """Patients with ties, and their curve at even times, at its steps or at a few times."""
    size = draw(st.integers(3, 40))
    latest = draw(st.sampled_from([5, 40, 400]))
    time = np.array(draw(st.lists(st.integers(1, latest), min_size=size, max_size=size)), dtype=float)
    event = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    kind = draw(st.sampled_from(["even", "steps", "few"]))
    at = {
        "even": np.linspace(0, time.max(), 50),
        "steps": np.unique(np.concatenate([[0, time.max()], time[event]])),
        "few": np.linspace(0, time.max(), 4),
    }[kind]
    noise = draw(st.sampled_from([0.0, 0.001]))
    curve_time, survival = drawn_curve(time, event, at)
    survival = survival + noise * np.sin(np.arange(len(at)) * 7.0) * (np.arange(len(at)) > 0)
    return time, event, (curve_time, np.clip(survival, 0, 1))


@given(figures(), st.booleans(), st.booleans())
@reproducible
def test_all_that_is_published_is_given_back(figure, with_table, with_events):
    time, event, curve = figure
    table = table_of(time, np.array([0, 0.26, 0.51, 0.76]) * time.max()) if with_table else None
    made = reconstruct(curve, table, int(event.sum()) if with_events else None, n=len(time))
    assert len(made.time) == len(made.event) == len(time)
    assert np.all(np.diff(made.time) >= 0)
    assert np.all((made.time >= 0) & (made.time <= curve[0][-1] + 1e-9))
    if with_events:
        assert made.event.sum() == event.sum()
    if with_table:
        assert table_of(made.time, table[0])[1].tolist() == table[1].tolist()
    assert np.isfinite([made.quality.rmse, made.quality.integrated_absolute_error]).all()


@given(figures(), st.randoms(use_true_random=False))
@reproducible
def test_order_of_the_points_does_not_matter(figure, random):
    time, event, (at, survival) = figure
    order = list(range(len(at)))
    random.shuffle(order)
    first = reconstruct((at, survival), events=int(event.sum()), n=len(time))
    second = reconstruct((at[order], survival[order]), events=int(event.sum()), n=len(time))
    assert first.time.tolist() == second.time.tolist()
    assert first.event.tolist() == second.event.tolist()


@given(figures(), st.sampled_from(["optimised", "guyot"]))
@reproducible
def test_percent_is_a_proportion(figure, method):
    time, _, (at, survival) = figure
    first = reconstruct((at, survival), n=len(time), method=method)
    second = reconstruct(np.column_stack([at, survival * 100]), n=len(time), method=method)
    assert second.time == pytest.approx(first.time)
    assert second.event.sum() == first.event.sum()


@given(figures(), st.integers(1, 60), st.integers(0, 60))
@reproducible
def test_wrong_facts_end_in_patients_or_in_an_error(figure, n, events):
    """Whatever is claimed, it ends: with n patients, or with the two facts in conflict."""
    _, _, curve = figure
    try:
        made = reconstruct(curve, ([0, curve[0][-1] / 2], [n, n // 3]), events)
    except ReconstructionError:
        return
    assert len(made.time) == n
    assert not np.isnan(made.time).any()
    assert made.event.sum() == events


@pytest.mark.parametrize(("more", "moved", "told"), [(0, 0, False), (8, 0, True), (0, 8, True), (0, -8, True)])
def test_a_wrong_total_or_number_at_risk_shows_in_the_warnings(more, moved, told):
    random = np.random.default_rng(77)
    event_time, censored = 24 * random.weibull(1.2, 100), random.uniform(12, 48, 100)
    time, event = np.minimum(event_time, censored), event_time <= censored
    times, at_risk = table_of(time, [0, 12, 24, 36])
    curve = drawn_curve(time, event, np.linspace(0, time.max(), 100))
    made = reconstruct(curve, (times, at_risk + np.array([0, 0, moved, 0])), int(event.sum()) + more)
    assert any("miss the curve" in words and "KMDATA score of 100" in words for words in made.warnings) == told
