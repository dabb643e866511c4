"""The analyses of robustness beside R's `survival`, on real and on random patients, to 1e-8 relative.

What a response at the start, at the end of observation or after it means is left to R's `tmerge`. Completed data sets
of the tipping point are those of the loops in `reference_robustness.py`; R fits and combines them. Where the partial
likelihood has no maximum, R returns the coefficient at which its iteration stopped, or none; here there is none.
"""

import numpy as np
import pandas as pd
import pytest
import reference_robustness as second
from patient_tables import public_tables
from r_program import Agreement, run_r, stacked, unstacked
from robustness_tables import table_with_responses, tables_to_impute

from smmlib import (
    event_time_shift,
    fragility_index,
    landmark_hazard_ratio,
    reference_based_hazard_ratio,
    time_dependent_response_hazard_ratio,
    tipping_point,
)

pytestmark = pytest.mark.other_package

RANDOM_TABLES = 45
RANDOM_FRAGILITIES = 80
NAMES = {"arm": "arm", "reference": "reference"}
DELTAS, IMPUTATIONS = [0.5, 1.0, 4.0], 6
JUMP = "jump"


def tables_for_r():
    return {f"random {seed}": table_with_responses(seed) for seed in range(RANDOM_TABLES)}


def tables_to_complete():
    """Real patients, those censored in the first two thirds of the time as if lost; and random ones."""
    real = {name: table for name, table in public_tables().items() if name in ("leukemia", "larynx")}
    real = {
        name: table.assign(followed_until=np.maximum(table["time"], table["time"].quantile(0.67)))
        for name, table in real.items()
    }
    return real | {f"random {seed}": table for seed, table in tables_to_impute(range(80)).items()}


def completed_sets(name, table):
    """For each delta, and for the jump to the reference, all completed data sets as rows."""
    names = ["time", "event", "in_arm", "stratum", "followed_until"]
    for form in ("plain", "stratified"):
        patients = list(zip(*(table[column].tolist() for column in names), strict=True))
        if form == "plain":
            patients = [(*patient[:3], "", patient[4]) for patient in patients]
        for group, factor in [*zip(map(str, DELTAS), DELTAS, strict=True), (JUMP, 1)]:
            sets = second.completed_tables(patients, group != JUMP, factor, IMPUTATIONS, seed=9)
            for imputation, rows in enumerate(sets):
                frame = pd.DataFrame(rows, columns=["time", "event", "in_arm", "stratum"]).astype({"event": int})
                yield frame.assign(table=name, group=f"{form} {group}", imputation=imputation)


def fragilities():
    rng = np.random.default_rng(21)
    sizes = rng.integers(1, 120, (RANDOM_FRAGILITIES, 2))
    counts = rng.integers(0, sizes + 1)
    alpha = rng.choice([0.01, 0.05], RANDOM_FRAGILITIES)
    columns = {"first": counts[:, 0], "size": sizes[:, 0], "second": counts[:, 1], "other_size": sizes[:, 1]}
    return pd.DataFrame(columns).assign(alpha=alpha)


class Beside:
    """R's numbers by table and group, and the patients that they are of."""

    def __init__(self, folder):
        given = tables_for_r()
        self.to_complete = tables_to_complete()
        moments = [(name, at) for name, table in given.items() for at in np.unique([0, 0.5, *table["time"][:3]])]
        shifts = [(name, shift) for name in given for shift in (0, 0.5, 1, 6, 400)]
        self.results = run_r(
            "robustness",
            folder,
            rows=stacked(given),
            landmarks=pd.DataFrame(moments, columns=["table", "time"]),
            shifts=pd.DataFrame(shifts, columns=["table", "shift"]),
            completed=pd.concat(sets for item in self.to_complete.items() for sets in completed_sets(*item)),
            fragility=fragilities(),
        )
        self.tables = unstacked(folder / "data.csv")

    def of(self, what):
        """Table name, its patients, whether stratified, the rest of the group and R's numbers."""
        for (name, verb, group), numbers in self.results.items():
            if verb == what:
                form, _, rest = group.partition(" ")
                yield name, self.tables.get(name), form == "stratified", rest, numbers


def compare(agreement, label, ours, theirs):
    """Hazard ratio and standard error; or neither, where R has none or ran away."""
    if np.isnan(ours.value):
        gone = np.isnan(theirs.coefficient) or theirs.std_error == 0 or abs(theirs.coefficient) > 10
        assert gone, label
        return
    agreement.add(label, [ours.value, ours.std_error], [np.exp(theirs.coefficient), theirs.std_error])


def strata_of(table, stratified):
    return table["stratum"] if stratified else None


def test_landmark_hazard_ratio(beside):
    agreement = Agreement()
    for name, table, stratified, ties, numbers in beside.of("landmark_hazard_ratio"):
        columns = table["time"], table["event"], table["response_time"]
        for theirs in numbers.itertuples():
            ours = landmark_hazard_ratio(*columns, landmark=theirs.at, strata=strata_of(table, stratified), ties=ties)
            assert ours.n == theirs.n
            compare(agreement, (name, stratified, ties, theirs.at), ours, theirs)
    agreement.check()


def test_time_dependent_response_hazard_ratio(beside):
    agreement = Agreement()
    for name, table, stratified, ties, numbers in beside.of("time_dependent_response_hazard_ratio"):
        ours = time_dependent_response_hazard_ratio(
            table["time"], table["event"], table["response_time"], strata=strata_of(table, stratified), ties=ties
        )
        assert ours.n == numbers.n[0]
        compare(agreement, (name, stratified, ties), ours, numbers.loc[0])
    agreement.check()


def test_event_time_shift(beside):
    agreement = Agreement()
    for name, table, stratified, moved_arm, numbers in beside.of("event_time_shift"):
        ours = event_time_shift(
            *(table[column] for column in ("time", "event", "in_arm")),
            numbers["at"],
            shifted="arm" if moved_arm == "1" else "reference",
            strata=strata_of(table, stratified),
            **NAMES,
        )
        for ratio, theirs in zip(ours.hazard_ratios, numbers.itertuples(), strict=True):
            compare(agreement, (name, stratified, moved_arm, theirs.at), ratio, theirs)
    agreement.check()


def test_combined_hazard_ratios(beside):
    agreement = Agreement()
    for name, _, stratified, assumption, numbers in beside.of("pooled"):
        table = beside.to_complete[name]
        given = {column: table[column] for column in ("time", "event", "in_arm", "followed_until")} | NAMES
        given |= {"imputations": IMPUTATIONS, "seed": 9, "strata": strata_of(table, stratified)}
        if assumption == JUMP:
            ours = reference_based_hazard_ratio(**given)
        else:
            ours = tipping_point(deltas=[float(assumption)], **given).hazard_ratios[0]
        theirs = numbers.loc[0]
        if np.isnan(ours.value):
            assert not theirs.largest < 10, (name, assumption)
            continue
        agreement.add(
            (name, stratified, assumption),
            [ours.value, ours.low, ours.high, ours.std_error],
            [*np.exp(theirs[["coefficient", "low", "high"]]), theirs.std_error],
        )
    agreement.check()


def test_fragility_index(beside):
    agreement = Agreement()
    for (_, verb, group), numbers in beside.results.items():
        if verb == "fragility_index":
            *counts, alpha = group.split()
            agreement.add(group, fragility_index(*map(int, counts), alpha=float(alpha)).value, numbers.value)
    agreement.check()
