"""Curves read back from figures that matplotlib, lifelines and R drew of known patients.

Each test prints the largest differences: `pytest -rP` shows them. matplotlib writes coordinates with six decimals and
more, R's pdf() and svglite with two.
"""

import numpy as np
import pandas as pd
import pytest
from drawn_curves import corners, draw, errors, fitted, patients, save
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_leukemia
from lifelines.plotting import add_at_risk_counts
from matplotlib.figure import Figure
from project_files import FIGURES

from smmlib import kaplan_meier, risk_table
from smmlib.curves.digitise import digitise
from smmlib.display.figures import survival_figure, svg_text

pytestmark = [pytest.mark.other_package, pytest.mark.usefixtures("figures_read_here")]
# Of the length of an axis: what six decimals of a point, and two, leave on axes of 200 points and more.
BY_MATPLOTLIB, BY_R = 1e-7, 5e-5
TWO_ARMS = [patients(60, 1), patients(45, 2, median=12)]


def assert_equal(figure, arms, tolerance):
    """Curves and censor ticks of a digitised figure are those of the arms, in their order."""
    assert len(figure.curves) == len(arms)
    longest = figure.time_range[1]
    worst = np.max([errors(curve, *arm, longest) for curve, arm in zip(figure.curves, arms, strict=True)], axis=0)
    print(f"largest difference: {worst[0]:.1e} of the time axis, survival {worst[1]:.1e}")
    assert worst.max() < tolerance
    for curve, arm in zip(figure.curves, arms, strict=True):
        np.testing.assert_allclose(curve.censor_times, fitted(*arm)[3], rtol=0, atol=2 * tolerance * longest)


# ---- matplotlib


@pytest.mark.parametrize(
    ("kind", "look"),
    [
        ("svg", {"marker": "|"}),
        ("svg", {"marker": "+", "limits": "filled"}),
        ("pdf", {"marker": "+", "limits": "filled"}),
        ("svg", {"marker": "x", "limits": "--"}),
        ("pdf", {"marker": "o", "rising": True, "limits": ":"}),
        ("svg", {"marker": "|", "percent": True}),
    ],
)
def test_curves_drawn_by_matplotlib(look, kind, tmp_path):
    figure, axes = draw(TWO_ARMS, **look)
    axes.legend()
    read = digitise(save(figure, tmp_path / f"curves.{kind}"))
    assert_equal(read, TWO_ARMS, BY_MATPLOTLIB)
    assert [curve.label for curve in read.curves] == ["Arm 1", "Arm 2"]
    assert [curve.color for curve in read.curves] == ["#1f77b4", "#ff7f0e"]


def test_labels_drawn_as_outlines_are_given(tmp_path):
    figure, axes = draw(TWO_ARMS)
    axes.set(xlim=(0, 60), xticks=range(0, 61, 10), ylim=(0, 1), yticks=[0, 0.5, 1])
    path = save(figure, tmp_path / "outlines.svg", text_as_text=False)
    read = digitise(path, time_ticks=range(0, 61, 10), survival_ticks=[0, 0.5, 1])
    assert_equal(read, TWO_ARMS, BY_MATPLOTLIB)
    assert "given as 0 to 60" in read.notes[0]


def test_black_arms_that_step_in_the_same_months_are_no_limits_of_each_other(tmp_path):
    """Whole months and many patients: each arm steps in each month, the second always between the others."""
    arms = [patients(400, 3 + order, median=median, decimals=0, longest=24) for order, median in enumerate((40, 20, 9))]
    figure, _ = draw(arms, colours=("k",) * 3, styles=("-", "--", ":"))
    assert_equal(digitise(save(figure, tmp_path / "arms.pdf")), arms, BY_MATPLOTLIB)


