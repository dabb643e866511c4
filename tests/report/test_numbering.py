"""Tables and figures are numbered in their order; within a section that has a number, by that number."""

import re

import pytest
from markupsafe import Markup, escape
from project_files import PROJECT
from small_trial import STUDY, write_trial

from smmlib.report.page.numbering import Numbering
from smmlib.report.page.section_titles import section_title
from smmlib.trial import read_study
from smmlib.trial.parameters.yaml_source import ParametersError

pytestmark = pytest.mark.by_hand

TEMPLATES = PROJECT / "smmlib" / "report" / "page" / "templates"
PATIENTS = [{"USUBJID": "1", "TRT01P": "A", "RANDDT": "2010-01-01"}]


def study(folder, **of_os):
    runs = STUDY["runs"] | {"os": STUDY["runs"]["os"] | of_os}
    return read_study(write_trial(folder, {"runs": runs}, subjects=PATIENTS))


def test_numbers_of_a_section_begin_with_its_own(tmp_path):
    numbering = Numbering(study(tmp_path, number="14.2"))
    numbering.begin("population")
    first = numbering.caption("patients by arm")
    numbering.begin("os")
    inner = [numbering.figure(), numbering.caption("A & B"), numbering.figure(), numbering.caption("reasons")]
    numbering.begin("")
    assert first == "<caption><strong>Table 1.</strong> Patients by arm</caption>"
    assert inner == [
        "Figure 14.2.1",
        "<caption><strong>Table 14.2.1.</strong> A &amp; B</caption>",
        "Figure 14.2.2",
        "<caption><strong>Table 14.2.2.</strong> Reasons</caption>",
    ]
    assert numbering.figure() == "Figure 1"
    assert numbering.caption("ledger") == "<caption><strong>Table 2.</strong> Ledger</caption>"


def test_section_has_the_title_and_below_each_table_the_footnotes_of_its_run(tmp_path):
    given = study(tmp_path, title="Death <from> any cause", footnotes=["$x$ </table>", "Second"])
    typed = escape("</table>")
    body = Markup(f'<h2>Overall survival</h2><div class="scroll"><table>{typed}</table></div><p>x</p><table></table>')
    notes = '<p class="footnote">$x$ &lt;/table&gt;</p><p class="footnote">Second</p>'
    assert Numbering(given).whole_section("os", body) == (
        f'<h2>Death &lt;from&gt; any cause</h2><div class="scroll"><table>{typed}</table></div>{notes}<p>x</p>'
        f"<table></table>{notes}"
    )
    assert section_title(given, "os") == "Death <from> any cause"


def test_section_without_a_heading_gets_the_title(tmp_path):
    given = study(tmp_path, title=r"\1 of 2")
    assert Numbering(given).whole_section("os", Markup("<p>x</p>")) == "<h2>\\1 of 2</h2>\n<p>x</p>"


def test_tables_of_a_text_get_captions(tmp_path):
    numbering = Numbering(study(tmp_path))
    text = numbering.captioned(Markup("<table><tr></tr></table><p>&lt;table&gt;</p>"), "Frailty")
    assert text == "<table><caption><strong>Table 1.</strong> Frailty</caption><tr></tr></table><p>&lt;table&gt;</p>"


@pytest.mark.parametrize(
    ("of_os", "told"),
    [
        ({"number": "14.2."}, "runs.os.number: is '14.2.', but must be a number in quotes, with points between"),
        ({"number": 14.2}, "runs.os.number: 14.2 is read as a number, not as text: quote it"),
        ({"title": ""}, "runs.os.title: is empty, but must be text"),
        ({"footnotes": "one"}, "runs.os.footnotes: is 'one', but must be a list"),
    ],
)
def test_what_is_no_number_title_or_list_is_told(tmp_path, of_os, told):
    with pytest.raises(ParametersError) as raised:
        study(tmp_path, **of_os)
    assert told in str(raised.value)


def test_two_sections_of_one_number_are_told(tmp_path):
    runs = {name: run | {"number": "14.2"} for name, run in STUDY["runs"].items()}
    with pytest.raises(ParametersError, match=r"runs: number '14\.2' is given twice"):
        read_study(write_trial(tmp_path, {"runs": runs}, subjects=PATIENTS))


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.stem)
def test_every_table_of_a_template_has_a_caption_and_every_head_a_scope(template):
    """But for the small ones of the cards, which are about what stands above them."""
    text = template.read_text(encoding="utf-8")
    tables = re.findall(r"<table[^>]*>\s*(\S\S)", text)
    assert template.name == "cards.html" or set(tables) <= {"{{"}
    assert text.count("{{ caption(") == (0 if template.name == "cards.html" else len(tables))
    assert not re.findall(r"<th(?![a-z])(?![^>]*scope=)", text)
