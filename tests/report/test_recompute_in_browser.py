"""The page in a browser computes its numbers again from the patients in it, and says so where one differs."""

import base64
import csv
import io
import re
import shutil
import zlib
from html import unescape

import pytest
from report_project import ReportProject, numbers_of
from small_trial import write_trial
from test_page_in_browser import CHROMIUM, opened
from three_arm_trial import BEST, STUDY, write_with_response

from smmlib.report.run import Task, make_report
from smmlib.report.running import fork_server
from smmlib.trial.parameters.study import read_study

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.independent,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
AGREEMENT = 1e-9
COVERED = 0.95
"""Share of the numbers of survival and response that the page computes again."""
HOSTILE = ("</script><script>a()", "{{ 7 * 7 }}", '"=cmd|calc')
EXTENDED = {
    "response": {"visits": [BEST], "stratified": True},
    "analysis": {
        **STUDY["analysis"],
        "restricted_mean": [1500],
        "primary": "stratified",
        "trend_scores": {"lev-5fu": 2, "lev": 1, "obs": 0},
    },
    "runs": {
        **STUDY["runs"],
        "response": {"notebook": "response"},
        "subgroups": {"notebook": "subgroups", "parameters": {"endpoint": "os"}},
    },
    "subgroups": [{"variable": "OBSTRUCT", "label": "Obstruction"}],
}


def made(folder, params):
    """The folder of the report of parameters of one's own."""
    fork_server.start_fork_server()
    study = read_study(params)
    project = ReportProject(folder / "project")
    make_report(Task(params, study, project.folder, project.reports, jobs=2, kernels="forked"))
    return project.reports / study.study


@pytest.fixture(scope="module")
def three_arms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three-arms")
    (folder / "trial").mkdir()
    return made(folder, write_with_response(folder / "trial", patients=120, **EXTENDED))


def packed_in(page):
    """The files in a page, by name, as text."""
    found = re.findall(r'data-file="([^"]*)">([^<]*)</script>', page)
    return {unescape(name): zlib.decompress(base64.b64decode(text)).decode() for name, text in found}


def changed(page, name, change):
    """A page in which the text of one of its files is changed."""
    text = packed_in(page)[name]
    assert change(text) != text
    old, new = (base64.b64encode(zlib.compress(each.encode(), 9)).decode() for each in (text, change(text)))
    assert page.count(old) == 1
    return page.replace(old, new)


def shown(dom):
    """The line of trust; each recomputed number with its value; what was said of the data."""
    line = re.search(r'<li id="recomputed".*?</li>', dom, re.DOTALL)[0]
    entries = re.search(r'<ul class="recomputed">(.*?)</ul>', dom, re.DOTALL)[1]
    items = re.findall(r"<li><code>(.*?)</code>: (.*?), (?:<strong[^>]*>)?relative difference (\S+?)<", entries)
    said = re.search(r'<span id="data-checked">(.*?)</span>', dom)[1]
    return line, {unescape(name): (value, float(far)) for name, value, far in items}, said


def compared(report, folder):
    dom, said = opened(report / "index.html", folder / "profile")
    assert said == []
    line, found, of_data = shown(dom)
    assert "different" not in line
    assert of_data == "Checked just now: they are what they were."
    return found, numbers_of(report)


def stated(row):
    """What a number is: its estimate, its statistic, or the P value of a test that has no other."""
    texts = (row[name] for name in ("value", "statistic", "p_value") if row[name])
    return next((float(text) for text in texts), None)


def check_agreement(found, numbers):
    for name, (value, difference) in found.items():
        expected = stated(numbers[name])
        assert difference <= AGREEMENT, name
        if expected is None:
            assert value == "not estimable", name
        else:
            assert float(value) == pytest.approx(expected, rel=AGREEMENT, abs=1e-15), name


def of_survival_and_response(numbers):
    sections = ("time_to_event", "response", "subgroups")
    return {name for name, row in numbers.items() if row["section"] in sections or row["measure"] == "follow_up"}


