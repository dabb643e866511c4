"""Endpoints as rules: where time starts, what counts as the event, and where patients without it are censored."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, create_model, model_validator

from smmlib.trial.parameters.analysis_plan import EndpointAnalysis
from smmlib.trial.parameters.strict import Day, Identifier, Strict, Text, Words
from smmlib.trial.parameters.table_rows import Code, FirstDay
from smmlib.trial.units import TimeUnit

LAST_ASSESSMENT, FIRST_RESPONSE, FIRST_PROGRESSION = "last-assessment", "first-response", "first-progression"
DERIVED_DATES = (LAST_ASSESSMENT, FIRST_RESPONSE, FIRST_PROGRESSION)
"""Dates that are found in the tables of assessments, and are no variable of the subject table."""
OF_CENSORED = ("censored", "cnsr = ")
"""How the reasons of censored patients begin."""
DEATH = "DTHDT"
"""Death is known to the day, whatever the visits; ADaM's name for its date."""
LAST_ALIVE = "LSTALVDT"
"""ADaM's name for the last day on which the patient is known to have been alive."""


class Endpoint(Strict):
    """What both kinds of endpoint say of themselves."""

    label: Text
    """Name of the endpoint."""
    event_label: Text
    """What the event is."""
    curve_label: Text
    """What the curve shows: the state of patients without the event."""
    population: Identifier | None = None
    """Population that the endpoint is analysed in; that of the study when left out."""
    data_cutoff: Day | None = None
    """Last day that counts; that of the study when left out."""
    start_label: Words | None = None
    """What time is counted from, in the middle of a sentence; told by the rule when left out."""
    analysis: EndpointAnalysis | None = None
    """What of the study's analysis is otherwise for this endpoint."""
    favourable_event: bool = False
    """Whether the event is hoped for, as a response is: the arm with the higher hazard is then the better one."""


class DatedEndpoint(Endpoint):
    """An endpoint derived from dates: variables of the subject table, or dates found among the assessments."""

    start: str
    """Date at which time is 0."""
    missing_start: Literal["refused", "left out"] = "refused"
    """Whether every patient must have the start, or those without it are not part of the endpoint."""
    entry: str | None = None
    """Date from which a patient was under observation, where that is later than the start (late entry)."""
    event: dict[str, Words] = Field(min_length=1)
    """Dates of the event, each with what happened; the earliest counts, the first named on one day."""
    censor: str
    """Date at which patients without the event are censored."""
    ends_observation: dict[str, Words] = Field(default_factory=dict)
    """Dates after which an event does not count, each with what happened: the patient is censored before."""
    competing: dict[str, Words] = Field(default_factory=dict)
    """Dates of what makes the event impossible, such as death without it, each with what happened."""
    missed_assessments: int | None = Field(default=None, ge=1)
    """An event after so many planned assessments missed in a row does not count; the patient is censored before."""
    without_baseline: Literal["counted", "censored at the start"] = "counted"
    """What becomes of patients without a baseline assessment."""
    progression_day: Literal["documented", "next planned assessment"] = "documented"
    """Day that an event found at an assessment is given; death keeps its own."""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        both = [date for date in self.event if date in self.ends_observation]
        if both:
            raise ValueError(f"{both[0]} is an event and ends observation: it can be one of the two")
        others = {"ends observation": self.ends_observation, "is the start": [self.start]}
        others |= {"is the date of censoring": [self.censor], "is an event": self.event}
        for what, dates in others.items():
            for date in [date for date in self.competing if date in dates]:
                raise ValueError(f"{date} {what} and competes with the event: it can be one of the two")
        check_competing_words(self.competing, [self.event_label, *self.event.values()])
        return self


class RecordedEndpoint(Endpoint):
    """An endpoint given as AVAL and CNSR in the time table."""

    paramcd: Code
    """Value of PARAMCD; CNSR = 0 is an event and any whole number above it a censored time, as in ADaM."""
    rule: Text
    """Event and censoring rule by which it was derived, in words."""
    competing: dict[Code, Words] = Field(default_factory=dict)
    """Codes of CNSR above 0, in quotes, or texts of EVNTDESC or CNSDTDSC, of competing events: what each stands for."""
    aval_unit: TimeUnit | None = None
    """Unit of AVAL; as `data.aval_unit` says when left out."""
    first_day: FirstDay | None = None
    """Day that AVAL gives to the day of STARTDT; as `data.first_day` says when left out."""
    missing_row: Literal["refused", "left out"] = "refused"
    """Whether every patient must have a time, or those without one are not part of the endpoint, as in the duration of
    response."""

    @model_validator(mode="after")
    def _competing_are_censored(self) -> Self:
        if "0" in self.competing:
            raise ValueError("competing has CNSR 0, which is the event: give the codes, above 0, of what competes")
        check_competing_words(self.competing, [self.event_label])
        return self


def check_competing_words(competing: Mapping[str, str], events: Iterable[str]) -> None:
    """Words for what competes that are neither those of the event nor those of a censoring, or a ValueError.

    Parameters
    ----------
    competing : mapping of str to str
        By date, code or text: what happened.
    events : iterable of str
        Words for the event.

    Raises
    ------
    ValueError
    """
    taken = {words.casefold() for words in events}
    for name, words in competing.items():
        if words.casefold() in taken:
            raise ValueError(f"competing has {words!r} for {name!r}, as the event is called: it can be one of the two")
        if words.casefold().startswith(OF_CENSORED):
            raise ValueError(f"competing has {words!r} for {name!r}, as of a censored patient: write what happened")