def test_ticks_where_curves_run_together_go_to_the_curve_they_were_drawn_with(tmp_path):
    """Both curves are black and at 1 until month 10; each has ticks there, and one where it runs alone."""
    first = np.array([2.0, 5.0, 11.0, 20.0, 30.0, 31.0]), np.array([False, False, True, True, False, False])
    second = np.array([3.0, 6.0, 12.0, 14.0, 25.0]), np.array([False, False, True, True, False])
    figure, _ = draw([first, second], colours=("k", "k"))
    read = digitise(save(figure, tmp_path / "together.svg"))
    assert_equal(read, [first, second], BY_MATPLOTLIB)


def test_ticks_that_nothing_tells_apart_are_left_out_and_said(tmp_path):
    """All ticks of the second arm stand where it runs with the first: its curve goes on without any."""
    first = np.array([2.0, 11.0, 20.0, 30.0]), np.array([False, True, True, False])
    second = np.array([3.0, 12.0, 14.0, 25.0]), np.array([False, True, True, True])
    figure, _ = draw([first, second], colours=("k", "k"))
    read = digitise(save(figure, tmp_path / "together.svg"))
    np.testing.assert_allclose(read.curves[0].censor_times, [2, 30], atol=1e-5)
    assert read.curves[1].censor_times.size == 0
    assert any(note.startswith("1 censor tick(s)") for note in read.notes)


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_curve_is_cut_where_the_axis_ends(kind, tmp_path):
    figure, axes = draw([TWO_ARMS[0]])
    axes.set(xlim=(0, 24), ylim=(0, 1))
    (curve,) = digitise(save(figure, tmp_path / f"cut.{kind}")).curves
    time, survival, _, censored = fitted(*TWO_ARMS[0])
    across, up = corners(time, survival)
    kept = across < 24
    np.testing.assert_allclose(curve.time, [*across[kept], 24], atol=1e-5)
    np.testing.assert_allclose(curve.survival, [*up[kept], up[kept][-1]], atol=1e-6)
    np.testing.assert_allclose(curve.censor_times, censored[censored < 24], atol=1e-5)


def test_many_points_that_matplotlib_thins_out_stay_within_a_thousandth(tmp_path):
    """Of curves with 128 points and more it leaves out what moves a line by less than a ninth of a pixel."""
    arm = patients(3000, 5, decimals=3)
    figure, _ = draw([arm])
    (curve,) = digitise(save(figure, tmp_path / "many.svg")).curves
    time, survival, _, censored = fitted(*arm)
    grid = np.linspace(0, time[-1], 4001)
    reading = np.interp(grid, curve.time, curve.survival)
    # A line may stand a ninth of a pixel too early or too late, so the truth is taken over that stretch: the time axis
    # has 335 pixels, and is a tenth longer than the curve.
    stretch = 1.1 * time[-1] / 335 / 9
    low, high = (
        survival[np.maximum(np.searchsorted(time, grid + side, side="right") - 1, 0)] for side in (stretch, -stretch)
    )
    off = np.maximum(np.maximum(low - reading, reading - high), 0).max()
    print(f"{curve.time.size} corners of {corners(time, survival)[0].size}; survival off by {off:.1e}")
    assert off < 1e-3
    assert curve.censor_times.size == censored.size


def test_panels_are_counted_row_by_row(tmp_path):
    figure = Figure(figsize=(8, 6))
    for axes, arm in zip(figure.subplots(2, 2).ravel(), [patients(20, seed) for seed in range(4)], strict=True):
        time, survival, *_ = fitted(*arm)
        axes.plot(time, survival, drawstyle="steps-post")
        axes.set_ylim(0, 1)
    path = save(figure, tmp_path / "panels.pdf")
    (curve,) = digitise(path, panel=3).curves
    assert max(errors(curve, *patients(20, 2), 60)) < BY_MATPLOTLIB


