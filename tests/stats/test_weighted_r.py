"""Weighted and combined tests beside R's `survival`, on real and on random patients, to 1e-8 relative.

`survdiff(rho =)` is Fleming-Harrington (rho, 0), with survival just before each time, within each stratum: not the
test of Peto & Peto, whose name its help mentions. The other weights are score tests of R's exact partial likelihood.

Where R and we differ: a statistic without variance is 0, NaN or an error in R. Here it is not estimable.
"""

import numpy as np
import pandas as pd
import pytest
from patient_tables import in_months, public_tables, random_table
from project_files import ORACLES
from r_program import Agreement, run_r, stacked

from smmlib import FlemingHarrington, ModestlyWeighted, maxcombo_test, weighted_logrank_test

pytestmark = pytest.mark.other_package

RANDOM_TABLES = 60
NAMES = {"arm": "arm", "reference": "reference"}
STANDARD = [FlemingHarrington(0, 0), FlemingHarrington(1, 0), FlemingHarrington(0, 1), FlemingHarrington(1, 1)]
# R has P of a combination as the mean over a grid of directions; its relative error, which falls with the square of
# the grid's points, grows with the square of the largest Z.
ERROR_OF_THE_GRID = 1.5e-5


def heart_attacks():
    rows = pd.read_csv(ORACLES / "whas500.csv")
    columns = {"time": rows["LENFOL"], "event": rows["FSTAT"], "in_arm": rows["AFB"], "stratum": rows["GENDER"]}
    return pd.DataFrame(columns).astype({"time": float, "stratum": str})


def late_entry(seed):
    """A random table whose patients come under observation at any whole day before they leave."""
    table = random_table(seed)
    table["time"] += 1
    return table.assign(entry=np.floor(table["time"] * np.random.default_rng(seed).random(len(table))))


def tables_for_r():
    days = {f"random {seed}": random_table(seed) for seed in range(RANDOM_TABLES)}
    months = {f"{name}, months": in_months(days[name], seed) for seed, name in enumerate(days) if seed % 8 == 3}
    late = {f"late entry {seed}": late_entry(seed) for seed in range(RANDOM_TABLES)}
    tables = public_tables() | {"heart attacks": heart_attacks()} | days | months | late
    return {name: with_limit(table) for name, table in tables.items()}


def with_limit(table):
    """The time at which modest weights stop to grow: a third of the way through the whole times, or through others."""
    seen = np.unique(table["time"])
    return table.assign(until=seen[len(seen) // 3] + (0 if (seen == seen.round()).all() else 0.01))


class Beside:
    """R's numbers by table and group, and the patients that they are of."""

    def __init__(self, folder):
        self.tables = tables_for_r()
        rows = stacked({name: table.assign(entry=table.get("entry", np.nan)) for name, table in self.tables.items()})
        self.results = run_r("weighted", folder, rows=rows)

    def of(self, what):
        """Table name, arguments, the words of the group after the form, and R's numbers."""
        for (name, verb, group), numbers in self.results.items():
            if verb == what:
                form, _, words = group.partition(": ")
                yield (name, form, words), self.arguments(name, form), words, numbers.loc[0]

    def arguments(self, name, form):
        table = self.tables[name]
        options = {"strata": table["stratum"]} if form == "stratified" else {}
        if "entry" in table:
            options["entry"] = table["entry"]
        return {column: table[column] for column in ("time", "event", "in_arm")} | options | NAMES

    def weighting(self, name, words):
        if words.startswith("fh"):
            return FlemingHarrington(*map(float, words.split()[1:]))
        if words == "modest time":
            return ModestlyWeighted(time=self.tables[name]["until"].iloc[0])
        return ModestlyWeighted(survival=0.5) if words == "modest survival" else words


def nothing(number):
    return number == 0 or np.isnan(number)


def test_rho_of_survdiff(beside):
    agreement = Agreement()
    for key, arguments, rho, theirs in beside.of("survdiff"):
        ours = weighted_logrank_test(**arguments, weighting=FlemingHarrington(float(rho), 0)).statistic
        if np.isnan(ours):
            assert nothing(theirs.statistic), key
            continue
        agreement.add(key, ours, theirs.statistic)
    agreement.check()


def test_weighted_logrank_test(beside):
    agreement = Agreement()
    for key, arguments, words, theirs in beside.of("weighted_logrank_test"):
        ours = weighted_logrank_test(**arguments, weighting=beside.weighting(key[0], words)).statistic
        if np.isnan(ours):
            assert nothing(theirs.statistic) or nothing(theirs.information), key
            continue
        agreement.add(key, ours, theirs.statistic)
    agreement.check()


def test_maxcombo_test(beside):
    statistics = Agreement()
    for key, arguments, _, theirs in beside.of("maxcombo_test"):
        ours = maxcombo_test(**arguments, weightings=STANDARD, seed=1)
        statistics.add(key, ours.statistic**2, theirs.statistic**2)
        error = ERROR_OF_THE_GRID * (1 + theirs.statistic**2)
        assert ours.p_value == pytest.approx(theirs.p_value, rel=error, nan_ok=True), key
    statistics.check()
