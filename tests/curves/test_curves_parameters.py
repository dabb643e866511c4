"""A study that gives published curves: what it says against itself is refused with its line, before anything runs."""

import pytest
from curves_study import STUDY, CurvesStudy

from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand

OLD = "      old: {points: os-old.csv, patients: 4, events: 4}\n"
FLAGGED = "  of-pfs: {label: those of the curve, flag: PFSFL}\npopulation: everybody"


@pytest.fixture
def study(tmp_path):
    return CurvesStudy(tmp_path / "trial")


def refusal(study):
    with pytest.raises(ParametersError) as refused:
        read_study(study.params, with_files=False)
    return str(refused.value)


def test_tables_and_names_of_patients_follow_from_the_curves(study):
    read = read_study(study.params, with_files=False)
    assert read.data.tables == {"subjects": str(study.tables / "adsl.csv"), "times": str(study.tables / "adtte.csv")}
    assert read.privacy == "identified"
    assert read.data.label == "Reconstructed from published curves, not patients"
    assert "cannot be joined by patient" in read.data.description
    assert read.data.curves["pfs"]["new"].censor_times == str(study.folder / "pfs-new-ticks.csv")


def test_one_endpoint_has_nothing_to_be_joined_with(study):
    text = STUDY[: STUDY.index("    pfs:\n")] + STUDY[STUDY.index("time_unit") :]
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("  pfs:")]
    study.params.write_text("".join(lines), encoding="utf-8")
    assert "joined" not in read_study(study.params, with_files=False).data.description


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("origin: reconstructed", "origin: synthetic", ["data.origin: is 'synthetic'", "where data.curves is given"]),
        ("  curves:\n", "  subjects: adsl.csv\n  curves:\n", ["data.subjects: names a table", "makes the patients"]),
        ("  curves:\n", "  responses: adrs.csv\n  curves:\n", ["data.responses: names a table"]),
        ("time_unit:", "data_cutoff: 2012-08-31\ntime_unit:", ["data_cutoff: is given", "leave it out"]),
        ("time_unit:", "suppress_below: 5\ntime_unit:", ["suppress_below: masks counts of patients", "are none"]),
        ("time_unit:", "randomised: RANDDT\ntime_unit:", ["randomised: is given", "an arm, times and events"]),
        ("time_unit:", "strata: [{variable: SEX, label: Sex}]\ntime_unit:", ["strata: is given"]),
        ("    os:\n", "    overall:\n", ["data.curves.overall: is of no endpoint", "the endpoints are os, pfs"]),
        ("      old: {points: os-old.csv, patients: 4, events: 4}\n    pfs", "    pfs", ["no curve of arm old"]),
        ("paramcd: PFS", "paramcd: OS", ["endpoints.os: has the paramcd 'OS', as another has"]),
        ("paramcd: PFS, rule: Drawn.", "start: RANDDT, event: {PROGDT: progression}, censor: LSTALVDT",
         ["endpoints.pfs: is derived from dates, which curves do not tell"]),
        ("label: everybody}", "label: everybody, flag: ITTFL}", ["flag: is 'ITTFL'", "it can be OSFL, PFSFL"]),
        ("pfs-new.csv, patients: 4", "pfs-new.csv, patients: 3",
         ["endpoints.pfs: has fewer patients of arm new than another endpoint, 4", "with the flag PFSFL"]),
        ("  reconstruction: {notebook: reconstruction}\n", "", ["runs: do not tell how good the reconstruction is"]),
        ("{points: pfs-new.csv, ", "{", ["data.curves.pfs.new: give `points` or `figure`: one of the two"]),
        ("{points: pfs-new.csv", "{figure: {file: a.svg}, points: pfs-new.csv", ["give `points` or `figure`"]),
        ("{points: pfs-new.csv", "{figure: {file: absent.svg}", ["pfs.new.figure.file: there is no file"]),
        ("{points: pfs-new.csv", "{points: ../pfs-new.csv", ["leads out of the study's folder"]),
        ("patients: [4, 3]", "patients: [4]", ["at_risk: there are 2 times and 1 numbers of patients"]),
        ("censor_times: pfs-new-ticks.csv", "ticks: pfs-new-ticks.csv", ["pfs.new.ticks: unknown key"]),
        ("censor_times: pfs-new-ticks.csv", "censor_times: absent.csv", ["pfs.new.censor_times: there is no file"]),
        ("os-new.csv, patients: 4", "os-new.csv, patients: 0", ["os.new.patients: is 0, but must be 1 or more"]),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_with_its_line(study, old, new, words):
    study.change(old, new)
    message = refusal(study)
    assert message.startswith(f"{study.params}:")
    for word in words:
        assert word in message


def test_what_is_said_of_a_curve_names_its_line(study):
    line = study.change("censor_times: pfs-new-ticks.csv", "censor_times: absent.csv")
    assert refusal(study).startswith(f"{study.params}:{line}: data.curves.pfs.new.censor_times: ")


def test_an_endpoint_with_fewer_patients_needs_a_population_of_its_own(study):
    study.change("pfs-new.csv, patients: 4", "pfs-new.csv, patients: 3")
    study.change("population: everybody", FLAGGED)
    study.change("paramcd: PFS,", "paramcd: PFS, population: of-pfs,")
    assert read_study(study.params, with_files=False).endpoints["pfs"].population == "of-pfs"


def test_reconstruction_is_told_of_no_other_study(study):
    text = STUDY[: STUDY.index("  curves:\n")] + "  subjects: adsl.csv\n" + STUDY[STUDY.index("time_unit") :]
    study.params.write_text(text.replace("origin: reconstructed", "origin: patients"), encoding="utf-8")
    assert "runs.reconstruction: tells of reconstructed patients, but data.curves gives no curves" in refusal(study)
