"""Sensitivity analyses: variants of the analysis of an endpoint or of a response, each with what it changes."""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, create_model, model_validator

from smmlib.trial.parameters.endpoint_rules import (
    BUNDLED_RULES,
    AnyEndpoint,
    DatedEndpoint,
    Endpoint,
    RecodedEndpoint,
    RecordedEndpoint,
)
from smmlib.trial.parameters.strict import Identifier, Strict, Time, Words

NOTEBOOK = "sensitivity"
"""Name of the notebook, and of the section, that shows the variants."""
MAIN_ANALYSIS = "Main analysis"
"""What the analysis is called that the variants are held against."""
WAYS = ("late_detection", "best_case", "worst_case", "tipping_point")
"""Variants that change the patients of the main analysis; each stands alone."""
RULE_FIELDS = [name for name in DatedEndpoint.model_fields if name not in Endpoint.model_fields]
Factor = Annotated[int | float, Field(gt=0, le=1000, allow_inf_nan=False)]
CnsrCode = Annotated[int, Field(ge=0)]

if TYPE_CHECKING:

    class ChangedRule(DatedEndpoint):
        """What it changes."""

        like: str | None

else:
    ChangedRule = create_model(
        "ChangedRule",
        __base__=Strict,
        __doc__="What is otherwise in the rule of a dated endpoint; a date named as one thing is no longer another.",
        like=(
            Literal[*BUNDLED_RULES] | None,
            Field(default=None, description="Bundled rule that replaces that of the endpoint."),
        ),
        **{
            name: (field.annotation | None, Field(default=None, description=field.description))
            for name, field in DatedEndpoint.model_fields.items()
            if name in [*RULE_FIELDS, "data_cutoff"]
        },
    )


class LateDetection(Strict):
    """Events moved earlier, for they happened between two assessments and not on the day they were found."""

    to: Literal["middle", "start"]
    """Where to in the interval between the last assessment before the event and the event."""
    interval: int | None = Field(default=None, ge=1)
    """Days of that interval; from the last assessment before the event, or the start, when left out."""
    arms: list[Identifier] = Field(default_factory=list)
    """Arms whose events are moved; all when left out."""
    reasons: list[Words] = Field(default_factory=list)
    """Which events, by their reason in the report; all but death when left out."""


class CensoredEarly(Strict):
    """Which patients are taken for lost: those censored before the end of their follow-up."""

    reasons: list[Words] = Field(default_factory=list)
    """Why they are censored, as the report says it: lost to follow-up; whatever the reason when left out."""
    followed_until: Time | None = None
    """End of follow-up of every patient in the unit of the study; from the start to the data cut-off when left out."""
    grace: Time = 0
    """How long before the end of follow-up a censoring does not count as early, in the unit of the study."""


class Tipping(CensoredEarly):
    """Event times imputed after early censoring, in the arm that is compared with a reference."""

    factors: list[Factor] = Field(min_length=1, max_length=20)
    """What the hazard after censoring is multiplied by, increasing; at 1 censoring is independent."""
    imputations: int = Field(ge=2, le=10_000)
    """Completed data sets."""
    seed: int = Field(ge=0)
    """Of the random numbers."""

    @model_validator(mode="after")
    def _increase(self) -> Self:
        if not all(one < later for one, later in pairwise(self.factors)):
            raise ValueError(f"factors are {self.factors}: they must increase")
        return self


class Variant(Strict):
    """One other analysis of an endpoint."""

    label: Words
    """Its name in the table of results."""
    rule: ChangedRule | None = None
    """What is otherwise in the rule, of an endpoint derived from dates."""
    event_codes: list[CnsrCode] | None = Field(default=None, min_length=1)
    """Codes of CNSR that count as the event, of a recorded endpoint: [0, 2]."""
    population: Identifier | None = None
    """Another of the study's populations."""
    late_detection: LateDetection | None = None
    best_case: CensoredEarly | None = None
    """Patients lost stay free of the event in all arms but the reference, and have it at once in the reference.

    An event that is hoped for is the other way round."""
    worst_case: CensoredEarly | None = None
    """Patients lost have the event at once in all arms but the reference, and stay free of it in the reference.

    An event that is hoped for is the other way round."""
    tipping_point: Tipping | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        changed = [name for name in ("rule", "event_codes", "population") if getattr(self, name) is not None]
        alone = [way for way in WAYS if getattr(self, way) is not None]
        if not changed and not alone:
            raise ValueError(
                "says nothing that is otherwise: give rule, event_codes, population, late_detection, best_case, "
                "worst_case or tipping_point"
            )
        if len(alone) > 1 or (alone and changed):
            both = [*alone, *changed]
            raise ValueError(f"{both[0]} and {both[1]} are both given: each is a variant of its own")
        return self

    @property
    def way(self) -> str:
        """Which of `WAYS`; "rule" of an endpoint that is derived otherwise."""
        return next((way for way in WAYS if getattr(self, way) is not None), "rule")

    @property
    def lost(self) -> CensoredEarly | None:
        """Whom a best or worst case, or imputation, takes for lost; None of other variants."""
        return self.best_case or self.worst_case or self.tipping_point


class ResponseVariant(Strict):
    """One other analysis of the response at a visit."""

    label: Words
    """Its name in the table of results."""
    missing: Literal["responders", "non-responders", "left out", "best case", "worst case"]
    """What patients without an evaluable response count as; best: responders, but in the reference non-responders."""


class Sensitivity(Strict):
    """Other analyses beside the main one, each in a row of one table."""

    endpoints: dict[Identifier, Annotated[dict[Identifier, Variant], Field(min_length=1)]] = Field(default_factory=dict)
    """Variants by name, of each endpoint."""
    responses: dict[Identifier, Annotated[dict[Identifier, ResponseVariant], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Variants by name, of each visit at which response is counted."""


def variant_rule(endpoint: AnyEndpoint, variant: Variant) -> AnyEndpoint:
    """The endpoint of a variant: as it is, but for its rule, its codes and its population.

    Parameters
    ----------
    endpoint : DatedEndpoint or RecordedEndpoint
        That of the main analysis.
    variant : Variant

    Returns
    -------
    DatedEndpoint or RecordedEndpoint
    """
    population = {} if variant.population is None else {"population": variant.population}
    if variant.event_codes is not None and isinstance(endpoint, RecordedEndpoint):
        given = {name: getattr(endpoint, name) for name in RecordedEndpoint.model_fields}
        return RecodedEndpoint(**given | population, event_codes=variant.event_codes)
    if variant.rule is None or isinstance(endpoint, RecordedEndpoint):
        return endpoint.model_copy(update=population)
    return endpoint.model_copy(update=_changes(endpoint, variant.rule) | population)


def _changes(endpoint: DatedEndpoint, rule: ChangedRule) -> dict[str, object]:
    """Fields of the rule that are otherwise."""
    base = BUNDLED_RULES[rule.like] if rule.like else endpoint
    given = {name: getattr(rule, name) for name in rule.model_fields_set - {"like"}}
    fields: dict[str, object] = {name: getattr(base, name) for name in RULE_FIELDS} | given
    for named, other in (("event", "ends_observation"), ("ends_observation", "event")):
        if named in given and other not in given:
            taken = given[named] or {}
            fields[other] = {date: words for date, words in getattr(base, other).items() if date not in taken}
    return {
        name: value for name, value in fields.items() if value is not None or name in ("entry", "missed_assessments")
    }
