"""Parameters filled from the tables of a folder: what was recognised, what is doubtful, and what cannot be filled."""

import csv

import pytest
import yaml
from pilot_like_trial import adverse_events, subjects, times, write_rows, write_tables

from smmlib.report.check import main as check
from smmlib.trial.new_study.command import main as start
from smmlib.trial.new_study.guessed_endpoints import axis_times
from smmlib.trial.new_study.yaml_lines import flow, scalar

pytestmark = pytest.mark.by_hand


@pytest.fixture
def folder(tmp_path):
    write_tables(tmp_path)
    return tmp_path


def filled(folder, capsys):
    assert start(["shape", "--tables", str(folder)]) == 0, capsys.readouterr().err
    text = (folder / "shape.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text), text


def test_arms_are_those_of_patients_in_the_order_of_their_codes_with_the_placebo_last(folder, capsys):
    found, text = filled(folder, capsys)
    assert found["arms"]["variable"] == "TRT01P"
    assert found["arms"]["reference"] == "placebo"
    assert [arm["value"] for arm in found["arms"]["levels"]] == ["Drug Low Dose", "Drug High Dose", "Placebo"]
    assert text.count("# 12 patients") == 3
    assert "Screen" not in text


@pytest.mark.parametrize("reference", ["Obs", "PBO", "BSC", "SoC", "Control (n=12)"])
def test_the_reference_is_told_by_the_usual_words_and_their_short_forms(folder, capsys, reference):
    rows = subjects()
    for row in rows:
        row["TRT01P"] = {"Placebo": reference, "Drug Low Dose": "Lev", "Drug High Dose": "Lev+5FU"}.get(
            row["TRT01P"], ""
        )
    write_rows(folder / "adsl.csv", rows)
    found, text = filled(folder, capsys)
    values = {arm["id"]: arm["value"] for arm in found["arms"]["levels"]}
    assert values[found["arms"]["reference"]] == reference
    assert "is not told by its name" not in text


def test_endpoints_have_their_events_their_unit_and_the_day_that_the_start_is(folder, capsys):
    found, text = filled(folder, capsys)
    assert found["time_unit"] == "days"
    assert found["data"]["first_day"] == 1
    assert found["endpoints"]["ttde"]["paramcd"] == "TTDE"
    assert found["endpoints"]["ttde"]["event_label"] == "Dermatologic event"
    assert "24 events in 36 patients" in text
    assert found["analysis"]["axis_times"] == [0, 30, 60, 90, 120, 150, 180]


def test_populations_baseline_and_subgroups_are_those_of_the_columns(folder, capsys):
    found, text = filled(folder, capsys)
    assert found["populations"]["safety"] == {"label": "safety", "flag": "SAFFL", "arm_variable": "TRT01A"}
    assert (found["population"], found["safety_population"]) == ("intention-to-treat", "safety")
    baseline = {each["variable"]: each for each in found["baseline"]}
    assert list(baseline) == ["AGE", "AGEGR1", "SEX", "WEIGHTBL"]
    assert baseline["AGE"]["unit"] == "years"
    assert "unit" not in baseline["AGEGR1"]
    assert [each["variable"] for each in found["subgroups"]] == ["AGEGR1", "SEX"]
    assert "<65, 65-80, >80" in text
    assert "1 missing" in text


def test_adverse_events_count_by_their_flag(folder, capsys):
    found, _ = filled(folder, capsys)
    assert found["safety"] == {"emergent": "flag", "treatment": {"start": "TRTSDT", "end": "TRTEDT"}}
    assert found["runs"]["safety"] == {"notebook": "safety"}


RESPONSES = [("OVR", "Overall Response", "PR"), ("BOR", "Best Overall Response", "CR"), ("RSP", "Response", "Y")]


def with_responses(folder, parameters=RESPONSES, **columns):
    """ADRS with a row a patient and parameter; for the last patient the parameters record that it is missing."""
    patients = [row["USUBJID"] for row in subjects() if row["USUBJID"].startswith("01-")]
    rows = [
        {
            "USUBJID": patient,
            "PARAMCD": code,
            "PARAM": name,
            "AVALC": "MISSING" if patient == patients[-1] else category,
            "ADT": "2014-06-01",
            **columns,
        }
        for patient in patients
        for code, name, category in parameters
    ]
    write_rows(folder / "adrs_onco.csv", rows)


def test_the_best_response_of_a_sponsor_is_taken_before_that_of_each_assessment(folder, capsys):
    with_responses(folder)
    found, text = filled(folder, capsys)
    assert found["data"]["responses"] == "adrs_onco.csv"
    assert found["data"]["responses_paramcd"] == "BOR"
    assert "CHECK: or OVR, RSP" in text
    assert found["data"]["where"] == {"responses": {"AVALC": {"not": "MISSING"}}}
    assert found["response"]["scale"] == "recist-1.1"
    assert found["response"]["start"] == "TRTSDT"
    assert [visit["id"] for visit in found["response"]["visits"]] == ["best"]
    assert found["runs"]["response"] == {"notebook": "response"}


def test_empty_responses_are_left_out_too(folder, capsys):
    with_responses(folder, [("BOR", "Best Overall Response", "CR")])
    with (folder / "adrs_onco.csv").open("a", encoding="utf-8") as stream:
        stream.write("01-000,BOR,Best Overall Response,,2014-07-01\n")
    found, _ = filled(folder, capsys)
    assert found["data"]["where"] == {"responses": {"AVALC": {"not": ["MISSING", ""]}}}


def test_responses_without_days_are_those_of_their_visits(folder, capsys):
    with_responses(folder, [("RESP", "Response", "VGPR")], ADT="", AVISIT="WEEK 8")
    found, _ = filled(folder, capsys)
    assert found["response"]["scale"] == "imwg"
    assert [visit["visit"] for visit in found["response"]["visits"]] == ["WEEK 8"]
    assert "responses_paramcd" not in found["data"]


def test_categories_of_no_bundled_scale_are_listed_in_the_order_of_their_numbers(folder, capsys):
    with_responses(folder, [("REM", "Remission", "Full"), ("REM", "Remission", "None")])
    rows = list(csv.DictReader((folder / "adrs_onco.csv").read_text(encoding="utf-8").splitlines()))
    order = {"Full": 2, "None": 1, "MISSING": ""}
    write_rows(folder / "adrs_onco.csv", [{**row, "AVALN": order[row["AVALC"]]} for row in rows])
    found, _ = filled(folder, capsys)
    assert [category["id"] for category in found["response"]["categories"]] == ["None", "Full"]
    assert found["response"]["responders"] == ["None"]


def test_what_reads_like_no_response_is_named_as_not_used(folder, capsys):
    with_responses(folder, [("DEATH", "Death", "Y")])
    found, text = filled(folder, capsys)
    assert "response" not in found
    assert "not used here: adrs_onco.csv" in text


def test_sums_of_diameters_are_drawn(folder, capsys):
    with_responses(folder)
    row = {"USUBJID": "01-000", "PARAMCD": "SDIAM", "PARAM": "Sum of Diameters", "ADT": "2014-01-02", "AVAL": 50}
    write_rows(folder / "adtr.csv", [row])
    found, _ = filled(folder, capsys)
    assert found["data"]["tumours"] == "adtr.csv"
    assert found["response"]["waterfall"]["paramcd"] == "SDIAM"


def test_an_endpoint_of_some_patients_leaves_the_others_out_and_one_without_an_arm_is_named(folder, capsys):
    rows = times()
    some = [{**row, "PARAMCD": "DOR", "PARAM": "Duration of Response"} for row in rows[:6]]
    few = [{**row, "PARAMCD": "TTN", "PARAM": "Time to Nothing"} for row in rows[:2]]
    write_rows(folder / "adtte.csv", [*rows, *some, *few])
    found, text = filled(folder, capsys)
    assert "missing_row" not in found["endpoints"]["ttde"]
    assert found["endpoints"]["dor"]["missing_row"] == "left out"
    assert "CHECK: 30 patients have no time" in text
    assert "ttn" not in found["endpoints"]
    assert "not filled in, for an arm has no patient with a time: TTN" in text


def test_events_are_counted_in_the_rows_that_count(folder, capsys):
    """24 of 36 patients have an event; a second row of each, which does not count, adds none."""
    first = [{**row, "ANL01FL": "Y"} for row in times()]
    write_rows(folder / "adtte.csv", [*first, *({**row, "ANL01FL": ""} for row in first)])
    found, text = filled(folder, capsys)
    assert found["data"]["where"] == {"times": {"ANL01FL": "Y"}}
    assert "24 events in 36 patients" in text


def twice(folder, first, second):
    """Two rows of each patient, with other cells."""
    write_rows(folder / "adtte.csv", [{**row, **cells} for cells in (first, second) for row in times()])


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ({"ANL02FL": "Y"}, {"ANL02FL": ""}, {"ANL02FL": "Y"}),
        ({"PARQUAL": "INVESTIGATOR"}, {"PARQUAL": ""}, {"PARQUAL": "INVESTIGATOR"}),
        ({"PARCAT1": "FIRST"}, {"PARCAT1": "ANY"}, {"PARCAT1": "FIRST"}),
        ({"AVISIT": "END"}, {"AVISIT": "INTERIM"}, {"AVISIT": "END"}),
        ({"SRCDOM": "ADAE"}, {"SRCDOM": "ADRS"}, {"SRCDOM": "ADAE"}),
    ],
)
def test_of_several_rows_a_column_that_leaves_one_each_is_proposed(folder, capsys, first, second, where):
    twice(folder, first, second)
    found, text = filled(folder, capsys)
    assert found["data"]["where"] == {"times": where}
    assert "24 events in 36 patients" in text
    (column, value), *_ = where.items()
    other = second[column]
    assert (f"# CHECK: {column} {value} is chosen; {column} {other} would leave" in text) == bool(other)
    assert check([str(folder / "shape.yaml")]) == 0


