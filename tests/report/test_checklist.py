"""What guidelines ask for, and where the page has it."""

import re

import pytest
from end_to_end import notebooks_are_run
from report_project import ReportProject

from smmlib.report.page.checklist import ABSENT, ELSEWHERE, NOT_APPLICABLE, TITLES_BESIDES, checklists
from smmlib.trial import read_study


def places(study, **answers):
    found = checklists(read_study(f"params/{study}.yaml"), verified=True)
    return {(item.number or item.asks): item for item in found["CONSORT 2025"]}, found["SAMPL"]


@pytest.mark.by_hand
def test_quiredex_answers_what_its_sections_hold():
    """Its runs are population, ttp, os and response; it has phases of treatment, no table of harms or of baseline."""
    consort, sampl = places("quiredex-2013")
    assert consort["22a"].places == ("population",)
    assert consort["14"].places == ("ttp", "os", "response")
    assert consort["24a"].places == ("population",)
    assert (consort["25"].places, consort["25"].otherwise) == ((), ABSENT)
    assert (consort["27"].places, consort["27"].otherwise) == ((), ABSENT)
    assert (consort["17–20"].places, consort["17–20"].otherwise) == ((), ELSEWHERE)
    follow_up = next(item for item in sampl if "follow-up" in item.asks)
    assert follow_up.places == ("population",)


@pytest.mark.by_hand
def test_what_cannot_be_asked_of_a_study_is_not_called_missing():
    """Freireich's trial has no binary outcome."""
    found = checklists(read_study("params/freireich-1963.yaml"), verified=False)
    binary = next(item for item in found["CONSORT 2025"] if "binary" in item.asks)
    assert (binary.places, binary.otherwise) == ((), NOT_APPLICABLE)
    again = next(item for item in found["SAMPL"] if "more than one program" in item.asks)
    assert again.places == ()


@pytest.mark.invariant
def test_every_item_of_consort_is_named_once_or_within_a_group():
    """The 30 items of the statement of 2025."""
    numbers = set()
    for item in checklists(read_study("params/quiredex-2013.yaml"), verified=True)["CONSORT 2025"]:
        for part in item.number.replace(" ", "").split(","):
            first, _, last = part.partition("–")
            first, last = (int(re.sub(r"\D", "", text)) for text in (first, last or first))
            numbers |= set(range(first, last + 1))
    assert numbers == set(range(1, 31))


@pytest.mark.end_to_end
@pytest.mark.invariant
def test_each_place_is_a_section_of_the_page(tmp_path):
    notebooks_are_run()
    page = (ReportProject(tmp_path / "project").make("freireich-1963") / "index.html").read_text(encoding="utf-8")
    part = page.partition('<section id="guidelines">')[2].partition("</section>")[0]
    asked = set(re.findall(r'href="#([^"]+)"', part))
    assert asked >= {"methods", "made-with", "population"}
    for place in asked:
        assert f'<section id="{place}">' in page
    for place, title in TITLES_BESIDES.items():
        assert re.search(rf'<section id="{place}">\s*<h2>{title}</h2>', page)
