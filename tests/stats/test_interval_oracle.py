"""Published numbers for interval-censored times (`oracles/interval.json`), at the precision to which they are printed.

The scores were printed by arm. Our test has only their square, so that they are held to the second implementation.
"""

from math import sqrt

import pytest
import reference_interval as reference
from interval_tables import COSMESIS, columns, cosmesis

from smmlib import interval_censored_survival_at, interval_censored_test, turnbull
from smmlib.display.formatting import rounded

pytestmark = pytest.mark.oracle

SURVIVAL, SUN = COSMESIS["survival_rad"], COSMESIS["sun_permutation"]
ARMS = {"arm": "RadChem", "reference": "Rad"}


def as_printed(value, printed):
    """The value with as many decimals as the printed one."""
    return rounded(value, len(printed.partition(".")[2]))


def radiotherapy_alone():
    table = cosmesis()
    return columns(table[table["in_arm"] == 0])[:2]


def test_the_table_is_the_published_one():
    """46 and 48 women, 56 of them with deterioration."""
    table = cosmesis()
    assert table["in_arm"].value_counts().to_dict() == {0: 46, 1: 48}
    assert (table["right"] < float("inf")).sum() == 56


@pytest.mark.parametrize(("time", "expected"), SURVIVAL["values"].items())
def test_survival_after_radiotherapy_alone(time, expected):
    curve = turnbull(*radiotherapy_alone(), arm="Rad")
    assert as_printed(interval_censored_survival_at(curve, float(time)).value, expected) == expected


def test_first_mass_after_radiotherapy_alone():
    curve = turnbull(*radiotherapy_alone())
    assert (curve.low[0], curve.high[0]) == (4, 5)
    assert as_printed(curve.mass[0], SURVIVAL["mass"]) == SURVIVAL["mass"]


def test_sun_permutation():
    """Z printed for Rad, which deteriorates later; our statistic is its square."""
    test = interval_censored_test(*columns(cosmesis()), **ARMS)
    assert as_printed(-sqrt(test.statistic), SUN["z"]) == SUN["z"]
    assert as_printed(test.p_value, SUN["p_value"]) == SUN["p_value"]


def test_scores_of_the_second_implementation():
    left, right, in_arm = columns(cosmesis())
    intervals, mass, _ = reference.self_consistent_masses(left, right)
    scores = reference.sun_scores(left, right, intervals, mass)
    by_arm = {
        name: sum(score for score, arm in zip(scores, in_arm, strict=True) if arm == code)
        for name, code in (("Rad", 0), ("RadChem", 1))
    }
    assert {name: as_printed(by_arm[name], printed) for name, printed in SUN["score"].items()} == SUN["score"]
    assert as_printed(-sqrt(reference.statistic(scores, in_arm)), SUN["z"]) == SUN["z"]
