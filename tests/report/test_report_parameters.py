"""What is declared is read: each parameter of a notebook, and the direction of the arms, changes what is recorded."""

import math

import pytest
import yaml
from report_project import ReportProject, numbers_of

from smmlib.report.running.execute import declared_parameters

pytestmark = [pytest.mark.invariant, pytest.mark.end_to_end]

FIGURE = (
    *("figure_file", "page", "arms", "patients", "events", "time_unit", "axis_times"),
    *("pixel", "ensemble_size", "seed", "truth_file", "truth_endpoint"),
)
"""Parameters of the notebook that is run by hand; tests/curves/test_curves_notebook.py changes them."""
OF_OTHER_STUDIES = {
    "baseline": {"study_file"},
    "disposition": {"study_file"},
    "exposure": {"study_file"},
    "multiple_testing": {"study_file"},
    "response_subgroups": {"study_file"},
    "safety": {"study_file"},
    "sensitivity": {"study_file"},
    "subgroups": {"study_file", "endpoint"},
}
"""Notebooks of sections that QuiRedex does not have, of which tests of their own hold the numbers of other studies."""

RATIO = "ttp.hazard_ratio.rd_vs_observation"


def test_each_declared_parameter_changes_a_record(shared_reports, tmp_path):
    """`study_file` is changed by running another study, `endpoint` by asking for another endpoint."""
    project = ReportProject(tmp_path)
    declared = {file.stem: set(declared_parameters(file)) for file in (tmp_path / "notebooks").glob("*.ipynb")}
    assert declared == OF_OTHER_STUDIES | {
        "population": {"study_file"},
        "reconstruct": set(FIGURE),
        "reconstruction": {"study_file"},
        "response": {"study_file"},
        "time_to_event": {"study_file", "endpoint"},
    }
    first = numbers_of(shared_reports.report("quiredex-2013"))
    assert first[RATIO]["value"] != first[RATIO.replace("ttp", "os")]["value"]
    other = yaml.safe_load(project.params("quiredex-2013").read_text(encoding="utf-8")) | {"study": "other"}
    other["analysis"]["conf_level"] = 0.9
    del other["published"], other["runs"]["os"]
    project.params("other").write_text(yaml.safe_dump(other, sort_keys=False), encoding="utf-8")
    second = numbers_of(project.make("other"))
    for name in ("population.follow_up", "response.induction.rate.rd", RATIO):
        assert first[name]["low"] != second[name]["low"]


def both(first, second, measure, field):
    """What is recorded of placebo against 6-mercaptopurine, and the other way round."""
    return (
        float(first[f"remission.{measure}.placebo_vs_6-mp"][field]),
        float(second[f"remission.{measure}.6-mp_vs_placebo"][field]),
    )


def test_swapped_arms_negate_differences_and_invert_ratios(shared_reports, tmp_path):
    first = numbers_of(shared_reports.report("freireich-1963"))
    project = ReportProject(tmp_path)
    project.run_alone("remission")
    file = project.params("freireich-1963")
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("published:")], encoding="utf-8")
    project.replace("freireich-1963", ("  reference: 6-mp", "  reference: placebo"))
    second = numbers_of(project.make("freireich-1963"))
    ratio, inverse = both(first, second, "hazard_ratio", "value")
    difference, negative = both(first, second, "survival_difference.10", "value")
    chi_square, same = both(first, second, "logrank", "statistic")
    assert math.isclose(ratio, 1 / inverse, rel_tol=1e-9)
    assert math.isclose(difference, -negative, rel_tol=1e-12)
    assert math.isclose(chi_square, same, rel_tol=1e-12)
