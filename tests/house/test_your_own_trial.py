"""What docs/your-own-trial.md shows of a public trial holds for a small one of its shape, with tables made here."""

import re

import pytest
import yaml
from pilot_like_trial import adverse_events, subjects, times, write_rows
from project_files import PROJECT

from smmlib.report.check import main as check
from smmlib.trial.new_study.command import main as start

pytestmark = pytest.mark.by_hand

PAGE = (PROJECT / "docs" / "your-own-trial.md").read_text(encoding="utf-8")
FILLED, SETTLED, DECLARED = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
UNDERSTOOD, PROBLEMS = re.findall(r"```\n((?:cdisc-pilot|messy).*?)```", PAGE, re.DOTALL)
LOW = "Xanomeline Low Dose"
LONGEST_PAGE = 150


def renamed(rows):
    """Rows with the arms of the pilot."""
    return [{name: re.sub("^Drug", "Xanomeline", str(cell)) for name, cell in row.items()} for row in rows]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder, in the current one, that is called as on the page and holds the three tables."""
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "pilot"
    there.mkdir()
    patients = [{**row, "MMSETOT": 10 + number % 9} for number, row in enumerate(renamed(subjects()))]
    for name, rows in (("adsl", patients), ("adtte", renamed(times())), ("adae", renamed(adverse_events()))):
        write_rows(there / f"{name}.csv", rows)
    return there


def started(folder):
    assert start(["cdisc-pilot", "--tables", str(folder)]) == 0
    return folder / "cdisc-pilot.yaml"


def with_further(file, further):
    """Write into a parameters file what the page adds to it."""
    text = yaml.safe_dump(joined(yaml.safe_load(file.read_text(encoding="utf-8")), further), sort_keys=False)
    file.write_text(text, encoding="utf-8")


def joined(before, further):
    if isinstance(before, dict) and isinstance(further, dict):
        return before | {name: joined(before.get(name), part) for name, part in further.items()}
    return before + further if isinstance(before, list) else further


def without_numbers(text):
    return re.sub(r"\d+", "0", text)


def test_the_page_is_short():
    assert len(PAGE.splitlines()) <= LONGEST_PAGE


def test_remarks_of_the_filled_file_are_as_shown(folder):
    written = [without_numbers(line.partition("# ")[2]) for line in started(folder).read_text("utf-8").splitlines()]
    shown = [without_numbers(line.partition("# ")[2]) for line in FILLED.splitlines() if "# " in line]
    assert len(shown) > 6
    assert [remark for remark in shown if remark not in written] == []


def test_what_the_check_says_has_the_lines_shown(folder, capsys):
    file = started(folder)
    capsys.readouterr()
    assert check([str(file)]) == 0
    said = [line[:13] for line in capsys.readouterr().out.splitlines()]
    assert [line for line in UNDERSTOOD.splitlines() if line[:13] not in said] == []


def test_what_the_protocol_declares_is_read_and_the_data_are_those_of_the_page(folder):
    file = started(folder)
    with_further(file, yaml.safe_load(DECLARED))
    assert check([str(file)]) == 0
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names = {}
    exec(compile(block, "your-own-trial.md", "exec"), names)
    assert set(names["patients"].arm) == {names["high"], names["placebo"]}
    assert len(names["data"].times) == 36


def test_five_mistakes_are_told_in_the_words_of_the_page_and_settled_by_its_lines(folder, capsys):
    """A value that is no number, a row of another arm, a time apart from its dates, second rows, a patient without."""
    rows = [{**row, "TRTP": patient["TRT01P"], "PARCAT1": "FIRST EVENT"} for row, patient in rows_and_patients()]
    rows[3]["AVAL"], rows[6]["AVAL"], rows[7]["TRTP"] = "unk", "500", "Placebo"
    second = [{**row, "PARCAT1": "SECOND EVENT"} for row in rows[10:20]]
    write_rows(folder / "adtte.csv", [*rows[:35], *second])
    messy = folder.rename(folder.with_name("messy"))
    file = started(messy)
    assert yaml.safe_load(file.read_text("utf-8"))["endpoints"]["ttde"]["missing_row"] == "left out"
    capsys.readouterr()
    assert check(["messy/cdisc-pilot.yaml"]) == 2
    assert without_numbers(capsys.readouterr().err) == without_numbers(PROBLEMS)
    settled = SETTLED.replace("01-701-1097", "01-006").replace("01-701-1111", "01-007")
    with_further(file, yaml.safe_load(settled))
    assert check([str(file)]) == 0


def rows_and_patients():
    """Each row of ADTTE with that of its patient in ADSL; the eighth patient has the low dose, as on the page."""
    pairs = list(zip(renamed(times()), renamed(subjects()), strict=False))
    assert pairs[7][1]["TRT01P"] == LOW
    return pairs