class RecodedEndpoint(RecordedEndpoint):
    """A recorded endpoint of which other codes are the event, in a sensitivity analysis."""

    event_codes: list[int]
    """Codes of CNSR that count as the event."""


AnyEndpoint = DatedEndpoint | RecordedEndpoint

RANDOMISED = {"start": "RANDDT"}
PROGRESSION, DIED, NEW_THERAPY = {"PROGDT": "progression"}, {DEATH: "death"}, {"NEWTRTDT": "new therapy"}
OFF_TREATMENT = {"DCTDT": "treatment discontinued"}
PROGRESSION_FREE = {
    "label": "Progression-free survival",
    "event_label": "Progression or death",
    "curve_label": "Alive and free of progression",
    **RANDOMISED,
    "event": PROGRESSION | DIED,
    "censor": LAST_ASSESSMENT,
}
SURVIVAL = {"event_label": "Death", "curve_label": "Alive", "event": DIED, "censor": "LSTALVDT"}
FDA = {
    "ends_observation": OFF_TREATMENT | NEW_THERAPY,
    "missed_assessments": 2,
    "without_baseline": "censored at the start",
}
AS_PLANNED = {"progression_day": "next planned assessment"}
BUNDLED_RULES = {
    name: DatedEndpoint.model_validate(rule)
    for name, rule in {
        # Durie 2006, Leukemia 20:1467: deaths from other causes than progression are censored
        "time-to-progression": {
            "label": "Time to progression",
            "event_label": "Progression",
            "curve_label": "Free of progression",
            **RANDOMISED,
            "event": PROGRESSION,
            "censor": LAST_ASSESSMENT,
            "ends_observation": DIED,
        },
        "progression-free-survival": PROGRESSION_FREE,
        # FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics, tables A, B and C
        "progression-free-survival-fda-a": {
            **PROGRESSION_FREE,
            **FDA,
            "label": "Progression-free survival, FDA table A",
        },
        "progression-free-survival-fda-b": {
            **PROGRESSION_FREE,
            **FDA,
            **AS_PLANNED,
            "label": "Progression-free survival, FDA table B",
        },
        "progression-free-survival-fda-c": {
            **PROGRESSION_FREE,
            **FDA,
            **AS_PLANNED,
            "label": "Progression-free survival, FDA table C",
            "event": PROGRESSION | {"CLPRGDT": "clinical progression"} | DIED,
        },
        # EMA/CHMP/27994/2008/Rev.1: whatever was missed or given meanwhile, the event counts when it was found
        "progression-free-survival-ema": {**PROGRESSION_FREE, "label": "Progression-free survival, EMA"},
        "overall-survival": {**SURVIVAL, **RANDOMISED, "label": "Overall survival"},
        "overall-survival-from-diagnosis": {
            **SURVIVAL,
            "label": "Overall survival from diagnosis",
            "start": "DIAGDT",
            "entry": "RANDDT",
        },
        # Rajkumar 2011, Blood 117:4691: next treatment or death, whichever comes first
        "time-to-next-treatment": {
            "label": "Time to next treatment",
            "event_label": "Next treatment or death",
            "curve_label": "Alive without next treatment",
            **RANDOMISED,
            "event": {"NEWTRTDT": "next treatment"} | DIED,
            "censor": "LSTALVDT",
        },
        "survival-after-progression": {
            **SURVIVAL,
            "label": "Survival after progression",
            "start": "PROGDT",
            "missing_start": "left out",
        },
        # Durie 2006: from the first observation of partial response; deaths without progression are censored
        "duration-of-response": {
            "label": "Duration of response",
            "event_label": "Progression",
            "curve_label": "In response",
            "start": FIRST_RESPONSE,
            "missing_start": "left out",
            "event": PROGRESSION,
            "censor": LAST_ASSESSMENT,
            "ends_observation": DIED,
        },
        "time-to-response": {
            "label": "Time to response",
            "event_label": "Response",
            "curve_label": "Without response",
            **RANDOMISED,
            "event": {FIRST_RESPONSE: "response"},
            "censor": LAST_ASSESSMENT,
            "ends_observation": PROGRESSION | DIED | NEW_THERAPY,
            "favourable_event": True,
        },
    }.items()
}

if TYPE_CHECKING:

    class EndpointLike(DatedEndpoint):
        """What it is once it is completed."""

        like: str

else:
    EndpointLike = create_model(
        "EndpointLike",
        __base__=Strict,
        __doc__="A bundled rule, and what differs from it.",
        like=(Literal[*BUNDLED_RULES], Field(description="Name of the bundled rule.")),
        **{
            name: (field.annotation | None, Field(default=None, description=field.description))
            for name, field in DatedEndpoint.model_fields.items()
        },
    )


def completed(endpoint: EndpointLike) -> DatedEndpoint:
    """An endpoint like a bundled rule, with all that it takes from it written out.

    A date that is said to compete with the event ends observation no more, unless the same parameters say that too.
    """
    given = endpoint.model_dump(exclude_unset=True, exclude={"like"})
    taken = BUNDLED_RULES[endpoint.like].model_dump()
    competing = given.get("competing") or {}
    taken["ends_observation"] = {
        date: words for date, words in taken["ends_observation"].items() if date not in competing
    }
    return DatedEndpoint.model_validate(taken | given)


def kind_of_endpoint(endpoint: object) -> str:
    """Which of the three kinds an endpoint is, for pydantic to read it as that."""
    if isinstance(endpoint, dict):
        return "like" if "like" in endpoint else "recorded" if "paramcd" in endpoint else "dated"
    kinds: dict[type, str] = {EndpointLike: "like", RecordedEndpoint: "recorded", DatedEndpoint: "dated"}
    return kinds.get(type(endpoint), "dated")
