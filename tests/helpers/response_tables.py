"""Counts of responders to compare programs on: awkward ones, and random ones from a seed.

A table is (responders, patients, reference responders, reference patients).
"""

import numpy as np

AWKWARD = [
    (0, 57, 0, 62),
    (57, 57, 0, 62),
    (0, 57, 62, 62),
    (57, 57, 62, 62),
    (0, 1, 1, 1),
    (1, 1, 0, 1),
    (0, 1, 0, 1),
    (1, 1, 1, 1),
    (1, 2, 1, 2),
    (5, 56, 0, 29),
    (0, 29, 5, 56),
    (29, 55, 11, 11),
    (11, 11, 29, 55),
    (36, 154, 12, 77),
    (56, 70, 48, 80),
    (1, 1, 700, 999),
    (999, 1000, 998, 1000),
    (2, 5000, 1, 20),
    (3, 4, 1, 4),
]


def random_table(seed):
    """Arms of 1 to 200 patients, often with rates near 0 or 1."""
    random = np.random.default_rng(seed)
    sizes = random.choice([1, 2, 4, 9, 25, 60, 200], size=2)
    rates = random.beta(0.6, 0.6, size=2)
    return tuple(int(count) for pair in zip(random.binomial(sizes, rates), sizes, strict=True) for count in pair)


def random_strata(seed):
    """One to six tables, small or large, at least one of them with patients of both arms; a third are extreme."""
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 7))
    base, effect = random.normal(0, 1.5), random.normal(0, 1)
    largest = random.choice([3, 12, 60])
    tables = []
    for _ in range(size):
        n, n0 = (int(number) for number in random.integers(1, largest + 1, size=2))
        logit = base + random.normal(0, 0.7)
        extreme = random.random() < 0.3
        rates = random.integers(0, 2, size=2) if extreme else 1 / (1 + np.exp([-logit - effect, -logit]))
        tables.append((int(random.binomial(n, rates[0])), n, int(random.binomial(n0, rates[1])), n0))
    return tables


def patients_of(tables):
    """Responded, in the arm, and stratum, a patient each: of 2 x 2 tables, one a stratum."""
    responded, in_arm, strata = [], [], []
    for stratum, (responders, patients, reference_responders, reference_patients) in enumerate(tables):
        for yes, size, arm in ((responders, patients, 1), (reference_responders, reference_patients, 0)):
            responded += [1] * yes + [0] * (size - yes)
            in_arm += [arm] * size
            strata += [f"stratum {stratum}"] * size
    return responded, in_arm, strata
