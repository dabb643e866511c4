"""Competing risks by statsmodels and lifelines; by loops over times where neither has them.

Left out are incidences with late entry, and Gray's test where its variance is missing or a group is never at risk with
another.
"""

from itertools import product
from statistics import NormalDist

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.exceptions import ConvergenceError
from scipy.stats import chi2
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import CumIncidenceRight

from smmlib.analysis.competing_risks import CAUSES
from smmlib.analysis.keys import Key
from smmlib.report.verification.gray_test import chi_square
from smmlib.report.verification.rows import CONVERGED, causes, is_late, limits_of

SECTION, SEVERAL = "time_to_event", 3


def competing_risk_numbers(data, endpoint, rows):
    """What is estimated of an endpoint with competing events; nothing of one without."""
    rule, study = data.study.endpoints[endpoint], data.study
    if not rule.competing:
        return
    rows, late = rows.assign(cause=causes(rule, rows)), is_late(data, endpoint)
    strata = rows["stratum"].to_numpy() if study.analysis_of(endpoint).primary_variant else None
    for arm in study.arms.levels:
        own = rows[rows["arm"] == arm.id]
        yield Key(SECTION, "competing_events", endpoint, arm.id), "value", float((own["cause"] == 2).sum()), "pandas"
    for variant, of in CAUSES.items():
        if not late:
            by_arm = {arm.id: rows[rows["arm"] == arm.id] for arm in study.arms.levels}
            yield from _incidences(study, endpoint, variant, by_arm)
            if len(study.arms.levels) >= SEVERAL:
                yield from _gray(Key(SECTION, "overall_gray_test", endpoint, variant=variant), rows, of, strata)
        for arm, reference in study.arms.pairs:
            is_either = rows["arm"].isin([arm.id, reference.id]).to_numpy()
            pair, within = rows[is_either], None if strata is None else strata[is_either]
            about = endpoint, arm.id, reference.id
            if not late:
                yield from _gray(Key(SECTION, "gray_test", *about, variant=variant), pair, of, within)
            key = Key(SECTION, "cause_specific_hazard_ratio", *about, variant=variant)
            yield from _hazard_ratio(study.analysis_of(endpoint), key, pair, of, within, late=late)


def _incidences(study, endpoint, variant, arms):
    """Cumulative incidence at the landmarks, with its interval, and its differences."""
    analysis, found = study.analysis_of(endpoint), {}
    for (arm, own), landmark in product(arms.items(), analysis.landmarks):
        key = Key(SECTION, "incidence", endpoint, arm, at=float(landmark), variant=variant)
        if landmark > own["time"].max():
            continue
        value, variance = aalen_johansen(own["time"].to_numpy(), own["cause"].to_numpy(), CAUSES[variant], landmark)
        found[arm, landmark] = value, variance
        yield key, "value", _of_statsmodels(own, CAUSES[variant], landmark), "statsmodels"
        yield key, "std_error", variance**0.5, "numpy"
        if 0 < value < 1:
            yield from limits_of(key, _log_log_limits(value, variance, analysis.conf_level), "numpy")
    for (arm, reference), landmark in product(study.arms.pairs, analysis.landmarks):
        both = [found.get((each.id, landmark)) for each in (arm, reference)]
        if None in both:
            continue
        about = endpoint, arm.id, reference.id
        key = Key(SECTION, "incidence_difference", *about, at=float(landmark), variant=variant)
        (one, its_variance), (other, other_variance) = both
        margin = _quantile(analysis.conf_level) * (its_variance + other_variance) ** 0.5
        yield key, "value", one - other, "numpy"
        yield from limits_of(key, (one - other - margin, one - other + margin), "numpy")


def _of_statsmodels(own, of, landmark):
    """The incidence; 0 of a cause that nobody has, which statsmodels refuses."""
    cause = own["cause"].to_numpy()
    if not (cause == of).any():
        return 0.0
    found = CumIncidenceRight(own["time"].to_numpy(), np.where(cause == of, 1, 2 * (cause > 0)))
    seen = found.cinc[0][found.times <= landmark]
    return float(seen[-1]) if len(seen) else 0.0


def aalen_johansen(time, cause, of, landmark):
    """Cumulative incidence at a landmark and Aalen's variance of it, time after time.

    An event at a time takes 1/n of those who are free, with what of them would have had the event by the landmark; one
    of the cause gives the whole of it instead. Tied events are drawn without replacement.
    """
    steps, survival, incidence = [], 1.0, 0.0
    for moment in sorted({each for each in time if each <= landmark}):
        at_risk = int((time >= moment).sum())
        own = int(((time == moment) & (cause == of)).sum())
        other = int(((time == moment) & (cause != of) & (cause != 0)).sum())
        before, survival = survival, survival * (at_risk - own - other) / at_risk
        incidence += before * own / at_risk
        steps.append((at_risk, own, other, before, survival, incidence))
    variance = 0.0
    for at_risk, own, other, before, after, until in steps:
        share = (incidence - until) / after if own + other < at_risk else 0.0
        for events, moved in ((own, 1 - share), (other, share)):
            ties = (at_risk - events) / (at_risk - 1) if events > 1 else 1.0
            variance += events * ties * (before / at_risk * moved) ** 2
    return incidence, variance


def _log_log_limits(value, variance, conf_level):
    margin = _quantile(conf_level) * variance**0.5 / abs(value * np.log(value))
    return value ** np.exp(margin), value ** np.exp(-margin)


def _quantile(conf_level):
    return NormalDist().inv_cdf((1 + conf_level) / 2)


def _gray(key, rows, of, strata):
    arm = rows["arm"].to_numpy()
    statistic = chi_square(rows["time"].to_numpy(), rows["cause"].to_numpy(), arm, of, strata)
    if statistic is not None:
        yield key, "statistic", statistic, "numpy"
        yield key, "p_value", chi2.sf(statistic, len(set(arm)) - 1), "scipy"


def _hazard_ratio(analysis, key, pair, of, strata, *, late):
    """Cox models of a cause with the others as censorings; nothing where they have no answer, or no end."""
    in_arm, event = (pair["arm"] == key.arm).to_numpy(dtype=float), (pair["cause"] == of).to_numpy()
    entry = pair["entry"].to_numpy() if late else None
    options = {"status": event, "entry": entry, "strata": strata, "ties": analysis.ties}
    try:
        model = PHReg(pair["time"].to_numpy(), in_arm, **options).fit(tol=1e-12, disp=False)
        yield key, "value", np.exp(model.params[0]), "statsmodels"
        if analysis.ties == "efron":
            yield from _lifelines_cox(analysis, key, pair, in_arm, event, strata, late=late)
    except (ArithmeticError, np.linalg.LinAlgError, ConvergenceError):
        return


def _lifelines_cox(analysis, key, pair, in_arm, event, strata, *, late):
    columns = {"time": pair["time"].to_numpy(), "event": event, "in_arm": in_arm}
    columns |= {} if strata is None else {"stratum": strata}
    columns |= {"entry": pair["entry"].to_numpy()} if late else {}
    by = {"strata": None if strata is None else ["stratum"], "entry_col": "entry" if late else None}
    fitter = CoxPHFitter(alpha=1 - analysis.conf_level)
    fitter.fit(pd.DataFrame(columns), "time", "event", fit_options=CONVERGED, **by)
    yield key, "value", fitter.hazard_ratios_["in_arm"], "lifelines"
    yield from limits_of(key, np.exp(fitter.confidence_intervals_.loc["in_arm"]).to_numpy(), "lifelines")
