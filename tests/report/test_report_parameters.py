"""What is declared is read: each parameter of a notebook, and the direction of the arms, changes what is recorded."""

import csv
import math

import pytest
from report_project import ReportProject

from smmlib.report.running.execute import declared_parameters

pytestmark = pytest.mark.invariant

FIGURE = (
    *("figure_file", "page", "arms", "patients", "events", "time_unit", "axis_times"),
    *("pixel", "ensemble_size", "seed", "truth_file", "truth_endpoint"),
)
"""Parameters of the notebook that is run by hand; tests/curves/test_curves_notebook.py changes them."""


RATIO = "ttp.hazard_ratio.rd_vs_observation"


def numbers(report):
    with (report / "numbers.csv").open(newline="", encoding="utf-8") as stream:
        return {row["record"]: row for row in csv.DictReader(stream)}


def test_each_declared_parameter_changes_a_record(tmp_path):
    """`study_file` is changed by running another study, `endpoint` by asking for another endpoint; FIGURE elsewhere."""
    project = ReportProject(tmp_path)
    declared = {file.stem: set(declared_parameters(file)) for file in (tmp_path / "notebooks").glob("*.ipynb")}
    assert declared == {
        "population": {"study_file"},
        "reconstruct": set(FIGURE),
        "reconstruction": {"study_file"},
        "response": {"study_file"},
        "time_to_event": {"study_file", "endpoint"},
    }
    first = numbers(project.make("quiredex-2013"))
    assert first[RATIO]["value"] != first[RATIO.replace("ttp", "os")]["value"]
    other = tmp_path / "params" / "other.yaml"
    other.write_text(project.params("quiredex-2013").read_text(encoding="utf-8"), encoding="utf-8")
    project.replace("other", ("study: quiredex-2013", "study: other"), ("conf_level: 0.95", "conf_level: 0.9"))
    claims = other.read_text(encoding="utf-8")
    start, end = claims.index("published:"), claims.index("synthetic:")
    other.write_text(claims[:start] + claims[end:], encoding="utf-8")
    second = numbers(project.make("other"))
    for name in ("population.follow_up", "response.induction.rate.rd", RATIO):
        assert first[name]["low"] != second[name]["low"]


def both(first, second, measure, field):
    """What is recorded of placebo against 6-mercaptopurine, and the other way round."""
    return (
        float(first[f"remission.{measure}.placebo_vs_6-mp"][field]),
        float(second[f"remission.{measure}.6-mp_vs_placebo"][field]),
    )


def test_swapped_arms_negate_differences_and_invert_ratios(tmp_path):
    project = ReportProject(tmp_path)
    file = project.params("freireich-1963")
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("published:")], encoding="utf-8")
    first = numbers(project.make("freireich-1963"))
    project.replace("freireich-1963", ("  reference: 6-mp", "  reference: placebo"))
    second = numbers(project.make("freireich-1963"))
    ratio, inverse = both(first, second, "hazard_ratio", "value")
    difference, negative = both(first, second, "survival_difference.10", "value")
    chi_square, same = both(first, second, "logrank", "statistic")
    assert math.isclose(ratio, 1 / inverse, rel_tol=1e-9)
    assert math.isclose(difference, -negative, rel_tol=1e-12)
    assert math.isclose(chi_square, same, rel_tol=1e-12)
