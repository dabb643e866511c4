"""Facts that are none, and facts that cannot hold together: both are named, with their values."""

import numpy as np
import pandas as pd
import pytest

from smmlib.curves.reconstruct import compare_reconstructions, reconstruct, reconstruct_competing, reconstructions
from smmlib.curves.reconstruction.reconstructed import ReconstructionError

pytestmark = pytest.mark.by_hand

CURVE = ([0, 6, 12, 18, 24], [1, 0.9, 0.7, 0.6, 0.537])


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        (([0, 6, 12], [1, 0.5, 0.6]), ["rises", "0.5 at time 6", "0.6 at time 12"]),
        (([0, 6, 12], [0, 0.2, 0.4]), ["rises", "cumulative incidence"]),
        ((np.linspace(0, 60, 61), np.linspace(0, 0.028, 61)), ["rises", "0.028 at time 60", "give 1 minus it"]),
        ((np.linspace(1, 60, 60), np.linspace(0.001, 0.028, 60)), ["rises", "0.028 at time 60", "give 1 minus it"]),
        (([0, 5, 10], [0.02, 0.02, 0.02]), ["0.02 at time 0", "give 1 minus it"]),
        (([0, 5, 10], [0.5, 0.4, 0.3]), ["survival is 0.5 at time 0", "begins at 1"]),
        (([0, 5, 10], [94, 40, 30]), ["survival[0] is 94", "no percent"]),
        (([0], [0.97]), ["ends at time 0"]),
        (([1, 0.9, 0.5], [0, 12, 60]), ["survival[2] is 60", "not near 100", "times first"]),
        (pd.DataFrame({"month": [0, 5], "survival": [1, 0.5]}), ["'month', 'survival'", "none is 'time'"]),
        (([0, 6, 12], [1, 1.3, 0.6]), ["survival[1] is 1.3", "no percent"]),
        (([0, 6, 12], [1, 0.5, -0.3]), ["survival[2] is -0.3", "below 0"]),
        (([-5, 6, 12], [1, 0.5, 0.3]), ["time[0] is -5"]),
        (([0, 6, 12], [1, np.nan, 0.3]), ["curve[1]", "nan"]),
        (([0, 6, 12], [1, 0.3]), ["(3,) times and (2,) values"]),
        (([], []), ["at least one"]),
        ("curve", ["no pair"]),
        (3, ["no pair"]),
    ],
)
def test_curve_that_is_none(curve, words):
    with pytest.raises(ReconstructionError) as error:
        reconstruct(curve, n=100)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"n": 54, "events": 60}, ["events = 60", "54 patients"]),
        ({"n": 54, "events": 40}, ["events = 40", "0.537", "54 patients", "at most 25 events"]),
        ({"n": 54, "events": 0}, ["events = 0", "0.537"]),
        ({"n": 54, "events": 3}, ["events = 3", "falls 4 times"]),
        ({"n": 54, "events": 2.5}, ["events is 2.5", "whole number"]),
        ({"n": 0}, ["n is 0"]),
        ({"n": "54"}, ["n is '54'", "whole number"]),
        ({}, ["n is missing"]),
        ({"n": 100, "risk_table": ([0, 6], [54, 40])}, ["n = 100", "54 patients at time 0"]),
        ({"risk_table": ([0, 6, 12], [54, 30, 40])}, ["30 at risk at time 6", "40 at time 12"]),
        (
            {"risk_table": ([0, 6, 12], [54, 48, 47])},
            ["48 patients", "at 6 months", "47 at 12", "0.9 to 0.7", "11 deaths among 48", "leaves 37."],
        ),
        ({"risk_table": ([0, 8, 20], [54, 46, 46])}, ["46 patients", "at 8 months", "46 at 20", "0.7 to 0.6"]),
        ({"risk_table": ([0, 6, 12], [54, 0, 0])}, ["nobody is at risk at 6 months", "0.537"]),
        ({"risk_table": ([0, 6, 6], [54, 40, 40])}, ["time 6 twice"]),
        ({"risk_table": ([0, 6], [54, 40.5])}, ["risk_table at time 6 is 40.5"]),
        ({"risk_table": ([-1, 6], [54, 40])}, ["the time -1"]),
        ({"n": 54, "censor_times": [-1]}, ["-1"]),
        ({"n": 54, "events": 22, "censor_times": np.arange(40) / 2}, ["40 ticks", "22 events", "leave 32"]),
        ({"n": 54, "median": 6}, ["median = 6 months", "curve"]),
        ({"n": 54, "median": 60}, ["median = 60 months"]),
        ({"n": 54, "landmarks": {12: 0.9}}, ["12 months", "published as 0.9", "0.7"]),
        ({"n": 54, "landmarks": {12: 70}}, ["landmarks[12] is 70"]),
    ],
)
def test_facts_in_conflict(facts, words):
    with pytest.raises(ReconstructionError) as error:
        reconstruct(CURVE, **facts)
    assert [word for word in words if word not in str(error.value)] == []


