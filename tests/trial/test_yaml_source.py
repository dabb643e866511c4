"""The reader of YAML: plain YAML only, every problem with its line, nothing expanded on the way."""

import os
from datetime import date
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from project_files import PARAMS

from smmlib.trial.parameters.yaml_source import ParametersError, read_yaml

pytestmark = pytest.mark.by_hand


def written(tmp_path, content):
    file = tmp_path / "study.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return file


def told(tmp_path, content):
    """Lines of the refusal, each without the name of the file."""
    file = written(tmp_path, content)
    with pytest.raises(ParametersError) as refused:
        read_yaml(file)
    lines = str(refused.value).splitlines()
    assert all(line.startswith(f"{file}:") for line in lines)
    return [line.removeprefix(f"{file}:") for line in lines]


# ---- what is read


@pytest.mark.independent
@pytest.mark.parametrize("file", sorted(PARAMS.glob("*.yaml")), ids=lambda file: file.stem)
def test_bundled_studies_are_read_as_pyyaml_reads_them(file):
    assert read_yaml(file)[0] == yaml.safe_load(file.read_text(encoding="utf-8"))


def test_values_keep_their_kinds(tmp_path):
    """A date is a date, and true is true: what may stand where is the model's to say."""
    text = 'day: 2012-08-31\ntext: "2012-08-31"\nflag: true\nnothing:\nlist: [1.5, 1, "1", a]\n"on": quoted\n'
    content, _ = read_yaml(written(tmp_path, text))
    kinds = {"day": date(2012, 8, 31), "text": "2012-08-31", "flag": True, "nothing": None}
    assert content == kinds | {"list": [1.5, 1, "1", "a"], "on": "quoted"}


def test_places_have_the_line_of_their_key_or_item(tmp_path):
    text = "# a comment\nfirst: 1\nmap:\n  inner:\n    - a\n    - {deep: [x,\n        y]}\nlast: |\n  two\n  lines\n"
    _, line_of = read_yaml(written(tmp_path, text))
    lines = {(): 2, ("first",): 2, ("map",): 3, ("map", "inner"): 4, ("map", "inner", 0): 5, ("last",): 8}
    lines |= {("map", "inner", 1): 6, ("map", "inner", 1, "deep"): 6, ("map", "inner", 1, "deep", 1): 7}
    lines |= {("absent",): 2, ("map", "inner", 9, "deep"): 4}
    assert {place: line_of(place) for place in lines} == lines


@pytest.mark.parametrize(
    "text", ["\ufeffa: é\n", "a: é\r\n", "--- # one document\na: é\n...\n", "%YAML 1.1\n---\na: é\n"]
)
def test_byte_order_mark_line_ends_and_a_marked_document_are_no_problem(tmp_path, text):
    assert read_yaml(written(tmp_path, text))[0] == {"a": "é"}


def test_twenty_levels_are_read_and_no_more(tmp_path):
    assert read_yaml(written(tmp_path, "a: " + "[" * 19 + "]" * 19))[0]["a"]
    assert told(tmp_path, "a: " + "[" * 20 + "]" * 20) == [
        "1: nested deeper than 20 levels: nothing was read from here on."
    ]


