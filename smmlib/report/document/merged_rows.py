"""Rows as word processors have them: each cell with its column, and cells over several rows in each of these."""

from smmlib.report.document.blocks import Cell, placed


def full_rows(table):
    """Rows without a place that is not taken.

    Parameters
    ----------
    table : Table

    Returns
    -------
    list of list of (int, Cell, {"", "restart", "continue"})
        Column, cell, and whether the cell begins or continues one over several rows.
    """
    places = placed(table.rows)
    rows = [[(column, cell, "restart" if cell.rows > 1 else "") for column, cell in row] for row in places]
    for index, row in enumerate(places):
        for column, cell in row:
            for below in rows[index + 1 : index + cell.rows]:
                below.append((column, cell, "continue"))
    return [_filled(sorted(row, key=lambda place: place[0]), table.width) for row in rows]


def _filled(row, width):
    """A row with an empty cell for each place at its end that none takes."""
    end = max((column + cell.columns for column, cell, _ in row), default=0)
    return row + [(column, Cell(), "") for column in range(end, width)]
