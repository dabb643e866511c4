"""One changed parameter runs the notebooks that read it, and the report is the one that running all of them makes."""

import json
import shutil

import pytest
from end_to_end import notebooks_are_run
from report_project import ReportProject, contents

from smmlib.trial.parameters import watched_study
from smmlib.trial.parameters.study import Study, read_study
from smmlib.trial.parameters.watched_study import parameters_read, watched

STUDY = "quiredex-2013"
KEPT = ": as in the last report"


# ---- which parameters are read


@pytest.fixture
def study(monkeypatch):
    monkeypatch.setattr(watched_study, "_read", set())
    return watched(read_study("params/freireich-1963.yaml"))


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("read", "noted"),
    [
        (lambda study: study.time_unit, {"time_unit"}),
        (lambda study: study.endpoints["remission"].label, {"endpoints"}),
        (lambda study: study.analysis_of("remission"), {"analysis", "endpoints"}),
        (lambda study: study.reports_safety, {"runs"}),
        (lambda study: study.described, {"baseline", "disposition", "exposure"}),
        (lambda study: isinstance(study, Study), set()),
        (lambda study: getattr(study, "response", None), {"response"}),
    ],
)
def test_a_parameter_that_is_read_is_noted(study, read, noted):
    read(study)
    assert parameters_read() == noted


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "read",
    [
        Study.model_copy,
        lambda study: study.model_dump(),
        vars,
        dict,
        repr,
        lambda study: study == 1 or study == watched(study),
        lambda study: study.model_fields_set,
        lambda study: getattr(study, "no_such_parameter", None),
    ],
)
def test_what_may_read_any_parameter_counts_as_reading_all(study, read):
    read(study)
    assert parameters_read() == set(Study.model_fields)


# ---- a report of which something has changed


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    notebooks_are_run()
    project = ReportProject(tmp_path_factory.mktemp("made"))
    project.make(STUDY)
    return project


@pytest.fixture
def project(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "project", symlinks=True)
    return ReportProject(tmp_path / "project", copy=False)


def kept_by(said):
    """Names of the runs that the command says it keeps."""
    lines = [line for line in said.splitlines() if KEPT in line]
    return set(lines[0].partition(KEPT)[0].strip().split(", ")) if lines else set()


CHANGES = {
    "title": (
        [("title: Lenalidomide plus", "title: About lenalidomide plus")],
        {"population", "ttp", "os", "response"},
    ),
    "response": (
        [("label: After the nine induction cycles", "label: After nine cycles of induction")],
        {"population", "ttp", "os"},
    ),
    "landmarks": ([("landmarks: [36]", "landmarks: [36, 24]")], set()),
}


@pytest.mark.end_to_end
@pytest.mark.invariant
@pytest.mark.parametrize("what", CHANGES)
def test_only_what_reads_it_runs(project, tmp_path, capsys, what):
    changes, kept = CHANGES[what]
    project.replace(STUDY, *changes)
    made = contents(project.make(STUDY))
    assert kept_by(capsys.readouterr().err) == kept
    fresh = contents(project.make(STUDY, reports=tmp_path / "fresh"))
    assert kept_by(capsys.readouterr().err) == set()
    assert made.keys() == fresh.keys()
    assert [name for name in made if made[name] != fresh[name]] == []


@pytest.mark.end_to_end
@pytest.mark.invariant
def test_what_was_changed_by_hand_is_not_kept(project, capsys):
    """Neither an executed notebook that somebody edited, nor one whose notebook has another cell."""
    executed = project.reports / STUDY / "notebooks" / "os.ipynb"
    executed.write_bytes(executed.read_bytes().replace(b"# How long", b"# How short"))
    project.add_cell("population", "1 + 1", at=3)
    project.make(STUDY)
    assert kept_by(capsys.readouterr().err) == {"ttp", "response"}
    assert b"# How short" not in executed.read_bytes()


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_the_manifest_tells_what_each_run_reads(made):
    runs = json.loads((made.reports / STUDY / "manifest.json").read_text(encoding="utf-8"))["runs"]
    assert set(runs["response"]["reads"]) == {"analysis", "arms", "data", "response", "style", "suppress_below"}
    assert not any({"published", "title", "runs"} & set(run["reads"]) for run in runs.values())
