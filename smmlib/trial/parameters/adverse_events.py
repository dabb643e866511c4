"""Which adverse events count, how they are classified, and which of them the tables show."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from smmlib.trial.parameters.strict import Strict, Words

GRADES = {"MILD": 1, "MODERATE": 2, "SEVERE": 3, "LIFE THREATENING": 4, "LIFE-THREATENING": 4, "FATAL": 5}
"""What a word of AESEV stands for, where the parameters do not say it."""
RELATED = (
    *("Y", "YES", "RELATED", "POSSIBLE", "PROBABLE", "DEFINITE", "CERTAIN", "SUSPECTED"),
    *("POSSIBLY RELATED", "PROBABLY RELATED", "DEFINITELY RELATED"),
)
NOT_RELATED = (
    *("N", "NO", "NONE", "NOT RELATED", "UNRELATED", "NOT SUSPECTED"),
    *("UNLIKELY", "UNLIKELY RELATED", "REMOTE", "DOUBTFUL"),
)
"""Words of AEREL that mean related, and those that do not, where the parameters do not say which do."""
WITHDRAWN = "DRUG WITHDRAWN"


class TreatmentPeriod(Strict):
    """From the first day of treatment until so many days after the last: when a patient is at risk."""

    start: str
    """Date of the first day of treatment in the subject table, such as TRTSDT; every patient must have it."""
    end: str
    """Date of the last day of treatment, such as TRTEDT; missing while treatment goes on."""
    observed_until: str | None = None
    """Date to which treatment that goes on is counted, and after which nobody is at risk, such as LSTALVDT."""
    days_after: int = Field(default=30, ge=0)
    """Days after the last day of treatment in which an event is still counted as treatment-emergent."""


class Safety(Strict):
    """Adverse events: which count, how they are classified, and which of them the tables show."""

    emergent: Literal["flag", "dates", "all"] | None = None
    """Which events count: those with TRTEMFL Y, those in the treatment period, or all; the flag if there is one."""
    treatment: TreatmentPeriod | None = None
    """When patients are at risk; rates per 100 patient-years need it."""
    initial_grade: str | None = None
    """Variable with the grade at which an event began, such as AEITOXGR, for events that worsened on treatment."""
    severity: Literal["AETOXGR", "AESEV"] | None = None
    """Variable of the grade, 1 to 5, or of the severity in words; AETOXGR if there is one, when left out."""
    grades: dict[Words, Annotated[int, Field(ge=1, le=5)]] = Field(default_factory=lambda: dict(GRADES), min_length=1)
    """Grade of each word of AESEV, in capitals or not."""
    related: list[Words] | None = Field(default=None, min_length=1)
    """Words of AEREL that mean related to treatment; the usual ones when left out."""
    stopped: list[Words] = Field(default_factory=lambda: [WITHDRAWN], min_length=1)
    """Words of AEACN that mean that treatment was stopped."""
    system_organ_class: Literal["AEBODSYS", "AESOC"] | None = None
    """Variable of the system organ class; AEBODSYS if there is one, else AESOC, when left out."""
    frequent: Annotated[int | float, Field(ge=0, le=100)] = 5
    """Terms are shown that this percentage of the patients of an arm have, or more."""
    terms: list[Words] = Field(default_factory=list)
    """Terms of AEDECOD that are shown however few have them."""
    order: Literal["frequency", "alphabet"] = "frequency"
    """Order of the system organ classes, and of the terms in each."""
    compare: bool = False
    """Whether the share of patients is compared between arms, for each line of the tables."""

    @model_validator(mode="after")
    def _dates_need_a_period(self) -> "Safety":
        if self.emergent == "dates" and self.treatment is None:
            raise ValueError("emergent is 'dates', so treatment must name the first and the last day of treatment")
        if self.initial_grade is not None and self.emergent != "dates":
            raise ValueError("initial_grade is used where emergent is 'dates': set it, or leave initial_grade out")
        return self
