"""Text stays text: on a terminal, in a spreadsheet, in a shell; and there is one place that sees to it."""

import ast
import csv
import io
import os
import shlex
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from project_files import PROJECT

from smmlib.plain_text import ACTING, begins_formula, csv_text, is_utf8, say, shell_command, visible, visible_lines

PACKAGE = PROJECT / "smmlib"
WRITES_ITSELF = {
    "plain_text.py": "it is the one place",
    "environment.py": "it stands alone, and is run by any Python",
    "report/records/recording.py": "it prints into its notebook",
    "clean.py": "it stands alone, and is run by any Python",
    "command_line/faults.py": "it masks what would act itself, after whatever failed",
    "command_line/run.py": "it prints what argparse says",
    "command_line/streams.py": "it says that a stream cannot be written",
    "curves/digitising/apart.py": "its output is JSON, for the process that called it",
}
"""Modules that print, or write CSV, themselves, and why."""
TABLES_OF_PATIENTS = {"calibration/table_files.py", "curves/reconstructed_tables.py"}
"""They write tables that are read again, from texts that the parameters have refused where they are formulas."""

pytestmark = pytest.mark.by_hand


# ---- a terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with ä, 中, ☃ and 𝒳", "plain, with ä, 中, ☃ and 𝒳"),
        ("a\u00a0b\u202fc\u3000d", "a\u00a0b\u202fc\u3000d"),
        ("\x1b[31mred\x1b[0m\x07", "\\x1b[31mred\\x1b[0m\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\nb\r\tc\x0b\x0c\x85", "a\\nb\\r\\tc\\x0b\\x0c\\x85"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\u202eabc\u2066\u200f", "\\u202eabc\\u2066\\u200f"),
        ("\u200bzero\ufeff\u00ad", "\\u200bzero\\ufeff\\xad"),
        ("\udcff\ue000\U000e0041", "\\udcff\\ue000\\U000e0041"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (Path("a\nb"), "a\\nb"),
    ],
)
def test_what_would_act_is_shown(text, shown):
    assert visible(text) == shown


@pytest.mark.invariant
def test_every_control_character_is_shown_and_every_acting_one_is_refused_in_texts():
    characters = list(map(chr, range(0x3000)))
    shown = [character for character in characters if visible(character) != character]
    assert {character for character in characters if not character.isprintable()} - set(shown) == {
        *"\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u200c\u200d"
    }
    assert {character for character in characters if ACTING.search(character)} < set(shown)


def test_lines_of_a_message_stay_lines(capsys):
    assert visible_lines("a\x1b\nb\r\nc") == "a\\x1b\nb\\r\nc"
    say("a\x1b\nb")
    assert capsys.readouterr().err == "a\\x1b\nb\n"


def test_a_message_is_written_whatever_the_terminal_can_show():
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    say("ä\udcff", terminal)
    assert terminal.buffer.getvalue() == b"\\xe4\\udcff\n"


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py"))


def calls(path):
    names = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {name.rpartition(".")[2] if name != "csv.writer" else name for name in names}


def test_nothing_else_prints_or_writes_csv():
    writers = {"print", "csv.writer", "DictWriter", "to_csv"}
    found = {path.relative_to(PACKAGE).as_posix() for path in modules() if calls(path) & writers}
    assert found == WRITES_ITSELF.keys() | TABLES_OF_PATIENTS


# ---- a spreadsheet


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "﹢1", '=HYPERLINK("x")']
)
def test_what_a_spreadsheet_would_run_begins_a_formula(text):
    assert begins_formula(text)


@pytest.mark.parametrize("text", ["", "a=1", " =1", "1-2", "'=1", "−1", "\u2013", "e@x.org", "<0.001"])
def test_other_text_does_not(text):
    assert not begins_formula(text)


def test_a_formula_in_a_table_stands_behind_an_apostrophe():
    rows = [["=HYPERLINK(1)", -1.5, "@SUM"], ["-2+3+cmd|' /C calc'!A0", None, "a,b"], ["-5 mg", float("nan"), "+"]]
    assert csv_text(["=a", "b", "c"], rows) == (
        "'=a,b,c\n'=HYPERLINK(1),-1.5,'@SUM\n'-2+3+cmd|' /C calc'!A0,,\"a,b\"\n'-5 mg,,'+\n"
    )


@pytest.mark.parametrize(
    "numbers",
    ["-0.5", "-0.5 (-0.9 to -0.1)", "-0.51; -0.9; 1e-05", "-1.5e-07", "-12.5 %", "-3 (not estimable to 2)", "+5"],
)
def test_numbers_with_a_minus_are_no_formula(numbers):
    assert csv_text(["a"], [[numbers]]) == f"a\n{numbers}\n"


@pytest.mark.independent
def test_a_table_without_formulas_is_what_pandas_writes():
    frame = pd.DataFrame(
        {
            "text": ['a "b"', "c,d", "e\nf", "", None],
            "number": [1.5, 1e-05, float("nan"), 0.1 + 0.2, -2.0],
            "whole": [1, 2, 3, 4, 5],
            "flag": [True, False, True, False, True],
            "mixed": [True, None, 1.5, "x", pd.NaT],
        }
    )
    assert csv_text(frame.columns, frame.itertuples(index=False)) == frame.to_csv(index=False, lineterminator="\n")


def test_what_is_written_is_read_back():
    rows = [["a\r\nb", "\x0b", "\u2028", '"', "ä"]]
    assert list(csv.reader(io.StringIO(csv_text("abcde", rows), newline=""))) == [list("abcde"), *rows]


# ---- a shell


@pytest.mark.parametrize(
    "word", ["a b", "it's", 'a"b', "`touch x`", "$(touch x)", "$HOME", "a;b", "#", "*", "-x", "é", "\\"]
)
def test_a_command_can_be_pasted(word, tmp_path):
    typed = shell_command("printf", "%s\\n", f"PARAMS={word}", Path(word))
    said = subprocess.run(["sh", "-c", typed], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout == f"PARAMS={word}\n{word}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_command_of_plain_words_is_plain():
    assert shell_command("make", "check", "PARAMS=../my-trial/a.yaml") == "make check PARAMS=../my-trial/a.yaml"
    assert shell_command("make", "PARAMS=a b") == "make PARAMS='a b'"
    assert shlex.split(shell_command("a", "")) == ["a", ""]


def test_a_name_that_is_not_in_utf8_is_known(tmp_path, monkeypatch):
    other = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    other.mkdir()
    assert is_utf8("é中")
    assert not is_utf8(other)
    monkeypatch.chdir(other)
    assert not is_utf8("a.yaml")
