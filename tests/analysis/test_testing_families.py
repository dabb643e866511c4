"""Families and graphs of hypotheses, with response among them: what is tested, at which level, and what is decided."""

import pytest
from reference_graphs import closed_test
from three_arm_trial import STUDY, write_with_response

from smmlib import adjusted_p_values, analysis_data, cochran_mantel_haenszel_test, fisher_test
from smmlib.analysis import Key, hypothesis_tests, study_numbers
from smmlib.analysis.testing_words import procedure_in_words
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.report.records.labels import label
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import read_study
from smmlib.trial.parameters.testing_plan import graph, hypotheses
from smmlib.trial.parameters.yaml_source import ParametersError

HIGH, LOW = "lev-5fu_vs_obs", "lev_vs_obs"
PRIMARY = {"label": "Primary", "procedure": "hochberg", "order": ["os"]}
SECONDARY = {"label": "Secondary", "procedure": "fixed-sequence", "order": [f"response.best.{HIGH}", "recurrence"]}
FAMILIES = {"alpha": 0.025, "one_sided": True, "families": [PRIMARY, SECONDARY]}
NAMES = [f"os.{HIGH}", f"os.{LOW}", f"response.best.{HIGH}", f"response.best.{LOW}"]
GRAPH = {
    "alpha": 0.025,
    "one_sided": True,
    "procedure": "graph",
    "order": NAMES,
    "weights": {NAMES[0]: 0.5, NAMES[1]: 0.5},
    "transitions": {
        NAMES[0]: {NAMES[1]: 0.5, NAMES[2]: 0.5},
        NAMES[1]: {NAMES[0]: 0.5, NAMES[3]: 0.5},
        NAMES[2]: {NAMES[3]: 1},
        NAMES[3]: {NAMES[2]: 1},
    },
}
RUNS = STUDY["runs"] | {"response": {"notebook": "response"}, "testing": {"notebook": "multiple_testing"}}
STRATIFIED = {"response": {"visits": [{"id": "best", "visit": "BEST", "label": "Best", "denominator": "analysed"}]}}
STRATIFIED["response"] |= {"stratified": True}


def file_of(folder, testing, **changes):
    return write_with_response(folder, testing=testing, **{"runs": RUNS} | changes)


def results_of(folder, testing, measure, **changes):
    """Numbers of one measure, in the order of the hypotheses."""
    numbers = hypothesis_tests(analysis_data(file_of(folder, testing, **changes)))
    return [number for key, number in numbers.items() if key.measure == measure]


def p_values(folder, testing, measure, **changes):
    return [test.p_value for test in results_of(folder, testing, measure, **changes)]


@pytest.mark.by_hand
def test_hypotheses_go_family_by_family(tmp_path):
    assert hypotheses(read_study(file_of(tmp_path, FAMILIES))) == [
        ("os", "lev-5fu", "obs", ""),
        ("os", "lev", "obs", ""),
        ("", "lev-5fu", "obs", "best"),
        ("recurrence", "lev-5fu", "obs", ""),
        ("recurrence", "lev", "obs", ""),
    ]


@pytest.mark.by_hand
def test_a_name_of_response_stands_for_all_comparisons(tmp_path):
    testing = {"alpha": 0.05, "one_sided": False, "procedure": "holm", "order": ["response.best"]}
    data = analysis_data(file_of(tmp_path, testing))
    assert [key.name for key in hypothesis_tests(data)][::3] == [
        "multiple_testing.best.single_test.lev-5fu_vs_obs",
        "multiple_testing.best.single_test.lev_vs_obs",
    ]


@pytest.mark.independent
def test_a_family_waits_for_the_one_before(tmp_path):
    own, adjusted = (p_values(tmp_path, FAMILIES, name) for name in ("single_test", "adjusted_test"))
    primary = adjusted_p_values(own[:2], procedure="hochberg").tolist()
    assert adjusted[:2] == primary
    running = [max(own[2 : place + 1]) for place in (2, 3, 4)]
    assert adjusted[2:] == [max(each, *primary) for each in running]


