"""Interval-censored times beside R's `survival`: `survfit(Surv(left, right, type = "interval2") ~ 1)`.

R stops when survival moves by less than 0.00005 in a step, near the maximum but not at it. Its log-likelihood is never
above ours and at most 0.005 below; survival differs by at most 0.002, for the 144 mice by at most 0.02. Where there is
no interval to search in, the agreement is to rounding. Where R and we differ, and why:

* R puts the mass of an innermost interval in its middle; here survival inside is not estimable.
* Between an exact time and the next right end R has a further jump, which has no mass at the maximum.
* When nobody's time is an interval, R counts one patient too many: of the three patients 1, 2+ and 3 it has four at
  risk. The right answer is then the Kaplan-Meier estimate, with which ours is compared.
* When nobody is known to have had the event, R has no estimate. Here survival is 1 up to the last visit.
* When the two ends of a patient differ by rounding error alone, R stops. Here the time is exact.
* A left end that is not given (NA) lets R's interval hold time zero. A left end of 0 does not, in R and here.

R has no test for interval-censored times. For right-censored ones the sum of the scores is its observed less expected
events, and the scores are its martingale residuals.
"""

import numpy as np
import pytest
from interval_tables import columns, in_months, public_tables, random_table, random_tables
from r_program import Agreement, run_r, stacked

from smmlib import interval_censored_survival_at, interval_censored_test, turnbull

pytestmark = pytest.mark.other_package

RANDOM_TABLES = 64
A_LITTLE = 1e-6
FLATTEST = "mice"


def tables_for_r():
    seeds = range(3, RANDOM_TABLES, 8)
    months = {f"random {seed}, months": in_months(random_table(seed), seed) for seed in seeds}
    return public_tables() | random_tables(RANDOM_TABLES) | months


class Beside:
    """R's numbers by table and group, and the patients that they are of."""

    def __init__(self, folder):
        self.tables = tables_for_r()
        self.results = run_r("interval", folder, rows=stacked(self.tables))

    def of(self, what):
        """Name, patients and R's numbers, for each that R computed: of both arms or of the one that the group names."""
        for (name, verb, group), numbers in self.results.items():
            table = self.tables[name]
            if verb == what:
                yield name, table if group in ("both", "all") else table[table["in_arm"] == (group == "arm")], numbers


def survival_in_r(numbers, time, side="right"):
    """R's step function at a time, or just before it; ends may differ by rounding error."""
    at = time + A_LITTLE if side == "right" else time - A_LITTLE
    return np.concatenate([[1.0], numbers["survival"]])[np.searchsorted(numbers["at"], at)]


def log_likelihood_in_r(left, right, numbers):
    before = np.where(left == right, survival_in_r(numbers, left, "left"), survival_in_r(numbers, left))
    return np.log(before - np.where(np.isinf(right), 0, survival_in_r(numbers, right))).sum()


def ends_of(curve):
    return np.unique([end for end in (*curve.low, *curve.high) if np.isfinite(end)])


def test_survival_at_the_ends_of_the_innermost_intervals(beside):
    compared = 0
    for name, table, numbers in beside.of("turnbull"):
        left, right, _ = columns(table)
        curve = turnbull(left, right)
        ends = ends_of(curve)
        ours = [interval_censored_survival_at(curve, end).value for end in ends]
        assert ours == pytest.approx(survival_in_r(numbers, ends), abs=0.02 if name == FLATTEST else 0.002), name
        compared += len(ends)
    assert compared > 900


def test_likelihood(beside):
    for name, table, numbers in beside.of("turnbull"):
        left, right, _ = columns(table)
        less = turnbull(left, right).log_likelihood - log_likelihood_in_r(left, right, numbers)
        assert -1e-9 <= less <= 0.005, name


def test_survival_without_intervals(beside):
    agreement = Agreement()
    for name, table, numbers in beside.of("kaplan_meier"):
        curve = turnbull(table["left"], table["right"])
        ends = ends_of(curve)
        ours = [interval_censored_survival_at(curve, end).value for end in ends]
        agreement.add(name, ours, survival_in_r(numbers, ends))
    agreement.check()


def test_right_censored_statistic(beside):
    agreement = Agreement()
    for name, table, numbers in beside.of("logrank_scores"):
        left, right, in_arm = columns(table)
        ours = interval_censored_test(left, right, in_arm, arm="arm", reference="reference")
        theirs, n, size = numbers.loc[0], len(left), in_arm.sum()
        variance = size * (n - size) / (n * (n - 1)) * theirs.sum_of_squares
        for score in (theirs.score, theirs.observed_less_expected):
            agreement.add(name, ours.statistic, score**2 / variance)
    agreement.check()
