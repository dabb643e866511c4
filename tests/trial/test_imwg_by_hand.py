"""Response of one patient, worked out from the myeloma criteria on a few values: each limit, and who confirms whom."""

from datetime import date, timedelta

import pytest

from smmlib.trial.response.history import best_response, first_response, progression, response_history
from smmlib.trial.response.imwg import Assessment, Measurable, judge, marker_values, measurable

pytestmark = pytest.mark.by_hand

START = date(2010, 1, 1)
NEGATIVE = {"serum_immunofixation": "negative", "urine_immunofixation": "negative"}
GONE = {"serum": 0, "urine": 0, **NEGATIVE}
STRINGENT = {**GONE, "marrow": 2, "clonal_cells": "absent", "kappa": 10, "lambda_": 10}


def on(month, **values):
    """An assessment some months of 30 days after the baseline."""
    return Assessment(START + timedelta(days=30 * month), rows=(f"row {month}",), **values)


def history(baseline, *later, stop=None):
    """Course of assessments given as dicts, or as numbers of serum M-protein, a month apart."""
    given = [each if isinstance(each, dict) else {"serum": each, "urine": 0} for each in later]
    return response_history(on(0, **baseline), [on(month, **each) for month, each in enumerate(given, 1)], stop=stop)


def categories(assessed):
    return " ".join(each.category for each in assessed)


def confirmed(assessed):
    return " ".join(str(each.confirmed) for each in assessed)


def category(baseline, **now):
    baseline = on(0, **baseline)
    return judge(on(1, **now), baseline, marker_values(baseline, baseline)).category


# ---- what is measurable


@pytest.mark.parametrize(
    ("baseline", "followed"),
    [
        ({"serum": 10}, "serum"),
        ({"serum": 9.9}, ""),
        ({"serum": 30, "urine": 200, "kappa": 500, "lambda_": 5, "marrow": 60}, "serum urine"),
        ({"serum": 9.9, "urine": 199, "kappa": 100, "lambda_": 10, "marrow": 60}, "light_chains"),
        ({"kappa": 10, "lambda_": 100}, "light_chains"),
        ({"kappa": 100, "lambda_": 0}, "light_chains"),
        ({"kappa": 99, "lambda_": 1}, ""),
        ({"kappa": 165, "lambda_": 100, "marrow": 30}, "marrow"),
        ({"kappa": 26, "lambda_": 100, "marrow": 29.9}, ""),
        ({"kappa": 300}, ""),
    ],
)
def test_measurable(baseline, followed):
    names = followed.split()
    expected = {name: name in names for name in ("serum", "urine", "light_chains", "marrow")}
    assert measurable(on(0, **baseline)) == Measurable(**expected)


# ---- one assessment against its baseline


@pytest.mark.parametrize(
    ("baseline", "serum", "expected"),
    [
        (30, 3, "VGPR"),
        (30, 3.01, "PR"),
        (30, 15, "PR"),
        (30, 15.01, "MR"),
        (30, 22.5, "MR"),
        (30, 22.51, "SD"),
        (30, 37.4, "SD"),
        (30, 37.5, "PD"),
        (12, 16.9, "SD"),
        (12, 17, "PD"),
        (50, 59.9, "SD"),
        (50, 60, "PD"),
        (49, 59, "SD"),
        (33.3, 3.33, "VGPR"),
    ],
)
def test_limits_of_serum(baseline, serum, expected):
    assert category({"serum": baseline, "urine": 0}, serum=serum, urine=99) == expected


