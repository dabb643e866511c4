"""What baseline verbs refuse, in words."""

import pytest
from expectations import refused

from smmlib import (
    multinomial_standardised_difference,
    pearson_test,
    standardised_mean_difference,
    summary_statistics,
    welch_test,
)

pytestmark = pytest.mark.by_hand


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, float("inf")], "values[1] is inf: give finite numbers, and NaN where a value is missing."),
        (["old", "64"], "values[0] is 'old': give finite numbers"),
        ([[1, 2]], "values must be one-dimensional, but has shape (1, 2)."),
        ([True, False], "values[0] is True: give finite numbers"),
    ],
)
def test_what_is_no_measurement(values, words):
    for call in (summary_statistics, lambda values: welch_test(values, [1, 2])):
        with refused(words):
            call(values)
    with refused(words.replace("values", "reference_values", 1)):
        standardised_mean_difference([1, 2], values)


@pytest.mark.parametrize("verb", [multinomial_standardised_difference, pearson_test])
@pytest.mark.parametrize(
    ("counts", "others", "words"),
    [
        ([1, 2], [1, 2, 3], "patients has 2 levels, but reference_patients 3: give one count a level, in one order."),
        ([1, -2], [1, 2], "patients[1] is -2: give a whole number, zero or more."),
        ([1, 2], [1.5, 2], "reference_patients[0] is 1.5: give a whole number"),
        ([], [], "patients must be one-dimensional and hold at least one count"),
        ([10**16, 1], [1, 1], "patients[0] is 10000000000000000, but must be 1,000,000,000,000,000 or less."),
    ],
)
def test_what_is_no_count(verb, counts, others, words):
    with refused(words):
        verb(counts, others)
