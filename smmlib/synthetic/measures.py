"""The numbers of a finished cohort under the names of the claims, computed from its tables by `smmlib.stats`."""

import re

import numpy as np

from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.survival.follow_up import median_follow_up
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival, survival_at
from smmlib.synthetic.claims import response_numbers
from smmlib.synthetic.course import DAYS_A_MONTH


def measure_cohort(study, subjects, responses, targets):
    """All numbers that a claim may be about.

    Parameters
    ----------
    study : Study
    subjects, responses : DataFrame
        ADSL and ADRS, dates as datetime.
    targets : iterable of str
        Names of the numbers wanted; those of survival say at which time.

    Returns
    -------
    dict of str to float
    """
    analysed = subjects[subjects["PPROTFL"] == "Y"]
    measured = _population(study, subjects, analysed)
    for endpoint, rule in study.endpoints.items():
        time, event = _times(analysed, rule)
        if endpoint == study.follow_up.endpoint:
            follow_up = median_follow_up(time, event, estimator=study.follow_up.estimator)
            measured["population.follow_up"] = follow_up.value
        in_arm = (analysed["TRT01P"] == study.arms.arm.value).to_numpy()
        measured |= _comparison(endpoint, study, time, event, in_arm)
        measured |= _curves(endpoint, study, time, event, in_arm, targets)
    for phase, visit in (("induction", "INDUCTION"), ("maintenance", "MAINTENANCE")):
        counts = responses.loc[responses["AVISIT"] == visit, "AVALC"].value_counts().to_dict()
        measured |= response_numbers(phase, counts)
    return measured


def _population(study, subjects, analysed):
    numbers = {
        "population.randomised": len(subjects),
        "population.excluded": len(subjects) - len(analysed),
        "population.analysed": len(analysed),
    }
    for arm in study.arms.both:
        numbers[f"population.analysed.{arm.id}"] = int((analysed["TRT01P"] == arm.value).sum())
    return numbers


def _times(analysed, rule):
    happened = analysed[next(iter(rule.event))]
    event = happened.notna().to_numpy()
    last = happened.where(event, analysed[rule.censor])
    return (last - analysed[rule.start]).dt.days.to_numpy(dtype=float) / DAYS_A_MONTH, event


def _comparison(endpoint, study, time, event, in_arm):
    names = {"arm": study.arms.arm.id, "reference": study.arms.reference.id}
    ratio = hazard_ratio(time, event, in_arm, ties=study.analysis.ties, conf_level=study.analysis.conf_level, **names)
    return {
        f"{endpoint}.hazard_ratio": ratio.value,
        f"{endpoint}.hazard_ratio low": ratio.low,
        f"{endpoint}.hazard_ratio high": ratio.high,
        f"{endpoint}.logrank p": logrank_test(time, event, in_arm, **names).p_value,
    }


def _curves(endpoint, study, time, event, in_arm, targets):
    numbers = {}
    for arm, members in ((study.arms.arm.id, in_arm), (study.arms.reference.id, ~in_arm)):
        curve = kaplan_meier(time[members], event[members])
        numbers[f"{endpoint}.events.{arm}"] = int(np.sum(event[members]))
        numbers[f"{endpoint}.median.{arm}"] = median_survival(curve).value
        for name in targets:
            if found := re.fullmatch(rf"{endpoint}\.survival\.([0-9.]+)\.{arm}", name):
                numbers[name] = survival_at(curve, float(found[1])).value
    return numbers
