"""Analysis data: read back as they were derived, and never those of other parameters, tables or a changed file."""

from dataclasses import replace

import pytest
from small_trial import write_trial

from smmlib import analysis_data
from smmlib.analysis import study_numbers
from smmlib.trial import derive, read_study
from smmlib.trial.analysis_data import COLUMNS
from smmlib.trial.analysis_files import read_analysis_data, write_analysis_data

PATIENTS = [
    {"USUBJID": "p1", "TRT01P": "A", "RANDDT": "2010-01-01", "DTHDT": "2010-04-11", "LSTALVDT": "", "SITE": "01"},
    {"USUBJID": "p2", "TRT01P": "A", "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2010-12-31", "SITE": "NA"},
    {"USUBJID": "p3", "TRT01P": "B", "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01", "SITE": '\'1, "a"'},
    {"USUBJID": "p4", "TRT01P": "C", "RANDDT": "2010-01-01", "DTHDT": "", "LSTALVDT": "2011-01-01", "SITE": "01"},
]
CHANGES = {"time_unit": "months", "strata": [{"variable": "SITE", "label": "Site"}], "data": {"missing": ["."]}}


@pytest.fixture
def file(tmp_path):
    return write_trial(tmp_path, CHANGES, subjects=PATIENTS)


def values(frame):
    """Cells of a table, with one value for what is missing."""
    return [[None if value != value else value for value in row] for row in frame.to_numpy(dtype=object).tolist()]


@pytest.mark.by_hand
@pytest.mark.parametrize("study", ["small", "docs/example/example.yaml", "params/quiredex-2016.yaml"])
def test_what_is_read_is_what_was_written(pytestconfig, file, tmp_path, study):
    study = read_study(file if study == "small" else pytestconfig.rootpath / study)
    data = derive(study)
    write_analysis_data(data, tmp_path / "data")
    again = read_analysis_data(study, tmp_path / "data")
    assert again.outside == data.outside
    for part in COLUMNS:
        one, other = getattr(data, part), getattr(again, part)
        assert list(one.columns) == list(other.columns)
        assert values(one) == values(other), part
    assert repr(study_numbers(again)) == repr(study_numbers(data))


@pytest.mark.by_hand
def test_texts_that_look_like_numbers_or_like_nothing_stay_texts(file, tmp_path):
    study = read_study(file)
    write_analysis_data(derive(study), tmp_path / "data")
    subjects = read_analysis_data(study, tmp_path / "data").subjects
    assert list(subjects["SITE"]) == ["01", "NA", '\'1, "a"']


@pytest.mark.by_hand
def test_days_and_events_of_a_small_trial(file):
    data = analysis_data(file)
    patients = data.endpoint("os")
    assert list(patients.time * 30.4375) == [100, 364, 365]
    assert list(patients.event) == [True, False, False]
    assert list(patients.arm) == ["a", "a", "b"]
    assert data.outside == {"C": 1}


@pytest.mark.by_hand
def test_the_files_say_whose_patients_they_hold(file, tmp_path):
    write_analysis_data(derive(read_study(file)), tmp_path / "data")
    for table in (tmp_path / "data").glob("*.csv"):
        header, *rows = table.read_text(encoding="utf-8").splitlines()
        assert header.endswith(",data")
        assert all(row.endswith(",synthetic") for row in rows)


@pytest.mark.invariant
@pytest.mark.parametrize("what", ["parameters", "table", "file", "stamp", "missing"])
def test_files_of_anything_else_are_not_read(file, tmp_path, what):
    folder = tmp_path / "data"
    write_analysis_data(derive(read_study(file)), folder)
    assert read_analysis_data(read_study(file), folder) is not None
    if what == "parameters":
        file = write_trial(tmp_path, CHANGES | {"data_cutoff": "2010-06-01"}, subjects=PATIENTS)
    elif what == "table":
        file = write_trial(tmp_path, CHANGES, subjects=[{**PATIENTS[0], "SITE": "02"}, *PATIENTS[1:]])
    elif what == "file":
        times = folder / "times.csv"
        times.write_text(times.read_text(encoding="utf-8").replace(",1,", ",0,"), encoding="utf-8")
    elif what == "stamp":
        (folder / "made-from.json").write_text("{}", encoding="utf-8")
    else:
        (folder / "subjects.csv").unlink()
    assert read_analysis_data(read_study(file), folder) is None


@pytest.mark.by_hand
def test_an_endpoint_that_the_study_does_not_have_names_those_it_has(file):
    with pytest.raises(ValueError, match=r"endpoint is 'pfs', but study small has os"):
        analysis_data(file).endpoint("pfs")


@pytest.mark.by_hand
def test_numbers_come_from_the_analysis_data_alone(file):
    """A patient's event taken out of the table is gone from the numbers."""
    data = analysis_data(file)
    without = replace(data, times=data.times.assign(event=False))
    events = {key.arm: result.value for key, result in study_numbers(without).items() if key.measure == "events"}
    assert events == {"a": 0, "b": 0}
