"""What the testing procedure says against itself, and against the rest of the study."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from smmlib.stats.comparison.graphical_procedure import SLACK
from smmlib.trial.parameters.testing_plan import GRAPH, NOTEBOOK, Hypothesis, Testing, hypotheses_by_name

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study


def contradictions_of_testing(study: "Study") -> Iterator[str]:
    """Hypotheses that the study does not have or that are named twice, a graph that is none, and what no run shows.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        A line that begins with its key.
    """
    runs = [name for name, run in study.runs.items() if run.notebook == NOTEBOOK]
    if study.testing is None:
        yield from (f"runs.{name} tests several hypotheses, but the study has no testing section" for name in runs)
        return
    if not runs:
        yield f"testing is declared, but no run shows it: add testing: {{notebook: {NOTEBOOK}}} under runs"
    if not study.arms.pairs:
        yield "testing is about comparisons, but the study has one arm: leave it out"
        return
    yield from _of_form(study.testing)
    yield from _of_names(study, study.testing)
    if study.testing.procedure == GRAPH and study.testing.order:
        yield from _of_graph(study, study.testing)


def _of_form(testing: Testing) -> Iterator[str]:
    """Either procedure and order, for a graph with weights; or families."""
    given = [name for name in ("procedure", "order", "weights", "transitions") if getattr(testing, name)]
    if testing.families is not None:
        yield from _of_families(testing, given)
        return
    if testing.procedure is None and testing.order is None:
        yield "testing does not say what is tested: give procedure and order, or families"
    elif testing.order is None:
        yield "testing.order is missing: list the hypotheses that are tested"
    elif testing.procedure is None:
        yield "testing.procedure is missing: write fixed-sequence, holm, hochberg or graph"
    if testing.procedure == GRAPH and testing.weights is None:
        yield "testing.weights is missing: say with which share of alpha each hypothesis of the graph begins"
    for name in given if testing.procedure not in (GRAPH, None) else ():
        if name in ("weights", "transitions"):
            yield f"testing.{name} is of a graph, but procedure is {testing.procedure!r}: write graph, or leave it out"


def _of_families(testing: Testing, given: list[str]) -> Iterator[str]:
    for name in given:
        advice = "a family has procedure and order of its own" if name in ("procedure", "order") else "leave it out"
        yield f"testing.{name} is given beside families: {advice}"
    labels = [family.label for family in testing.families or ()]
    for label in dict.fromkeys(label for label in labels if labels.count(label) > 1):
        yield f"testing.families: label {label!r} is given twice"


def _of_names(study: "Study", testing: Testing) -> Iterator[str]:
    named = hypotheses_by_name(study)
    tested: list[Hypothesis] = []
    for label, names in testing.named_families:
        place = f"testing.families: {label}" if label else "testing.order"
        for name in names:
            if name not in named:
                yield f"{place} names {name!r}, {_unknown(study, name)}"
        found = [each for name in names for each in named.get(name, [])]
        repeated = [each for number, each in enumerate(found) if each in [*tested, *found[:number]]]
        for each in dict.fromkeys(repeated):
            again = ", which an earlier family has" if each in tested else " twice"
            yield f"{place} names {each.endpoint or f'response.{each.visit}'} of {each.arm} and {each.reference}{again}"
        tested += found
    for name in testing.favourable_events:
        if name not in {each.endpoint for each in tested}:
            yield f"testing.favourable_events names {name!r}, which is not among the endpoints that are tested"


def _unknown(study: "Study", name: str) -> str:
    """What is wrong with a name that no hypothesis has."""
    arm, reference = study.arms.pairs[0]
    pair = f"{arm.id}_vs_{reference.id}"
    words = f"which is no endpoint, and no comparison of one, such as {next(iter(study.endpoints))}.{pair}"
    if study.response is None:
        return words
    if study.response.arm is not None:
        is_of_response = name.startswith("response.")
        return "but response of one arm alone is reported: leave response.arm out" if is_of_response else words
    return f"{words}; response at a visit is response.{study.response.visits[0].id}, or with .{pair}"


def _of_graph(study: "Study", testing: Testing) -> Iterator[str]:
    """What keeps shares from being shares, and hypotheses that never get one."""
    order, named, weights = testing.order or [], hypotheses_by_name(study), testing.weights or {}
    of_several = [name for name in order if len(named.get(name, [])) > 1]
    for name in of_several:
        of_name = ", ".join(f"{name}.{each.arm}_vs_{each.reference}" for each in named[name])
        yield f"testing.order names {name!r}, but in a graph each comparison is named: {of_name}"
    if of_several:
        return
    yield from _of_shares("testing.weights", weights, order)
    for name, row in testing.transitions.items():
        if name not in order:
            yield f"testing.transitions names {name!r}, which is not in testing.order"
        yield from _of_shares(f"testing.transitions.{name}", row, order)
        if row.get(name):
            yield f"testing.transitions.{name} passes a share to itself: name the others alone"
    if testing.weights is None:
        return
    if not any(weights.values()):
        yield "testing.weights are all 0: some hypothesis must begin with a share of alpha"
        return
    for name in order:
        if name not in _reached(testing):
            yield f"testing.weights gives {name} nothing, and no hypothesis passes a share to it: it is never tested"


def _of_shares(place: str, shares: Mapping[str, float], order: list[str]) -> Iterator[str]:
    for name in shares:
        if name not in order:
            yield f"{place} names {name!r}, which is not in testing.order"
    if sum(shares.values()) > 1 + SLACK:
        yield f"{place} sums to {sum(shares.values()):.10g}, but shares sum to at most 1"


def _reached(testing: Testing) -> set[str]:
    """Hypotheses that begin with a share, or to which one may come."""
    reached = {name for name, share in (testing.weights or {}).items() if share > 0}
    waiting = list(reached)
    while waiting:
        onward = {name for name, part in testing.transitions.get(waiting.pop(), {}).items() if part > 0}
        waiting += onward - reached
        reached |= onward
    return reached
