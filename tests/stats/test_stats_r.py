"""Every statistic beside R's `survival`, on real and on random patients, to 1e-8 relative.

Where R and we differ, and why:

* Past the last observed time R (asked to with `extend = TRUE`) repeats the last survival. Here it is not estimable, as
  in SAS, unless it is 0.
* Before the first observed time R states limits of 1 on every scale; after a first censoring, where survival is still
  1, none on the log-log, logit and arcsine scales. Here there are none on those scales as long as survival is 1.
* When one arm has no event while both are at risk, the partial likelihood has no maximum. R returns the coefficient at
  which its iteration stopped, with a warning. When no event at all is seen while both are at risk, R returns 0 or NaN
  with a standard error of 0. Here the hazard ratio is not estimable.
* A log-rank statistic without variance is 0 (P = 1), NaN or an error in R. Here it is not estimable.
* The upper limit of a curve may rise again after an event. The median's upper limit is, here and in R's printed table,
  the first time at which it is at one half or below; R's `quantile` takes the time at which it comes nearest to that.
* With late entry, R's number at risk between two times of exit is that of the later one, so that it counts patients who
  are not yet under observation. Here they are counted from their entry on; at times of exit both are the same.
* R finds an event at a landmark when the two floats are equal, we when they are equal within rounding error.
"""

import numpy as np
import pandas as pd
import pytest
from patient_tables import in_months, public_tables, random_table, with_case_weights, with_late_entry
from r_program import Agreement, run_r, stacked, unstacked

from smmlib import (
    hazard_ratio,
    kaplan_meier,
    logrank_test,
    median_follow_up,
    median_survival,
    restricted_mean_difference,
    restricted_mean_ratio,
    restricted_mean_survival,
    risk_table,
    survival_at,
    survival_difference,
    survival_quantile,
)

pytestmark = pytest.mark.other_package

RANDOM_TABLES = 200
NAMES_IN_R = {"log-log": "log-log", "log": "log", "plain": "plain", "logit": "logit", "arcsine": "arcsin"}
STRATIFIED = {"plain": False, "stratified": True}
NAMES = {"arm": "arm", "reference": "reference"}


def tables_for_r():
    days = {f"random {seed}": random_table(seed) for seed in range(RANDOM_TABLES)}
    months = {f"{name}, months": in_months(days[name], seed) for seed, name in enumerate(days) if seed % 8 == 3}
    return public_tables() | days | months


def late_or_weighted_tables():
    """One curve each: with late entry, with case weights, with both."""
    days = {seed: random_table(seed) for seed in range(RANDOM_TABLES)}
    late = {f"late {seed}": with_late_entry(table, seed) for seed, table in days.items()}
    weighted = {f"weighted {seed}": with_case_weights(days[seed], seed) for seed in range(0, RANDOM_TABLES, 4)}
    both = {f"both {seed}": with_case_weights(late[f"late {seed}"], seed) for seed in range(1, RANDOM_TABLES, 4)}
    return late | weighted | both


