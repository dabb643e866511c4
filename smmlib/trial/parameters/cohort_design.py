"""What a synthetic cohort assumes, over and above what was published of the trial it stands for."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator

from smmlib.trial.parameters.strict import Strict, Text, Words

Count = Annotated[int, Field(ge=0)]
# Each is made, and moved many times.
Patients = Annotated[int, Field(ge=0, le=100_000)]
AtLeastOne = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
PatientsByResponse = dict[Words, Count]


class CountByArm(Strict):
    """Patients of the arm and of the reference of the study's comparison."""

    arm: Patients
    reference: Patients


class SmoothCurve(Strict):
    """A smooth survival curve: a Weibull one, through a point."""

    through: Annotated[list[Positive], Field(min_length=2, max_length=2)]
    """A point of the curve: time in the unit of the study, and survival, a published one where there is one."""
    shape: Positive
    """1 is a constant hazard, more than 1 a rising one."""

    @model_validator(mode="after")
    def _survival_is_a_share(self) -> Self:
        if self.through[1] >= 1:
            raise ValueError(f"through is {self.through}: the second number is survival, between 0 and 1")
        return self


class SmoothCurveByArm(Strict):
    """The smooth curve that the events of each arm follow."""

    arm: SmoothCurve
    reference: SmoothCurve


class StratumDesign(Strict):
    """The stratum by time since diagnosis."""

    months: Positive
    """The boundary between diagnosed recently and earlier."""
    share_recent: Share
    """Share of patients diagnosed within so many months of randomisation."""


class TreatmentCounts(Strict):
    """Analysed patients of the treated arm by how far they went."""

    completed_induction: Count
    entered_maintenance: Count
    stopped_maintenance_early: Count
    """For another reason than progression, death or the end of follow-up."""


class ResponsesByPhase(Strict):
    """Analysed patients of the treated arm by best response, in a trial of induction and maintenance."""

    induction: PatientsByResponse
    """All of them, in induction."""
    induction_only: PatientsByResponse
    """In induction, those who did not go on to maintenance."""
    maintenance: PatientsByResponse
    """Those who entered maintenance, best response with maintenance included."""


class ResponsesByArm(Strict):
    """Analysed patients of each arm by best response over the whole course."""

    arm: PatientsByResponse
    reference: PatientsByResponse


def _kind_of_responses(responses: object) -> str:
    """Which of the two kinds counts of responses are, for pydantic to read them as that."""
    is_by_phase = "induction" in responses if isinstance(responses, dict) else isinstance(responses, ResponsesByPhase)
    return "by phase" if is_by_phase else "by arm"


class SearchBudget(Strict):
    """How long the search for the event dates may go on."""

    steps: Annotated[list[AtLeastOne], Field(min_length=3, max_length=3)]
    """Changes tried in one attempt: for the claims on survival, for those on progression, and for smooth curves."""
    attempts: AtLeastOne
    """Attempts from different starts before the search gives up."""


class EnsembleDesign(Strict):
    """The walk from the cohort to many others that give back the published numbers as well."""

    cohorts: Annotated[int, Field(ge=200, le=10_000)]
    """How many are kept; fewer tell too little of how far the numbers range."""
    seed: Count
    steps: AtLeastOne
    """Changes tried between one that is kept and the next."""


class AdverseEventDesign(Strict):
    """Patients of an arm with an adverse event, the worst of which has the grade given."""

    term: Words
    grade: Annotated[int, Field(ge=1, le=5)]
    patients: CountByArm