@pytest.mark.parametrize(
    ("baseline", "urine", "expected"),
    [
        (5000, 500, "PR"),
        (5000, 501, "MR"),
        (5000, 2500, "MR"),
        (5000, 2501, "SD"),
        (400, 200, "MR"),
        (250, 199, "PR"),
        (250, 100, "PR"),
        (250, 99, "VGPR"),
        (1000, 1249, "SD"),
        (1000, 1250, "PD"),
        (200, 399, "SD"),
        (200, 400, "PD"),
    ],
)
def test_limits_of_urine(baseline, urine, expected):
    assert category({"serum": 0, "urine": baseline}, serum=0, urine=urine) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"serum": 1, "urine": 500}, "MR"),
        ({"serum": 1, "urine": 600}, "SD"),
        ({"serum": 22, "urine": 50}, "MR"),
        ({"serum": 1, "urine": 1000}, "SD"),
        ({"serum": 1, "urine": 199}, "PR"),
        ({"serum": 1, "urine": 1300}, "PD"),
        ({"serum": 1}, "NE"),
        ({"urine": 1}, "NE"),
        ({"urine": 1300}, "PD"),
    ],
)
def test_the_lower_of_serum_and_urine(now, expected):
    assert category({"serum": 30, "urine": 1000}, **now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"serum": 0}, "PR"),
        ({"serum": 0, "urine": 100}, "PR"),
        ({"serum": 0, "urine_immunofixation": "negative"}, "VGPR"),
        (GONE, "VGPR"),
        (GONE | {"marrow": 5}, "VGPR"),
        (GONE | {"marrow": 4.9}, "CR"),
        (GONE | {"serum": None, "urine": None, "marrow": 4}, "CR"),
        (GONE | {"serum": 0.5, "marrow": 4}, "CR"),  # by the letter: immunofixation decides, and denies it
        (GONE | {"serum": 0.5, "serum_immunofixation": None, "marrow": 4}, "VGPR"),
        (GONE | {"marrow": 4, "urine_immunofixation": None}, "VGPR"),
        (GONE | {"marrow": 4, "serum_immunofixation": "positive"}, "VGPR"),
        (STRINGENT, "sCR"),
        (STRINGENT | {"clonal_cells": None}, "CR"),
        (STRINGENT | {"clonal_cells": "present"}, "CR"),
        (STRINGENT | {"kappa": 16.5}, "sCR"),
        (STRINGENT | {"kappa": 16.6}, "CR"),
        (STRINGENT | {"kappa": 0, "lambda_": 0}, "CR"),
    ],
)
def test_complete_response(now, expected):
    assert category({"serum": 30, "urine": 0}, **now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"kappa": 210, "lambda_": 10}, "PR"),
        ({"kappa": 211, "lambda_": 10}, "SD"),
        ({"kappa": 50, "lambda_": 10}, "VGPR"),
        ({"kappa": 10, "lambda_": 300}, "VGPR"),
        ({"kappa": 510, "lambda_": 10}, "SD"),
        ({"kappa": 511, "lambda_": 10}, "PD"),
        ({"kappa": 50}, "NE"),
        ({"kappa": 10, "lambda_": 10, "marrow": 2, **NEGATIVE}, "CR"),
        ({"kappa": 10, "lambda_": 10, "marrow": 2, "clonal_cells": "absent", **NEGATIVE}, "sCR"),
        ({"kappa": 20, "lambda_": 10, "marrow": 2, **NEGATIVE}, "VGPR"),
        ({"kappa": 410, "lambda_": 10, "serum": 5}, "PD"),
    ],
)
def test_light_chains_only(now, expected):
    assert category({"serum": 0, "urine": 0, "kappa": 410, "lambda_": 10}, **now) == expected


@pytest.mark.parametrize(
    ("marrow", "expected"), [(30, "PR"), (31, "SD"), (74, "SD"), (75, "PD"), (4, "PR"), (None, "NE")]
)
def test_marrow_only(marrow, expected):
    assert category({"serum": 0, "urine": 0, "kappa": 9, "lambda_": 9, "marrow": 60}, marrow=marrow) == expected


# ---- confirmation


@pytest.mark.parametrize(
    ("serum", "shown", "borne_out"),
    [
        ([2, 2], "VGPR VGPR", "VGPR None"),
        ([2, 10], "VGPR PR", "PR None"),
        ([10, 2, 2], "PR VGPR VGPR", "PR VGPR None"),
        ([10, 29], "PR SD", "None SD"),
        ([10, None, 10], "PR NE PR", "PR None None"),
        ([38, 38], "PD PD", "PD None"),
        ([38, None, 30, 38], "PD NE SD PD", "None None SD None"),
        ([2, 2, 7, 7], "VGPR VGPR PD PD", "VGPR None PD None"),
        ([2, 8, 8, 8], "VGPR PR PR PR", "PR PR PR None"),
        ([2, 2, 6.9, 6.9], "VGPR VGPR PR PR", "VGPR PR PR None"),
    ],
)
def test_the_next_evaluable_assessment_confirms(serum, shown, borne_out):
    found = history({"serum": 30, "urine": 0}, *serum)
    assert (categories(found), confirmed(found)) == (shown, borne_out)


def test_of_a_low_value_that_did_not_hold_the_higher_of_two_is_the_lowest_confirmed():
    """3 to 9: VGPR that only PR follows. Progression is then counted from 9, not from 3, and not from 30."""
    assert categories(history({"serum": 30, "urine": 0}, 3, 9, 13.9, 14, 14)) == "VGPR PR PR PD PD"


def test_the_lowest_value_need_not_be_in_one_category():
    """sCR that is CR at the next, for its light chains: both are without M-protein, from which 8 g/L is progression."""
    later = [STRINGENT, GONE | {"kappa": 30, "lambda_": 10}, 8, 8]
    found = history({"serum": 30, "urine": 0}, *later)
    assert (categories(found), confirmed(found)) == ("sCR CR PD PD", "CR None PD None")


