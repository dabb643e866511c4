"""The one file of a page: what is inside it, what it may run, and what its cards and doors say."""

import base64
import hashlib
import json
import re
import zlib
from html import unescape

import numpy as np
import pytest
from project_files import PROJECT

from smmlib.analysis import Key, study_numbers
from smmlib.report.page.inside import css_string, with_presentation_attributes, without_styles
from smmlib.report.page.patients_of_number import rows_of
from smmlib.report.page.small_curve import small_curve
from smmlib.report.records.direction import direction_in_words, includes_no_difference
from smmlib.report.records.record import anchor
from smmlib.stats.results import NOT_ESTIMABLE, Estimate
from smmlib.stats.survival.kaplan_meier import kaplan_meier
from smmlib.trial import derive, read_study

pytestmark = pytest.mark.by_hand

QUIREDEX = PROJECT / "params" / "quiredex-2013.yaml"
PACKED = re.compile(r'<script type="text/plain" data-file="([^"]*)">([^<]*)</script>')


def inside(page):
    return {unescape(name): zlib.decompress(base64.b64decode(text)).decode() for name, text in PACKED.findall(page)}


@pytest.fixture(scope="module")
def quiredex(shared_reports):
    folder = shared_reports.report("quiredex-2013")
    return folder, (folder / "index.html").read_text(encoding="utf-8")


# ---- the file


@pytest.mark.end_to_end
def test_the_page_holds_its_files_as_they_lie_beside_it(quiredex):
    folder, page = quiredex
    found = inside(page)
    for name in ("numbers.csv", "ledger.csv", "verification.csv", "analysis_data/times.csv", "ranges.csv"):
        assert found[name] == (folder / name).read_text(encoding="utf-8"), name
    notebooks = {f"notebooks/{file.stem}.html" for file in (folder / "notebooks").glob("*.html")}
    assert notebooks
    assert notebooks <= set(found)
    assert len(page.encode()) < 3_000_000


@pytest.mark.end_to_end
def test_every_link_of_the_page_leads_into_it(quiredex):
    folder, page = quiredex
    found, doors = inside(page), json.loads(inside(page)["doors.json"])
    body = page[page.index("<body>") :]
    links = [unescape(link) for link in re.findall(r'<a (?!class="beside")[^>]*href="([^"]*)"', body)]
    beside = re.findall(r'<a class="beside" href="([^"]*)"', body)
    assert beside == [f"report.{ending}" for ending in ("pdf", "docx", "rtf")]
    assert all((folder / name).is_file() for name in beside)
    ids = set(re.findall(r' id="([^"]*)"', body))
    assert len(links) > 150
    for link in links:
        address, _, place = link.partition("#")
        assert address in found or (not address and place in ids), link
        assert not address or not place or place in doors["numbers"], link


@pytest.mark.end_to_end
def test_the_policy_lets_the_page_run_its_own_script_and_style_alone(quiredex):
    _, page = quiredex
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    for text in (style, script):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    body = page[page.index("<body>") :]
    assert not re.search(r"<[^>]*\s(style|on\w+)=", PACKED.sub("", body.replace(script, "")))
    assert not re.search(r"<[^>]*\sstyle=|<style", inside(page)["notebooks/ttp.html"])


# ---- doors


@pytest.mark.end_to_end
def test_a_door_tells_the_number_in_full_with_what_it_rests_on(quiredex):
    folder, page = quiredex
    doors = json.loads(inside(page)["doors.json"])
    name = "ttp.hazard_ratio.rd_vs_observation"
    door = doors["numbers"][anchor(Key("time_to_event", "hazard_ratio", "ttp", "rd", "observation"))]
    row = next(line for line in (folder / "numbers.csv").read_text(encoding="utf-8").splitlines() if name in line)
    told = dict(door["quantities"])
    assert f",{told['value']},{told['lower limit']},{told['upper limit']}," in row
    assert (told["rests on"], told["events"], door["name"], door["run"]) == ("119 patients", "60", name, "ttp")
    assert door["arms"] == "lenalidomide plus dexamethasone relative to observation"
    assert door["claims"] == [["0.18 (0.09 to 0.32)", "NEJM 2013, abstract", "reproduced"]]
    assert {check[0] for check in door["checks"]} >= {"lifelines", "statsmodels"}
    where = {"endpoint": ["ttp"], "arm": ["rd", "observation"]}
    assert door["rows"] == {"file": "times", "where": where, "filled": "time"}
    assert doors["rules"]["ttp"].startswith("From randomisation to progression")


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        (
            Key("time_to_event", "reason", "os", "rd", level="death"),
            {
                "file": "times",
                "where": {"endpoint": ["os"], "arm": ["rd"]},
                "counted": {"where": {"reason": ["death"]}},
            },
        ),
        (
            Key("response", "rate", phase="induction", arm="rd"),
            {
                "file": "responses",
                "where": {"visit": ["induction"], "arm": ["rd"]},
                "counted": {"where": {"response": ["sCR", "CR", "VGPR", "PR"]}},
            },
        ),
        (
            Key("population", "completed", phase="induction"),
            {
                "file": "exposure",
                "where": {"phase": ["induction"]},
                "counted": {"where": {"completed": ["1"]}},
            },
        ),
        (
            Key("time_to_event", "at_risk", "os", "rd", at=12.0),
            {
                "file": "times",
                "where": {"endpoint": ["os"], "arm": ["rd"]},
                "filled": "time",
                "counted": {"at_risk": 12.0},
            },
        ),
        (Key("population", "follow_up"), {"file": "times", "where": {"endpoint": ["os"]}, "filled": "time"}),
        (
            Key("safety", "patients", arm="rd", factor="Infections", level="Sepsis"),
            {
                "file": "adverse_event_terms",
                "where": {"system_organ_class": ["Infections"], "term": ["Sepsis"], "arm": ["rd"]},
            },
        ),
        (Key("reconstruction", "points", "os"), None),
    ],
)
def test_the_rows_of_a_number(key, rows):
    assert rows_of(read_study(QUIREDEX), key) == rows


