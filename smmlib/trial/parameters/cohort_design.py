"""What a synthetic cohort assumes, over and above what was published of the trial it stands for."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from smmlib.trial.categories import RESPONSE_CATEGORIES
from smmlib.trial.parameters.strict import Strict

Count = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
PatientsByResponse = dict[Literal[*RESPONSE_CATEGORIES], Count]


class CountByArm(Strict):
    """Patients in each arm."""

    arm: Count
    reference: Count


class ShapeByArm(Strict):
    """Shape of a Weibull curve in each arm: 1 is a constant hazard, more than 1 a rising one."""

    arm: Positive
    reference: Positive


class TreatmentCounts(Strict):
    """Analysed patients of the treated arm by how far they went."""

    completed_induction: Count
    entered_maintenance: Count
    stopped_maintenance_early: Count
    """For another reason than progression, death or the end of follow-up."""


class ResponseCounts(Strict):
    """Analysed patients of the treated arm by best response."""

    induction: PatientsByResponse
    """All of them, in induction."""
    induction_only: PatientsByResponse
    """In induction, those who did not go on to maintenance."""
    maintenance: PatientsByResponse
    """Those who entered maintenance, best response with maintenance included."""


class SearchBudget(Strict):
    """How long the search for the event dates may go on."""

    steps: Annotated[list[AtLeastOne], Field(min_length=3, max_length=3)]
    """Changes tried in one attempt: for the claims on survival, for those on progression, and for smooth curves."""
    attempts: AtLeastOne
    """Attempts from different starts before the search gives up."""


class CohortDesign(Strict):
    """All that has to be chosen to make a synthetic cohort of a trial whose patients are not public."""

    study_id: Annotated[str, Field(pattern="SYNTHETIC")]
    subject_prefix: Annotated[str, Field(pattern="^SYN")]
    seed: Count
    assumptions: Annotated[list[str], Field(min_length=1)]
    """Plain sentences for the reader of a report: what was chosen, and what can therefore not be learnt."""
    accrual_start: date
    accrual_end: date
    accrual_power: Positive
    """A share s of the patients is in after the share s ** accrual_power of the window; below 1, it gathers pace."""
    data_cutoff: date
    within_six_months: Share
    """Share of patients randomised within six months of diagnosis."""
    randomised: CountByArm
    analysed: CountByArm
    exclusion_reason: Annotated[str, Field(min_length=1)]
    progressed: CountByArm
    died: CountByArm
    died_without_progression: CountByArm
    lost: CountByArm
    """Last seen long before the data cut-off, free of progression."""
    curve_shapes: dict[str, ShapeByArm]
    """By endpoint: shapes of the smooth curves that the events follow; the level of the curves is published."""
    treatment: TreatmentCounts
    responses: ResponseCounts
    search: SearchBudget

    @model_validator(mode="after")
    def _dates_follow_each_other(self):
        if not self.accrual_start < self.accrual_end < self.data_cutoff:
            raise ValueError(
                f"accrual_start {self.accrual_start}, accrual_end {self.accrual_end} and data_cutoff "
                f"{self.data_cutoff} must follow each other: correct the dates"
            )
        return self

    @model_validator(mode="after")
    def _parts_fit_their_wholes(self):
        for part, whole in PARTS_OF_A_WHOLE:
            for arm in ("arm", "reference"):
                few, many = getattr(getattr(self, part), arm), getattr(getattr(self, whole), arm)
                if few > many:
                    raise ValueError(f"{part}.{arm} is {few}, but {whole}.{arm} only {many}: correct one of them")
        return self

    @model_validator(mode="after")
    def _patients_add_up(self):
        for arm in ("arm", "reference"):
            analysed, progressed, died, at_once, lost = (
                getattr(getattr(self, part), arm)
                for part in ("analysed", "progressed", "died", "died_without_progression", "lost")
            )
            if died - at_once > progressed:
                raise ValueError(f"{died - at_once} deaths after progression in {arm}, but {progressed} progressions")
            if progressed + at_once + lost > analysed:
                raise ValueError(
                    f"{progressed} progressed, {at_once} dead without it and {lost} lost are more than the {analysed} "
                    f"patients of {arm}"
                )
        return self

    @model_validator(mode="after")
    def _responses_add_up(self):
        analysed, completed = self.analysed.arm, self.treatment.completed_induction
        entered = self.treatment.entered_maintenance
        if not entered <= completed <= analysed:
            raise ValueError(
                f"entered_maintenance {entered}, completed_induction {completed} and analysed.arm {analysed} "
                "must not decrease: correct one of them"
            )
        patients = {"induction": analysed, "induction_only": analysed - entered, "maintenance": entered}
        for phase, expected in patients.items():
            total = sum(getattr(self.responses, phase).values())
            if total != expected:
                raise ValueError(f"responses.{phase} adds up to {total}, but there are {expected} such patients")
        return self


PARTS_OF_A_WHOLE = (
    ("analysed", "randomised"),
    ("progressed", "analysed"),
    ("died", "analysed"),
    ("died_without_progression", "died"),
    ("lost", "analysed"),
)
