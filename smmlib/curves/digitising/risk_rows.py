"""Rows of numbers at risk below the time axis, where they can be read with certainty."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from smmlib.curves.digitising.drawing import Word
from smmlib.curves.digitising.printed_numbers import printed_number

MOST_PATIENTS = 1_000_000_000


def risk_rows(drawing, panel, colours):
    """Numbers at risk by the name of their row.

    A row counts when it has a name to its left, whole numbers that never rise, each under one mark of the time axis,
    and one under the first mark. Any other row is left out.

    Parameters
    ----------
    drawing : Drawing
    panel : Panel
    colours : dict of str to str
        Name of the curve by colour; a row in the colour of a curve belongs to it.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        Times and numbers at risk.
    """
    marks = panel.time
    below = [word for word in drawing.words if word.y < min(marks.low, panel.frame[1]) and _near(word, panel)]
    table = {}
    for row in _rows(below):
        numbers = [(word, printed_number(word.text)) for word in _parted(row, marks)]
        entries = {_mark(word, marks): value for word, value in numbers if value is not None}
        names = [word for word, value in numbers if value is None and word.x < marks.positions[0]]
        complete = len(entries) == sum(value is not None for _, value in numbers) and None not in entries
        if names and complete and _is_at_risk(entries):
            order = sorted(entries)
            name = colours.get(names[0].color, " ".join(word.text for word in names))
            times = panel.in_units(np.column_stack([marks.positions[order], marks.positions[order]]))[0]
            table[name] = (_as_printed(times, marks), np.array([entries[mark] for mark in order], dtype=int))
    return table


def _near(word, panel):
    left, bottom, right, top = panel.frame
    return bottom - (top - bottom) < word.y and left - (right - left) < word.x < right + 2 * word.size


def _rows(words):
    """Words on one level, from left to right; the rows from the top."""
    rows = []
    for word in sorted(words, key=lambda word: -word.y):
        if rows and abs(rows[-1][0].y - word.y) < 0.4 * word.size:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x) for row in rows]


def _parted(row, marks):
    """The words of a row; one that ends in the number under the first mark, as lifelines writes it, as two."""
    name, _, number = row[0].text.rpartition(" ")
    first = Word(number, (row[0].box[2] - row[0].size, *row[0].box[1:]), row[0].size, row[0].color)
    under_first = any(_mark(word, marks) == 0 for word in row if printed_number(word.text) is not None)
    if name and printed_number(number) is not None and _mark(first, marks) == 0 and not under_first:
        return [replace(row[0], text=name, box=(*row[0].box[:2], first.box[0], row[0].box[3])), first, *row[1:]]
    return row


def _mark(word, marks):
    """The mark of the time axis that a number stands under; None where it is under none."""
    off = np.abs(marks.positions - word.x)
    gap = marks.span / max(marks.positions.size - 1, 1)
    return int(off.argmin()) if off.min() < min(0.35 * gap, 1.5 * word.size) else None


def _is_at_risk(entries):
    values = [entries[mark] for mark in sorted(entries)]
    whole = all(0 <= value <= MOST_PATIENTS and value == int(value) for value in values)
    falling = all(later <= earlier for earlier, later in pairwise(values))
    return len(values) > 1 and 0 in entries and whole and falling and values[0] > 0


def _as_printed(times, marks):
    """Times at marks whose label is known are those printed, free of rounding on the page."""
    known = marks.labels[np.isfinite(marks.labels)]
    nearest = known[np.abs(known[:, None] - times).argmin(axis=0)]
    return np.where(np.abs(nearest - times) < 0.01 * np.ptp(known), nearest, times)
