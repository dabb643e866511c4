"""Reconstruction of patients who are known one by one.

Cases: a curve read off at its steps, at the corners of its steps, at even times; censoring between two deaths and
behind the last; no event at all, nobody left, everybody dead at once; ticks; the median; the method of Guyot;
each thing that cleaning puts right; the KMDATA score; two causes; two arms.
"""

import numpy as np
import pandas as pd
import pytest

from smmlib.curves.reconstruct import compare_reconstructions, reconstruct, reconstruct_competing, reconstructions
from smmlib.curves.reconstruction.points import clean_curve
from smmlib.curves.reconstruction.quality import kmdata_points, kmdata_score

pytestmark = pytest.mark.by_hand

# Four patients: death at 1, censored at 2, death at 3 of the two who are left, censored at 4. S = 3/4, then 3/8.
FOUR = ([0, 1, 3, 4], [1, 0.75, 0.375, 0.375])
CORNERS = ([0, 1, 1, 3, 3, 4], [1, 1, 0.75, 0.75, 0.375, 0.375])


def patients(made):
    return list(zip(made.time.tolist(), made.event.tolist(), strict=True))


@pytest.mark.parametrize("curve", [FOUR, CORNERS])
@pytest.mark.parametrize(
    ("facts", "censored"), [({}, 2), ({"events": 2}, 2), ({"risk_table": ([0, 2.5], [4, 2])}, 1.75)]
)
def test_four_patients(curve, facts, censored):
    """The first censoring is in the middle of the time in which it must be."""
    made = reconstruct(curve, n=4, arm="new", **facts)
    assert patients(made) == [(1, True), (censored, False), (3, True), (4, False)]
    assert made.arm == "new"
    assert made.quality.largest_absolute_error < 1e-12
    assert made.quality.rmse < 1e-12
    assert made.quality.integrated_absolute_error < 1e-12


def test_censoring_at_its_tick():
    made = reconstruct(CORNERS, n=4, censor_times=[1.25, 4])
    assert patients(made) == [(1, True), (1.25, False), (3, True), (4, False)]


def test_events_between_points_at_even_times():
    # Of ten patients two die in (1, 2] and nobody is censored: they are spread over the second month.
    made = reconstruct(([0, 1, 2, 3], [1, 1, 0.8, 0.8]), n=10, events=2)
    deaths = made.time[made.event]
    assert len(deaths) == 2
    assert 1 < deaths[0] < deaths[1] < 2
    assert made.time[~made.event].max() == 3


def test_nobody_is_followed_behind_the_curve_to_an_empty_risk_table():
    # One of ten dies, three leave before 12; the table is empty at 24, but the curve ends at 15 already.
    made = reconstruct(([0, 10, 15], [1, 0.9, 0.9]), risk_table=([0, 12, 24], [10, 6, 0]), events=1)
    assert (made.time >= 12).sum() == 6
    assert made.time.max() == 15
    assert made.warnings == ()
    assert made.quality.at_risk_differences.tolist() == [0, 0, 0]


def test_patients_at_risk_behind_the_curve_are_followed_there_and_it_is_said():
    made = reconstruct(([0, 10, 15], [1, 0.9, 0.9]), risk_table=([0, 12, 24, 36], [10, 6, 2, 0]), events=1)
    assert made.time[-2:].tolist() == [24, 24]
    assert "2 at risk at 24 months, behind the last point of the curve, 15" in made.warnings[0]


def test_columns_of_a_data_frame_are_taken_by_name():
    curve = pd.DataFrame({"survival": FOUR[1], "point": range(4), "time": FOUR[0]})
    made = reconstruct(curve, risk_table=pd.DataFrame({"at_risk": [4, 2], "time": [0, 2.5]}))
    assert patients(made) == [(1, True), (1.75, False), (3, True), (4, False)]


@pytest.mark.parametrize(("start", "first"), [(0.95, "(0, 0.95)"), (97, "(0, 0.97)")])
def test_curve_that_begins_a_little_off_one(start, first):
    scale = 100 if start > 1 else 1
    made = reconstruct(([0, 5, 10], [start, 0.8 * scale, 0.6 * scale]), n=20)
    assert f"The first point was {first}: (0, 1) put before it." in made.cleaned


def test_one_point_is_a_curve():
    made = reconstruct(([10], [0.5]), n=4, events=2)
    assert made.event.sum() == 2


def test_median_is_given_back():
    # Of four, one dies between 1 and 2, and two between 2 and 3: survival is one half between those two.
    made = reconstruct(([0, 1, 2, 3, 4], [1, 1, 0.75, 0.25, 0.25]), n=4, median=2.4)
    assert made.quality.median_difference == 0
    assert 2.4 in made.time[made.event]


def test_no_event_at_all():
    made = reconstruct(([0, 5, 10], [1, 1, 1]), n=3, events=0)
    assert made.event.tolist() == [False, False, False]
    assert made.time.max() == 10


@pytest.mark.parametrize("method", ["optimised", "guyot"])
def test_everybody_dies_at_once(method):
    made = reconstruct(([0, 2, 2], [1, 1, 0]), n=5, events=5, method=method)
    assert patients(made) == [(2, True)] * 5