def test_patients_are_told_by_the_arm_that_the_number_counts_them_in():
    study = read_study(QUIREDEX)
    excluded = rows_of(study, Key("population", "excluded", arm="rd"))
    assert excluded["where"] == {"randomised_arm": ["rd"]}
    assert excluded["counted"] == {"where": {"analysed": ["0"]}}
    assert rows_of(study, Key("population", "analysed", arm="rd"))["where"] == {"arm": ["rd"]}


def rows_told(data, told):
    """The rows of the analysis data that a door shows, found by the simplest means."""
    rows = getattr(data, told["file"])
    shown = [
        row
        for row in rows.to_dict("records")
        if all(text(row[name]) in values for name, values in told["where"].items())
        and ("filled" not in told or text(row[told["filled"]]))
    ]
    if among := told.get("among"):
        inside = {row["patient"] for row in rows_told(data, among)}
        shown = [row for row in shown if row["patient"] in inside]
    if between := told.get("between"):
        name, low, below = between
        shown = [row for row in shown if (low is None or row[name] >= low) and (below is None or row[name] < below)]
    return shown


def text(value):
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, bool | np.bool_) else str(value)


OF_OTHERS = [("response", "passed_over"), ("sensitivity", "tipping_factor"), ("subgroups", "interaction_test")]
"""Measures that are counted in assessments, or made of several analyses, each with patients of its own."""


@pytest.mark.parametrize("study", ["params/quiredex-2013.yaml", "params/aquila-2025.yaml", "docs/example/example.yaml"])
def test_a_number_rests_on_as_many_patients_as_it_says(study):
    """On its n patients, or if it counts patients on those that it counts."""
    data, tried = derive(read_study(PROJECT / study)), 0
    for key, result in study_numbers(data).items():
        if (key.section, key.measure) in OF_OTHERS:
            continue
        patients = len({row["patient"] for row in rows_told(data, rows_of(data.study, key))})
        counted = {result.n, result.value} if getattr(result, "unit", "") == "patients" else {result.n}
        assert patients in counted, key.name
        tried += 1
    assert tried >= 90


def counted_rows(data, told, shown):
    """The rows of those shown that a door marks, found by the simplest means."""
    mark = told["counted"]
    if "at_risk" in mark:
        at = mark["at_risk"]
        entered = [row for row in shown if row["entry"] != row["entry"] or row["entry"] < max(at, 1e-8)]
        return [row for row in entered if row["time"] >= at or abs(row["time"] - at) < 1e-8 * max(1, at)]
    if "missing" in mark:
        return [row for row in shown if text(row[mark["missing"]]) == ""]
    if "among" in mark:
        inside = {row["patient"] for row in rows_told(data, mark["among"])}
        return [row for row in shown if row["patient"] in inside]
    if "grade" in mark:
        grades = {}
        for row in shown:
            if row["worst_grade"] == row["worst_grade"] and row["worst_grade"] is not None:
                grades[row["patient"]] = max(row["worst_grade"], grades.get(row["patient"], 0))
        had = [row for row in shown if row["events"]]
        return [row for row in had if grades.get(row["patient"]) == mark["grade"]]
    return [row for row in shown if all(text(row[name]) in values for name, values in mark["where"].items())]


@pytest.mark.parametrize(
    "study",
    ["params/quiredex-2013.yaml", "params/quiredex-2016.yaml", "params/e3a06-2020.yaml", "docs/example/example.yaml"],
)
def test_as_many_patients_are_marked_as_a_number_counts(study):
    data, tried = derive(read_study(PROJECT / study)), 0
    for key, result in study_numbers(data).items():
        told = rows_of(data.study, key)
        if "counted" not in told:
            continue
        marked = counted_rows(data, told, rows_told(data, told))
        counts = {"patients": len({row["patient"] for row in marked}), "assessments": len(marked)}
        counts["events"] = sum(row.get("events") or 0 for row in marked)
        expected = result.value if result.unit in counts else result.events
        assert counts.get(result.unit, counts["patients"]) == expected, key.name
        tried += 1
    assert tried >= 50


