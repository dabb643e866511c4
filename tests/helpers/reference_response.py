"""Second, obvious implementations of response: sums over all outcomes, and limits found by searching for them.

Nothing here is fast and nothing is shared with `smmlib`. `test_response_oracle.py` holds these functions to published
examples, `test_response_independent.py` holds `smmlib` to these functions. Where a limit does not exist it is NaN.
"""

from fractions import Fraction
from itertools import pairwise
from math import asin, comb, cos, exp, fsum, inf, isinf, log, nan, pi, sin, sqrt
from statistics import NormalDist

from scipy.integrate import quad
from scipy.optimize import brentq


def normal_quantile(conf_level):
    """The two-sided one."""
    return NormalDist().inv_cdf(0.5 + conf_level / 2)


def zero_of(function, low, high):
    """Where a function changes its sign."""
    return brentq(function, low, high, xtol=1e-16, rtol=1e-14, maxiter=1000)


# ---- one proportion


def binomial_probability(count, trials, p):
    """Probability of just so many."""
    return comb(trials, count) * p**count * (1 - p) ** (trials - count)


def at_least(count, trials, p):
    """Probability of `count` or more."""
    return fsum(binomial_probability(k, trials, p) for k in range(count, trials + 1))


def at_most(count, trials, p):
    """Probability of `count` or fewer."""
    return fsum(binomial_probability(k, trials, p) for k in range(count + 1))


def tail_limits(responders, patients, conf_level, share):
    """Rates at which what is further away, and that share of what was seen, have half the error probability."""
    tail, rest = (1 - conf_level) / 2, 1 - share
    low, high = 0.0, 1.0

    def seen(p):
        return rest * binomial_probability(responders, patients, p)

    if responders > 0:
        low = zero_of(lambda p: at_least(responders, patients, p) - seen(p) - tail, 0, 1)
    if responders < patients:
        high = zero_of(lambda p: at_most(responders, patients, p) - seen(p) - tail, 0, 1)
    return low, high


def clopper_pearson(responders, patients, conf_level):
    """With all of what was seen."""
    return tail_limits(responders, patients, conf_level, 1)


def mid_p(responders, patients, conf_level):
    """With half of it."""
    return tail_limits(responders, patients, conf_level, 0.5)


def score_limits(responders, patients, conf_level, correction):
    """Rates whose distance from the observed one, less the correction, is z standard errors."""
    z, rate = normal_quantile(conf_level), responders / patients

    def excess(p):
        return abs(rate - p) - correction / patients - z * sqrt(p * (1 - p) / patients)

    # A rate of 0 or 1 is no standard error away from itself, but is no limit either.
    least, most = (min(max(rate + side * correction / patients, 1e-9), 1 - 1e-9) for side in (-1, 1))
    low = zero_of(excess, 0, least) if responders > 0 else 0.0
    high = zero_of(excess, most, 1) if responders < patients else 1.0
    return low, high


def wilson(responders, patients, conf_level):
    """Without correction."""
    return score_limits(responders, patients, conf_level, 0)


def wilson_corrected(responders, patients, conf_level):
    """With half a patient."""
    return score_limits(responders, patients, conf_level, 0.5)


def jeffreys(responders, patients, conf_level):
    """Quantiles of the posterior distribution, integrated over an angle whose squared sine is the rate."""
    mode = asin(sqrt(responders / patients))

    def density(angle):
        return exp(log_power(sin(angle), 2 * responders) + log_power(cos(angle), 2 * (patients - responders)) - peak)

    peak = log_power(sin(mode), 2 * responders) + log_power(cos(mode), 2 * (patients - responders))
    spread = 1 / sqrt(patients)

    def mass(low, high):
        inner = sorted({low, *(min(max(mode + step * spread, low), high) for step in range(-8, 9)), high})
        return fsum(quad(density, a, b, epsabs=0, epsrel=1e-13)[0] for a, b in pairwise(inner))

    total, tail = mass(0, pi / 2), (1 - conf_level) / 2
    low = zero_of(lambda t: mass(0, t) / total - tail, 0, pi / 2) if responders > 0 else 0.0
    high = zero_of(lambda t: mass(t, pi / 2) / total - tail, 0, pi / 2) if responders < patients else pi / 2
    return sin(low) ** 2, sin(high) ** 2


