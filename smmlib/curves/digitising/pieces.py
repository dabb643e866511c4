"""Lines joined end to end to one, whatever pieces they were drawn in, and cut to what is seen of them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# Of pieces that begin at one point no more are looked at: a file may be made to have thousands.
MOST_AT_ONE_POINT = 50


@dataclass(frozen=True, eq=False)
class StepCurve:
    """Corners of a step path in page coordinates, from left to right, and the line that it was drawn with.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
    style : tuple
        Colour, width and dashes.
    clip : tuple of float or None
    pieces : frozenset of int
        Which paths of the drawing it was joined from.
    """

    points: np.ndarray
    style: tuple
    clip: tuple | None
    pieces: frozenset

    @property
    def drops(self):
        """Positions along the time axis at which it steps."""
        steps = np.diff(self.points, axis=0)
        return self.points[1:][np.abs(steps[:, 1]) > np.abs(steps[:, 0]), 0]

    def height(self, across):
        """Its height just right of positions along the time axis."""
        at = np.searchsorted(self.points[:, 0], across, side="right") - 1
        return self.points[np.clip(at, 0, len(self.points) - 1), 1]


def joined(lines, direction, tolerance):
    """Lines of one style, each continued by the next drawn that begins where it ends.

    Parameters
    ----------
    lines : list of (int, PaintedPath)
        With their order in the drawing.
    direction : int
        -1 where upright pieces are taken to go down, 1 where up.
    tolerance : float

    Yields
    ------
    StepCurve
        From left to right; that it goes in steps is not sure yet.
    """
    by_style = {}
    for index, path in lines:
        points = _without_stops(_from_the_left(path.points, direction, tolerance), tolerance)
        if len(points) > 1:
            by_style.setdefault((path.style, path.clip), []).append((index, points))
    for (style, clip), pieces in by_style.items():
        for chain in _chains(pieces, tolerance):
            points = _without_stops(np.concatenate([points for _, points in chain]), tolerance)
            yield StepCurve(points, style, clip, frozenset(index for index, _ in chain))


def _from_the_left(points, direction, tolerance):
    across, up = points[-1] - points[0]
    backwards = across < -tolerance or (abs(across) <= tolerance and up * direction < 0)
    return points[::-1] if backwards else points


def _chains(pieces, tolerance):
    """Pieces that continue each other end to end; where two begin at one end, the one drawn next goes on."""
    cell = 2 * tolerance
    begins = {}
    for order, (_, points) in enumerate(pieces):
        begins.setdefault(tuple(np.round(points[0] / cell).astype(int)), []).append(order)
    follower, led = {}, set()
    for order, (_, points) in enumerate(pieces):
        ahead = [other for other in _near(begins, points[-1], cell) if other != order and other not in led]
        ahead = [other for other in ahead if np.abs(pieces[other][1][0] - points[-1]).max() < tolerance]
        if ahead:
            follower[order] = min(ahead, key=lambda other: (other < order, other))
            led.add(follower[order])
    for order in range(len(pieces)):
        if order not in led:
            chain = [order]
            while chain[-1] in follower:
                chain.append(follower[chain[-1]])
            yield [pieces[link] for link in chain]


def _near(begins, point, cell):
    x, y = np.round(point / cell).astype(int)
    return [
        order
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
        for order in begins.get((x + dx, y + dy), [])[:MOST_AT_ONE_POINT]
    ]


def _without_stops(points, tolerance):
    """Corners only: no repeated points, and none on the way along one straight piece."""
    moved = np.abs(np.diff(points, axis=0)).max(axis=1, initial=0) > 1e-3 * tolerance
    points = points[np.concatenate([[True], moved])]
    if len(points) < 3:
        return points
    steps = np.diff(points, axis=0)
    straight_on = ((steps[:-1] == 0) & (steps[1:] == 0)).any(axis=1) & ((steps[:-1] * steps[1:]).sum(axis=1) > 0)
    return points[np.concatenate([[True], ~straight_on, [True]])]


def visible(curve, tolerance):
    """The part of a curve that its clip path shows; None where nothing is seen of it."""
    if curve.clip is None:
        return curve
    low, high = np.array(curve.clip[:2]), np.array(curve.clip[2:])
    points = curve.points
    if ((points >= low - tolerance) & (points <= high + tolerance)).all():
        return curve
    kept = [_cut(start, end, low, high, tolerance) for start, end in pairwise(points)]
    kept = [part for part in kept if part is not None]
    if not kept:
        return None
    return StepCurve(_without_stops(np.concatenate(kept), tolerance), curve.style, curve.clip, curve.pieces)


def _cut(start, end, low, high, tolerance):
    """The part of one level or upright piece within a box; one along its edge is within."""
    if (np.maximum(start, end) < low - tolerance).any() or (np.minimum(start, end) > high + tolerance).any():
        return None
    return np.clip(np.array([start, end]), low, high)
