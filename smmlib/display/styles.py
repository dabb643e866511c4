"""How numbers are printed: as journals ask for it, or the tables of a clinical study report.

One style is in force at a time, as with matplotlib's settings: a report is one study, and all of it has one style.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Style:
    """What differs between styles.

    Attributes
    ----------
    point : str
        Decimal point.
    between : str
        What stands between the limits of an interval; " to " where a limit is negative, if it is a dash.
    after_level : str
        What stands between the level of an interval and its limits.
    p : str
        Sign of a P value.
    p_decimals : tuple of (float, int)
        From which P value on it has how many decimals, the largest first; below the last it is "less than".
    p_digits : int or None
        Significant digits of P values below 0.1 instead, where the style counts these.
    p_highest : float
        P values that would be printed higher are "more than" it.
    leading_zero : bool
        Whether a P value has a zero before its point.
    minus : str
    decimals : mapping of str to int
        Decimals of a unit, where they are not the usual ones.
    """

    point: str = "."
    between: str = " to "
    after_level: str = " CI, "
    p: str = "P"
    p_decimals: tuple[tuple[float, int], ...] = ((0.01, 2), (0.001, 3))
    p_digits: int | None = None
    p_highest: float = 1.0
    leading_zero: bool = True
    minus: str = "\u2212"
    decimals: Mapping[str, int] = field(default_factory=dict)

    def with_point(self, text: str) -> str:
        """A number in figures with the decimal point and the minus of the style."""
        return text.replace("-", self.minus).replace(".", self.point)


STYLES = {
    # two decimals from 0.01 on, three below, <0.001 at the end; limits joined by "to" (guidelines of 2019)
    "nejm": Style(),
    # raised points, lower-case p with two significant figures and p<0.0001, dashes (information for authors)
    "lancet": Style(
        point="\u00b7",
        between="\u2013",
        after_level=" CI ",
        p="p",
        p_decimals=((0.1, 2), (0.0001, 4)),
        p_digits=2,
        decimals={"proportion": 0},
    ),
    # no zero before the point of P, two decimals from .01 on, three below, <.001, >.99 (AMA Manual of Style, 2020)
    "jama": Style(between="-", leading_zero=False, p_highest=0.99),
    # four decimals of P, <0.0001 at the end, limits parted by a comma, three decimals of ratios, as listings have them
    "csr": Style(
        between=", ",
        after_level=" CI: ",
        p_decimals=((0.0001, 4),),
        minus="-",
        decimals={"ratio": 3},
    ),
}
DASHES = ("\u2013", "-")
_in_force = [STYLES["nejm"]]


def style() -> Style:
    """The style in force."""
    return _in_force[-1]


def use_style(name: str) -> None:
    """Print all numbers of this process in a style from now on, as a notebook of one study does."""
    _in_force[:] = [STYLES[name]]


@contextmanager
def in_style(name: str) -> Iterator[None]:
    """Print numbers in a style while the context lasts.

    Parameters
    ----------
    name : {"nejm", "lancet", "jama", "csr"}
    """
    _in_force.append(STYLES[name])
    try:
        yield
    finally:
        _in_force.pop()


def joined_limits(low: str, high: str) -> str:
    """The limits of an interval, in the style in force: "0.09 to 0.32"; a dash never stands beside a minus."""
    between = style().between
    negative = any(limit.startswith(style().minus) for limit in (low, high))
    return f"{low} to {high}" if between in DASHES and negative else f"{low}{between}{high}"
