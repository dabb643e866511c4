"""What goes wrong is said with its place, the exit code is not zero, and the last good report stays whole."""

import os
import signal

import nbformat
import pytest
from report_project import PROJECT, ReportProject, contents
from started_commands import Started

from smmlib.report import command
from smmlib.report.run import InputError, ReportError
from smmlib.report.running.execute import NotebookError, check_parameters
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand

STUDY = "freireich-1963"
RUN = "remission: {notebook: time_to_event, parameters: {endpoint: remission}}"
NOTEBOOK = nbformat.read(PROJECT / "notebooks" / "time_to_event.ipynb", as_version=4)
ADDED = sum(cell.cell_type == "code" for cell in NOTEBOOK.cells) + 1
"""Number of a cell that is added before the last one, for papermill adds one with the parameters."""


@pytest.fixture
def project(tmp_path):
    """A project with a last good report; afterwards that report must be what it was."""
    project = ReportProject(tmp_path)
    before = project.put_good_report(STUDY)
    yield project
    assert contents(project.reports / STUDY) == before
    assert not list(project.reports.glob("*.previous-*"))


@pytest.fixture
def remission(project):
    """The same, where the study has the one notebook `time_to_event`."""
    project.run_alone("remission")
    return project


def partial_folder(project):
    (folder,) = project.reports.glob(f"{STUDY}.partial-*")
    return folder


def failure(project):
    with pytest.raises(ReportError) as refused:
        project.make(STUDY)
    message = str(refused.value)
    assert partial_folder(project).name in message
    assert "the last good report is as it was" in message
    assert not isinstance(refused.value, InputError)
    return message


def refusal(project):
    """What is said of an input with which nothing was run: no folder is begun for it."""
    with pytest.raises(InputError) as refused:
        project.make(STUDY)
    message = str(refused.value)
    assert message.endswith("\nNothing was run; the last good report is as it was.")
    assert [folder.name for folder in project.reports.iterdir() if folder.is_dir()] == [STUDY]
    return message


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            "{notebook: time_to_event, parameters: {endpont: remission}}",
            ["'endpont' is not declared", "study_file, endpoint"],
        ),
        ("{notebook: time_to_event, parameters: {endpoint: remission, tau: 3}}", ["'tau' is not declared"]),
        (
            "{notebook: population, parameters: {endpoint: remission}}",
            ["'endpoint' is not declared", "population.ipynb"],
        ),
        ("{notebook: time_to_event}", ["needs parameter 'endpoint', which is not given"]),
        (
            "{notebook: time-to-event}",
            [
                "no notebook 'time-to-event'",
                "reconstruct, reconstruction, response, safety, subgroups, time_to_event",
            ],
        ),
        ("{notebook: time_to_event, parameters: {study_file: 1}}", ["'study_file' is this file itself"]),
    ],
)
def test_a_run_that_does_not_fit_its_notebook_stops_before_anything_runs(project, run, words):
    project.replace(STUDY, (RUN, f"remission: {run}"))
    line_of_run = 1 + project.params(STUDY).read_text(encoding="utf-8").split("  remission: {note")[0].count("\n")
    message = refusal(project)
    for word in ["runs.remission", *words]:
        assert word in message
    assert f"{STUDY}.yaml:{line_of_run}: " in message


def test_a_parameter_of_another_type_is_refused(project):
    notebook = project.folder / "notebooks" / "time_to_event.ipynb"
    with pytest.raises(NotebookError, match=r"runs.remission: parameter 'endpoint' is 1, but .* declares it as str"):
        check_parameters("remission", notebook, {"endpoint": 1})


