"""Draw the curves of the Freireich trial as a journal would print them: a figure whose truth is known.

python docs/curves-example/draw.py
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from smmlib import kaplan_meier
from smmlib.trial import read_study, read_tables, time_to_event

PROJECT = Path(__file__).resolve().parents[2]
FIGURE = PROJECT / "smmlib" / "datasets" / "freireich-1963" / "remission.svg"
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "freireich", "font.size": 10}
COLOURS = ("#333333", "#b3202c")
AXIS_TIMES = (0, 5, 10, 15, 20, 25, 30, 35)


def draw(file):
    """Write the figure as SVG: steps, censor ticks, labels beside the curves and the numbers at risk."""
    study = read_study(PROJECT / "params" / "freireich-1963.yaml")
    patients = time_to_event(study, read_tables(study), "remission")
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6, 4.4))
        axes = figure.add_axes((0.16, 0.3, 0.76, 0.65))
        for row, arm in enumerate(study.arms.levels):
            of_arm = patients.among(arm.id)
            _draw_arm(axes, arm.label, of_arm.time, of_arm.event, row)
        axes.text(0, -0.235, "No. at risk", transform=axes.get_xaxis_transform(), ha="center")
        axes.set(xlim=(0, 37), ylim=(0, 1), xticks=AXIS_TIMES, yticks=np.linspace(0, 1, 6))
        axes.set(xlabel="Weeks", ylabel="Proportion in remission")
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def _draw_arm(axes, label, time, event, row):
    curve, colour = kaplan_meier(time, event, arm=label), COLOURS[row]
    steps = np.concatenate([[0.0], curve.time]), np.concatenate([[1.0], curve.survival])
    axes.step(*steps, where="post", color=colour, linewidth=1.4, label=label)
    ticks = curve.censored > 0
    axes.plot(curve.time[ticks], curve.survival[ticks], "|", color=colour, markersize=7)
    axes.text(curve.time[-1] + 0.4, curve.survival[-1] + 0.03, label, color=colour)
    below = axes.get_xaxis_transform()
    for axis_time in AXIS_TIMES:
        axes.text(axis_time, -0.32 - 0.08 * row, f"{np.sum(time >= axis_time)}", transform=below, ha="center")
    axes.text(-2, -0.32 - 0.08 * row, label, transform=below, ha="right")


if __name__ == "__main__":
    draw(FIGURE)