def test_marrow_counts_from_its_day_until_m_protein_is_seen():
    low = {"serum": 1, "urine": 0, "serum_immunofixation": "positive", "urine_immunofixation": "negative"}
    found = history({"serum": 30, "urine": 0}, GONE, GONE | {"marrow": 2}, GONE, low, GONE)
    assert (categories(found), confirmed(found)) == ("VGPR CR CR VGPR VGPR", "VGPR CR VGPR VGPR None")
    assert found[2].reason.endswith("immunofixation negative, marrow 2% on 2010-03-02; "
                                    "sCR not shown: light chain ratio and clonal cells missing")  # fmt: skip
    assert found[2].rows == ("row 3", "row 2")


@pytest.mark.parametrize(
    "between",
    [
        {"serum": 0, "urine": 0, "serum_immunofixation": "positive"},
        {"serum": 0.5, "urine": 0},
        {"serum": 0, "urine": 10},
        {"serum": 6, "urine": 0},
    ],
)
def test_m_protein_ends_what_the_marrow_counts_for(between):
    complete = GONE | {"marrow": 2}
    assert categories(history({"serum": 30, "urine": 0}, complete, complete, between, GONE)).endswith(" VGPR")
    assert categories(history({"serum": 30, "urine": 0}, complete, complete, {"marrow": 3}, GONE)).endswith(" CR")


def test_progression_ends_what_the_marrow_counts_for():
    """Light chains may rise while immunofixation is negative."""
    normal, high = {"kappa": 10, "lambda_": 10}, {"kappa": 200, "lambda_": 10}
    found = history(
        {"kappa": 410, "lambda_": 10}, NEGATIVE | normal | {"marrow": 2}, NEGATIVE | normal, high, NEGATIVE | normal
    )
    assert categories(found) == "CR CR PD VGPR"


def test_progression_by_one_marker_confirms_a_low_value_of_another_by_the_higher_of_two():
    """2 and 3 g/L, at the first of which urine had risen: 3 is confirmed, so 7.9 is none and 8 is progression."""
    risen = {"serum": 2, "urine": 250}
    assert categories(history({"serum": 30, "urine": 0}, risen, 3, 7.9)) == "PD VGPR PR"
    assert categories(history({"serum": 30, "urine": 0}, risen, 3, 8)) == "PD VGPR PD"


def test_only_the_marrow_need_not_be_repeated():
    again = {**NEGATIVE, "kappa": 10, "lambda_": 10}
    assert confirmed(history({"serum": 30, "urine": 0}, STRINGENT, again)) == "sCR None"
    assert confirmed(history({"serum": 30, "urine": 0}, STRINGENT, NEGATIVE)) == "CR None"


def test_relapse_from_complete_response_is_no_progression():
    complete = GONE | {"marrow": 2}
    back = {"serum": 3, "urine": 0, "serum_immunofixation": "positive", "urine_immunofixation": "negative"}
    assert progression(history({"serum": 30, "urine": 0}, complete, complete, back, back)) is None


def test_progression_in_urine_waits_for_the_next_urine():
    baseline = {"serum": 30, "urine": 50}
    rise = {"serum": 30, "urine": 250}
    assert confirmed(history(baseline, rise, {"serum": 30}, rise)) == "PD SD None"
    assert confirmed(history(baseline, rise, {"serum": 30}, baseline)) == "None SD SD"


def test_new_therapy_ends_what_counts():
    found = history({"serum": 30, "urine": 0}, 2, 2, 2, stop=START + timedelta(days=60))
    assert (categories(found), confirmed(found)) == ("VGPR NE NE", "None None None")
    assert found[1].reason == "new therapy began on 2010-03-02"
    assert best_response(found).category == "SD"


# ---- best response, first response, progression


@pytest.mark.parametrize(
    ("serum", "category", "month", "confirmed_month"),
    [
        ([10, 2, 2, 10], "VGPR", 2, 3),
        ([2, 10], "PR", 1, 2),
        ([30, 10, 29], "SD", 1, None),
        ([10], "SD", 1, None),
        ([38, 38, 2, 2], "PD", 1, 2),
        ([29, 38, 38, 2, 2], "SD", 1, None),
        ([38], "NE", None, None),
        ([None], "NE", None, None),
        ([], "NE", None, None),
    ],
)
def test_best_response(serum, category, month, confirmed_month):
    best = best_response(history({"serum": 30, "urine": 0}, *serum))
    days = [each and START + timedelta(days=30 * each) for each in (month, confirmed_month)]
    assert [best.category, best.day, best.confirmed_on] == [category, *days]


