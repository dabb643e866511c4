"""R as a second program: published values from files made by hand, every number of a study, and what goes wrong."""

import json
import math
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from analysis_data_by_hand import write_responses, write_times
from project_files import ORACLES, PROJECT
from r_on_path import path_with_r, path_without_r
from r_program import r_is_here
from skip_reasons import R_IS_MISSING
from small_trial import write_trial
from three_arm_trial import STUDY as THREE_ARMS
from three_arm_trial import write_eighteen_patients
from two_arm_trial import STUDY as TWO_ARMS
from two_arm_trial import write_two_arms

from smmlib.analysis import Key, study_numbers
from smmlib.places import params_file
from smmlib.report.second_programs import SecondProgramError, SecondPrograms
from smmlib.report.verification.coverage import coverage
from smmlib.report.verification.r_program import NO_RSCRIPT, NO_SURVIVAL, NumbersOfR, RError, RProgram, numbers_of
from smmlib.report.verification.verify import verify
from smmlib.trial import derive, read_study
from smmlib.trial.analysis_files import write_analysis_data

needs_r = pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)
BUNDLED = ["quiredex-2013", "quiredex-2016", "quiredex-2022", "e3a06-2020", "aquila-2025", "freireich-1963"]
PUBLISHED = json.loads((ORACLES / "published.json").read_text(encoding="utf-8"))["freireich"]
HEADER = "number,value,low,high,std_error,statistic,p_value,why"


def of_r(study, keys, folder):
    """What R computes of some numbers, by the name of the number and its part."""
    found = RProgram().recompute(study, keys, folder)
    return {(key.name, quantity): value for key, quantity, value, _ in found.numbers}, found


def records_of(numbers):
    return {key: SimpleNamespace(result=result) for key, result in numbers.items()}


def checked(file, folder):
    """Checks and coverage of a study by R alone, without its notebooks."""
    data = derive(read_study(params_file(file)))
    numbers = study_numbers(data)
    write_analysis_data(data, folder)
    by_r = RProgram().recompute(data.study, list(numbers), folder)
    checks = verify(records_of(numbers), by_r.numbers, {"R": by_r.version})
    return checks, coverage(records_of(numbers), checks, by_r)


# ---- values that others published, from files that are made here


def printed(value, text):
    """Whether a number is the published one at its printed precision."""
    return f"{value:.{len(text.partition('.')[2])}f}" == text


@pytest.fixture(scope="module")
def freireich(tmp_path_factory):
    folder = tmp_path_factory.mktemp("analysis_data")
    times = {arm: (given["time"], given["event"]) for arm, given in PUBLISHED["arms"].items()}
    write_times(folder, {"6-mp": times["6-MP"], "placebo": times["placebo"]})
    return folder


@needs_r
@pytest.mark.oracle
def test_remission_of_freireich_is_as_published(freireich):
    study, about = read_study(params_file("freireich-1963")), {"section": "time_to_event", "endpoint": "remission"}
    medians = {arm: Key(measure="median", arm=arm, **about) for arm in ("6-mp", "placebo")}
    survival = {
        time: Key(measure="survival", arm="6-mp", at=float(time), **about) for time in (6, 7, 10, 13, 16, 22, 23)
    }
    pair = {"arm": "placebo", "reference": "6-mp", **about}
    logrank, ratio = Key(measure="logrank", **pair), Key(measure="hazard_ratio", **pair)
    found, _ = of_r(study, [*medians.values(), *survival.values(), logrank, ratio], freireich)
    for arm, key in medians.items():
        expected = PUBLISHED["median"]["6-MP" if arm == "6-mp" else arm]
        for quantity, text in zip(("value", "low", "high"), expected, strict=True):
            value = found[key.name, quantity]
            assert math.isnan(value) if text is None else printed(value, text)
    for time, key in survival.items():
        assert printed(found[key.name, "value"], PUBLISHED["survival_6_mp"]["values"][str(time)])
    assert printed(found[logrank.name, "statistic"], PUBLISHED["logrank"]["statistic"])
    assert printed(math.log(found[ratio.name, "value"]), PUBLISHED["cox_efron"]["coefficient"])


