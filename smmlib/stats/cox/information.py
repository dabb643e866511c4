"""What the information tells of coefficients: which of them, in which directions, and with which variance."""

import numpy as np

from smmlib.stats.types import Booleans, Floats

# Variance of a covariate that is left once the covariates before it are known, relative to its own.
LEAST_OWN_VARIANCE = 1e-9
# Below this, relative to what it was, information is made of rounding errors.
ROUNDING = 1e-15


def independent(information: Floats, least: Floats) -> Booleans:
    """Which covariates tell something that those before them do not, by elimination: shape (p,).

    `least` is what a covariate must tell, `LEAST_OWN_VARIANCE` of what it could.
    """
    left, used = information.copy(), np.zeros(len(information), dtype=bool)
    for index in range(len(left)):
        own = left[index, index]
        used[index] = own > least[index]
        if used[index]:
            left -= np.outer(left[index], left[index] / own)
    return used


def block(matrix: Floats, chosen: Booleans) -> Floats:
    """The rows and columns chosen."""
    return matrix if chosen.all() else matrix[chosen][:, chosen]


def step_by_direction(information: Floats, slope: Floats, least: Floats, growth: Floats) -> tuple[Floats, Floats]:
    """Newton's step in the directions that have information, the others being left where they are.

    Parameters
    ----------
    information : ndarray, shape (p, p)
    slope, least, growth : ndarray, shape (p,)
        `growth` is the step before, as far as information told it.

    Returns
    -------
    step, growth : ndarray, shape (p,)
        In a direction with so little information that rounding errors may move it, the growth is that before.
    """
    unit = np.sqrt(least / LEAST_OWN_VARIANCE)
    variances, axes = np.linalg.eigh(information / np.outer(unit, unit))
    along = np.divide(axes.T @ (slope / unit), variances, out=np.zeros(len(unit)), where=variances > ROUNDING)
    last = np.where(variances > LEAST_OWN_VARIANCE, along, axes.T @ (growth * unit))
    return axes @ along / unit, axes @ last / unit


def inverse_by_direction(information: Floats, least: Floats) -> Floats:
    """The inverse in the directions that have information, zero in the others: shape (p, p)."""
    unit = np.sqrt(least / LEAST_OWN_VARIANCE)
    variances, axes = np.linalg.eigh(information / np.outer(unit, unit))
    told = axes[:, variances > LEAST_OWN_VARIANCE]
    return (told / variances[variances > LEAST_OWN_VARIANCE]) @ told.T / np.outer(unit, unit)
