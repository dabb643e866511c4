"""What other programs compute rightly, computed by them from the same patients.

Left out are the calls on which they differ from R and SAS: medians on a plateau, their limits when the last patient has
the event, limits that are not log-log, comparisons without an event while patients of both arms are at risk, and score
limits of a difference of rates.
"""

import warnings
from dataclasses import dataclass

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

from smmlib.analysis.keys import Key
from smmlib.trial.analysis_files import analysis_data
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER

SMALLEST_BY_SUBTRACTION = 1e-8
"""statsmodels takes a distribution function from 1, so that a smaller P value has lost the digits that are compared."""
CONVERGED = {"precision": 1e-18, "r_precision": 1e-18}


def second_implementation(study_file, folder):
    """All numbers of a study's runs that another program computes rightly.

    Parameters
    ----------
    study_file : str
        The parameters file.
    folder : Path
        Where the run keeps its analysis data.

    Returns
    -------
    list of tuple
        (key, quantity, value, program).
    """
    data = analysis_data(study_file, folder)
    endpoints = {run.parameters["endpoint"] for run in data.study.runs.values() if run.notebook == "time_to_event"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the other programs warn of is told by the comparison
        numbers = [number for endpoint in sorted(endpoints) for number in _one_endpoint(data, endpoint)]
        if data.study.follow_up:
            numbers += _follow_up(data)
        if data.study.response:
            numbers += _response(data)
    return numbers


def _rows(data, endpoint):
    """The patients of an endpoint as the analysis data hold them: one a row."""
    rows = data.times[(data.times["endpoint"] == endpoint) & data.times["time"].notna()]
    # sorted, for the last digits of other programs tell in which order they were given the patients
    rows = rows.sort_values(["time", "event", "arm", "entry", "stratum"], kind="stable")
    return rows.astype({"time": float, "event": bool, "entry": float})


def _is_late(data, endpoint):
    return getattr(data.study.endpoints[endpoint], "entry", None) is not None


def _one_endpoint(data, endpoint):
    rows = _rows(data, endpoint)
    numbers = []
    for arm in data.study.arms.levels:
        numbers += _one_arm(data, endpoint, arm.id, rows[rows["arm"] == arm.id])
    for arm, reference in data.study.arms.pairs:
        pair = rows[(rows["arm"] == arm.id) | (rows["arm"] == reference.id)]
        about = {"section": "time_to_event", "endpoint": endpoint, "arm": arm.id, "reference": reference.id}
        patients = _Compared(
            time=pair["time"].to_numpy(),
            event=pair["event"].to_numpy(),
            in_arm=(pair["arm"] == arm.id).to_numpy(),
            entry=pair["entry"].to_numpy() if _is_late(data, endpoint) else None,
        )
        numbers += _one_comparison(data.study, about, patients, None, "")
        if data.study.strata:
            numbers += _one_comparison(data.study, about, patients, pair["stratum"].to_numpy(), "stratified")
    return numbers


@dataclass(frozen=True, eq=False)
class _Compared:
    """The patients of two arms."""

    time: np.ndarray
    event: np.ndarray
    in_arm: np.ndarray
    entry: np.ndarray | None


def _one_arm(data, endpoint, arm, rows):
    study, about = data.study, {"section": "time_to_event", "endpoint": endpoint, "arm": arm}
    entry = rows["entry"] if _is_late(data, endpoint) else None
    fitter = KaplanMeierFitter(alpha=1 - study.analysis.conf_level).fit(rows["time"], rows["event"], entry=entry)
    share = proportion_confint(rows["event"].sum(), len(rows), 1 - study.analysis.conf_level, "beta")
    yield from _limits(Key(measure="share", **about), share, "statsmodels")
    log_log = study.analysis.conf_type == "log-log"
    yield from _median(fitter, Key(measure="median", **about), limits=log_log)
    for landmark in study.analysis.landmarks:
        if landmark > rows["time"].max():
            continue
        key = Key(measure="survival", **about, at=float(landmark))
        yield key, "value", fitter.predict(landmark), "lifelines"
        limits = fitter.confidence_interval_.loc[:landmark].iloc[-1]
        if log_log and 0 < fitter.predict(landmark) < 1:
            yield key, "low", limits.iloc[0], "lifelines"
            yield key, "high", limits.iloc[1], "lifelines"


def _median(fitter, key, *, limits):
    survival = fitter.survival_function_.iloc[:, 0]
    if np.isclose(survival, 0.5, atol=1e-9).any():
        return
    yield key, "value", _finite(fitter.median_survival_time_), "lifelines"
    if limits and survival.iloc[-1] > 0:
        low, high = median_survival_times(fitter.confidence_interval_).to_numpy().ravel()
        yield key, "low", _finite(low), "lifelines"
        yield key, "high", _finite(high), "lifelines"


def _follow_up(data):
    study, about = data.study, {"section": "population", "measure": "follow_up"}
    patients, estimator = _rows(data, study.follow_up.endpoint), study.follow_up.estimator
    used = patients["time"] if estimator == "observed" else patients.query("not event")["time"]
    yield Key(**about, variant="shortest"), "value", used.min(), "pandas"
    yield Key(**about, variant="longest"), "value", used.max(), "pandas"
    if estimator == "reverse-kaplan-meier":
        fitter = KaplanMeierFitter(alpha=1 - study.analysis.conf_level).fit(patients["time"], ~patients["event"])
        yield from _median(fitter, Key(**about), limits=True)
    else:
        yield Key(**about), "value", used.median(), "pandas"


def _one_comparison(study, about, patients, strata, variant):
    """Log-rank test and Cox models; nothing where the other programs find no answer, or no end."""
    try:
        return [*_logrank(about, patients, strata, variant), *_cox(study, about, patients, strata, variant)]
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return []


def _logrank(about, patients, strata, variant):
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


def _cox(study, about, patients, strata, variant):
    """Cox models by lifelines (Efron ties only) and by statsmodels."""
    key = Key(measure="hazard_ratio", **about, variant=variant)
    covariate, ties = patients.in_arm.astype(float), study.analysis.ties
    model = PHReg(patients.time, covariate, status=patients.event, entry=patients.entry, strata=strata, ties=ties)
    yield key, "value", np.exp(model.fit(tol=1e-12, disp=False).params[0]), "statsmodels"
    if study.analysis.ties == "efron":
        yield from _lifelines_cox(study, about, patients, key, strata)


def _lifelines_cox(study, about, patients, key, stratum):
    columns = {"time": patients.time, "event": patients.event, "in_arm": patients.in_arm.astype(float)}
    columns |= {} if stratum is None else {"stratum": stratum}
    columns |= {} if patients.entry is None else {"entry": patients.entry}
    fitter = CoxPHFitter(alpha=1 - study.analysis.conf_level)
    fitter.fit(
        pd.DataFrame(columns),
        "time",
        "event",
        strata=None if stratum is None else ["stratum"],
        fit_options=CONVERGED,
        entry_col=None if patients.entry is None else "entry",
    )
    low, high = np.exp(fitter.confidence_intervals_.loc["in_arm"])
    yield key, "value", fitter.hazard_ratios_["in_arm"], "lifelines"
    yield key, "low", low, "lifelines"
    yield key, "high", high, "lifelines"
    if stratum is None:
        yield Key(measure="wald_test", **about), "p_value", fitter.summary.loc["in_arm", "p"], "lifelines"


def _response(data):
    study, rows = data.study, data.responses
    for visit in study.response.visits:
        counts = {}
        for arm in study.response_arms:
            recorded = rows.loc[(rows["visit"] == visit.id) & (rows["arm"] == arm.id), "response"]
            counts[arm.id] = int(recorded.isin(PARTIAL_RESPONSE_OR_BETTER).sum()), len(recorded)
            yield from _rate(study, {"section": "response", "phase": visit.id, "arm": arm.id}, *counts[arm.id])
        for arm, reference in study.arms.pairs:
            if arm.id in counts and reference.id in counts:
                about = {"section": "response", "phase": visit.id, "arm": arm.id, "reference": reference.id}
                yield from _rates_compared(study, about, (*counts[arm.id], *counts[reference.id]))


def _rate(study, about, responders, patients):
    for variant, method in (("", "beta"), ("wilson", "wilson")):
        limits = proportion_confint(responders, patients, 1 - study.analysis.conf_level, method)
        yield from _limits(Key(measure="rate", **about, variant=variant), limits, "statsmodels")


def _rates_compared(study, about, counts):
    """The odds ratio, where no cell of the table is empty."""
    responders, patients, reference_responders, reference_patients = counts
    others, reference_others = patients - responders, reference_patients - reference_responders
    table = [[responders, others], [reference_responders, reference_others]]
    if 0 in (responders, others, reference_responders, reference_others):
        return
    key = Key(measure="odds_ratio", **about)
    score = {"method": "score", "correction": True, "alpha": 1 - study.analysis.conf_level}
    limits = confint_proportions_2indep(*counts, compare="odds-ratio", **score)
    yield from _limits(key, limits, "statsmodels")
    yield key, "value", odds_ratio(table, kind="sample").statistic, "scipy"


def _limits(key, limits, program):
    return [(key, "low", limits[0], program), (key, "high", limits[1], program)]


def _finite(value):
    """lifelines stands infinity for not reached."""
    return float("nan") if np.isinf(value) else float(value)