def test_an_endpoint_without_the_value_keeps_its_rows(folder, capsys):
    """Two readers of one endpoint, none of the other."""
    rows = [{**row, "PARQUAL": reader} for reader in ("INDEPENDENT", "INVESTIGATOR") for row in times()]
    rows += [{**row, "PARAMCD": "OS", "PARQUAL": ""} for row in times()]
    write_rows(folder / "adtte.csv", rows)
    found, text = filled(folder, capsys)
    assert found["data"]["where"] == {"times": {"PARQUAL": ["INDEPENDENT", ""]}}
    assert text.count("24 events in 36 patients") == 2
    assert check([str(folder / "shape.yaml")]) == 0


def test_the_flag_of_the_analysis_counts_before_a_visit_though_some_patients_have_none(folder, capsys):
    first = [{**row, "ANL01FL": "Y" if number else "", "AVISIT": "END"} for number, row in enumerate(times())]
    second = [{**row, "ANL01FL": "", "AVISIT": "INTERIM"} for row in first]
    write_rows(folder / "adtte.csv", [*first, *second])
    found, _ = filled(folder, capsys)
    assert found["data"]["where"] == {"times": {"ANL01FL": "Y"}}
    assert found["endpoints"]["ttde"]["missing_row"] == "left out"


def test_rows_to_analyse_that_are_still_several_are_told_apart_by_a_second_column(folder, capsys):
    readers = [{"ANL01FL": "Y", "PARQUAL": reader} for reader in ("IRC", "INV")] + [{"ANL01FL": "", "PARQUAL": "IRC"}]
    write_rows(folder / "adtte.csv", [{**row, **cells} for cells in readers for row in times()])
    found, _ = filled(folder, capsys)
    assert found["data"]["where"] in ({"times": {"PARQUAL": "INV"}}, {"times": {"ANL01FL": "Y", "PARQUAL": "INV"}})


