"""The synthetic cohort: it comes from its parameters alone, gives back every published number, and could be true."""

import csv
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import erfc, exp, isnan, log, sqrt
from pathlib import Path

import pandas as pd
import pytest

from smmlib.synthetic.calibrate import calibrate, main, read_plan, write_cohort
from smmlib.synthetic.claims import ClaimError, check_measured, target, targets_of
from smmlib.synthetic.measures import measure_cohort
from smmlib.trial.categories import RESPONSE_CATEGORIES

PROJECT = Path(__file__).parents[1]
PARAMS = PROJECT / "params" / "quiredex-2013.yaml"
FOLDER = PROJECT / "smmlib" / "datasets" / "quiredex-2013"
RD, OBSERVATION = "Lenalidomide + dexamethasone", "Observation"
MONTH = 365.25 / 12
TABLES = {"subjects": "adsl.csv", "responses": "adrs.csv"}
DATES = ("RANDDT", "DIAGDT", "PROGDT", "DTHDT", "LSTASDT", "LSTALVDT", "PH1SDT", "PH1EDT", "PH2SDT", "PH2EDT", "ADT")


def rows_of(name):
    """A table read by hand: dictionaries of text, with dates and None for those that are missing."""
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for variable in DATES:
            if variable in row:
                row[variable] = date.fromisoformat(row[variable]) if row[variable] else None
    return rows


SUBJECTS, RESPONSES = rows_of("adsl.csv"), rows_of("adrs.csv")
ANALYSED = [row for row in SUBJECTS if row["PPROTFL"] == "Y"]


@pytest.fixture
def params(tmp_path):
    """Write changed parameters to a folder of their own, where their tables would go as well."""

    def write(*changes):
        text = PARAMS.read_text(encoding="utf-8")
        made = [("  bundled: quiredex-2013\n", "")]
        made += [(f"{table}: {file}", f"{table}: made/{file}") for table, file in TABLES.items()]
        for old, new in (*made, *changes):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "study.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


# ---- the same cohort, again


@pytest.mark.invariant
def test_the_parameters_make_the_committed_tables_again_to_the_byte(params):
    files = write_cohort(params())
    assert {file.name: file.read_bytes() for file in files.values()} == {
        name: (FOLDER / name).read_bytes() for name in TABLES.values()
    }
    assert {file.parent.name for file in files.values()} == {"made"}


# ---- the published numbers: once by the simplest means, once by our own statistics


def times_to(event, last):
    """Months, event and arm of every analysed patient."""
    return [
        (((row[event] or row[last]) - row["RANDDT"]).days / MONTH, row[event] is not None, row["TRT01P"])
        for row in ANALYSED
    ]


TIMES = {"ttp": times_to("PROGDT", "LSTASDT"), "os": times_to("DTHDT", "LSTALVDT")}
ARMS = {"rd": RD, "observation": OBSERVATION}


def survival_curve(patients):
    """Kaplan-Meier by its definition, as pairs of time and survival."""
    survival, curve = 1.0, []
    for time in sorted({time for time, event, *_ in patients if event}):
        at_risk = sum(other >= time for other, *_ in patients)
        events = sum(event and other == time for other, event, *_ in patients)
        survival *= 1 - events / at_risk
        curve.append((time, survival))
    return curve


def survival_at(patients, month):
    return [1.0, *(survival for time, survival in survival_curve(patients) if time <= month)][-1]


def median(patients):
    return next((time for time, survival in survival_curve(patients) if survival < 0.5), None)


def risk_sets(patients):
    """At each event, numbers at risk with Rd and under observation and whether it is one of Rd; no day has two."""
    event_times = [(time, arm) for time, event, arm in patients if event]
    assert len({time for time, _ in event_times}) == len(event_times)
    return [
        (
            sum(other >= time and its_arm == RD for other, _, its_arm in patients),
            sum(other >= time and its_arm == OBSERVATION for other, _, its_arm in patients),
            arm == RD,
        )
        for time, arm in event_times
    ]


