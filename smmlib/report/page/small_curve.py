"""The curves of an endpoint as a small picture for its card: what the large figure draws, without axes."""

from itertools import pairwise

from markupsafe import Markup

WIDTH, HEIGHT, MARGIN = 240, 92, 2
"""Units of the picture, of which the last is left free around it."""
PICTURE = Markup(
    '<svg class="small-curve" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
    '<path class="axis" d="M{} {}H{}"/>{}</svg>'
)
LINE = Markup('<path d="{}" stroke="{}"/>')


def small_curve(curves, axis_times):
    """A picture of survival from 100% down to 0% over the times of the axis.

    Parameters
    ----------
    curves : sequence of (SurvivalCurve, str)
        One an arm, as far as it is shown, with its colour.
    axis_times : sequence of float

    Returns
    -------
    Markup
    """
    first, last = axis_times[0], axis_times[-1]

    def across(time):
        return f"{MARGIN + (time - first) / (last - first) * (WIDTH - 2 * MARGIN):.1f}"

    def up(survival):
        return f"{MARGIN + (1 - survival) * (HEIGHT - 2 * MARGIN):.1f}"

    lines = [LINE.format(steps(curve, first, last, across, up), colour) for curve, colour in curves]
    return PICTURE.format(WIDTH, HEIGHT, MARGIN, HEIGHT - MARGIN, WIDTH - MARGIN, Markup("").join(lines))


def steps(curve, first, last, across, up):
    """The path of a step function, interrupted where it is not shown.

    Parameters
    ----------
    curve : SurvivalCurve
    first, last : float
        Ends of the axis of time.
    across, up : callable
        Where a time and a survival stand in the picture, as text.

    Returns
    -------
    str
    """
    points = [(first, 1.0), *zip(curve.time.tolist(), curve.survival.tolist(), strict=True)]
    points = [(time, survival) for time, survival in points if time <= last]
    points.append((min(max(curve.time[-1], first), last), points[-1][1]))
    drawn, commands = False, []
    for (time, survival), (until, following) in pairwise(points):
        if survival == survival:
            start = "" if drawn else f"M{across(time)} {up(survival)}"
            drop = f"V{up(following)}" if following == following else ""
            commands.append(f"{start}H{across(until)}{drop}")
        drawn = survival == survival and following == following
    return "".join(commands)