# ---- what is not


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: 1\nb: &x 2\n", ["2: the anchor &x is not read: write the value out where it is needed."]),
        ("a: 1\n&x b: 2\n", ["2: the anchor &x is not read: write the value out where it is needed."]),
        ("a: &x [1]\n", ["1: the anchor &x is not read: write the value out where it is needed."]),
        ("a: *x\n", ["1: the alias *x is not read: write the value out."]),
        ("*x : 1\n", ["1: the alias *x is not read: write the value out."]),
        ("a: !!python/object:os.system {}\n", ["1: the tag !!python/object:os.system is not read: leave it out."]),
        ("a: !custom 1\n", ["1: the tag !custom is not read: leave it out."]),
        ("a: !!str 1\n", ["1: the tag !!str is not read: leave it out."]),
        ("a: ! 1\n", ["1: the tag ! is not read: leave it out."]),
        ("!!set {a, b}\n", ["1: the tag !!set is not read: leave it out."]),
        ("!!int 1: a\n", ["1: the tag !!int is not read: leave it out."]),
        ("a:\n  <<: {b: 1}\n", ["2: the merge key << is not read: write the keys out."]),
        ("a: 1\n---\nb: 1\n", ["2: a second document begins: a parameters file holds one."]),
        ("yes: 1\n", ["1: the key yes is read as true or false, not as text: quote it."]),
        ("a: {on: 1}\n", ["1: the key on is read as true or false, not as text: quote it."]),
        ("No: 1\n", ["1: the key No is read as true or false, not as text: quote it."]),
        ("1: x\n", ["1: the key 1 is read as a number, not as text: quote it."]),
        ("1.5: x\n", ["1: the key 1.5 is read as a number, not as text: quote it."]),
        ("null: x\n", ["1: the key null is read as nothing, not as text: quote it."]),
        ("?\n: x\n", ["1: the key (empty) is read as nothing, not as text: quote it."]),
        ("2012-08-31: x\n", ["1: the key 2012-08-31 is read as a date, not as text: quote it."]),
        ("=: x\n", ["1: the key = is read as a sign of YAML, not as text: quote it."]),
        ("[a]: b\n", ["1: a list or mapping stands as a key: a key is text."]),
        ("? {a: b}\n: c\n", ["1: a list or mapping stands as a key: a key is text."]),
        ("a: 1\na: 2\na: 3\n", ["2: a is given twice, first on line 1.", "3: a is given twice, first on line 1."]),
        ("a: {b: 1, b: 2}\n", ["1: b is given twice, first on line 1."]),
        ("a: 1\nb: x\x07y\x00\n", ["2: a control character, U+0007: take it out."]),
        ("a: x\x85\n", ["1: a control character, U+0085: take it out."]),
        ('a: "\\a"\n', ["1: a control character, U+0007, written as an escape: take it out."]),
        ('a: "\\ud800"\n', ["1: a control character, U+D800, written as an escape: take it out."]),
        ('"\\0": 1\n', ["1: a control character, U+0000, written as an escape: take it out."]),
        ('a: "\\UFFFFFFFF"\n', ["1: not valid YAML: there is no such character."]),
        ("a: 1\nb: 2012-02-30\n", ["2: 2012-02-30 is no date or number that exists: quote it if it is text."]),
        ("a: 1:30\n", ["1: 1:30 is read as the number 90: write 90, or '1:30' if it is text."]),
        (
            "a: [190:20:30.15]\n",
            ["1: 190:20:30.15 is read as the number 685230.15: write 685230.15, or '190:20:30.15' if it is text."],
        ),
        ("a: 012\n", ["1: 012 is read as the number 10: write 10, or '012' if it is text."]),
        ("a: -007.5\n", ["1: -007.5 is read as the number -7.5: write -7.5, or '-007.5' if it is text."]),
        ("a: 0b11\n", ["1: 0b11 is read as the number 3: write 3, or '0b11' if it is text."]),
        ("a: 0x1F\n", ["1: 0x1F is read as the number 31: write 31, or '0x1F' if it is text."]),
        ("a: 1_000\n", ["1: 1_000 is read as the number 1000: write 1000, or '1_000' if it is text."]),
        ("a: 1_0.5\n", ["1: 1_0.5 is read as the number 10.5: write 10.5, or '1_0.5' if it is text."]),
        ("a: .inf\n", ["1: .inf is no finite number: write one, or quote it if it is text."]),
        ("a: -.INF\n", ["1: -.INF is no finite number: write one, or quote it if it is text."]),
        ("a: .nan\n", ["1: .nan is no finite number: write one, or quote it if it is text."]),
        ("a: 1.0e+999\n", ["1: 1.0e+999 is no finite number: write one, or quote it if it is text."]),
        ("a: NO\n", ["1: NO is read as false, not as text: quote it, or write false if that is meant."]),
        ("a: [yes]\n", ["1: yes is read as true, not as text: quote it, or write true if that is meant."]),
        ("a: {b: Off}\n", ["1: Off is read as false, not as text: quote it, or write false if that is meant."]),
        ("a: on\n", ["1: on is read as true, not as text: quote it, or write true if that is meant."]),
        ("a: x\u202ey\n", ["1: a control character, U+202E: take it out."]),
        ("a: x\u2028y\n", ["1: a control character, U+2028: take it out."]),
        ('a: "\\u2066"\n', ["1: a control character, U+2066, written as an escape: take it out."]),
        ("a: 0b_\n", ["1: 0b_ is no date or number that exists: quote it if it is text."]),
        ("a: =\n", ["1: = is no date or number that exists: quote it if it is text."]),
        ("a: " + "9" * 5000, [f"1: {'9' * 40}... is no date or number that exists: quote it if it is text."]),
        (
            "a: " + "1:" * 400_000 + "1",
            [f"1: {'1:' * 20}... is no date or number that exists: quote it if it is text."],
        ),
        ("a: &" + "x" * 50, [f"1: the anchor &{'x' * 40}... is not read: write the value out where it is needed."]),
        ("a: [1\nb: 2\n", ["2: not valid YAML: expected ',' or ']', but got ':'."]),
        ("a: 1\n\tb: 2\n", ["2: not valid YAML: found character '\\t' that cannot start any token."]),
        ("", ["1: a parameters file is a mapping of keys to values: the file is empty."]),
        ("# only a comment\n", ["1: a parameters file is a mapping of keys to values: the file is empty."]),
        ("---\n", ["1: a parameters file is a mapping of keys to values: the file is empty."]),
        ("# a list\n- 1\n", ["2: a parameters file is a mapping of keys to values: this is a list."]),
        ("only text\n", ["1: a parameters file is a mapping of keys to values: this is one value."]),
        ("2012-08-31", ["1: a parameters file is a mapping of keys to values: this is one value."]),
    ],
)
def test_problem_is_told_with_its_line(tmp_path, text, problems):
    assert told(tmp_path, text) == problems