class CohortDesign(Strict):
    """All that has to be chosen to make a synthetic cohort of a trial whose patients are not public."""

    study_id: Annotated[str, Field(pattern="SYNTHETIC")]
    subject_prefix: Annotated[str, Field(pattern="^SYN")]
    seed: Count
    assumptions: Annotated[list[Text], Field(min_length=1)]
    """Plain sentences for the reader of a report: what was chosen, and what can therefore not be learnt."""
    accrual_start: date
    accrual_end: date
    accrual_power: Positive
    """A share s of the patients is in after the share s ** accrual_power of the window; below 1, it gathers pace."""
    data_cutoff: date
    days_from_last_contact_to_cutoff: Annotated[list[Count], Field(min_length=2, max_length=2)]
    """Fewest and most days between the last contact with a patient alive and the data cut-off."""
    stratum: StratumDesign | None = None
    randomised: CountByArm
    analysed: CountByArm
    exclusion_reason: Words | None = None
    progressed: CountByArm
    died: CountByArm
    died_without_progression: CountByArm
    lost: CountByArm
    """Last seen long before the data cut-off, free of progression."""
    assessed_until: CountByArm = CountByArm(arm=0, reference=0)
    """Free of progression when last assessed, long before the last contact."""
    second_cancers: CountByArm | None = None
    """Randomised patients with a second primary cancer."""
    curves_until: Positive
    """Time until which the first events are spread over the smooth curves; few patients are followed for longer."""
    curves: dict[str, SmoothCurveByArm]
    """By endpoint: the smooth curves that the events follow."""
    treatment: TreatmentCounts | None = None
    responses: (
        Annotated[
            Annotated[ResponsesByPhase, Tag("by phase")] | Annotated[ResponsesByArm, Tag("by arm")],
            Discriminator(_kind_of_responses),
        ]
        | None
    ) = None
    adverse_events: list[AdverseEventDesign] = Field(default_factory=list)
    search: SearchBudget
    ensemble: EnsembleDesign

    @model_validator(mode="after")
    def _dates_follow_each_other(self) -> Self:
        if not self.accrual_start < self.accrual_end < self.data_cutoff:
            raise ValueError(
                f"accrual_start {self.accrual_start}, accrual_end {self.accrual_end} and data_cutoff "
                f"{self.data_cutoff} must follow each other: correct the dates"
            )
        return self

    @model_validator(mode="after")
    def _parts_fit_their_wholes(self) -> Self:
        for part, whole in PARTS_OF_A_WHOLE:
            for arm in ("arm", "reference") if getattr(self, part) else ():
                few, many = getattr(getattr(self, part), arm), getattr(getattr(self, whole), arm)
                if few > many:
                    raise ValueError(f"{part}.{arm} is {few}, but {whole}.{arm} only {many}: correct one of them")
        return self

    @model_validator(mode="after")
    def _patients_add_up(self) -> Self:
        for arm in ("arm", "reference"):
            analysed, progressed, died, at_once, lost, until = (
                getattr(getattr(self, part), arm)
                for part in ("analysed", "progressed", "died", "died_without_progression", "lost", "assessed_until")
            )
            if died - at_once > progressed:
                raise ValueError(f"{died - at_once} deaths after progression in {arm}, but {progressed} progressions")
            if analysed < getattr(self.randomised, arm) and not self.exclusion_reason:
                raise ValueError(f"fewer patients are analysed than randomised in {arm}: give the exclusion_reason")
            if progressed + at_once + lost + until > analysed:
                raise ValueError(
                    f"{progressed} progressed, {at_once} dead without it, {lost} lost and {until} no longer assessed "
                    f"are more than the {analysed} patients of {arm}"
                )
        return self

    @model_validator(mode="after")
    def _responses_add_up(self) -> Self:
        for place, counts, expected in self._response_totals():
            if sum(counts.values()) != expected:
                raise ValueError(
                    f"responses.{place} adds up to {sum(counts.values())}, but there are {expected} such patients"
                )
        return self

    def _response_totals(self) -> Iterator[tuple[str, dict[str, int], int]]:
        """Place, counts by category and the patients they must add up to."""
        if isinstance(self.responses, ResponsesByArm):
            for arm in ("arm", "reference"):
                yield arm, getattr(self.responses, arm), getattr(self.analysed, arm)
        elif self.responses is not None:
            if self.treatment is None:
                raise ValueError("responses are by phase of the treatment, so `treatment` must say how many had each")
            analysed, completed = self.analysed.arm, self.treatment.completed_induction
            entered = self.treatment.entered_maintenance
            if not entered <= completed <= analysed:
                raise ValueError(
                    f"entered_maintenance {entered}, completed_induction {completed} and analysed.arm {analysed} "
                    "must not decrease: correct one of them"
                )
            patients = {"induction": analysed, "induction_only": analysed - entered, "maintenance": entered}
            for phase, expected in patients.items():
                yield phase, getattr(self.responses, phase), expected


PARTS_OF_A_WHOLE = (
    ("analysed", "randomised"),
    ("progressed", "analysed"),
    ("died", "analysed"),
    ("died_without_progression", "died"),
    ("lost", "analysed"),
    ("assessed_until", "analysed"),
    ("second_cancers", "randomised"),
)
