"""The second implementation: lifelines and statsmodels recompute every number that they compute rightly.

Left out are the calls on which they differ from R and SAS: medians on a plateau, their limits when the last patient
has the event, and log-rank tests without events.
"""

import signal
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from smmlib.trial import arm_times, read_study, response_categories, time_to_event
from smmlib.trial.imwg import PARTIAL_RESPONSE_OR_BETTER

LARGEST_DIFFERENCE = 1e-6
CONVERGED = {"precision": 1e-18, "r_precision": 1e-18}
AGREES, DIFFERS = "agrees", "differs"


@dataclass(frozen=True)
class Check:
    """One number, computed twice.

    Attributes
    ----------
    record, quantity : str
        Name of the record, and which of its numbers.
    value, other : float
        This package's number and the other program's.
    program, version : str
    difference : float
        Relative to the other program's number; absolute where that is 0.
    verdict : {"agrees", "differs"}
    """

    record: str
    quantity: str
    value: float
    other: float
    program: str
    version: str
    difference: float
    verdict: str


def leave_interrupts_to_the_run():
    """Ctrl-C reaches every process of a terminal; the run answers it and ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def recompute(study_file):
    """All numbers of a study that another program computes rightly.

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
    numbers = []
    for endpoint in study.endpoints:
        data = time_to_event(study, endpoint)
        numbers += [(f"{endpoint}.{name}", *rest) for name, *rest in _one_endpoint(study, data)]
    if study.follow_up:
        data = time_to_event(study, study.follow_up.endpoint)
        numbers += [("population.follow_up", "value", _reverse_median(data), "lifelines")]
    if study.response:
        numbers += _response(study)
    return numbers


def verify(records, recomputed):
    """Hold what was recorded against what was recomputed; numbers that no notebook records are passed over.

    Parameters
    ----------
    records : mapping of str to Record
    recomputed : list of tuple
        From `recompute`.

    Returns
    -------
    list of Check
    """
    return [
        _check(record, quantity, getattr(records[record].result, quantity), other, program)
        for record, quantity, other, program in recomputed
        if record in records
    ]


def _check(record, quantity, value, other, program):
    both_missing = np.isnan(value) and np.isnan(other)
    difference = 0.0 if both_missing else abs(value - other) / (abs(other) or 1.0)
    verdict = AGREES if difference <= LARGEST_DIFFERENCE else DIFFERS
    return Check(record, quantity, value, float(other), program, version(program), float(difference), verdict)


def _one_endpoint(study, data):
    arms = zip(study.arms.both, (True, False), strict=True)
    for arm, in_arm in arms:
        yield from _one_arm(study, arm.id, *arm_times(data, in_arm))
    yield from _logrank(data)
    yield from _cox(study, data)


def _one_arm(study, arm, time, event):
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    fitter = KaplanMeierFitter(alpha=1 - study.analysis.conf_level).fit(time, event)
    survival = fitter.survival_function_.iloc[:, 0]
    on_plateau = np.isclose(survival, 0.5, atol=1e-9).any()
    if not on_plateau:
        yield f"median.{arm}", "value", _finite(fitter.median_survival_time_), "lifelines"
    log_log = study.analysis.conf_type == "log-log"
    if log_log and not on_plateau and survival.iloc[-1] > 0:
        low, high = median_survival_times(fitter.confidence_interval_).to_numpy().ravel()
        yield f"median.{arm}", "low", _finite(low), "lifelines"
        yield f"median.{arm}", "high", _finite(high), "lifelines"
    for landmark in study.analysis.landmarks:
        if landmark > time.max():
            continue
        name = f"survival.{landmark}.{arm}"
        yield name, "value", fitter.predict(landmark), "lifelines"
        limits = fitter.confidence_interval_.loc[:landmark].iloc[-1]
        if log_log and 0 < fitter.predict(landmark) < 1:
            yield name, "low", limits.iloc[0], "lifelines"
            yield name, "high", limits.iloc[1], "lifelines"


def _logrank(data):
    from lifelines.statistics import logrank_test
    from statsmodels.duration.survfunc import survdiff

    if not data.event.any():
        return
    arm, reference = arm_times(data, True), arm_times(data, False)
    plain = logrank_test(arm[0], reference[0], arm[1], reference[1])
    yield "logrank", "statistic", plain.test_statistic, "lifelines"
    yield "logrank", "p_value", plain.p_value, "lifelines"
    if data.strata is not None:
        statistic, p_value = survdiff(data.time, data.event, data.in_arm, strata=data.strata)
        yield "logrank.stratified", "statistic", statistic, "statsmodels"
        yield "logrank.stratified", "p_value", p_value, "statsmodels"


def _cox(study, data):
    """Cox models by lifelines (Efron ties only) and by statsmodels."""
    from statsmodels.duration.hazard_regression import PHReg

    both_arms = data.event[data.in_arm].any() and data.event[~data.in_arm].any()
    if not both_arms:
        return
    strata = {"hazard_ratio": None} | ({"hazard_ratio.stratified": data.strata} if data.strata is not None else {})
    for name, stratum in strata.items():
        model = PHReg(data.time, data.in_arm.astype(float), status=data.event, strata=stratum, ties=study.analysis.ties)
        coefficient = model.fit(tol=1e-12, disp=False).params[0]
        yield name, "value", np.exp(coefficient), "statsmodels"
        if study.analysis.ties == "efron":
            yield from _lifelines_cox(study, data, name, stratum)


def _lifelines_cox(study, data, name, stratum):
    import pandas as pd
    from lifelines import CoxPHFitter

    frame = pd.DataFrame({"time": data.time, "event": data.event, "in_arm": data.in_arm.astype(float)})
    if stratum is not None:
        frame["stratum"] = stratum
    fitter = CoxPHFitter(alpha=1 - study.analysis.conf_level)
    fitter.fit(frame, "time", "event", strata=["stratum"] if stratum is not None else None, fit_options=CONVERGED)
    low, high = np.exp(fitter.confidence_intervals_.loc["in_arm"])
    yield name, "value", fitter.hazard_ratios_["in_arm"], "lifelines"
    yield name, "low", low, "lifelines"
    yield name, "high", high, "lifelines"


def _reverse_median(data):
    from lifelines import KaplanMeierFitter

    return _finite(KaplanMeierFitter().fit(data.time, ~data.event).median_survival_time_)


def _response(study):
    from statsmodels.stats.proportion import proportion_confint

    numbers = []
    for visit in study.response.visits:
        recorded = response_categories(study, visit)
        responders = int(np.isin(recorded, PARTIAL_RESPONSE_OR_BETTER).sum())
        for suffix, method in (("", "beta"), (".wilson", "wilson")):
            limits = proportion_confint(responders, len(recorded), 1 - study.analysis.conf_level, method)
            name = f"response.{visit.id}{suffix}"
            numbers += [(name, "low", limits[0], "statsmodels"), (name, "high", limits[1], "statsmodels")]
    return numbers


def _finite(value):
    """lifelines stands infinity for not reached."""
    return float("nan") if np.isinf(value) else float(value)
