"""The curves of an endpoint for a phone, where the large figure would have to be scrolled or could not be read."""

from math import ceil

from markupsafe import Markup

from smmlib.report.page.small_curve import steps

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 350, 270, 44, 16, 10, 34
"""Units of the picture, one a pixel of a phone, and what is left around the axes."""
LABEL = 40
"""Units that the number of a time takes."""
PICTURE = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>')
LINE = Markup('<path class="{}" d="{}"/>')
TEXT = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')


def curves_for_a_phone(study, endpoint, curves):
    """The Kaplan-Meier curves of an endpoint, one a colour, with axes and without bands, ticks and numbers at risk.

    Parameters
    ----------
    study : Study
    endpoint : str
    curves : mapping of str to SurvivalCurve
        By the id of the arm, as far as they are shown.

    Returns
    -------
    Markup
    """
    times = study.analysis_of(endpoint).axis_times
    first, last = times[0], times[-1]

    def across(time):
        return f"{LEFT + (time - first) / (last - first) * (WIDTH - LEFT - RIGHT):.1f}"

    def up(survival):
        return f"{TOP + (1 - survival) * (HEIGHT - TOP - BOTTOM):.1f}"

    lines = [
        LINE.format(f"curve arm-{place}", steps(curves[arm.id], first, last, across, up))
        for place, arm in enumerate(study.arms.levels, start=1)
        if arm.id in curves
    ]
    words = f"{study.endpoints[endpoint].label}: Kaplan-Meier curves by arm"
    return PICTURE.format(WIDTH, HEIGHT, words, Markup("").join([*_axes(times, across, up), *lines]))


def _axes(times, across, up):
    for percent in range(0, 101, 25):
        height = up(percent / 100)
        yield LINE.format("grid", f"M{LEFT} {height}H{WIDTH - RIGHT}")
        yield TEXT.format(LEFT - 6, float(height) + 4, "end", f"{percent}%")
    every = ceil(LABEL * len(times) / (WIDTH - LEFT - RIGHT))
    for time in times[::every]:
        yield LINE.format("grid", f"M{across(time)} {up(0)}v5")
        yield TEXT.format(across(time), HEIGHT - BOTTOM + 19, "middle", f"{time:g}")
