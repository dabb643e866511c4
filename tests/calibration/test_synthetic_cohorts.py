"""The bundled synthetic cohorts: published numbers by the simplest means, and histories that could have happened."""

from datetime import timedelta
from itertools import pairwise

import pytest
from project_files import PROJECT
from published_by_hand import (
    DATASETS,
    analysed,
    missed_claims,
    of_arm,
    patients_of,
    rows_of,
    survival_curve,
    tables_of,
)

from smmlib.trial.categories import IMWG
from smmlib.trial.parameters.study import read_study

STUDIES = {
    file.stem: study
    for file in sorted((PROJECT / "params").glob("*.yaml"))
    if (study := read_study(file, with_files=False)).synthetic is not None
}
SUBJECTS = {name: rows_of(name, "adsl.csv") for name in STUDIES}


@pytest.fixture(params=STUDIES)
def study(request):
    return STUDIES[request.param]


def test_there_is_a_cohort_for_each_publication():
    assert set(STUDIES) == {"quiredex-2013", "quiredex-2016", "quiredex-2022", "e3a06-2020", "aquila-2025"}


# ---- the published numbers, by the simplest means


@pytest.mark.independent
def test_every_claim_is_given_back_as_printed(study):
    assert missed_claims(study, tables_of(study)) == []


# ---- histories that could have happened


def in_order(*days):
    """Whether the days that are given do not go back."""
    given = [day for day in days if day is not None]
    return given == sorted(given)


@pytest.mark.invariant
def test_dates_of_each_patient_follow_each_other(study):
    design = study.synthetic
    for row in SUBJECTS[study.study]:
        who = row["USUBJID"]
        assert in_order(row.get("DIAGDT"), row["RANDDT"], row["PROGDT"], row["LSTASDT"], row["LSTALVDT"]), who
        assert row["LSTALVDT"] <= design.data_cutoff, who
        assert in_order(row["PROGDT"], row["DTHDT"]), who
        assert row["PROGDT"] is None or row["PROGDT"] != row["DTHDT"], who
        assert row["DTHDT"] in (None, row["LSTALVDT"]), who
        assert in_order(row["RANDDT"], row.get("SPMDT"), row["LSTALVDT"]), who
        assert design.accrual_start <= row["RANDDT"] <= design.accrual_end, who
        assert row.get("PPROTFL", "Y") == "Y" or row["EXCLREAS"], who


@pytest.mark.invariant
def test_stratum_of_each_patient_is_that_of_the_diagnosis(study):
    stratum = study.synthetic.stratum
    for row in SUBJECTS[study.study] if stratum else ():
        recent = (row["RANDDT"] - row["DIAGDT"]).days <= stratum.months * 365.25 / 12
        assert row["STRAT1R"] == f"{'<=' if recent else '>'} {stratum.months:g} months", row["USUBJID"]


@pytest.mark.invariant
def test_every_row_says_that_it_is_synthetic(study):
    rows = SUBJECTS[study.study]
    assert all("SYNTHETIC" in row["STUDYID"] and row["USUBJID"].startswith("SYN-") for row in rows)
    readme = (DATASETS / study.study / "README.md").read_text(encoding="utf-8")
    assert "SYNTHETIC" in readme.splitlines()[0]
    assert [row["USUBJID"] for row in rows] == sorted({row["USUBJID"] for row in rows})
    assert in_order(*(row["RANDDT"] for row in rows))


@pytest.mark.invariant
def test_no_step_of_a_curve_is_a_cliff(study):
    """No event takes more than a tenth of the patients, as one does when few are left at risk."""
    for endpoint in study.synthetic.curves:
        for arm in study.arms.levels:
            curve = survival_curve(of_arm(patients_of(study, SUBJECTS[study.study], endpoint), arm.value))
            levels = [1.0, *(survival for _, survival in curve)]
            assert max(before - after for before, after in pairwise(levels)) < 0.1, (endpoint, arm.id)


@pytest.mark.invariant
def test_events_do_not_pile_up(study):
    """In a quarter of a year a fifth of an arm's events at most, or five, which chance makes now and then."""
    for endpoint in study.synthetic.curves:
        for arm in study.arms.levels:
            patients = of_arm(patients_of(study, SUBJECTS[study.study], endpoint), arm.value)
            days = sorted(
                time * {"months": 365.25 / 12, "years": 365.25}[study.time_unit] for time, event, _ in patients if event
            )
            busiest = max(sum(day <= other < day + 91 for other in days) for day in days)
            assert len(days) < 10 or busiest <= max(5, 0.2 * len(days)), (endpoint, arm.id)


@pytest.mark.invariant
def test_treatment_of_each_patient_fits_the_plan_and_the_events():
    for row in SUBJECTS["quiredex-2013"]:
        first, last, again, end = (row[name] for name in ("PH1SDT", "PH1EDT", "PH2SDT", "PH2EDT"))
        assert (first is not None) == (last is not None) == (row["TRT01P"] != "Observation")
        assert in_order(row["RANDDT"], first, last, again, end, row["LSTALVDT"])
        if first is not None:
            assert (last - first).days + 1 <= 252
            for stop in filter(None, (row["PROGDT"], row["DTHDT"])):
                assert max(filter(None, (last, end))) <= stop
                assert again is None or end is not None
        if again is not None:
            assert (last - first).days + 1 == 252
            assert again - last <= timedelta(days=14)
            assert end is None or (end - again).days + 1 <= 730


@pytest.mark.invariant
def test_responses_fit_treatment_and_never_become_worse():
    subjects = {row["USUBJID"]: row for row in analysed(SUBJECTS["quiredex-2013"])}
    responses = rows_of("quiredex-2013", "adrs.csv")
    rank = IMWG.categories.index
    best = {(row["USUBJID"], row["AVISIT"]): row["AVALC"] for row in responses}
    for row in responses:
        patient, number = subjects[row["USUBJID"]], {"INDUCTION": 1, "MAINTENANCE": 2}[row["AVISIT"]]
        assert in_order(patient[f"PH{number}SDT"], row["ADT"], patient[f"PH{number}EDT"], patient["LSTALVDT"])
        assert row["AVALC"] != "PD" or row["ADT"] == patient["PROGDT"]
        assert rank(row["AVALC"]) <= rank(best[row["USUBJID"], "INDUCTION"])
    entered = {name for name, row in subjects.items() if row["PH2SDT"]}
    assert entered == {name for name, visit in best if visit == "MAINTENANCE"}


@pytest.mark.invariant
@pytest.mark.parametrize("name", ["aquila-2025", "e3a06-2020"])
def test_responses_over_the_course_are_found_before_progression(name):
    subjects = {row["USUBJID"]: row for row in SUBJECTS[name]}
    for row in rows_of(name, "adrs.csv"):
        patient = subjects[row["USUBJID"]]
        assert in_order(patient["RANDDT"], row["ADT"], patient["LSTASDT"])
