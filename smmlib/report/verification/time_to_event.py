"""Times to event by lifelines, statsmodels and scipy."""

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.exceptions import ConvergenceError
from lifelines.statistics import logrank_test
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff
from statsmodels.stats.proportion import proportion_confint

from smmlib.analysis.keys import Key
from smmlib.report.verification.competing_risks import competing_risk_numbers
from smmlib.report.verification.declared_comparisons import (
    Compared,
    adjusted,
    declared_of_pair,
    of_all_arms,
    restricted_means,
)
from smmlib.report.verification.rows import (
    CONVERGED,
    SMALLEST_BY_SUBTRACTION,
    is_late,
    limits_of,
    median_of,
    patients_of,
)

NO_END = 15.0
"""Logarithm of a hazard ratio at which a search of lifelines stopped though it has no end, for an arm has no event."""


def endpoint_numbers(data, endpoint):
    """What is estimated of an endpoint in each arm and between arms."""
    rows, analysis = patients_of(data, endpoint), data.study.analysis_of(endpoint)
    numbers = [*of_all_arms(data, endpoint, rows), *competing_risk_numbers(data, endpoint, rows)]
    for arm in data.study.arms.levels:
        numbers += _one_arm(data, endpoint, arm.id, rows[rows["arm"] == arm.id])
    for arm, reference in data.study.arms.pairs:
        pair = rows[(rows["arm"] == arm.id) | (rows["arm"] == reference.id)]
        about = {"section": "time_to_event", "endpoint": endpoint, "arm": arm.id, "reference": reference.id}
        patients = Compared(
            time=pair["time"].to_numpy(),
            event=pair["event"].to_numpy(),
            in_arm=(pair["arm"] == arm.id).to_numpy(),
            entry=pair["entry"].to_numpy() if is_late(data, endpoint) else None,
        )
        strata = pair["stratum"].to_numpy()
        numbers += _one_comparison(analysis, about, patients, None, "")
        if data.study.strata:
            numbers += _one_comparison(analysis, about, patients, strata, "stratified")
        numbers += declared_of_pair(analysis, about, patients, strata if analysis.primary_variant else None)
        numbers += adjusted(data, about, pair, strata if analysis.primary_variant else None)
    return numbers


def _one_arm(data, endpoint, arm, rows):
    analysis, about = data.study.analysis_of(endpoint), {"section": "time_to_event", "endpoint": endpoint, "arm": arm}
    entry = rows["entry"] if is_late(data, endpoint) else None
    fitter = KaplanMeierFitter(alpha=1 - analysis.conf_level).fit(rows["time"], rows["event"], entry=entry)
    share = proportion_confint(rows["event"].sum(), len(rows), 1 - analysis.conf_level, "beta")
    yield from limits_of(Key(measure="share", **about), share, "statsmodels")
    log_log = analysis.conf_type == "log-log"
    yield from median_of(fitter, Key(measure="median", **about), limits=log_log)
    for landmark in analysis.landmarks:
        if landmark > rows["time"].max():
            continue
        key = Key(measure="survival", **about, at=float(landmark))
        yield key, "value", fitter.predict(landmark), "lifelines"
        limits = fitter.confidence_interval_.loc[:landmark].iloc[-1]
        if log_log and 0 < fitter.predict(landmark) < 1:
            yield key, "low", limits.iloc[0], "lifelines"
            yield key, "high", limits.iloc[1], "lifelines"
    yield from restricted_means(fitter, about, analysis.restricted_mean, rows["time"].max())


def _one_comparison(analysis, about, patients, strata, variant):
    """Log-rank test and Cox models; nothing where the other programs find no answer, or no end."""
    try:
        return [
            *logrank_numbers(about, patients, strata, variant),
            *cox_numbers(analysis, about, patients, strata, variant),
        ]
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def logrank_numbers(about, patients, strata, variant):
    """Log-rank tests by statsmodels and, where they are plain, by lifelines."""
    if strata is not None and patients.entry is not None:
        return  # statsmodels takes the entries of all patients for those of a stratum
    key = Key(measure="logrank", **about, variant=variant)
    time, event, in_arm = patients.time, patients.event, patients.in_arm
    statistic, p_value = survdiff(time, event, in_arm, strata=strata, entry=patients.entry)
    yield key, "statistic", statistic, "statsmodels"
    if p_value > SMALLEST_BY_SUBTRACTION:
        yield key, "p_value", p_value, "statsmodels"
    if strata is None and patients.entry is None:
        plain = logrank_test(time[in_arm], time[~in_arm], event[in_arm], event[~in_arm])
        yield key, "statistic", plain.test_statistic, "lifelines"
        yield key, "p_value", plain.p_value, "lifelines"


def cox_numbers(analysis, about, patients, strata, variant):
    """Cox models by lifelines (Efron ties only) and by statsmodels."""
    key = Key(measure="hazard_ratio", **about, variant=variant)
    covariate, ties = patients.in_arm.astype(float), analysis.ties
    model = PHReg(patients.time, covariate, status=patients.event, entry=patients.entry, strata=strata, ties=ties)
    yield key, "value", np.exp(model.fit(tol=1e-12, disp=False).params[0]), "statsmodels"
    if analysis.ties == "efron":
        yield from _lifelines_cox(analysis, about, patients, key, strata)


def _lifelines_cox(analysis, about, patients, key, stratum):
    columns = {"time": patients.time, "event": patients.event, "in_arm": patients.in_arm.astype(float)}
    columns |= {} if stratum is None else {"stratum": stratum}
    columns |= {} if patients.entry is None else {"entry": patients.entry}
    fitter = CoxPHFitter(alpha=1 - analysis.conf_level)
    fitter.fit(
        pd.DataFrame(columns),
        "time",
        "event",
        strata=None if stratum is None else ["stratum"],
        fit_options=CONVERGED,
        entry_col=None if patients.entry is None else "entry",
    )
    if abs(fitter.params_["in_arm"]) > NO_END:
        return  # its limits are those of the last step, where ours are of the profile likelihood
    low, high = np.exp(fitter.confidence_intervals_.loc["in_arm"])
    yield key, "value", fitter.hazard_ratios_["in_arm"], "lifelines"
    yield key, "low", low, "lifelines"
    yield key, "high", high, "lifelines"
    if key.variant in ("", analysis.primary_variant):
        wald = Key(measure="wald_test", **about, variant=key.variant)
        yield wald, "p_value", fitter.summary.loc["in_arm", "p"], "lifelines"