def test_every_problem_is_told_at_once_in_order_of_lines(tmp_path):
    text = "base: &base {ties: efron}\non: 1\nrun:\n  <<: *base\n  1: !!str x\n  bell: \x07\n  bell: 2\n---\nx: [\n"
    assert told(tmp_path, text) == [
        "1: the anchor &base is not read: write the value out where it is needed.",
        "2: the key on is read as true or false, not as text: quote it.",
        "4: the merge key << is not read: write the keys out.",
        "4: the alias *base is not read: write the value out.",
        "5: the key 1 is read as a number, not as text: quote it.",
        "5: the tag !!str is not read: leave it out.",
        "6: a control character, U+0007: take it out.",
        "7: bell is given twice, first on line 6.",
        "8: a second document begins: a parameters file holds one.",
        "10: not valid YAML: expected the node content, but found '<stream end>'.",
    ]


def test_numbers_as_everybody_reads_them_are_numbers_and_in_quotes_they_are_text(tmp_path):
    numbers = {"0": 0, "-0.50": -0.5, "+5": 5, "10.": 10.0, ".5": 0.5, "1.5e+3": 1500.0, "0.07": 0.07}
    texts = [*numbers, "1:30", "012", "0x1F", "1_000", ".inf", "1e3", "NO", "on", "null"]
    file = written(tmp_path, f"numbers: [{', '.join(numbers)}]\ntexts: {texts}\n")
    content, places = read_yaml(file)
    assert content == {"numbers": list(numbers.values()), "texts": texts}
    assert places.written(("numbers", 1)) == "-0.50"
    assert places.written(("texts", 1)) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_another_unicode_is_refused(tmp_path, encoding):
    assert told(tmp_path, "a: é\n".encode(encoding)) == [
        " cannot be read: it is in UTF-16 or UTF-32, save it in UTF-8."
    ]