@pytest.mark.parametrize("events", [None, 31])
def test_flat_tail_keeps_its_patients_alive(events):
    """54 points, S(36) = 0.537, the last death by month 12, heavy censoring: no death is invented behind it."""
    time = np.linspace(0, 36, 54)
    table = ([0, 6, 12, 18, 24, 30], [80, 60, 40, 24, 12, 5])
    made = reconstruct((time, np.maximum(1 - 0.463 * time / 12, 0.537)), table, events)
    assert not np.any(made.event & (made.time > 12.3))
    assert made.quality.at_risk_differences.tolist() == [0] * 6


def test_guyot_on_four_patients():
    # Of 4, one dies at 1; one is censored before the table's time of 2, at the one point there; one of 2 dies at 3.
    made = reconstruct(FOUR, ([0, 2], [4, 2]), events=2, method="guyot")
    assert made.time[made.event].tolist() == [1, 3]
    assert made.quality.at_risk_differences.tolist() == [0, 0]
    assert "Guyot" in made.method


def test_method_says_what_was_used():
    made = reconstruct(CORNERS, ([0, 2.5], [4, 2]), 2, [2, 4], median=3.0, landmarks={2: 0.75})
    for words in ("2 numbers at risk", "2 events", "2 censoring ticks", "the median", "1 landmark", "4 patients"):
        assert words in made.method


# ---- cleaning


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        (([0, 1, 3, 4], [100, 75, 37.5, 37.5]), "percent"),
        (([3, 0, 4, 1], [0.375, 1, 0.375, 0.75]), "order of time"),
        (([0, 1, 1, 3, 4], [1, 0.75, 0.75, 0.375, 0.375]), "given twice"),
        (([1, 3, 4], [0.75, 0.375, 0.375]), "(0, 1) put before"),
        (([-0.01, 1, 3, 4], [1, 0.75, 0.375, 0.375]), "before time 0"),
        (([0, 1, 3, 4], [1.01, 0.75, 0.375, 0.375]), "above 1"),
    ],
)
def test_cleaning_is_said_and_changes_nothing(curve, words):
    made = reconstruct(curve, n=4)
    assert patients(made) == [(1, True), (2, False), (3, True), (4, False)]
    assert words in " ".join(made.cleaned)


def test_points_that_rise_a_little_are_pooled():
    cleaned = clean_curve(([0, 1, 2, 3], [1, 0.5, 0.51, 0.4]))
    assert cleaned.falling.tolist() == [1, 0.505, 0.505, 0.4]
    assert "1 point rose, by at most 0.01" in cleaned.cleaned[0]


def test_inside_of_a_vertical_step_is_left_out():
    cleaned = clean_curve(([0, 1, 1, 1, 1], [1, 1, 0.7, 0.8, 0.7]))
    assert cleaned.time.tolist() == [0, 1, 1]
    assert cleaned.survival.tolist() == [1, 1, 0.7]


# ---- quality


def test_quality_by_hand():
    quality = reconstruct(FOUR, n=4, events=2, median=3.0).quality
    assert quality.kmdata_points == {"events": 3, "median": 3}
    assert quality.kmdata_score == 100
    assert quality.event_difference == 0


@pytest.mark.parametrize(
    ("value", "points"), [(100, 3), (105, 3), (106, 2), (90, 2), (111, 1), (120, 1), (121, 0), (70, 0)]
)
def test_kmdata_points(value, points):
    assert kmdata_points(value, 100) == points


def test_kmdata_score_is_a_share_of_what_can_be_reached():
    assert kmdata_score({"events": 3, "median": 0}) == 50
    assert np.isnan(kmdata_score({}))


# ---- competing risks, two arms, ensemble


def test_two_causes():
    # Four patients: cause 1 at 1, censored at 2, cause 2 at 3, censored at 4: F1 = 1/4, F2 = 3/4 / 2.
    curves = {"relapse": ([0, 1, 3, 4], [0, 0.25, 0.25, 0.25]), "death": ([0, 1, 3, 4], [0, 0, 0.375, 0.375])}
    made = reconstruct_competing(curves, n=4, events={"relapse": 1, "death": 1})
    assert made.causes == ("relapse", "death")
    assert made.time.tolist() == [1, 2, 3, 4]
    assert made.cause.tolist() == [1, 0, 2, 0]
    assert made.event_differences == (0, 0)
    assert max(made.incidence_errors) < 1e-12


def test_two_arms_against_the_paper():
    one = reconstruct(FOUR, n=4, events=2, arm="new", median=3.0)
    other = reconstruct(([0, 1, 2, 4], [1, 0.5, 0.25, 0.25]), n=4, events=3, arm="old")
    said = {"median_arm": 3.0, "median_reference": 2.0, "survival_arm_2": 0.75}
    both = compare_reconstructions(one, other, published=said, tau=2, landmarks=(2,))
    numbers = {number.name: number for number in both.numbers}
    assert numbers["survival_arm_2"].difference == 0
    # Survival is exactly one half from 1 to 2, so the median is their middle.
    assert numbers["median_reference"].difference == -0.5
    assert numbers["restricted_mean_reference"].estimate.value == 1.5
    assert (both.hazard_ratio.arm, both.hazard_ratio.n, both.hazard_ratio.events) == ("new", 8, 5)
    # Events of both arms and the median of the arm 3 points each, that of the reference, a quarter off, none.
    assert both.kmdata_score == 100 * 9 / 12


def test_ensemble_of_an_exact_curve():
    made = reconstructions(3, 1, CORNERS, n=4, events=2, pixel=(0, 0))
    assert len(made) == 3
    for one in made:
        assert one.time[one.event].tolist() == [1, 3]
        assert np.sum(one.time >= 3) == 2
    assert len({one.time[1] for one in made}) == 3
