"""What `digitise` returns, and what it raises."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from smmlib.errors import SmmlibError
from smmlib.stats.read_only import read_only
from smmlib.stats.types import Floats, Integers


class DigitiseError(SmmlibError, ValueError):
    """A figure cannot be read; the message says why and what to do."""


@dataclass(frozen=True, eq=False)
@read_only
class DigitisedCurve:
    """One step curve of a figure, in the units of its axes.

    Attributes
    ----------
    label : str
        The text at its end or in the legend; its colour, like "#1f77b4", where neither can be told.
    color : str
        Colour of its line.
    time : ndarray, shape (m,)
        Corners of the step path, both ends of each drop, from left to right; the unit of the printed axis.
    survival : ndarray, shape (m,)
        Proportions at these corners; a cumulative incidence where the curve rises.
    censor_times : ndarray, shape (k,)
        Where the censor ticks on it stand, sorted; a tick may stand for several patients.
    """

    label: str
    color: str
    time: Floats
    survival: Floats
    censor_times: Floats

    def __repr__(self) -> str:
        return (
            f"<{self.label!r}: {self.time.size} corners from ({self.time[0]:.4g}, {self.survival[0]:.4g}) to "
            f"({self.time[-1]:.4g}, {self.survival[-1]:.4g}), {self.censor_times.size} censor ticks>"
        )


@dataclass(frozen=True, eq=False)
@read_only
class DigitisedFigure:
    """The curves of a figure and what was read beside them.

    Attributes
    ----------
    curves : tuple of DigitisedCurve
        In the order in which they were drawn.
    time_range, survival_range : tuple of float
        The ends of the axes.
    risk_table : mapping of str to (ndarray, ndarray)
        Label of a row to times and numbers at risk; empty where no row can be read with certainty.
    notes : tuple of str
        What was read, how, and what was left out; one sentence each.
    """

    curves: tuple[DigitisedCurve, ...]
    time_range: tuple[float, float]
    survival_range: tuple[float, float]
    risk_table: Mapping[str, tuple[Floats, Integers]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
