"""Which lines of a long table are read at once, and which on demand."""

MOST_LINES = 18
"""Lines of a table of adverse events before the rest is folded; a table of a few more is shown whole."""
FEWEST_FOLDED = 6


def folded(lines):
    """The first lines of a table of classes and terms, and the rest, which begins with a class.

    Parameters
    ----------
    lines : list of Key
        A class has no level; its terms follow it.

    Returns
    -------
    first, rest : list of Key
        The rest is empty where it would be short.
    """
    classes = [place for place, line in enumerate(lines) if not line.level and 0 < place <= MOST_LINES]
    cut = classes[-1] if classes else MOST_LINES
    return (lines, []) if len(lines) - cut < FEWEST_FOLDED else (lines[:cut], lines[cut:])
