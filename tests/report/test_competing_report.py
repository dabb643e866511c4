"""Competing risks in reports: computed twice, masked where events or reasons are, and said on the page."""

import re

import numpy as np
import pytest
from competing_trial import STUDY, simulated_patients, write_competing_trial
from report_project import Page, ReportProject, numbers_of, rows

from smmlib.analysis import Key, study_numbers
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_competing import MEASURES, OF_ALL_ARMS, shown_incidence
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study

ARMS = ("lev-5fu", "lev", "obs")
STRATIFIED = {"analysis": STUDY["analysis"] | {"primary": "stratified"}}
OF_COMPETING = (*MEASURES, OF_ALL_ARMS, "competing_events")
LIMIT = 5


def key(measure, arm="", reference="", **fields):
    return Key("time_to_event", measure, "ttr", arm, reference, **fields)


# ---- computed twice


@pytest.mark.independent
@pytest.mark.parametrize("changes", [{}, STRATIFIED], ids=["plain", "stratified"])
@pytest.mark.parametrize(
    "patients",
    [
        simulated_patients(11),
        simulated_patients(12, grid=90),
        simulated_patients(13, patients=30, grid=30),
        simulated_patients(14, without=["Obs"]),
    ],
    ids=["weekly", "half a year", "few", "none in one arm"],
)
def test_every_number_is_computed_twice(tmp_path, patients, changes):
    file = write_competing_trial(tmp_path, patients, **changes)
    ours = study_numbers(derive(read_study(file)))
    again = [each for each in second_implementation(file, None) if each[0].measure in OF_COMPETING]
    for each, quantity, value, program in again:
        mine = getattr(ours[each], quantity)
        is_there = not np.isnan(getattr(ours[each], "value", getattr(ours[each], "statistic", np.nan)))
        assert not is_there or mine == pytest.approx(value, rel=1e-8, abs=1e-12), (each.name, quantity, program)
    asked = {each for each, *_ in again}
    estimable = {
        each
        for each, result in ours.items()
        if each.measure in OF_COMPETING and not np.isnan(getattr(result, "value", getattr(result, "statistic", 0)))
    }
    assert estimable <= asked


# ---- masked


def masks_of(folder, patients, **changes):
    data = derive(read_study(write_competing_trial(folder, patients, suppress_below=LIMIT, **changes)))
    return data, {each: result for each, result in masked_numbers(data).items() if each.measure in OF_COMPETING}


def with_deaths(deaths):
    """Of each arm 60 patients: 20 relapse, some die, and the others are followed to the end."""
    patients = simulated_patients(1)
    for arm, dead in zip(("Lev+5FU", "Lev", "Obs"), deaths, strict=True):
        own = patients.index[patients["arm"] == arm]
        patients.loc[own, "cnsr"] = [0] * 20 + [2] * dead + [1] * (40 - dead)
        patients.loc[own, "time"] = [*range(100, 120 + dead), *[720] * (40 - dead)]
    return patients


@pytest.mark.by_hand
def test_nothing_is_masked_where_no_count_is_small(tmp_path):
    data, shown = masks_of(tmp_path, with_deaths((10, 10, 10)))
    assert [each.name for each, result in shown.items() if is_masked(result)] == []
    assert shown[key("competing_events", "lev")].value == 10
    assert len(shown_incidence(data, "ttr", shown)) == 3


@pytest.mark.by_hand
@pytest.mark.parametrize("few", [0, 1, 4])
def test_of_an_arm_with_few_competing_events_nothing_is_told_that_they_could_be_read_off(tmp_path, few):
    data, shown = masks_of(tmp_path, with_deaths((10, few, 10)))
    masked = {each for each, result in shown.items() if is_masked(result)}
    of_arm = {each for each in shown if "lev" in (each.arm, each.reference)}
    besides = key("cause_specific_hazard_ratio", "lev", "obs")
    of_all = {each for each in shown if each.measure == OF_ALL_ARMS}
    assert masked == (of_arm - {besides}) | of_all
    assert len(of_all) == 2
    pairs = shown_incidence(data, "ttr", shown)
    drawn = [not any(np.isnan(curve.incidence).any() for curve in pair) for pair in pairs]
    assert drawn == [True, False, True]


@pytest.mark.by_hand
def test_reasons_that_are_hidden_close_their_arm(tmp_path):
    """Three who were censored for another reason: that they are three is the rest of the others."""
    patients = with_deaths((10, 10, 10))
    lost = patients.index[(patients["arm"] == "Obs") & (patients["cnsr"] == 1)][:3]
    patients.loc[lost, "cnsr"] = 3
    patients.loc[patients.index[(patients["arm"] == "Lev") & (patients["cnsr"] == 1)][:15], "cnsr"] = 3
    _, shown = masks_of(tmp_path, patients)
    assert is_masked(shown[key("incidence", "obs", at=180.0)])
    assert not is_masked(shown[key("incidence", "lev", at=180.0)])


