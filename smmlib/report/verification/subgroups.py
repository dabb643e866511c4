"""Hazard ratios in subgroups by statsmodels and lifelines, and tests of interaction by statsmodels."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from lifelines.exceptions import ConvergenceError
from scipy.stats import chi2
from statsmodels.duration.hazard_regression import PHReg

from smmlib.analysis.keys import Key
from smmlib.report.verification.declared_comparisons import Compared
from smmlib.report.verification.rows import is_late, patients_of
from smmlib.report.verification.time_to_event import cox_numbers
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.covariates import Subgroup

Number = tuple[Key, str, float, str]


def subgroup_numbers(data: AnalysisData, endpoint: str) -> Iterator[Number]:
    """Patients and events of each subgroup, hazard ratios of each comparison in each, and tests of interaction."""
    rows = patients_of(data, endpoint).merge(data.subjects.drop(columns="arm"), on="patient", how="left")
    for subgroup in (None, *data.study.subgroups):
        grouped = rows.assign(group=groups(rows, subgroup))
        factor = subgroup.variable if subgroup else ""
        for (level, arm), members in grouped.groupby(["group", "arm"]):
            about: dict[str, Any] = {"section": "subgroups", "endpoint": endpoint, "arm": str(arm)}
            part: dict[str, Any] = {"factor": factor, "level": str(level)}
            yield Key(measure="patients", **about, **part), "value", len(members), "pandas"
            yield Key(measure="events", **about, **part), "value", members["event"].sum(), "pandas"
        for arm, reference in data.study.arms.pairs:
            pair = grouped[grouped["arm"].isin([arm.id, reference.id]) & grouped["group"].notna()]
            pair = pair.assign(in_arm=pair["arm"] == arm.id)
            about = {"section": "subgroups", "endpoint": endpoint, "arm": arm.id, "reference": reference.id}
            yield from _compared(data, pair, about | {"factor": factor})


def groups(rows: pd.DataFrame, subgroup: Subgroup | None) -> pd.Series:
    """The subgroup of each row, missing where it is not known; of all patients the same."""
    if subgroup is None:
        return pd.Series("", index=rows.index)
    values = rows[subgroup.variable]
    if subgroup.cuts is None:
        return values.mask(values == "")
    edges = [-np.inf, *subgroup.cuts, np.inf]
    return pd.cut(values.astype(float), edges, right=False, labels=subgroup.intervals).astype(object)


def _compared(data: AnalysisData, pair: pd.DataFrame, about: dict[str, Any]) -> Iterator[Number]:
    late, analysis = is_late(data, about["endpoint"]), data.study.analysis_of(about["endpoint"])
    for level, members in pair.groupby("group"):
        of_level = about | {"level": str(level)}
        yield from _attempted(partial(cox_numbers, analysis, of_level, _columns(members, late), None, ""), members)
    if about["factor"]:
        key = Key(measure="interaction_test", **about)
        yield from _attempted(partial(_interaction, pair, key, analysis.ties, late), pair)


def _columns(members: pd.DataFrame, late: bool) -> Compared:
    columns = {name: members[name].to_numpy() for name in ("time", "event", "in_arm")}
    return Compared(**columns, entry=members["entry"].to_numpy() if late else None)


def _attempted(compute: Callable[[], Iterable[Number]], members: pd.DataFrame) -> list[Number]:
    """What the other programs find, where each arm has an event in each subgroup; else they search without end."""
    events = members[members["event"]].groupby("group")["in_arm"].nunique()
    if len(events) < members["group"].nunique() or (events < 2).any():
        return []
    try:
        return list(compute())
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def _interaction(pair: pd.DataFrame, key: Key, ties: str, late: bool) -> Iterator[Number]:
    """Twice the gain in log-likelihood by a product of the arm with each subgroup but the first."""
    dummies = pd.get_dummies(pair["group"], drop_first=True).to_numpy(dtype=float)
    arm = pair[["in_arm"]].to_numpy(dtype=float)
    if not dummies.shape[1]:
        return
    observed = {"status": pair["event"].to_numpy(), "entry": pair["entry"].to_numpy() if late else None, "ties": ties}
    main = np.hstack([arm, dummies])
    fits = [
        PHReg(pair["time"].to_numpy(), columns, **observed).fit(tol=1e-12, disp=False)
        for columns in (main, np.hstack([main, arm * dummies]))
    ]
    statistic = 2 * (fits[1].llf - fits[0].llf)
    yield key, "statistic", statistic, "statsmodels"
    yield key, "p_value", float(chi2.sf(statistic, dummies.shape[1])), "scipy"