@pytest.mark.parametrize("outcome", ["EVNTDESC", "CNSDTDSC", "ADT", "ASEQ"])
def test_several_rows_that_no_column_tells_apart_are_told_and_none_is_chosen_by_its_outcome(folder, capsys, outcome):
    twice(folder, {outcome: "2014-03-01"}, {outcome: "2014-03-02"})
    found, text = filled(folder, capsys)
    assert "where" not in found["data"]
    assert "# CHECK: 36 patients have several rows of TTDE, and no column leaves one each" in text


def test_rows_without_a_time_are_passed_over_and_told(folder, capsys):
    rows = times()
    rows[1]["AVAL"], rows[2]["AVAL"] = "", "NA"
    write_rows(folder / "adtte.csv", rows)
    found, text = filled(folder, capsys)
    assert found["data"]["where"] == {"times": {"AVAL": {"not": ""}}}
    assert "# CHECK: 2 rows have no AVAL and are passed over" in text
    assert found["endpoints"]["ttde"]["missing_row"] == "left out"
    assert check([str(folder / "shape.yaml")]) == 0


def recoded(folder, codes, **cells):
    """ADTTE with another text for each code of CNSR, and other cells in all rows."""
    rows = [{**row, "CNSR": codes.get(row["CNSR"], row["CNSR"]), **cells} for row in times()]
    write_rows(folder / "adtte.csv", rows)


