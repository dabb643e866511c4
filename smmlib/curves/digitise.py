"""Survival curves read from vector figures, SVG or PDF."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from smmlib.curves.digitising.apart import read_apart
from smmlib.curves.digitising.digitised_figure import DigitisedFigure, DigitiseError
from smmlib.curves.digitising.panel import RASTER_TOOLS
from smmlib.plain_text import visible
from smmlib.stats.types import Floats
from smmlib.trial.regular_file import UnusableFileError, open_regular

LARGEST_FILE = 50 * 1024**2
RASTER_FILES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp")
COMPRESSED = b"\x1f\x8b"


def digitise(
    path: str | Path,
    *,
    page: int = 1,
    panel: int | None = None,
    time_ticks: Sequence[float] | None = None,
    survival_ticks: Sequence[float] | None = None,
) -> DigitisedFigure:
    """Read the step curves of a figure, and their censor ticks, in the units of its axes.

    Parameters
    ----------
    path : str or Path
        An SVG file or a PDF whose figure is drawn with lines, not a picture.
    page : int
        Of the PDF, from 1.
    panel : int, optional
        Which figure of the page, from 1, row by row from the left; needed where there are several.
    time_ticks, survival_ticks : sequence of float, optional
        The printed labels of the tick marks in rising order, where they cannot be read as text, as in the SVG files
        that matplotlib and R's `svg` write. Give a value for marks without a label too.

    Returns
    -------
    DigitisedFigure
        Times in the unit of the printed axis, survival as proportions; `notes` say what was read and left out.

    Raises
    ------
    DigitiseError
        If the file cannot be read or holds a raster picture, no axes or no curve is found, there are several panels,
        the number of ticks differs from the labels given, or reading takes too much time or memory.

    Examples
    --------
    The bundled figure of Freireich 1963, from the folder of the project. Textbooks and R's `survfit` give
    6-mercaptopurine a survival of 0.448 at the end, and the other 21 children all relapsed.

    >>> from smmlib import digitise
    >>> figure = digitise("smmlib/datasets/freireich-1963/remission.svg")
    >>> for curve in figure.curves:
    ...     print(f"{curve.label}: {curve.survival[-1]:.3f} at {curve.time[-1]:.0f} weeks")
    Placebo: 0.000 at 23 weeks
    6-MP: 0.448 at 35 weeks
    """
    path = Path(path)
    time_labels, survival_labels = _checked(time_ticks, "time_ticks"), _checked(survival_ticks, "survival_ticks")
    name, kind = visible(path.name), _kind(path)
    content = _content(path)
    if not isinstance(page, int) or page < 1:
        raise DigitiseError(f"page is {page!r}: give a whole number from 1.")
    return read_apart(
        content,
        name=name,
        kind=kind,
        page=page,
        panel=panel,
        time_ticks=time_labels,
        survival_ticks=survival_labels,
    )


def _checked(ticks: Sequence[float] | None, name: str) -> Floats | None:
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


def _kind(path: Path) -> str:
    """Which of the two kinds of file it is, by its ending."""
    kind, name = path.suffix.lower(), visible(path.name)
    if kind in RASTER_FILES:
        raise DigitiseError(
            f"{name} is a raster picture: smmlib reads vector figures, SVG or PDF, and leaves raster pictures to "
            f"other tools: {RASTER_TOOLS}."
        )
    if kind not in (".svg", ".pdf"):
        raise DigitiseError(f"{name} is neither SVG nor PDF: give a file that ends in .svg or .pdf.")
    return kind.removeprefix(".")


def _content(path: Path) -> bytes:
    """The bytes of the file, no more than are read."""
    try:
        with open_regular(path) as stream:
            content = stream.read(LARGEST_FILE + 1)
    except UnusableFileError as error:
        raise DigitiseError(f"{visible(path)} {error}.") from None
    except OSError as error:
        raise DigitiseError(f"{visible(path)} cannot be read: {error.strerror or error}.") from None
    name = visible(path.name)
    if len(content) > LARGEST_FILE:
        raise DigitiseError(f"{name} has more than {LARGEST_FILE // 1024**2} MiB: save the page alone.")
    if content.startswith(COMPRESSED):
        raise DigitiseError(f"{name} is compressed with gzip: decompress it, and give the file that comes out.")
    return content
