"""Adjusted P values beside the procedures themselves, step by step, at levels just above and just below."""

import numpy as np
import pytest

from smmlib import adjusted_p_values

pytestmark = pytest.mark.independent


def rejected(p_values, procedure, alpha):
    """Which hypotheses are rejected at a level, step by step."""
    if procedure == "fixed-sequence":
        return [all(p <= alpha for p in p_values[: place + 1]) for place in range(len(p_values))]
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    met = [p_values[place] <= alpha / (len(p_values) - step) for step, place in enumerate(order)]
    last = max([step + 1 for step, is_met in enumerate(met) if is_met], default=0)
    count = last if procedure == "hochberg" else next((step for step, is_met in enumerate(met) if not is_met), len(met))
    return [order.index(place) < count for place in range(len(p_values))]


@pytest.mark.parametrize("procedure", ["holm", "hochberg", "fixed-sequence"])
@pytest.mark.parametrize("seed", range(20))
def test_a_hypothesis_is_rejected_from_its_adjusted_p_value_on(procedure, seed):
    p_values = np.random.default_rng(seed).beta(0.5, 3, 2 + seed % 6).tolist()
    for place, adjusted in enumerate(adjusted_p_values(p_values, procedure=procedure)):
        assert not rejected(p_values, procedure, adjusted - 1e-9)[place]
        assert adjusted == 1 or rejected(p_values, procedure, adjusted + 1e-9)[place]
