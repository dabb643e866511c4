"""What a protocol fixes of the analysis: levels and times, and the further comparisons that it declares."""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, create_model, model_validator
from pydantic.fields import FieldInfo

from smmlib.trial.parameters.strict import Identifier, Strict, Time

Power = Annotated[int | float, Field(ge=0, le=100, allow_inf_nan=False)]
Score = Annotated[int | float, Field(allow_inf_nan=False)]
OF_THE_STUDY = ("baseline_p_values",)
"""What is not of an endpoint, but of the study alone."""
LaterTime = Annotated[int | float, Field(gt=0, allow_inf_nan=False)]


class FlemingHarringtonWeights(Strict):
    """Weights S(t-)^rho (1 - S(t-))^gamma of a log-rank test: (0, 1) stresses late events, (1, 0) early ones."""

    rho: Power
    gamma: Power


class MaxCombo(Strict):
    """The largest of several weighted log-rank tests."""

    weights: list[FlemingHarringtonWeights] = Field(min_length=1)
    seed: int = Field(ge=0)
    """Of the integration of its P value."""


class _TimesInOrder(Strict):
    """Times and weights that are each given once, and in their order."""

    @model_validator(mode="after")
    def _are_in_order(self) -> Self:
        given = {name: getattr(self, name) or [] for name in ("axis_times", "landmarks", "restricted_mean", "periods")}
        axis = given["axis_times"]
        if axis and (axis[0] != 0 or not _increase(axis)):
            raise ValueError(f"axis_times are {axis}: they must increase from 0")
        given["adjust"] = getattr(self, "adjust", None) or []
        for name in ("landmarks", "restricted_mean", "adjust"):
            if len(set(given[name])) < len(given[name]):
                raise ValueError(f"{name} are {given[name]}: one is given twice")
        if not _increase(given["periods"]):
            raise ValueError(f"periods are {given['periods']}: they must increase")
        weights = [(each.rho, each.gamma) for each in getattr(self, "weighted_tests", None) or []]
        if len(set(weights)) < len(weights):
            raise ValueError("weighted_tests: one pair of rho and gamma is given twice")
        return self


def _increase(times: list[int | float]) -> bool:
    return all(one < later for one, later in pairwise(times))


class Analysis(_TimesInOrder):
    """What a protocol fixes."""

    conf_level: float = Field(gt=0, lt=1)
    conf_type: Literal["log-log", "log", "plain", "logit", "arcsine"]
    """Scale of the limits of survival."""
    ties: Literal["efron", "breslow"]
    """Partial likelihood at tied event times."""
    baseline_p_values: bool = False
    """Whether baseline characteristics of the arms are tested; CONSORT advises against it in randomised trials."""
    landmarks: list[Time]
    """Times at which survival is compared, in the unit of the study."""
    axis_times: list[Time] = Field(min_length=2)
    """Times of the axis and of the numbers at risk, increasing from 0."""
    primary: Literal["plain", "stratified"] | None = None
    """Which log-rank test and hazard ratio are the primary ones; the plain ones, without saying so, when left out."""
    adjust: list[str] = Field(default_factory=list)
    """Variables described under baseline or subgroups, for which the hazard ratio is adjusted in a model of its own."""
    restricted_mean: list[LaterTime] = Field(default_factory=list)
    """Times up to which mean survival is restricted and compared."""
    weighted_tests: list[FlemingHarringtonWeights] = Field(default_factory=list)
    """Weighted log-rank tests, for hazards that may not be proportional."""
    maxcombo: MaxCombo | None = None
    """The largest of several weighted log-rank tests."""
    periods: list[LaterTime] = Field(default_factory=list)
    """Times that divide the follow-up into periods, each with a hazard ratio of its own."""
    proportionality: Literal["km", "rank", "identity", "log"] | None = None
    """The score test of proportional hazards in this function of time, and the picture that belongs to it."""
    trend_scores: dict[Identifier, Score] = Field(default_factory=dict)
    """Score of each arm, such as its dose, for the log-rank test for trend."""

    @property
    def primary_variant(self) -> str:
        """Variant of the keys of the primary log-rank test and hazard ratio."""
        return "stratified" if self.primary == "stratified" else ""


def _optional(field: FieldInfo) -> tuple[Any, Any]:
    """A field that may be left out, with the bounds that it has."""
    bounded: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return bounded | None, Field(default=None, description=field.description)


if TYPE_CHECKING:

    class EndpointAnalysis(Analysis):
        """What is said of it, as if it were all there."""

else:
    EndpointAnalysis = create_model(
        "EndpointAnalysis",
        __base__=_TimesInOrder,
        __doc__="What is otherwise in the analysis of one endpoint; the rest is as the study has it.",
        **{name: _optional(field) for name, field in Analysis.model_fields.items() if name not in OF_THE_STUDY},
    )


def merged(analysis: Analysis, own: EndpointAnalysis | None) -> Analysis:
    """The analysis of an endpoint.

    Parameters
    ----------
    analysis : Analysis
        That of the study.
    own : EndpointAnalysis or None
        What the endpoint has otherwise.

    Returns
    -------
    Analysis
    """
    if own is None:
        return analysis
    given = {name: getattr(own, name) for name in own.model_fields_set if getattr(own, name) is not None}
    return analysis.model_copy(update=given)
