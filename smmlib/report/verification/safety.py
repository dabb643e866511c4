"""Adverse events by pandas' cross tables, and rates by statsmodels."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from statsmodels.stats.rates import confint_poisson

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import limits_of
from smmlib.trial.analysis_data import AnalysisData

DAYS_PER_YEAR = 365.25
Numbers = Iterator[tuple[Key, str, float, str]]


def safety_numbers(data: AnalysisData) -> Numbers:
    """Patients, events, worst grades and rates of kinds, of classes and of all terms, frequent or not."""
    kinds = data.adverse_events[data.adverse_events["term"] == ""]
    kinds = kinds[kinds["affected"].astype(bool)].rename(columns={"kind": "variant"})
    terms = data.adverse_event_terms.rename(columns={"system_organ_class": "factor", "term": "level"})
    yield from _of_lines(data, kinds, ["variant"])
    yield from _of_lines(data, terms, ["factor", "level"])
    yield from _of_lines(data, terms[terms["factor"] != ""], ["factor"])


def _of_lines(data: AnalysisData, rows: pd.DataFrame, fields: list[str]) -> Numbers:
    """The lines that a patient may be in once, told apart by some fields of their keys."""
    rows = rows.astype({"events": float, "worst_grade": float, "days_to_event": float})
    patients = rows.groupby([*fields, "patient", "arm"], as_index=False).agg(
        {"events": "sum", "worst_grade": "max", "days_to_event": "min"}
    )
    index = [patients[field] for field in fields]
    yield from _table(fields, pd.crosstab(index, patients["arm"]), "patients")
    yield from _table(fields, pd.crosstab(index, patients["arm"], patients["events"], aggfunc="sum"), "events")
    grades = patients["worst_grade"].map(lambda grade: "unknown" if pd.isna(grade) else f"{grade:.0f}")
    for grade in grades.unique():
        chosen = patients[grades == grade]
        table = pd.crosstab([chosen[field] for field in fields], chosen["arm"])
        yield from _table(fields, table, f"worst_grade_{grade}")
    if data.study.safety.treatment is not None:
        yield from _rates(data, patients, fields)


def _table(fields: list[str], table: pd.DataFrame, measure: str) -> Numbers:
    for names, row in table.iterrows():
        about = dict(zip(fields, names if isinstance(names, tuple) else (names,), strict=True))
        for arm, value in row.dropna().items():
            yield Key("safety", measure, arm=str(arm), **about), "value", float(value), "pandas"


def _rates(data: AnalysisData, patients: pd.DataFrame, fields: list[str]) -> Numbers:
    """Of lines that somebody of the arm is in."""
    days = data.safety_population.astype({"days_at_risk": float}).groupby("arm")["days_at_risk"].sum()
    population = data.safety_population.set_index("patient")["days_at_risk"].astype(float)
    for group, rows in patients.groupby([*fields, "arm"]):
        *names, arm = map(str, group)
        lost = (rows["patient"].map(population) - rows["days_to_event"]).sum()
        years = (days[arm] - lost) / DAYS_PER_YEAR
        low, high = confint_poisson(len(rows), years, method="exact-c", alpha=1 - data.study.analysis.conf_level)
        about: dict[str, Any] = dict(zip(fields, names, strict=True))
        key = Key("safety", "rate", arm=arm, **about)
        yield key, "value", 100 * len(rows) / years, "pandas"
        yield from limits_of(key, (100 * low, 100 * high), "statsmodels")
