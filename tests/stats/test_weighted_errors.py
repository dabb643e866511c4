"""Bad weightings and combinations are refused by argument, place and value, as everything else is in two arms."""

import re
from decimal import Decimal
from math import inf, nan

import numpy as np
import pytest
from expectations import refused

from smmlib import FlemingHarrington, ModestlyWeighted, maxcombo_test, weighted_logrank_test

pytestmark = pytest.mark.by_hand

TWO_ARMS = {"time": [1, 2, 3], "event": [1, 0, 1], "in_arm": [1, 0, 0], "arm": "new", "reference": "old"}
KNOWN = (
    "choose 'gehan', 'tarone-ware', 'peto', 'modified-peto', FlemingHarrington(rho, gamma) or ModestlyWeighted(time)."
)


def both(arguments):
    """The two verbs on the same patients."""
    yield lambda: weighted_logrank_test(**arguments, weighting="peto")
    yield lambda: maxcombo_test(**arguments, weightings=["peto", FlemingHarrington(0, 1)], seed=1)


# ---- weightings


@pytest.mark.parametrize("weighting", ["wilcoxon", "Peto", "", None, 1, (0, 1), ["peto"], FlemingHarrington])
def test_unknown_weighting_lists_the_known_ones(weighting):
    with refused(f"weighting is {weighting!r}: {KNOWN}"):
        weighted_logrank_test(**TWO_ARMS, weighting=weighting)
    with refused(f"weightings[1] is {weighting!r}: {KNOWN}"):
        maxcombo_test(**TWO_ARMS, weightings=["gehan", weighting], seed=1)


@pytest.mark.parametrize("value", [-1, -0.001, nan, inf, "1", None, True, [1]])
def test_what_is_no_power_is_refused(value):
    with refused(f"rho is {value!r}: a power is one finite number, zero or more."):
        FlemingHarrington(value, 0)
    with refused(f"gamma is {value!r}: a power is one finite number, zero or more."):
        FlemingHarrington(0, value)


@pytest.mark.parametrize("value", [-1, nan, inf, "12", True])
def test_what_is_no_time_or_survival_is_refused(value):
    with refused(f"time is {value!r}: a landmark is one finite number, zero or more."):
        ModestlyWeighted(time=value)
    with refused(f"survival is {value!r}: a probability is one finite number, zero or more."):
        ModestlyWeighted(survival=value)


@pytest.mark.parametrize("value", [0, 1.01, 50])
def test_survival_out_of_range_is_refused(value):
    with refused(f"survival is {value!r}: give a number above 0, and at most 1."):
        ModestlyWeighted(survival=value)


def test_modest_weights_need_one_limit():
    with refused("time is None and survival is None: give one of them"):
        ModestlyWeighted()
    with refused("time is 12 and survival is 0.5: give one of them"):
        ModestlyWeighted(12, 0.5)


@pytest.mark.parametrize("number", [Decimal("0.5"), np.float32(0.5), np.array(0.5)])
def test_every_way_to_write_a_number_is_the_same(number):
    for weighting, same in (
        (FlemingHarrington(number, number), FlemingHarrington(0.5, 0.5)),
        (ModestlyWeighted(number), ModestlyWeighted(0.5)),
        (ModestlyWeighted(survival=number), ModestlyWeighted(survival=0.5)),
    ):
        data = TWO_ARMS | {"time": [1, 2, 3, 4], "event": [1, 1, 1, 1], "in_arm": [1, 0, 1, 0]}
        ours, expected = (weighted_logrank_test(**data, weighting=one) for one in (weighting, same))
        assert ours.statistic > 0
        assert ours == expected


# ---- combinations


@pytest.mark.parametrize("weightings", [[], (), "peto", FlemingHarrington(0, 1), None, {"peto"}])
def test_what_is_no_list_of_weightings_is_refused(weightings):
    with refused(f"weightings is {weightings!r}: give a list of one weighting or more."):
        maxcombo_test(**TWO_ARMS, weightings=weightings, seed=1)


@pytest.mark.parametrize("seed", [-1, 1.0, "1", None, True])
def test_what_is_no_seed_is_refused(seed):
    with refused(f"seed is {seed!r}: give a whole number, 0 or more."):
        maxcombo_test(**TWO_ARMS, weightings=["peto"], seed=seed)


def test_seed_has_no_default():
    with pytest.raises(TypeError, match="seed"):
        maxcombo_test(**TWO_ARMS, weightings=["peto"])


# ---- patients


@pytest.mark.parametrize(
    ("argument", "value", "words"),
    [
        ("time", [1, -2, 3], "time[1] is -2: "),
        ("time", [1, 2], "in_arm has shape (3,), but time has 2 patients: "),
        ("event", [1, 2, 0], "event[1] is 2: "),
        ("in_arm", [1, 0, nan], "in_arm[2] is nan: "),
        ("in_arm", [0, 0, 0], "arm 'new' has no patients: "),
        ("strata", ["a", None, "b"], "strata[1] is None: "),
        ("entry", [0, 2, 0], "entry[1] is 2 and time[1] is 2: "),
        ("weights", [1, 1, 0], "weights[2] is 0: "),
    ],
)
def test_bad_patients_are_refused(argument, value, words):
    for call in both(TWO_ARMS | {argument: value}):
        with pytest.raises(ValueError, match=re.escape(words)):
            call()