def test_latin_1_is_refused_with_its_line(tmp_path):
    assert told(tmp_path, "a: 1\nb: é\n".encode("latin-1")) == [
        "2: cannot be read: byte 0xe9 is not UTF-8, save it in UTF-8."
    ]


def test_a_large_file_is_refused_by_its_size(tmp_path):
    file = tmp_path / "study.yaml"
    with file.open("wb") as stream:
        stream.truncate(10**9)  # a file with a hole: reading it would take a gigabyte
    with pytest.raises(ParametersError, match="is larger than 1 MB: that is not a parameters file"):
        read_yaml(file)
    assert read_yaml(written(tmp_path, "a: 1 #".ljust(1_000_000, "x")))[0] == {"a": 1}
    assert told(tmp_path, "a: 1 #".ljust(1_000_001, "x")) == [" is larger than 1 MB: that is not a parameters file."]


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(ParametersError, match="is a folder: name the file in it"):
        read_yaml(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ParametersError, match="is a named pipe"):
        read_yaml(tmp_path / "pipe")
    for absent in (tmp_path / "absent.yaml", written(tmp_path, "a: 1") / "below.yaml"):
        with pytest.raises(ParametersError, match="there is no such parameters file"):
            read_yaml(absent)


# ---- files made to harm


def assert_refused(file, words):
    """Refused in words; what was expanded or descended into would fill the memory, or the stack, instead."""
    with pytest.raises(ParametersError, match=words):
        read_yaml(file)


def test_a_billion_laughs_are_not_laughed(tmp_path):
    """Nine levels of nine aliases each are 387,420,489 items in 600 bytes."""
    names = "abcdefghi"
    text = 'a: &a ["lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol"]\n'
    for before, name in pairwise(names):
        text += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    file = written(tmp_path, text)
    assert_refused(file, "8: the alias [*]g is not read")
    assert len(told(tmp_path, text)) == 9 + 8 * 9


@pytest.mark.parametrize("opening", ["[", "[\n", "{a: ", "{a: \n", "- ", "? ", "{? ", '{"a": ['])
def test_a_hundred_thousand_levels_are_not_descended_into(tmp_path, opening):
    file = written(tmp_path, "a:\n " + opening * 100_000)
    assert_refused(file, "nested deeper than 20 levels")


@pytest.mark.parametrize("problem", ["*x, ", "\x01\n", "!!str x,\n", "&x a,\n"])
def test_a_hundred_problems_are_told_and_the_rest_not_looked_for(tmp_path, problem):
    file = written(tmp_path, "a: [" + problem * 100_000)
    assert_refused(file, "100 problems are told; there may be more")
    assert len(told(tmp_path, file.read_bytes())) == 101


def test_a_mapping_within_itself_is_not_followed(tmp_path):
    assert told(tmp_path, "a: &x\n  b: *x\n") == [
        "1: the anchor &x is not read: write the value out where it is needed.",
        "2: the alias *x is not read: write the value out.",
    ]


pieces = st.sampled_from(
    [*"abxy01:-,?!&*[]{}<=|>%@'\"#~.\n\t ", "\n  ", ": ", "- ", "<<: ", "---\n", "\\U", "2012-", "!!", "null", "\ufeff"]
)


@pytest.mark.invariant
@settings(deadline=None, derandomize=True, max_examples=300, database=None)
@given(st.lists(pieces, max_size=30).map("".join))
def test_any_text_is_read_or_refused_in_words(tmp_path_factory, text):
    """No other error, and what is read is what PyYAML reads."""
    file = written(tmp_path_factory.getbasetemp(), text)
    try:
        content, line_of = read_yaml(file)
    except ParametersError as error:
        message = str(error)
    else:
        assert content == yaml.safe_load(text)
        assert all(isinstance(key, str) and line_of((key,)) <= text.count("\n") + 1 for key in content)
        return
    assert all(line.startswith(f"{file}:") for line in message.splitlines())
