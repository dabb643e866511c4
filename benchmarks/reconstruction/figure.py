"""The figure of docs/reconstruction.md: one difficult set, and the hazard ratio's error on every set."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from benchmarks.reconstruction.conditions import GOOD
from benchmarks.reconstruction.drawing import Terms, draw_trial, survival_on
from benchmarks.reconstruction.methods import GUYOT, OPTIMISED, PLAIN, patients

FILE = Path(__file__).parents[2] / "docs" / "reconstruction.png"
DIFFICULT, READ = "veteran", Terms("figure", dots_per_inch=300)
COLOURS = {PLAIN: "#b9752f", GUYOT: "#7a7a7a", OPTIMISED: "#1f5f8b"}
INK, QUIET = "#222222", "#9a9a9a"
GOAL = 0.005


def write_figure(trials, results):
    """Left: truth, digitised points and reconstruction of a difficult set; right: errors by data set and method."""
    plt.rcParams.update({"font.size": 8.5, "axes.spines.top": False, "axes.spines.right": False})
    drawing, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), width_ratios=(1.25, 1), layout="constrained")
    draw_curves(left, trials[DIFFICULT])
    draw_errors(right, results)
    drawing.savefig(FILE, dpi=160, metadata={"Software": None})
    plt.close(drawing)


def draw_curves(axes, arms):
    """Both arms: a pale band of the truth, the points that were read, the reconstructed curve over them."""
    figures = draw_trial(READ, DIFFICULT, arms)
    for arm, figure, colour in zip(arms, figures, (COLOURS[OPTIMISED], COLOURS[PLAIN]), strict=True):
        time, event = patients(OPTIMISED, figure, arm)
        grid = np.linspace(0, arm.time.max(), 3000)
        axes.plot(grid, survival_on(arm.time, arm.event, grid), color=colour, alpha=0.28, linewidth=5)
        axes.plot(*figure.curve, linestyle="none", marker="o", markersize=2, color=INK, zorder=3)
        axes.plot(grid, survival_on(time, event, grid), color=colour, linewidth=1.1, zorder=4)
        middle = arm.time.max() * 0.16
        axes.annotate(arm.name, (middle, survival_on(arm.time, arm.event, np.array([middle]))[0] + 0.08), color=colour)
    axes.set(xlabel="months", ylabel="survival", ylim=(0, 1.02))
    axes.set_xlim(left=0)
    axes.set_title("Read with a pixel of noise at 300 dpi: veteran", loc="left", fontsize=9.5)
    axes.text(0.98, 0.96, "broad: the real patients\ndots: what was read\nline: reconstructed",
              transform=axes.transAxes, ha="right", va="top", color=INK)  # fmt: skip


def draw_errors(axes, results):
    """One row a data set, the methods as dots, in the order of plain Guyot's error."""
    found = {method: _ratios(results, method) for method in COLOURS}
    order = sorted(found[PLAIN], key=found[PLAIN].get)
    for row, trial in enumerate(order):
        values = [found[method][trial] for method in COLOURS]
        axes.plot([min(values), max(values)], [row, row], color="#dddddd", linewidth=1, zorder=1)
    for method, colour in COLOURS.items():
        axes.plot([found[method][trial] for trial in order], range(len(order)), "o", color=colour, markersize=4.5)
        axes.plot([], [], "o", color=colour, markersize=4.5, label=method)
    axes.axvline(GOAL, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0, label="goal of the median")
    axes.set_yticks(range(len(order)), order)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="absolute error of the log hazard ratio")
    axes.set_xlim(left=-0.001)
    axes.legend(frameon=False, loc="lower right")
    axes.set_title(f"Six at-risk times, total events, {GOOD.points} clean points", loc="left", fontsize=9.5)


def _ratios(results, method):
    return {
        one.trial: one.errors.log_hazard_ratio
        for one in results
        if one.method == method and one.condition == GOOD.label
    }