@pytest.mark.parametrize("study", ["quiredex-2013", "freireich-1963"])
def test_each_number_of_a_bundled_study_agrees(shared_reports, tmp_path, study):
    found, numbers = compared(shared_reports.report(study), tmp_path)
    check_agreement(found, numbers)
    asked = of_survival_and_response(numbers)
    assert len(asked & set(found)) >= COVERED * len(asked)


def test_each_number_of_three_arms_with_strata_agrees(three_arms, tmp_path):
    found, numbers = compared(three_arms, tmp_path)
    check_agreement(found, numbers)
    measured = {(numbers[name]["measure"], numbers[name]["variant"]) for name in found}
    for measure in ("logrank", "hazard_ratio", "overall_logrank", "trend_logrank", "rate_difference", "odds_ratio"):
        assert {(measure, ""), (measure, "stratified")} <= measured
    assert {numbers[name]["section"] for name in found} >= {"subgroups", "response"}
    asked = of_survival_and_response(numbers)
    assert len(asked & set(found)) >= COVERED * len(asked)


def test_event_tables_name_no_patient_and_give_the_same_numbers(tmp_path):
    (tmp_path / "trial").mkdir()
    report = made(tmp_path, write_with_response(tmp_path / "trial", patients=60, page_data="event-tables", **EXTENDED))
    page = (report / "index.html").read_text(encoding="utf-8")
    files = packed_in(page)
    assert not [name for name in files if name.startswith("analysis_data/")]
    times = list(csv.DictReader(io.StringIO(files["event_tables/times.csv"])))
    assert set(times[0]) == {"endpoint", "arm", "stratum", "time", "event", "entry"}
    with (report / "analysis_data" / "subjects.csv").open(encoding="utf-8") as stream:
        names = [row["patient"] for row in csv.DictReader(stream)]
    assert not [name for name in names if name in files["event_tables/times.csv"] + files["event_tables/responses.csv"]]
    found, numbers = compared(report, tmp_path)
    check_agreement(found, numbers)
    assert {numbers[name]["measure"] for name in found} >= {"median", "hazard_ratio", "rate", "rate_difference"}


@pytest.mark.parametrize("asked", [{"page_data": "none"}, {"suppress_below": 5}])
def test_a_page_without_patient_data_computes_nothing(tmp_path, asked):
    (tmp_path / "trial").mkdir()
    report = made(tmp_path, write_with_response(tmp_path / "trial", **asked))
    page = (report / "index.html").read_text(encoding="utf-8")
    assert not [name for name in packed_in(page) if name.startswith(("analysis_data/", "event_tables/", "recompute"))]
    dom, said = opened(report / "index.html", tmp_path / "profile")
    assert said == []
    assert 'id="recomputed"' not in dom
    assert 'class="explorer"' not in dom
    words = (
        "No patient data are in this page" if "suppress_below" in asked else "keep the analysis data out of this page"
    )
    assert words in dom


def test_a_number_that_was_altered_is_named(shared_reports, tmp_path):
    page = (shared_reports.report("freireich-1963") / "index.html").read_text(encoding="utf-8")
    ratio = next(row for row in page_rows(page) if row["measure"] == "hazard_ratio")
    altered = f"{float(ratio['value']) * (1 + 1e-8)!r}"
    copy = tmp_path / "altered.html"
    copy.write_text(changed(page, "numbers.csv", lambda text: text.replace(ratio["value"], altered)), encoding="utf-8")
    dom, said = opened(copy, tmp_path / "profile", ratio["record"])
    line, found, _ = shown(dom)
    assert said == []
    assert 'class="different"' in line
    assert ratio["record"] in line
    assert [name for name, (_, difference) in found.items() if difference > AGREEMENT] == [ratio["record"]]


def test_patients_who_were_altered_are_told(shared_reports, tmp_path):
    """A time that changes no number changes the hash."""
    page = (shared_reports.report("freireich-1963") / "index.html").read_text(encoding="utf-8")
    copy = tmp_path / "altered.html"
    change = changed(page, "analysis_data/times.csv", lambda text: text.replace("relapse", "Relapse", 1))
    copy.write_text(change, encoding="utf-8")
    dom, _ = opened(copy, tmp_path / "profile")
    line, _, said = shown(dom)
    assert "analysis_data/times.csv is not what it was" in said
    assert 'class="different"' in line


