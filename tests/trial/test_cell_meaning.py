"""What cells mean, however they were typed: whole numbers, marks of a missing value, accents, days with a clock."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_trial import STUDY, read_trial, write_trial

from smmlib.report import check
from smmlib.trial import derive, read_study, read_tables, time_to_event
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.spelling import as_yaml, code_text, one_spelling
from smmlib.trial.tables.day_cells import day_of
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

E_COMPOSED, E_IN_TWO, MICRO, MU = "\u00e9", "e\u0301", "\u00b5", "\u03bc"
PATIENTS = [
    {"USUBJID": f"p{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": dead, "LSTALVDT": "2010-03-01"}
    for number, (arm, dead) in enumerate([("A", "2010-06-01"), ("A", ""), ("B", ""), ("B", "2010-03-01")])
]


def patients(**columns):
    """The four patients with other cells in some columns."""
    return [
        row | {name: cells[number] for name, cells in columns.items()}
        for number, row in enumerate([{**each} for each in PATIENTS])
    ]


def refusal(folder, study, **tables):
    with pytest.raises(DataError) as refused:
        read_trial(folder, study, **tables)
    return str(refused.value).replace(f"{folder}/", "")


# ---- whole numbers


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *[("81.0", "81"), ("0.0", "0"), ("-0.0", "0"), ("-3.00", "-3"), ("81", "81")],
        *[("01.0", "01.0"), ("1.50", "1.50"), ("3.0.1", "3.0.1"), ("1.", "1."), ("1e3", "1e3"), ("v1.0", "v1.0")],
    ],
)
def test_whole_numbers_are_written_without_decimals(typed, meant):
    assert code_text(typed) == meant


def arms_of_numbers(*values):
    arms = zip(STUDY["arms"]["levels"], values, strict=True)
    return {"arms": STUDY["arms"] | {"levels": [level | {"value": value} for level, value in arms]}}


@pytest.mark.parametrize("said", [("81", "0"), ("81.0", "0.0")])
@pytest.mark.parametrize("held", [("81.0", "0.0"), ("81", "0")])
def test_arms_that_are_numbers(tmp_path, held, said):
    rows = patients(TRT01P=[held[0], held[0], held[1], held[1]])
    _, tables = read_trial(tmp_path, arms_of_numbers(*said), subjects=rows)
    assert tables.subjects["TRT01P"].tolist() == ["81", "81", "0", "0"]


def test_grades_and_identifiers_of_a_column_of_floats(tmp_path):
    rows = [{"USUBJID": "101.0", "AEDECOD": "Rash", "AETOXGR": "3.0", "AESER": "N", "ASTDT": "2010-02-01"}]
    subjects = [row | {"USUBJID": str(100 + number)} for number, row in enumerate(PATIENTS)]
    study, tables = read_trial(tmp_path, {}, subjects=subjects, adverse_events=rows)
    assert tables.adverse_events["AETOXGR"].tolist() == [3]
    counts = derive(study, tables).adverse_events
    assert counts.loc[counts["affected"] & (counts["kind"] == "grade_3"), "patient"].drop_duplicates().tolist() == [
        "101"
    ]


# ---- missing values


@pytest.mark.parametrize("mark", ["NA", "NaN", "nan", "<NA>", ".", " NA ", ""])
def test_marks_of_a_missing_value(tmp_path, mark):
    subjects = patients(DTHDT=["2010-06-01", mark, mark, mark])
    study, tables = read_trial(tmp_path, {}, subjects=subjects)
    assert time_to_event(study, tables, "os").event.tolist() == [True, False, False, False]


@pytest.mark.parametrize("mark", ["NA", "."])
def test_a_stratum_without_a_value_stops_however_it_is_marked(tmp_path, mark):
    study = {"strata": [{"variable": "STRAT1R", "label": "Stage"}]}
    told = refusal(tmp_path, study, subjects=patients(STRAT1R=["I", mark, "II", "I"]))
    assert told == (
        "adsl.csv: line 3: STRAT1R is empty or marked as missing, but must be a level: every patient has a stratum"
    )


def test_another_mark_may_be_named_and_none_need_be(tmp_path):
    study = {"strata": [{"variable": "STRAT1R", "label": "Country"}]}
    subjects = patients(STRAT1R=["NA", "ZA", "BW", "NA"])  # Namibia among them
    _, tables = read_trial(tmp_path, study | {"data": {"missing": []}}, subjects=subjects)
    assert tables.subjects["STRAT1R"].tolist() == ["NA", "ZA", "BW", "NA"]
    told = refusal(tmp_path, study | {"data": {"missing": ["ZA"]}}, subjects=subjects)
    assert "line 3: STRAT1R is empty or marked as missing, but must be a level" in told


def test_marks_are_counted_by_the_check(tmp_path, capsys):
    subjects = patients(DTHDT=["2010-06-01", "NA", ".", "."])
    assert check.main([str(write_trial(tmp_path, {}, subjects=subjects))]) == 0
    assert "adsl.csv: DTHDT holds '.' 2, 'NA' 1, read as missing (data.missing)" in capsys.readouterr().out


# ---- one spelling


def test_two_ways_to_type_an_accent_are_one_value(tmp_path):
    drug = f"Caf{E_COMPOSED} 5 {MICRO}g"
    rows = patients(TRT01P=[drug, f"Caf{E_IN_TWO} 5 {MU}g", "B", "B"])
    for said in (drug, f"Caf{E_IN_TWO} 5 {MU}g"):
        study, tables = read_trial(tmp_path, arms_of_numbers(said, "B"), subjects=rows)
        assert len(tables.subjects) == 4
        assert study.arms.levels[0].value == f"Caf{E_COMPOSED} 5 {MU}g"


def test_columns_and_files_may_be_spelt_otherwise_than_in_the_parameters(tmp_path):
    composed, in_two = f"D{E_COMPOSED}c{E_COMPOSED}s", f"D{E_IN_TWO}c{E_IN_TWO}s"
    for in_table, in_parameters in ((composed, in_two), (in_two, composed)):
        rows = [{in_table if name == "DTHDT" else name: value for name, value in row.items()} for row in PATIENTS]
        file = write_trial(tmp_path, {"data": {"columns": {"subjects": {"DTHDT": in_parameters}}}}, subjects=rows)
        (tmp_path / "adsl.csv").rename(tmp_path / f"{in_table}.csv")
        text = file.read_text(encoding="utf-8").replace("subjects: adsl.csv", f"subjects: {in_parameters}.csv")
        file.write_text(text, encoding="utf-8")
        assert read_tables(read_study(file)).subjects["DTHDT"].notna().sum() == 2
        (tmp_path / f"{in_table}.csv").unlink()


@pytest.mark.invariant
@given(st.text())
def test_a_spelling_is_its_own_spelling(text):
    assert one_spelling(one_spelling(text)) == one_spelling(text)
    assert code_text(code_text(text)) == code_text(text)


@pytest.mark.invariant
@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))))
def test_a_text_written_for_the_parameters_is_read_back(text):
    import yaml

    assert yaml.safe_load(as_yaml(text)) == text


# ---- days


@pytest.mark.parametrize(
    "text",
    [
        *["2010-06-08", "2010-06-08T00:00:00", "2010-06-08 00:00:00", "2010-06-08T00:00:00.000", "2010-06-08T00:00"],
        *["2010-06-08 ", "2010-06-08T00:00:00Z", "2010-06-08Z", "2010-06-08T00:00:00.000Z", "2010-06-08T23:59:59"],
        *["2010-06-08T00:00:00+00:00", "2010-06-08T02:00:00+02:00", "2010-06-08T19:59:59-0400"],
    ],
)
def test_the_calendar_day_that_stands_there(text):
    assert day_of(text) == datetime(2010, 6, 8).date()


@pytest.mark.parametrize(
    "text",
    [
        *["2010-06-07T22:00:00Z", "2010-06-08T13:00Z", "2010-06-08T00:00:00+02:00", "2010-06-08T01:59:59+02"],
        *["2010-06-08T20:00:00-04:00", "2010-06-08T00:00:00.001Z"],
    ],
)
def test_a_day_that_a_zone_may_move_is_refused_with_that_word(text):
    with pytest.raises(ValueError, match="must be a day that no time zone moves"):
        day_of(text)


def in_csv(folder, days):
    file = folder / "adsl.csv"
    pd.DataFrame(patients(DTHDT=[f"{days[0]}Z", "", "", ""])).to_csv(file, index=False)
    return file


def in_parquet(folder, days):
    column = pa.array([datetime.fromisoformat(days[0]).replace(tzinfo=UTC)] + [None] * 3, pa.timestamp("us", "UTC"))
    table = pa.Table.from_pylist(PATIENTS).drop(["DTHDT"]).append_column("DTHDT", column)
    pq.write_table(table, folder / "adsl.parquet")
    return folder / "adsl.parquet"


def in_json(folder, days):
    rows = patients(DTHDT=[f"{days[0]}Z", None, None, None])
    kinds = {"DTHDT": "datetime"}
    columns = [{"name": name, "dataType": kinds.get(name, "string")} for name in rows[0]]
    dataset = {"datasetJSONVersion": "1.1.0", "records": 4, "columns": columns}
    file = folder / "adsl.json"
    file.write_text(json.dumps(dataset | {"rows": [list(row.values()) for row in rows]}))
    return file


def in_ndjson(folder, days):
    dataset = json.loads(in_json(folder, days).read_text())
    rows = dataset.pop("rows")
    file = folder / "adsl.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in [dataset, *rows]))
    return file


def in_xpt(folder, days):
    seconds = (datetime.fromisoformat(days[0]) - datetime(1960, 1, 1)).total_seconds()
    frame = pd.DataFrame(patients(DTHDT=[seconds, None, None, None]))
    pyreadstat.write_xport(frame, folder / "adsl.xpt", variable_format={"DTHDT": "E8601DZ20."}, file_format_version=5)
    return folder / "adsl.xpt"


WRITERS = [in_csv, in_parquet, in_json, in_ndjson, in_xpt]


def read_written(folder, written, days):
    file = written(folder, days)
    parameters = write_trial(folder, {"data": {"subjects": file.name}})
    return read_tables(read_study(parameters))


@pytest.mark.parametrize("written", WRITERS)
def test_midnight_in_utc_is_its_day_in_every_format(tmp_path, written):
    tables = read_written(tmp_path, written, ["2010-06-01T00:00:00"])
    assert str(tables.subjects["DTHDT"].iloc[0].date()) == "2010-06-01"


@pytest.mark.parametrize("written", WRITERS)
def test_midnight_in_paris_written_in_utc_is_refused_in_every_format(tmp_path, written):
    with pytest.raises(DataError, match=r"DTHDT is '2010-05-31T22:00:00Z', but must be a day that no time zone moves"):
        read_written(tmp_path, written, ["2010-05-31T22:00:00"])


def test_a_column_of_parquet_in_a_zone_keeps_it(tmp_path):
    paris = timezone(timedelta(hours=2))
    moments = [datetime(2010, 6, 1, tzinfo=paris), datetime(2010, 6, 1, 12, tzinfo=paris), None, None]
    table = pa.Table.from_pylist(PATIENTS).drop(["DTHDT"])
    column = pa.array(moments, pa.timestamp("s", "Europe/Paris"))
    pq.write_table(table.append_column("DTHDT", column), tmp_path / "adsl.parquet")
    parameters = write_trial(tmp_path, {"data": {"subjects": "adsl.parquet"}})
    with pytest.raises(DataError) as refused:
        read_tables(read_study(parameters))
    assert "record 1: DTHDT is '2010-06-01T00:00:00+02:00'" in str(refused.value)
    assert "record 2" not in str(refused.value)


# ---- what Excel writes into a CSV file


def test_excels_separator_line_and_empty_rows_are_passed_over(tmp_path):
    file = write_trial(tmp_path, {}, subjects=PATIENTS)
    table = tmp_path / "adsl.csv"
    plain = table.read_text()
    table.write_text("sep=,\n" + plain + ",,,,\n , ,,,\n\n")
    assert len(read_tables(read_study(file)).subjects) == 4
    wrong = plain.replace("2010-03-01", "2010-02-30")
    table.write_text("sep=,\n" + wrong)
    with pytest.raises(DataError, match=r"adsl.csv: line 6: DTHDT is '2010-02-30'"):
        read_tables(read_study(file))


def test_an_empty_row_amid_the_table_is_told_once(tmp_path):
    file = write_trial(tmp_path, {}, subjects=PATIENTS)
    table = tmp_path / "adsl.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join([*lines[:3], ",,,,\n", *lines[3:]]))
    with pytest.raises(DataError) as refused:
        read_tables(read_study(file))
    assert str(refused.value) == f"{table}: line 4: is empty: take it out"


def test_semicolons_that_excels_line_announces_are_still_told(tmp_path):
    file = write_trial(tmp_path, {}, subjects=PATIENTS)
    table = tmp_path / "adsl.csv"
    table.write_text("sep=;\n" + table.read_text().replace(",", ";"))
    with pytest.raises(DataError, match="is separated by semicolons"):
        read_tables(read_study(file))


def test_a_number_for_a_code_is_to_be_quoted(tmp_path):
    file = write_trial(tmp_path, arms_of_numbers("81", "0"), subjects=PATIENTS)
    file.write_text(file.read_text().replace("value: '81'", "value: 81"))
    with pytest.raises(ParametersError, match="81 is read as a number, not as text: quote it"):
        read_study(file)