@pytest.mark.end_to_end
def test_a_notebook_that_raises_is_named_with_its_cell_and_record(remission):
    remission.add_cell("time_to_event", 'from smmlib import survival_at\ntail = survival_at(curves["6-mp"], -1)')
    message = failure(remission)
    assert "run remission" in message
    assert f"notebooks/time_to_event.ipynb, cell [{ADDED}], line: " in message
    assert 'line: tail = survival_at(curves["6-mp"], -1)' in message
    assert "ValueError: time is -1: a landmark" in message
    partial = partial_folder(remission) / "notebooks" / "remission.ipynb"
    outputs = [output for cell in nbformat.read(partial, 4).cells for output in cell.get("outputs", [])]
    assert any(output.output_type == "error" for output in outputs)


@pytest.mark.end_to_end
def test_a_kernel_that_dies_is_told(remission):
    remission.add_cell("time_to_event", "import os; os._exit(1)")
    message = failure(remission)
    assert "run remission, " in message
    assert "Kernel died" in message or "did not run" in message


@pytest.mark.end_to_end
def test_a_notebook_that_leaves_early_is_told(remission):
    remission.add_cell("time_to_event", "import sys; sys.exit(0)")
    message = failure(remission)
    assert "run remission, " in message
    assert f"cell [{ADDED}], line: import sys; sys.exit(0)" in message


@pytest.mark.end_to_end
def test_a_notebook_that_records_nothing_is_told(project):
    project.run_alone("population")
    file = project.folder / "notebooks" / "population.ipynb"
    notebook = nbformat.read(file, 4)
    notebook.cells.pop()
    nbformat.write(notebook, file)
    assert "population.ipynb: no record was written; end with records.write()" in failure(project)


@pytest.mark.end_to_end
def test_a_name_recorded_twice_is_told(remission):
    remission.add_cell("time_to_event", "records.add(event_reasons(data, endpoint))")
    message = failure(remission)
    assert "ValueError: record 'remission.reason(" in message
    assert "is recorded already: give each number a name of its own" in message


@pytest.mark.end_to_end
def test_a_number_that_is_not_the_packages_under_its_name_is_told(remission):
    """A notebook that was changed must not show one number and be judged by another."""
    cell = "from dataclasses import replace"
    remission.add_cell("time_to_event", cell)
    notebook = remission.folder / "notebooks" / "time_to_event.ipynb"
    text = notebook.read_text(encoding="utf-8")
    changed = "records.add({key: replace(result, n=1) for key, result in event_reasons(data, endpoint).items()})"
    at = text.index("records.add(event_reasons(data, endpoint))")
    text = (
        text[:at]
        + 'from dataclasses import replace\\n",\n    "'
        + changed
        + text[at + len("records.add(event_reasons(data, endpoint))") :]
    )
    notebook.write_text(text, encoding="utf-8")
    message = failure(remission)
    assert "recorded by a notebook with another value than smmlib.analysis gives: remission.reason(" in message


@pytest.mark.end_to_end
def test_two_runs_of_the_same_endpoint_are_told(project):
    again = f"{RUN}\n  again: {{notebook: time_to_event, parameters: {{endpoint: remission}}}}"
    project.replace(STUDY, (RUN, again))
    assert "was recorded by another run already" in failure(project)


@pytest.mark.end_to_end
def test_something_else_than_a_result_cannot_be_recorded(remission):
    remission.add_cell("time_to_event", "records.add({key: 0.18 for key in event_reasons(data, endpoint)})")
    assert "is 0.18: record an Estimate or a HypothesisTest" in failure(remission)


def test_a_claim_about_nothing_is_told_with_its_line(project):
    project.replace(STUDY, ("number: remission.logrank,", "number: remission.log_rank,"))
    line = 1 + project.params(STUDY).read_text(encoding="utf-8").split("number: remission.log_rank")[0].count("\n")
    message = refusal(project)
    assert f"{STUDY}.yaml:{line}: published." in message
    assert "number: there is no number 'remission.log_rank'; near to it are remission.logrank" in message


@pytest.mark.end_to_end
def test_a_second_program_that_differs_fails(remission, monkeypatch):
    monkeypatch.setattr("smmlib.report.verification.verify.LARGEST_DIFFERENCE", -1.0)
    assert "second implementation differs: remission." in failure(remission)


