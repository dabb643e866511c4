"""Columns of every type that pandas and numpy know: right as plain numbers and labels are, or refused by name."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from smmlib import (
    cause_specific_hazard_ratio,
    cochran_mantel_haenszel_test,
    cox_regression,
    cumulative_incidence,
    event_time_shift,
    extreme_follow_up,
    gray_test,
    hazard_ratio,
    hazard_ratio_test,
    incidence_rate,
    interval_censored_test,
    kaplan_meier,
    landmark_hazard_ratio,
    logrank_test,
    maxcombo_test,
    median_follow_up,
    odds_ratio_interaction_test,
    piecewise_hazard_ratios,
    reference_based_hazard_ratio,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
    subgroup_hazard_ratios,
    survival_at,
    time_dependent_response_hazard_ratio,
    tipping_point,
    turnbull,
    weighted_logrank_test,
)

pytestmark = pytest.mark.invariant

NAMES = {"arm": "new", "reference": "old"}
SIZE = 12
PLAIN = {
    "time": np.array([4, 9, 2, 7, 5, 11, 3, 8, 6, 12, 2, 10]),
    "event": np.array([1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1]),
    "in_arm": np.array([1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1]),
    "strata": np.array([3, 10, 3, 10, 10, 3, 10, 3, 10, 3, 3, 10]),
    "subgroup": np.array([3, 10, 3, 10, 10, 3, 10, 3, 10, 3, 3, 10]),
    "cluster": np.array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]),
    "entry": np.array([1, 2, 0, 3, 0, 1, 0, 4, 1, 2, 0, 5]),
    "weights": np.array([1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 1, 1]),
    "cause": np.array([1, 0, 2, 1, 1, 0, 1, 0, 2, 1, 0, 1]),
    "left": np.array([4, 9, 2, 7, 5, 11, 3, 8, 6, 12, 2, 10]),
    "right": np.array([5, 12, 4, 7, 9, 13, 5, 9, 8, 14, 4, 11]),
    "response_time": np.array([1, 5, 1, 2, 3, 2, 1, 4, 5, 20, 20, 1]),
    "responded": np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1]),
    "followed_until": np.full(SIZE, 13),
    "x": np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]),
}
NUMBERS = {"time", "entry", "weights", "left", "right", "response_time", "followed_until", "x"}
INDICATORS = {"event", "in_arm", "responded"}
LABELS = {"strata", "subgroup", "cluster"}


def of(verb, *columns, **fixed):
    """The columns that a verb takes by place, then those by name, and a call of it."""
    by_place = [name for name in columns if not name.endswith("=")]
    by_name = [name.removesuffix("=") for name in columns if name.endswith("=")]

    def call(given):
        return verb(*(given[name] for name in by_place), **{name: given[name] for name in by_name}, **fixed)

    return [*by_place, *by_name], call


ARMS = ("time", "event", "in_arm")
IMPUTED = {"imputations": 2, "seed": 1}
VERBS = {
    "kaplan_meier": of(kaplan_meier, "time", "event", "entry=", "weights="),
    "median_follow_up": of(median_follow_up, "time", "event", estimator="survivors"),
    "extreme_follow_up": of(extreme_follow_up, "time", "event", which="longest", estimator="observed"),
    "logrank_test": of(logrank_test, *ARMS, "strata=", "entry=", "weights=", **NAMES),
    "weighted_logrank_test": of(weighted_logrank_test, *ARMS, "strata=", weighting="gehan", **NAMES),
    "maxcombo_test": of(maxcombo_test, *ARMS, weightings=["gehan", "peto"], seed=1, **NAMES),
    "hazard_ratio": of(hazard_ratio, *ARMS, "strata=", "entry=", **NAMES),
    "hazard_ratio_test": of(hazard_ratio_test, *ARMS, "strata=", kind="score", **NAMES),
    "subgroup_hazard_ratios": of(subgroup_hazard_ratios, *ARMS, "subgroup", "entry=", **NAMES),
    "piecewise_hazard_ratios": of(piecewise_hazard_ratios, *ARMS, "strata=", cuts=[6], **NAMES),
    "cumulative_incidence": of(cumulative_incidence, "time", "cause", "entry=", of=1),
    "gray_test": of(gray_test, "time", "cause", "in_arm", "strata=", of=1, **NAMES),
    "cause_specific_hazard_ratio": of(cause_specific_hazard_ratio, "time", "cause", "in_arm", of=1, **NAMES),
    "incidence_rate": of(incidence_rate, "time", "event"),
    "turnbull": of(turnbull, "left", "right"),
    "interval_censored_test": of(interval_censored_test, "left", "right", "in_arm", "strata=", **NAMES),
    "landmark_hazard_ratio": of(landmark_hazard_ratio, "time", "event", "response_time", "strata=", landmark=3),
    "time_dependent": of(time_dependent_response_hazard_ratio, "time", "event", "response_time"),
    "tipping_point": of(tipping_point, *ARMS, "followed_until=", "strata=", deltas=[2], **IMPUTED, **NAMES),
    "reference_based": of(reference_based_hazard_ratio, *ARMS, "followed_until=", **IMPUTED, **NAMES),
    "event_time_shift": of(event_time_shift, *ARMS, "strata=", shifts=[1], shifted="new", **NAMES),
    "stratified_rate_difference": of(stratified_rate_difference, "responded", "in_arm", "strata", **NAMES),
    "stratified_rate_ratio": of(stratified_rate_ratio, "responded", "in_arm", "strata", **NAMES),
    "stratified_odds_ratio": of(stratified_odds_ratio, "responded", "in_arm", "strata", **NAMES),
    "cochran_mantel_haenszel_test": of(cochran_mantel_haenszel_test, "responded", "in_arm", "strata", **NAMES),
    "odds_ratio_interaction_test": of(odds_ratio_interaction_test, "responded", "in_arm", "subgroup", **NAMES),
    "cox_regression": (
        ["time", "event", "x", "strata", "entry", "cluster"],
        lambda given: cox_regression(
            given["time"],
            given["event"],
            {"x": given["x"]},
            **{name: given[name] for name in ("strata", "entry", "cluster")},
        ),
    ),
}
CASES = [(verb, name) for verb, (names, _) in VERBS.items() for name in names]

SAME_NUMBERS = {
    "list": lambda plain: plain.tolist(),
    "tuple": lambda plain: tuple(plain.tolist()),
    "int8": lambda plain: plain.astype(np.int8),
    "uint64": lambda plain: plain.astype(np.uint64),
    "float": lambda plain: plain.astype(float),
    "float32": lambda plain: plain.astype(np.float32),
    "object": lambda plain: plain.astype(object),
    "Decimal": lambda plain: [Decimal(int(value)) for value in plain],
    "Fraction": lambda plain: pd.Series([Fraction(int(value)) for value in plain]),
    "Series": pd.Series,
    "Index": pd.Index,
    "Int64": lambda plain: pd.array(plain, dtype="Int64"),
    "Float64": lambda plain: pd.Series(plain, dtype="Float64"),
    "int64[pyarrow]": lambda plain: pd.Series(plain, dtype="int64[pyarrow]"),
    "Sparse": lambda plain: pd.Series(plain).astype("Sparse[int]"),
    "masked": lambda plain: np.ma.masked_array(plain, mask=np.zeros(len(plain), dtype=bool)),
}
CATEGORIES = {
    "Categorical": pd.Categorical,
    "Categorical, other order": lambda plain: pd.Categorical(plain, categories=np.unique(plain)[::-1]),
    "Categorical, ordered": lambda plain: pd.Series(pd.Categorical(plain, np.unique(plain)[::-1], ordered=True)),
    "dictionary[pyarrow]": lambda plain: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(plain).dictionary_encode())),
}
SAME_INDICATORS = {
    "bool": lambda plain: plain == 1,
    "bool, object": lambda plain: (plain == 1).astype(object),
    "boolean": lambda plain: pd.array(plain == 1, dtype="boolean"),
    "bool[pyarrow]": lambda plain: pd.Series(plain == 1, dtype="bool[pyarrow]"),
    "Categorical, bool": lambda plain: pd.Categorical(plain == 1, categories=[True, False]),
}
SAME_LABELS = {
    "str": lambda plain: np.char.zfill(plain.astype(str), 2),
    "str, object": lambda plain: pd.Series(np.char.zfill(plain.astype(str), 2).astype(object)),
    "string": lambda plain: pd.Series(np.char.zfill(plain.astype(str), 2), dtype="string"),
    "string[pyarrow]": lambda plain: pd.Series(np.char.zfill(plain.astype(str), 2), dtype="string[pyarrow]"),
    "Categorical, str": lambda plain: pd.Categorical(
        plain.astype(str), categories=["1", "2", "3", "4", "5", "6", "10"]
    ),
    "datetime": lambda plain: pd.to_datetime("2020-01-01") + pd.to_timedelta(plain, unit="D"),
    "timedelta": lambda plain: pd.Series(pd.to_timedelta(plain, unit="D")),
    "datetime, categories": lambda plain: pd.Categorical(np.datetime64("2020-01-01") + plain),
    "date": lambda plain: (np.datetime64("2020-01-01") + plain).astype(object),
}
NO_NUMBERS = {
    "str": lambda plain: plain.astype(str),
    "str, object": lambda plain: plain.astype(str).astype(object),
    "string": lambda plain: pd.Series(plain.astype(str), dtype="string"),
    "string[pyarrow]": lambda plain: pd.Series(plain.astype(str), dtype="string[pyarrow]"),
    "bytes": lambda plain: plain.astype(bytes),
    "Categorical, str": lambda plain: pd.Categorical(plain.astype(str)),
    "datetime": lambda plain: pd.to_datetime("2020-01-01") + pd.to_timedelta(plain, unit="D"),
    "datetime, zone": lambda plain: pd.Series(
        pd.to_datetime("2020-01-01", utc=True) + pd.to_timedelta(plain, unit="D")
    ),
    "timedelta": lambda plain: pd.Series(pd.to_timedelta(plain, unit="D")),
    "duration[pyarrow]": lambda plain: pd.Series(pd.to_timedelta(plain, unit="D")).astype("duration[us][pyarrow]"),
    "Period": lambda plain: pd.period_range("2020-01", periods=len(plain), freq="M"),
    "Interval": lambda plain: pd.cut(plain, [-1, 0, 1, 2, 30]),
    "complex": lambda plain: plain.astype(complex),
}
MISSING = {
    "None": lambda plain: [None, *plain.tolist()[1:]],
    "nan": lambda plain: [np.nan, *plain.tolist()[1:]],
    "Int64": lambda plain: pd.array([None, *plain[1:]], dtype="Int64"),
    "int64[pyarrow]": lambda plain: pd.Series([None, *plain[1:]], dtype="int64[pyarrow]"),
    "NA": lambda plain: pd.Series([pd.NA, *plain[1:]]),
    "NaT": lambda plain: pd.Series([pd.NaT, *plain[1:]], dtype=object),
    "masked": lambda plain: np.ma.masked_array(plain, mask=np.arange(len(plain)) == 0),
    "Categorical": lambda plain: pd.Categorical([None, *plain[1:]]),
    "dictionary[pyarrow]": lambda plain: pd.Series(
        pd.arrays.ArrowExtensionArray(pa.array([None, *plain.tolist()[1:]]).dictionary_encode())
    ),
}


def numbers(result):
    """Every number of a result, in the order of its fields."""
    if isinstance(result, (float, int, np.ndarray)):
        yield from np.ravel(result)
    elif isinstance(result, tuple):
        for part in result:
            yield from numbers(part)
    elif hasattr(result, "__dataclass_fields__"):
        for name, part in vars(result).items():
            if name != "fitted":
                yield from numbers(part)


def told(verb, **changed):
    names, call = VERBS[verb]
    return list(numbers(call({name: PLAIN[name] for name in names} | changed)))


def assert_same(verb, name, written):
    np.testing.assert_allclose(told(verb, **{name: written(PLAIN[name])}), told(verb), rtol=1e-12, err_msg=name)


def assert_refused(verb, name, written):
    """By the name of the argument, the first value or the whole of it."""
    shown = "covariates['x']" if name == "x" else name
    with pytest.raises(ValueError, match=r"^\S+ is |^\S+ must ") as problem:
        told(verb, **{name: written(PLAIN[name])})
    assert str(problem.value).startswith(shown), problem.value


@pytest.mark.parametrize(("verb", "name"), CASES)
def test_numbers_of_every_type(verb, name):
    for written in SAME_NUMBERS.values():
        assert_same(verb, name, written)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] not in {*LABELS, "x"}])
def test_categories_that_are_numbers_are_these_where_numbers_are_wanted(verb, name):
    """In whatever order the categories are: a time, an event, a cause is what it says. A covariate is not."""
    for written in CATEGORIES.values():
        assert_same(verb, name, written)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] in INDICATORS])
def test_indicators_of_every_type(verb, name):
    for written in SAME_INDICATORS.values():
        assert_same(verb, name, written)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] in LABELS])
def test_labels_of_every_type(verb, name):
    for written in (SAME_LABELS | {"Categorical": pd.Categorical}).values():
        assert_same(verb, name, written)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] not in LABELS])
def test_what_is_no_number_is_refused(verb, name):
    for kind, written in NO_NUMBERS.items():
        if not (name == "x" and kind in ("Categorical, str", "Interval")):
            assert_refused(verb, name, written)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] in NUMBERS - {"x"}])
def test_truth_is_no_number(verb, name):
    for written in SAME_INDICATORS.values():
        assert_refused(verb, name, written)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] in INDICATORS])
def test_categories_of_one_and_two_are_no_indicator(verb, name):
    for written in CATEGORIES.values():
        assert_refused(verb, name, lambda plain, written=written: written(plain + 1))


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] != "response_time"])
def test_what_is_missing_is_refused(verb, name):
    for written in MISSING.values():
        assert_refused(verb, name, written)


@pytest.mark.parametrize("verb", ["landmark_hazard_ratio", "time_dependent"])
def test_what_is_missing_of_the_responses_is_no_response(verb):
    never = [np.nan, *PLAIN["response_time"][1:]]
    for kind, written in MISSING.items():
        ours = told(verb, response_time=written(PLAIN["response_time"]))
        np.testing.assert_array_equal(ours, told(verb, response_time=never), err_msg=kind)


@pytest.mark.parametrize(("verb", "name"), [case for case in CASES if case[1] in LABELS])
def test_dates_without_a_date_are_no_labels(verb, name):
    for kind in ("datetime64[ns]", "timedelta64[ns]"):
        assert_refused(verb, name, lambda plain, kind=kind: np.where(plain == plain[0], "NaT", plain).astype(kind))


@pytest.mark.by_hand
@pytest.mark.parametrize("name", sorted(LABELS))
def test_labels_that_read_the_same_are_refused(name):
    verb = {"strata": "logrank_test", "subgroup": "subgroup_hazard_ratios", "cluster": "cox_regression"}[name]
    labels = PLAIN[name].astype(object)
    labels[0] = str(labels[0])
    with pytest.raises(ValueError, match=rf"^{name} holds both .* and .*: write each label in one way\.$"):
        told(verb, **{name: labels})


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("time", "words"),
    [
        (
            pd.Series(pd.to_timedelta([3, 5], unit="D")),
            "Divide durations by their unit, such as numpy.timedelta64(1, 'D').",
        ),
        (
            pd.to_datetime(["2020-01-05", "2020-02-01"]),
            "Subtract the date of the start, and divide by a unit, such as ",
        ),
        (pd.Series(pd.to_timedelta([3, 5], unit="D"), dtype=object), "Divide durations by their unit, "),
    ],
)
def test_durations_and_dates_are_refused_with_what_to_do(time, words):
    with pytest.raises(ValueError, match=r"^time\[0\] is .*: a time is a finite number, zero or more\. ") as problem:
        kaplan_meier(time, [1, 0])
    assert words in str(problem.value)
    curve = kaplan_meier(pd.Series(pd.to_timedelta([3, 5], unit="D")) / np.timedelta64(1, "D"), [1, 0])
    assert curve.time.tolist() == [3, 5]


@pytest.mark.by_hand
def test_a_masked_landmark_is_none():
    with pytest.raises(ValueError, match=r"^time is "):
        survival_at(kaplan_meier([3, 5], [1, 0]), np.ma.masked)
