"""The page in a browser: it runs without an error, asks for nothing, and opens its numbers."""

import re
import shutil
import subprocess
from html import unescape

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=20000")
LONGEST = 120
"""Seconds after which a browser that hangs is given up."""


def opened(page, folder, number=""):
    """What the page holds once it has run, and what the browser had to say of it."""
    address = page.as_uri() + (f"#number={number}" if number else "")
    command = [CHROMIUM, *OPTIONS, f"--user-data-dir={folder}", "--dump-dom", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=True)
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line or "Refused" in line]
    return done.stdout, said


@pytest.mark.parametrize("study", ["quiredex-2013", "freireich-1963"])
def test_a_page_on_its_own_runs_without_an_error(shared_reports, tmp_path, study):
    """Copied away from its folder, as if it had been mailed."""
    page = shutil.copy(shared_reports.report(study) / "index.html", tmp_path / "mailed.html")
    dom, said = opened(page, tmp_path / "profile")
    assert said == []
    assert '<dialog id="door"></dialog>' in dom


def test_a_number_opens_with_its_value_its_programs_and_its_patients(shared_reports, tmp_path):
    page = shutil.copy(shared_reports.report("quiredex-2013") / "index.html", tmp_path / "mailed.html")
    dom, said = opened(page, tmp_path / "profile", "ttp.hazard_ratio.rd_vs_observation")
    door = unescape(re.sub(r"<[^>]*>", " ", re.search(r'<dialog id="door".*?</dialog>', dom, re.DOTALL)[0]))
    assert said == []
    for words in ("Time to progression: hazard ratio", "0.18 (95% CI, 0.09 to 0.32)", "lifelines", "119", "NEJM 2013"):
        assert words in door
    for opens in ("the rows that it rests on", "notebook ttp, cell"):
        assert opens in door
