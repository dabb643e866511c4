"""All arms at once, and what a protocol declares besides, by lifelines and statsmodels.

Left out are the tests within strata that lifelines does not know, MaxCombo, the test for trend, and the test of
proportional hazards, which lifelines still takes from an older approximation.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.exceptions import ConvergenceError
from lifelines.statistics import logrank_test, multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import CONVERGED, SMALLEST_BY_SUBTRACTION, is_late, limits_of

SEVERAL = 3


@dataclass(frozen=True, eq=False)
class Compared:
    """The patients of two arms."""

    time: np.ndarray
    event: np.ndarray
    in_arm: np.ndarray
    entry: np.ndarray | None


def of_all_arms(data, endpoint, rows):
    """The log-rank test of three arms or more."""
    if len(data.study.arms.levels) < SEVERAL:
        return
    about = {"section": "time_to_event", "measure": "overall_logrank", "endpoint": endpoint}
    time, event, arm = (rows[name].to_numpy() for name in ("time", "event", "arm"))
    entry = rows["entry"].to_numpy() if is_late(data, endpoint) else None
    yield from _survdiff(Key(**about), time, event, arm, entry=entry)
    if entry is None:
        plain = multivariate_logrank_test(time, arm, event)
        yield Key(**about), "statistic", plain.test_statistic, "lifelines"
        if data.study.strata:
            key = Key(**about, variant="stratified")
            yield from _survdiff(key, time, event, arm, strata=rows["stratum"].to_numpy())


def _survdiff(key, time, event, group, **options):
    try:
        statistic, p_value = survdiff(time, event, group, **options)
    except (ArithmeticError, np.linalg.LinAlgError):
        return
    yield key, "statistic", statistic, "statsmodels"
    if p_value > SMALLEST_BY_SUBTRACTION:
        yield key, "p_value", p_value, "statsmodels"


def restricted_means(fitter, about, times, last):
    """Area under a Kaplan-Meier curve up to each time at which it is known."""
    for time in times:
        if time <= last:
            value = restricted_mean_survival_time(fitter, t=time)
            yield Key(measure="restricted_mean", **about, at=float(time)), "value", value, "lifelines"


def declared_of_pair(analysis, about, patients, strata):
    """Weighted tests and hazard ratios by period; nothing where the other programs find no answer, or no end."""
    try:
        return [*_weighted(analysis, about, patients, strata), *_by_period(analysis, about, patients, strata)]
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def adjusted(data, about, rows, strata):
    """The hazard ratio of the arm beside covariates, of patients who have them all; nothing where one tells nothing."""
    analysis = data.study.analysis_of(about["endpoint"])
    if not analysis.adjust:
        return []
    described = data.subjects.set_index("patient").loc[rows["patient"], analysis.adjust].reset_index(drop=True)
    known = described.replace("", np.nan).dropna().index
    covariates = pd.get_dummies(described.loc[known], drop_first=True, dtype=float)
    covariates.insert(0, "in_arm", (rows["arm"].to_numpy()[known] == about["arm"]).astype(float))
    if np.linalg.matrix_rank(covariates - covariates.mean()) < covariates.shape[1]:
        return []
    columns = {name: rows[name].to_numpy()[known] for name in ("time", "event", "entry")}
    try:
        return list(_adjusted(analysis, about, covariates, columns, None if strata is None else strata[known]))
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def _adjusted(analysis, about, covariates, columns, strata):
    is_late = not np.isnan(columns["entry"]).any()
    key = Key(measure="hazard_ratio", **about, variant="adjusted")
    entry = columns["entry"] if is_late else None
    options = {"status": columns["event"], "entry": entry, "strata": strata, "ties": analysis.ties}
    model = PHReg(columns["time"], covariates.to_numpy(), **options).fit(tol=1e-12, disp=False)
    yield key, "value", np.exp(model.params[0]), "statsmodels"
    if analysis.ties != "efron":
        return
    frame = covariates.assign(time=columns["time"], event=columns["event"])
    frame = frame.assign(entry=entry) if is_late else frame
    frame = frame if strata is None else frame.assign(stratum=strata)
    by = {"strata": None if strata is None else ["stratum"], "entry_col": "entry" if is_late else None}
    fitter = CoxPHFitter(alpha=1 - analysis.conf_level).fit(frame, "time", "event", fit_options=CONVERGED, **by)
    low, high = np.exp(fitter.confidence_intervals_.loc["in_arm"])
    yield key, "value", fitter.hazard_ratios_["in_arm"], "lifelines"
    yield from limits_of(key, (low, high), "lifelines")
    yield replace(key, measure="wald_test"), "p_value", fitter.summary.loc["in_arm", "p"], "lifelines"


def _weighted(analysis, about, patients, strata):
    time, event, in_arm = patients.time, patients.event, patients.in_arm
    for weights in analysis.weighted_tests:
        key = Key(measure="weighted_logrank", **about, level=f"{weights.rho:g}, {weights.gamma:g}")
        if strata is None and patients.entry is None and time.min() > 0:  # where lifelines finds a step too few
            powers = {"weightings": "fleming-harrington", "p": weights.rho, "q": weights.gamma}
            test = logrank_test(time[in_arm], time[~in_arm], event[in_arm], event[~in_arm], **powers)
            yield key, "statistic", test.test_statistic, "lifelines"
        if weights.gamma == 0 and patients.entry is None:
            options = {"strata": strata, "weight_type": "fh", "fh_p": weights.rho}
            yield from _survdiff(key, time, event, in_arm, **options)


def _by_period(analysis, about, patients, strata):
    """A Cox model of those still at risk in each period, from its beginning on."""
    edges = [0, *analysis.periods, np.inf] if analysis.periods else []
    for start, end in pairwise(edges):
        level = f"after {start:g}" if end == np.inf else f"{start:g} to {end:g}"
        key = Key(measure="period_hazard_ratio", **about, level=level)
        within = patients.time > start if start else np.full(len(patients.time), True)
        entry = np.full(len(within), start) if patients.entry is None else np.maximum(patients.entry, start)
        within &= entry < end
        event, until = patients.event & (patients.time <= end), np.minimum(patients.time, end)
        model = PHReg(
            until[within],
            patients.in_arm[within].astype(float),
            status=event[within],
            entry=entry[within] if start or patients.entry is not None else None,
            strata=None if strata is None else strata[within],
            ties=analysis.ties,
        )
        yield key, "value", np.exp(model.fit(tol=1e-12, disp=False).params[0]), "statsmodels"
