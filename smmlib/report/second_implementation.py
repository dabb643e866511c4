"""What other programs compute rightly, computed by them from the same patients.

Left out are the calls on which they differ from R and SAS: medians on a plateau, their limits when the last patient has
the event, limits that are not log-log, comparisons without an event while patients of both arms are at risk, and score
limits of a difference of rates.
"""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.exceptions import ConvergenceError
from lifelines.statistics import logrank_test
from lifelines.utils import median_survival_times
from scipy.stats.contingency import odds_ratio
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from smmlib.trial import arm_categories, arm_times, read_study, read_tables, response_at, time_to_event
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER

SMALLEST_BY_SUBTRACTION = 1e-8
"""statsmodels takes a distribution function from 1, so that a smaller P value has lost the digits that are compared."""
CONVERGED = {"precision": 1e-18, "r_precision": 1e-18}


def second_implementation(study_file):
    """All numbers of a study's runs that another program computes rightly.

    Parameters
    ----------
    study_file : str
        The parameters file.

    Returns
    -------
    list of tuple
        (record, quantity, value, program).
    """
    study = read_study(study_file)
    tables = read_tables(study)
    endpoints = {run.parameters["endpoint"]: None for run in study.runs.values() if "endpoint" in run.parameters}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the other programs warn of is told by the comparison
        numbers = [number for endpoint in endpoints for number in _one_endpoint(study, tables, endpoint)]
        if study.follow_up:
            numbers += _follow_up(study, tables)
        if study.response:
            numbers += _response(study, tables)
    return numbers


def _one_endpoint(study, tables, endpoint):
    data = _in_order_of_times(time_to_event(study, tables, endpoint))
    numbers = []
    for arm, in_arm in zip(study.arms.both, (True, False), strict=True):
        numbers += _one_arm(study, arm.id, *arm_times(data, in_arm))
    numbers += _one_comparison(study, data, None, "")
    if data.strata is not None:
        numbers += _one_comparison(study, data, data.strata, ".stratified")
    return [(f"{endpoint}.{name}", *rest) for name, *rest in numbers]


def _in_order_of_times(data):
    """The same patients, sorted: the last digits of other programs tell in which order they were given them."""
    columns = {name: getattr(data, name) for name in ("time", "event", "in_arm", "entry", "strata")}
    given = {name: values for name, values in columns.items() if values is not None}
    order = np.lexsort([*reversed(given.values())])
    return replace(data, **{name: values[order] for name, values in given.items()})


def _one_arm(study, arm, time, event, entry):
    fitter = KaplanMeierFitter(alpha=1 - study.analysis.conf_level).fit(time, event, entry=entry)
    share = proportion_confint(event.sum(), len(event), 1 - study.analysis.conf_level, "beta")
    yield from _limits(f"share.{arm}", share, "statsmodels")
    log_log = study.analysis.conf_type == "log-log"
    yield from _median(fitter, f"median.{arm}", limits=log_log)
    for landmark in study.analysis.landmarks:
        if landmark > time.max():
            continue
        name = f"survival.{landmark}.{arm}"
        yield name, "value", fitter.predict(landmark), "lifelines"
        limits = fitter.confidence_interval_.loc[:landmark].iloc[-1]
        if log_log and 0 < fitter.predict(landmark) < 1:
            yield name, "low", limits.iloc[0], "lifelines"
            yield name, "high", limits.iloc[1], "lifelines"


def _median(fitter, name, *, limits):
    survival = fitter.survival_function_.iloc[:, 0]
    if np.isclose(survival, 0.5, atol=1e-9).any():
        return
    yield name, "value", _finite(fitter.median_survival_time_), "lifelines"
    if limits and survival.iloc[-1] > 0:
        low, high = median_survival_times(fitter.confidence_interval_).to_numpy().ravel()
        yield name, "low", _finite(low), "lifelines"
        yield name, "high", _finite(high), "lifelines"


def _follow_up(study, tables):
    name, estimator = "population.follow_up", study.follow_up.estimator
    data = time_to_event(study, tables, study.follow_up.endpoint)
    patients = pd.DataFrame({"time": data.time, "event": data.event})
    used = patients["time"] if estimator == "observed" else patients.query("not event")["time"]
    yield f"{name}.shortest", "value", used.min(), "pandas"
    yield f"{name}.longest", "value", used.max(), "pandas"
    if estimator == "reverse-kaplan-meier":
        fitter = KaplanMeierFitter(alpha=1 - study.analysis.conf_level).fit(data.time, ~data.event)
        yield from _median(fitter, name, limits=True)
    else:
        yield name, "value", used.median(), "pandas"