# ---- words and pictures of the cards


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.17505, "Hazard of death 82% lower with Rd"),
        (0.995, "Hazard of death the same with Rd and with Observation"),
        (0.994, "Hazard of death 1% lower with Rd"),
        (1.27, "Hazard of death 27% higher with Rd"),
        (1.996, "Hazard of death 2.0 times as high with Rd as with Observation"),
        (4.817, "Hazard of death 4.8 times as high with Rd as with Observation"),
        (0.0041, "Hazard of death 99.6% lower with Rd"),
        (0.0, ""),
    ],
)
def test_the_direction_follows_from_the_printed_ratio(value, words):
    study, key = (
        read_study(QUIREDEX),
        Key("time_to_event", "hazard_ratio", "os", "rd", "observation"),
    )
    assert direction_in_words(study, key, Estimate(value, unit="ratio", method="Cox"), (5.0, 5.0)) == words


def test_a_masked_ratio_has_no_direction():
    study, key = (
        read_study(QUIREDEX),
        Key("time_to_event", "hazard_ratio", "os", "rd", "observation"),
    )
    assert direction_in_words(study, key, Estimate(float("nan"), unit="masked", method="Cox"), (9.0, 9.0)) == ""


@pytest.mark.parametrize(
    ("ratio", "events", "words"),
    [
        ((0.2, 0.1, 0.4), (1.0, 8.0), "Too few events (9) to say"),
        ((0.2, 0.1, 0.4), (2.0, 8.0), "Hazard of death 80% lower with Rd"),
        ((0.9, 0.4, 1.7), (12.0, 15.0), "12 against 15 events: no difference shown (interval includes 1)"),
        ((NOT_ESTIMABLE, NOT_ESTIMABLE, 0.3), (0.0, 14.0), "0 against 14 events: hazard ratio not estimable"),
        ((0.2, 0.1, 0.4), (NOT_ESTIMABLE, 80.0), ""),
    ],
)
def test_no_direction_is_told_of_few_events_or_where_the_interval_includes_1(ratio, events, words):
    study, key = (
        read_study(QUIREDEX),
        Key("time_to_event", "hazard_ratio", "os", "rd", "observation"),
    )
    value, low, high = ratio
    result = Estimate(value, low=low, high=high, unit="ratio", method="Cox")
    assert direction_in_words(study, key, result, events) == words


@pytest.mark.parametrize(
    ("low", "high", "includes"),
    [
        (0.1, 0.91, False),
        (0.1, 1.004, True),
        (0.1, 0.996, True),
        (1.004, 3, True),
        (1.01, 3, False),
        (float("nan"), 2, False),
    ],
)
def test_an_interval_includes_no_difference_as_it_is_printed(low, high, includes):
    assert includes_no_difference(Estimate(0.9, low=low, high=high, unit="ratio", method="Cox")) is includes


def test_the_small_curve_is_the_steps_of_the_curve():
    """Two of four have the event: at the middle of the axis down to three quarters, at its end to half of that."""
    curve = kaplan_meier([5, 7, 10, 12], [1, 0, 1, 0])
    (path,) = re.findall(r'<path d="([^"]*)" stroke="#123456"/>', small_curve([(curve, "#123456")], [0, 10]))
    assert path == "M2.0 2.0H120.0V24.0H167.2V24.0H238.0V57.0H238.0V57.0"


def test_styles_become_attributes_and_those_of_notebooks_go():
    svg = "<svg><style>*{a:b}</style><path style=\"fill: none; font-family: 'DejaVu Sans', serif\" d='M0'/></svg>"
    assert (
        with_presentation_attributes(svg)
        == "<svg><path fill=\"none\" font-family=\"'DejaVu Sans', serif\" d='M0'/></svg>"
    )
    assert (
        without_styles("<style scoped>a</style><td style='text-align:left' id='x'>style='</td>")
        == "<td id='x'>style='</td>"
    )


@pytest.mark.parametrize("text", ['a"b', "a\\", "</style>", "a\nb", "é 1"])
def test_a_title_cannot_end_the_string_of_the_style_sheet(text):
    assert not set(css_string(text).replace("\\", "")) & set('"<>/\n')


@pytest.mark.end_to_end
@pytest.mark.parametrize("study", ["quiredex-2013", "freireich-1963"])
def test_every_recorded_number_is_shown_by_the_page(shared_reports, study):
    page = (shared_reports.report(study) / "index.html").read_text(encoding="utf-8")
    sections = page[page.index("<body>") : page.index('<section id="ledger">')]
    shown = {unescape(link) for link in re.findall(r'href="notebooks/[^"#]*#([^"]*)"', sections)}
    assert shown == set(json.loads(inside(page)["doors.json"])["numbers"])
