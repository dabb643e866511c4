"""Files that the package writes among a user's own: none of the user's is overwritten, its own in one step."""

import csv
import os
import stat

import pandas as pd
import pytest
from curves_study import CurvesStudy
from PIL import Image
from ranges_trial import cohorts
from ranges_trial import write as write_ranges_trial
from report_project import PROJECT

from smmlib.analysis.keys import Key
from smmlib.calibration import command as make_cohorts
from smmlib.calibration.ensemble_file import is_ensemble, write_cohorts
from smmlib.curves import reconstructed_tables
from smmlib.curves.reconstructed_tables import make_tables
from smmlib.display.ensemble_figure import is_such_png
from smmlib.ownership.files import (
    RECONSTRUCTED,
    SYNTHETIC,
    NotOursError,
    is_made_up,
    refuse_to_overwrite,
    write_whole,
)
from smmlib.ownership.lock import lock
from smmlib.report import check
from smmlib.report.claims import command as make_ranges
from smmlib.report.claims.range_file import Range, ranges_file, write_ranges
from smmlib.trial import read_study
from smmlib.trial.new_study.command import main as start
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand

DATASETS = PROJECT / "smmlib" / "datasets"
MINE = "STUDYID,USUBJID\nTRIAL-1,001\n"


# ---- tables of patients who were made up


