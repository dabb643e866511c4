"""Confidence limits drawn as step lines, told from the curves that they go with."""

from itertools import combinations

import numpy as np

# The part of a curve's drops at which each of its limits steps too: a program that draws may leave out the smallest.
SHARED = 0.8


def without_limits(curves, wavering, tolerance):
    """Tell curves from their confidence limits.

    Two lines of one style are the limits of a curve between them when all three step at the same times. Arms may step
    at the same times as well, where these are whole months, but two arms are not drawn alike. A single line on one side
    of a curve may be an arm, so it is kept.

    Parameters
    ----------
    curves : list of StepCurve
    wavering : list of StepCurve
        Step lines that go up and down, as limits may; no curves themselves.
    tolerance : float

    Returns
    -------
    kept : list of StepCurve
    limits : int
        How many lines were left out as limits.
    doubtful : list of (StepCurve, StepCurve)
        Of those kept, pairs of one colour that step at the same times, one always above the other.
    """
    lines = [*curves, *wavering]
    side = {
        (curve, line): _side(lines[line], lines[curve], tolerance)
        for curve in range(len(curves))
        for line in range(len(lines))
        if line != curve
    }
    limits = set()
    for curve in range(len(curves)):
        near = [line for line in range(len(lines)) if side.get((curve, line))]
        for one, other in combinations(near, 2):
            if side[curve, one] == -side[curve, other] and lines[one].style == lines[other].style:
                limits |= {one, other}
    kept = [curve for order, curve in enumerate(curves) if order not in limits]
    doubtful = [
        (one, other)
        for one, other in combinations(kept, 2)
        if one.style[0] == other.style[0] and side[curves.index(one), curves.index(other)]
    ]
    return kept, len(limits), doubtful


def _side(limit, curve, tolerance):
    """1 where a line can be the upper limit of a curve, -1 the lower, 0 neither."""
    if not limit.drops.size or not _step_together(limit, curve, tolerance):
        return 0
    ends = max(limit.points[0, 0], curve.points[0, 0]), min(limit.points[-1, 0], curve.points[-1, 0])
    edges = np.unique(np.clip(np.concatenate([limit.points[:, 0], curve.points[:, 0]]), *ends))
    between = ((edges[:-1] + edges[1:]) / 2)[np.diff(edges) > 4 * tolerance]
    apart = limit.height(between) - curve.height(between)
    if apart.size == 0 or np.abs(apart).max() < 4 * tolerance:
        return 0
    return int(apart.min() > -tolerance) - int(apart.max() < tolerance)


def _step_together(limit, curve, tolerance):
    """Whether a limit steps only where its curve does, and nearly wherever it does."""
    own = curve.drops
    own = own[own <= limit.points[-1, 0] + tolerance]
    if not own.size:
        return False
    return _off(limit.drops, own).max() < 2 * tolerance and np.mean(_off(own, limit.drops) < 2 * tolerance) >= SHARED


def _off(places, others):
    """How far each place is from the nearest of the others."""
    at = np.searchsorted(others, places)
    before, after = np.clip([at - 1, at], 0, others.size - 1)
    return np.minimum(np.abs(places - others[before]), np.abs(places - others[after]))