def log_power(base, power):
    """Logarithm of base^power, with 0^0 = 1."""
    return 0.0 if power == 0 else power * log(base) if base > 0 else -inf


def wald(responders, patients, conf_level):
    """Rate and z standard errors, cut at 0 and 1."""
    rate = responders / patients
    margin = normal_quantile(conf_level) * sqrt(rate * (1 - rate) / patients)
    return max(0, rate - margin), min(1, rate + margin)


def agresti_coull(responders, patients, conf_level):
    """The same with z^2 / 2 responders and as many others more."""
    z = normal_quantile(conf_level)
    return wald(responders + z * z / 2, patients + z * z, conf_level)


ONE_RATE = {
    "clopper-pearson": clopper_pearson,
    "wilson": wilson,
    "wilson-cc": wilson_corrected,
    "jeffreys": jeffreys,
    "mid-p": mid_p,
    "agresti-coull": agresti_coull,
    "wald": wald,
}


# ---- score limits of two proportions: most likely rates by the slope of the likelihood, limits by search

DIFFERENCES, RATIOS = (-1.0, 1.0), (0.0, inf)


def rates_with_slope_zero(slope, low, high):
    """The rate of the reference at which a likelihood is largest: its slope is zero, or points outwards at an end."""
    inside = (high - low) * 1e-13
    if slope(low + inside) <= 0:
        return low
    if slope(high - inside) >= 0:
        return high
    return brentq(slope, low + inside, high - inside, xtol=1e-300, rtol=1e-15, maxiter=1000)


def likelihood_slope(x, n, x0, n0, p, p0, steepness):
    """Of the log likelihood in p0, times p (1 - p) p0 (1 - p0), which is positive; `steepness` is dp / dp0."""
    q, q0 = 1 - p, 1 - p0
    return steepness * (x * q - (n - x) * p) * p0 * q0 + (x0 * q0 - (n0 - x0) * p0) * p * q


def variance_at_difference(x, n, x0, n0, d):
    """Variance of the observed difference, from the most likely rates that differ by d."""
    p0 = rates_with_slope_zero(lambda p0: likelihood_slope(x, n, x0, n0, p0 + d, p0, 1), max(0.0, -d), min(1.0, 1 - d))
    p = min(max(p0 + d, 0.0), 1.0)
    return p * (1 - p) / n + p0 * (1 - p0) / n0


def difference_statistic(x, n, x0, n0, d):
    """Distance from d in standard errors."""
    return signed(x / n - x0 / n0 - d, variance_at_difference(x, n, x0, n0, d))


def ratio_statistic(x, n, x0, n0, t):
    """Distance of p - t p0 from zero in standard errors, from the most likely rates with p = t p0."""
    p0 = rates_with_slope_zero(lambda p0: likelihood_slope(x, n, x0, n0, t * p0, p0, t), 0.0, min(1.0, 1 / t))
    p = min(t * p0, 1.0)
    return signed(x / n - t * x0 / n0, p * (1 - p) / n + t * t * p0 * (1 - p0) / n0)


def odds_statistic(x, n, x0, n0, t):
    """Responders above expectation in standard errors, from the most likely rates whose odds are t times as large.

    On the logit of the reference's rate, on which both rates and what is left to 1 are exact; they are most likely when
    they expect as many responders as there were.
    """
    y, y0 = n - x, n0 - x0

    def shares(logit):
        return 1 / (1 + exp(-logit)), 1 / (1 + exp(logit))

    def too_many(logit):
        (p, q), (p0, q0) = shares(logit + log(t)), shares(logit)
        return y * p - x * q + y0 * p0 - x0 * q0

    logit = zero_of(too_many, -80, 80)
    (p, q), (p0, q0) = shares(logit + log(t)), shares(logit)
    return (x * q - y * p) * sqrt(1 / (n * p * q) + 1 / (n0 * p0 * q0))


def signed(distance, variance):
    """Distance in standard errors."""
    return 0.0 if distance == 0 else distance / sqrt(variance) if variance > 0 else distance * inf


