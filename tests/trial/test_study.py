"""The parameters: strict, with the line of every problem."""

import json
from pathlib import Path

import pytest
from project_files import PARAMS

from smmlib.trial.parameters.schema import json_schema
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError

FREIREICH = PARAMS / "freireich-1963.yaml"


def changed(tmp_path, old, new):
    """A copy of Freireich's parameters with one text replaced, and the line of the replacement."""
    text = FREIREICH.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must occur once"
    line = text[: text.index(old)].count("\n") + 1
    file = tmp_path / "study.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file, line


def refusal(file):
    with pytest.raises(ParametersError) as refused:
        read_study(file)
    return str(refused.value)


@pytest.mark.by_hand
@pytest.mark.parametrize("file", sorted(PARAMS.glob("*.yaml")), ids=lambda file: file.stem)
def test_bundled_studies_are_valid_and_named_after_their_file(file):
    study = read_study(file)
    assert study.study == file.stem
    assert Path(study.data.subjects).is_file()


@pytest.mark.by_hand
def test_published_schema_is_that_of_the_model():
    published = json.loads((PARAMS / "schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "make it again: .venv/bin/python -m smmlib schema > params/schema.json"


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("time_unit: weeks", "time_unit: fortnights", ["time_unit", "'fortnights'", "weeks"]),
        ("time_unit: weeks", "time_units: weeks", ["time_units", "unknown key"]),
        ("  conf_level: 0.95", "  conf_level: high", ["analysis.conf_level", "'high'"]),
        ("  conf_level: 0.95", "  conf_level: 95", ["analysis.conf_level", "95", "less than 1"]),
        ("  conf_level: 0.95", '  conf_level: "0.95"', ["analysis.conf_level", "must be a number"]),
        ("  ties: efron", "  ties: exact", ["analysis.ties", "'exact'"]),
        (
            "    paramcd: REMISS",
            "    paramcd: 7",
            ["endpoints.remission.paramcd: 7 is read as a number, not as text: quote it."],
        ),
        ("    paramcd: REMISS", "    paramcode: REMISS", ["endpoints.remission.paramcode", "unknown key"]),
        ("{label: all randomised}", "{lable: all}", ["populations.intention-to-treat.lable", "unknown key"]),
        ("{label: all randomised}", "{flag: ITTFL}", ["populations.intention-to-treat.label", "required and missing"]),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(tmp_path, old, new, words):
    file, line = changed(tmp_path, old, new)
    message = refusal(file)
    assert f"{file}:{line}: " in message
    for word in words:
        assert word in message


@pytest.mark.by_hand
def test_every_problem_is_told_at_once(tmp_path):
    file, _ = changed(tmp_path, "  ties: efron", "  ties: exact\n  tails: 2")
    assert "analysis.ties" in refusal(file)
    assert "analysis.tails" in refusal(file)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: 6-Merc", "study: other\ntitle: 6-Merc", ["study is given twice", "first on line 2"]),
        ("time_unit: weeks", "time_unit: [weeks", ["not valid YAML"]),
        (
            "follow_up: {endpoint: remission",
            "follow_up: {endpoint: relapse",
            ["'relapse'", "but must be remission"],
        ),
        (
            "parameters: {endpoint: remission}",
            "parameters: {endpoint: os}",
            ["runs.remission", "'os'", "remission"],
        ),
        (
            "id: 6-mp, value: 6-mercaptopurine",
            "id: placebo, value: 6-mercaptopurine",
            ["arms: id 'placebo' is given twice"],
        ),
        ("times: adtte.csv", "times: adtt.csv", ["data.times", "no file", "freireich-1963/adtt.csv"]),
        ("  times: adtte.csv\n", "", ["endpoints.remission", "has a paramcd, so data.times must name the table"]),
        ("bundled: freireich-1963", "bundled: freireich", ["data.subjects", "no file", "freireich/adsl.csv"]),
        (
            "population: intention-to-treat",
            "population: itt",
            ["population: is 'itt'", "but must be intention-to-treat"],
        ),
        ("follow_up: {endpoint: remission", "synthetic: {}\nfollow_up: {endpoint: remission", ["synthetic"]),
        ("axis_times: [0, 6,", "axis_times: [6, 0,", ["axis_times", "must increase from 0"]),
        ("landmarks: [10]", "landmarks: [10, 10.0]", ["analysis: landmarks are [10, 10.0]: one is given twice"]),
        ("landmarks: [10]", "landmarks: [-1]", ["analysis.landmarks.0", "is -1, but must be 0 or more"]),
        (
            "label: Placebo",
            "label: Placebo once a day and best care",
            ["arms.levels.0.label: has 32 characters, but must have 20 or fewer"],
        ),
        (
            "  remission: {notebook: time_to_event",
            "  response: {notebook: response}\n  remission: {notebook: time_to_event",
            ["runs.response", "no response section"],
        ),
        ('value: "42"', 'tolerance: "1%", tolerance_reason: x, value: "42"', ["tolerance is '1%'", "one unit"]),
        ('value: "42"', 'tolerance: "-1", tolerance_reason: x, value: "42"', ["published.0.tolerance"]),
        ('value: "42"', "value: 42", ["published.0.value: 42 is read as a number, not as text: quote it."]),
        ('value: "42"', 'value: "about 42"', ["published.0.value", "'about 42'"]),
        ('value: "42"', 'tolerance: "1", value: "42"', ["tolerance and tolerance_reason go together"]),
        ('value: "42", ', "", ["a claim needs a value"]),
    ],
)
def test_contradictions_are_refused(tmp_path, old, new, words):
    message = refusal(changed(tmp_path, old, new)[0])
    for word in words:
        assert word in message