def page_rows(page):
    return list(csv.DictReader(io.StringIO(packed_in(page)["numbers.csv"])))


def test_door_of_a_number_tells_what_the_page_computes(shared_reports, tmp_path):
    page = shutil.copy(shared_reports.report("freireich-1963") / "index.html", tmp_path / "mailed.html")
    dom, said = opened(page, tmp_path / "profile", "remission.hazard_ratio.placebo_vs_6-mp")
    door = unescape(re.sub(r"<[^>]*>", " ", re.search(r'<dialog id="door".*?</dialog>', dom, re.DOTALL)[0]))
    assert said == []
    assert re.search(r"this page +4\.8168738982\d+, +relative difference \d", door)


def test_labels_stay_text(tmp_path):
    """Labels of arms, of an endpoint and of a subgroup, levels and reasons that would be run, were they not text."""
    markup, template, formula = HOSTILE
    arms = [{"id": "new", "value": markup, "label": markup, "name": markup}]
    arms.append({"id": "old", "value": "old", "label": template, "name": template})
    subjects, times = [], []
    for number in range(16):
        name = f"T-{number:02d}"
        subjects.append({"USUBJID": name, "TRT01P": markup if number % 2 else "old", "SEX": HOSTILE[number // 2 % 3]})
        recorded = {"USUBJID": name, "PARAMCD": "OS", "AVAL": 10 + number, "CNSR": int(number % 3 == 0)}
        times.append({**recorded, "EVNTDESC": formula if number % 3 else "", "CNSDTDSC": "" if number % 3 else markup})
    study = {
        **STUDY,
        "arms": {"variable": "TRT01P", "reference": "old", "levels": arms},
        "strata": [{"variable": "SEX", "label": markup}],
        "subgroups": [{"variable": "SEX", "label": template}],
        "follow_up": {"endpoint": "os", "estimator": "reverse-kaplan-meier"},
        "endpoints": {"os": {**STUDY["endpoints"]["os"], "label": markup, "curve_label": template}},
        "analysis": {**STUDY["analysis"], "landmarks": [15], "axis_times": [0, 10, 20]},
        "runs": {name: STUDY["runs"][name] for name in ("population", "os")},
    }
    (tmp_path / "trial").mkdir()
    report = made(tmp_path, write_trial(tmp_path / "trial", study, subjects=subjects, times=times))
    page = (report / "index.html").read_text(encoding="utf-8")
    opening = page.replace('class="explorer" data', 'class="explorer" open data')
    (tmp_path / "open.html").write_text(opening, encoding="utf-8")
    dom, said = opened(tmp_path / "open.html", tmp_path / "profile")
    _, found, _ = shown(dom)
    assert said == []
    assert "<script>a()" not in dom
    assert found
    explorer = re.search(r'<details class="explorer".*?</details>', dom, re.DOTALL)[0]
    for label in HOSTILE:
        assert label in unescape(re.sub(r"<[^>]*>", "", explorer))


def test_explorer_shows_the_numbers_of_the_page(shared_reports, tmp_path):
    """At the landmark of the study, with all patients and its kind of limits, it shows what the section shows."""
    page = (shared_reports.report("quiredex-2013") / "index.html").read_text(encoding="utf-8")
    (tmp_path / "open.html").write_text(page.replace('class="explorer" data', 'class="explorer" open data'))
    dom, said = opened(tmp_path / "open.html", tmp_path / "profile")
    explorer = re.search(r'<details class="explorer".*?</details>', dom, re.DOTALL)[0]
    words = unescape(re.sub(r"<[^>]*>", " ", explorer))
    assert said == []
    assert "<svg" in explorer
    for shown_there in (
        "76.7% (62.3% to 86.1%)",
        "29.9% (18.3% to 42.5%)",
        "13/57",
        "46.7 (29.6 to 63.8)",
        "0.18 (0.09 to 0.32)",
    ):
        assert shown_there in words
