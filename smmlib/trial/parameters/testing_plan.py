"""Which hypotheses are tested together, at which level, and by which procedure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

from pydantic import Field, StringConstraints

from smmlib.stats.comparison.multiple_testing import Procedure
from smmlib.trial.parameters.strict import Identifier, Strict, Words
from smmlib.trial.present import present

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

NOTEBOOK = "multiple_testing"
"""Name of the notebook, and of the section, that shows the tests together."""
GRAPH: Final = "graph"
DeclaredProcedure = Literal["fixed-sequence", "holm", "hochberg", "graph"]
HypothesisName = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Share = Annotated[int | float, Field(ge=0, le=1, allow_inf_nan=False)]


class Hypothesis(NamedTuple):
    """A comparison of two arms, by the ids of an endpoint or of a visit at which response is counted."""

    endpoint: str
    """Empty for response."""
    arm: str
    reference: str
    visit: str = ""
    """Empty for an endpoint."""


class Family(Strict):
    """Hypotheses that are tested once all of the family before are rejected."""

    label: Words
    procedure: Procedure
    """Each after the one before it is rejected, in the order given; or by Holm or by Hochberg, whatever the order."""
    order: list[HypothesisName] = Field(min_length=1)
    """Hypotheses, named as under `testing.order`."""


class Testing(Strict):
    """The primary tests of several hypotheses; the chance of any false rejection stays within alpha."""

    alpha: float = Field(gt=0, lt=1)
    """The level of all tests together: of one-sided tests commonly 0.025."""
    one_sided: bool
    """Whether the tests are against the alternative alone that the arm does better."""
    procedure: DeclaredProcedure | None = None
    """Each after the one before it is rejected, in the order given; by Holm or by Hochberg, whatever the order; or by a
    graph, in which hypotheses pass on their share of alpha. Left out with `families`."""
    order: list[HypothesisName] | None = Field(default=None, min_length=1)
    """Endpoints, each for all of its comparisons, or single comparisons of an endpoint: `os.new_vs_control`; response
    at a visit likewise: `response.best`, `response.best.new_vs_control`. Left out with `families`."""
    families: list[Family] | None = Field(default=None, min_length=1)
    """Families one after another, instead of `procedure` and `order`: each at the whole alpha, once every hypothesis of
    the family before is rejected."""
    weights: dict[HypothesisName, Share] | None = Field(default=None, min_length=1)
    """Of a graph, the share of alpha with which each hypothesis of `order` begins; nothing when left out."""
    transitions: dict[HypothesisName, dict[HypothesisName, Share]] = Field(default_factory=dict)
    """Of a graph, the parts of its share that a hypothesis passes on to each other when it is rejected."""
    favourable_events: list[Identifier] = Field(default_factory=list)
    """Endpoints whose event is to come early, such as a response; of the others it is to come late."""

    @property
    def named_families(self) -> list[tuple[str, list[str]]]:
        """The label of each family, and the names of its hypotheses; of a single one the label is empty."""
        if self.families is None:
            return [("", self.order or [])]
        return [(family.label, family.order) for family in self.families]


@dataclass(frozen=True)
class HypothesisFamily:
    """A family as it is tested.

    Attributes
    ----------
    label : str
        Empty where the hypotheses are all of one family.
    procedure : {"fixed-sequence", "holm", "hochberg", "graph"}
    hypotheses : tuple of Hypothesis
        In their order.
    """

    label: str
    procedure: DeclaredProcedure
    hypotheses: tuple[Hypothesis, ...]


def families(study: "Study") -> list[HypothesisFamily]:
    """The families of hypotheses, in the order in which they are tested; one where the parameters list none.

    Parameters
    ----------
    study : Study
        With `testing`, whose names are those of its endpoints, visits and comparisons; without, there are none.
    """
    testing = study.testing
    if testing is None:
        return []
    named = hypotheses_by_name(study)
    of_each: list[DeclaredProcedure] = [family.procedure for family in testing.families or ()]
    procedures = of_each or [present(testing.procedure)]
    return [
        HypothesisFamily(label, procedure, tuple(each for name in names for each in named[name]))
        for procedure, (label, names) in zip(procedures, testing.named_families, strict=True)
    ]


def hypotheses(study: "Study") -> list[Hypothesis]:
    """The hypotheses of the testing procedure, family after family, in the order of each."""
    return [each for family in families(study) for each in family.hypotheses]


def hypotheses_by_name(study: "Study") -> dict[str, list[Hypothesis]]:
    """What each name stands for: an endpoint, or response at a visit, for all of its comparisons.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to list of Hypothesis
    """
    pairs = [(arm.id, reference.id) for arm, reference in study.arms.pairs]
    of = {name: [Hypothesis(name, *pair) for pair in pairs] for name in study.endpoints}
    if study.response is not None and study.response.arm is None:
        visits = [visit.id for visit in study.response.visits]
        of = {f"response.{visit}": [Hypothesis("", *pair, visit) for pair in pairs] for visit in visits} | of
    alone = {f"{name}.{each.arm}_vs_{each.reference}": [each] for name, all_of in of.items() for each in all_of}
    return alone | of


def graph(study: "Study") -> tuple[list[float], list[list[float]]]:
    """The weights of a graph and its transitions, from each hypothesis to each, in their order.

    Parameters
    ----------
    study : Study
        Whose testing procedure is a graph.
    """
    testing = present(study.testing)
    names, weights = testing.order or [], testing.weights or {}
    rows = [testing.transitions.get(name, {}) for name in names]
    return [weights.get(name, 0.0) for name in names], [[row.get(name, 0.0) for name in names] for row in rows]