@pytest.mark.parametrize(
    ("codes", "held"),
    [
        ({0: "N", 1: "Y", 2: "Y"}, "'N' 24, 'Y' 12"),
        ({0: "FALSE", 1: "TRUE", 2: "TRUE"}, "'FALSE' 24, 'TRUE' 12"),
        ({0: "Event", 1: "Censored", 2: "Censored"}, "'Event' 24, 'Censored' 12"),
        ({1: "", 2: ""}, "'' 12"),
        ({1: "-1"}, "'-1' 6"),
    ],
)
def test_codes_of_censoring_that_cannot_be_read_are_told_and_no_events_are_counted(folder, capsys, codes, held):
    recoded(folder, codes)
    _, text = filled(folder, capsys)
    assert f"# CHECK: events cannot be counted, for CNSR holds {held}, but must be 0 for the event" in text
    assert "events in" not in text


def test_an_event_in_the_place_of_censoring_is_told(folder, capsys):
    rows = [{"EVENT" if name == "CNSR" else name: cell for name, cell in row.items()} for row in times()]
    write_rows(folder / "adtte.csv", [{**row, "EVENT": int(row["EVENT"] == 0)} for row in rows])
    _, text = filled(folder, capsys)
    assert "# CHECK: events cannot be counted, for adtte has no CNSR" in text
    assert "; EVENT holds '1' 24, '0' 12" in text


def test_codes_the_other_way_round_are_told_by_their_words(folder, capsys):
    recoded(folder, {0: "1", 1: "0", 2: "0"})
    _, text = filled(folder, capsys)
    assert "# 12 events in 36 patients; CHECK: CNSR 0 is described as 'Study completion': is 0 the event" in text
    recoded(folder, {0: "1"})
    _, text = filled_again(folder, capsys)
    assert "# 0 events in 36 patients; CHECK: no patient has CNSR 0: is 0 the event?" in text


def filled_again(folder, capsys):
    (folder / "shape.yaml").unlink()
    return filled(folder, capsys)


def test_a_flag_of_an_analysis_set_that_cannot_be_read_is_told(folder, capsys):
    write_rows(folder / "adsl.csv", [{**row, "ITTFL": "1", "FASFL": "Yes"} for row in subjects()])
    found, text = filled(folder, capsys)
    assert found["population"] == "safety"
    assert "# CHECK: ITTFL holds '1', but must be Y or N" in text
    assert "# CHECK: FASFL holds 'Yes', but must be Y or N" in text


def test_one_patient_without_a_time_is_one_patient(folder, capsys):
    write_rows(folder / "adtte.csv", times()[1:])
    _, text = filled(folder, capsys)
    assert "CHECK: 1 patient has no time" in text