@pytest.mark.by_hand
@pytest.mark.parametrize(("alpha", "is_open"), [(0.025, True), (1e-9, False)])
def test_behind_a_closed_gate_nothing_is_tested(tmp_path, alpha, is_open):
    testing = FAMILIES | {"alpha": alpha}
    adjusted = p_values(tmp_path, testing, "adjusted_test")
    levels = [level.value for level in results_of(tmp_path, testing, "test_level")]
    assert (max(adjusted[:2]) <= alpha) is is_open
    assert levels[:2] == ([alpha, alpha] if is_open else [alpha / 2, alpha])
    assert levels[2] == (alpha if is_open else 0)
    assert is_open or levels[2:] == [0, 0, 0]


@pytest.mark.independent
def test_a_graph_is_the_closed_test(tmp_path):
    weights, transitions = graph(read_study(file_of(tmp_path, GRAPH)))
    assert (weights, transitions[0], transitions[2]) == ([0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0], [0, 0, 0, 1])
    own, adjusted = (p_values(tmp_path, GRAPH, name) for name in ("single_test", "adjusted_test"))
    assert adjusted == pytest.approx(closed_test(own, weights, transitions), rel=1e-9)
    levels = [level.value for level in results_of(tmp_path, GRAPH, "test_level")]
    assert [p <= level for p, level in zip(own, levels, strict=True)] == [p <= 0.025 for p in adjusted]


# ---- response


@pytest.mark.by_hand
@pytest.mark.parametrize(("one_sided", "alternative"), [(True, "greater"), (False, "two-sided")])
def test_response_is_tested_by_fisher_or_within_strata(tmp_path, one_sided, alternative):
    data = analysis_data(file_of(tmp_path, GRAPH | {"one_sided": one_sided}))
    patients = data.response("best").derivation.merge(data.subjects[["patient", "OBSTRUCT"]], on="patient")
    patients = patients[patients["arm"] != "lev"]
    responded, in_arm = patients["response"] == "PR", patients["arm"] == "lev-5fu"
    counts = (responded & in_arm).sum(), in_arm.sum(), (responded & ~in_arm).sum(), (~in_arm).sum()
    exact = fisher_test(*counts, alternative=alternative)
    found = results_of(tmp_path, GRAPH | {"one_sided": one_sided}, "single_test")[2]
    assert (found.p_value, found.method) == (exact.p_value, exact.method)
    strata, names = patients["OBSTRUCT"].astype(str), {"arm": "Lev+5FU", "reference": "Observation"}
    pooled = cochran_mantel_haenszel_test(responded, in_arm, strata, alternative=alternative, **names)
    found = results_of(tmp_path, GRAPH | {"one_sided": one_sided}, "single_test", **STRATIFIED)[2]
    assert (found.p_value, found.statistic, found.method) == (pooled.p_value, pooled.statistic, pooled.method)


@pytest.mark.invariant
@pytest.mark.parametrize("changes", [{}, STRATIFIED])
def test_two_sided_it_is_the_test_of_the_section_of_response(tmp_path, changes):
    data = analysis_data(file_of(tmp_path, GRAPH | {"one_sided": False}, **changes))
    variant, measure = ("stratified", "cochran_mantel_haenszel_test") if changes else ("", "fisher_test")
    numbers = study_numbers(data)
    own = numbers[Key("multiple_testing", "single_test", "", "lev", "obs", phase="best")]
    assert own == numbers[Key("response", measure, "", "lev", "obs", phase="best", variant=variant)]


@pytest.mark.other_package
@pytest.mark.parametrize("changes", [{}, STRATIFIED])
@pytest.mark.parametrize("one_sided", [True, False])
@pytest.mark.parametrize("testing", [FAMILIES, GRAPH])
def test_other_programs_compute_the_same(tmp_path, testing, one_sided, changes):
    file = file_of(tmp_path, testing | {"one_sided": one_sided}, **changes)
    numbers = study_numbers(analysis_data(file))
    found = [each for each in second_implementation(file, None) if each[0].section == "multiple_testing"]
    measures = {"single_test"} if testing is GRAPH else {"single_test", "adjusted_test"}
    assert {key for key, *_ in found} == {
        key for key in numbers if key.section == "multiple_testing" and key.measure in measures
    }
    for key, quantity, value, _ in found:
        assert getattr(numbers[key], quantity) == pytest.approx(value, rel=1e-8)


# ---- masking