def landmarks_of(table):
    """Before, at (where they are whole days), between and after the observed times."""
    seen = np.unique(table["time"])
    at = seen[[0, len(seen) // 3, len(seen) // 2, -1]]
    exact = at[at == at.round()]
    return np.unique([0, seen[0] / 2, *exact, *(at + 0.01), seen[-1] * 1.5 + 1])


class Beside:
    """R's numbers by table and group, and the patients that they are of."""

    def __init__(self, folder):
        given = tables_for_r()
        self.landmarks = {name: landmarks_of(table) for name, table in given.items()}
        self.special = late_or_weighted_tables()
        self.landmarks |= {name: landmarks_of(table) for name, table in self.special.items()}
        landmarks = pd.DataFrame([(name, at) for name, moments in self.landmarks.items() for at in moments])
        landmarks.columns = ["table", "time"]
        self.results = run_r("survival", folder, rows=stacked(given | self.special), landmarks=landmarks)
        self.tables = unstacked(folder / "data.csv")

    def of(self, what):
        """Table name, its patients, the group and R's numbers, for each that R computed."""
        for (name, verb, group), numbers in self.results.items():
            if verb == what:
                yield name, self.tables.get(name), group, numbers

    def of_arm(self, what):
        """The same with the times and events of the arm that the group names, and R's word for the limits."""
        for name, table, group, numbers in self.of(what):
            side, _, conf_type = group.partition(" ")
            members = table[table["in_arm"] == (side == "arm")]
            yield name, members["time"], members["event"], conf_type, numbers


def our_name(conf_type_in_r):
    return next(name for name, in_r in NAMES_IN_R.items() if in_r == conf_type_in_r)


def test_kaplan_meier(beside):
    agreement = Agreement()
    for name, time, event, conf_type, numbers in beside.of_arm("kaplan_meier"):
        curve = kaplan_meier(time, event, conf_type=our_name(conf_type))
        for field in ("at_risk", "events", "censored", "survival", "std_error", "low", "high"):
            agreement.add((name, conf_type, field), getattr(curve, field), numbers[field])
    agreement.check()


def test_survival_at(beside):
    agreement = Agreement()
    for name, time, event, conf_type, numbers in beside.of_arm("survival_at"):
        curve = kaplan_meier(time, event, conf_type=our_name(conf_type))
        for row in numbers.itertuples():
            estimate = survival_at(curve, row.at)
            if row.at > time.max() and row.value > 0:
                assert np.isnan(estimate.value)
                continue
            agreement.add((name, conf_type), [estimate.value, estimate.std_error], [row.value, row.std_error])
            if row.value < 1 or row.at >= time.min():
                agreement.add((name, conf_type), [estimate.low, estimate.high], [row.low, row.high])
    agreement.check()


def test_median_survival(beside):
    agreement = Agreement()
    for name, time, event, conf_type, numbers in beside.of_arm("median_survival"):
        curve = kaplan_meier(time, event, conf_type=our_name(conf_type))
        rises = np.nanmax(np.diff(curve.high), initial=0) > 0
        theirs = numbers.loc[0, ["value", "low", "high_printed" if rises else "high"]]
        median = median_survival(curve)
        agreement.add((name, conf_type), [median.value, median.low, median.high], theirs)
    agreement.check()


def test_survival_quantile(beside):
    agreement = Agreement()
    for name, time, event, conf_type, numbers in beside.of_arm("survival_quantile"):
        curve = kaplan_meier(time, event, conf_type=our_name(conf_type))
        rises = np.nanmax(np.diff(curve.high), initial=0) > 0
        for row in numbers.itertuples():
            ours = survival_quantile(curve, row.at)
            agreement.add((name, row.at), [ours.value, ours.low], [row.value, row.low])
            if not rises:
                agreement.add((name, row.at), ours.high, row.high)
    agreement.check()


def test_restricted_mean(beside):
    """Each arm, and the difference and the ratio made of R's numbers of both."""
    agreement = Agreement()
    arms = {}
    for name, time, event, _, numbers in beside.of_arm("restricted_mean_survival"):
        curve = kaplan_meier(time, event)
        for row in numbers.itertuples():
            ours = restricted_mean_survival(curve, row.at)
            agreement.add(name, [ours.value, ours.std_error], [row.value, row.std_error])
            arms.setdefault((name, row.at), []).append((curve, row))
    for (name, tau), pair in arms.items():
        if len(pair) == 2:
            (curve, first), (reference_curve, second) = pair
            difference = restricted_mean_difference(curve, reference_curve, tau)
            ratio = restricted_mean_ratio(curve, reference_curve, tau)
            spread = np.hypot(first.std_error / first.value, second.std_error / second.value)
            expected = [first.value - second.value, np.hypot(first.std_error, second.std_error)]
            agreement.add((name, "difference"), [difference.value, difference.std_error], expected)
            agreement.add((name, "ratio"), [ratio.value, ratio.std_error], [first.value / second.value, spread])
    agreement.check()


def curve_of(table):
    return kaplan_meier(table["time"], table["event"], entry=table.get("entry"), weights=table.get("weight"))


def test_late_entry_and_case_weights(beside):
    agreement = Agreement()
    for name, _, _, numbers in beside.of("late_or_weighted"):
        curve = curve_of(beside.special[name])
        theirs = numbers[numbers["events"] + numbers["censored"] > 0]
        agreement.add((name, "time"), curve.time, theirs["at"])
        for field in ("at_risk", "events", "censored", "survival", "std_error", "low", "high"):
            agreement.add((name, field), getattr(curve, field), theirs[field])
    agreement.check()


def test_numbers_at_risk_with_late_entry_and_case_weights(beside):
    agreement = Agreement()
    for name, _, _, numbers in beside.of("late_or_weighted_at_risk"):
        table = beside.special[name]
        ours = risk_table([curve_of(table)], numbers["at"])["at_risk"]
        same = numbers["at"].isin(table["time"]) if "entry" in table else numbers["at"] >= 0
        agreement.add(name, ours[same], numbers["at_risk"][same])
    agreement.check()


def test_median_follow_up(beside):
    agreement = Agreement()
    for name, time, event, _, numbers in beside.of_arm("median_follow_up"):
        median = median_follow_up(time, event, estimator="reverse-kaplan-meier")
        agreement.add(name, [median.value, median.low, median.high], numbers.loc[0, ["value", "low", "high"]])
    agreement.check()


def test_risk_table(beside):
    agreement = Agreement()
    for name, time, event, conf_type, numbers in beside.of_arm("survival_at"):
        if conf_type == "log-log":
            agreement.add(name, risk_table([kaplan_meier(time, event)], numbers["at"])["at_risk"], numbers["at_risk"])
    agreement.check()


def test_survival_difference(beside):
    """From R's survival and standard error of each arm."""
    agreement = Agreement()
    arms = {}
    for name, time, event, conf_type, numbers in beside.of_arm("survival_at"):
        if conf_type == "plain":
            arms.setdefault(name, []).append((kaplan_meier(time, event, conf_type="plain"), time.max(), numbers))
    for name, ((curve, last, theirs), (reference_curve, reference_last, reference_theirs)) in arms.items():
        for position, at in enumerate(theirs["at"]):
            if at <= min(last, reference_last):
                ours = survival_difference(curve, reference_curve, at)
                first, second = theirs.loc[position], reference_theirs.loc[position]
                expected = first.value - second.value, np.hypot(first.std_error, second.std_error)
                agreement.add(name, [ours.value, ours.std_error], expected)
    agreement.check()


def test_logrank_test(beside):
    agreement = Agreement()
    for name, table, form, numbers in beside.of("logrank_test"):
        strata = table["stratum"] if STRATIFIED[form] else None
        ours = logrank_test(table["time"], table["event"], table["in_arm"], strata=strata, **NAMES)
        theirs = numbers.loc[0]
        if np.isnan(ours.statistic):
            assert theirs.statistic == 0 or np.isnan(theirs.statistic), (name, form)
            continue
        agreement.add((name, form), [ours.statistic, ours.p_value], [theirs.statistic, theirs.p_value])
    agreement.check()


def test_hazard_ratio(beside):
    agreement = Agreement()
    for name, table, group, numbers in beside.of("hazard_ratio"):
        form, ties = group.split()
        strata = table["stratum"] if STRATIFIED[form] else None
        ours = hazard_ratio(table["time"], table["event"], table["in_arm"], strata=strata, ties=ties, **NAMES)
        theirs = numbers.loc[0]
        if np.isnan(ours.value):
            assert theirs.std_error == 0 or abs(theirs.coefficient) > 10, (name, group)
            continue
        expected = [theirs.coefficient, theirs.std_error]
        agreement.add((name, group), [np.log(ours.value), ours.std_error], expected)
    agreement.check()
