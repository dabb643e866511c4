"""Paths that lead to no file: each is called what it is, wherever a file of the user is opened, and nothing waits."""

import os
import socket
from contextlib import contextmanager
from pathlib import Path

import pytest
from project_files import PARAMS
from report_project import ReportProject

from smmlib.curves.curve_points import read_censor_times, read_points
from smmlib.curves.digitise import digitise
from smmlib.curves.digitising.digitised_figure import DigitiseError
from smmlib.report.claims.every_cohort import EnsembleError, ensemble_file
from smmlib.report.run import InputError
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError, read_yaml
from smmlib.trial.regular_file import UnusableFileError, check_regular, open_regular, read_regular
from smmlib.trial.tables.cells import read_cells
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

FREIREICH = PARAMS / "freireich-1963.yaml"
NOBODY = 65534


def folder(path):
    path.mkdir()


def pipe(path):
    os.mkfifo(path)


def socket_file(path):
    # The name of a socket may have some hundred characters only.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(before)


def device(path):
    path.symlink_to("/dev/zero")


def dangling_link(path):
    path.symlink_to("gone")


def loop_of_links(path):
    other = path.with_name(f"other-{path.name}")
    path.symlink_to(other)
    other.symlink_to(path)


def under_a_file(path):
    path.parent.rmdir()
    path.parent.write_text("a file")


WORDS = {
    folder: "is a folder: name the file in it",
    pipe: r"is a named pipe \(FIFO\), not a file",
    socket_file: "is a socket, not a file",
    device: "is a device, not a file",
    dangling_link: "is a link to 'gone', which does not exist: correct the link",
    loop_of_links: "is a link that leads back to itself",
}
READERS = {
    "study.yaml": (ParametersError, read_yaml),
    "again.yaml": (ParametersError, read_study),
    "adsl.csv": (DataError, read_cells),
    "adsl.parquet": (DataError, read_cells),
    "adsl.xpt": (DataError, read_cells),
    "adsl.sas7bdat": (DataError, read_cells),
    "adsl.json": (DataError, read_cells),
    "adsl.ndjson": (DataError, read_cells),
    "curve.csv": (DataError, read_points),
    "ticks.csv": (DataError, read_censor_times),
    "figure.svg": (DigitiseError, digitise),
    "figure.pdf": (DigitiseError, digitise),
}


@pytest.fixture(params=READERS)
def name(request):
    return request.param


@pytest.mark.parametrize(("make", "words"), WORDS.items(), ids=[make.__name__ for make in WORDS])
def test_what_is_no_file_is_called_what_it_is(name, make, words, tmp_path):
    kind, read = READERS[name]
    make(tmp_path / name)
    with pytest.raises(kind, match=words):
        read(tmp_path / name)


@pytest.mark.parametrize("path", ["absent", "file/below"])
def test_what_is_not_there_is_said(path, tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(UnusableFileError, match="does not exist") as refused:
        check_regular(tmp_path / path)
    assert refused.value.is_absent


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a\0b", "has a name that no file can have"),
        ("\ud800", "no file can have|is not in UTF-8: rename it"),
        ("a" * 300, "has a name that is too"),
    ],
)
def test_names_that_cannot_be(name, path, words, tmp_path):
    kind, read = READERS[name]
    with pytest.raises(kind, match=words):
        read(tmp_path / f"{path}{Path(name).suffix}")


def test_a_file_that_may_not_be_read(name, tmp_path):
    kind, read = READERS[name]
    (tmp_path / name).write_text("x")
    (tmp_path / name).chmod(0)
    with as_nobody(tmp_path), pytest.raises(kind, match="cannot be opened: Permission denied"):
        read(tmp_path / name)


@contextmanager
def as_nobody(folder):
    """The rights of the user nobody, where the tests are root's and could read everything."""
    if os.geteuid():
        yield
        return
    for above in (folder, *list(folder.parents)[:2]):
        above.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_pipe_in_the_place_of_a_file_that_was_looked_at_is_not_waited_for(tmp_path, monkeypatch):
    pipe(tmp_path / "pipe")
    (tmp_path / "file").write_text("x")
    looked_at = os.stat(tmp_path / "file")
    monkeypatch.setattr("smmlib.trial.regular_file.check_regular", lambda _: looked_at)
    with pytest.raises(UnusableFileError, match="is a named pipe"), open_regular(tmp_path / "pipe"):
        pass


def test_a_link_to_a_file_is_followed(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link") == b"x"


@pytest.mark.parametrize(
    "name", ["a\nb", "a\x1b[31mb", "‮gnp", "a\udcffb", "ä ö'\"`$(x)", "{x.__class__}", "-rf", "a\\b", "=1+1", "#"]
)
def test_any_name_that_the_file_system_allows_is_read_and_shown_on_one_line(name, tmp_path):
    file = tmp_path / f"{name}.csv"
    file.write_text("USUBJID\n1\n")
    assert read_cells(file).table["USUBJID"].tolist() == ["1"]
    file.write_text("USUBJID\n\n1\n")
    with pytest.raises(DataError) as refused:
        read_cells(file)
    assert str(refused.value).endswith(".csv: line 2: is blank: take it out")
    assert str(refused.value).isprintable()
    parameters = tmp_path / f"{name}.yaml"
    parameters.write_text(FREIREICH.read_text(encoding="utf-8") + "extra: 1\n", encoding="utf-8")
    with pytest.raises(ParametersError) as refused:
        read_study(parameters)
    assert all(line.isprintable() for line in str(refused.value).splitlines())


def test_a_table_of_a_study_that_is_no_file_is_called_what_it_is(tmp_path):
    text = FREIREICH.read_text(encoding="utf-8")
    assert "  bundled: freireich-1963\n" in text
    (tmp_path / "study.yaml").write_text(text.replace("  bundled: freireich-1963\n", ""), encoding="utf-8")
    pipe(tmp_path / "adsl.csv")
    with pytest.raises(ParametersError) as refused:
        read_study(tmp_path / "study.yaml")
    assert f"data.subjects: {tmp_path}/adsl.csv is a named pipe (FIFO), not a file" in str(refused.value)
    assert f"data.times: there is no file {tmp_path}/adtte.csv." in str(refused.value)


def test_a_notebook_and_an_ensemble_that_are_no_files_are_called_what_they_are(tmp_path):
    project = ReportProject(tmp_path)
    notebook = project.folder / "notebooks" / "population.ipynb"
    notebook.unlink()
    pipe(notebook)
    with pytest.raises(InputError, match=r"runs\.population: the notebook 'population' is a named pipe"):
        project.make("freireich-1963")
    study = read_study(project.params("freireich-1963"))
    beside = study.model_copy(update={"data": study.data.model_copy(update={"subjects": str(tmp_path / "adsl.csv")})})
    with pytest.raises(EnsembleError, match=r"there is no .*ensemble\.parquet"):
        ensemble_file(beside)
    pipe(tmp_path / "ensemble.parquet")
    with pytest.raises(EnsembleError, match=r"ensemble\.parquet is a named pipe"):
        ensemble_file(beside)
