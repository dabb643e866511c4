"""Eight patients by hand: how they ended, and how much treatment they had of the arm whose treatment they received."""

import pytest
from small_trial import read_trial, write_trial

from smmlib.analysis import Key, disposition_table, extent_of_exposure, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.verification.second_implementation import SECTIONS
from smmlib.trial import derive, read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

STUDY = {
    "populations": {
        "all": {"label": "all randomised"},
        "safety": {"label": "treated", "flag": "SAFFL", "arm_variable": "TRT01A"},
    },
    "safety_population": "safety",
    "disposition": [
        {"variable": "EOSSTT", "label": "End of study", "levels": {"COMPLETED": "Completed", "DISCONTINUED": "Left"}},
        {"variable": "DCSREAS", "label": "Reason for leaving"},
    ],
    "exposure": [
        {"variable": "TRTDURD", "label": "Duration", "unit": "days"},
        {"variable": "RDI", "label": "Relative dose intensity", "unit": "%", "table": "exposure"},
        {"variable": "REDUCED", "label": "Dose reduced", "table": "exposure"},
    ],
    "runs": {"disposition": {"notebook": "disposition"}, "exposure": {"notebook": "exposure"}},
}
PATIENTS = [  # identifier, randomised to, treated, received, end of study, reason, days of treatment
    ("P1", "A", "Y", "A", "COMPLETED", "", 100),
    ("P2", "A", "Y", "A", "DISCONTINUED", "Adverse event", 20),
    ("P3", "A", "Y", "B", "DISCONTINUED", "Lost to follow-up", 50),  # received the other treatment
    ("P4", "A", "N", "", "DISCONTINUED", "Withdrew consent", ""),  # was never treated
    ("P5", "B", "Y", "B", "COMPLETED", "", 100),
    ("P6", "B", "Y", "B", "COMPLETED", "", 90),
    ("P7", "B", "Y", "B", "DISCONTINUED", "Adverse event", 10),
    ("P8", "B", "Y", "A", "", "", 30),  # received the other treatment; how the study ended is not recorded
]
EXPOSURE = [
    *[("P1", "RDI", 100, ""), ("P2", "RDI", 60, ""), ("P3", "RDI", 80, ""), ("P5", "RDI", 95, "")],
    *[("P6", "RDI", "NA", ""), ("P7", "RDI", 85, "")],  # of P8 there is no row
    *[("P1", "REDUCED", "", "N"), ("P2", "REDUCED", "", "Y"), ("P3", "REDUCED", "", "Y"), ("P5", "REDUCED", "", "N")],
    *[("P6", "REDUCED", "", "N"), ("P7", "REDUCED", "", "N"), ("P8", "REDUCED", "", "Y")],
    ("P1", "OTHER", 1, ""),
]


def tables(copies=1):
    """The eight patients, so many times over."""
    names = ("USUBJID", "TRT01P", "SAFFL", "TRT01A", "EOSSTT", "DCSREAS", "TRTDURD")
    dates = {"RANDDT": "2010-01-01", "LSTALVDT": "2011-01-01", "DTHDT": ""}
    subjects = [dict(zip(names, patient, strict=True)) | dates for patient in PATIENTS]
    exposure = [dict(zip(("USUBJID", "PARAMCD", "AVAL", "AVALC"), row, strict=True)) for row in EXPOSURE]
    return {
        name: [row | {"USUBJID": f"{row['USUBJID']}-{copy}"} for copy in range(copies) for row in rows]
        for name, rows in {"subjects": subjects, "exposure": exposure}.items()
    }


def derived(folder, copies=1, **changes):
    return derive(read_study(write_trial(folder, STUDY | changes, **tables(copies))))


def of(numbers, factor, level="", measure="category"):
    """A count, or a statistic, of each arm and of all, with what it is of."""
    found = {
        key.arm: numbers[key] for key in numbers if (key.factor, key.level, key.measure) == (factor, level, measure)
    }
    return {arm: (result.value, result.n) for arm, result in found.items()}


def test_the_end_of_the_study_is_counted_among_all_patients_of_the_arm_analysed_in(tmp_path):
    numbers = disposition_table(derived(tmp_path))
    assert of(numbers, "EOSSTT", "COMPLETED") == {"a": (1, 4), "b": (2, 4), "": (3, 8)}
    assert of(numbers, "EOSSTT", "DISCONTINUED") == {"a": (3, 4), "b": (1, 4), "": (4, 8)}
    assert of(numbers, "EOSSTT", measure="missing") == {"a": (0, 4), "b": (1, 4), "": (1, 8)}
    assert of(numbers, "DCSREAS", "Adverse event") == {"a": (1, 4), "b": (1, 4), "": (2, 8)}
    assert of(numbers, "DCSREAS", measure="missing") == {"a": (1, 4), "b": (3, 4), "": (4, 8)}


