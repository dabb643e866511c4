"""The tables of reconstructed patients: whole, the same each time, and made anew when their curves change."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from curves_study import CurvesStudy

from smmlib.curves.digitising.digitised_figure import DigitisedCurve, DigitisedFigure
from smmlib.curves.reconstructed_curves import drawn_arm, reconstruct_curves
from smmlib.curves.reconstructed_tables import main as make
from smmlib.curves.reconstructed_tables import make_tables, subject_rows, time_rows
from smmlib.report import check
from smmlib.report.command import main
from smmlib.trial import read_study, read_tables, time_to_event
from smmlib.trial.parameters import reconstructed_files
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

NO_PATIENTS = r"holds no patients of data\.curves as they are now: make report, or `smmlib curves`"
NOTHING_RUN = "Nothing was run; the last good report is as it was.\n"


@pytest.fixture
def study(tmp_path):
    return CurvesStudy(tmp_path / "trial")


def rows(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def every_file(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_four_patients_an_arm_are_found_again(study):
    make_tables(study.params)
    subjects, times = rows(study.tables / "adsl.csv"), rows(study.tables / "adtte.csv")
    assert [row["USUBJID"] for row in subjects] == [
        *(f"RECON-new-{number:03d}" for number in range(1, 5)),
        *(f"RECON-old-{number:03d}" for number in range(1, 5)),
    ]
    assert {row["STUDYID"] for row in subjects + times} == {"drawn-RECONSTRUCTED"}
    found = {(row["PARAMCD"], row["USUBJID"]): (float(row["AVAL"]), row["CNSR"]) for row in times}
    assert len(found) == 16
    assert [found["OS", f"RECON-old-{number:03d}"] for number in range(1, 5)] == [
        (1, "0"),
        (2, "0"),
        (3, "0"),
        (4, "0"),
    ]
    assert [found["OS", f"RECON-new-{number:03d}"] for number in range(1, 5)] == [
        (2, "0"),
        (5, "1"),
        (5, "1"),
        (5, "1"),
    ]
    assert [found["PFS", f"RECON-new-{number:03d}"] for number in range(1, 5)] == [
        (1, "0"),
        (2, "1"),
        (4, "0"),
        (6, "1"),
    ]


def test_an_endpoint_with_fewer_patients_is_analysed_in_its_own_population(study):
    (study.folder / "two.csv").write_text("time,survival\n0,1\n1,1\n1,0.5\n4,0.5\n4,0\n", encoding="utf-8")
    study.change("pfs-new.csv, patients: 4, events: 2, censor_times: pfs-new-ticks.csv", "two.csv, patients: 2")
    study.change("population: everybody", "  of-pfs: {label: those drawn, flag: PFSFL}\npopulation: everybody")
    study.change("paramcd: PFS,", "paramcd: PFS, population: of-pfs,")
    make_tables(study.params)
    read = read_study(study.params)
    tables = read_tables(read)
    assert [row["PFSFL"] for row in rows(study.tables / "adsl.csv")] == [*"YYNN", *"YYYY"]
    pfs, os = (time_to_event(read, tables, endpoint) for endpoint in ("pfs", "os"))
    assert sum(pfs.arm == "new") == 2
    assert sum(os.arm == "new") == 4


def test_the_same_curves_give_the_same_bytes_and_are_not_made_twice(study):
    written = make_tables(study.params)
    assert written == [str(study.tables / "adsl.csv"), str(study.tables / "adtte.csv")]
    first = every_file(study.tables)
    assert list(first) == ["adsl.csv", "adtte.csv", "made-from.json"]
    assert make_tables(study.params) == []
    for file in study.tables.iterdir():
        file.unlink()
    make_tables(study.params)
    assert every_file(study.tables) == first


@pytest.mark.parametrize(
    "change",
    [
        ("1,1", "0.5,1", "os-old.csv"),
        ("time\n2\n6", "time\n3\n6", "pfs-new-ticks.csv"),
        ("event_label: Death", "event_label: Death of any cause", "study.yaml"),
        ("RECON-new-001", "RECON-new-009", "reconstructed/drawn/adsl.csv"),
    ],
)
def test_what_is_no_longer_so_is_refused_until_it_is_made_anew(study, change):
    make_tables(study.params)
    good = every_file(study.tables)
    assert len(read_tables(read_study(study.params)).subjects) == 8
    study.change(*change)
    with pytest.raises(DataError, match=rf"{study.tables}/adsl\.csv: {NO_PATIENTS}"):
        read_tables(read_study(study.params))
    make_tables(study.params)
    assert len(read_tables(read_study(study.params)).subjects) == 8
    assert (every_file(study.tables) == good) == ("RECON" in change[0])


def test_a_change_that_the_curves_have_no_part_in_makes_nothing(study):
    make_tables(study.params)
    study.change("title: Drawn", "title: Two drawn arms")
    study.change("landmarks: [2]", "landmarks: [3]")
    assert make_tables(study.params) == []


def test_another_version_of_the_program_makes_them_anew(study, monkeypatch):
    make_tables(study.params)
    monkeypatch.setattr(reconstructed_files, "version", lambda package: "0.0.0")
    assert len(make_tables(study.params)) == 2


def test_the_same_tables_are_read_from_frames_and_from_files(study):
    make_tables(study.params)
    read = read_study(study.params)
    made = {"subjects": subject_rows(read), "times": time_rows(read, reconstruct_curves(read))}
    of_frames = read_tables(read, {name: pd.DataFrame(rows) for name, rows in made.items()})
    of_files = read_tables(read)
    for name in made:
        frame, file = getattr(of_frames, name), getattr(of_files, name)
        pd.testing.assert_frame_equal(frame.drop(columns="place"), file.drop(columns="place"))
    assert list(of_frames.subjects["place"])[:2] == ["record 1", "record 2"]


def test_half_written_tables_are_not_taken_for_good(study):
    make_tables(study.params)
    (study.tables / "made-from.json").unlink()
    with pytest.raises(DataError, match=NO_PATIENTS):
        read_tables(read_study(study.params))


def test_every_conflict_is_told_with_its_line_and_nothing_is_run(study, capfd):
    assert make([str(study.params)]) == 0
    tables, report = every_file(study.tables), study.folder / "reports" / "drawn"
    report.mkdir(parents=True)
    (report / "index.html").write_text("the last good report", encoding="utf-8")
    rising = study.change("new: {points: os-new.csv", "new:  {points: os-new.csv")
    study.change("2,0.75\n5,0.75", "2,0.5\n5,0.75", file="os-new.csv")
    ticks = study.change(
        "new: {points: pfs-new.csv, patients: 4, events: 2", "new: {points: pfs-new.csv, patients: 4, events: 9"
    )
    study.change("3,0.25", "3;0.25", file="os-old.csv")
    capfd.readouterr()
    assert main([str(study.params), "--reports", str(report.parent)]) == 2
    said = capfd.readouterr().err
    assert said.endswith(NOTHING_RUN)
    assert check.main([str(study.params)]) == 2
    checked = capfd.readouterr().err
    assert make([str(study.params)]) == 2
    for message in (said, checked, capfd.readouterr().err):
        assert f"study.yaml:{rising}: data.curves.os.new: " in message
        assert f"study.yaml:{ticks}: data.curves.pfs.new: " in message
        assert "os-old.csv: line 7: has 1 cell, but must be 2 cells long" in message
        assert "Traceback" not in message
    assert every_file(study.tables) == tables
    assert every_file(report) == {"index.html": b"the last good report"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("time,survival", "0,1", "has no column time, but 0, 1: name the columns time and survival in the first line"),
        ("1,1", '1,"1,0"', "line 2: survival is '1,0', but must be a number with a decimal point"),
        ("1,1", "1,", "line 2: survival is '', but must be a number"),
        ("1,1", "1,nan", "line 2: survival is 'nan', but must be a number"),
    ],
)
def test_points_that_are_no_numbers_are_named(study, old, new, words):
    study.change(old, new, file="os-old.csv")
    with pytest.raises(ParametersError) as refused:
        make_tables(study.params)
    assert words in str(refused.value)


def test_reconstructed_patients_are_not_taken_for_patients(study):
    """Whoever copies the tables to a study of their own is told what they are."""
    make_tables(study.params)
    text = study.params.read_text(encoding="utf-8")
    tables = "  subjects: reconstructed/drawn/adsl.csv\n  times: reconstructed/drawn/adtte.csv\n"
    text = text[: text.index("  curves:\n")] + tables + text[text.index("time_unit") :]
    text = text.replace("origin: reconstructed", "origin: patients").replace(
        "  reconstruction: {notebook: reconstruction}\n", ""
    )
    study.params.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"STUDYID says that the patients are reconstructed, so data\.origin must"):
        read_tables(read_study(study.params))


def test_the_stamp_holds_hashes_and_no_path(study):
    make_tables(study.params)
    stamp = json.loads((study.tables / "made-from.json").read_text(encoding="utf-8"))
    assert list(stamp) == ["made_from", "subjects", "times"]
    assert all(len(value) == 64 for value in stamp.values())


def test_a_folder_that_cannot_be_written_is_named(study, capfd):
    (study.folder / "reconstructed").write_text("a file where the folder would be", encoding="utf-8")
    assert make([str(study.params)]) == 2
    assert "reconstructed/drawn: the reconstructed tables cannot be written: Not a directory." in capfd.readouterr().err


def test_numbers_at_risk_under_another_name_are_said_to_be_unused():
    curve = DigitisedCurve("#333333", "#333333", np.array([0.0, 1, 1]), np.array([1, 1, 0.5]), np.zeros(0))
    rows = {"New": (np.array([0.0, 1]), np.array([2, 2]))}
    arm = drawn_arm(DigitisedFigure((curve,), (0, 1), (0, 1), rows), "#333333")
    assert arm.at_risk is None
    assert arm.notes == ("No numbers at risk are labelled '#333333', but 'New': none were used.",)
    with pytest.raises(ValueError, match=r"0 curves of the figure are labelled 'New'; there are '#333333'"):
        drawn_arm(DigitisedFigure((curve,), (0, 1), (0, 1), rows), "New")
