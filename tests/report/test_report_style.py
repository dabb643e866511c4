"""A report in another style prints its numbers otherwise, everywhere, and has the same numbers."""

import re
from html import unescape

import pytest
from end_to_end import notebooks_are_run
from report_project import ReportProject

STUDY = "freireich-1963"


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The report of Freireich's trial in the style of NEJM and in that of the Lancet."""
    notebooks_are_run()
    made = {}
    for style in ("nejm", "lancet"):
        project = ReportProject(tmp_path_factory.mktemp(style))
        project.replace(STUDY, ("time_unit:", f"style: {style}\ntime_unit:"))
        made[style] = project.make(STUDY)
    return made


def words(page):
    """What a reader of the page reads of its numbers: without figures, styles, packed files and other programs."""
    shown = page.read_text(encoding="utf-8").partition("<main>")[2].partition('<section id="guidelines">')[0]
    left_out = r'<svg.*?</svg>|<script.*?</script>|<section id="ledger">.*?</section>'
    shown = re.sub(left_out, " ", shown, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", shown)))


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_the_lancet_has_raised_points_and_a_small_p_everywhere(reports):
    """The hazard ratio of placebo is 4.82 (2.15 to 10.81), its log-rank P 0.00004."""
    nejm, lancet = words(reports["nejm"] / "index.html"), words(reports["lancet"] / "index.html")
    assert "4.82 (95% CI, 2.15 to 10.81" in nejm.replace(" )", ")")
    assert "4·82 (95% CI 2·15–10·81" in lancet.replace(" )", ")")
    assert re.search(r"P\s<\s0\.001", nejm)
    assert re.search(r"p\s<\s0·0001", lancet)
    assert not re.search(r"\bP\b", lancet)
    assert not re.search(r"\d\.\d+ \(|\d\.\d%", lancet)


@pytest.mark.end_to_end
@pytest.mark.invariant
def test_the_numbers_are_the_same(reports):
    for name in ("numbers.csv", "verification.csv"):
        assert (reports["nejm"] / name).read_bytes() == (reports["lancet"] / name).read_bytes()
    ledger = [(reports[style] / "ledger.csv").read_text(encoding="utf-8") for style in ("nejm", "lancet")]
    assert ledger[0] == ledger[1]


@pytest.mark.end_to_end
@pytest.mark.by_hand
def test_executed_notebooks_print_in_the_style_too(reports):
    texts = {style: made / "notebooks" / "remission.ipynb" for style, made in reports.items()}
    assert "4·82 (95% CI 2·15–10·81)" in texts["lancet"].read_text(encoding="utf-8")
    assert "4.82 (95% CI, 2.15 to 10.81)" in texts["nejm"].read_text(encoding="utf-8")
