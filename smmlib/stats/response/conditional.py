"""The responders of the arm given both margins of the table: non-central hypergeometric."""

import numpy as np

from smmlib.stats.counts import check_most
from smmlib.stats.distributions import root_of_increasing
from smmlib.stats.response.two_by_two import TwoByTwo
from smmlib.stats.types import Floats

MOST_TABLES = 1_000_000
"""Each takes a place in memory and a step of time."""


def lowest_conditional_odds_ratio(table: TwoByTwo, conf_level: float) -> float:
    """Odds ratio at which as many responders in the arm, or more, have the probability of one tail.

    Zero where the arm has the fewest responders that the margins allow.

    Raises
    ------
    ValueError
        If the margins allow more tables than can be gone through.

    References
    ----------
    .. [1] Cornfield (1956), Proc 3rd Berkeley Symp 4:135-148.
    """
    weights, seen = _log_weights(table)
    if seen == 0:
        return 0.0
    steps = np.arange(len(weights)) - seen
    target = np.log((1 - conf_level) / (1 + conf_level))

    def excess(log_odds_ratio: float) -> float:
        tilted = weights + log_odds_ratio * steps
        return np.logaddexp.reduce(tilted[seen:]) - np.logaddexp.reduce(tilted[:seen]) - target

    return float(np.exp(root_of_increasing(excess)))


def _log_weights(table: TwoByTwo) -> tuple[Floats, int]:
    """Logarithm of each possible table's probability over that of the observed one, and the latter's place."""
    total = table.responders + table.reference_responders
    fewest, most = max(0, total - table.reference_patients), min(table.patients, total)
    instead = 'take the score interval, method="miettinen-nurminen"'
    check_most(most - fewest + 1, "the number of tables with these margins", MOST_TABLES, instead)
    count = np.arange(fewest, most, dtype=float)
    ratio = (table.patients - count) / (count + 1) * (total - count) / (table.reference_patients - total + count + 1)
    weights = np.concatenate([[0.0], np.cumsum(np.log(ratio))])
    seen = table.responders - fewest
    return weights - weights[seen], seen