@pytest.mark.by_hand
def test_nothing_is_drawn_or_told_where_few_are_at_risk(tmp_path):
    """Four are left after day 400, of whom one relapses at 450."""
    patients = with_deaths((10, 10, 10))
    lev = patients.index[(patients["arm"] == "Lev") & (patients["cnsr"] == 1)]
    patients.loc[lev[4:], "time"] = 400
    patients.loc[lev[0], ["time", "cnsr"]] = 450, 0
    data, shown = masks_of(tmp_path, patients)
    assert is_masked(shown[key("incidence", "lev", at=540.0)])
    assert not is_masked(shown[key("incidence", "lev", at=180.0)])
    event, competing = shown_incidence(data, "ttr", shown)[1]
    assert event.time.max() < 450
    assert competing.incidence[-1] == pytest.approx(10 / 60)
    assert event.events.sum() == event.at_risk.sum() == 0


@pytest.mark.by_hand
def test_masked_tests_and_hazard_ratios_carry_no_counts(tmp_path):
    _, shown = masks_of(tmp_path, with_deaths((10, 10, 10)))
    assert all(np.isnan(result.events) for each, result in shown.items() if each.measure in MEASURES)


@pytest.mark.by_hand
def test_no_arm_is_drawn_where_all_are_closed(tmp_path):
    data, shown = masks_of(tmp_path, with_deaths((2, 2, 2)))
    assert shown_incidence(data, "ttr", shown) == []


# ---- the page


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return ReportProject(tmp_path_factory.mktemp("project"))


def report_of(project, name, patients, **changes):
    study = {"study": name, "privacy": "hashed"} | changes
    write_competing_trial(project.folder / "params", patients, **study).rename(project.params(name))
    return project.make(name)


@pytest.fixture(scope="module")
def report(project):
    return report_of(project, "competing", simulated_patients(5, without=["Obs"]), **STRATIFIED)


@pytest.fixture(scope="module")
def masked(project):
    return report_of(project, "masked", with_deaths((10, 4, 10)), suppress_below=LIMIT)


def text_of(report):
    return re.sub(r"\s+", " ", " ".join(Page(report / "index.html").text))


@pytest.mark.end_to_end
@pytest.mark.independent
def test_second_implementation_agrees_in_the_report(report):
    checks = [row for row in rows(report / "verification.csv") if row["verdict"] not in ("agrees", "not checked")]
    assert checks == []


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_the_page_says_what_competes_and_how_it_counts(report):
    text = text_of(report)
    assert "Competing events (death without relapse) count as censorings." in text
    assert "Relapse competes with death without relapse, after which it cannot be observed any more." in text
    assert "Observation: no patient had a competing event." in text
    assert "Time to relapse: relapse competes with death without relapse. Kaplan–Meier estimates, log-rank" in text
    assert "Difference of incidence at 180 days, percentage points" in text
    assert "Gray’s test, stratified: death without relapse" in text
    assert "nan" not in text.split()
    assert (report / "figures" / "ttr.incidence.svg").exists()


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_numbers_are_named_by_what_they_are_of(report):
    numbers = numbers_of(report)
    assert numbers["ttr.competing_events.obs"]["value"] == "0.0"
    for name in (
        "ttr.incidence.180.lev",
        "ttr.incidence.180.competing.lev",
        "ttr.incidence_difference.540.competing.lev_vs_obs",
        "ttr.gray_test.lev_vs_obs",
        "ttr.overall_gray_test.competing",
        "ttr.cause_specific_hazard_ratio.competing.lev-5fu_vs_obs",
    ):
        assert name in numbers
    text = text_of(report)
    assert "cumulative incidence, death without relapse at 180 days, Levamisole" in text
    assert "Gray's test, relapse, Levamisole relative to Observation" in text
    assert "Gray's test of all arms, death without relapse" in text


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_a_masked_report_shows_no_small_count_and_says_what_is_left_out(masked):
    text, numbers = text_of(masked), numbers_of(masked)
    assert "but for arms whose competing events are masked" in text
    assert numbers["ttr.competing_events.lev"]["value"] == numbers["ttr.incidence.180.lev"]["value"] == ""
    assert numbers["ttr.competing_events.obs"]["value"] == "10.0"
    svg = (masked / "figures" / "ttr.incidence.svg").read_text(encoding="utf-8")
    assert svg.count(">Levamisole<") == 1  # beside the numbers at risk alone
    assert svg.count(">Observation<") == 2
