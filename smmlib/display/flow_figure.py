"""The flow of patients from enrolment to analysis, in the form of the CONSORT 2025 diagram."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from smmlib.display.figures import ARM_COLOURS, FAINT, GRID, INK, STYLE, WIDTH, write_note

SIZE, SMALLER, FEW = 9.0, 7.0, 4
"""Points of the text, and of that of more arms than a few."""
LETTER, LINE, BOLD = 0.0081, 0.0183, 1.12
"""Inches that a letter and a line take, for each point; how much wider bold letters are."""
LEFT, RIGHT, TOP, BOTTOM = 0.42, 0.06, 0.06, 0.3
GAP, PADDING, BETWEEN = 0.3, 0.09, 0.16
"""Inches between rows, from text to frame, and between the boxes of arms."""
WIDEST, OF_ALL, BESIDE, LOWEST = 3.4, 2.6, 2.1, 0.66
"""Inches: the widest box of an arm, that of all patients and that beside it; the lowest row, beside its name."""
MIDDLE = (LEFT + WIDTH - RIGHT) / 2


@dataclass(frozen=True)
class FlowBox:
    """A box of the diagram.

    Attributes
    ----------
    title : str
        Its first line, in bold, with the number of patients.
    lines : tuple of str
        What stands below it.
    """

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowStage:
    """A row of the diagram.

    Attributes
    ----------
    name : str
        Enrolment, allocation, follow-up or analysis.
    boxes : tuple of FlowBox
        One of all patients, or one an arm.
    beside : FlowBox or None
        To the right of a box of all patients: who leaves the trial there.
    """

    name: str
    boxes: tuple[FlowBox, ...]
    beside: FlowBox | None = None


def flow_figure(stages: Sequence[FlowStage], *, note: str) -> Figure:
    """Boxes from top to bottom, joined by arrows; those of an arm one below the other, with its colour.

    Parameters
    ----------
    stages : sequence of FlowStage
        Those with one box first.
    note : str
        What is said of the patients in the corner.

    Returns
    -------
    Figure
    """
    diagram = _Diagram(max(len(stage.boxes) for stage in stages))
    heights = [diagram.height(stage) for stage in stages]
    tall = TOP + sum(heights) + GAP * (len(stages) - 1) + BOTTOM
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, tall))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(tall, 0))
        axes.axis("off")
        tops = [TOP + sum(heights[:row]) + GAP * row for row in range(len(stages))]
        for stage, top, height in zip(stages, tops, heights, strict=True):
            diagram.draw(axes, stage, top, height)
        for above, below, end in zip(stages, stages[1:], tops[1:], strict=False):
            diagram.join(axes, above, below, end - GAP, end)
        write_note(figure, note, height=0.04 / tall)
        return figure


def flow_in_words(stages: Sequence[FlowStage]) -> str:
    """What the diagram shows, for those who cannot see it.

    Parameters
    ----------
    stages : sequence of FlowStage

    Returns
    -------
    str
    """
    boxes = [[*stage.boxes, *([stage.beside] if stage.beside else [])] for stage in stages]
    return "Flow of patients. " + " ".join(
        f"{stage.name}: {'; '.join(', '.join((box.title, *box.lines)) for box in of_stage)}."
        for stage, of_stage in zip(stages, boxes, strict=True)
    )


class _Diagram:
    """Where boxes stand, in inches, and how they are drawn, for a number of arms."""

    def __init__(self, arms: int) -> None:
        room = WIDTH - LEFT - RIGHT
        self._width = min((room - BETWEEN * (arms - 1)) / arms, WIDEST)
        self._centres = [LEFT + room / arms * (arm + 0.5) for arm in range(arms)]
        self._size = SIZE if arms <= FEW else SMALLER

    def _placed(self, stage: FlowStage) -> Iterator[tuple[FlowBox, float, float, str]]:
        """Boxes of a stage, each with its centre, its width and its colour."""
        if len(stage.boxes) > 1:
            columns = zip(stage.boxes, self._centres, ARM_COLOURS, strict=False)
            yield from ((box, centre, self._width, colour) for box, centre, colour in columns)
            return
        yield stage.boxes[0], MIDDLE, OF_ALL, FAINT
        if stage.beside:
            yield stage.beside, WIDTH - RIGHT - BESIDE / 2, BESIDE, FAINT

    def _lines(self, box: FlowBox, width: float) -> list[tuple[str, str]]:
        """The lines of a box as they fit, each with its weight."""
        letters = (width - 2 * PADDING) / (LETTER * self._size)
        title = textwrap.wrap(box.title, int(letters / BOLD))
        lines = (line for text in box.lines for line in textwrap.wrap(text, int(letters), subsequent_indent="  "))
        return [*((line, "bold") for line in title), *((line, "normal") for line in lines)]

    def height(self, stage: FlowStage) -> float:
        """Inches of the tallest box of a stage."""
        tallest = max(len(self._lines(box, width)) for box, _, width, _ in self._placed(stage))
        return max(tallest * LINE * self._size + 2 * PADDING, LOWEST)

    def draw(self, axes: Axes, stage: FlowStage, top: float, height: float) -> None:
        """Draw the boxes of a stage, with its name at their left."""
        axes.add_patch(Rectangle((0.04, top), 0.26, height, facecolor=GRID, edgecolor="none"))
        axes.text(0.17, top + height / 2, stage.name, rotation=90, ha="center", va="center", fontsize=8, color=INK)
        for box, centre, width, colour in self._placed(stage):
            left = centre - width / 2
            frame = Rectangle((left, top), width, height, facecolor="white", edgecolor=colour, linewidth=1.2)
            axes.add_patch(frame)
            lines, of_line = self._lines(box, width), LINE * self._size
            first = top + (PADDING if height > LOWEST else (height - of_line * len(lines)) / 2)
            for row, (line, weight) in enumerate(lines):
                middle = first + of_line * (row + 0.5)
                style: dict[str, Any] = {"fontsize": self._size, "fontweight": weight, "color": INK}
                axes.text(left + PADDING, middle, line, va="center", **style)
        if stage.beside:
            half = top + height / 2
            _arrow(axes, (MIDDLE + OF_ALL / 2, half), (WIDTH - RIGHT - BESIDE, half))

    def join(self, axes: Axes, above: FlowStage, below: FlowStage, start: float, end: float) -> None:
        """Draw the arrows from a stage to the next: from box to box, or parting from the one of all patients."""
        half = (start + end) / 2
        if len(above.boxes) == 1:
            axes.plot([MIDDLE] * 2, [start, half], color=FAINT, linewidth=1)
            axes.plot([self._centres[0], self._centres[-1]], [half, half], color=FAINT, linewidth=1)
        for centre in self._centres if len(below.boxes) > 1 else [MIDDLE]:
            _arrow(axes, (centre, half if len(above.boxes) == 1 else start), (centre, end))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": FAINT, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)