# ---- lifelines and our own


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_figure_of_lifelines_with_its_risk_table(kind, tmp_path):
    table = load_leukemia()
    groups = [group for _, group in table.groupby("Rx")]
    figure = Figure(figsize=(6, 4.5))
    axes = figure.add_subplot()
    fits = [KaplanMeierFitter(label=f"Rx {name}").fit(group.t, group.status) for name, group in table.groupby("Rx")]
    for fit in fits:
        fit.plot_survival_function(ax=axes, show_censors=True)
    add_at_risk_counts(*fits, ax=axes, rows_to_show=["At risk"], fig=figure)
    path = tmp_path / f"lifelines.{kind}"
    save(figure, path)
    read = digitise(path)
    assert_equal(read, [(group.t.to_numpy(), group.status.to_numpy() == 1) for group in groups], BY_MATPLOTLIB)
    assert set(read.risk_table) == {"Rx 0", "Rx 1"}
    for (times, at_risk), group in zip(read.risk_table.values(), groups, strict=True):
        np.testing.assert_array_equal(times, range(0, 36, 5))
        # lifelines counts those still under observation after the mark.
        np.testing.assert_array_equal(at_risk, [(group.t > mark).sum() for mark in times])


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_figure_of_our_report(kind, tmp_path):
    curves = [kaplan_meier(*arm, arm=name) for arm, name in zip(TWO_ARMS, ("New", "Standard"), strict=True)]
    marks = [0, 12, 24, 36, 48, 60]
    risk = risk_table(curves, marks)
    drawn = survival_figure(
        curves, risk, axis_times=marks, time_label="Months", survival_label="Survival", note="Invented patients"
    )
    path = tmp_path / f"own.{kind}"
    if kind == "svg":
        path.write_text(svg_text(drawn), encoding="utf-8")
    else:
        drawn.savefig(path)
    read = digitise(path)
    assert_equal(read, TWO_ARMS, BY_MATPLOTLIB)
    assert [curve.label for curve in read.curves] == ["New", "Standard"]
    for name, (times, at_risk) in read.risk_table.items():
        np.testing.assert_array_equal(times, marks)
        np.testing.assert_array_equal(at_risk, risk.loc[risk["arm"] == name, "at_risk"])
    assert set(read.risk_table) == {"New", "Standard"}


# ---- R


def aml(arm=None):
    """The patients of R's figures: `tests/figures/figures.R` wrote them."""
    table = pd.read_csv(FIGURES / "aml.csv")
    table = table[table["arm"] == arm] if arm else table
    return table["time"].to_numpy(float), table["event"].to_numpy() == 1


ARMS_OF_R = [aml("Maintained"), aml("Nonmaintained")]


@pytest.mark.parametrize("name", ["two-arms.svg", "two-arms.pdf", "ggplot.svg", "ggplot.pdf"])
def test_two_arms_drawn_by_r(name):
    read = digitise(FIGURES / name)
    assert_equal(read, ARMS_OF_R, BY_R)
    assert [curve.label for curve in read.curves] == ["Maintained", "Nonmaintained"]


def test_two_arms_drawn_by_r_with_outlined_text():
    read = digitise(
        FIGURES / "two-arms-outlined.svg", time_ticks=[0, 50, 100, 150], survival_ticks=[0, 0.2, 0.4, 0.6, 0.8, 1]
    )
    assert_equal(read, ARMS_OF_R, BY_R)
    assert [curve.label for curve in read.curves] == ["#0b5394", "#c2571a"]


@pytest.mark.parametrize("name", ["limits.svg", "limits.pdf", "solid-limits.pdf"])
def test_limits_drawn_by_r_are_not_taken_for_the_curve(name):
    read = digitise(FIGURES / name)
    assert_equal(read, [aml()], BY_R)
    assert any(note.startswith("2 line(s)") for note in read.notes)


def test_black_incidence_drawn_by_r():
    read = digitise(FIGURES / "incidence.pdf")
    assert_equal(read, ARMS_OF_R, BY_R)
    assert [curve.label for curve in read.curves] == ["#000000 (1)", "#000000 (2)"]
