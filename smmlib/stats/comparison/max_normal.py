"""How far out the largest of several correlated normal variables is, two-sided: the law of a maximum of tests.

m standard normals of rank k are k independent ones seen from m directions, and all are small where those k lie in
a polytope around the origin. Outside it lie the cones over its faces. Each is measured from the tail inwards, so
that small probabilities are as accurate as large ones, and components that follow from others do no harm.
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.types import Floats

# Correlations closer to 1 or -1, and variances closer to 0, are those of components that are the same, or follow
# from others, within rounding error.
SAME = 1e-14
NO_VARIANCE = 1e-13
QUADRATURE_POINTS = 256
# Beyond this many halves of squared standard deviations the normal density is below the last digit of a float.
NEGLIGIBLE = 39.0
RELATIVE_ERROR = 1e-6
LARGEST_NUMBER_OF_POINTS = 500_000


def max_normal_tail(size: float, correlation: ArrayLike, seed: int) -> float:
    """Probability that the largest absolute value of correlated standard normal variables is at least `size`.

    Exact, by Owen's function, when the variables have rank 1 or 2; by one integral of it at rank 3. From rank 4
    on, what each further variable adds is integrated by a randomised lattice rule.

    Parameters
    ----------
    size : float
        Zero or more.
    correlation : array-like, shape (m, m)
        Correlations; it may be singular.
    seed : int
        Of the lattice rule; without effect up to rank 3.

    Returns
    -------
    float
        Its relative error is below 1e-9 up to rank 3, from there on about 1e-5, and up to 1e-4 where the correlation
        is singular too: an error below 1e-6 in all probabilities under 0.01.

    References
    ----------
    .. [1] Owen (1956), Ann Math Stat 27:1075-1090.
    .. [2] Genz & Bretz (2009), Computation of Multivariate Normal and t Probabilities, section 4.
    """
    if size == 0:
        return 1.0
    correlation = _distinct(np.asarray(correlation, dtype=float))
    exact = correlation[:3, :3] if _rank(correlation) > 3 else correlation
    probability = _tail_of_directions(size, _directions(exact))
    rng = np.random.default_rng(seed)
    for last in range(len(exact), len(correlation)):
        probability += _added(size, correlation[: last + 1, : last + 1], rng)
    return min(float(probability), 1.0)


def _distinct(correlation: Floats) -> Floats:
    """Without the variables that are another one, or its negative."""
    same = np.tril(1 - np.abs(correlation) <= SAME, k=-1).any(axis=1)
    return correlation[np.ix_(~same, ~same)]


def _rank(correlation: Floats) -> int:
    return int((np.linalg.eigvalsh(correlation) > NO_VARIANCE).sum())


def _directions(correlation: Floats) -> Floats:
    """Unit vectors, one a variable, with these correlations as their products: shape (m, rank)."""
    variances, axes = np.linalg.eigh(correlation)
    seen = variances > NO_VARIANCE
    directions = axes[:, seen] * np.sqrt(variances[seen])
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def _tail_of_directions(size: float, directions: Floats) -> float:
    """The same for independent variables seen from up to three dimensions."""
    from scipy.special import ndtr

    rank = directions.shape[1]
    if rank == 1:
        return 2 * ndtr(-size)
    if rank == 2:
        both_sides = np.concatenate([directions, -directions])
        return _outside_polygon(np.array([size]), *_edges(both_sides, np.ones(len(both_sides))))[0]
    heights = _heights(size)
    return sum(2 * _beyond_face(directions, face, *heights) for face in range(len(directions)))


def _edges(normals: Floats, distances: Floats) -> tuple[Floats, Floats, Floats]:
    """Edges of the polygon that lines around the origin enclose.

    Returns
    -------
    distance, low, high : ndarray
        Distance of each edge's line, and where on it, in distances from the foot of its perpendicular, it begins
        and ends.
    """
    along = normals[:, ::-1] * [-1, 1]
    rise = normals @ along.T
    np.fill_diagonal(rise, 0)  # no line cuts itself off, by rounding error either
    room = distances[:, None] - (normals @ normals.T) * distances
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = room / rise
    low = np.where(rise < 0, meets, -np.inf).max(axis=0)
    high = np.where(rise > 0, meets, np.inf).min(axis=0)
    edge = low < high
    return distances[edge], (low / distances)[edge], (high / distances)[edge]


def _outside_polygon(scales: Floats, distance: Floats, low: Floats, high: Floats) -> Floats:
    """Probability that two independent normals lie outside of the polygon, enlarged by each of the scales."""
    from scipy.special import owens_t

    height = np.multiply.outer(scales, distance)
    return (owens_t(height, high) - owens_t(height, low)).sum(axis=-1)


def _beyond_face(directions: Floats, face: int, height: Floats, weight: Floats) -> float:
    """Probability of the cone over one face of a polyhedron, from the face outwards.

    At a height the cone is as wide as the face of the polyhedron that reaches so far, so that the probability is
    the integral of the normal density of the height times the probability of a polygon. The foot of the
    perpendicular lies in it, as all planes are equally far from the origin.
    """
    cosine = directions @ directions[face]
    others = np.arange(len(directions)) != face
    cosine, normals = cosine[others], directions[others] @ _plane(directions[face])
    sine = np.linalg.norm(normals, axis=1)
    normals /= sine[:, None]
    edges = _edges(np.concatenate([normals, -normals]), np.concatenate([1 - cosine, 1 + cosine]) / np.tile(sine, 2))
    return (weight * (1 - _outside_polygon(height, *edges))).sum()


def _plane(direction: Floats) -> Floats:
    """Two orthogonal unit vectors at right angles to a direction in space: shape (3, 2)."""
    return np.linalg.svd(direction[None, :])[2][1:].T


def _heights(size: float) -> tuple[Floats, Floats]:
    """Points from `size` on, and the normal density there times their share of the way: Gauss-Legendre."""
    point, share = _gauss_legendre()
    half = (np.sqrt(size**2 + 2 * NEGLIGIBLE) - size) / 2
    height = size + half * (1 + point)
    return height, half * share * np.exp(-(height**2) / 2) / np.sqrt(2 * np.pi)


@cache
def _gauss_legendre() -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(QUADRATURE_POINTS)


def _added(size: float, correlation: Floats, rng: np.random.Generator) -> float:
    """Probability that the last variable is as large as `size` and those before it are not."""
    from scipy.special import ndtr
    from scipy.stats import multivariate_normal

    high = np.full(len(correlation), float(size))
    low = -high
    low[-1], high[-1] = -np.inf, -size
    one_side = multivariate_normal.cdf(
        high,
        cov=correlation,
        lower_limit=low,
        allow_singular=True,
        maxpts=LARGEST_NUMBER_OF_POINTS,
        abseps=RELATIVE_ERROR * ndtr(-size),
        releps=0,
        rng=rng,
    )
    return 2 * float(one_side)
