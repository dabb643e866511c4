"""Bad counts and bad columns are refused by argument and value; awkward tables have answers and warn of nothing."""

from math import inf, isfinite, isnan, nan

import numpy as np
import pandas as pd
import pytest
from expectations import refused
from response_tables import AWKWARD, patients_of

from smmlib import (
    cochran_mantel_haenszel_test,
    fisher_test,
    odds_ratio,
    odds_ratio_interaction_test,
    rate_difference,
    rate_ratio,
    response_rate,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
)
from smmlib.stats.response import difference as response_difference
from smmlib.stats.response import ratio as response_ratio

pytestmark = pytest.mark.by_hand

NAMES = {"arm": "new", "reference": "old"}
COMPARISONS = [rate_difference, rate_ratio, odds_ratio, fisher_test]
STRATIFIED = [stratified_rate_difference, stratified_rate_ratio, stratified_odds_ratio, cochran_mantel_haenszel_test]
COLUMNS = {"responded": [1, 0, 1, 0], "in_arm": [1, 1, 0, 0], "strata": ["a", "a", "a", "a"]} | NAMES
BAD_COUNTS = [
    (8, 7, "responders is 8, but {}patients only 7: are they swapped?"),
    (-1, 7, "responders is -1: "),
    (1.5, 7, "responders is 1.5: "),
    (nan, 7, "responders is nan: "),
    (inf, 7, "responders is inf: "),
    ("3", 7, "responders is 3: "),
    (None, 7, "responders is None: "),
    (0, 0, "patients is 0: a rate needs at least one patient."),
    (0, -1, "patients is -1: "),
    (0, nan, "patients is nan: "),
]


# ---- counts


@pytest.mark.parametrize(("responders", "patients", "words"), BAD_COUNTS)
def test_impossible_counts_are_refused(responders, patients, words):
    with refused(words.format("")):
        response_rate(responders, patients)
    for verb in COMPARISONS:
        with refused(words.format("")):
            verb(responders, patients, 1, 2)
        with refused(f"reference_{words.format('reference_')}"):
            verb(1, 2, responders, patients)


def test_whole_numbers_of_any_kind_are_counts():
    assert response_rate(np.int64(1), np.float64(4)).value == 0.25
    difference = rate_difference(np.int8(100), np.int8(120), np.float64(1), np.uint8(200))
    assert difference.value == pytest.approx(100 / 120 - 1 / 200)
    assert type(difference.n) is int


@pytest.mark.parametrize(
    ("verb", "known"),
    [
        (
            lambda **options: response_rate(1, 2, **options),
            "'clopper-pearson', 'wilson', 'wilson-cc', 'jeffreys', 'mid-p', 'agresti-coull', 'wald'.",
        ),
        (
            lambda **options: rate_difference(1, 2, 1, 2, **options),
            "'miettinen-nurminen', 'mee', 'newcombe', 'newcombe-cc', 'agresti-caffo', 'hauck-anderson', 'wald'.",
        ),
        (lambda **options: rate_ratio(1, 2, 1, 2, **options), "'miettinen-nurminen', 'koopman', 'katz'."),
        (
            lambda **options: odds_ratio(1, 2, 1, 2, **options),
            "'miettinen-nurminen', 'woolf', 'exact-conditional'.",
        ),
        (
            lambda **options: stratified_rate_difference(**COLUMNS, **options),
            "'mantel-haenszel', 'miettinen-nurminen'.",
        ),
    ],
)
def test_unknown_method_is_refused_with_the_known_ones(verb, known):
    with refused(f"method is 'exakt': choose one of {known}"):
        verb(method="exakt")


@pytest.mark.parametrize("conf_level", [0, 1, 95, -0.5, nan, "0.95", None])
def test_confidence_level_outside_its_range_is_refused(conf_level):
    calls = [lambda: response_rate(1, 2, conf_level=conf_level)]
    calls += [lambda verb=verb: verb(1, 2, 1, 2, conf_level=conf_level) for verb in COMPARISONS[:3]]
    calls += [lambda verb=verb: verb(**COLUMNS, conf_level=conf_level) for verb in STRATIFIED[:3]]
    for call in calls:
        with refused(f"conf_level is {conf_level!r}: "):
            call()


# ---- columns


@pytest.mark.parametrize("verb", STRATIFIED)
@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"responded": [1, 2, 0, 0]}, "responded[1] is 2: code it as True/False or as 1/0."),
        ({"responded": [1, nan, 0, 0]}, "responded[1] is nan: "),
        ({"responded": [1, None, 0, 0]}, "responded[1] is None: "),
        ({"responded": ["yes", "no", "no", "no"]}, "responded[0] is 'yes': "),
        ({"responded": pd.array([True, pd.NA, False, False], dtype="boolean")}, "responded[1] is <NA>: "),
        ({"responded": [1, 0]}, "responded has shape (2,), but in_arm has 4 patients: give one value a patient."),
        ({"in_arm": [0.5, 1, 0, 0]}, "in_arm[0] is 0.5: "),
        ({"in_arm": [[1, 1, 0, 0]]}, "in_arm has shape (1, 4), but responded has 4 patients: "),
        ({"strata": ["a", "b"]}, "strata has shape (2,), but responded has 4 patients: give one label a patient."),
        ({"strata": ["a", None, "a", "b"]}, "strata[1] is None: every patient "),
        ({"in_arm": [0, 0, 0, 0]}, "arm 'new' has no patients: in_arm must hold both 1 ('new') and 0 ('old')."),
        ({"in_arm": [1, 1, 1, 1]}, "arm 'old' has no patients: "),
        ({"responded": [], "in_arm": [], "strata": []}, "in_arm is empty: there must be patients."),
    ],
)
def test_bad_columns_are_refused(verb, columns, words):
    with refused(words):
        verb(**COLUMNS | columns)