def test_groups_of_numbers_are_listed_where_the_report_would_have_them_in_another_order(folder, capsys):
    """By the alphabet 25-<30 comes before <25; the number beside AGEGR1 orders the age groups."""
    groups = ["<25", "25-<30", ">=30"]
    write_rows(folder / "adsl.csv", [{**row, "BMIBLGR1": groups[i % 3]} for i, row in enumerate(subjects(36)[:36])])
    found, _ = filled(folder, capsys)
    (mass,) = (each for each in found["subgroups"] if each["variable"] == "BMIBLGR1")
    assert list(mass["levels"]) == groups
    assert [each["variable"] for each in (*found["baseline"], *found["subgroups"]) if "levels" in each] == [
        "BMIBLGR1"
    ] * 2
    assert check([str(folder / "shape.yaml")]) == 0


def test_treatment_that_goes_on_counts_to_a_date_that_all_such_patients_have(folder, capsys):
    rows = subjects()
    rows[0] |= {"TRTEDT": "", "LSTALVDT": "2013-01-01", "EOSDT": "2014-06-01"}
    write_rows(folder / "adsl.csv", rows)
    found, _ = filled(folder, capsys)
    assert found["safety"]["treatment"] == {"start": "TRTSDT", "end": "TRTEDT", "observed_until": "EOSDT"}


def test_the_end_of_study_and_the_measures_of_the_whole_treatment_are_filled_in(folder, capsys):
    rows = subjects()
    for number, row in enumerate(rows):
        row |= {"EOSSTT": ("COMPLETED", "DISCONTINUED")[number % 2], "DCSREAS": ("", "Death")[number % 2]}
        row |= {"TRTDURD": 60 + number}
    write_rows(folder / "adsl.csv", rows)
    measures = [("TDUR", "Overall duration (days)"), ("TDOSE", "Total dose (mg)"), ("CYCDOSE", "Dose of a cycle (mg)")]
    write_rows(
        folder / "adex.csv",
        [
            {
                "USUBJID": row["USUBJID"],
                "PARAMCD": code,
                "PARAM": param,
                "AVAL": 10 * number + copy,
                "PARCAT1": category,
            }
            for number, row in enumerate(rows)
            for code, param in measures
            for category, copies in (("OVERALL", 1), ("INDIVIDUAL", 2))
            if (category == "OVERALL") == (code != "CYCDOSE")
            for copy in range(copies)
        ],
    )
    found, _ = filled(folder, capsys)
    assert [each["variable"] for each in found["disposition"]] == ["EOSSTT", "DCSREAS"]
    assert found["exposure"] == [
        {"variable": "TDUR", "label": "Overall duration", "unit": "days", "table": "exposure"},
        {"variable": "TDOSE", "label": "Total dose", "unit": "mg", "table": "exposure"},
    ]
    assert found["data"]["exposure"] == "adex.csv"
    assert {"disposition", "exposure"} <= set(found["runs"])
    assert check([str(folder / "shape.yaml")]) == 0, capsys.readouterr().err


def test_the_duration_of_treatment_is_that_of_adsl_where_there_is_no_adex(folder, capsys):
    rows = subjects()
    for number, row in enumerate(rows):
        row |= {"TRTDURD": 60 + number}
    write_rows(folder / "adsl.csv", rows)
    found, _ = filled(folder, capsys)
    assert found["exposure"] == [{"variable": "TRTDURD", "label": "Duration of treatment", "unit": "days"}]
    assert check([str(folder / "shape.yaml")]) == 0, capsys.readouterr().err


def test_a_salt_that_is_there_is_kept_and_parameters_that_are_there_are_not_overwritten(folder, capsys):
    filled(folder, capsys)
    salt = (folder / "salt.txt").read_bytes()
    assert start(["other", "--tables", str(folder)]) == 0
    assert (folder / "salt.txt").read_bytes() == salt
    assert start(["shape", "--tables", str(folder)]) == 2
    assert "shape.yaml: there already" in capsys.readouterr().err


