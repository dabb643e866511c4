"""What must not change: the order of patients and levels, the unit, and which arm is called the reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from smmlib import multinomial_standardised_difference, standardised_mean_difference, summary_statistics

pytestmark = pytest.mark.invariant
values = some.lists(some.integers(-1000, 1000), min_size=2, max_size=30)
counts = some.lists(some.tuples(some.integers(0, 40), some.integers(0, 40)), min_size=2, max_size=6).filter(
    lambda pairs: any(one and other for one, other in pairs)
)


@given(values, some.randoms(use_true_random=False))
def test_order_and_unit(numbers, random):
    shuffled = random.sample(numbers, len(numbers))
    one, other = summary_statistics(numbers), summary_statistics(np.array(shuffled) * 2.0)
    for field in ("mean", "std_dev", "minimum", "lower_quartile", "median", "upper_quartile", "maximum"):
        assert 2 * getattr(one, field) == pytest.approx(getattr(other, field), rel=1e-12, abs=1e-9)


@given(values, values)
def test_the_other_way_round_the_sign_changes(numbers, others):
    there = standardised_mean_difference(numbers, others).value
    back = standardised_mean_difference(others, numbers).value
    assert there == pytest.approx(-back, rel=1e-12, abs=1e-12, nan_ok=True)


@given(counts, some.randoms(use_true_random=False))
def test_distance_has_no_sign_and_knows_no_order(pairs, random):
    there = multinomial_standardised_difference(*zip(*pairs, strict=True)).value
    shuffled = random.sample(pairs, len(pairs))
    back = multinomial_standardised_difference(*list(zip(*shuffled, strict=True))[::-1]).value
    assert there >= 0
    assert there == pytest.approx(back, rel=1e-9, abs=1e-9)
