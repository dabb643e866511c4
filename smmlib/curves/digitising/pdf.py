"""Reading a page of a PDF: what it paints, its letters joined to words."""

import math
from itertools import pairwise

import numpy as np

from smmlib.curves.digitising import pdf_page
from smmlib.curves.digitising.digitised_figure import DigitiseError
from smmlib.curves.digitising.drawing import Drawing, PaintedPath, Word, is_on_a_page

# Letters belong together when they are no further apart than this part of the size of the font.
GAP, SPACE = 0.6, 0.2


def read_pdf(content, name, page):
    """What one page of a PDF paints.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        Of the file, for messages.
    page : int
        From 1.

    Returns
    -------
    Drawing

    Raises
    ------
    DigitiseError
        If it cannot be read, has no such page, is protected by a password, or paints too much.
    """
    answer = pdf_page.answer(content, page)
    if "refused" in answer:
        raise DigitiseError(f"{name} {answer['refused']}: give another page, or save the figure alone as PDF or SVG.")
    paths = [_path(**described) for described in answer["paths"]]
    return Drawing(
        [path for path in paths if path is not None], _words(_on_the_page(answer["letters"])), answer["pictures"]
    )


def _path(points, stroke, fill, width, dash, straight, clip):
    points = np.array(points, dtype=float)
    if not is_on_a_page(points, width) or (stroke, fill) == (None, None):
        return None
    return PaintedPath(points, stroke, fill, width, tuple(dash), straight, clip and tuple(clip))


def _on_the_page(letters):
    places = ("start", "end", "box", "size")
    return [letter for letter in letters if is_on_a_page(*(letter[place] for place in places))]


def _words(letters):
    """Letters that follow each other along one line, joined; the order is that in which they are drawn."""
    words, run = [], []
    for before, letter in pairwise([None, *letters]):
        if run and not _follows(before, letter):
            words.append(_word(run))
            run = []
        run.append(letter)
    words.append(_word(run))
    return [word for word in words if word]


def _follows(before, letter):
    along, across = _gap(before, letter)
    near = -GAP / 2 < along < GAP and abs(across) < SPACE
    return near and letter["color"] == before["color"] and abs(letter["size"] - before["size"]) < 0.1 * before["size"]


def _gap(before, letter):
    """How far a letter starts from the end of the one before it, along and across the line, in sizes of the font."""
    (x0, y0), (x1, y1), (x, y) = before["start"], before["end"], letter["start"]
    length, size = math.hypot(x1 - x0, y1 - y0) or 1.0, before["size"] or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    return ((x - x1) * ux + (y - y1) * uy) / size, ((y - y1) * ux - (x - x1) * uy) / size


def _word(run):
    shown = [letter for letter in run if letter["text"].strip()]
    if not shown:
        return None
    text = run[0]["text"] if run else ""
    for before, letter in pairwise(run):
        spaced = _gap(before, letter)[0] > SPACE and not text.endswith(" ")
        text += (" " if spaced else "") + letter["text"]
    boxes = np.array([letter["box"] for letter in shown])
    box = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    return Word(" ".join(text.split()), box, shown[0]["size"], shown[0]["color"])