@pytest.mark.by_hand
def test_a_missing_file_and_a_list_are_refused(tmp_path):
    assert "no such parameters file" in refusal(tmp_path / "absent.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    assert "mapping" in refusal(tmp_path / "list.yaml")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    assert "mapping" in refusal(tmp_path / "empty.yaml")


@pytest.mark.by_hand
@pytest.mark.parametrize(("section", "next_one"), [("populations", "population"), ("population", "follow_up")])
def test_a_missing_section_is_named(tmp_path, section, next_one):
    text = FREIREICH.read_text(encoding="utf-8")
    start, end = text.index(f"\n{section}:"), text.index(f"\n{next_one}:")
    file = tmp_path / "study.yaml"
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    assert f": {section}: this key is required and missing" in refusal(file)


def with_endpoint(tmp_path, rule, name="survival"):
    """Freireich's parameters with another endpoint beside the recorded one, and its line."""
    return changed(tmp_path, "\nanalysis:\n", f"  {name}: {rule}\n\nanalysis:\n")


LABELS = "label: A, event_label: B, curve_label: C"


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{like: overall survival}", ["endpoints.survival.like", "'overall survival'", "'overall-survival'"]),
        ("{like: overall-survival, rule: Death.}", ["endpoints.survival.rule", "unknown key"]),
        (
            f"{{{LABELS}, start: A, event: [B], censor: C}}",
            ["endpoints.survival.event", "is a list, but must be a mapping"],
        ),
        (
            f"{{{LABELS}, start: A, event: {{}}, censor: C}}",
            ["endpoints.survival.event", "has 0 entries, but must have 1 or more"],
        ),
        (
            f"{{{LABELS}, start: A, event: {{B: ''}}, censor: C}}",
            ["endpoints.survival.event.B: is empty, but must be text"],
        ),
        (f"{{{LABELS}, start: A, event: {{B: b}}}}", ["endpoints.survival.censor", "required and missing"]),
        (
            "{like: overall-survival, ends_observation: {DTHDT: death}}",
            ["endpoints.survival", "DTHDT is an event and ends observation"],
        ),
        ("{like: progression-free-survival}", ["endpoints.survival", "must say under assessments where they are"]),
        (
            "{like: overall-survival, start: first-day}",
            ["endpoints.survival", "'first-day'", "not one of last-assessment"],
        ),
        ("{like: overall-survival, start: first-response}", ["endpoints.survival", "no response section"]),
        ("{like: overall-survival, population: itt}", ["endpoints.survival.population", "'itt'", "intention-to-treat"]),
        ("{like: overall-survival, data_cutoff: 31.8.2012}", ["endpoints.survival.data_cutoff", "YYYY-MM-DD"]),
    ],
)
def test_a_wrong_rule_of_an_endpoint_is_refused_with_its_line(tmp_path, rule, words):
    file, line = with_endpoint(tmp_path, rule)
    message = refusal(file)
    for word in [f"{file}:{line}: ", *words]:
        assert word in message


@pytest.mark.by_hand
@pytest.mark.parametrize("name", ["dated", "recorded", "like"])
def test_an_endpoint_may_have_any_name_and_keeps_it_in_messages(tmp_path, name):
    file, line = with_endpoint(tmp_path, f"{{{LABELS}, start: A, event: {{B: b}}, censor: 7}}", name)
    assert f"{file}:{line}: endpoints.{name}.censor: " in refusal(file)


@pytest.mark.by_hand
def test_what_is_taken_from_a_bundled_rule_is_written_out(tmp_path):
    file, _ = with_endpoint(tmp_path, "{like: overall-survival, label: Survival, censor: LSTCONDT}")
    endpoint = read_study(file).endpoints["survival"]
    assert (endpoint.label, endpoint.start, endpoint.censor) == ("Survival", "RANDDT", "LSTCONDT")
    assert endpoint.event == {"DTHDT": "death"}


@pytest.mark.by_hand
def test_published_may_be_empty(tmp_path):
    text = FREIREICH.read_text(encoding="utf-8")
    file = tmp_path / "study.yaml"
    file.write_text(text[: text.index("published:")] + "published:\n", encoding="utf-8")
    assert read_study(file).published == []


@pytest.mark.by_hand
def test_an_endpoint_that_is_no_mapping_and_a_folder_are_refused(tmp_path):
    text = FREIREICH.read_text(encoding="utf-8")
    start, end = text.index("  remission:\n"), text.index("analysis:")
    file = tmp_path / "study.yaml"
    file.write_text(text[:start] + "  remission: hello\n" + text[end:], encoding="utf-8")
    assert "endpoints.remission" in refusal(file)
    assert "is a folder: name the file in it" in refusal(tmp_path)
