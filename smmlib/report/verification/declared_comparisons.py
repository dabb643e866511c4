"""All arms at once, and what a protocol declares besides, by lifelines and statsmodels.

Left out are the tests within strata that lifelines does not know, MaxCombo, the test for trend, and the test of
proportional hazards, which lifelines still takes from an older approximation.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from lifelines.exceptions import ConvergenceError
from lifelines.statistics import logrank_test, multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import SMALLEST_BY_SUBTRACTION, is_late

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
