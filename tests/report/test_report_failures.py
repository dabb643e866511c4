"""What goes wrong is said with its place, the exit code is not zero, and the last good report stays whole."""

import os
import signal
import subprocess
import time

import nbformat
import pytest
from report_project import ReportProject, contents
from started_commands import from_a_terminal

from smmlib.ownership.report_mark import write_mark
from smmlib.report import command
from smmlib.report.run import InputError, ReportError
from smmlib.report.running.execute import NotebookError, check_parameters
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand

STUDY = "freireich-1963"
RUN = "remission: {notebook: time_to_event, parameters: {endpoint: remission}}"


@pytest.fixture
def project(tmp_path):
    """A project with a last good report; afterwards that report must be what it was."""
    project = ReportProject(tmp_path)
    good = project.reports / STUDY
    good.mkdir(parents=True)
    (good / "index.html").write_text("the last good report", encoding="utf-8")
    write_mark(good, STUDY, sealed=True)
    before = contents(good)
    yield project
    assert contents(good) == before
    assert not list(project.reports.glob("*.previous-*"))


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
            ["no notebook 'time-to-event'", "population, reconstruct, reconstruction, response, time_to_event"],
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


def test_a_notebook_that_raises_is_named_with_its_cell_and_record(project):
    project.add_cell("time_to_event", 'from smmlib import survival_at\ntail = survival_at(curves["6-mp"], -1)')
    message = failure(project)
    assert "run remission" in message
    assert "notebooks/time_to_event.ipynb, cell [11], line: " in message
    assert 'line: tail = survival_at(curves["6-mp"], -1)' in message
    assert "ValueError: time is -1: a landmark" in message
    partial = partial_folder(project) / "notebooks" / "remission.ipynb"
    outputs = [output for cell in nbformat.read(partial, 4).cells for output in cell.get("outputs", [])]
    assert any(output.output_type == "error" for output in outputs)


def test_a_kernel_that_dies_is_told(project):
    project.add_cell("time_to_event", "import os; os._exit(1)")
    message = failure(project)
    assert "run remission, " in message
    assert "Kernel died" in message or "did not run" in message


def test_a_notebook_that_leaves_early_is_told(project):
    project.add_cell("time_to_event", "import sys; sys.exit(0)")
    message = failure(project)
    assert "run remission, " in message
    assert "cell [11], line: import sys; sys.exit(0)" in message


def test_a_notebook_that_records_nothing_is_told(project):
    file = project.folder / "notebooks" / "population.ipynb"
    notebook = nbformat.read(file, 4)
    notebook.cells.pop()
    nbformat.write(notebook, file)
    assert "population.ipynb: no record was written; end with records.write()" in failure(project)


def test_a_name_recorded_twice_is_told(project):
    project.add_cell("time_to_event", "records.add(event_reasons(data, endpoint))")
    message = failure(project)
    assert "ValueError: record 'remission.reason(" in message
    assert "is recorded already: give each number a name of its own" in message


def test_a_number_that_is_not_the_packages_under_its_name_is_told(project):
    """A notebook that was changed must not show one number and be judged by another."""
    cell = "from dataclasses import replace"
    project.add_cell("time_to_event", cell)
    notebook = project.folder / "notebooks" / "time_to_event.ipynb"
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
    message = failure(project)
    assert "recorded by a notebook with another value than smmlib.analysis gives: remission.reason(" in message


def test_two_runs_of_the_same_endpoint_are_told(project):
    again = f"{RUN}\n  again: {{notebook: time_to_event, parameters: {{endpoint: remission}}}}"
    project.replace(STUDY, (RUN, again))
    assert "was recorded by another run already" in failure(project)


def test_something_else_than_a_result_cannot_be_recorded(project):
    project.add_cell("time_to_event", "records.add({key: 0.18 for key in event_reasons(data, endpoint)})")
    assert "is 0.18: record an Estimate or a HypothesisTest" in failure(project)


def test_a_claim_about_nothing_is_told_with_its_line(project):
    project.replace(STUDY, ("number: remission.logrank,", "number: remission.log_rank,"))
    line = 1 + project.params(STUDY).read_text(encoding="utf-8").split("number: remission.log_rank")[0].count("\n")
    message = refusal(project)
    assert f"{STUDY}.yaml:{line}: published." in message
    assert "number: there is no number 'remission.log_rank'; near to it are remission.logrank" in message


def test_a_claim_that_is_not_reproduced_fails(project):
    project.replace(STUDY, ('statistic: "16.79"', 'statistic: "16.80"'))
    message = failure(project)
    assert "not reproduced: remission.logrank.placebo_vs_6-mp, published 16.80, shown 16.79" in message
    assert (partial_folder(project) / "index.html").is_file()


def test_a_second_program_that_differs_fails(project, monkeypatch):
    monkeypatch.setattr("smmlib.report.verification.verify.LARGEST_DIFFERENCE", -1.0)
    assert "second implementation differs: remission." in failure(project)


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


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("time_unit: weeks", "time_unit: moons"), 2, [f"{STUDY}.yaml:15: time_unit: ", "Nothing was run"]),
        (("variable: TRT01P", "variable: TRT01A"), 2, ["no report", "no column TRT01A", "Nothing was run"]),
        (
            ("endpoint: remission}}", "endpoint: remission, tau: 1}}"),
            2,
            ["no report", "'tau' is not declared", "Nothing was run"],
        ),
        (('statistic: "16.79"', 'statistic: "16.80"'), 1, ["no report", "not reproduced", f"{STUDY}.partial"]),
    ],
    ids=["parameters", "table", "notebook", "claim"],
)
def test_the_command_line_says_so_and_its_exit_code_tells_input_from_result(project, change, code, words):
    project.replace(STUDY, change)
    ended = subprocess.run(project.command(STUDY), capture_output=True, text=True, check=False)
    assert ended.returncode == code
    for word in [*words, "the last good report is as it was"]:
        assert word in ended.stderr
    assert "Traceback" not in ended.stderr


def test_one_study_that_fails_does_not_stop_the_next_and_the_worst_exit_code_counts(project, monkeypatch, capfd):
    monkeypatch.setattr(command, "PROJECT", project.folder)
    for name, change in (("table", ("variable: TRT01P", "variable: TRT01A")), ("claim", ('"16.79"', '"16.80"'))):
        copy = project.params(name)
        copy.write_text(project.params(STUDY).read_text(encoding="utf-8"), encoding="utf-8")
        project.replace(name, (f"study: {STUDY}", f"study: {name}"), change)
    files = [str(project.params(name)) for name in ("table", "claim")]
    assert command.main([*files, "--reports", str(project.reports)]) == 2
    said = capfd.readouterr().err
    assert "table: no report" in said
    assert "claim: no report" in said


def test_ctrl_c_leaves_no_kernel_and_the_last_report(project):
    marker = project.folder / "running"
    project.add_cell("time_to_event", f"import time; open({str(marker)!r}, 'w').close(); time.sleep(600)")
    command_line = from_a_terminal(project.command(STUDY))
    run = subprocess.Popen(command_line, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 120
    while not marker.exists() and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert "interrupted, no report; the last good one is as it was" in said
    assert "Traceback" not in said
