"""The testing procedure in words: for the methods of its numbers, and for the page."""

from collections.abc import Iterator

from smmlib.plain_text import lower_first
from smmlib.trial.parameters.study import Study
from smmlib.trial.parameters.testing_plan import GRAPH, Hypothesis, families, graph, hypotheses
from smmlib.trial.present import present

PROCEDURES = {
    "fixed-sequence": "in a fixed sequence",
    "holm": "by Holm's procedure",
    "hochberg": "by Hochberg's procedure",
    GRAPH: "by the graphical procedure of Bretz, Maurer, Brannath and Posch",
}
IN_FULL = PROCEDURES | {
    "fixed-sequence": "in the order of the table, each only if all before it were rejected (fixed sequence)"
}


def hypothesis_in_words(study: Study, hypothesis: Hypothesis) -> str:
    """What is compared: "Overall survival, Drug relative to Placebo, stratified", or response at a visit.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis

    Returns
    -------
    str
        Without the arms where the study has one comparison; in a graph with a number: "H1, overall survival".
    """
    words = _compared(study, hypothesis)
    if present(study.testing).procedure == GRAPH:
        return f"H{hypotheses(study).index(hypothesis) + 1}, {lower_first(words)}"
    return words


def _compared(study: Study, hypothesis: Hypothesis) -> str:
    arms = study.arms.labels(hypothesis.arm, hypothesis.reference)
    pair = f", {arms['arm']} relative to {arms['reference']}" if len(study.arms.pairs) > 1 else ""
    if hypothesis.visit:
        response = present(study.response)
        visit = next(visit.label for visit in response.visits if visit.id == hypothesis.visit)
        return f"Response, {lower_first(visit)}{pair}{', stratified' if response.stratified else ''}"
    is_stratified = study.analysis_of(hypothesis.endpoint).primary_variant
    return f"{study.endpoints[hypothesis.endpoint].label}{pair}{', stratified' if is_stratified else ''}"


def adjusted_in_words(study: Study) -> str:
    """The end of the method of an adjusted test: "; P value adjusted for 2 hypotheses by Holm's procedure"."""
    return f"; P value adjusted for {len(hypotheses(study))} hypotheses {_procedure(study)}"


def level_in_words(study: Study) -> str:
    """The method of the level at which a hypothesis is tested."""
    alpha = present(study.testing).alpha
    return f"Level at which the hypothesis is tested in the end, of {alpha:.10g} in all, {_procedure(study)}"


def _procedure(study: Study) -> str:
    if present(study.testing).families is None:
        return PROCEDURES[families(study)[0].procedure]
    of_each = [f"{family.label} {PROCEDURES[family.procedure]}" for family in families(study)]
    return f"in families one after another: {', then '.join(of_each)}"


def procedure_in_words(study: Study) -> list[str]:
    """The testing procedure as declared: a sentence or two, then one for each family or each hypothesis of a graph.

    Parameters
    ----------
    study : Study
        With `testing`.

    Returns
    -------
    list of str
    """
    testing = present(study.testing)
    sides = "One-sided" if testing.one_sided else "Two-sided"
    words = f"{sides} tests at a level of {testing.alpha:.10g} in all"
    if testing.families is not None:
        gate = "each at the whole level, once every hypothesis of the family before it is rejected (serial gatekeeping)"
        return [f"{words}, in families one after another: {gate}.", *_of_families(study)]
    procedure = families(study)[0].procedure
    if procedure != GRAPH:
        return [f"{words}, {IN_FULL[procedure].replace(chr(39), chr(8217))}."]
    passing = "A hypothesis that is rejected passes its share of the level on to the others."
    return [f"{words}, {PROCEDURES[GRAPH]} (2009). {passing}", *_of_graph(study)]


def _of_families(study: Study) -> Iterator[str]:
    for family in families(study):
        of_each = "; ".join(hypothesis_in_words(study, each) for each in family.hypotheses)
        how = f", {IN_FULL[family.procedure].replace(chr(39), chr(8217))}" if len(family.hypotheses) > 1 else ""
        yield f"{family.label}{how}: {of_each}."


def _of_graph(study: Study) -> Iterator[str]:
    """With what each begins, and what it passes to which."""
    alpha, (weights, transitions) = present(study.testing).alpha, graph(study)
    for each, weight, row in zip(hypotheses(study), weights, transitions, strict=True):
        begins = f"begins with {weight:.4g} of the level, {weight * alpha:.4g}" if weight else "begins with nothing"
        onward = [f"{_part(part)} to H{place}" for place, part in enumerate(row, start=1) if part]
        passes = " and ".join(onward) or "nothing on"
        yield f"{hypothesis_in_words(study, each)}: {begins}; when rejected, passes {passes}."


def _part(part: float) -> str:
    return "all" if part == 1 else f"{part:.4g} of its share"
