"""Baseline characteristics a second time, in the obvious way: exact fractions, counted one patient after the other."""

import math
from fractions import Fraction


def known(values):
    return [Fraction(value) for value in values if value is not None and value == value]


def mean(values):
    return sum(known(values)) / len(known(values))


def variance(values):
    numbers, centre = known(values), mean(values)
    return sum((value - centre) ** 2 for value in numbers) / (len(numbers) - 1)


def quantile(values, share):
    """The middle of all x with at least that share of the values at or below x, and the other share at or above it."""
    numbers = known(values)
    fits = [
        x
        for x in numbers
        if sum(value <= x for value in numbers) >= share * len(numbers)
        and sum(value >= x for value in numbers) >= (1 - share) * len(numbers)
    ]
    return (min(fits) + max(fits)) / 2


def standardised_mean_difference(values, reference_values):
    pooled = (variance(values) + variance(reference_values)) / 2
    return float(mean(values) - mean(reference_values)) / math.sqrt(pooled)


def multinomial_standardised_difference(patients, reference_patients):
    """Yang & Dalton with the last level left out; the linear equations are solved by elimination."""
    both = [
        (Fraction(int(one), int(sum(patients))), Fraction(int(other), int(sum(reference_patients))))
        for one, other in zip(patients, reference_patients, strict=True)
        if one or other
    ][:-1]
    size = len(both)
    difference = [one - other for one, other in both]
    rows = [
        [
            sum(rate[i] * (1 - rate[i]) if i == j else -rate[i] * rate[j] for rate in zip(*both, strict=True)) / 2
            for j in range(size)
        ]
        + [difference[i]]
        for i in range(size)
    ]
    solution = _solved(rows)
    return math.sqrt(sum(one * other for one, other in zip(difference, solution, strict=True)))


def _solved(rows):
    """Gauss and Jordan."""
    for place in range(len(rows)):
        pivot = next(row for row in range(place, len(rows)) if rows[row][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(rows)):
            if other != place:
                factor = rows[other][place]
                rows[other] = [
                    value - factor * pivoted for value, pivoted in zip(rows[other], rows[place], strict=True)
                ]
    return [row[-1] for row in rows]


def pearson_statistic(patients, reference_patients):
    total = int(sum(patients) + sum(reference_patients))
    statistic = Fraction(0)
    for counts in (patients, reference_patients):
        for count, one, other in zip(counts, patients, reference_patients, strict=True):
            if one or other:
                expected = Fraction(int(sum(counts)) * int(one + other), total)
                statistic += (int(count) - expected) ** 2 / expected
    return statistic
