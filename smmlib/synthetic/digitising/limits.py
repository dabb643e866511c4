"""Confidence limits drawn as step lines, told from the curves that they go with."""

import numpy as np


def without_limits(curves, tolerance):
    """Tell curves from their confidence limits.

    A limit steps only where its curve does and stays on one side of it. Of three such lines the middle one is the
    curve; of two, the one that is solid or wider. Two curves of different patients do not step at the same times.

    Parameters
    ----------
    curves : list of StepCurve
    tolerance : float

    Returns
    -------
    kept : list of StepCurve
    limits : int
        How many lines were left out as limits.
    doubtful : list of (StepCurve, StepCurve)
        Pairs of which one may be the limit of the other, both kept.
    """
    sides = {
        (order, other): _side(curves[other], curves[order], tolerance)
        for order in range(len(curves))
        for other in range(len(curves))
        if other != order
    }
    middle = {
        order for order in range(len(curves)) if {-1, 1} <= {sides[order, other] for other in _others(order, curves)}
    }
    limits, doubtful = set(), []
    for (order, other), side in sides.items():
        if side and other not in middle:
            if order in middle or _weight(curves[other]) < _weight(curves[order]):
                limits.add(other)
            elif _weight(curves[other]) == _weight(curves[order]) and order < other:
                doubtful.append((order, other))
    kept = [curve for order, curve in enumerate(curves) if order not in limits]
    return kept, len(limits), [(curves[a], curves[b]) for a, b in doubtful if not {a, b} & limits]


def _others(order, curves):
    return [other for other in range(len(curves)) if other != order]


def _weight(curve):
    """A curve is solid and wide where its limits are dashed or thin."""
    _, width, dash = curve.style
    return not dash, width


def _side(limit, curve, tolerance):
    """1 where a line can be the upper limit of a curve, -1 the lower, 0 neither."""
    if limit.drops.size < 2 or limit.points[0, 0] > curve.points[-1, 0]:
        return 0
    if not _among(limit.drops, curve.drops, 2 * tolerance):
        return 0
    ends = max(limit.points[0, 0], curve.points[0, 0]), min(limit.points[-1, 0], curve.points[-1, 0])
    edges = np.unique(np.clip(np.concatenate([limit.points[:, 0], curve.points[:, 0]]), *ends))
    wide = np.diff(edges) > 4 * tolerance
    between = ((edges[:-1] + edges[1:]) / 2)[wide]
    apart = limit.height(between) - curve.height(between)
    if apart.size == 0 or np.abs(apart).max() < 4 * tolerance:
        return 0
    return int(apart.min() > -tolerance) - int(apart.max() < tolerance)


def _among(drops, others, tolerance):
    at = np.clip(np.searchsorted(others, drops), 1, max(others.size - 1, 1))
    nearest = np.minimum(np.abs(drops - others[at - 1]), np.abs(drops - others[np.minimum(at, others.size - 1)]))
    return bool(others.size and nearest.max() < tolerance)
