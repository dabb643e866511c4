"""Second, obvious implementations for interval-censored times: every patient against every interval.

The masses come from the self-consistency algorithm alone, iterated for long, on a table of patients by intervals; the
scores from the published quotient of survival at both ends; the permutation distribution by going through all
assignments. Nothing here is fast and nothing is shared with `smmlib`. `test_interval_oracle.py` holds these functions
to published numbers, `test_interval_independent.py` holds `smmlib` to these functions.
"""

from fractions import Fraction
from itertools import combinations
from math import inf

import numpy as np


def holds(left, right, low, high):
    """Whether (left, right], or the point at left where both are equal, holds (low, high], or the point."""
    if left == right:
        return low == high == left
    if low == high:
        return left < low <= right
    return left <= low and high <= right


def innermost(left, right):
    """Exact times, and from where somebody's interval opens to where one closes, with no end of another between."""
    opens = {low for low, high in zip(left, right, strict=True) if low < high}
    closes = {high for low, high in zip(left, right, strict=True) if low < high}
    exact = {low for low, high in zip(left, right, strict=True) if low == high}
    found = {(time, time) for time in exact}
    for low in opens:
        # An exact time at the very end takes all there is: whoever's interval holds the end holds it.
        for high in closes - exact:
            if low < high and not any(low < end < high for end in opens | closes | exact):
                found.add((low, high))
    return sorted(found)


def covered(left, right, intervals):
    """Table of patients by intervals: one where the patient's holds it."""
    patients = zip(left, right, strict=True)
    return np.array([[holds(*patient, *inner) for inner in intervals] for patient in patients], float)


def self_consistent_masses(left, right, *, steps=20_000, close=1e-13):
    """Masses after many steps of self-consistency; also the log-likelihood."""
    intervals = innermost(left, right)
    table = covered(left, right, intervals)
    mass = np.full(len(intervals), 1 / len(intervals))
    for _ in range(steps):
        after = mass * (table / (table @ mass)[:, None]).mean(axis=0)
        if np.abs(after - mass).max() < close:
            break
        mass = after
    return intervals, mass, float(np.log(table @ mass).sum())


def largest_slopes(left, right, intervals, mass):
    """Slopes of the log-likelihood a patient: the largest anywhere, the smallest where there is mass, as fractions.

    Both are one at the maximum, and only there. `intervals` are those with mass.
    """
    weight = {inner: Fraction(float(value)) for inner, value in zip(intervals, mass, strict=True)}
    patients = list(zip(left, right, strict=True))
    probability = [sum(value for inner, value in weight.items() if holds(*patient, *inner)) for patient in patients]
    slopes = {
        inner: sum(1 / p for p, patient in zip(probability, patients, strict=True) if holds(*patient, *inner))
        / len(patients)
        for inner in {*innermost(left, right), *weight}
    }
    return max(slopes.values()), min(slopes[inner] for inner in weight)


def survival_after(time, intervals, mass):
    """Mass of what lies after a time that is in no interval's inside."""
    return sum(value for (_, high), value in zip(intervals, mass, strict=True) if high > time)


def survival_before(time, intervals, mass):
    """The same just before a time: what lies at it counts."""
    return sum(value for (low, high), value in zip(intervals, mass, strict=True) if high > time or low == high == time)


def cumulative_hazards(intervals, mass):
    """Sum, up to and including each interval, of its mass divided by the mass of it and of what follows."""
    total, hazards, left = 0.0, [], 1.0
    for value in mass:
        total += value / left if value > 0 else 0
        left -= value
        hazards.append(total)
    return hazards


def sun_scores(left, right, intervals, mass):
    """Quotient of Fay & Shaw (2010), section 3, "logrank1": from survival and hazard at both ends of each interval."""
    hazards = cumulative_hazards(intervals, mass)

    def weighted(survival, behind):
        """S log S~, which is zero where nothing is left."""
        return -survival * (hazards[behind - 1] if behind else 0) if survival > 1e-12 else 0.0

    scores = []
    for begin, end in zip(left, right, strict=True):
        exact = begin == end
        before = (survival_before if exact else survival_after)(begin, intervals, mass)
        after = 0.0 if end == inf else survival_after(end, intervals, mass)
        first = sum(1 for _, high in intervals if (high < begin if exact else high <= begin))
        last = sum(1 for _, high in intervals if high <= end)
        scores.append((weighted(before, first) - weighted(after, last)) / (before - after))
    return scores


def right_censored_scores(time, event):
    """Event less cumulative hazard, as fractions."""
    scores = []
    for t, d in zip(time, event, strict=True):
        hazard = Fraction(0)
        for moment in {x for x, y in zip(time, event, strict=True) if y and x <= t}:
            deaths = sum(1 for x, y in zip(time, event, strict=True) if y and x == moment)
            hazard += Fraction(deaths, sum(1 for x in time if x >= moment))
        scores.append(int(d) - hazard)
    return scores


def permutation_moments(scores, size):
    """Mean and variance of the sum of the scores of an arm of that size, over all ways to choose it."""
    sums = [sum(chosen) for chosen in combinations(scores, size)]
    mean = sum(sums) / len(sums)
    return mean, sum((value - mean) ** 2 for value in sums) / len(sums)


def statistic(scores, in_arm):
    """Square of the arm's sum above its permutation mean, over the permutation variance; by its closed form."""
    n, size = len(scores), sum(map(bool, in_arm))
    mean = sum(scores) / n
    score = sum(score - mean for score, arm in zip(scores, in_arm, strict=True) if arm)
    variance = sum((score - mean) ** 2 for score in scores) * size * (n - size) / (n * (n - 1))
    return score**2 / variance


def hypergeometric_variance(time, event, in_arm):
    """Of the events in the arm, given the events of both and the patients at risk, summed over the times."""
    variance = Fraction(0)
    for moment in {x for x, y in zip(time, event, strict=True) if y}:
        at_risk = [bool(arm) for x, arm in zip(time, in_arm, strict=True) if x >= moment]
        n, size = len(at_risk), sum(at_risk)
        deaths = sum(1 for x, y in zip(time, event, strict=True) if y and x == moment)
        if n > 1:
            variance += Fraction(deaths * size * (n - size) * (n - deaths), n * n * (n - 1))
    return variance