@pytest.mark.by_hand
@pytest.mark.parametrize("limit", [2, 30])
def test_what_small_counts_mask_is_masked_here_too(tmp_path, limit):
    """Below 30 patients of 80 respond in some arm: its test is not shown, nor what rests on it."""
    file = file_of(tmp_path, FAMILIES, suppress_below=limit, privacy="identified")
    shown = masked_numbers(analysis_data(file))
    of_response = Key("multiple_testing", "single_test", "", "lev-5fu", "obs", phase="best")
    assert ("masked" in shown[of_response].method) is (limit == 30)
    for measure in ("adjusted_test", "test_level"):
        result = shown[Key("multiple_testing", measure, "os", "lev", "obs")]
        assert ("masked, because" in result.method) is (limit == 30)
    assert "masked, because" not in shown[Key("multiple_testing", "single_test", "os", "lev", "obs")].method


@pytest.mark.by_hand
def test_without_the_section_of_response_its_tests_are_masked(tmp_path):
    runs = {name: run for name, run in RUNS.items() if name != "response"}
    file = file_of(tmp_path, FAMILIES, suppress_below=2, privacy="identified", runs=runs)
    shown = masked_numbers(analysis_data(file))
    assert "masked, because" in shown[Key("multiple_testing", "single_test", "", "lev-5fu", "obs", phase="best")].method


# ---- words


@pytest.mark.by_hand
def test_families_in_words(tmp_path):
    study = read_study(file_of(tmp_path, FAMILIES))
    first, primary, secondary = procedure_in_words(study)
    assert first == (
        "One-sided tests at a level of 0.025 in all, in families one after another: each at the whole level, once "
        "every hypothesis of the family before it is rejected (serial gatekeeping)."
    )
    assert primary == (
        "Primary, by Hochberg’s procedure: Overall survival, Lev+5FU relative to Observation; Overall survival, "
        "Levamisole relative to Observation."
    )
    assert secondary.startswith(
        "Secondary, in the order of the table, each only if all before it were rejected (fixed sequence): Response, "
        "best response, Lev+5FU relative to Observation; Time to recurrence, "
    )
    adjusted = results_of(tmp_path, FAMILIES, "adjusted_test")[0]
    assert adjusted.method == (
        "Log-rank test, one-sided for a lower hazard; P value adjusted for 5 hypotheses in families one after another: "
        "Primary by Hochberg's procedure, then Secondary in a fixed sequence"
    )


@pytest.mark.by_hand
def test_a_graph_in_words(tmp_path):
    sentences = procedure_in_words(read_study(file_of(tmp_path, GRAPH, **STRATIFIED)))
    assert sentences[0] == (
        "One-sided tests at a level of 0.025 in all, by the graphical procedure of Bretz, Maurer, Brannath and Posch "
        "(2009). A hypothesis that is rejected passes its share of the level on to the others."
    )
    assert sentences[1] == (
        "H1, overall survival, Lev+5FU relative to Observation: begins with 0.5 of the level, 0.0125; when rejected, "
        "passes 0.5 of its share to H2 and 0.5 of its share to H3."
    )
    expected = "H3, response, best, Lev+5FU relative to Observation, stratified: begins with nothing; when rejected, "
    assert sentences[3] == f"{expected}passes all to H4."


@pytest.mark.by_hand
def test_labels(tmp_path):
    study = read_study(file_of(tmp_path, FAMILIES))
    about = {"endpoint": "", "arm": "lev", "reference": "obs", "phase": "best"}
    words = ", best response, Levamisole relative to Observation"
    for measure, expected in {
        "single_test": "test of response",
        "adjusted_test": "test of response, adjusted for the others",
        "test_level": "level at which it is tested",
    }.items():
        assert label(study, Key("multiple_testing", measure, **about)) == f"Testing: {expected}{words}"


# ---- what contradicts


def family(**changes):
    return FAMILIES | {"families": [PRIMARY, SECONDARY | changes]}


