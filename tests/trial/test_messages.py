"""Messages about parameters: each is a sentence, one for each cause, made by putting a wrong value at every place."""

import copy
from datetime import date, datetime

import pytest
from message_grammar import garbled
from project_files import PROJECT
from pydantic import ValidationError

from smmlib.trial.parameters.messages import validation_problems
from smmlib.trial.parameters.study import Study, read_study
from smmlib.trial.parameters.yaml_source import ParametersError, Places, read_yaml

STUDIES = (
    *("params/quiredex-2016.yaml", "params/aquila-2025.yaml"),
    *("docs/example/example.yaml", "docs/curves-example/study.yaml"),
)
WRONG = (
    *("abc", "=1+1", "0.5", "1e3", "x" * 300, ""),
    *(-1, 5, 1.5, True, None, date(2012, 8, 31), datetime(2012, 8, 31, 1)),
    *(["a"], [], {"odd key": 1}, {}),
)

pytestmark = pytest.mark.by_hand


def places_of(node, place=()):
    """Every place of a content, of lists the first two."""
    parts = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for key, value in parts:
        yield (*place, key)
        yield from places_of(value, (*place, key))


def with_value(content, place, value):
    changed = inner = copy.deepcopy(content)
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


def told(content, places, place, value):
    """Lines of the refusal of a content with another value at a place."""
    written = {} if isinstance(value, str | list | dict) else {place: "" if value is None else str(value).lower()}
    others = {key: text for key, text in places.plain.items() if key != place}
    lines = places.lines | {(*place, key): 1 for key in (value if isinstance(value, dict) else ())}
    try:
        Study.model_validate(with_value(content, place, value))
    except ValidationError as error:
        return str(ParametersError(*validation_problems("s.yaml", Places(lines, others | written), error))).splitlines()
    return []


@pytest.mark.parametrize("study", STUDIES)
def test_a_wrong_value_at_any_place_is_told_in_sentences(study):
    content, places = read_yaml(PROJECT / study)
    lines = [line for place in places_of(content) for value in WRONG for line in told(content, places, place, value)]
    assert len(lines) > 100
    assert [fault for line in dict.fromkeys(lines) for fault in garbled(line)] == []
    assert [line for line in lines if not line.startswith("s.yaml:") or not line.endswith(".")] == []


def test_a_wrong_value_of_what_is_said_of_tables_is_told_in_sentences():
    content, places = read_yaml(PROJECT / "params/freireich-1963.yaml")
    content["data"] |= {
        "missing": ["NA"],
        "where": {"times": {"ANL01FL": "Y", "PARAMCD": ["OS", "PFS"], "AVISIT": {"not": ["SCREENING"]}}},
        "aval_unit": "days",
        "first_day": 1,
        "accept": [{"patient": "P01", "check": "order", "reason": "Confirmed by the site."}],
    }
    places = Places(places.lines | {("data", *place): 1 for place in places_of(content["data"])}, places.plain)
    lines = [line for place in places_of(content) for value in WRONG for line in told(content, places, place, value)]
    assert {place for place in places_of(content["data"]) if not told(content, places, ("data", *place), ["a"])} <= {
        ("missing",),
        ("where", "times", "ANL01FL"),
        ("where", "times", "PARAMCD"),
        ("where", "times", "AVISIT"),
        ("where", "times", "AVISIT", "not"),
    }
    assert [fault for line in dict.fromkeys(lines) for fault in garbled(line)] == []


