"""Second, obvious implementations of the statistics: loops over patients, exact fractions where they help.

Nothing here is fast and nothing is shared with `smmlib`. `test_reference.py` holds these functions to published
examples, `test_stats_independent.py` holds `smmlib` to these functions.
"""

from fractions import Fraction
from math import asin, exp, inf, log, nan, pi, sin, sqrt
from statistics import NormalDist

from scipy.optimize import brentq, minimize_scalar

# ---- one arm


def number_at_risk(time, t):
    """Patients whose time is t or later."""
    return sum(1 for patient_time in time if patient_time >= t)


def number_leaving(time, event, t, kind):
    """Patients with the event (kind 1) or censored (kind 0) at t."""
    return sum(1 for x, d in zip(time, event, strict=True) if x == t and bool(d) == bool(kind))


def survival_and_greenwood(time, event, t):
    """Kaplan-Meier estimate at t, and Greenwood's sum, the variance of its logarithm, as fractions.

    The sum is infinite once nobody is left.
    """
    survival, greenwood = Fraction(1), Fraction(0)
    for moment in sorted(set(time)):
        if moment > t:
            break
        risk, deaths = number_at_risk(time, moment), number_leaving(time, event, moment, 1)
        survival *= Fraction(risk - deaths, risk)
        if deaths == risk:
            return survival, inf
        greenwood += Fraction(deaths, risk * (risk - deaths))
    return survival, greenwood


def limits(survival, greenwood, conf_type, conf_level):
    """Pointwise limits, each from its own textbook formula; NaN where that formula has no value."""
    z = NormalDist().inv_cdf(0.5 + conf_level / 2)
    if greenwood == inf or (survival == 1 and conf_type not in ("plain", "log")):
        return nan, nan
    s, se = float(survival), float(survival) * sqrt(greenwood)
    if conf_type == "plain":
        return max(s - z * se, 0), min(s + z * se, 1)
    if conf_type == "log":
        return s / exp(z * se / s), min(s * exp(z * se / s), 1)
    if conf_type == "log-log":
        power = exp(z * se / (s * log(s)))
        return tuple(sorted((s ** (1 / power), s**power)))
    if conf_type == "logit":
        odds, error = s / (1 - s), se / (s * (1 - s))
        return tuple(1 / (1 + exp(-(log(odds) + sign * z * error))) for sign in (-1, 1))
    angle, error = asin(sqrt(s)), se / (2 * sqrt(s * (1 - s)))
    return sin(max(angle - z * error, 0)) ** 2, sin(min(angle + z * error, pi / 2)) ** 2


def crossing(times, levels, target=Fraction(1, 2)):
    """First time at which the level is at the target or below; midway to where it falls below, if it stays at it."""
    for position, (time, level) in enumerate(zip(times, levels, strict=True)):
        if level != level or level > target:
            continue
        if level < target:
            return time
        later = [t for t, other in zip(times[position:], levels[position:], strict=True) if other < target]
        return (time + (later[0] if later else times[-1])) / 2
    return nan


def median_and_limits(time, event, conf_type, conf_level):
    """Median of the Kaplan-Meier curve, and where its limits cross one half."""
    times = sorted(set(time))
    steps = [survival_and_greenwood(time, event, t) for t in times]
    bounds = [limits(*step, conf_type, conf_level) for step in steps]
    levels = [step[0] for step in steps], [low for low, _ in bounds], [high for _, high in bounds]
    return tuple(float(crossing(times, level)) for level in levels)


# ---- two arms


def _patients(time, event, in_arm, strata):
    """The patients of each stratum, as tuples of time, event and arm."""
    labels = strata if strata is not None else [0] * len(time)
    patients = list(zip(time, event, in_arm, labels, strict=True))
    return [[p[:3] for p in patients if p[3] == label] for label in dict.fromkeys(labels)]


def _risk_sets(patients):
    """At each time with an event, the patients at risk and those with the event, once a time."""
    for t in sorted({time for time, event, _ in patients if event}):
        yield [p for p in patients if p[0] >= t], [p for p in patients if p[0] == t and p[1]]


def logrank_chi_square(time, event, in_arm, strata=None):
    """Log-rank chi-square from the hypergeometric mean and variance of each 2 x 2 table, as a fraction; NaN for 0/0."""
    observed = expected = variance = Fraction(0)
    for patients in _patients(time, event, in_arm, strata):
        for at_risk, dying in _risk_sets(patients):
            n, d, n_arm = len(at_risk), len(dying), sum(1 for p in at_risk if p[2])
            observed += sum(1 for p in dying if p[2])
            expected += Fraction(d * n_arm, n)
            if n > 1:
                variance += Fraction(d * n_arm * (n - n_arm) * (n - d), n * n * (n - 1))
    return (observed - expected) ** 2 / variance if variance else nan


def chi_square_tail(statistic):
    """Upper tail of chi-square on one degree of freedom: two tails of the normal distribution."""
    return 2 * NormalDist().cdf(-sqrt(statistic))


def _terms(patients, ties):
    """For each event in turn, its arm and the weights of those at risk, in the arm and not.

    With Efron's rule the second of two tied events finds the tied ones at risk with half their weight, and so on.
    """
    for at_risk, dying in _risk_sets(patients):
        for position, (_, _, arm) in enumerate(dying):
            gone = Fraction(position, len(dying)) if ties == "efron" else Fraction(0)
            weight = [0, 0]
            for patient in at_risk:
                weight[bool(patient[2])] += 1 - gone if patient in dying else 1
            yield bool(arm), float(weight[1]), float(weight[0])


def cox_terms(time, event, in_arm, ties, strata=None):
    """The terms of the partial likelihood of all strata."""
    return [term for patients in _patients(time, event, in_arm, strata) for term in _terms(patients, ties)]


def log_partial_likelihood(beta, terms):
    """Sum over the events of the logarithm of their share of the hazard at risk."""
    return sum(
        beta * arm - log(weight_arm * exp(beta) + weight_reference) for arm, weight_arm, weight_reference in terms
    )


def _share(beta, term):
    """Share of the hazard at risk that lies in the arm."""
    _, weight_arm, weight_reference = term
    return weight_arm * exp(beta) / (weight_arm * exp(beta) + weight_reference)


def cox_fit(time, event, in_arm, ties, strata=None):
    """Coefficient of the arm and its standard error: the likelihood maximised, then its slope brought to zero."""
    terms = cox_terms(time, event, in_arm, ties, strata)

    def slope(beta):
        return sum(term[0] - _share(beta, term) for term in terms)

    peak = minimize_scalar(lambda beta: -log_partial_likelihood(beta, terms), bracket=(-1, 1)).x
    beta = brentq(slope, peak - 0.1, peak + 0.1, xtol=1e-14, rtol=1e-14)
    information = sum(_share(beta, term) * (1 - _share(beta, term)) for term in terms)
    return beta, 1 / sqrt(information)