def test_parameters_may_lie_above_their_tables_but_not_elsewhere(folder, tmp_path, capsys):
    (tmp_path / "tables").mkdir()
    for file in tmp_path.glob("*.csv"):
        file.rename(tmp_path / "tables" / file.name)
    assert start(["shape", str(tmp_path), "--tables", str(tmp_path / "tables")]) == 0
    text = (tmp_path / "shape.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["data"]["subjects"] == "tables/adsl.csv"
    assert start(["shape", str(tmp_path / "elsewhere"), "--tables", str(tmp_path / "tables")]) == 2
    assert "lies outside of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "told"),
    [("adsl.csv", "holds no adsl"), ("adtte.csv", "holds no adtte"), ("", "is no folder")],
    ids=["subjects", "times", "folder"],
)
def test_what_cannot_be_filled_is_told(folder, capsys, file, told):
    if file:
        (folder / file).unlink()
    given = str(folder) if file else str(folder / "none")
    assert start(["shape", "--tables", given]) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "shape.yaml").exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"USUBJID": "other"},
            "no USUBJID in common ('other' in the one, '01-000' in the other): are they of one trial?",
        ),
        ({"AVAL": ""}, "no PARAMCD has times in AVAL of patients of every arm"),
    ],
)
def test_times_of_other_patients_or_without_values_are_told(folder, capsys, changed, told):
    write_rows(folder / "adtte.csv", [row | changed for row in times()])
    assert start(["shape", "--tables", str(folder)]) == 2
    assert f"adtte.csv and adsl.csv of {folder}" in (said := capsys.readouterr().err)
    assert told in said


def test_a_parameter_that_is_no_time_is_no_endpoint(folder, capsys):
    rows = [row | {"AVALU": "DAYS"} for row in times()]
    counted = [row | {"PARAMCD": "TNE", "PARAM": "Number of Exacerbations", "AVALU": "COUNT"} for row in times()]
    write_rows(folder / "adtte.csv", rows + counted)
    found, text = filled(folder, capsys)
    assert list(found["endpoints"]) == ["ttde"]
    assert "# not filled in, for AVALU of TNE is 'COUNT', which is no unit of time" in text
    assert check([str(folder / "shape.yaml")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("unit", "days", "decimals"), [("months", 30.4375, 4), ("months", 30.4375, 2), ("weeks", 7, 3)]
)
@pytest.mark.parametrize("first_day", [0, 1])
def test_units_that_no_word_states_are_those_of_the_dates(folder, capsys, unit, days, decimals, first_day):
    rows = [row | {"AVAL": f"{(row['AVAL'] - 1 + first_day) / days:.{decimals}f}"} for row in times()]
    write_rows(folder / "adtte.csv", rows)
    found, text = filled(folder, capsys)
    assert found["time_unit"] == unit
    assert found["data"].get("first_day", 0) == first_day
    assert "nothing in adtte tells the unit" not in text
    assert check([str(folder / "shape.yaml")]) == 0, capsys.readouterr().err


def test_an_endpoint_in_another_unit_by_its_dates_says_so(folder, capsys):
    other = [row | {"PARAMCD": "OS", "PARAM": "Overall", "AVAL": f"{row['AVAL'] / 30.4375:.4f}"} for row in times()]
    third = [row | {"PARAMCD": "PFS", "PARAM": "Progression"} for row in times()]
    write_rows(folder / "adtte.csv", times() + other + third)
    found, _ = filled(folder, capsys)
    assert found["time_unit"] == "days"
    assert {name: endpoint.get("aval_unit") for name, endpoint in found["endpoints"].items()} == {
        "os": "months",
        "ttde": None,
        "pfs": None,
    }
    assert check([str(folder / "shape.yaml")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "described", "event", "state"),
    [
        ("OS", [""], "Death", "Alive"),
        ("PFS", [""], "Event", "Free of the event"),
        ("PFS", ["PD", "PD", "Death"], "PD or death", "Free of the event"),
        (
            "PFS",
            ["Progressive Disease", "Progressive Disease", "Death"],
            "Progressive disease or death",
            "Free of the event",
        ),
        ("TTX", [f"Event of kind {number}" for number in range(5)], "Event", "Free of the event"),
    ],
)
def test_an_event_is_named_by_all_that_it_may_be(folder, capsys, code, described, event, state):
    rows = [
        row | {"PARAMCD": code, "EVNTDESC": "" if row["CNSR"] else described[number % len(described)]}
        for number, row in enumerate(times())
    ]
    if len(described) == 3:
        rows = [
            row | ({} if row["CNSR"] else {"EVNTDESC": described[number % 9 == 1 and 2]})
            for number, row in enumerate(rows)
        ]
    write_rows(folder / "adtte.csv", rows)
    found, _ = filled(folder, capsys)
    endpoint = found["endpoints"][code.lower()]
    assert (endpoint["event_label"], endpoint["curve_label"]) == (event, state)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("tablemab x 12 week -> vismab 34 weeks", "tablemab x 12 week"),
        ("Lenalidomide + dexamethasone", "Lenalidomide"),
        ("Lenalidomide-dexamethasone", "Lenalidomide-dexamet"),
        ("Twenty letters in it", "Twenty letters in it"),
    ],
)
def test_a_long_name_of_an_arm_is_cut_between_words(folder, capsys, value, label):
    rows = [row | ({"TRT01P": value} if row["TRT01P"] == "Drug Low Dose" else {}) for row in subjects()]
    write_rows(folder / "adsl.csv", rows)
    found, _ = filled(folder, capsys)
    assert [arm["label"] for arm in found["arms"]["levels"] if arm["value"] == value] == [label]


