"""Second, obvious implementations for competing risks: loops over patients and times, exact fractions.

Nothing here is fast and nothing is shared with `smmlib`. The incidence is estimated by weighting each event with the
inverse of the probability of not being censored before it, which is the Aalen-Johansen estimate by another way. The
variances are double sums over times, with the future of each summed anew.
"""

from fractions import Fraction
from math import exp, log, nan, sqrt
from statistics import NormalDist

# ---- one arm


def number_at_risk(time, t, entry=None):
    """Patients whose time is t or later and who came before t."""
    came = entry if entry is not None else [-1] * len(time)
    return sum(1 for start, end in zip(came, time, strict=True) if start < t <= end)


def number_leaving(time, cause, t, wanted):
    """Patients who leave at t by one of the wanted causes, 0 being censored."""
    return sum(1 for x, why in zip(time, cause, strict=True) if x == t and why in wanted)


def uncensored(time, cause, t):
    """Kaplan-Meier estimate of not being censored before t; censorings at a time follow the events at it."""
    probability = Fraction(1)
    for moment in sorted(set(time)):
        if moment < t:
            left = number_at_risk(time, moment) - number_leaving(time, cause, moment, set(cause) - {0})
            if left:
                probability *= 1 - Fraction(number_leaving(time, cause, moment, {0}), left)
    return probability


def incidence(time, cause, of, t):
    """Share of patients with an event of the cause by t, each counted for those censored before it too."""
    events = [x for x, why in zip(time, cause, strict=True) if why == of and x <= t]
    return sum((1 / uncensored(time, cause, x) for x in events), Fraction(0)) / len(time)


def product_limit(time, cause, t, entry=None):
    """Probability of no event of any cause before t."""
    survival = Fraction(1)
    for moment in sorted(set(time)):
        if moment < t:
            gone = number_leaving(time, cause, moment, set(cause) - {0})
            survival *= 1 - Fraction(gone, number_at_risk(time, moment, entry))
    return survival


def incidence_after_entry(time, cause, of, t, entry):
    """Aalen-Johansen estimate by its definition, with late entry."""
    total = Fraction(0)
    for moment in sorted(set(time)):
        if moment <= t:
            hazard = Fraction(number_leaving(time, cause, moment, {of}), number_at_risk(time, moment, entry))
            total += product_limit(time, cause, moment, entry) * hazard
    return total


def tie_factor(events, patients):
    """Variance of drawing so many of the patients without replacement, relative to one at a time."""
    return Fraction(patients - events, patients - 1) if events > 1 else Fraction(1)


def aalen_variance(time, cause, of, t):
    """For each time u up to t, the variance of its events times the square of what one of them does to F(t).

    One event of n takes S(u-) / n from those who are free; of these the share D / S(u) would have had the event of
    interest between u and t. An event of the cause gives the whole S(u-) / n instead.
    """
    others = set(cause) - {0, of}
    variance = Fraction(0)
    for u in sorted(x for x in set(time) if x <= t):
        n, before = number_at_risk(time, u), product_limit(time, cause, u)
        own, other = (number_leaving(time, cause, u, wanted) for wanted in ({of}, others))
        after = before * Fraction(n - own - other, n)
        to_come = incidence(time, cause, of, t) - incidence(time, cause, of, u)
        share = to_come / after if after else Fraction(0)
        mass = before / n
        variance += own * tie_factor(own, n) * (mass * (1 - share)) ** 2
        if after:
            variance += other * tie_factor(other, n) * (mass * share) ** 2
    return variance


def three_term_variance(time, cause, of, t):
    """The same opened into three sums, as textbooks print it; equal where no two causes share a time.

    Events of all causes are then drawn without replacement together, which is not the same for tied ones.
    """
    variance = Fraction(0)
    for u in sorted(x for x in set(time) if x <= t):
        n, before = number_at_risk(time, u), product_limit(time, cause, u)
        own, every = (number_leaving(time, cause, u, wanted) for wanted in ({of}, set(cause) - {0}))
        if n == 1:
            variance += own * before**2
            continue
        to_come = incidence(time, cause, of, t) - incidence(time, cause, of, u)
        if every < n:
            variance += to_come**2 * Fraction(every, (n - 1) * (n - every))
            variance -= 2 * to_come * before * Fraction(own * (n - own), n * (n - every) * (n - 1))
        variance += before**2 * Fraction(own * (n - own), n**2 * (n - 1))
    return variance


def limits(share, variance, conf_level):
    """Limits symmetric on the scale log(-log F); NaN where F is 0 or 1."""
    if share in (0, 1):
        return nan, nan
    z, f = NormalDist().inv_cdf(0.5 + conf_level / 2), float(share)
    centre, margin = log(-log(f)), z * sqrt(variance) / abs(f * log(f))
    return exp(-exp(centre + margin)), exp(-exp(centre - margin))


# ---- two arms