def a_graph(**changes):
    return GRAPH | changes


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("testing", "told"),
    [
        (family(order=["pfs"]), "testing.families: Secondary names 'pfs', which is no endpoint, and no comparison of"),
        (family(order=["pfs"]), "; response at a visit is response.best, or with .lev-5fu_vs_obs."),
        (family(order=["response.week-8"]), "Secondary names 'response.week-8', which is no endpoint"),
        (family(order=[NAMES[1]]), "Secondary names os of lev and obs, which an earlier family has."),
        (family(order=["response.best", NAMES[2]]), "Secondary names response.best of lev-5fu and obs twice."),
        (family(label="Primary"), "testing.families: label 'Primary' is given twice."),
        (family(procedure="graph"), "is 'graph', but must be 'holm', 'hochberg' or 'fixed-sequence'."),
        (family(order=[]), "order: has 0 entries, but must have 1 or more."),
        (
            FAMILIES | {"procedure": "holm"},
            "testing.procedure: is given beside families: a family has procedure and order of its own.",
        ),
        (FAMILIES | {"weights": {"os": 1}}, "testing.weights: is given beside families: leave it out."),
        (
            {"alpha": 0.025, "one_sided": True},
            "testing: does not say what is tested: give procedure and order, or families.",
        ),
        (
            {"alpha": 0.025, "one_sided": True, "procedure": "holm"},
            "testing.order: is missing: list the hypotheses that are tested.",
        ),
        (
            {"alpha": 0.025, "one_sided": True, "order": ["os"]},
            "testing.procedure: is missing: write fixed-sequence, holm, hochberg or graph.",
        ),
        (
            a_graph(procedure="holm", transitions={}),
            "testing.weights: is of a graph, but procedure is 'holm': write graph, or leave it out.",
        ),
        (
            a_graph(weights=None),
            "testing.weights: is missing: say with which share of alpha each hypothesis of the graph begins.",
        ),
        (a_graph(weights={}), "testing.weights: has 0 entries, but must have 1 or more."),
        (
            a_graph(weights={NAMES[0]: 0}),
            "testing.weights: are all 0: some hypothesis must begin with a share of alpha.",
        ),
        (a_graph(weights={NAMES[0]: 1.5}), "is 1.5, but must be 1 or less."),
        (
            a_graph(weights={NAMES[0]: 0.7, NAMES[1]: 0.7}),
            "testing.weights: sums to 1.4, but shares sum to at most 1.",
        ),
        (
            a_graph(weights={NAMES[0]: 0.5, "recurrence": 0.5}),
            "testing.weights: names 'recurrence', which is not in testing.order.",
        ),
        (
            a_graph(order=["os", *NAMES[2:]]),
            f"testing.order: names 'os', but in a graph each comparison is named: {NAMES[0]}, {NAMES[1]}.",
        ),
        (
            a_graph(transitions=GRAPH["transitions"] | {"recurrence": {NAMES[0]: 1}}),
            "testing.transitions: names 'recurrence', which is not in testing.order.",
        ),
        (
            a_graph(transitions=GRAPH["transitions"] | {NAMES[0]: {"recurrence": 1}}),
            f"testing.transitions.{NAMES[0]}: names 'recurrence', which is not in testing.order.",
        ),
        (
            a_graph(transitions=GRAPH["transitions"] | {NAMES[0]: {NAMES[1]: 0.6, NAMES[2]: 0.5}}),
            f"testing.transitions.{NAMES[0]}: sums to 1.1, but shares sum to at most 1.",
        ),
        (
            a_graph(transitions=GRAPH["transitions"] | {NAMES[0]: {NAMES[0]: 0.5}}),
            f"testing.transitions.{NAMES[0]}: passes a share to itself: name the others alone.",
        ),
        (
            a_graph(transitions={NAMES[0]: {NAMES[2]: 1}}),
            f"testing.weights: gives {NAMES[3]} nothing, and no hypothesis passes a share to it: it is never tested.",
        ),
    ],
)
def test_a_contradiction_is_told(tmp_path, testing, told):
    with pytest.raises(ParametersError) as refused:
        read_study(file_of(tmp_path, testing))
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.by_hand
def test_response_of_one_arm_is_no_hypothesis(tmp_path):
    response = {"response": STRATIFIED["response"] | {"arm": "lev", "stratified": False}}
    with pytest.raises(ParametersError, match=r"but response of one arm alone is reported: leave response\.arm out"):
        read_study(file_of(tmp_path, GRAPH | {"order": NAMES}, **response))


@pytest.mark.by_hand
def test_a_cycle_is_allowed(tmp_path):
    transitions = {name: {NAMES[(place + 1) % 4]: 1} for place, name in enumerate(NAMES)}
    assert len(results_of(tmp_path, a_graph(transitions=transitions), "adjusted_test")) == 4
