"""What a page holds, whatever file it comes from: painted paths and words, in one system with y upwards."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

# Lengths below this part of the page's diagonal are the same: a fifth of a point on a page of 500 by 850 points.
SAME_LENGTH = 2e-4
MOST_ITEMS, MOST_POINTS = 400_000, 4_000_000
# What lies further out is on no page, and what it is multiplied with would overflow.
FURTHEST = 1e7
# A frame has five corners, two sides of it three; what has more is no axis.
MOST_CORNERS = 6
# A filled shape smaller than this, in tolerances, is a letter or a mark and no background: a tenth of the diagonal.
LARGE = 500
WHITE = "#ffffff"


def is_on_a_page(*numbers):
    """Whether coordinates, in arrays or one by one, are numbers that a page may have."""
    return all(bool((np.abs(values) < FURTHEST).all()) for values in numbers)


@dataclass(frozen=True, eq=False)
class PaintedPath:
    """One subpath.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
        Its corners; of a curved segment the end only.
    stroke, fill : str or None
        Colours like "#1f77b4"; None where it is not stroked or not filled.
    width : float
        Of the stroke.
    dash : tuple of float
        Empty for a solid line.
    straight : bool
        Whether no segment is curved.
    clip : tuple of float or None
        Box (left, bottom, right, top) outside of which nothing of it is seen.
    """

    points: np.ndarray
    stroke: str | None = None
    fill: str | None = None
    width: float = 1.0
    dash: tuple[float, ...] = ()
    straight: bool = True
    clip: tuple[float, float, float, float] | None = None

    @cached_property
    def box(self):
        """Left, bottom, right and top."""
        return (*self.points.min(axis=0).tolist(), *self.points.max(axis=0).tolist())

    @property
    def is_line(self):
        """Whether it is seen as a line: stroked in a colour other than white, and not filled."""
        return self.straight and self.fill is None and self.stroke not in (None, WHITE) and len(self.points) > 1

    @property
    def style(self):
        return self.stroke, round(self.width, 3), self.dash


@dataclass(frozen=True)
class Word:
    """A piece of text and the box (left, bottom, right, top) that it fills; `size` is that of the font."""

    text: str
    box: tuple[float, float, float, float]
    size: float
    color: str = "#000000"

    @property
    def x(self):
        return (self.box[0] + self.box[2]) / 2

    @property
    def y(self):
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, eq=False)
class Drawing:
    """Everything on a page in the order in which it is drawn; `pictures` counts raster images."""

    paths: list[PaintedPath] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    pictures: int = 0

    @cached_property
    def tolerance(self):
        """How far apart two coordinates may be to count as the same."""
        boxes = np.array([path.box for path in self.paths])
        return SAME_LENGTH * float(np.hypot(*(boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0))))

    @cached_property
    def segments(self):
        """Straight pieces parallel to the axes: lines, thin bars, edges of shapes, filled or not.

        Returns
        -------
        boxes : ndarray, shape (n, 4)
            Left, bottom, right, top, in the order drawn.
        styles : list
            Of each, what it is stroked or filled with: marks of one axis share it.
        """
        short = [path for path in self.paths if path.straight and len(path.points) <= MOST_CORNERS]
        found = [(edge, path) for path in short for edge in _edges(path, self.tolerance)]
        boxes = np.array([edge for edge, _ in found]).reshape(-1, 4)
        return boxes, [(path.fill if path.stroke is None else path.style) for _, path in found]


def _edges(path, tolerance):
    left, bottom, right, top = path.box
    if path.fill is not None and right - left < 4 * tolerance:
        return np.array([[(left + right) / 2, bottom, (left + right) / 2, top]])
    if path.fill is not None and top - bottom < 4 * tolerance:
        return np.array([[left, (bottom + top) / 2, right, (bottom + top) / 2]])
    if path.stroke is None and max(right - left, top - bottom) < LARGE * tolerance:
        return np.empty((0, 4))
    low, high = np.minimum(path.points[:-1], path.points[1:]), np.maximum(path.points[:-1], path.points[1:])
    return np.hstack([low, high])[((high - low) < tolerance).sum(axis=1) == 1]
