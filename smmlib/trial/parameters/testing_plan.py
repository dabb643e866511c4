"""Which hypotheses are tested together, at which level, and by which procedure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from smmlib.trial.parameters.strict import Identifier, Strict

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

NOTEBOOK = "multiple_testing"
"""Name of the notebook, and of the section, that shows the tests together."""
HypothesisName = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Hypothesis = tuple[str, str, str]
"""The ids of the endpoint, of the arm and of the reference."""


class Testing(Strict):
    """The primary log-rank tests of several hypotheses; the chance of any false rejection stays within alpha."""

    alpha: float = Field(gt=0, lt=1)
    """The level of all tests together: of one-sided tests commonly 0.025."""
    one_sided: bool
    """Whether the tests are against the alternative alone that the arm does better."""
    procedure: Literal["fixed-sequence", "holm", "hochberg"]
    """Each after the one before it is rejected, in the order given; or by Holm or by Hochberg, whatever the order."""
    order: list[HypothesisName] = Field(min_length=1)
    """Endpoints, each for all of its comparisons, or single comparisons of an endpoint: `os.new_vs_control`."""
    favourable_events: list[Identifier] = Field(default_factory=list)
    """Endpoints whose event is to come early, such as a response; of the others it is to come late."""


def hypotheses(study: "Study") -> list[Hypothesis]:
    """The hypotheses of the testing procedure, in its order.

    Parameters
    ----------
    study : Study
        With `testing`, whose names are those of its endpoints and comparisons.

    Returns
    -------
    list of (str, str, str)
        Ids of the endpoint, of the arm and of the reference.
    """
    named = _hypotheses_by_name(study)
    return [each for name in (study.testing.order if study.testing else []) for each in named[name]]


def _hypotheses_by_name(study: "Study") -> dict[str, list[Hypothesis]]:
    """What each name stands for: an endpoint for all of its comparisons."""
    pairs = [(arm.id, reference.id) for arm, reference in study.arms.pairs]
    of_endpoints = {name: [(name, *pair) for pair in pairs] for name in study.endpoints}
    alone = {f"{name}.{arm}_vs_{other}": [(name, arm, other)] for name in study.endpoints for arm, other in pairs}
    return alone | of_endpoints


def contradictions_of_testing(study: "Study") -> Iterator[str]:
    """Hypotheses that the study does not have or that are named twice, and a procedure that no run shows.

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
    yield from _of_names(study)


def _of_names(study: "Study") -> Iterator[str]:
    named, tested = _hypotheses_by_name(study), []
    for name in study.testing.order if study.testing else []:
        if name not in named:
            pair = study.arms.pairs[0]
            example = f"{next(iter(study.endpoints))}.{pair[0].id}_vs_{pair[1].id}"
            yield f"testing.order names {name!r}, which is no endpoint, and no comparison of one, such as {example}"
        tested += named.get(name, [])
    for each in dict.fromkeys(each for place, each in enumerate(tested) if each in tested[:place]):
        yield f"testing.order names {each[0]} of {each[1]} and {each[2]} twice"
    for name in study.testing.favourable_events if study.testing else []:
        if name not in {endpoint for endpoint, *_ in tested}:
            yield f"testing.favourable_events names {name!r}, which is not among the endpoints that are tested"