def cox(patients):
    """Hazard ratio with limits: the root of the score by bisection."""
    sets = risk_sets(patients)

    def shares(ratio):
        return [ratio * rd / (ratio * rd + observation) for rd, observation, _ in sets]

    low, high = 1e-3, 1e3
    for _ in range(200):
        middle = sqrt(low * high)
        low, high = (middle, high) if sum(shares(middle)) < sum(in_rd for *_, in_rd in sets) else (low, middle)
    margin = 1.959963984540054 / sqrt(sum(share * (1 - share) for share in shares(low)))
    return low, exp(log(low) - margin), exp(log(low) + margin)


def logrank_p_value(patients):
    shares = [(rd / (rd + observation), in_rd) for rd, observation, in_rd in risk_sets(patients)]
    excess = sum(in_rd - share for share, in_rd in shares)
    return erfc(abs(excess) / sqrt(2 * sum(share * (1 - share) for share, _ in shares)))


def printed(value, digits):
    """Rounded half away from zero, as papers do."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def of_arm(endpoint, arm):
    return [patient for patient in TIMES[endpoint] if patient[2] == ARMS[arm]]


@pytest.mark.independent
@pytest.mark.parametrize(
    ("endpoint", "ratio", "interval"), [("ttp", "0.18", ("0.09", "0.32")), ("os", "0.31", ("0.10", "0.91"))]
)
def test_hazard_ratio_prints_as_published(endpoint, ratio, interval):
    assert [printed(number, 2) for number in cox(TIMES[endpoint])] == [ratio, *interval]


@pytest.mark.independent
@pytest.mark.parametrize(
    ("endpoint", "arm", "percent"),
    [("ttp", "rd", 77), ("ttp", "observation", 30), ("os", "rd", 94), ("os", "observation", 80)],
)
def test_three_year_rate_prints_as_published(endpoint, arm, percent):
    assert printed(100 * survival_at(of_arm(endpoint, arm), 36), 0) == str(percent)


@pytest.mark.independent
def test_other_numbers_of_time_to_event_print_as_published():
    assert median(of_arm("ttp", "rd")) is None
    assert printed(median(of_arm("ttp", "observation")), 0) == "21"
    assert logrank_p_value(TIMES["ttp"]) < 0.001
    assert printed(logrank_p_value(TIMES["os"]), 2) == "0.03"
    assert [sum(event for _, event, _ in of_arm("ttp", arm)) for arm in ("rd", "observation")] == [13, 47]
    follow_up = [(time, not died) for time, died, _ in TIMES["os"]]
    assert 39.7 < median(follow_up) < 40.3


@pytest.mark.independent
def test_populations_and_responses_are_as_published():
    assert (len(SUBJECTS), len(ANALYSED)) == (125, 119)
    assert [sum(row["TRT01P"] == arm for row in ANALYSED) for arm in (RD, OBSERVATION)] == [57, 62]
    induction = [row["AVALC"] for row in RESPONSES if row["AVISIT"] == "INDUCTION"]
    assert [induction.count(category) for category in ("sCR", "CR", "VGPR", "PR")] == [4, 4, 6, 31]
    assert len(induction) == 57
    maintenance = [row["AVALC"] for row in RESPONSES if row["AVISIT"] == "MAINTENANCE"]
    assert len(maintenance) == 50
    assert sum(category in ("sCR", "CR", "VGPR", "PR") for category in maintenance) == 45


def tables():
    study, files = read_plan(PARAMS)
    subjects, responses = (pd.read_csv(file, keep_default_na=False) for file in files.values())
    dates = {name: pd.to_datetime(subjects[name].replace("", None)) for name in DATES if name in subjects}
    return study, subjects.assign(**dates), responses


@pytest.mark.invariant
def test_every_claim_is_met_with_room_to_spare_by_our_statistics():
    study, subjects, responses = tables()
    targets = targets_of(study.published)
    measured = measure_cohort(study, subjects, responses, targets)
    check_measured(targets, measured)
    for name, each in targets.items():
        assert isnan(each.low) or each.low + 1e-7 < measured[name] < each.high - 1e-7, name


@pytest.mark.independent
def test_our_statistics_and_the_simplest_means_agree():
    study, subjects, responses = tables()
    measured = measure_cohort(study, subjects, responses, targets_of(study.published))
    for endpoint in TIMES:
        names = [f"{endpoint}.hazard_ratio{part}" for part in ("", " low", " high")]
        assert [measured[name] for name in names] == pytest.approx(cox(TIMES[endpoint]), rel=1e-9)
        assert measured[f"{endpoint}.logrank p"] == pytest.approx(logrank_p_value(TIMES[endpoint]), rel=1e-9)
        for arm in ARMS:
            by_hand = survival_at(of_arm(endpoint, arm), 36)
            assert measured[f"{endpoint}.survival.36.{arm}"] == pytest.approx(by_hand, rel=1e-12)


# ---- histories that could have happened


def in_order(*days):
    """Whether the days that are given do not go back."""
    given = [day for day in days if day is not None]
    return given == sorted(given)


@pytest.mark.invariant
@pytest.mark.parametrize("row", SUBJECTS, ids=[row["USUBJID"] for row in SUBJECTS])
def test_dates_of_a_patient_follow_each_other(row):
    study, _ = read_plan(PARAMS)
    cutoff = study.synthetic.data_cutoff
    assert in_order(row["DIAGDT"], row["RANDDT"], row["PROGDT"], row["LSTASDT"], row["LSTALVDT"], cutoff)
    assert in_order(row["PROGDT"], row["DTHDT"], cutoff)
    assert row["PROGDT"] is None or row["PROGDT"] != row["DTHDT"]
    assert row["DTHDT"] in (None, row["LSTALVDT"])
    assert (row["STRAT1R"] == "<= 6 months") == ((row["RANDDT"] - row["DIAGDT"]).days <= 182)
    assert (row["PPROTFL"] == "N") == bool(row["EXCLREAS"])
    assert (row["ITTFL"], row["STUDYID"]) == ("Y", "QUIREDEX-SYNTHETIC")
    assert study.synthetic.accrual_start <= row["RANDDT"] <= study.synthetic.accrual_end


@pytest.mark.invariant
@pytest.mark.parametrize("row", SUBJECTS, ids=[row["USUBJID"] for row in SUBJECTS])
def test_treatment_of_a_patient_fits_the_plan_and_the_events(row):
    first, last, again, end = (row[name] for name in ("PH1SDT", "PH1EDT", "PH2SDT", "PH2EDT"))
    assert (first is not None) == (last is not None) == (row["TRT01P"] == RD)
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
    subjects = {row["USUBJID"]: row for row in ANALYSED}
    rank = list(RESPONSE_CATEGORIES).index
    best = {(row["USUBJID"], row["AVISIT"]): row["AVALC"] for row in RESPONSES}
    for row in RESPONSES:
        patient, number = subjects[row["USUBJID"]], {"INDUCTION": 1, "MAINTENANCE": 2}[row["AVISIT"]]
        assert in_order(patient[f"PH{number}SDT"], row["ADT"], patient[f"PH{number}EDT"], patient["LSTALVDT"])
        assert row["AVALC"] != "PD" or row["ADT"] == patient["PROGDT"]
        assert rank(row["AVALC"]) <= rank(best[row["USUBJID"], "INDUCTION"])
    entered = {name for name, row in subjects.items() if row["PH2SDT"]}
    assert entered == {name for name, visit in best if visit == "MAINTENANCE"}


@pytest.mark.invariant
def test_every_row_says_that_it_is_synthetic():
    assert all("SYNTHETIC" in row["STUDYID"] and row["USUBJID"].startswith("SYN-") for row in SUBJECTS + RESPONSES)
    assert "SYNTHETIC" in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert [row["USUBJID"] for row in SUBJECTS] == sorted({row["USUBJID"] for row in SUBJECTS})
    assert in_order(*(row["RANDDT"] for row in SUBJECTS))


@pytest.mark.invariant
def test_no_step_of_a_curve_is_a_cliff():
    for endpoint in TIMES:
        for arm in ARMS:
            levels = [1.0, *(survival for _, survival in survival_curve(of_arm(endpoint, arm)))]
            assert max(before - after for before, after in pairwise(levels)) < 0.09


# ---- what is printed, and the values that print so


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("0.18", 0.17501, 0.18499), ("77%", 0.76501, 0.77499), ("21", 20.501, 21.499), ("<0.001", -0.000999, 0.000999)],
)
def test_target_is_what_rounds_to_the_printed_number_less_a_margin(text, low, high):
    wanted = target("some.number", text)
    assert (wanted.low, wanted.high) == pytest.approx((low, high), abs=1e-12)
    assert wanted.excess(low + 1e-9) == wanted.excess(high - 1e-9) == 0
    assert wanted.excess(2 * high) > 0


@pytest.mark.by_hand
def test_not_reached_is_met_by_no_number():
    wanted = target("ttp.median.rd", "not reached")
    assert wanted.excess(float("nan")) == 0
    assert wanted.excess(40.0) > 0
    assert target("ttp.median.observation", "21").excess(float("nan")) > 0


# ---- what cannot be made


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("died: {arm: 4, reference: 17}", "died: {arm: 4, reference: 13}", ["os.hazard_ratio 0.31", "4 and 13 events"]),
        ("progressed: {arm: 13, ", "progressed: {arm: 12, ", ["ttp.events.rd", "claimed to be 13", "makes it 12"]),
        ('population.randomised, value: "125"', 'population.randomised, value: "126"', ["126", "makes it 125"]),
        ('induction, value: "79%"', 'induction, value: "70%"', ["response.induction", "70%"]),
    ],
    ids=["too-few-deaths", "events", "patients", "responses"],
)
def test_design_and_claims_that_contradict_each_other_are_refused_at_once(params, old, new, named):
    study, _ = read_plan(params((old, new)))
    with pytest.raises(ClaimError, match="contradict each other") as refusal:
        calibrate(study)
    assert [text for text in named if text not in str(refusal.value)] == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("progressed: {arm: 13, ", "progressed: {arm: 58, ", "progressed.arm is 58, but analysed.arm only 57"),
        ("data_cutoff: 2012-08-31", "data_cutoff: 2010-01-31", "must follow each other"),
        ("MR: 3, SD: 8, NE: 1}", "MR: 3, SD: 9, NE: 1}", "responses.induction adds up to 58"),
        ("study_id: QUIREDEX-SYNTHETIC", "study_id: QUIREDEX", "SYNTHETIC"),
        ("  seed:", "  sead: 1\n  seed:", "sead"),
        ("died_without_progression: {arm: 2,", "died_without_progression: {arm: 5,", "but died.arm only 4"),
    ],
)
def test_design_that_contradicts_itself_is_refused(params, old, new, named):
    with pytest.raises(ValueError, match=named):
        read_plan(params((old, new)))


def test_claim_that_is_missed_is_named_and_nothing_is_written(params):
    file = params(("search: {steps: [20000, 80000, 20000], attempts: 3}", "search: {steps: [1, 1, 1], attempts: 1}"))
    with pytest.raises(SystemExit, match=r"os\.hazard_ratio: wanted 0\.31 \(0\.30501 to 0\.31499\), got 0\.\d+"):
        main([str(file)])
    assert sorted(path.name for path in file.parent.iterdir()) == ["study.yaml"]


def test_claim_about_a_number_that_is_not_measured_is_named(params):
    file = params(
        ("number: ttp.median.rd,", "number: ttp.mean.rd,"),
        ("search: {steps: [20000, 80000, 20000], attempts: 3}", "search: {steps: [1, 1, 1], attempts: 1}"),
    )
    with pytest.raises(ClaimError, match=r"nothing is measured under the name of these claims: ttp\.mean\.rd"):
        write_cohort(file)
