"""Known Kaplan-Meier curves for the tests of `digitise`: their corners by lifelines, and figures drawn of them."""

import numpy as np
from lifelines import KaplanMeierFitter
from matplotlib import rc_context
from matplotlib.figure import Figure


def patients(n, seed, *, median=20.0, decimals=2, longest=60.0):
    """Times and events of `n` patients, exponential, censored at an even rate."""
    random = np.random.default_rng(seed)
    event_time, censored_at = random.exponential(median / np.log(2), n), random.uniform(0.2 * longest, longest, n)
    time = np.maximum(np.round(np.minimum(event_time, censored_at), decimals), 10.0**-decimals)
    return time, event_time <= censored_at


def fitted(time, event):
    """The curve by lifelines: times and survival from (0, 1), limits, and the censored times."""
    fit = KaplanMeierFitter().fit(time, event)
    limits = fit.confidence_interval_survival_function_.to_numpy().T
    survival = fit.survival_function_
    return survival.index.to_numpy(), survival.iloc[:, 0].to_numpy(), limits, np.unique(time[~np.asarray(event, bool)])


def corners(time, survival):
    """Both ends of each drop, the start and the end, from a curve as lifelines gives it."""
    falls = np.flatnonzero(np.diff(survival) != 0) + 1
    last = [] if falls.size and falls[-1] == time.size - 1 else [time.size - 1]
    across = np.concatenate([[time[0]], np.repeat(time[falls], 2), time[last]])
    up = np.concatenate(
        [[survival[0]], np.column_stack([survival[falls - 1], survival[falls]]).ravel(), survival[last]]
    )
    return across, up


def errors(curve, time, event, longest):
    """Largest differences of a digitised curve from the true one: in time, as a part of the axis, and in survival."""
    across, up = corners(*fitted(time, event)[:2])
    if curve.survival[-1] > curve.survival[0]:
        up = 1 - up
    assert curve.time.shape == across.shape
    return np.abs(curve.time - across).max() / longest, np.abs(curve.survival - up).max()


def draw(arms, *, marker="|", rising=False, limits=None, percent=False, colours=("C0", "C1", "C2"), styles=("-",) * 3):
    """A figure by matplotlib and its axes: a curve for each (time, event), and its censored patients.

    `limits` is "filled" for a band, or the dashes of two lines.
    """
    figure = Figure(figsize=(6, 4.5))
    axes = figure.add_subplot()
    scale = 100 if percent else 1
    for number, (arm, colour, style) in enumerate(zip(arms, colours, styles, strict=False), start=1):
        time, survival, band, censored = fitted(*arm)
        at_censored = survival[np.searchsorted(time, censored)]
        survival, band, at_censored = ((1 - up if rising else up) * scale for up in (survival, band, at_censored))
        axes.plot(time, survival, style, color=colour, drawstyle="steps-post", label=f"Arm {number}")
        if limits == "filled":
            axes.fill_between(time, *band, step="post", color=colour, alpha=0.2)
        elif limits:
            for line in band:
                axes.plot(time, line, color=colour, drawstyle="steps-post", linestyle=limits, linewidth=1)
        axes.plot(censored, at_censored, marker, color=colour)
    axes.set(xlabel="Months", ylabel="Survival")
    return figure, axes


def save(figure, path, *, text_as_text=True):
    """Write a figure, its text as text or as outlines."""
    with rc_context({"svg.fonttype": "none" if text_as_text else "path"}):
        figure.savefig(path)
    return path
