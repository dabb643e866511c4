"""Where the labels of curves stand: beside the axes, with room for the longest, and apart from one another."""

from collections.abc import Sequence

WIDTH, FONT_SIZE = 7.8, 10.5
"""Inches of a figure, and points of its text."""
LEFT, RIGHT = 0.175 * WIDTH, 0.15 * WIDTH
"""Inches beside the axes: with room for labels of up to ten letters; for longer ones there is more."""
LETTER, BESIDE_LABEL, LONG_LABEL, SMALLER = 0.1, 0.14, 14, 9.0
"""Inches a bold letter takes, inches beside a label; letters from which on, and points in which, it is set smaller."""
LABEL_GAP, LOWEST_LABEL = 0.065, 0.015


def beside_labels(labels: Sequence[str]) -> tuple[float, float, float]:
    """Where the axes begin and how wide they are, in parts of the figure, and the size of labels in points."""
    longest = max(map(len, labels))
    size = SMALLER if longest > LONG_LABEL else FONT_SIZE
    needed = longest * LETTER * size / FONT_SIZE + BESIDE_LABEL
    left, right = max(LEFT, needed), max(RIGHT, needed)
    return left / WIDTH, 1 - (left + right) / WIDTH, size


def kept_apart(heights: Sequence[float]) -> list[float]:
    """Heights at least a label's gap apart, moved as little as that takes: crowded ones around their middle."""
    order = sorted(range(len(heights)), key=lambda place: (heights[place], -place))
    groups: list[list[int]] = []
    for place in order:
        groups.append([place])
        while (
            len(groups) > 1
            and _middle(heights, groups[-1]) - _middle(heights, groups[-2])
            < LABEL_GAP * (len(groups[-1]) + len(groups[-2])) / 2 - 1e-12
        ):
            last = groups.pop()
            groups[-1] += last
    apart, lowest = list(heights), LOWEST_LABEL
    for group in groups:
        first = _middle(heights, group) - LABEL_GAP * (len(group) - 1) / 2
        for number, place in enumerate(group):
            apart[place] = max(first + LABEL_GAP * number, lowest)
            lowest = apart[place] + LABEL_GAP
    return apart


def _middle(heights: Sequence[float], group: list[int]) -> float:
    return sum(heights[place] for place in group) / len(group)