@pytest.mark.parametrize("strata", [["a", "a", "b", "b"], [1, 1, 2.5, 2.5], pd.Categorical(["x", "x", "y", "y"])])
def test_arms_that_never_meet_compare_nothing(strata):
    words = "not estimable, no stratum holds patients of both arms"
    for verb in STRATIFIED[:3]:
        estimate = verb(**COLUMNS | {"strata": strata})
        assert all(isnan(number) for number in (estimate.value, estimate.low, estimate.high, estimate.conf_level))
        assert estimate.method.endswith(words)
    test = cochran_mantel_haenszel_test(**COLUMNS | {"strata": strata})
    assert isnan(test.statistic)
    assert isnan(test.p_value)
    assert test.method.endswith(words)


def test_strata_in_which_everybody_or_nobody_responded():
    patients = patients_of([(0, 3, 0, 4), (5, 5, 2, 2)])
    test = cochran_mantel_haenszel_test(*patients, **NAMES)
    assert isnan(test.statistic)
    assert test.method.endswith(": not estimable, everybody or nobody responded in each stratum of both arms")
    interaction = odds_ratio_interaction_test(*patients, **NAMES)
    assert isnan(interaction.statistic)
    assert interaction.method.endswith("in one subgroup of both arms at most, some but not all patients responded")
    odds = stratified_odds_ratio(*patients, **NAMES)
    assert isnan(odds.value)
    assert ": not estimable, no stratum has both a responder in arm 'new' and " in odds.method
    difference = stratified_rate_difference(*patients, **NAMES)
    assert (difference.value, difference.std_error, difference.low, difference.high) == (0, 0, 0, 0)
    assert difference.method.endswith("; it has no width, for the standard error is 0")


def test_strata_without_responders_in_an_arm():
    patients = patients_of([(0, 3, 1, 4), (0, 5, 2, 2)])
    for verb in (stratified_rate_ratio, stratified_odds_ratio):
        estimate = verb(*patients, **NAMES)
        assert estimate.value == 0
        assert isnan(estimate.low)
        assert ": limits not estimable, no" in estimate.method
    responded, in_arm, strata = patients
    infinite = stratified_rate_ratio(responded, [1 - arm for arm in in_arm], strata, **NAMES)
    assert isnan(infinite.value)
    assert infinite.method.endswith(": not estimable, nobody responded in arm 'old'")


# ---- awkward tables (warnings are errors here, so none of these warns)


@pytest.mark.parametrize("table", AWKWARD, ids=str)
@pytest.mark.parametrize("conf_level", [0.001, 0.95, 0.999999])
def test_every_awkward_table_has_an_answer(table, conf_level):
    for method in response_difference.INTERVALS:
        estimate = rate_difference(*table, method=method, conf_level=conf_level, **NAMES)
        assert isfinite(estimate.value)
        assert isfinite(estimate.low) or "not estimable, an arm of one patient" in estimate.method
        assert isnan(estimate.low) or -1 <= estimate.low <= estimate.high <= 1
    for verb, methods in ((rate_ratio, response_ratio.RATIO_INTERVALS), (odds_ratio, response_ratio.ODDS_INTERVALS)):
        for method in methods:
            estimate = verb(*table, method=method, conf_level=conf_level, **NAMES)
            missing = [number for number in (estimate.value, estimate.low, estimate.high) if not isfinite(number)]
            assert all(isnan(number) for number in missing)
            assert bool(missing) == ("not estimable, " in estimate.method)
            assert isnan(estimate.conf_level) == (isnan(estimate.low) and isnan(estimate.high))
    assert 0 < fisher_test(*table).p_value <= 1


@pytest.mark.parametrize("table", AWKWARD, ids=str)
@pytest.mark.parametrize("conf_level", [0.001, 0.95, 0.999999])
def test_every_awkward_stratum_has_an_answer(table, conf_level):
    patients = patients_of([table])
    for method in ("mantel-haenszel", "miettinen-nurminen"):
        estimate = stratified_rate_difference(*patients, method=method, conf_level=conf_level, **NAMES)
        assert -1 <= estimate.low <= estimate.high <= 1
    for verb in (stratified_rate_ratio, stratified_odds_ratio):
        estimate = verb(*patients, conf_level=conf_level, **NAMES)
        assert isnan(estimate.low) == ("not estimable, " in estimate.method)


def test_arms_of_a_million():
    """Nobody, one and everybody of very many."""
    for table in ((0, 1_000_000, 0, 1_000_000), (1, 1_000_000, 0, 1_000_000), (1_000_000, 1_000_000, 3, 1_000_000)):
        difference = rate_difference(*table)
        assert difference.low <= difference.value <= difference.high
        assert isfinite(odds_ratio(*table, method="exact-conditional").low) == (table[0] > 0)


@pytest.mark.parametrize("subgroup", [["a", None, "b", "b"], ["a", "b"]])
def test_bad_subgroups_are_refused_by_their_name(subgroup):
    columns = {name: COLUMNS[name] for name in ("responded", "in_arm", "arm", "reference")}
    with pytest.raises(ValueError, match=r"^subgroup"):
        odds_ratio_interaction_test(**columns, subgroup=subgroup)


def test_an_unknown_alternative_is_refused():
    with refused("alternative is 'more': choose one of 'two-sided', 'less', 'greater'."):
        fisher_test(1, 2, 1, 2, alternative="more")
    with refused("alternative is 'more': choose one of 'two-sided', 'less', 'greater'."):
        cochran_mantel_haenszel_test(**COLUMNS, alternative="more")
