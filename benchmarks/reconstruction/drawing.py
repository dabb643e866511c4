"""Published figures drawn from real patients: a digitised curve and the numbers that stand beside it."""

import zlib
from dataclasses import dataclass

import numpy as np

# The plotting area of a figure in a journal's column pair, in inches: survival 0 to 1 up, follow-up across.
WIDTH, HEIGHT = 4.0, 3.0


@dataclass(frozen=True)
class Terms:
    """What a reader of the paper has: how the curve was digitised, and what is printed beside it.

    `points` is the number of evenly spaced points over the axis, the same for both arms; an arm that ends earlier is
    read up to the first of them at or past its end. None is both ends of every step, as in a vector figure.
    `dots_per_inch` adds noise of a pixel, the standard deviation in both directions. `decimals` rounds survival, and
    time to as many parts of the axis. Of a paper without a risk table the patients at the start are known.
    """

    label: str
    points: int | None = 120
    dots_per_inch: int | None = None
    decimals: int | None = None
    risk_table: bool = True
    total_events: bool = True
    ticks: bool = False


@dataclass(frozen=True, eq=False)
class Figure:
    """One arm as published: (time, survival), (time, at risk), total events or None, censoring times or None."""

    curve: tuple
    risk_table: tuple | None
    patients: int
    events: int | None
    ticks: np.ndarray | None


def survival_steps(time, event):
    """Distinct event times and the Kaplan-Meier estimate from each of them on, by the product over its definition."""
    times = np.unique(time[event == 1])
    deaths = np.array([np.sum((time == at) & (event == 1)) for at in times])
    at_risk = np.array([np.sum(time >= at) for at in times])
    return times, np.cumprod(1 - deaths / at_risk)


def survival_on(time, event, grid):
    """Kaplan-Meier estimate at each time of the grid; carried forward past the last patient."""
    times, survival = survival_steps(time, event)
    return np.append(1.0, survival)[np.searchsorted(times, grid, side="right")]


def pixel(terms, end):
    """Size of a pixel in time and in survival."""
    return end / (WIDTH * terms.dots_per_inch), 1 / (HEIGHT * terms.dots_per_inch)


def draw_trial(terms, trial, arms):
    """The figures of both arms, on an axis to the longest follow-up; the noise depends on trial and terms only."""
    end = max(arm.time.max() for arm in arms)
    rng = np.random.default_rng(zlib.crc32(f"{trial}, {terms.label}".encode()))
    return [draw(arm, terms, end, rng) for arm in arms]


def draw(arm, terms, end, rng):
    """The figure of one arm on an axis that ends at `end`."""
    time, survival = _points(arm, terms, end)
    if terms.dots_per_inch:
        across, up = pixel(terms, end)
        time, survival = time + rng.normal(0, across, len(time)), survival + rng.normal(0, up, len(survival))
        # A curve is clicked from left to right, within the axes.
        time, survival = np.sort(np.clip(time, 0, None)), np.clip(survival, 0, 1)
    if terms.decimals:
        parts = 10**terms.decimals
        time, survival = np.round(time / end * parts) * end / parts, np.round(survival, terms.decimals)
    ticks = _ticks(arm, terms, end, rng) if terms.ticks else None
    at_risk = _risk_table(arm, end) if terms.risk_table else None
    return Figure((time, survival), at_risk, arm.patients, arm.events if terms.total_events else None, ticks)


def _points(arm, terms, end):
    last = arm.time.max()
    if terms.points:
        grid = np.linspace(0, end, terms.points)
        grid = grid[: np.searchsorted(grid, last * (1 - 1e-12)) + 1]
        return grid, survival_on(arm.time, arm.event, grid)
    times, after = survival_steps(arm.time, arm.event)
    before = np.append(1.0, after[:-1])
    time = np.concatenate([[0.0], np.repeat(times, 2), [last]])
    survival = np.concatenate([[1.0], np.column_stack([before, after]).ravel(), after[-1:]])
    return time, survival


def _ticks(arm, terms, end, rng):
    """Censoring marks: one for all who are censored at a time, so that their number is not seen."""
    ticks = np.unique(arm.time[arm.event == 0])
    if terms.dots_per_inch:
        ticks = np.sort(np.clip(ticks + rng.normal(0, pixel(terms, end)[0], len(ticks)), 0, None))
    return ticks


def _risk_table(arm, end):
    """Numbers at risk at six times, from 0 to five sixths of the axis."""
    times = np.arange(6) * end / 6
    return times, np.array([np.sum(arm.time >= at) for at in times])
