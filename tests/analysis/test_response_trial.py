"""A trial of 120 patients with solid tumours: best overall response by a second program, and its comparisons by R."""

import re

import pandas as pd
import pytest
from r_program import Agreement, r_is_here, run_r
from recist_trial import PER_ARM, SCREENED, TRIAL, recist_tables
from reference_recist import RULES, reference_best
from skip_reasons import R_IS_MISSING
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.report import check
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study

ARMS = {"High": "high", "Low": "low", "Placebo": "placebo"}
THEIR_RULES = RULES | {"stable_days": 49}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_trial(tmp_path_factory.mktemp("tumours"), TRIAL, **recist_tables())


@pytest.fixture(scope="module")
def data(file):
    return derive(read_study(file))


@pytest.fixture(scope="module")
def numbers(data):
    return study_numbers(data)


@pytest.fixture(scope="module")
def patients():
    """Arm, stratum and best overall response of each patient, by the second program."""
    tables, rows = recist_tables(), []
    for subject in tables["subjects"]:
        start, therapy = subject["RANDDT"], subject["NEWTRTDT"]
        visits = {
            (row["ADT"] - start).days: row["AVALC"]
            for row in tables["responses"]
            if row["USUBJID"] == subject["USUBJID"] and row["PARAMCD"] == "OVRLRESP"
        }
        stop = (therapy - start).days if therapy else None
        best, _, _ = reference_best(visits, stop=stop, baseline=subject["BASEDT"] != "", rules=THEIR_RULES)
        of_arm = {"arm": ARMS[subject["TRT01P"]], "stratum": subject["STRAT1R"], "sex": subject["SEX"], "best": best}
        rows.append({"USUBJID": subject["USUBJID"], **of_arm, "responded": int(best in ("CR", "PR"))})
    return pd.DataFrame(rows)


@pytest.mark.independent
def test_every_patient_has_the_best_response_of_the_second_program(data, patients):
    found = data.responses.set_index("patient")["response"].to_dict()
    assert found == patients.set_index("USUBJID")["best"].to_dict()
    assert patients["best"].nunique() >= 5


@pytest.mark.independent
def test_the_counts_are_those_of_the_second_program(numbers, patients):
    counts = patients.groupby(["arm", "best"]).size()
    categories = {key: number for key, number in numbers.items() if key.measure == "category"}
    assert len(categories) == 3 * 6
    for key, number in categories.items():
        assert (number.value, number.n) == (counts.get((key.arm, key.level), 0), PER_ARM)


@pytest.mark.other_package
@pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)
def test_rates_and_comparisons_are_those_of_r(tmp_path, numbers, patients):
    agreement = Agreement()
    for (_, what, arm), rows in run_r("response_trial", tmp_path, patients=patients).items():
        if what.startswith("subgroup"):
            continue
        variant = "" if what in ("rate", "fisher_test") else "stratified"
        reference = "" if what == "rate" else "placebo"
        result = numbers[Key("response", what, arm=arm, reference=reference, phase="best", variant=variant)]
        for field in rows.columns.drop("at"):
            agreement.add(f"{what} {arm} {field}", getattr(result, field), rows[field].iloc[0])
    assert agreement.compared == 3 * 3 + 2 * (1 + 3 + 2 + 1)
    agreement.check()


@pytest.mark.other_package
@pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)
def test_subgroups_of_response_are_those_of_r(tmp_path, numbers, patients):
    agreement = Agreement()
    factors = {"sex": "SEX", "stratum": "STRAT1R"}
    for (_, what, about), rows in run_r("response_trial", tmp_path, patients=patients).items():
        if not what.startswith("subgroup"):
            continue
        arm, factor, level = [*about.split(" "), ""][:3]
        measure = what.removeprefix("subgroup ")
        names = {"arm": arm, "reference": "placebo", "phase": "best", "factor": factors[factor], "level": level}
        result = numbers[Key("response_subgroups", measure, **names)]
        for field in rows.columns.drop("at"):
            agreement.add(f"{what} {about} {field}", getattr(result, field), rows[field].iloc[0])
    assert agreement.compared == 2 * 2 * (2 * 1 + 2)
    agreement.check()


@pytest.mark.independent
def test_patients_and_responders_of_subgroups_are_those_of_the_second_program(numbers, patients):
    counts = patients.groupby(["arm", "sex"])["responded"].agg(["size", "sum"])
    for (arm, sex), (size, responders) in counts.iterrows():
        about = {"arm": arm, "phase": "best", "factor": "SEX", "level": sex}
        assert numbers[Key("response_subgroups", "patients", **about)].value == size
        assert numbers[Key("response_subgroups", "responders", **about)].value == responders


@pytest.mark.other_package
def test_the_second_implementation_of_the_report_agrees_in_subgroups(file, numbers):
    checked = [found for found in second_implementation(file, None) if found[0].section == "response_subgroups"]
    assert {found[0].measure for found in checked} == {"patients", "responders", "odds_ratio", "interaction_test"}
    for key, quantity, value, program in checked:
        assert getattr(numbers[key], quantity) == pytest.approx(value, rel=1e-7), (key.name, program)


@pytest.mark.other_package
def test_the_second_implementation_of_the_report_agrees_within_strata(file, numbers):
    checked = [found for found in second_implementation(file, None) if found[0].variant == "stratified"]
    checked = [found for found in checked if found[0].section == "response"]
    assert len(checked) == 2 * 5
    for key, quantity, value, program in checked:
        assert getattr(numbers[key], quantity) == pytest.approx(value, rel=1e-9), (key.name, program)


@pytest.mark.by_hand
def test_what_does_not_count_is_counted_by_arm(numbers, data):
    """Seven of each arm have a response before randomisation; the first of each arm has no baseline."""
    counts = {(key.arm, key.level): number for key, number in numbers.items() if key.measure == "passed_over"}
    before = {arm: number.value for (arm, why), number in counts.items() if why == "on or before the start"}
    assert before == dict.fromkeys(ARMS.values(), SCREENED)
    assert {why for _, why in counts} >= {"on or before the start", "without a baseline"}
    dated = data.assessments[data.assessments["arm"] == "high"]
    assert counts["high", "on or before the start"].n == len(dated)


@pytest.mark.by_hand
def test_the_check_says_the_scale_the_responders_and_what_was_passed_over(file, capsys):
    assert check.main([str(file)]) == 0
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    for words in (
        "response by RECIST 1.1, best first CR, PR, SD, NON-CR/NON-PD, PD, NE",
        "responders CR, PR: partial response or better",
        "Responses are confirmed 28 days later or more. Stable disease takes 49 days from the start.",
        "passed over 21 on or before the start, ",
    ):
        assert words in said
    assert "yeloma" not in said
