"""Response beside R, on awkward and on random counts, to 1e-8 relative.

binom.test, prop.test, fisher.test, mantelhaen.test and lm are R's own; score limits and what else base R lacks are
written in `oracles/response.R`, from the likelihood. Where R and we differ, and why:

* An infinite limit or estimate is infinite in R. Here it does not exist.
* Where all patients responded, or none, R's fisher.test says that the odds ratio is between 0 and infinity. Here it is
  not estimable.
* The limits that fisher.test prints are found by a search that stops at four digits of the odds ratio, or of one over
  it: 621.93 instead of 626.24 for 3/4 against 1/4. Its P values are exact, so that they are inverted instead.
* prop.test leaves out the continuity correction when its hypothesis, one half unless another is given, is nearer than
  half a patient. Here a corrected interval is always corrected.
* mantelhaen.test refuses a single stratum: it is given two copies.
"""

import numpy as np
import pandas as pd
import pytest
from r_program import Agreement, run_r
from response_tables import AWKWARD, patients_of, random_strata, random_table

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

pytestmark = pytest.mark.other_package

LEVELS = [0.9, 0.95, 0.99]
NAMES = {"arm": "arm", "reference": "reference"}
LIMITS = ["low", "high"]
RATES = [
    (round(patients * share), patients, level)
    for patients in (1, 2, 5, 17, 57, 154, 1000)
    for share in (0, 0.03, 0.2, 0.5, 0.79, 1)
    for level in LEVELS
]
PAIRS = [
    (table, LEVELS[number % len(LEVELS)])
    for number, table in enumerate([*AWKWARD, *(random_table(seed) for seed in range(100, 160))])
]
# Strata that R can compare: mantelhaen.test has no use for one that holds a single patient or arm.
STRATA = [
    (tables, LEVELS[seed % len(LEVELS)])
    for seed, tables in ((seed, random_strata(seed)) for seed in range(200, 260))
    if any(0 < x + x0 < n + n0 for x, n, x0, n0 in tables)
]


class Beside:
    """R's numbers by verb."""

    def __init__(self, folder):
        rates = pd.DataFrame(RATES, columns=["responders", "patients", "level"]).reset_index(names="table")
        rows = [(number, *table, level) for number, (table, level) in enumerate(PAIRS)]
        stratified = [(number, *table, level) for number, (tables, level) in enumerate(STRATA) for table in tables]
        columns = ["table", "x", "n", "x0", "n0", "level"]
        frames = {name: pd.DataFrame(what, columns=columns) for name, what in (("pairs", rows), ("strata", stratified))}
        self.results = run_r("response", folder, rates=rates, **frames)

    def of(self, what):
        """Number of the table, method and R's one row, for each that R computed."""
        found = [(int(name), group, rows.loc[0]) for (name, verb, group), rows in self.results.items() if verb == what]
        assert found
        return found


def limits(estimate):
    return [estimate.low, estimate.high]


def test_response_rate(beside):
    agreement = Agreement()
    for number, method, theirs in beside.of("response_rate"):
        responders, patients, level = RATES[number]
        ours = response_rate(responders, patients, method=method, conf_level=level)
        agreement.add((RATES[number], method), limits(ours), theirs[LIMITS])
    agreement.check()


def test_rate_difference(beside):
    agreement = Agreement()
    for number, method, theirs in beside.of("rate_difference"):
        table, level = PAIRS[number]
        agreement.add((table, method), limits(rate_difference(*table, method=method, conf_level=level)), theirs[LIMITS])
    agreement.check()


def test_rate_ratio(beside):
    agreement = Agreement()
    for number, method, theirs in beside.of("rate_ratio"):
        table, level = PAIRS[number]
        agreement.add((table, method), limits(rate_ratio(*table, method=method, conf_level=level)), theirs[LIMITS])
    agreement.check()


def test_odds_ratio(beside):
    agreement = Agreement()
    for number, method, theirs in beside.of("odds_ratio"):
        table, level = PAIRS[number]
        agreement.add((table, method), limits(odds_ratio(*table, method=method, conf_level=level)), theirs[LIMITS])
    agreement.check()


def test_printed_limits_of_fisher_test(beside):
    """Those that R prints, to the four digits of its search, of the odds ratio or of one over it."""
    for number, _, theirs in beside.of("fisher_test"):
        table, level = PAIRS[number]
        ours = odds_ratio(*table, method="exact-conditional", conf_level=level)
        for limit, printed in zip(limits(ours), theirs[["rough_low", "rough_high"]], strict=True):
            if not np.isnan(limit):
                scale = min(limit, 1), min(1 / limit, 1) if limit else 1
                near = abs(scale[0] - min(printed, 1)), abs(scale[1] - (min(1 / printed, 1) if printed else 1))
                assert max(near) < 2e-4, table


def test_fisher_test(beside):
    agreement = Agreement()
    for number, _, theirs in beside.of("fisher_test"):
        agreement.add(PAIRS[number], fisher_test(*PAIRS[number][0]).p_value, theirs.p_value)
        for side in ("less", "greater"):
            ours = fisher_test(*PAIRS[number][0], alternative=side)
            agreement.add((*PAIRS[number], side), ours.p_value, theirs[side])
    agreement.check()


def test_stratified_rate_difference(beside):
    agreement = Agreement()
    for number, _, theirs in beside.of("stratified_rate_difference"):
        tables, level = STRATA[number]
        score = stratified_rate_difference(*patients_of(tables), method="miettinen-nurminen", conf_level=level, **NAMES)
        agreement.add(number, [score.value, *limits(score)], theirs[["value", *LIMITS]])
        # A variance of zero is a difference of rounding errors, whose root is not small.
        if theirs.std_error > 1e-6:
            agreement.add(number, score.std_error, theirs.std_error)
    agreement.check()


def test_stratified_rate_ratio(beside):
    agreement = Agreement()
    for number, _, theirs in beside.of("stratified_rate_ratio"):
        ours = stratified_rate_ratio(*patients_of(STRATA[number][0]), **NAMES)
        agreement.add(number, [ours.value, ours.std_error], theirs[["value", "std_error"]])
    agreement.check()


def test_stratified_odds_ratio(beside):
    agreement = Agreement()
    for number, _, theirs in beside.of("stratified_odds_ratio"):
        ours = stratified_odds_ratio(*patients_of(STRATA[number][0]), **NAMES)
        agreement.add(number, [ours.value, ours.std_error], theirs[["value", "std_error"]])
    agreement.check()


def test_cochran_mantel_haenszel_test(beside):
    agreement = Agreement()
    for number, _, theirs in beside.of("cochran_mantel_haenszel_test"):
        patients = patients_of(STRATA[number][0])
        ours = cochran_mantel_haenszel_test(*patients, **NAMES)
        agreement.add(number, [ours.statistic, ours.p_value], theirs[["statistic", "p_value"]])
        for side in ("less", "greater") if len(STRATA[number][0]) > 1 else ():
            one_sided = cochran_mantel_haenszel_test(*patients, alternative=side, **NAMES)
            agreement.add((number, side), one_sided.p_value, theirs[side])
    agreement.check()


def test_odds_ratio_interaction_test(beside):
    agreement = Agreement()
    for number, _, theirs in beside.of("odds_ratio_interaction_test"):
        ours = odds_ratio_interaction_test(*patients_of(STRATA[number][0]), **NAMES)
        agreement.add(number, [ours.statistic, ours.p_value], theirs[["statistic", "p_value"]])
    agreement.check()
