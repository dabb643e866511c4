"""Second, obvious implementations of the analyses of robustness: loops over patients, nothing shared with `smmlib`."""

from fractions import Fraction
from math import comb, exp, inf, isnan, log, nan, sqrt
from statistics import fmean, variance

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, t

# ---- Cox model of rows (start, stop], each of a patient for some time


def cox_fit(rows):
    """Coefficient of response and its standard error, Efron's rule, by the root of the slope; NaN without one.

    Parameters
    ----------
    rows : list of (start, stop, event, responded, stratum)
    """
    terms = [term for stratum in sorted({row[4] for row in rows}, key=str) for term in _terms(rows, stratum)]
    informative = [term for term in terms if term[1] > 0 and term[2] > 0]
    if not 0 < sum(term[0] for term in informative) < len(informative):
        return nan, nan

    def slope(beta):
        return sum(arm - weight * exp(beta) / (weight * exp(beta) + other) for arm, weight, other in terms)

    beta = brentq(slope, -30, 30, xtol=1e-14, rtol=1e-14)
    shares = [weight * exp(beta) / (weight * exp(beta) + other) for _, weight, other in terms]
    return beta, 1 / sqrt(sum(share * (1 - share) for share in shares))


def _terms(rows, stratum):
    """For each event, whether it is of a responder, and the responders and the others at risk by Efron's rule."""
    rows = [row for row in rows if row[4] == stratum]
    for moment in sorted({stop for _, stop, event, _, _ in rows if event}):
        at_risk = [row for row in rows if row[0] < moment <= row[1]]
        dying = [row for row in at_risk if row[1] == moment and row[2]]
        for position, row in enumerate(dying):
            gone = Fraction(position, len(dying))
            weight = [sum(1 for other in at_risk if bool(other[3]) == kind) for kind in (True, False)]
            lost = [gone * sum(1 for other in dying if bool(other[3]) == kind) for kind in (True, False)]
            yield float(bool(row[3])), float(weight[0] - lost[0]), float(weight[1] - lost[1])


# ---- guarantee time


def landmark_rows(time, event, response_time, strata, landmark):
    """A row each for who is still there, on a clock that starts at the landmark."""
    return [
        (0, stop - landmark, happened, response <= landmark, stratum)
        for stop, happened, response, stratum in zip(time, event, response_time, strata, strict=True)
        if stop > landmark
    ]


def time_dependent_rows(time, event, response_time, strata):
    """One row a patient, or two for who responds while at risk; none for who is never at risk."""
    rows = []
    for stop, happened, response, stratum in zip(time, event, response_time, strata, strict=True):
        if stop == 0:
            continue
        if isnan(response) or response >= stop:
            rows.append((0, stop, happened, False, stratum))
        elif response == 0:
            rows.append((0, stop, happened, True, stratum))
        else:
            rows += [(0, response, False, False, stratum), (response, stop, happened, True, stratum)]
    return rows


# ---- censoring questioned


def completed_tables(patients, source_arm, factor, imputations, seed):
    """The completed data sets, from the same random numbers: lists of (time, event, in_arm, stratum).

    Parameters
    ----------
    patients : list of (time, event, in_arm, stratum, followed_until)
    source_arm : bool
        Arm whose Kaplan-Meier curve is used.
    """
    ordered = sorted(patients, key=lambda patient: (patient[0], patient[1], patient[4], patient[3]))
    source = [patient for patient in ordered if patient[2] == source_arm]
    early = [patient for patient in ordered if patient[2] and not patient[1] and patient[0] < patient[4]]
    others = [patient[:4] for patient in ordered if patient not in early]
    random = np.random.default_rng(seed)
    copies = random.multinomial(len(source), [1 / len(source)] * len(source), size=imputations)
    reach = random.exponential(size=(imputations, len(early)))
    for imputation in range(imputations):
        curve = _curve(source, copies[imputation].tolist())
        table = list(others)
        for patient, far in zip(early, reach[imputation].tolist(), strict=True):
            time, event = _drawn_time(patient[0], patient[4], curve, far, factor)
            table.append((time, event, patient[2], patient[3]))
        yield table


def _curve(source, copies):
    """Kaplan-Meier curve of a sample: each time with an event, and survival just after it, as a fraction."""
    sample = [patient for patient, times in zip(source, copies, strict=True) for _ in range(times)]
    survival, steps = Fraction(1), []
    for moment in sorted({patient[0] for patient in sample if patient[1]}):
        at_risk = sum(1 for patient in sample if patient[0] >= moment)
        events = sum(1 for patient in sample if patient[0] == moment and patient[1])
        survival *= Fraction(at_risk - events, at_risk)
        steps.append((moment, survival))
    return steps


def _drawn_time(censored, end, curve, far, factor):
    """The first moment at which survival since censoring, to the power of the factor, is exp(-far) or less."""
    there = min([survival for moment, survival in curve if moment <= censored], default=Fraction(1))
    for moment, survival in curve:
        if moment <= censored or there == 0 or moment > end:
            continue
        hazard = inf if survival == 0 else -log(survival / there)
        if hazard * factor >= far and hazard > 0:
            return moment, True
    return end, False


def rubin(values, std_errors, conf_level):
    """Mean, standard error and limits of the estimates of completed data sets."""
    count = len(values)
    within, between = fmean(error**2 for error in std_errors), variance(values)
    total = within + between + between / count
    increase = (between + between / count) / within
    quantile = norm.ppf(0.5 + conf_level / 2)
    if increase > 0:
        quantile = t.ppf(0.5 + conf_level / 2, (count - 1) * (1 + 1 / increase) ** 2)
    centre, error = fmean(values), sqrt(total)
    return centre, error, centre - quantile * error, centre + quantile * error


def pooled(patients, source_arm, factor, imputations, seed, conf_level):
    """Log hazard ratio, standard error and limits of all completed data sets; NaN when one has none."""
    tables = completed_tables(patients, source_arm, factor, imputations, seed)
    fits = [cox_fit([(-1, *patient) for patient in table]) for table in tables]
    if any(isnan(value) for value, _ in fits):
        return (nan,) * 4
    return rubin([value for value, _ in fits], [error for _, error in fits], conf_level)


# ---- fragility


def fisher_p_value(first, size, second, other_size):
    """Probability of the tables no more likely than the one seen, in whole numbers of ways."""
    ways = [
        comb(size, count) * comb(other_size, first + second - count)
        for count in range(max(0, first + second - other_size), min(size, first + second) + 1)
    ]
    seen = comb(size, first) * comb(other_size, second)
    return Fraction(sum(way for way in ways if way <= seen), sum(ways))


def fragility(first, size, second, other_size, alpha):
    """Changes in the arm with fewer responders, towards equal rates, until the P value is alpha or more."""
    if (second, -other_size) < (first, -size):
        first, size, second, other_size = second, other_size, first, size
    towards = 1 if Fraction(first, size) <= Fraction(second, other_size) else -1
    changed = 0
    while 0 <= first + towards * changed <= size:
        if fisher_p_value(first + towards * changed, size, second, other_size) >= Fraction(str(alpha)):
            return changed
        changed += 1
    return nan