@pytest.mark.parametrize("study", STUDIES)
def test_a_wrong_value_of_one_kind_is_one_problem(study):
    """A text is not said to be no whole number, and no number, and no truth value."""
    content, places = read_yaml(PROJECT / study)
    for place in places_of(content):
        lines = told(content, places, place, datetime(2012, 8, 31, 1))
        at_the_place = [line for line in lines if f": {'.'.join(map(str, place))}: " in line]
        assert len(at_the_place) == 1, lines


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("study: my study", "study: is 'my study', but must be a name of letters, digits, - and _, with a letter or a"),
        ("study: " + "x" * 101, "study: has 101 characters, but must have 100 or fewer: 'xxxxxx"),
        ("title: 81", "title: 81 is read as a number, not as text: quote it."),
        ("title: 0.50", "title: 0.50 is read as a number, not as text: quote it."),
        ("title: true", "title: true is read as true or false, not as text: quote it."),
        ("title: 2012-08-31", "title: 2012-08-31 is read as a date, not as text: quote it."),
        ("title: null", "title: null is read as nothing, not as text: quote it."),
        ("title:", "title: is empty, but must be text."),
        ("title: [a]", "title: is a list, but must be text."),
        (
            "title: '=HYPERLINK(1)'",
            "title: is '=HYPERLINK(1)', but must be text that begins with none of = + - @, which",
        ),
        ("title: '\\t=1'", ""),
        ('title: "\\t=1"', "title: is '\\t=1', but must be text that begins with none of"),
        ("title: ＝1", "title: is '＝1', but must be text that begins with none of"),
        ("title: '@SUM(1)'", "title: is '@SUM(1)', but must be text that begins with none of"),
        ("suppress_below: '5'", "suppress_below: is the text '5', but must be a whole number: write 5."),
        ("suppress_below: '5.5'", "suppress_below: is '5.5', but must be a whole number."),
        ("suppress_below: 1e1", "suppress_below: is the text '1e1', but must be a whole number: write 10."),
        ("suppress_below: 2.5", "suppress_below: is 2.5, but must be a whole number."),
        ("data_cutoff: 2012-8", "data_cutoff: is '2012-8', but must be a date, YYYY-MM-DD."),
        ("data_cutoff: 5", "data_cutoff: is 5, but must be a date, YYYY-MM-DD."),
        ("data_cutoff: 2012-08-31 10:00:00", "data_cutoff: is 2012-08-31 10:00:00, but must be a date, YYYY-MM-DD."),
        ("strata: STRAT1R", "strata: is 'STRAT1R', but must be a list."),
        (
            "populations: {my set: {label: a}}",
            "populations.my set: the key is 'my set', but must be a name of letters,",
        ),
        (
            "runs: {os: {notebook: population, parameters: {day: 2020-01-01}}}",
            "runs.os.parameters.day: 2020-01-01 is read as a date, not as text: quote it.",
        ),
        (
            "runs: {os: {notebook: population, parameters: {day: null}}}",
            "runs.os.parameters.day: null is read as nothing, not as text: quote it.",
        ),
        (
            "runs: {os: {notebook: population, parameters: {day: [a]}}}",
            "runs.os.parameters.day: is a list, but must be text, a number or true or false.",
        ),
        ("runs: {os: {notebook: population, parameters: {day: No}}}", "No is read as false, not as text: quote it"),
        ("arms: {variable: TRT01P, levels: [{id: a, value: No, label: A, name: a}]}", "No is read as false, not as"),
        ("arms: {variable: TRT01P, levels: [{id: a, value: 012, label: A, name: a}]}", "012 is read as the number 10:"),
        (
            "arms: {variable: TRT01P, levels: [{id: a, value: null, label: A, name: a}]}",
            "arms.levels.0.value: null is read as nothing, not as text: quote it.",
        ),
        (
            "arms: {variable: TRT01P, levels: [{id: a, value: 81, label: A, name: a}]}",
            "arms.levels.0.value: 81 is read as a number, not as text: quote it.",
        ),
        ("populations: {}", "populations: has 0 entries, but must have 1 or more."),
    ],
)
def test_what_to_write_instead_is_told(tmp_path, given, problem):
    key = given.partition(":")[0]
    text = (PROJECT / "params" / "freireich-1963.yaml").read_text(encoding="utf-8")
    kept = text if f"\n{key}:" not in f"\n{text}" else "".join(_without(key, text.splitlines(keepends=True)))
    file = tmp_path / "study.yaml"
    file.write_text(f"{given}\n{kept}", encoding="utf-8")
    if not problem:
        assert read_study(file).title == "\\t=1"
        return
    with pytest.raises(ParametersError) as refused:
        read_study(file)
    assert f"{file}:1: {problem}" in str(refused.value)


def _without(key, lines):
    """Lines without a key and what is within it."""
    leaves = False
    for line in lines:
        leaves = line.startswith(f"{key}:") or (leaves and line.startswith((" ", "#", "\n")))
        if not leaves:
            yield line


def test_problems_are_told_in_the_order_of_the_file(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text("title: 1\nodd: 1\nstudy: a b\ntime_unit: moons\npopulations: {}\ntrial: 5\n", encoding="utf-8")
    with pytest.raises(ParametersError) as refused:
        read_study(file)
    lines = [int(line.removeprefix(f"{file}:").partition(":")[0]) for line in str(refused.value).splitlines()]
    assert lines == sorted(lines)
    assert {1, 2, 3, 4, 5, 6} == set(lines)


def test_a_key_with_a_line_break_forges_no_line(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text("study: a b\n'e\\x1b[31m\\nx.yaml:9: forged': 1\n\"e\\u0009\\nf\": 1\n", encoding="utf-8")
    with pytest.raises(ParametersError) as refused:
        read_study(file)
    lines = str(refused.value).splitlines()
    assert all(line.startswith(f"{file}:") for line in lines)
    assert any(line.startswith(f"{file}:3: e\\t\\nf: unknown key") for line in lines)


def test_the_grammar_finds_what_is_garbled():
    assert garbled("adsl.csv: USUBJID is withheld, but must beis the name of more than one column")
    assert garbled("a: is 'x', but must be one of , but must be b")
    assert garbled("a: must be  one\na: must be be one\na: b,")
    assert garbled("phase is 'a', which is not one of .")
    assert not garbled(
        "study.yaml:3: a.b: is '', but must be 'c  c', 'd d' or 'e'.\nadsl.csv: line 3: X is 'a': keep one"
    )