def test_exposure_is_that_of_the_treated_by_the_treatment_received(tmp_path):
    numbers = extent_of_exposure(derived(tmp_path))
    assert of(numbers, "TRTDURD", measure="mean") == {"a": (50, 3), "b": (62.5, 4), "": (400 / 7, 7)}
    assert of(numbers, "TRTDURD", measure="median") == {"a": (30, 3), "b": (70, 4), "": (50, 7)}
    assert of(numbers, "TRTDURD", measure="lower_quartile")["b"] == (30, 4)  # (10 + 50) / 2
    assert of(numbers, "RDI", measure="mean") == {"a": (80, 2), "b": (pytest.approx(260 / 3), 3), "": (84, 5)}
    assert of(numbers, "RDI", measure="missing") == {"a": (1, 3), "b": (1, 4), "": (2, 7)}
    assert of(numbers, "REDUCED", "Y") == {"a": (2, 3), "b": (1, 4), "": (3, 7)}
    assert {key.factor for key in numbers} == {"TRTDURD", "RDI", "REDUCED"}


def test_without_a_safety_population_exposure_is_that_of_the_patients_analysed(tmp_path):
    found = extent_of_exposure(derived(tmp_path, safety_population=None, exposure=STUDY["exposure"][:2]))
    assert of(found, "TRTDURD", measure="missing") == {"a": (1, 4), "b": (0, 4), "": (1, 8)}


@pytest.mark.independent
def test_pandas_finds_the_same(tmp_path):
    data = derived(tmp_path)
    numbers, compared = study_numbers(data), 0
    for section in ("disposition", "exposure"):
        for key, quantity, value, _ in SECTIONS[section](data):
            assert getattr(numbers[key], quantity) == pytest.approx(float(value), rel=1e-12), key
            compared += 1
    assert compared > 60


def test_under_suppression_nothing_of_disposition_is_shown_and_of_exposure_no_category(tmp_path):
    data = derived(tmp_path, copies=10, suppress_below=5)
    shown = masked_numbers(data)
    assert all(is_masked(result) for key, result in shown.items() if key.section == "disposition")
    assert all(is_masked(result) for key, result in shown.items() if key.factor == "REDUCED")
    assert shown[Key("exposure", "mean", arm="a", factor="TRTDURD")].value == 50
    assert is_masked(shown[Key("exposure", "maximum", arm="a", factor="TRTDURD")])


MEASURE = {"variable": "RDI", "label": "Relative dose intensity", "unit": "%", "table": "exposure"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"exposure": [MEASURE | {"variable": "RDO"}]},
            "PARAMCD 'RDO' does not occur; the table holds OTHER, RDI, RE",
        ),
        (
            {"exposure": [{**MEASURE, "unit": None, "levels": {"Y": "Yes", "N": "No"}}]},
            "AVALC of PARAMCD 'RDI' is empty",
        ),
        (
            {"exposure": [STUDY["exposure"][2] | {"levels": {"Y": "Yes", "No": "No"}}]},
            "AVALC of PARAMCD 'REDUCED' holds no 'No', which the parameters list as a level (is it 'N'?); it holds",
        ),
        ({"disposition": [{"variable": "EOTSTT", "label": "End"}]}, "no column EOTSTT"),
    ],
)
def test_what_no_row_has_is_told_with_what_there_is(tmp_path, changes, told):
    with pytest.raises(DataError) as refused:
        read_trial(tmp_path, STUDY | changes, **tables())
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_second_row_of_a_measure_is_told_with_what_tells_the_rows_apart(tmp_path):
    of_trial = tables()
    of_trial["exposure"] = [row | {"PARCAT1": "OVERALL"} for row in of_trial["exposure"]]
    of_trial["exposure"].append({"USUBJID": "P1-0", "PARAMCD": "RDI", "AVAL": 50, "PARCAT1": "CYCLE 1"})
    with pytest.raises(DataError, match="patient P1-0, RDI, has a row already, in line 2: keep one, or say which rows"):
        read_trial(tmp_path, STUDY, **of_trial)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"exposure": [MEASURE], "data": {"exposure": None}},
            "exposure: takes 'RDI' from the table of exposure, so data",
        ),
        ({"exposure": STUDY["exposure"][:1]}, "data.exposure: names a table, but no measure under exposure has"),
        (
            {"baseline": [{"variable": "RDI", "label": "RDI", "unit": "%"}]},
            "'RDI' is read in another way under baseline",
        ),
        ({"runs": {"exposure": {"notebook": "exposure"}}}, "disposition: is declared, but no run shows it: add dispos"),
        ({"disposition": []}, "runs.disposition: describes patients, but the study has no disposition section"),
        ({"disposition": [{"variable": "SAFFL", "label": "Treated"}]}, "'SAFFL' is read as the flag of a population"),
        (
            {
                "analysis": {
                    "conf_level": 0.95,
                    "conf_type": "log",
                    "ties": "efron",
                    "landmarks": [9],
                    "axis_times": [0, 9],
                    "adjust": ["TRTDURD"],
                }
            },
            "analysis.adjust: names 'TRTDURD', which describes no patients: describe it under baseline",
        ),
    ],
)
def test_a_contradiction_is_told_before_a_table_is_read(tmp_path, changes, told):
    file = write_trial(tmp_path, STUDY | {key: value for key, value in changes.items() if key != "data"}, **tables())
    if changes.get("data"):
        file.write_text(file.read_text(encoding="utf-8").replace("  exposure: adex.csv\n", ""), encoding="utf-8")
    with pytest.raises(ParametersError) as refused:
        read_study(file)
    assert told in str(refused.value)