@pytest.mark.parametrize("file", sorted(DATASETS.glob("*/ad*.csv")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_bundled_tables_are_known_for_what_they_are(file):
    assert is_made_up(file, SYNTHETIC) == (file.parent.name != "freireich-1963")
    assert not is_made_up(file, RECONSTRUCTED)


def test_bundled_ensembles_ranges_and_their_figures_are_ours():
    assert len(list(DATASETS.glob("*/ensemble.parquet"))) == 5
    for file in DATASETS.glob("*/ensemble.parquet"):
        assert is_ensemble(file)
        assert ranges_file(read_study(PROJECT / "params" / f"{file.parent.name}.yaml")) == file.with_name("ranges.csv")
        assert is_such_png(PROJECT / "docs" / "ensembles" / f"{file.parent.name}.png")


@pytest.mark.parametrize(
    "text",
    [
        MINE,
        "",
        "STUDYID,USUBJID\n",
        "STUDYID,USUBJID\nX-SYNTHETIC,1\nTRIAL-1,001\n",
        "USUBJID,STUDYID\nX-SYNTHETIC,1\n",
        "STUDYID,USUBJID\nX-SYNTHETIC,1\n\n",
        "STUDYID,USUBJID\nX-SYNTHETIC,\udcff\n",
        '"' * 200_000,
    ],
)
def test_a_table_in_which_one_row_is_somebody_elses_is_somebody_elses(tmp_path, text):
    file = tmp_path / "adsl.csv"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert not is_made_up(file, SYNTHETIC)


def test_a_link_is_not_written_through(tmp_path):
    (tmp_path / "mine.csv").write_text("STUDYID,USUBJID\nX-SYNTHETIC,1\n", encoding="utf-8")
    for link, aim in (("link.csv", "mine.csv"), ("dangling.csv", "nowhere")):
        (tmp_path / link).symlink_to(aim)
        with pytest.raises(NotOursError, match=f"{link}: there already, and not made by smmlib; move it away"):
            refuse_to_overwrite([tmp_path / link], lambda file: True)


# ---- make cohorts


@pytest.fixture
def of_synthetic(tmp_path):
    """A study that has synthetic patients made, its tables in a folder that it shares with its user's files."""
    text = (PROJECT / "params" / "e3a06-2020.yaml").read_text(encoding="utf-8")
    file = tmp_path / "study.yaml"
    file.write_text(text.replace("  bundled: e3a06-2020\n", ""), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["adsl.csv", "adrs.csv", "ensemble.parquet"])
def test_cohorts_are_not_made_over_tables_of_the_user(of_synthetic, capsys, name):
    mine = of_synthetic.with_name(name)
    mine.write_text(MINE, encoding="utf-8")
    assert make_cohorts.main([str(of_synthetic), "--jobs", "1"]) == 2
    said = capsys.readouterr().err
    assert (
        said == f"{of_synthetic}: nothing was written.\n{mine}: there already, and not made by smmlib; move it away.\n"
    )
    assert sorted(path.name for path in of_synthetic.parent.iterdir()) == sorted(["study.yaml", name])
    assert mine.read_text(encoding="utf-8") == MINE


def test_an_ensemble_is_known_by_its_columns(tmp_path):
    file = tmp_path / "ensemble.parquet"
    write_cohorts(cohorts(), file)
    assert is_ensemble(file)
    pd.DataFrame({"USUBJID": ["1"]}).to_parquet(file)
    assert not is_ensemble(file)


def test_ranges_are_not_written_over_a_file_of_the_user(tmp_path, capsys):
    params = write_ranges_trial(tmp_path)
    (tmp_path / "ranges.csv").write_text("laboratory,low,high\n", encoding="utf-8")
    study = read_study(params)
    write_cohorts(cohorts(), tmp_path / "ensemble.parquet")
    assert make_ranges.main([str(params)]) == 2
    assert "ranges.csv: there already, and not made by smmlib" in capsys.readouterr().err
    with pytest.raises(NotOursError):
        write_ranges(study, {}, {})
    assert (tmp_path / "ranges.csv").read_text(encoding="utf-8") == "laboratory,low,high\n"


def test_ranges_are_written_over_ranges(tmp_path):
    study = read_study(write_ranges_trial(tmp_path))
    for value in (1.0, 2.0):
        number = Key("population", "randomised"), "value"
        write_ranges(study, {number: value}, {number: Range(value, value, 1, 0)})
    with (tmp_path / "ranges.csv").open(newline="", encoding="utf-8") as stream:
        assert [row["value"] for row in csv.DictReader(stream)] == ["2"]


def test_the_figure_of_an_ensemble_is_not_drawn_over_a_file_of_the_user(tmp_path, capsys):
    params = write_ranges_trial(tmp_path)
    write_cohorts(cohorts(), tmp_path / "ensemble.parquet")
    file = tmp_path / "figures" / f"{read_study(params).study}.png"
    file.parent.mkdir()
    Image.new("P", (2, 2)).save(file)
    before = file.read_bytes()
    assert make_ranges.main([str(params), "--figures", str(file.parent)]) == 2
    assert f"{file}: there already, and not made by smmlib" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert not (tmp_path / "ranges.csv").exists()


# ---- patients reconstructed from curves


@pytest.fixture
def curves(tmp_path):
    study = CurvesStudy(tmp_path / "trial")
    study.tables.mkdir(parents=True)
    return study


@pytest.mark.parametrize("name", ["adsl.csv", "adtte.csv", "made-from.json"])
def test_tables_of_the_user_are_not_taken_for_reconstructed_ones(curves, capfd, name):
    (curves.tables / name).write_text(MINE, encoding="utf-8")
    with pytest.raises(ParametersError, match=f"{name}: there already, and not made by smmlib; move it away"):
        make_tables(curves.params)
    assert check.main([str(curves.params)]) == 2
    assert f"{name}: there already" in capfd.readouterr().err
    assert [path.name for path in curves.tables.iterdir()] == [name]
    assert (curves.tables / name).read_text(encoding="utf-8") == MINE


def test_tables_whose_writing_was_cut_short_are_written_again(curves):
    make_tables(curves.params)
    (curves.tables / "made-from.json").unlink()
    (curves.tables / "adtte.csv").unlink()
    assert len(make_tables(curves.params)) == 2
    assert sorted(path.name for path in curves.tables.iterdir()) == ["adsl.csv", "adtte.csv", "made-from.json"]


def test_tables_that_another_process_writes_are_waited_for(curves, monkeypatch):
    """Whoever has waited finds them made, and does not write them again."""
    monkeypatch.setattr(reconstructed_tables, "PATIENCE", 0)
    with (
        lock(curves.tables.with_name(".drawn.lock")),
        pytest.raises(ParametersError, match=rf"held by process {os.getpid()} on .*: the reconstructed tables cannot"),
    ):
        make_tables(curves.params)
    assert list(curves.tables.iterdir()) == []
    reconstruct = reconstructed_tables.reconstruct_curves

    def and_another_makes_them(study):
        found = reconstruct(study)
        monkeypatch.setattr(reconstructed_tables, "reconstruct_curves", reconstruct)
        make_tables(curves.params)
        written.update({path.name: path.stat().st_ino for path in curves.tables.iterdir()})
        return found

    written = {}
    monkeypatch.setattr(reconstructed_tables, "reconstruct_curves", and_another_makes_them)
    make_tables(curves.params)
    assert {path.name: path.stat().st_ino for path in curves.tables.iterdir()} == written


# ---- a new study


def test_a_new_study_is_not_written_through_a_link(tmp_path, capsys):
    (tmp_path / "salt.txt").symlink_to("elsewhere")
    assert start(["my-trial", str(tmp_path)]) == 2
    assert "salt.txt: there already; choose another folder. Nothing was written." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["salt.txt"]


def test_a_new_study_in_a_file_is_refused_in_words(tmp_path, capsys):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    for folder, why in (("mine", "File exists"), ("mine/inside", "Not a directory")):
        assert start(["my-trial", str(tmp_path / folder)]) == 2
        assert f"{tmp_path / folder} cannot be written: {why}; choose another folder." in capsys.readouterr().err


# ---- in one step


def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "table.csv"
    write_whole(file, b"old")
    write_whole(file, b"good")
    assert stat.S_IMODE(file.stat().st_mode) & stat.S_IRUSR

    def no_space(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    with pytest.raises(OSError, match="No space left") as failed:
        write_whole(file, b"new")
    assert failed.value.filename == str(file)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"good"]
