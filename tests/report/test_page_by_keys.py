"""The page as it is used: by keys alone, its rows and their marks, its explorer beside its tables, and on a phone."""

import re

import pytest
from browser import CHROMIUM, opened_page
from small_trial import STUDY, write_trial
from test_recompute_in_browser import made

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.by_hand,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
EXPLORER = "document.querySelector('.explorer')"
FOCUSED = "document.activeElement"
ROWS = "document.querySelector('#sheet .rows')"


@pytest.fixture
def quiredex(shared_reports, tmp_path):
    with opened_page(shared_reports.report("quiredex-2013") / "index.html", tmp_path / "profile") as browser:
        browser.wait_for(f"!{EXPLORER}.hidden")
        yield browser


def test_tab_reaches_every_number_that_is_seen_and_the_explorer(quiredex):
    """A link in what is folded is reached when that is open."""
    links = "[...document.querySelectorAll('a.number')].filter((each) => each.checkVisibility())"
    seen = quiredex.value(f"window.reached = new Set(); {links}.length")
    assert seen > 60
    for _ in range(seen + 150):
        quiredex.press("Tab")
        quiredex.value(f"void window.reached.add({FOCUSED})")
    unreached = (
        "[...document.querySelectorAll('a.number, .explorer > summary')]"
        ".filter((each) => each.checkVisibility() && !window.reached.has(each)).map((each) => each.outerHTML)"
    )
    assert quiredex.value(unreached) == []


def test_enter_opens_a_number_and_escape_gives_the_focus_back(quiredex):
    quiredex.value("void document.querySelector('#ttp a.number').focus()")
    name = quiredex.value(f"{FOCUSED}.href")
    quiredex.press("Enter")
    quiredex.wait_for("document.getElementById('door').open")
    assert quiredex.value(f"document.getElementById('door').contains({FOCUSED})")
    quiredex.press("Escape")
    quiredex.wait_for("!document.getElementById('door').open")
    assert quiredex.value(f"{FOCUSED}.href") == name


def test_what_has_the_focus_is_outlined(quiredex):
    quiredex.value("void document.querySelector('#ttp a.number').focus()")
    quiredex.press("Tab")
    assert quiredex.value(f"getComputedStyle({FOCUSED}).outlineStyle") == "solid"
    assert float(quiredex.value(f"getComputedStyle({FOCUSED}).outlineWidth").removesuffix("px")) >= 2


def test_enter_opens_the_explorer(quiredex):
    quiredex.value(f"void {EXPLORER}.querySelector('summary').focus()")
    quiredex.press("Enter")
    quiredex.wait_for(f"{EXPLORER}.querySelector('svg')")


def open_rows(browser, number):
    """Click a number, and then the button that shows its rows."""
    browser.value(f"void document.querySelector('#ttp table a[href$=\"{number}\"]').click()")
    browser.wait_for("document.querySelector('#door dl.door button.opens')")
    words = browser.value("document.querySelector('#door').innerText")
    browser.value("void document.querySelector('#door button.opens').click()")
    browser.wait_for(ROWS)
    return words


def test_counted_rows_are_marked_and_can_be_shown_alone(quiredex):
    """In the lenalidomide arm 13 of 57 progressed."""
    words = open_rows(quiredex, "#ttp.events.rd")
    assert "13 (22.8%)" in words
    assert "57 patients" in words
    assert "13 counted of these 57 rows" in quiredex.value("document.getElementById('sheet').innerText")
    marked = f"[...{ROWS}.querySelectorAll('tbody tr')].filter((row) => row.checkVisibility())"
    assert quiredex.value(f"{marked}.filter((row) => row.cells[0].textContent === '✓').length") == 13
    assert quiredex.value(f"{marked}.length") == 57
    quiredex.value("void document.querySelector('#sheet input').click()")
    assert quiredex.value(f"{marked}.length") == 13
    head = quiredex.value(f"[...{ROWS}.querySelectorAll('th')].slice(0, 4).map((cell) => cell.textContent)")
    assert head == ["counted", "time", "event", "reason"]


def test_on_a_phone_nothing_but_tables_and_wide_figures_scrolls_sideways(shared_reports, tmp_path):
    with opened_page(shared_reports.report("quiredex-2013") / "index.html", tmp_path / "profile", width=390) as browser:
        assert browser.value("document.documentElement.scrollWidth") == 390
        assert browser.value("document.querySelector('#ttp .narrow').checkVisibility()")
        assert not browser.value("document.querySelector('#ttp .plot.wide').checkVisibility()")
        texts = "[...document.querySelectorAll('#ttp .narrow text')]"
        letters = f"Math.min(...{texts}.map((each) => each.getBoundingClientRect().height))"
        assert browser.value(letters) >= 12


# ---- what cannot be estimated is said alike by the tables and the explorer


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """A trial in which by the landmark nobody has the event, and in arm B nobody ever."""
    folder = tmp_path_factory.mktemp("quiet")
    patients = [
        {
            "USUBJID": f"{arm}{number}",
            "TRT01P": arm,
            "RANDDT": "2010-01-01",
            "LSTALVDT": f"2012-{number % 12 + 1:02d}-01",
            "DTHDT": f"2012-{number % 12 + 1:02d}-01" if arm == "A" and number % 2 else "",
        }
        for arm in "AB"
        for number in range(24)
    ]
    (folder / "trial").mkdir()
    return made(folder, write_trial(folder / "trial", STUDY, subjects=patients)) / "index.html"


def test_the_explorer_prints_what_is_not_estimable_as_the_tables_do(quiet, tmp_path):
    with opened_page(quiet, tmp_path / "profile") as browser:
        browser.wait_for(f"!{EXPLORER}.hidden")
        browser.value(f"void {EXPLORER}.querySelector('summary').click()")
        browser.wait_for(f"{EXPLORER}.querySelector('svg')")
        explored = browser.value(f"{EXPLORER}.innerText")
        table = browser.value(
            "[...document.querySelectorAll('#os .scroll > table')].map((each) => each.innerText).join('\\n')"
        )
    for words in ("100.0% (interval not estimable)", "0.0 (interval not estimable)", "not estimable"):
        assert words in explored
        assert words in table
    for said in (explored, table):
        assert not re.search(r"– \(|not estimable to|100\.0% to 100\.0%|0\.0 to 0\.0", said)


@pytest.mark.parametrize("width", [390, 768, 1000, 1280])
def test_what_a_card_says_stays_in_the_card(shared_reports, tmp_path, width):
    wider = "[...document.querySelectorAll('.cards li')].filter((each) => each.scrollWidth > each.clientWidth).length"
    page = shared_reports.report("quiredex-2013") / "index.html"
    with opened_page(page, tmp_path / "profile", width=width) as browser:
        assert browser.value("document.querySelectorAll('.cards li').length") == 3
        assert browser.value(wider) == 0