@needs_r
@pytest.mark.oracle
def test_the_difference_of_rates_is_that_of_the_paper_of_newcombe(tmp_path):
    """Newcombe (1998), Stat Med 17:873-890, table II: 56/70 and 48/80 by Miettinen and Nurminen, 0.0528 to 0.3382."""
    study = read_study(params_file("aquila-2025"))
    write_responses(tmp_path, {"daratumumab": (56, 70), "monitoring": (48, 80)})
    key = Key("response", "rate_difference", arm="daratumumab", reference="monitoring", phase="best")
    found, _ = of_r(study, [key], tmp_path)
    low, high = (found[key.name, limit] for limit in ("low", "high"))
    assert found[key.name, "value"] == pytest.approx(0.2)
    assert (f"{low:.4f}", f"{high:.4f}") == ("0.0528", "0.3382")


# ---- every number of a study


@needs_r
@pytest.mark.other_package
@pytest.mark.parametrize("study", BUNDLED)
def test_r_computes_every_number_of_a_bundled_study(study, tmp_path):
    checks, covered = checked(study, tmp_path)
    assert [check for check in checks if check.verdict != "agrees"] == []
    assert covered.whole == covered.numbers > 30
    assert covered.unchecked == []


@needs_r
@pytest.mark.other_package
@pytest.mark.parametrize("primary", ["plain", "stratified"])
def test_of_what_a_protocol_may_declare_only_the_p_value_of_maxcombo_is_not_computed(tmp_path, primary):
    subgroups = [
        {"variable": "STAGE", "label": "Stage"},
        {"variable": "AGE", "label": "Age", "cuts": [60], "unit": "years"},
    ]
    runs = {
        "population": {"notebook": "population"},
        "baseline": {"notebook": "baseline"},
        "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}},
        "subgroups": {"notebook": "subgroups", "parameters": {"endpoint": "os"}},
    }
    analysis = TWO_ARMS["analysis"] | {"primary": primary, "baseline_p_values": True}
    baseline = [each for each in TWO_ARMS["baseline"] if each["variable"] != "CENTRE"]
    changes = {"analysis": analysis, "subgroups": subgroups, "runs": runs, "baseline": baseline}
    checks, covered = checked(write_two_arms(tmp_path, **changes), tmp_path / "data")
    assert [check for check in checks if check.verdict != "agrees"] == []
    assert [(check.key.measure, check.quantity) for check in covered.unchecked] == [("maxcombo", "p_value")]
    assert (covered.whole, covered.in_part, covered.by_none) == (covered.numbers - 1, 1, 0)


@needs_r
@pytest.mark.other_package
def test_r_computes_every_number_of_three_arms(tmp_path):
    testing = {"alpha": 0.025, "one_sided": True, "procedure": "hochberg", "order": ["os", "recurrence"]}
    analysis = THREE_ARMS["analysis"] | {"trend_scores": {"lev-5fu": 2, "lev": 1, "obs": 0}, "landmarks": [1009]}
    runs = THREE_ARMS["runs"] | {"testing": {"notebook": "multiple_testing"}}
    file = write_eighteen_patients(tmp_path, testing=testing, analysis=analysis, runs=runs)
    checks, covered = checked(file, tmp_path / "data")
    assert [check for check in checks if check.verdict != "agrees"] == []
    assert covered.whole == covered.numbers > 80


@needs_r
@pytest.mark.other_package
def test_the_example_of_awkward_cases_is_computed_but_for_what_is_random_or_without_bound(tmp_path):
    checks, covered = checked(PROJECT / "docs" / "example" / "example.yaml", tmp_path)
    assert [check for check in checks if check.verdict != "agrees"] == []
    assert covered.whole >= 0.98 * covered.numbers
    assert {check.verdict for check in covered.unchecked} == {"not checked"}
    assert all(check.reason for check in covered.unchecked)


