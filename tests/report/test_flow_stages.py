"""The boxes of the flow of patients, from a study's numbers."""

import pytest
from small_trial import read_trial, write_trial

from smmlib import analysis_data
from smmlib.analysis.population import population_numbers
from smmlib.display.flow_figure import FlowBox
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.records.flow_stages import flow_stages
from smmlib.trial import derive, read_study
from smmlib.trial.tables.problems import DataError

DATES = {"RANDDT": "2010-01-01", "LSTALVDT": "2011-01-01", "DTHDT": ""}
PATIENTS = [  # arm, analysed, why not, end of study, reason
    *[("A", "Y", "", "COMPLETED", "")] * 3,
    ("A", "Y", "", "DISCONTINUED", "LOST TO FOLLOW-UP"),
    *[("B", "Y", "", "COMPLETED", "")] * 2,
    ("B", "N", "Never treated", "DISCONTINUED", "Withdrew"),
]
ENDED = [
    {"variable": "EOSSTT", "label": "End of study", "levels": {"COMPLETED": "Completed", "DISCONTINUED": "Left"}},
    {"variable": "DCSREAS", "label": "Reason for leaving"},
]
TREATED = {"all": {"label": "treated", "flag": "FASFL", "exclusion_reason": "EXCLREAS"}}
SCREENING = {"assessed": 10, "not_randomised": {"Declined": 2, "Met an exclusion criterion": 1}}


def subjects(copies=1):
    names = ("TRT01P", "FASFL", "EXCLREAS", "EOSSTT", "DCSREAS")
    rows = [dict(zip(names, patient, strict=True)) | DATES for patient in PATIENTS * copies]
    return [row | {"USUBJID": f"P{number}"} for number, row in enumerate(rows)]


def stages(folder, copies=1, **study):
    if "disposition" in study:
        study["runs"] = {name: {"notebook": name} for name in ("population", "disposition")}
    data = derive(read_study(write_trial(folder, study, subjects=subjects(copies))))
    masked = data.study.suppress_below is not None
    return flow_stages(data, masked_numbers(data) if masked else population_numbers(data))


def n(count):
    return f"(n\u00a0=\u00a0{count})"


@pytest.mark.by_hand
def test_where_all_are_analysed_follow_up_has_a_row(tmp_path):
    enrolment, allocation, follow_up, analysis = stages(tmp_path, disposition=ENDED)
    assert (enrolment.boxes, enrolment.beside) == ((FlowBox(f"Randomised {n(7)}"),), None)
    assert allocation.boxes == (FlowBox(f"Allocated to A {n(4)}"), FlowBox(f"Allocated to B {n(3)}"))
    assert follow_up.boxes[0].lines == (
        *("End of study:", f"– Completed {n(3)}", f"– Left {n(1)}"),
        *("Reason for leaving:", f"– Lost to follow-up {n(1)}"),
    )
    assert analysis.boxes == (FlowBox(f"Analysed {n(4)}"), FlowBox(f"Analysed {n(3)}"))


@pytest.mark.by_hand
def test_where_some_are_left_out_it_is_told_of_the_analysed(tmp_path):
    *before, analysis = stages(tmp_path, disposition=ENDED[:1], populations=TREATED)
    assert [stage.name for stage in before] == ["Enrolment", "Allocation"]
    assert analysis.boxes[0].lines == (
        *(f"Left out of the analysis {n(0)}", "End of study:", f"– Completed {n(3)}", f"– Left {n(1)}"),
    )
    assert analysis.boxes[1] == FlowBox(
        f"Analysed {n(2)}",
        (
            *(f"Left out of the analysis {n(1)}", f"– Never treated {n(1)}"),
            *("End of study:", f"– Completed {n(2)}"),
        ),
    )


@pytest.mark.by_hand
def test_those_assessed_stand_before(tmp_path):
    enrolment = stages(tmp_path, screening=SCREENING)[0]
    assert enrolment.boxes == (FlowBox(f"Assessed for eligibility {n(10)}", (f"Randomised {n(7)}",)),)
    reasons = (f"– Declined {n(2)}", f"– Met an exclusion criterion {n(1)}")
    assert enrolment.beside == FlowBox(f"Not randomised {n(3)}", reasons)


@pytest.mark.by_hand
def test_screening_that_leaves_another_number_is_refused(tmp_path):
    with pytest.raises(DataError) as refused:
        read_trial(tmp_path, {"screening": SCREENING | {"assessed": 12}}, subjects=subjects())
    assert (
        "adsl.csv: has 7 randomised patients, but screening says 12 assessed and 3 of them not randomised, "
        "which leaves 9" in str(refused.value)
    )


@pytest.mark.invariant
def test_masked_counts_are_in_no_box(tmp_path):
    """Nor is how the study ended, nor who was assessed, from which those left out could be worked out."""
    asked = {"disposition": ENDED, "populations": TREATED, "screening": SCREENING | {"assessed": 24}}
    masked = stages(tmp_path, 3, **asked, suppress_below=5)
    texts = [text for stage in masked for box in stage.boxes for text in (box.title, *box.lines)]
    assert [stage.name for stage in masked] == ["Enrolment", "Allocation", "Analysis"]
    assert not any(n(count) in text for text in texts for count in range(1, 5))
    assert not any("study" in text or "assessed" in text.lower() for text in texts)


@pytest.mark.oracle
def test_quiredex_left_out_five_and_one():
    """As published: 125 randomised; 57 and 62 analysed."""
    data = analysis_data("quiredex-2013")
    enrolment, _, analysis = flow_stages(data, population_numbers(data))
    assert enrolment.boxes[0].title == f"Randomised {n(125)}"
    assert [box.title for box in analysis.boxes] == [f"Analysed {n(57)}", f"Analysed {n(62)}"]