def score_interval(statistic, ends, z):
    """Effects at which a falling statistic is z and -z, or the ends of the effects; NaN for an infinite one."""
    lowest, highest = (ends[0] + 1e-9, ends[1] - 1e-9) if ends == DIFFERENCES else (1e-9, 1e9)
    low = ends[0] if statistic(lowest) < z else search(lambda e: statistic(e) - z, lowest, highest)
    high = ends[1] if statistic(highest) > -z else search(lambda e: statistic(e) + z, lowest, highest)
    return (nan, nan) if (low, high) == RATIOS else (low, nan if isinf(high) else high)


def search(function, low, high):
    """Where a falling function is zero; by the logarithm where effects are ratios."""
    if low > 0:
        return exp(zero_of(lambda t: function(exp(t)), log(low), log(high)))
    return zero_of(function, low, high)


def with_n_minus_one(n, n0, conf_level):
    """The normal quantile times sqrt(N / (N - 1)), as Miettinen and Nurminen have it."""
    return normal_quantile(conf_level) * sqrt((n + n0) / (n + n0 - 1))


def difference_score(x, n, x0, n0, conf_level):
    """Miettinen and Nurminen."""
    z = with_n_minus_one(n, n0, conf_level)
    return score_interval(lambda d: difference_statistic(x, n, x0, n0, d), DIFFERENCES, z)


def mee(x, n, x0, n0, conf_level):
    """Without N / (N - 1)."""
    z = normal_quantile(conf_level)
    return score_interval(lambda d: difference_statistic(x, n, x0, n0, d), DIFFERENCES, z)


def ratio_score(x, n, x0, n0, conf_level):
    """Miettinen and Nurminen."""
    z = with_n_minus_one(n, n0, conf_level)
    return score_interval(lambda t: ratio_statistic(x, n, x0, n0, t), RATIOS, z)


def koopman(x, n, x0, n0, conf_level):
    """Without N / (N - 1)."""
    return score_interval(lambda t: ratio_statistic(x, n, x0, n0, t), RATIOS, normal_quantile(conf_level))


def odds_score(x, n, x0, n0, conf_level):
    """Miettinen and Nurminen; nothing can be said when all patients, or none, responded."""
    if x + x0 in (0, n + n0):
        return nan, nan
    z = with_n_minus_one(n, n0, conf_level)
    return score_interval(lambda t: odds_statistic(x, n, x0, n0, t), RATIOS, z)


# ---- other limits of two proportions


def newcombe(x, n, x0, n0, conf_level, one=wilson):
    """From the distances of each arm's own limits to its rate."""
    low, high = one(x, n, conf_level)
    low0, high0 = one(x0, n0, conf_level)
    p, p0 = x / n, x0 / n0
    below, above = (p - low) ** 2 + (high0 - p0) ** 2, (high - p) ** 2 + (p0 - low0) ** 2
    return p - p0 - sqrt(below), p - p0 + sqrt(above)


def newcombe_corrected(x, n, x0, n0, conf_level):
    """From corrected limits."""
    return newcombe(x, n, x0, n0, conf_level, one=wilson_corrected)


def difference_wald(x, n, x0, n0, conf_level, freedom=0, correction=0.0):
    """Difference and z standard errors, cut at -1 and 1."""
    p, p0 = x / n, x0 / n0
    if min(n, n0) == freedom:
        return nan, nan
    variance = p * (1 - p) / (n - freedom) + p0 * (1 - p0) / (n0 - freedom)
    margin = normal_quantile(conf_level) * sqrt(variance) + correction
    return max(-1, p - p0 - margin), min(1, p - p0 + margin)


def agresti_caffo(x, n, x0, n0, conf_level):
    """One responder and one other more in each arm."""
    return difference_wald(x + 1, n + 2, x0 + 1, n0 + 2, conf_level)


def hauck_anderson(x, n, x0, n0, conf_level):
    """Unbiased variances, and half a patient of the smaller arm."""
    return difference_wald(x, n, x0, n0, conf_level, freedom=1, correction=1 / (2 * min(n, n0)))


def logarithmic(value, variance, conf_level):
    """Limits symmetric on the logarithm."""
    margin = normal_quantile(conf_level) * sqrt(variance)
    return value / exp(margin), value * exp(margin)


