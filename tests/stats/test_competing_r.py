"""Competing risks beside R's `cmprsk` and `survival`, on real and on random patients, to 1e-8 relative.

Where R and we differ, and why:

* `cuminc` steps at the times of the cause alone and returns nothing for a cause that an arm never has. Here there is a
  row for each time at which somebody left, and the incidence of such a cause is 0.
* Where the last patients at risk all have the event of the cause, and nobody had another or was censored, Aalen's
  variance is 0. `cuminc` takes it as a difference of sums, whose rounding error of up to 1e-15 remains.
* When no event of the cause is seen while both arms are at risk, or the variance of Gray's test with its correction for
  ties is 0, `cuminc` returns a statistic of -1. When the correction makes the variance negative, which it may with
  heavy ties in an arm nearly empty, it returns a negative statistic and P = 1. Here the test is not estimable.
* When the pooled incidence of Gray's test comes to 1 before the events do, `cuminc` stops with an error. Here, too, the
  test is not estimable when events that compare the arms are still to come (a division by 0); those that are seen in
  one arm alone (0 by 0) add nothing.
* The standard errors of `survfit` are infinitesimal jackknife ones, not Aalen's, so that they are not compared.
* When one arm has no event of the cause while both are at risk, or none is seen while both are, the cause-specific
  hazard ratio is not estimable here; R returns the coefficient at which its iteration stopped, or none.
"""

import numpy as np
import pytest
from competing_tables import random_competing, two_groups, with_late_entry
from r_program import Agreement, run_r, stacked, unstacked

from smmlib import cause_specific_hazard_ratio, cumulative_incidence, gray_test, incidence_at

pytestmark = pytest.mark.other_package

RANDOM_TABLES = 80
LATE_TABLES = 20
ROUNDING_IN_R = 1e-15
NAMES = {"arm": "arm", "reference": "reference"}
# Two arms on which R's Gray test has no answer: (time, cause) of the reference, then of the arm.
EDGES = {
    "negative variance": ([(1, 1), (4, 1)], [(4, 1), (4, 1)]),
    "negative variance, tied": ([(1, 1), (4, 1), (2, 1)], [(4, 1), (4, 1), (4, 1)]),
    "no variance": ([(5, 1), (5, 1)], [(5, 1)]),
    "arms never meet": ([(2, 1), (3, 2)], [(1, 2), (1, 0)]),
    "0 by 0": ([(2, 1), (3, 1)], [(1, 1), (1, 1)]),
    "division by 0": (
        [(1, 1)] * 75 + [(2, 0)] * 4 + [(5, 0)],
        [(3, 1)] * 9 + [(4, 1)] + [(6, 0)] * 10,
    ),
}


class Beside:
    """R's numbers by table and group, and the patients that they are of."""

    def __init__(self, folder):
        given = {f"random {seed}": random_competing(seed) for seed in range(RANDOM_TABLES)}
        given |= {f"late {seed}": with_late_entry(seed) for seed in range(LATE_TABLES)}
        given |= {name: two_groups(*patients) for name, patients in EDGES.items()}
        self.results = run_r("competing", folder, rows=stacked(given))
        self.tables = unstacked(folder / "data.csv")

    def of(self, what):
        """Table name, its patients, the words of the group, and R's numbers, for each that R computed."""
        for (name, verb, group), numbers in self.results.items():
            if verb == what:
                yield name, self.tables[name], group.split(), numbers

    def curves(self, what):
        """Table name, our curve of the arm and the cause that the group names, and R's numbers."""
        for name, table, (side, cause), numbers in self.of(what):
            members = table[table["in_arm"] == (side == "arm")]
            entry = None if members["entry"].isna().any() else members["entry"]
            curve = cumulative_incidence(members["time"], members["cause"], of=int(cause), entry=entry)
            yield (name, side, cause), curve, numbers


def variance_in_r(numbers):
    return np.where(numbers["variance"] < ROUNDING_IN_R, 0, numbers["variance"])


def strata_of(table, form):
    return table["stratum"] if form == "stratified" else None


def entry_of(table):
    return None if table["entry"].isna().any() else table["entry"]


def test_cumulative_incidence_and_variance_of_cuminc(beside):
    agreement = Agreement()
    for label, curve, numbers in beside.curves("cuminc"):
        assert curve.time.tolist() == numbers["at"].tolist()
        agreement.add((*label, "incidence"), curve.incidence, numbers["incidence"])
        agreement.add((*label, "variance"), curve.std_error**2, variance_in_r(numbers))
    agreement.check()


def test_cumulative_incidence_and_counts_of_survfit(beside):
    """With late entry too; a cause that never happens is a state that nobody enters."""
    agreement = Agreement()
    for label, curve, numbers in beside.curves("survfit"):
        for field in ("at_risk", "events", "incidence"):
            agreement.add((*label, field), getattr(curve, field), numbers[field])
    agreement.check()


def test_incidence_at(beside):
    """At a time, and halfway to the next one, where the step function goes on."""
    agreement = Agreement()
    for label, curve, numbers in beside.curves("cuminc"):
        rows = np.unique(np.linspace(0, len(curve.time) - 1, 12).astype(int))
        theirs = numbers["incidence"].to_numpy(), variance_in_r(numbers)
        for row in rows:
            halfway = (curve.time[row] + curve.time[min(row + 1, len(curve.time) - 1)]) / 2
            for landmark in (curve.time[row], halfway):
                estimate = incidence_at(curve, landmark)
                agreement.add(label, [estimate.value, estimate.std_error**2], [values[row] for values in theirs])
    agreement.check()


def test_gray_test(beside):
    agreement = Agreement()
    for name, table, (form, cause), numbers in beside.of("gray"):
        columns = table["time"], table["cause"], table["in_arm"]
        ours = gray_test(*columns, of=int(cause), strata=strata_of(table, form), **NAMES)
        theirs = numbers.loc[0]
        if np.isnan(ours.statistic):
            assert np.isnan(theirs.statistic) or theirs.statistic < 0, (name, form, cause)
            continue
        if name == "0 by 0":  # worked out by hand in test_competing_by_hand.py
            assert np.isnan(theirs.statistic)
            continue
        agreement.add((name, form, cause), [ours.statistic, ours.p_value], [theirs.statistic, theirs.p_value])
    agreement.check()


def test_cause_specific_hazard_ratio(beside):
    agreement = Agreement()
    for name, table, (form, ties, cause), numbers in beside.of("coxph"):
        if name in EDGES:
            continue
        ours = cause_specific_hazard_ratio(
            table["time"],
            table["cause"],
            table["in_arm"],
            of=int(cause),
            strata=strata_of(table, form),
            entry=entry_of(table),
            ties=ties,
            **NAMES,
        )
        theirs = numbers.loc[0]
        if np.isnan(ours.value):
            unbounded = theirs.std_error == 0 or np.isnan(theirs.coefficient) or abs(theirs.coefficient) > 10
            assert unbounded, (name, form, cause)
            continue
        agreement.add((name, form, ties, cause), [np.log(ours.value), ours.std_error], theirs[numbers.columns[1:]])
    agreement.check()