def _one_comparison(study, data, strata, suffix):
    """Log-rank test and Cox models; nothing where the other programs find no answer, or no end."""
    try:
        return [*_logrank(data, strata, suffix), *_cox(study, data, strata, suffix)]
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def _logrank(data, strata, suffix):
    if strata is not None and data.entry is not None:
        return  # statsmodels takes the entries of all patients for those of a stratum
    statistic, p_value = survdiff(data.time, data.event, data.in_arm, strata=strata, entry=data.entry)
    yield f"logrank{suffix}", "statistic", statistic, "statsmodels"
    if p_value > SMALLEST_BY_SUBTRACTION:
        yield f"logrank{suffix}", "p_value", p_value, "statsmodels"
    if strata is None and data.entry is None:
        (time, event, _), (reference_time, reference_event, _) = arm_times(data, True), arm_times(data, False)
        plain = logrank_test(time, reference_time, event, reference_event)
        yield "logrank", "statistic", plain.test_statistic, "lifelines"
        yield "logrank", "p_value", plain.p_value, "lifelines"


def _cox(study, data, strata, suffix):
    """Cox models by lifelines (Efron ties only) and by statsmodels."""
    name = f"hazard_ratio{suffix}"
    covariate, ties = data.in_arm.astype(float), study.analysis.ties
    model = PHReg(data.time, covariate, status=data.event, entry=data.entry, strata=strata, ties=ties)
    yield name, "value", np.exp(model.fit(tol=1e-12, disp=False).params[0]), "statsmodels"
    if study.analysis.ties == "efron":
        yield from _lifelines_cox(study, data, name, strata)


def _lifelines_cox(study, data, name, stratum):
    frame = pd.DataFrame({"time": data.time, "event": data.event, "in_arm": data.in_arm.astype(float)})
    if stratum is not None:
        frame["stratum"] = stratum
    late = {"entry_col": "entry"} if data.entry is not None else {}
    if late:
        frame["entry"] = data.entry
    strata = ["stratum"] if stratum is not None else None
    fitter = CoxPHFitter(alpha=1 - study.analysis.conf_level)
    fitter.fit(frame, "time", "event", strata=strata, fit_options=CONVERGED, **late)
    low, high = np.exp(fitter.confidence_intervals_.loc["in_arm"])
    yield name, "value", fitter.hazard_ratios_["in_arm"], "lifelines"
    yield name, "low", low, "lifelines"
    yield name, "high", high, "lifelines"
    if stratum is None:
        yield f"{name}.wald", "p_value", fitter.summary.loc["in_arm", "p"], "lifelines"


def _response(study, tables):
    for visit in study.response.visits:
        responses = response_at(study, tables, visit)
        counts = []
        for arm in study.response_arms:
            recorded = arm_categories(responses, arm)
            counts += [int(np.isin(recorded, PARTIAL_RESPONSE_OR_BETTER).sum()), len(recorded)]
            suffix = f".{arm.id}" if study.response.arm is None else ""
            yield from _rate(study, f"response.{visit.id}", suffix, *counts[-2:])
        if study.response.arm is None:
            yield from _rates_compared(study, f"response.{visit.id}", counts)


def _rate(study, name, suffix, responders, patients):
    for kind, method in (("", "beta"), (".wilson", "wilson")):
        limits = proportion_confint(responders, patients, 1 - study.analysis.conf_level, method)
        yield from _limits(f"{name}{kind}{suffix}", limits, "statsmodels")


def _rates_compared(study, name, counts):
    """The odds ratio, where no cell of the table is empty."""
    responders, patients, reference_responders, reference_patients = counts
    others, reference_others = patients - responders, reference_patients - reference_responders
    table = [[responders, others], [reference_responders, reference_others]]
    if 0 in (responders, others, reference_responders, reference_others):
        return
    score = {"method": "score", "correction": True, "alpha": 1 - study.analysis.conf_level}
    limits = confint_proportions_2indep(*counts, compare="odds-ratio", **score)
    yield from _limits(f"{name}.odds_ratio", limits, "statsmodels")
    yield f"{name}.odds_ratio", "value", odds_ratio(table, kind="sample").statistic, "scipy"


def _limits(name, limits, program):
    return [(name, "low", limits[0], program), (name, "high", limits[1], program)]


def _finite(value):
    """lifelines stands infinity for not reached."""
    return float("nan") if np.isinf(value) else float(value)