def katz(x, n, x0, n0, conf_level):
    """With the delta method's variance."""
    if 0 in (x, x0):
        return nan, nan
    return logarithmic((x / n) / (x0 / n0), 1 / x - 1 / n + 1 / x0 - 1 / n0, conf_level)


def woolf(x, n, x0, n0, conf_level):
    """The same for the odds."""
    y, y0 = n - x, n0 - x0
    if 0 in (x, y, x0, y0):
        return nan, nan
    return logarithmic(x * y0 / (y * x0), 1 / x + 1 / y + 1 / x0 + 1 / y0, conf_level)


# ---- given both margins


def tables_with_the_same_margins(x, n, x0, n0):
    """The number of ways to each count of responders in the arm."""
    total = x + x0
    return {k: comb(n, k) * comb(n0, total - k) for k in range(max(0, total - n0), min(n, total) + 1)}


def fisher_p_value(x, n, x0, n0):
    """Share of the ways that lead to tables which are no more likely, as a fraction."""
    ways = tables_with_the_same_margins(x, n, x0, n0)
    return Fraction(sum(way for way in ways.values() if way <= ways[x]), sum(ways.values()))


def exact_conditional(x, n, x0, n0, conf_level):
    """Odds ratios at which as many or more, and as many or fewer, have half the error probability."""
    ways, tail = tables_with_the_same_margins(x, n, x0, n0), Fraction((1 - conf_level) / 2)
    if len(ways) == 1:
        return nan, nan

    def share(counts, log_odds):
        odds = Fraction(exp(log_odds))
        weights = {k: way * odds ** (k - min(ways)) for k, way in ways.items()}
        return sum(weights[k] for k in counts) / sum(weights.values())

    more, fewer = [k for k in ways if k >= x], [k for k in ways if k <= x]
    low = high = nan
    if x > min(ways):
        low = exp(zero_of(lambda t: float(share(more, t) - tail), -30, 30))
    if x < max(ways):
        high = exp(zero_of(lambda t: float(share(fewer, t) - tail), -30, 30))
    return (0.0 if x == min(ways) else low), high


TWO_RATES = {
    "rate_difference": {
        "miettinen-nurminen": difference_score,
        "mee": mee,
        "newcombe": newcombe,
        "newcombe-cc": newcombe_corrected,
        "agresti-caffo": agresti_caffo,
        "hauck-anderson": hauck_anderson,
        "wald": difference_wald,
    },
    "rate_ratio": {"miettinen-nurminen": ratio_score, "koopman": koopman, "katz": katz},
    "odds_ratio": {"miettinen-nurminen": odds_score, "woolf": woolf, "exact-conditional": exact_conditional},
}


# ---- strata, patient by patient


def tables_by_stratum(responded, in_arm, strata):
    """x, n, x0, n0 of each stratum that holds both arms."""
    tables = []
    for label in dict.fromkeys(strata):
        members = [(r, a) for r, a, s in zip(responded, in_arm, strata, strict=True) if s == label]
        arm, rest = [r for r, a in members if a], [r for r, a in members if not a]
        if arm and rest:
            tables.append((sum(arm), len(arm), sum(rest), len(rest)))
    return tables


def mantel_haenszel_difference(tables):
    """Weighted mean of the differences, and Sato's variance, as fractions."""
    weights = [Fraction(n * n0, n + n0) for _, n, _, n0 in tables]
    differences = [Fraction(x, n) - Fraction(x0, n0) for x, n, x0, n0 in tables]
    value = sum(w * d for w, d in zip(weights, differences, strict=True)) / sum(weights)
    variance = Fraction(0)
    for x, n, x0, n0 in tables:
        p = Fraction(n * n * x0 - n0 * n0 * x, (n + n0) ** 2) + Fraction(n * n0 * (n0 - n), 2 * (n + n0) ** 2)
        q = Fraction(x * (n0 - x0) + x0 * (n - x), 2 * (n + n0))
        variance += value * p + q
    return value, variance / sum(weights) ** 2


