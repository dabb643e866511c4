"""Second, obvious implementations of the weighted log-rank tests: loops over patients, exact fractions.

Nothing here is shared with `smmlib`. A patient is a tuple of time, event, arm, stratum, entry and how many patients
it stands for.
"""

from fractions import Fraction
from functools import cache
from math import nan, sqrt

import numpy as np
from scipy.integrate import quad
from scipy.special import gammaincc
from scipy.stats import norm

TIME, EVENT, ARM, STRATUM, ENTRY, COUNT = range(6)


def patients(time, event, in_arm, strata=None, entry=None, weights=None):
    """The columns as patients; at risk from before time 0, alone in one stratum and standing for one, if not told."""
    columns = strata or [0] * len(time), entry or [-1] * len(time), weights or [1] * len(time)
    return list(zip(time, event, in_arm, *columns, strict=True))


def count(members):
    return sum(member[COUNT] for member in members)


@cache
def tables(members):
    """Each event time of one stratum: the time, n at risk, d with the event, and how many of both are in the arm."""
    found = []
    for t in sorted({m[TIME] for m in members if m[EVENT]}):
        at_risk = [m for m in members if m[ENTRY] < t <= m[TIME]]
        dying = [m for m in at_risk if m[EVENT] and m[TIME] == t]
        in_arm = [m for m in at_risk if m[ARM]], [m for m in dying if m[ARM]]
        found.append((t, *map(count, (at_risk, dying, *in_arm))))
    return found


@cache
def survival(members, until, strictly=False):
    """Kaplan-Meier estimate of all members at a time, or just before it."""
    product = Fraction(1)
    for t, n, d, _, _ in tables(members):
        if t < until or (t == until and not strictly):
            product *= 1 - Fraction(d, n)
    return product


def peto_survival(members, until):
    product = Fraction(1)
    for t, n, d, _, _ in tables(members):
        if t <= until:
            product *= 1 - Fraction(d, n + 1)
    return product


def power(base, exponent):
    """Exact for whole exponents."""
    return base**exponent if exponent == int(exponent) else float(base) ** exponent


def weight(weighting, members, t, n):
    """The weight at a time with n at risk; a weighting is a tuple of its name and its parameters."""
    name, *parameters = weighting
    if name == "gehan":
        return n
    if name == "tarone-ware":
        return sqrt(n)
    if name == "peto":
        return peto_survival(members, t)
    if name == "modified-peto":
        return peto_survival(members, t) * Fraction(n, n + 1)
    before = survival(members, t, strictly=True)
    if name == "fleming-harrington":
        rho, gamma = parameters
        return power(before, rho) * power(1 - before, gamma)
    if name == "modest-time":
        return 1 / max(before, survival(members, parameters[0]))
    return 1 / max(before, Fraction(parameters[0]))


def excess_and_covariance(everybody, weightings):
    """Sums over all strata and times of the 2 x 2 tables, as lists: excess of the arm, covariance."""
    excess = [0 for _ in weightings]
    covariance = [[0 for _ in weightings] for _ in weightings]
    for stratum in {m[STRATUM] for m in everybody}:
        members = tuple(m for m in everybody if m[STRATUM] == stratum)
        for t, n, d, n_arm, d_arm in tables(members):
            if not 0 < n_arm < n:
                continue
            weights = [weight(weighting, members, t, n) for weighting in weightings]
            variance = Fraction(d * n_arm * (n - n_arm) * (n - d), n * n * (n - 1))
            for i, one in enumerate(weights):
                excess[i] += one * (d_arm - Fraction(d * n_arm, n))
                for j, other in enumerate(weights):
                    covariance[i][j] += one * other * variance
    return excess, covariance


def chi_square(everybody, weighting):
    """Of one weighting; NaN for 0/0."""
    (excess,), ((variance,),) = excess_and_covariance(everybody, [weighting])
    return float(excess**2 / variance) if variance else nan


def largest_z_and_correlation(everybody, weightings):
    """Largest |Z| of all weightings, and the correlation of the Z; NaN when one has no variance."""
    excess, covariance = excess_and_covariance(everybody, weightings)
    variances = [float(covariance[i][i]) for i in range(len(weightings))]
    if not all(variances):
        return nan, None
    largest = max(abs(float(one)) / sqrt(variance) for one, variance in zip(excess, variances, strict=True))
    errors = np.sqrt(variances)
    return largest, np.array(covariance, dtype=float) / np.outer(errors, errors)


# ---- the largest of correlated normals


def tail_of_two(size, correlation):
    """One or the other beyond the size: the first is, or it is not and the second is, given the first."""
    rest = sqrt(1 - correlation**2)

    def density(x):
        beyond = norm.sf((size - correlation * x) / rest) + norm.cdf((-size - correlation * x) / rest)
        return norm.pdf(x) * beyond

    return 2 * norm.sf(size) + quad(density, -size, size, epsabs=0, epsrel=1e-12, limit=200)[0]


@cache
def sphere(dimensions, points):
    """Directions spread over half a sphere, and their shares: products of Gauss-Legendre rules and even angles."""
    if dimensions == 2:
        angle = (np.arange(2 * points) + 0.5) * np.pi / (2 * points)
        return np.stack([np.cos(angle), np.sin(angle)]), np.full(2 * points, 1 / (2 * points))
    below, shares = sphere(dimensions - 1, points)
    node, share = np.polynomial.legendre.leggauss(points)
    angle = (node + 1) * np.pi / 2
    share = share * np.sin(angle) ** (dimensions - 2)
    up = np.repeat(np.cos(angle)[:, None], below.shape[1], axis=1)
    across = np.sin(angle)[None, :, None] * below[:, None, :]
    directions = np.concatenate([up[None], across]).reshape(dimensions, -1)
    return directions, np.outer(share / share.sum(), shares).ravel()


# By the dimensions: as the largest |Z| has kinks, the relative error is about the inverse of their square.
POINTS = {2: 50_000, 3: 400, 4: 100}
ERRORS = {1: 1e-9, 2: 1e-9, 3: 1e-5, 4: 1e-4}


def tail_by_directions(size, correlation):
    """Mean over all directions of the chance that the distance from the origin suffices to be beyond the size.

    Returns the probability, and the relative error to allow for.
    """
    variances, axes = np.linalg.eigh(correlation)
    seen = variances > 1e-12
    rank = int(seen.sum())
    normals = axes[:, seen] * np.sqrt(variances[seen])
    dimensions = max(rank, 2)
    normals = np.pad(normals, ((0, 0), (0, dimensions - rank)))
    directions, share = sphere(dimensions, POINTS[dimensions])
    reach = np.abs(normals @ directions).max(axis=0)
    with np.errstate(divide="ignore"):
        beyond = gammaincc(dimensions / 2, (size / reach) ** 2 / 2)
    return float(share @ beyond), ERRORS[rank]