@needs_r
@pytest.mark.invariant
def test_without_a_number_there_is_nothing_to_ask(freireich):
    """Of a report that has notebooks of one's own alone."""
    assert RProgram().recompute(read_study(params_file("freireich-1963")), [], freireich).numbers == []


@needs_r
@pytest.mark.invariant
def test_a_wrong_number_is_caught(freireich):
    data = derive(read_study(params_file("freireich-1963")))
    numbers = study_numbers(data)
    wrong = next(key for key in numbers if key.measure == "at_risk" and key.arm == "6-mp" and key.at)
    numbers[wrong] = replace(numbers[wrong], value=numbers[wrong].value + 1)
    by_r = RProgram().recompute(data.study, [wrong], freireich)
    (check,) = verify(records_of(numbers), by_r.numbers, {"R": by_r.version})
    assert (check.key, check.program, check.verdict) == (wrong, "R", "differs")


@needs_r
@pytest.mark.invariant
def test_r_prints_the_same_twice_and_leaves_the_files_as_they_are(freireich):
    study = read_study(params_file("freireich-1963"))
    keys = [Key("time_to_event", "hazard_ratio", "remission", "placebo", "6-mp")]
    before = {file.name: file.read_bytes() for file in freireich.iterdir()}
    assert of_r(study, keys, freireich)[1] == of_r(study, keys, freireich)[1]
    assert {file.name: file.read_bytes() for file in freireich.iterdir()} == before


# ---- what may go wrong


KEYS = [Key("time_to_event", "median", "remission", arm) for arm in ("6-mp", "placebo")]


def asked_of(monkeypatch, path, folder):
    """What comes of R where the path is one folder, with something else in the place of Rscript."""
    monkeypatch.setenv("PATH", str(path))
    return RProgram().recompute(read_study(params_file("freireich-1963")), KEYS, folder)


@pytest.mark.by_hand
def test_without_rscript_it_is_said_that_r_computed_nothing(monkeypatch, tmp_path):
    by_r = asked_of(monkeypatch, path_without_r(tmp_path / "bin"), tmp_path)
    assert by_r == NumbersOfR(absent=NO_RSCRIPT)
    numbers = {KEYS[0]: study_numbers(derive(read_study(params_file("freireich-1963"))))[KEYS[0]]}
    covered = coverage(records_of(numbers), [], by_r)
    assert covered.in_words() == (
        "1 numbers: 0 computed again by other programs, 1 by none; largest relative difference 0.0e+00. The file "
        "verification.csv says which, and why. Rscript is not on this machine: R computed nothing again."
    )
    assert [check.reason for check in covered.unchecked] == [NO_RSCRIPT]


@pytest.mark.by_hand
def test_without_survival_too(monkeypatch, tmp_path):
    path = path_with_r(tmp_path / "bin", "echo without survival")
    assert asked_of(monkeypatch, path, tmp_path) == NumbersOfR(absent=NO_SURVIVAL)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["echo hello"], "it printed 'hello', and no table of numbers"),
        (["exit 0"], "it printed '', and no table of numbers"),
        (["echo 9.9", f"echo {HEADER}", "echo 1,23,13,NA,,,,"], "it printed 1 numbers, and was asked for 2"),
        (
            ["echo 9.9", f"echo {HEADER}", "echo 1,23,,,,,,", "echo 2,8,x,,,,,"],
            "it printed '2,8,x,,,,,' as its number 2",
        ),
        (
            ["echo 9.9", f"echo {HEADER}", "echo 2,23,,,,,,", "echo 1,8,,,,,,"],
            "it printed '2,23,,,,,,' as its number 1",
        ),
        (["echo 9.9", f"echo {HEADER}", "echo 1,23", "echo 2,8"], "it printed '1,23' as its number 1"),
        (["echo 'Loading' >&2; echo 'Error in f(): no' >&2; echo 'Execution halted' >&2; exit 1"], "Error in f(): no"),
        (["exit 3"], "it does not say why"),
        (["kill -9 $$"], "it was killed, or ran out of memory"),
    ],
)
def test_what_is_no_answer_is_told_in_one_line(monkeypatch, tmp_path, lines, words):
    with pytest.raises(RError) as raised:
        asked_of(monkeypatch, path_with_r(tmp_path / "bin", *lines), tmp_path)
    assert str(raised.value) == words


