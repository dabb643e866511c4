"""Sensitivity analyses by lifelines and statsmodels; whom the best and the worst case change is worked out anew.

Imputed event times are drawn at random, so that no other program has the same ones: tipping points are left out.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.exceptions import ConvergenceError
from statsmodels.stats.proportion import proportion_confint

from smmlib.analysis.keys import Key
from smmlib.report.verification.declared_comparisons import Compared
from smmlib.report.verification.rows import limits_of, median_of, patients_of
from smmlib.report.verification.time_to_event import cox_numbers, logrank_numbers
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.sensitivity import Variant
from smmlib.trial.present import present
from smmlib.trial.units import DAYS_PER_UNIT

Number = tuple[Key, str, float, str]


def sensitivity_numbers(data: AnalysisData) -> Iterator[Number]:
    """The numbers of the main analysis and of each variant, but for tipping points."""
    for endpoint, variants in data.study.sensitivity.endpoints.items():
        yield from _of_patients(data, endpoint, "", patients_of(data, endpoint))
        for name, variant in variants.items():
            if variant.tipping_point is None:
                yield from _of_patients(data, endpoint, name, _patients(data, endpoint, name, variant))
    for visit, asked in data.study.sensitivity.responses.items():
        missing_counts = {"": "non-responders"} | {name: of.missing for name, of in asked.items()}
        for name, missing in missing_counts.items():
            yield from _of_response(data, visit, name, missing)


def _patients(data: AnalysisData, endpoint: str, name: str, variant: Variant) -> pd.DataFrame:
    """The patients of a variant: of the best and the worst case from those of the main analysis."""
    if variant.best_case is None and variant.worst_case is None:
        rows = data.sensitivity_times
        rows = rows[(rows["endpoint"] == endpoint) & (rows["variant"] == name) & rows["time"].notna()]
        rows = rows.sort_values(["time", "event", "arm", "entry", "stratum"], kind="stable")
        return rows.astype({"time": float, "event": bool, "entry": float})
    return _extreme(data, endpoint, variant)


def _extreme(data: AnalysisData, endpoint: str, variant: Variant) -> pd.DataFrame:
    study, rows = data.study, patients_of(data, endpoint)
    lost, unit = present(variant.lost), DAYS_PER_UNIT[data.study.time_unit]
    if lost.followed_until is None:
        cutoff = pd.Timestamp(present(study.endpoints[endpoint].data_cutoff or study.data_cutoff))
        end = (cutoff - pd.to_datetime(rows["start"])).dt.days / unit
    else:
        end = pd.Series(float(lost.followed_until), index=rows.index)
    asked = [reason.removeprefix("censored: ") for reason in lost.reasons]
    is_lost = ~rows["event"] & ((end - rows["time"] - lost.grace) * unit > 1 / 2)
    if asked:
        is_lost &= rows["reason"].str.removeprefix("censored: ").isin(asked)
    is_best = (variant.best_case is not None) ^ study.endpoints[endpoint].favourable_event
    has_event = is_lost & ((rows["arm"] == study.arms.reference) == is_best)
    return rows.assign(event=rows["event"] | has_event, time=rows["time"].mask(is_lost & ~has_event, end))


def _of_patients(data: AnalysisData, endpoint: str, name: str, rows: pd.DataFrame) -> Iterator[Number]:
    """Counts and medians of the arms, and their comparisons."""
    analysis = data.study.analysis_of(endpoint)
    late = bool(rows["entry"].notna().any())
    for arm in data.study.arms.levels:
        own = rows[rows["arm"] == arm.id]
        about: dict[str, Any] = {"section": "sensitivity", "endpoint": endpoint, "arm": arm.id, "variant": name}
        yield Key(measure="patients", **about), "value", float(len(own)), "pandas"
        yield Key(measure="events", **about), "value", float(own["event"].sum()), "pandas"
        fitter = KaplanMeierFitter(alpha=1 - analysis.conf_level)
        fitter.fit(own["time"], own["event"], entry=own["entry"] if late else None)
        yield from median_of(fitter, Key(measure="median", **about), limits=analysis.conf_type == "log-log")
    for arm, reference in data.study.arms.pairs:
        pair = rows[rows["arm"].isin([arm.id, reference.id])]
        yield from _compared(data, endpoint, name, (arm, reference), pair, late)


def _compared(
    data: AnalysisData, endpoint: str, name: str, arms: tuple[Arm, Arm], pair: pd.DataFrame, late: bool
) -> list[Number]:
    """Nothing where the other programs find no answer, or no end."""
    analysis, (arm, reference) = data.study.analysis_of(endpoint), arms
    about = {"section": "sensitivity", "endpoint": endpoint, "arm": arm.id, "reference": reference.id}
    columns = {"time": pair["time"].to_numpy(), "event": pair["event"].to_numpy()}
    entry = pair["entry"].to_numpy() if late else None
    patients = Compared(**columns, in_arm=(pair["arm"] == arm.id).to_numpy(), entry=entry)
    strata = pair["stratum"].to_numpy() if analysis.primary_variant else None
    try:
        return [
            *logrank_numbers(about, patients, strata, name),
            *cox_numbers(analysis, about, patients, strata, name),
        ]
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def _of_response(data: AnalysisData, visit: str, name: str, missing: str) -> Iterator[Number]:
    rows = data.responses[data.responses["visit"] == visit]
    for arm in data.study.arms.levels:
        recorded = rows.loc[rows["arm"] == arm.id, "response"]
        unknown = recorded == NOT_EVALUABLE
        favoured = (arm.id == data.study.arms.reference) == (missing == "worst case")
        as_responders = missing == "responders" or (missing.endswith("case") and favoured)
        counted = recorded[~unknown] if missing == "left out" else recorded
        responders = int(
            recorded.isin(data.study.response_scale.responders).sum() + (unknown.sum() if as_responders else 0)
        )
        key = Key("sensitivity", "rate", arm=arm.id, phase=visit, variant=name)
        yield key, "value", responders / len(counted), "pandas"
        limits = proportion_confint(responders, len(counted), 1 - data.study.analysis.conf_level, "beta")
        yield from limits_of(key, limits, "statsmodels")
