"""How response is assessed: the tests, the visits, the phases of treatment, and whom a rate is a share of."""

from dataclasses import replace
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from smmlib.trial.categories import PROGRESSION, SCALES, ResponseScale, ScaleName, own_scale
from smmlib.trial.parameters.response_scale import Category, Confirmation, Swimmer, Waterfall
from smmlib.trial.parameters.strict import Identifier, Strict, Text, Words
from smmlib.trial.parameters.table_rows import Code


class Phase(Strict):
    """A phase of the treatment."""

    id: Identifier
    label: Text
    plan: Text
    """Planned length, in words."""
    days: int = Field(gt=0)
    """Days of treatment, first and last included, with which the phase is complete."""
    start: str
    """Date of the first day."""
    end: str
    """Date of the last day; missing while treatment goes on."""
    ongoing_until: str
    """Date to which treatment that goes on is counted."""


class Assessments(Strict):
    """How the disease was assessed: which rows are assessments, and when they were planned."""

    table: Literal["responses", "laboratory"] | None = None
    """Table whose rows are the assessments; those not evaluable do not count."""
    last: str | None = None
    """Date of the last assessment in the subject table, where single assessments are not at hand."""
    baseline: str | None = None
    """Date of the baseline assessment in the subject table."""
    every: int | None = Field(default=None, ge=1)
    """Days between planned assessments, counted from the start of the endpoint."""
    late: int = Field(default=0, ge=0)
    """Days by which an assessment may be late without being missed."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.table is None) == (self.last is None):
            raise ValueError(
                "give `table`, where the assessments are rows, or `last`, the date of the last: one of the two"
            )
        return self


class SerumTest(Strict):
    """M-protein in serum."""

    paramcd: Code
    unit: Literal["g/L", "g/dL"]


class UrineTest(Strict):
    """M-protein in urine collected over a day."""

    paramcd: Code
    unit: Literal["mg/24h", "g/24h"]


class LightChainTest(Strict):
    """A free light chain in serum."""

    paramcd: Code
    unit: Literal["mg/L", "mg/dL"]


class MarrowTest(Strict):
    """Plasma cells among the cells of the marrow."""

    paramcd: Code
    unit: Literal["%"]


MeasuredTest = SerumTest | UrineTest | LightChainTest | MarrowTest


class FindingTest(Strict):
    """A test whose result is one of two words, in AVALC; in capitals or not makes no difference."""

    paramcd: Code
    values: dict[str, Code] = Field(default_factory=dict)
    """What AVALC says for each of the two words, where it says something else."""
    words: ClassVar[tuple[str, str]]

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        unknown = [word for word in self.values if word not in self.words]
        if unknown:
            raise ValueError(f"values names {unknown[0]!r}, which is not one of {', '.join(self.words)}")
        return self


class ImmunofixationTest(FindingTest):
    """Whether immunofixation finds the M-protein."""

    words = ("positive", "negative")


class ClonalCellsTest(FindingTest):
    """Whether there are clonal plasma cells in the marrow."""

    words = ("present", "absent")


Test = MeasuredTest | ImmunofixationTest | ClonalCellsTest


class Laboratory(Strict):
    """The tests from which response is derived: the value of PARAMCD of each, and its unit in AVALU."""

    serum: SerumTest | None = None
    urine: UrineTest | None = None
    serum_immunofixation: ImmunofixationTest | None = None
    urine_immunofixation: ImmunofixationTest | None = None
    kappa: LightChainTest | None = None
    lambda_: LightChainTest | None = Field(default=None, alias="lambda")
    marrow: MarrowTest | None = None
    clonal_cells: ClonalCellsTest | None = None

    @property
    def tests(self) -> dict[str, Test]:
        """The tests that the study has, by the name of what they measure."""
        return {name: test for name in type(self).model_fields if (test := getattr(self, name)) is not None}


class ResponseVisit(Strict):
    """A visit, a phase or the whole course, at which response is counted."""

    id: Identifier
    visit: Code | None = None
    """Value of AVISIT, where a category is recorded for the visit."""
    phase: Identifier | None = None
    """Phase in which the best response counts; the whole course when neither visit nor phase is given."""
    label: Text
    denominator: str
    """`analysed`, or the id of the phase that patients must have started."""

    @model_validator(mode="after")
    def _one_stretch(self) -> Self:
        if self.visit is not None and self.phase is not None:
            raise ValueError("visit and phase are both given: response is counted at one of the two")
        return self


class Response(Strict):
    """How response is categorised, and where it is counted."""

    arm: Identifier | None = None
    """Arm whose response is reported; all are, and compared, when left out."""
    criteria: Literal["recorded", "imwg-2016", "recist-1.1"] = "recorded"
    """Categories as recorded in ADRS; derived from the laboratory values and confirmed by a second assessment; or the
    best overall response by RECIST 1.1, derived from the overall responses that ADRS records at each assessment."""
    scale: ScaleName = "imwg"
    """Categories of recorded responses: a bundled scale. Criteria that derive response have theirs."""
    categories: list[Category] = Field(default_factory=list)
    """Categories of recorded responses of one's own, best first, instead of a bundled scale."""
    responders: list[Words] = Field(default_factory=list)
    """Categories that count as a response; those of the scale when left out."""
    progression: list[Words] = Field(default_factory=list)
    """Categories of one's own that are progression, after which nothing counts; PD when left out."""
    start: str | None = None
    """Date up to which assessments are baseline and do not count; that of randomisation when left out."""
    new_therapy: str | None = None
    """Date from which assessments no longer count for response, because another treatment began."""
    confirmation: Confirmation | None = None
    stable_days: int | None = Field(default=None, ge=0)
    """Days from the start after which stable disease may be the best overall response by RECIST 1.1."""
    stratified: bool = False
    """Whether arms are also compared within the strata of randomisation."""
    waterfall: Waterfall | None = None
    swimmer: Swimmer | None = None
    visits: list[ResponseVisit] = Field(min_length=1)

    @property
    def is_from_laboratory(self) -> bool:
        """Whether response is derived from laboratory values."""
        return self.criteria == "imwg-2016"

    @property
    def is_derived(self) -> bool:
        """Whether response is derived, and not taken as recorded."""
        return self.criteria != "recorded"

    @property
    def names_scale(self) -> bool:
        """Whether the parameters say what the categories are, or derive them."""
        return self.is_derived or bool(self.categories) or "scale" in self.model_fields_set

    @property
    def resolved_scale(self) -> ResponseScale:
        """The categories of the study, with what counts as a response and as progression."""
        if self.categories:
            labels = {category.id: category.label for category in self.categories}
            return own_scale(labels, self.responders, self.progression or [PROGRESSION])
        scale = SCALES["recist-1.1" if self.criteria == "recist-1.1" else self.scale]
        responders = tuple(category for category in scale.categories if category in self.responders)
        return replace(scale, responders=responders or scale.responders)
