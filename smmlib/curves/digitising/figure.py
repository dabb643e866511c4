"""A whole figure read from the content of its file: the drawing, its panel, its curves and what stands beside them."""

import numpy as np

from smmlib.curves.digitising.curves import step_curves
from smmlib.curves.digitising.digitised_figure import DigitisedCurve, DigitisedFigure, DigitiseError
from smmlib.curves.digitising.limits import without_limits
from smmlib.curves.digitising.names import curve_names
from smmlib.curves.digitising.panel import RASTER_TOOLS, find_panel
from smmlib.curves.digitising.risk_rows import risk_rows
from smmlib.curves.digitising.ticks import censor_ticks

# A value this far outside of the scale is the page's rounding; further out it is told.
ROUNDING = 1e-3


def read_figure(content, *, name, kind, page, panel, time_ticks, survival_ticks):
    """Read a figure, in this process and without bounds of time and memory.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        Of the file, for messages.
    kind : {"svg", "pdf"}
    page, panel, time_ticks, survival_ticks
        As in `digitise`.

    Returns
    -------
    DigitisedFigure

    Raises
    ------
    DigitiseError
        As `digitise`.
    """
    drawing = _drawing(content, name, kind, page)
    if not drawing.paths:
        raise DigitiseError(_nothing_drawn(name, drawing))
    found = find_panel(drawing, name, panel=panel, time_ticks=time_ticks, survival_ticks=survival_ticks)
    candidates, wavering, slanted = step_curves(drawing, found)
    curves, limits, doubtful = without_limits(candidates, wavering, drawing.tolerance)
    if not curves:
        raise DigitiseError(_no_curve(name, slanted))
    names = curve_names(drawing, found, curves)
    ticks, lost = censor_ticks(drawing, found, curves)
    read = [_in_units(found, *described) for described in zip(curves, names, ticks, strict=True)]
    notes = [
        *_axes_notes(found, time_ticks, survival_ticks),
        *_line_notes(limits, [[names[curves.index(curve)] for curve in pair] for pair in doubtful], slanted, lost),
        *[note for _, said in read for note in said],
    ]
    rows = risk_rows(drawing, found, {curve.style[0]: name for curve, name in zip(curves, names, strict=True)})
    return DigitisedFigure(tuple(curve for curve, _ in read), *found.ranges, rows, tuple(notes))


def _drawing(content, name, kind, page):
    # The readers are imported where they are needed: that of PDF takes longer than all else here.
    if kind == "pdf":
        from smmlib.curves.digitising.pdf import read_pdf

        return read_pdf(content, name, page)
    from smmlib.curves.digitising.svg import read_svg

    return read_svg(content, name)


def _nothing_drawn(name, drawing):
    if drawing.pictures:
        return (
            f"{name} holds a raster picture and no lines: smmlib reads vector figures only and leaves raster "
            f"pictures to other tools: {RASTER_TOOLS}."
        )
    return f"{name} draws no lines: check the page, or that the figure was saved as vector graphics."


def _no_curve(name, slanted):
    also = f" {slanted} line(s) run from the start without steps, as smoothed curves do." if slanted else ""
    return (
        f"No step curve was found within the axes of {name}.{also} A curve goes in level and upright steps, is "
        f"not filled, and begins at 1, or at time 0 and 0; a filled outline or separate dashes are not read."
    )


def _in_units(panel, curve, name, ticks):
    """A curve in the units of the axes, and what is to be said about it."""
    time, survival = panel.in_units(curve.points)
    notes = []
    outside = max(-survival.min(), survival.max() - 1)
    if outside > ROUNDING:
        notes.append(f"{name} is up to {outside:.3g} outside of 0 to 1 and was cut there.")
    if abs(survival[0] - 1) > 0.02 and survival[-1] < survival[0]:
        notes.append(f"{name} begins at time {time[0]:.4g} with {survival[0]:.3f}: what comes before is not drawn.")
    first = panel.ranges[0][0]
    if abs(time[0] - first) < ROUNDING * np.ptp(panel.ranges[0]):
        time[0] = first
    at = panel.in_units(np.column_stack([ticks, ticks]))[0]
    read = DigitisedCurve(
        name, curve.style[0], np.maximum.accumulate(time), np.clip(survival, 0, 1), np.maximum(at, time[0])
    )
    return read, notes


def _axes_notes(panel, time_ticks, survival_ticks):
    for marks, given, axis in ((panel.time, time_ticks, "time"), (panel.survival, survival_ticks, "survival")):
        known = marks.labels[np.isfinite(marks.labels)]
        kind = "tick marks" if marks.length < 0.2 * marks.span else "grid lines"
        source = "given" if given is not None else "printed"
        yield f"The {axis} axis is calibrated by {known.size} {kind}, {source} as {known[0]:g} to {known[-1]:g}."
    if panel.is_percent:
        yield "The survival axis is in percent; values are given as proportions."


def _line_notes(limits, doubtful, slanted, lost):
    if limits:
        yield f"{limits} line(s), two alike on either side of a curve and stepping with it, were left out as limits."
    for names in doubtful:
        yield f"{names[0]} and {names[1]} step at the same times: one may be a confidence limit of the other."
    if slanted:
        yield f"{slanted} line(s) without steps, such as smoothed curves, were left out."
    if lost:
        yield f"{lost} censor tick(s) stand where curves run together and were left out: nothing tells whose they are."