@pytest.mark.parametrize(
    ("without", "lacking"), [({"AESER"}, "no AESER"), ({"AEDECOD", "AESEV"}, "no AEDECOD, no AETOXGR or AESEV")]
)
def test_adverse_events_that_cannot_be_counted_are_left_out(folder, capsys, without, lacking):
    rows = [{name: cell for name, cell in row.items() if name not in without} for row in adverse_events()]
    write_rows(folder / "adae.csv", rows)
    found, text = filled(folder, capsys)
    assert f"# CHECK: adverse events are not counted, for adae has {lacking}" in text
    assert "safety" not in found["runs"]
    assert check([str(folder / "shape.yaml")]) == 0, capsys.readouterr().err


def test_visits_are_in_the_order_of_their_numbers(folder, capsys):
    with_responses(folder, [("RESP", "Response", "VGPR")], ADT="")
    rows = list(csv.DictReader((folder / "adrs_onco.csv").read_text(encoding="utf-8").splitlines()))
    order = {"FOLLOW-UP": 99, "WEEK 16": 16, "WEEK 8": 8}
    write_rows(
        folder / "adrs_onco.csv",
        [row | {"AVISIT": visit, "AVISITN": number} for visit, number in order.items() for row in rows],
    )
    found, _ = filled(folder, capsys)
    assert [visit["visit"] for visit in found["response"]["visits"]] == ["WEEK 8", "WEEK 16", "FOLLOW-UP"]


def test_a_table_in_two_formats_is_told(folder, capsys):
    (folder / "adsl.parquet").write_bytes(b"")
    assert start(["shape", "--tables", str(folder)]) == 2
    assert "adsl.csv and adsl.parquet are one table twice" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["No", "012", "null", "2014-01-02", "1e3", "a: b", "# x", "é", "", "{a}", "Y", "5 mg"])
def test_texts_are_texts_for_yaml_too(text):
    assert yaml.safe_load(f"value: {scalar(text)}") == {"value": text}
    assert yaml.safe_load(flow({"value": [text, text]})) == {"value": [text, text]}


@pytest.mark.parametrize(
    ("longest", "unit", "times"),
    [
        (198, "days", [0, 30, 60, 90, 120, 150, 180, 210]),
        (40, "months", [0, 6, 12, 18, 24, 30, 36, 42]),
        (35, "weeks", [0, 8, 16, 24, 32, 40]),
        (6, "years", [0, 1, 2, 3, 4, 5, 6]),
        (9000, "days", [0, 1460, 2920, 4380, 5840, 7300, 8760, 10220]),
    ],
)
def test_axes_have_familiar_steps(longest, unit, times):
    assert axis_times(longest, unit) == times