def test_unknown_method():
    with pytest.raises(ValueError, match="method is 'best': choose one of 'optimised', 'guyot'"):
        reconstruct(CURVE, n=54, method="best")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"n": 54, "events": 22}, "4 points for 22 events"),
        ({"n": 54, "censor_times": [5, 30]}, "tick at 30 months"),
        ({"n": 54, "landmarks": {12: 0.72}}, "published as 0.72"),
        ({"n": 54, "landmarks": {36: 0.5}}, "landmark at 36 months"),
        ({"n": 54, "median": 24.0}, "at the median of 24 months"),
    ],
)
def test_doubt_is_warned_of(facts, words):
    curve = CURVE if "median" not in facts else ([0, 6, 12, 18, 24], [1, 0.9, 0.7, 0.6, 0.51])
    made = reconstruct(curve, **facts)
    assert words in " ".join(made.warnings)
    assert not np.isnan(made.time).any()


def test_rounding_is_no_conflict():
    # Survival of 0.9 leaves 48.6 of 54 patients; 49 at risk is what rounding makes of it.
    made = reconstruct(CURVE, ([0, 6, 12], [54, 49, 30]))
    assert made.quality.at_risk_differences.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("curves", "facts", "words"),
    [
        ({1: ([0, 5], [0, 0.6]), 2: ([0, 5], [0, 0.7])}, {}, ["above 1", "1.3"]),
        ({1: ([0, 5, 6], [0, 0.6, 0.2])}, {}, ["no cumulative incidence"]),
        ({1: ([0, 5], [0, 3])}, {}, ["3", "between 0 and 1"]),
        ({1: ([0, 5], [0, 0.5])}, {"events": {2: 4}}, ["cause 2", "no curve"]),
        ({}, {}, ["mapping"]),
    ],
)
def test_incidences_in_conflict(curves, facts, words):
    with pytest.raises(ReconstructionError) as error:
        reconstruct_competing(curves, n=10, **facts)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize("pixel", [None, 0.1, (0.1, -1), (0.1, np.nan), (1, 2, 3)])
def test_pixel_that_is_none(pixel):
    with pytest.raises(ReconstructionError, match="pixel is"):
        reconstructions(2, 1, CURVE, n=54, pixel=pixel)


@pytest.mark.parametrize("value", ["0.5", float("nan"), -1, float("inf"), True, 0])
def test_published_number_that_is_none(value):
    one = reconstruct(CURVE, n=54)
    with pytest.raises(ReconstructionError, match=r"published\['hazard_ratio'\] is .*: give a"):
        compare_reconstructions(one, one, published={"hazard_ratio": value})


def test_events_and_censoring_that_are_guessed_are_said():
    guessed = [
        any("is a guess: many different tables" in words for words in reconstruct(CURVE, n=54, **facts).warnings)
        for facts in ({}, {"events": 22}, {"censor_times": [24]}, {"risk_table": ([0, 12], [54, 36])})
    ]
    assert guessed == [True, False, False, False]


def test_comparison_of_other_things():
    one = reconstruct(CURVE, n=54)
    with pytest.raises(ReconstructionError, match="published has 'hr': choose from hazard_ratio, median_arm"):
        compare_reconstructions(one, one, published={"hr": 0.5})
    with pytest.raises(ReconstructionError, match="in days"):
        compare_reconstructions(one, reconstruct(CURVE, n=54, time_unit="days"))
    with pytest.raises(ValueError, match="arm is of type int"):
        compare_reconstructions(3, one)