def test_a_missing_arm_is_told(project):
    project.replace(STUDY, ("value: Placebo", "value: Sugar"))
    message = refusal(project)
    assert "adsl.csv: TRT01P nobody was randomised to 'Sugar', the value of arm placebo" in message
    assert "the column holds '6-mercaptopurine' 21, 'Placebo' 21" in message


def test_a_missing_column_is_told(project):
    project.replace(STUDY, ("variable: TRT01P", "variable: TRT01A"))
    assert "adsl.csv: no column TRT01A (is it TRT01P?); the table has STUDYID, USUBJID, TRT01P" in refusal(project)


def test_a_missing_file_stops_before_anything_runs(project):
    project.replace(STUDY, ("times: adtte.csv", "times: absent.csv"))
    with pytest.raises(ParametersError, match=r"freireich-1963.yaml:\d+: data.times: there is no file"):
        project.make(STUDY)


@pytest.fixture
def said(project, monkeypatch, capfd):
    """Run the command line on studies of the project: the exit code and what was said."""
    monkeypatch.setattr(command, "PROJECT", project.folder)

    def said(*studies):
        code = command.main([*(str(project.params(study)) for study in studies), "--reports", str(project.reports)])
        return code, capfd.readouterr().err

    return said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("time_unit: weeks", "time_unit: moons"), [f"{STUDY}.yaml:15: time_unit: "]),
        (("variable: TRT01P", "variable: TRT01A"), ["no report", "no column TRT01A"]),
        (("endpoint: remission}}", "endpoint: remission, tau: 1}}"), ["no report", "'tau' is not declared"]),
    ],
    ids=["parameters", "table", "notebook"],
)
def test_the_command_line_says_what_is_wrong_with_the_input_and_its_exit_code_is_2(project, said, change, words):
    project.replace(STUDY, change)
    code, message = said(STUDY)
    assert code == 2
    for word in [*words, "Nothing was run", "the last good report is as it was"]:
        assert word in message
    assert "Traceback" not in message


@pytest.mark.end_to_end
def test_a_claim_that_is_not_reproduced_fails_with_the_page_that_shows_it_and_exit_code_1(project, said):
    project.replace(STUDY, ('statistic: "16.79"', 'statistic: "16.80"'))
    code, message = said(STUDY)
    assert code == 1
    assert "not reproduced: remission.logrank.placebo_vs_6-mp, published 16.80, shown 16.79" in message
    for word in ["no report", partial_folder(project).name, "the last good report is as it was"]:
        assert word in message
    assert "Traceback" not in message
    assert (partial_folder(project) / "index.html").is_file()


@pytest.mark.end_to_end
def test_one_study_that_fails_does_not_stop_the_next_and_the_worst_exit_code_counts(project, said):
    for name, change in (("table", ("variable: TRT01P", "variable: TRT01A")), ("claim", ('"16.79"', '"16.80"'))):
        copy = project.params(name)
        copy.write_text(project.params(STUDY).read_text(encoding="utf-8"), encoding="utf-8")
        project.replace(name, (f"study: {STUDY}", f"study: {name}"), change)
    code, message = said("table", "claim")
    assert code == 2
    assert "table: no report" in message
    assert "claim: no report" in message


@pytest.mark.end_to_end
def test_ctrl_c_leaves_no_kernel_and_the_last_report(remission):
    marker = remission.folder / "running"
    remission.add_cell("time_to_event", f"import time; open({str(marker)!r}, 'w').close(); time.sleep(600)")
    with Started(remission.command(STUDY)) as started:
        started.wait_for(marker.exists, "the notebook runs")
        os.killpg(started.run.pid, signal.SIGINT)
        code, said = started.ends()
    assert code == 130, said
    assert "interrupted, no report; the last good one is as it was" in said
    assert "Traceback" not in said
