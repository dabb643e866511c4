"""Survival curves read from vector figures, SVG or PDF."""

from pathlib import Path

import numpy as np

from smmlib.curves.digitising.curves import step_curves
from smmlib.curves.digitising.digitised_figure import DigitisedCurve, DigitisedFigure, DigitiseError
from smmlib.curves.digitising.limits import without_limits
from smmlib.curves.digitising.names import curve_names
from smmlib.curves.digitising.panel import RASTER_TOOLS, find_panel
from smmlib.curves.digitising.pdf import read_pdf
from smmlib.curves.digitising.risk_rows import risk_rows
from smmlib.curves.digitising.svg import read_svg
from smmlib.curves.digitising.ticks import censor_ticks

LARGEST_FILE = 50 * 1024**2
RASTER_FILES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp")
# A value this far outside of the scale is the page's rounding; further out it is told.
ROUNDING = 1e-3


def digitise(path, *, page=1, panel=None, time_ticks=None, survival_ticks=None):
    """Read the step curves of a figure, and their censor ticks, in the units of its axes.

    Parameters
    ----------
    path : str or Path
        An SVG file or a PDF whose figure is drawn with lines, not a picture.
    page : int
        Of the PDF, from 1.
    panel : int, optional
        Which figure of the page, from 1, row by row; needed where there are several.
    time_ticks, survival_ticks : sequence of float, optional
        The printed labels of the tick marks in rising order, where they cannot be read as text, as in the SVG files
        that matplotlib and R's `svg` write; a mark without label counts too.

    Returns
    -------
    DigitisedFigure

    Raises
    ------
    DigitiseError
        If the file cannot be read or holds a raster picture, no axes or no curve is found, there are several panels, or
        the number of ticks differs from the labels given.
    """
    path = Path(path)
    time_ticks, survival_ticks = _checked(time_ticks, "time_ticks"), _checked(survival_ticks, "survival_ticks")
    drawing = _read(path, page)
    found = find_panel(drawing, path.name, panel=panel, time_ticks=time_ticks, survival_ticks=survival_ticks)
    candidates, wavering, slanted = step_curves(drawing, found)
    curves, limits, doubtful = without_limits(candidates, wavering, drawing.tolerance)
    if not curves:
        raise DigitiseError(_no_curve(path, slanted))
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


def _checked(ticks, name):
    """Labels as an array; a DigitiseError unless they are two or more rising numbers."""
    if ticks is None:
        return None
    try:
        labels = np.asarray(ticks, dtype=float)
    except (TypeError, ValueError):
        labels = np.empty(0)
    if labels.ndim != 1 or labels.size < 2 or not np.isfinite(labels).all() or (np.diff(labels) <= 0).any():
        raise DigitiseError(f"{name} is {ticks!r}: give two or more numbers in rising order, one for each mark.")
    return labels


def _read(path, page):
    kind = path.suffix.lower()
    if kind in RASTER_FILES:
        raise DigitiseError(
            f"{path.name} is a raster picture: smmlib reads vector figures, SVG or PDF, and leaves raster pictures to "
            f"other tools: {RASTER_TOOLS}."
        )
    if kind not in (".svg", ".pdf"):
        raise DigitiseError(f"{path.name} is neither SVG nor PDF: give a file that ends in .svg or .pdf.")
    if not path.is_file():
        raise DigitiseError(f"{path} does not exist: check the path.")
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise DigitiseError(
            f"{path.name} has {size / 1024**2:.0f} MiB, more than {LARGEST_FILE // 1024**2}: save the page alone."
        )
    if not isinstance(page, int) or page < 1:
        raise DigitiseError(f"page is {page!r}: give a whole number from 1.")
    drawing = read_pdf(path, page) if kind == ".pdf" else read_svg(path.read_bytes(), path.name)
    if not drawing.paths:
        raise DigitiseError(_nothing_drawn(path, drawing))
    return drawing


def _nothing_drawn(path, drawing):
    if drawing.pictures:
        return (
            f"{path.name} holds a raster picture and no lines: smmlib reads vector figures only and leaves raster "
            f"pictures to other tools: {RASTER_TOOLS}."
        )
    return f"{path.name} draws no lines: check the page, or that the figure was saved as vector graphics."


def _no_curve(path, slanted):
    also = f" {slanted} line(s) run from the start without steps, as smoothed curves do." if slanted else ""
    return (
        f"No step curve was found within the axes of {path.name}.{also} A curve goes in level and upright steps, is "
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