def _arms_at(patients, of):
    """By time and arm: patients at risk, events of the cause, other events, S before and after it, F before it.

    The arms are lists of (time, cause); times at which an arm has nobody at risk leave its curves as they are.
    """
    moments = sorted({time for arm in patients for time, _ in arm})
    rows = []
    for arm in patients:
        survival, own_incidence, row = Fraction(1), Fraction(0), []
        for t in moments:
            n = sum(1 for time, _ in arm if time >= t)
            own = sum(1 for time, why in arm if time == t and why == of)
            other = sum(1 for time, why in arm if time == t and why not in (0, of))
            after = survival * Fraction(n - own - other, n) if n else survival
            row.append((n, own, other, survival, after, own_incidence))
            own_incidence += survival * Fraction(own, n) if n else 0
            survival = after
        rows.append(row)
    return list(zip(*rows, strict=True))


def _stratum(patients, of):
    """Gray's score of the second arm and its variance; the future of each time is summed anew."""
    table = _arms_at(patients, of)
    score, variance, pooled, moments = Fraction(0), Fraction(0), Fraction(0), []
    for arms in table:
        adjusted = [Fraction(n) / before if n else Fraction(0) for n, _, _, before, _, _ in arms]
        deaths, total = sum(own for _, own, *_ in arms), sum(adjusted)
        sizes = [h * (1 - f) for h, (*_, f) in zip(adjusted, arms, strict=True)]
        score += arms[1][1] - deaths * sizes[1] / sum(sizes)
        both = adjusted[0] * adjusted[1] / total
        change = both * deaths / (total * (1 - pooled)) if both * deaths else Fraction(0)
        pooled += deaths / total
        moments.append((arms, deaths, total, both, change, pooled))
    for position, (arms, deaths, total, both, _, until) in enumerate(moments):
        later = sum((change for *_, change, _ in moments[position + 1 :]), Fraction(0))
        for n, _, other, before, after, _ in arms:
            if n and deaths:
                ties = 1 - (deaths - 1) / (total * before - 1) if deaths > 1 else 1
                factor = 1 - (1 - until) / after if after else 1
                variance += ties * before * deaths / (total * n) * (both + factor * later) ** 2
            if after and other:
                variance += tie_factor(other, n) * other * (before / n * (1 - until) / after * later) ** 2
    return score, variance


def gray_chi_square(time, cause, in_arm, of, strata=None):
    """Gray's chi-square with weight 1, as a fraction; NaN where its variance is not above zero."""
    labels = strata if strata is not None else [0] * len(time)
    rows = list(zip(time, cause, in_arm, labels, strict=True))
    parts = [
        _stratum([[row[:2] for row in rows if row[3] == label and bool(row[2]) == side] for side in (False, True)], of)
        for label in dict.fromkeys(labels)
    ]
    score, variance = (sum(part) for part in zip(*parts, strict=True))
    return score**2 / variance if variance > 0 else nan


def chi_square_tail(statistic):
    """Upper tail of chi-square on one degree of freedom: two tails of the normal distribution."""
    return 2 * NormalDist().cdf(-sqrt(statistic))


# ---- several groups


def gray_of_groups(time, cause, group, of, strata=None):
    """Gray's scores of the groups and their covariance, as fractions: dicts by group, and by two of them.

    As `_stratum`, but for any number of groups, one pair of them after another and each event of each on its own.
    """
    labels = strata if strata is not None else [0] * len(time)
    names = sorted(set(group))
    scores, covariance = dict.fromkeys(names, Fraction(0)), {(a, b): Fraction(0) for a in names for b in names}
    for label in dict.fromkeys(labels):
        rows = [row[:3] for row in zip(group, time, cause, labels, strict=True) if row[3] == label]
        patients = [[(t, why) for name, t, why in rows if name == one] for one in names]
        table, moments, pooled = _arms_at(patients, of), [], Fraction(0)
        for arms in table:
            adjusted = [Fraction(n) / before if n else Fraction(0) for n, _, _, before, _, _ in arms]
            deaths, total = sum(own for _, own, *_ in arms), sum(adjusted)
            sizes = [h * (1 - f) for h, (*_, f) in zip(adjusted, arms, strict=True)]
            for name, size, (_, own, *_) in zip(names, sizes, arms, strict=True):
                scores[name] += own - deaths * size / sum(sizes)
            now = {
                (a, b): (adjusted[i] if i == j else 0) - adjusted[i] * adjusted[j] / total
                for i, a in enumerate(names)
                for j, b in enumerate(names)
            }
            change = {pair: x * deaths / (total * (1 - pooled)) if x * deaths else 0 for pair, x in now.items()}
            pooled += deaths / total
            moments.append((arms, deaths, total, now, change, pooled))
        for position, (arms, deaths, total, now, _, until) in enumerate(moments):
            for k, (n, _, other, before, after, _) in zip(names, arms, strict=True):
                later = {a: sum(moment[4][a, k] for moment in moments[position + 1 :]) for a in names}
                keeps = 1 - (1 - until) / after if after else 1
                for a, b in covariance:
                    if n and deaths:
                        ties = 1 - (deaths - 1) / (total * before - 1) if deaths > 1 else 1
                        effects = [now[x, k] + keeps * later[x] for x in (a, b)]
                        covariance[a, b] += ties * before * deaths / (total * n) * effects[0] * effects[1]
                    if after and other:
                        lost = (before / n * (1 - until) / after) ** 2 * later[a] * later[b]
                        covariance[a, b] += tie_factor(other, n) * other * lost
    return scores, covariance
