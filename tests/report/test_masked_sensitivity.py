"""Sensitivity analyses under `suppress_below`: no count of few patients, and none that two numbers differ by."""

import re
from datetime import date

import pytest
from small_trial import write_trial

from smmlib.analysis import Key, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.trial import derive, read_study
from smmlib.trial.tables.problems import DataError

pytestmark = pytest.mark.by_hand

LIMIT, PATIENTS, START = 5, 60, date(2010, 1, 1)
CATEGORIES = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD")
RECORDED = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "paramcd": "OS", "rule": "To death."}
LOST, ENDED = "lost", "end of study"


def study(**variants):
    named = {name: {"label": name, **variant} for name, variant in variants.items()}
    best = {"id": "best", "visit": "BEST", "label": "Best", "denominator": "analysed"}
    missing = {"complete": {"label": "Evaluable alone", "missing": "left out"}}
    return {
        "suppress_below": LIMIT,
        "populations": {"all": {"label": "all"}, "protocol": {"label": "per protocol", "flag": "PPROTFL"}},
        "endpoints": {"os": RECORDED},
        "response": {"visits": [best]},
        "sensitivity": {"endpoints": {"os": named}, "responses": {"best": missing}},
        "runs": {
            "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}},
            "response": {"notebook": "response"},
            "sensitivity": {"notebook": "sensitivity"},
        },
    }


def tables(*, lost, outside=8, unknown=8):
    """Of each arm 15 die and some are lost, the rest goes to the end; some are not in the protocol or not evaluable."""
    subjects, times, responses = [], [], []
    for arm in "AB":
        for at in range(PATIENTS):
            name, code = f"{arm}{at}", 0 if at < 15 else 2 if at < 15 + lost else 1
            days = 100 + 11 * at
            protocol = "N" if at >= PATIENTS - outside else "Y"
            subjects.append({"USUBJID": name, "TRT01P": arm, "RANDDT": START, "PPROTFL": protocol})
            times.append({"USUBJID": name, "PARAMCD": "OS", "AVAL": days, "CNSR": code})
            times[-1] |= {"EVNTDESC": "" if code else "death", "CNSDTDSC": {0: "", 1: ENDED, 2: LOST}[code]}
            category = "NE" if at < unknown else CATEGORIES[at % len(CATEGORIES)]
            responses.append({"USUBJID": name, "AVISIT": "BEST", "AVALC": category})
    return {"subjects": subjects, "times": times, "responses": responses}


def masks_of(folder, of, **variants):
    """The measures and variants of what is masked of the section, of arm A or of its comparison."""
    data = derive(read_study(write_trial(folder, study(**variants), **of)))
    found = {key: result for key, result in masked_numbers(data).items() if key.section == "sensitivity"}
    assert found.keys() == {key for key in study_numbers(data) if key.section == "sensitivity"}
    return {(key.measure, key.variant) for key, result in found.items() if is_masked(result) and key.arm == "a"}, found


WORST = {"worst_case": {"followed_until": 700, "reasons": [LOST]}}
CODES = {"event_codes": [0, 2]}
TIPPING = {"tipping_point": {"followed_until": 700, "reasons": [LOST], "factors": [1, 2], "imputations": 3, "seed": 1}}
COUNTS_OF_OS = {("events", "worst"), ("events", "codes")}


def test_nothing_is_masked_where_no_count_is_small(tmp_path):
    masked, numbers = masks_of(tmp_path, tables(lost=8), worst=WORST, codes=CODES, protocol={"population": "protocol"})
    assert masked == set()
    assert numbers[Key("sensitivity", "events", "os", "a", variant="worst")].value == 23


def test_few_patients_lost_mask_the_events_of_the_variants_but_not_those_of_the_main_analysis(tmp_path):
    """18 less 15 events are the 3 lost. What compares the arms is shown, as elsewhere, but not what it rests on."""
    masked, numbers = masks_of(tmp_path, tables(lost=3), worst=WORST, codes=CODES)
    assert masked == COUNTS_OF_OS
    ratio = numbers[Key("sensitivity", "hazard_ratio", "os", "a", "b", variant="worst")]
    assert ratio.value > 0
    assert ratio.events != ratio.events
    assert ratio.n != ratio.n
    assert numbers[Key("sensitivity", "events", "os", "a")].value == 15


def test_a_variant_that_changes_no_count_is_shown(tmp_path):
    late = {"late_detection": {"to": "start", "interval": 30}}
    masked, numbers = masks_of(tmp_path, tables(lost=3), late=late)
    assert masked == set()
    assert numbers[Key("sensitivity", "events", "os", "a", variant="late")].value == 15


def test_how_many_times_were_imputed_is_not_told(tmp_path):
    masked, numbers = masks_of(tmp_path, tables(lost=8), tipping=TIPPING)
    assert masked == set()
    imputed = [result for key, result in numbers.items() if key.variant == "tipping"]
    assert len(imputed) == 3
    assert not any(re.search(r"follow-up \(\d", result.method) for result in imputed)


@pytest.mark.parametrize(("unknown", "is_shown"), [(8, True), (3, False), (0, False)])
def test_variants_of_a_response_are_shown_whole_or_not_at_all(tmp_path, unknown, is_shown):
    masked, numbers = masks_of(tmp_path, tables(lost=8, unknown=unknown), codes=CODES)
    of_response = {(key.measure, key.variant) for key in numbers if key.phase == "best" and key.arm == "a"}
    assert masked == (set() if is_shown else of_response)
    assert len(of_response) == 6


def test_a_population_that_differs_by_a_few_is_refused(tmp_path):
    with pytest.raises(DataError, match="populations all and protocol differ by 3 patients in arm A"):
        masks_of(tmp_path, tables(lost=8, outside=3), protocol={"population": "protocol"})