@pytest.mark.by_hand
def test_that_is_what_the_run_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(path_with_r(tmp_path / "bin", "echo hello")))
    second = SecondPrograms(forked=False)
    task = SimpleNamespace(study=read_study(params_file("freireich-1963")))
    by_r = second.jobs(task, KEYS, tmp_path)["the second implementation in R"]
    with pytest.raises(SecondProgramError, match=r"^the second implementation in R stopped: it printed 'hello', and"):
        by_r()


@pytest.mark.by_hand
def test_r_that_hangs_can_be_killed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(path_with_r(tmp_path / "bin", f"touch {tmp_path / 'begun'}", "exec sleep 1000")))
    program, failures = RProgram(), []

    def ask():
        try:
            program.recompute(read_study(params_file("freireich-1963")), KEYS, tmp_path)
        except RError as error:
            failures.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive():
        if (tmp_path / "begun").exists():
            program.kill()
        thread.join(0.05)
    assert failures == ["it was killed, or ran out of memory"]


@pytest.mark.by_hand
def test_numbers_are_read_as_they_are_printed():
    text = f'4.2.2 (survival 3.5.3)\n{HEADER}\n1,23,13,NA,,,,""\n2,,,,,,,"no, ""not"" so"\n'
    found = numbers_of(text, KEYS)
    assert found.version == "4.2.2 (survival 3.5.3)"
    assert found.why_not == {KEYS[1]: 'no, "not" so'}
    assert [(key, quantity) for key, quantity, *_ in found.numbers] == [
        (KEYS[0], part) for part in ("value", "low", "high")
    ]
    value, low, high = (number for _, _, number, _ in found.numbers)
    assert (value, low) == (23, 13)
    assert math.isnan(high)


# ---- what is said where small counts are masked


@pytest.mark.invariant
def test_under_masking_what_r_says_of_a_number_is_not_told():
    numbers = study_numbers(derive(read_study(params_file("freireich-1963"))))
    by_r = NumbersOfR(version="9.9", why_not=dict.fromkeys(numbers, "an arm has 1 event"))
    told, masked = (coverage(records_of(numbers), [], by_r, masked=masked).unchecked for masked in (False, True))
    assert {check.reason for check in told} == {"an arm has 1 event"}
    assert {check.reason for check in masked} == {"no other program computes it"}


@needs_r
@pytest.mark.by_hand
def test_texts_of_any_kind_reach_r_as_they_are(tmp_path):
    """Quotes, a comma, an apostrophe at the beginning and letters beyond ASCII, in levels and in reasons."""
    levels = ['Größe "4", or more', "'quoted", "plain"]
    subjects = [
        {"USUBJID": f"p{number}", "TRT01P": "AB"[number % 2], "KIND": levels[number % 3]} for number in range(12)
    ]
    times = [
        {"USUBJID": f"p{number}", "PARAMCD": "OS", "AVAL": 100 + number, "CNSR": 1, "CNSDTDSC": levels[number % 3]}
        for number in range(12)
    ]
    words = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "rule": "To death.", "paramcd": "OS"}
    changes = {"endpoints": {"os": words}, "baseline": [{"variable": "KIND", "label": "Kind"}], "randomised": None}
    runs = {"baseline": {"notebook": "baseline"}, "os": {"notebook": "time_to_event", "parameters": {"endpoint": "os"}}}
    checks, _ = checked(
        write_trial(tmp_path, changes | {"runs": runs}, subjects=subjects, times=times), tmp_path / "data"
    )
    counts = [check for check in checks if check.key.measure in ("category", "reason")]
    assert len(counts) == 9 + 6
    assert {(check.value, check.other, check.verdict) for check in counts} == {(2, 2, "agrees"), (4, 4, "agrees")}
