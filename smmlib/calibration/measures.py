"""The numbers of a finished cohort under the names of the claims, by the package's own analysis of its tables."""

import re

import numpy as np

from smmlib.calibration.claims import response_numbers
from smmlib.calibration.write import study_with
from smmlib.stats.comparison.hazard_ratio import hazard_ratio, hazard_ratio_test
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.response.rate import response_rate
from smmlib.stats.survival.follow_up import median_follow_up
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival, survival_at
from smmlib.trial.adverse_events import adverse_event_patients
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER
from smmlib.trial.data import read_tables
from smmlib.trial.endpoints.time_to_event import arm_times, time_to_event
from smmlib.trial.parameters.cohort_design import ResponsesByArm
from smmlib.trial.population import population_steps, subjects_in_arm


def measure_cohort(study, tables, targets):
    """All numbers that a claim may be about.

    Parameters
    ----------
    study : Study
    tables : dict of str to DataFrame
        As `smmlib.calibration.calibrate.calibrate` returns them.
    targets : iterable of str
        Names of the numbers wanted; those of survival say at which time.

    Returns
    -------
    dict of str to float
    """
    with study_with(study, tables) as made:
        return _measured(made, tables, targets)


def _measured(study, tables, targets):
    read = read_tables(study)
    measured = _population(study, read) | _responses(study, tables)
    for endpoint in study.endpoints:
        patients = time_to_event(study, read, endpoint)
        if study.follow_up and endpoint == study.follow_up.endpoint:
            measured |= _follow_up(study, patients)
        measured |= _comparison(endpoint, study, patients)
        measured |= _curves(endpoint, study, patients, targets)
    return measured


def _population(study, read):
    steps = {"excluded": ()} | population_steps(study, read)
    numbers = {f"population.{step}": len(members) for step, members in steps.items()}
    for arm in study.arms.levels:
        for step in ("randomised", "analysed"):
            numbers[f"population.{step}.{arm.id}"] = len(subjects_in_arm(steps[step], arm))
    safety, kinds = adverse_event_patients(study, read)
    for number, affected in enumerate(kinds.values(), start=1):
        for arm in study.arms.levels:
            of_arm = affected[subjects_in_arm(safety, arm).index]
            numbers[f"population.adverse.{number}.{arm.id}"] = int(of_arm.sum())
    return numbers


def _follow_up(study, patients):
    median = median_follow_up(patients.time, patients.event, estimator=study.follow_up.estimator)
    followed = patients.time[~patients.event]
    return {
        "population.follow_up": median.value,
        "population.follow_up.shortest": followed.min(),
        "population.follow_up.longest": followed.max(),
    }


def _comparison(endpoint, study, patients):
    names = {"arm": study.arms.arm.id, "reference": study.arms.reference.id}
    observed = patients.time, patients.event, patients.in_arm
    ratio = hazard_ratio(*observed, ties=study.analysis.ties, conf_level=study.analysis.conf_level, **names)
    wald = hazard_ratio_test(*observed, ties=study.analysis.ties, kind="wald", **names)
    return _with_limits(f"{endpoint}.hazard_ratio", ratio) | {
        f"{endpoint}.hazard_ratio.wald p": wald.p_value,
        f"{endpoint}.logrank p": logrank_test(*observed, **names).p_value,
    }


def _curves(endpoint, study, patients, targets):
    numbers = {}
    limits = {"conf_type": study.analysis.conf_type, "conf_level": study.analysis.conf_level}
    for arm in study.arms.levels:
        time, event, _ = arm_times(patients, arm is study.arms.arm)
        curve = kaplan_meier(time, event, **limits)
        numbers[f"{endpoint}.events.{arm.id}"] = int(event.sum())
        numbers[f"{endpoint}.share.{arm.id}"] = float(np.mean(event))
        numbers |= _with_limits(f"{endpoint}.median.{arm.id}", median_survival(curve))
        for name in targets:
            if found := re.fullmatch(rf"{endpoint}\.survival\.([0-9.]+)\.{arm.id}( low| high)?", name):
                numbers |= _with_limits(name.removesuffix(found[2] or ""), survival_at(curve, float(found[1])))
    return numbers


def _with_limits(name, estimate):
    return {name: estimate.value, f"{name} low": estimate.low, f"{name} high": estimate.high}


def _responses(study, tables):
    if study.synthetic.responses is None:
        return {}
    rows = tables["responses"]
    numbers = {}
    for visit in study.response.visits:
        at_visit = rows[rows["AVISIT"] == visit.visit]
        if not isinstance(study.synthetic.responses, ResponsesByArm):
            numbers |= _responses_of(study, visit, at_visit, "")
            continue
        for arm in study.arms.levels:
            numbers |= _responses_of(study, visit, at_visit[at_visit[study.arms.variable] == arm.value], f".{arm.id}")
    return numbers


def _responses_of(study, visit, rows, ending):
    responders = int(rows["AVALC"].isin(PARTIAL_RESPONSE_OR_BETTER).sum())
    rate = response_rate(responders, len(rows), conf_level=study.analysis.conf_level)
    counts = response_numbers(visit.id, rows["AVALC"].value_counts().to_dict(), ending)
    return counts | _with_limits(f"response.{visit.id}{ending}", rate)