def mantel_haenszel_ratio(tables):
    """Ratio of expected counts, and the variance of its logarithm by Greenland and Robins; NaN for 0 or infinity."""
    above = sum(Fraction(x * n0, n + n0) for x, n, x0, n0 in tables)
    below = sum(Fraction(x0 * n, n + n0) for x, n, x0, n0 in tables)
    if not below:
        return nan, nan
    terms = [Fraction(n * n0 * (x + x0) - x * x0 * (n + n0), (n + n0) ** 2) for x, n, x0, n0 in tables]
    return above / below, sum(terms) / (above * below) if above else nan


def mantel_haenszel_odds(tables):
    """Odds ratio, and the variance of its logarithm by Robins, Breslow and Greenland; NaN for 0 or infinity."""
    terms = []
    for x, n, x0, n0 in tables:
        y, y0, total = n - x, n0 - x0, n + n0
        cells = (x + y0, y + x0, x * y0, y * x0)
        terms.append([Fraction(cell, total) for cell in cells])
    r, s = sum(t[2] for t in terms), sum(t[3] for t in terms)
    if not s:
        return nan, nan
    if not r:
        return Fraction(0), nan
    pr, ps, qr, qs = (sum(t[i] * t[j] for t in terms) for i, j in ((0, 2), (0, 3), (1, 2), (1, 3)))
    return r / s, pr / (2 * r * r) + (ps + qr) / (2 * r * s) + qs / (2 * s * s)


def cochran_mantel_haenszel(tables):
    """Squared excess over its hypergeometric variance, as a fraction; NaN for 0/0."""
    excess = sum(x - Fraction(n * (x + x0), n + n0) for x, n, x0, n0 in tables)
    variance = sum(
        Fraction(n * n0 * (x + x0) * (n + n0 - x - x0), (n + n0) ** 2 * (n + n0 - 1)) for x, n, x0, n0 in tables
    )
    return excess**2 / variance if variance else nan


def odds_ratio_interaction(tables):
    """Twice the gain of an odds ratio of its own in each table, the common one being searched in steps by thirds."""
    told = [table for table in tables if table[1] and table[3] and 0 < table[0] + table[2] < table[1] + table[3]]
    if len(told) < 2:
        return nan

    def likelihood_at(log_ratio):
        return sum(_best_of_table(*table, log_ratio) for table in told)

    saturated = sum(_log_likelihood(x, n - x, x / n, 1 - x / n) for table in told for x, n in (table[:2], table[2:]))
    return 2 * (saturated - likelihood_at(_highest(likelihood_at, -40.0, 40.0)))


def _best_of_table(x, n, x0, n0, log_ratio):
    """The highest log-likelihood of a table at an odds ratio, over the odds of its reference."""

    def likelihood_at(log_odds):
        of_arm = _log_likelihood(x, n - x, _rate(log_odds + log_ratio), _rate(-log_odds - log_ratio))
        return of_arm + _log_likelihood(x0, n0 - x0, _rate(log_odds), _rate(-log_odds))

    return likelihood_at(_highest(likelihood_at, -80.0, 80.0))


def _rate(log_odds):
    return 1 / (1 + exp(-log_odds))


def _log_likelihood(responders, others, rate, rest):
    """Of responders with one probability, and others with the rest; 0 log 0 is 0."""
    return (responders * log(rate) if responders else 0.0) + (others * log(rest) if others else 0.0)


def _highest(function, low, high):
    """Where a concave function is highest: of two points a third of the way in, the worse one is the new end."""
    while high - low > 1e-6:
        step = (high - low) / 3
        low, high = (low + step, high) if function(low + step) < function(high - step) else (low, high - step)
    return (low + high) / 2


def stratified_score(tables, conf_level):
    """Differences at which the stratified score statistic is z, as for one table."""
    observed, z = float(mantel_haenszel_difference(tables)[0]), normal_quantile(conf_level)
    weights = [n * n0 / (n + n0) for _, n, _, n0 in tables]

    def statistic(d):
        variance = 0.0
        for weight, (x, n, x0, n0) in zip(weights, tables, strict=True):
            variance += weight**2 * variance_at_difference(x, n, x0, n0, d) * (n + n0) / (n + n0 - 1)
        return signed(sum(weights) * (observed - d), variance)

    return score_interval(statistic, DIFFERENCES, z)