def test_best_response_in_a_period():
    found = history({"serum": 30, "urine": 0}, 10, 2, 2, 10, 10)
    day = [each.day for each in found]
    assert best_response(found, last=day[0]).category == "PR"
    assert best_response(found, last=day[1]).confirmed_on == day[2]
    assert best_response(found, first=day[3]).category == "PD"
    assert best_response(found, first=day[4]).category == "NE"
    assert best_response(found, first=day[4]).reason == "progressive disease since 2010-05-01"
    assert first_response(found).day == day[0]
    assert progression(found).day == day[3]


# ---- reasons


@pytest.mark.parametrize(
    ("baseline", "now", "reason"),
    [
        (
            {"serum": 30, "urine": 0},
            {"serum": 2, "urine": 80, "serum_immunofixation": "positive", "urine_immunofixation": "positive"},
            "serum M-protein 30 to 2 g/L (93% less), urine 80 mg/24 h, immunofixation positive",
        ),
        ({"serum": 30}, {"serum": 0}, "serum M-protein 30 to 0 g/L (100% less); VGPR not shown: urine missing"),
        ({"serum": 30}, {"serum": 3.1}, "serum M-protein 30 to 3.1 g/L (89.6% less)"),
        ({"serum": 30}, {"serum": 30}, "serum M-protein 30 g/L as at baseline"),
        ({"serum": 30}, {"serum": 33}, "serum M-protein 30 to 33 g/L (10% more)"),
        ({"serum": 30}, {"urine": 5}, "serum M-protein missing"),
        ({"serum": 9}, {"serum": 5}, "nothing measurable at baseline"),
        ({"serum": 30}, {"serum": 40}, "serum M-protein 40 g/L, up by 10 g/L (33%) from the lowest confirmed 30 g/L"),
        (
            {"serum": 30, "urine": 0},
            {"serum": 30, "urine": 200},
            "urine 200 mg/24 h, up by 200 mg/24 h from the lowest confirmed 0 mg/24 h",
        ),
        ({"marrow": 60}, {"marrow": 20}, "marrow plasma cells 60 to 20% (67% less)"),
        (
            {"marrow": 40},
            {"marrow": 50},
            "marrow plasma cells 50%, up by 10 points (25%) from the lowest confirmed 40%",
        ),
        (
            {"serum": 0, "urine": 400},
            {"urine": 150, "serum_immunofixation": "negative", "urine_immunofixation": "positive"},
            "serum M-protein 0 g/L, urine 400 to 150 mg/24 h (63% less), "
            "immunofixation negative in serum, positive in urine",
        ),
        (
            {"serum": 30, "urine": 0},
            GONE,
            "serum M-protein 30 to 0 g/L (100% less), urine 0 mg/24 h, immunofixation negative; "
            "CR not shown: marrow plasma cells missing",
        ),
    ],
)
def test_reason(baseline, now, reason):
    assert history(baseline, now)[0].reason == reason


def test_reason_of_an_unconfirmed_response():
    best = best_response(history({"serum": 30, "urine": 0}, 10))
    assert best.reason.startswith("PR on 2010-01-31 unconfirmed: serum M-protein 30 to 10 g/L (67% less)")


def test_reason_of_a_response_that_is_confirmed_as_a_lower_one():
    best = best_response(history({"serum": 30, "urine": 0}, 2, 10))
    assert best.reason.startswith("VGPR confirmed as PR: serum M-protein 30 to 2 g/L (93% less)")
    assert best.rows == ("row 1", "row 2")


def test_an_excess_of_the_other_light_chain_is_no_low_from_which_to_progress():
    light = [{"kappa": kappa, "lambda_": lambda_} for kappa, lambda_ in [(10, 150), (10, 150), (110, 10), (111, 10)]]
    assert categories(history({"kappa": 410, "lambda_": 10}, *light)) == "VGPR VGPR PR PD"


def test_no_baseline():
    found = response_history(None, [on(1, serum=3)])
    assert (found[0].category, found[0].reason) == ("NE", "no baseline")


# ---- what is refused


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("serum", -1),
        ("urine", float("nan")),
        ("kappa", float("inf")),
        ("lambda_", "5"),
        ("marrow", 101),
        ("serum_immunofixation", "neg"),
        ("urine_immunofixation", ["negative"]),
        ("clonal_cells", "negative"),
    ],
)
def test_impossible_value_is_named(name, value):
    with pytest.raises(ValueError, match=rf"2010-01-31: {name} is .*must be"):
        on(1, **{name: value})


def test_days_increase():
    with pytest.raises(ValueError, match="2010-01-31 follows 2010-03-02"):
        response_history(on(0), [on(2), on(1)])
    with pytest.raises(ValueError, match="2010-01-31 follows 2010-01-31"):
        response_history(None, [on(1), on(1)])
    with pytest.raises(ValueError, match="2010-01-01 follows 2010-01-01"):
        response_history(on(0), [on(0)])
