"""The parameters of a study: what was pre-specified and what was published, read strictly from one YAML file."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)

from smmlib.trial.parameters.claim import Claim
from smmlib.trial.parameters.cohort_design import CohortDesign
from smmlib.trial.parameters.strict import Strict
from smmlib.trial.parameters.yaml_source import ParametersError, read_yaml

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
ShortLabel = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Time = Annotated[int | float, Field(ge=0, allow_inf_nan=False)]


class Data(Strict):
    """Where the tables are, and whose data they hold."""

    origin: Literal["synthetic", "patients"]
    """Synthetic patients are labelled so on every page."""
    note: str
    """What the data are, in the report's words."""
    subjects: str
    """ADSL, one row a patient; a path relative to this file."""
    times: str | None = None
    """ADTTE, for endpoints given as AVAL and CNSR."""
    responses: str | None = None
    """ADRS, one row a patient and visit."""

    @property
    def label(self):
        """What a figure says of its patients: nothing when they are real."""
        return "Synthetic patients" if self.origin == "synthetic" else ""


class Arm(Strict):
    """One arm of the trial."""

    id: Identifier
    """Short name in the names of numbers."""
    value: str
    """Value of the arm variable in the subject table."""
    label: ShortLabel
    """Name in tables and figures: short, for it stands beside the curve."""
    name: str
    """Name in a sentence."""


class Arms(Strict):
    """The two arms; every comparison is `arm` relative to `reference`."""

    variable: str
    """Variable of the subject table that holds the arm."""
    arm: Arm
    reference: Arm

    @property
    def both(self):
        """The arm, then the reference."""
        return self.arm, self.reference

    def named(self, arm_id):
        """The arm of that id, which the parameters are known to have."""
        return next(arm for arm in self.both if arm.id == arm_id)


class Population(Strict):
    """Who was randomised and who is analysed."""

    label: str
    """Name of the analysis set."""
    randomised: str | None = None
    """Variable that is filled, and not N, for randomised patients: RANDDT or RANDFL; all patients when left out."""
    analysed: str | None = None
    """Y/N flag of the analysis set; all randomised patients when left out."""
    exclusion_reason: str | None = None
    """Variable that says why a randomised patient is not analysed."""


class Stratum(Strict):
    """A factor by which randomisation was stratified."""

    variable: str
    """Variable of the subject table."""
    label: str


class FollowUp(Strict):
    """How median follow-up is estimated."""

    endpoint: Identifier
    """Endpoint whose censoring times are the follow-up."""
    estimator: Literal["reverse-kaplan-meier"]


class Endpoint(Strict):
    """What both kinds of endpoint say of themselves."""

    label: str
    """Name of the endpoint."""
    event_label: str
    """What the event is."""
    curve_label: str
    """What the curve shows: the state of patients without the event."""
    rule: str
    """Event and censoring rule, in words."""


class DatedEndpoint(Endpoint):
    """An endpoint derived from dates of the subject table."""

    start: str
    """Date at which time is 0."""
    event: list[str] = Field(min_length=1)
    """Dates of the event; the earliest counts."""
    censor: str
    """Date at which patients without the event are censored."""


class RecordedEndpoint(Endpoint):
    """An endpoint given as AVAL and CNSR in the time table."""

    paramcd: str
    """Value of PARAMCD; CNSR = 0 is an event and CNSR = 1 a censored time, as in ADaM."""


class Phase(Strict):
    """A phase of the treatment."""

    id: Identifier
    label: str
    plan: str
    """Planned length, in words."""
    days: int = Field(gt=0)
    """Days of treatment, first and last included, with which the phase is complete."""
    start: str
    """Date of the first day."""
    end: str
    """Date of the last day; missing while treatment goes on."""
    ongoing_until: str
    """Date to which treatment that goes on is counted."""


class ResponseVisit(Strict):
    """A visit, or a phase, at which response is counted."""

    id: Identifier
    visit: str
    """Value of AVISIT."""
    label: str
    denominator: str
    """`analysed`, or the id of the phase that patients must have started."""


class Response(Strict):
    """Response categories of the International Myeloma Working Group, as recorded in ADRS."""

    arm: Identifier
    """Arm whose response is reported."""
    visits: list[ResponseVisit] = Field(min_length=1)


class Analysis(Strict):
    """What a protocol fixes."""

    conf_level: float = Field(gt=0, lt=1)
    conf_type: Literal["log-log", "log", "plain", "logit", "arcsine"]
    """Scale of the limits of survival."""
    ties: Literal["efron", "breslow"]
    """Partial likelihood at tied event times."""
    landmarks: list[Time]
    """Times at which survival is compared, in the unit of the study."""
    axis_times: list[Time] = Field(min_length=2)
    """Times of the axis and of the numbers at risk, increasing from 0."""

    @model_validator(mode="after")
    def _times_are_in_order(self):
        if self.axis_times[0] != 0 or any(one >= next_ for one, next_ in pairwise(self.axis_times)):
            raise ValueError(f"axis_times are {self.axis_times}: they must increase from 0")
        _check_distinct("landmarks", self.landmarks)
        return self


class Run(Strict):
    """A notebook and the parameters that it is run with."""

    notebook: Identifier
    """Name of the notebook, without its ending."""
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """Each must be declared in the notebook's parameters cell."""


def _kind_of_endpoint(endpoint):
    recorded = "paramcd" in endpoint if isinstance(endpoint, dict) else isinstance(endpoint, RecordedEndpoint)
    return "recorded" if recorded else "dated"


class Study(Strict):
    """Parameters of one study; one file is one report."""

    study: Identifier
    """Name of the study, and of its report folder."""
    title: str
    trial: str
    """The trial in a line: registration, design, place, years."""
    reference: str
    """The publication whose numbers are reproduced."""
    data: Data
    time_unit: Literal["days", "weeks", "months", "years"]
    """Unit of every time in parameters and results; a month is 365.25 / 12 days."""
    arms: Arms
    population: Population
    strata: list[Stratum] = Field(default_factory=list)
    follow_up: FollowUp | None = None
    endpoints: dict[
        Identifier,
        Annotated[
            Annotated[DatedEndpoint, Tag("dated")] | Annotated[RecordedEndpoint, Tag("recorded")],
            Discriminator(_kind_of_endpoint),
        ],
    ] = Field(min_length=1)
    phases: list[Phase] = Field(default_factory=list)
    response: Response | None = None
    analysis: Analysis
    runs: dict[Identifier, Run] = Field(min_length=1)
    """Sections of the report in their order, by name."""
    published: Annotated[list[Claim], BeforeValidator(lambda given: given or [])] = Field(default_factory=list)
    synthetic: CohortDesign | None = None
    """How the synthetic patients were made, when they were."""

    @model_validator(mode="after")
    def _names_are_known(self):
        for part in ("id", "value", "label"):
            _check_distinct(f"arms: {part}", [getattr(arm, part) for arm in self.arms.both])
        _check_distinct("strata: variable", [stratum.variable for stratum in self.strata])
        _check_distinct("phases: id", [phase.id for phase in self.phases])
        if self.synthetic and self.data.origin != "synthetic":
            raise ValueError("data.origin is 'patients', but the study says under synthetic how they were made")
        _check_known("follow_up.endpoint", self.follow_up and self.follow_up.endpoint, self.endpoints)
        for name, run in self.runs.items():
            _check_known(f"runs.{name}.parameters.endpoint", run.parameters.get("endpoint"), self.endpoints)
            if run.notebook == "response" and self.response is None:
                raise ValueError(f"runs.{name} counts response, but the study has no response section")
        self._check_response()
        for name, endpoint in self.endpoints.items():
            if isinstance(endpoint, RecordedEndpoint) and self.data.times is None:
                raise ValueError(f"endpoints.{name} has a paramcd, so data.times must name the table that holds it")
        return self

    def _check_response(self):
        if self.response is None:
            return
        if self.data.responses is None:
            raise ValueError("response is asked for, so data.responses must name the table that holds it")
        _check_known("response.arm", self.response.arm, [arm.id for arm in self.arms.both])
        _check_distinct("response.visits: id", [visit.id for visit in self.response.visits])
        _check_distinct("response.visits: label", [visit.label for visit in self.response.visits])
        known = ["analysed", *(phase.id for phase in self.phases)]
        for visit in self.response.visits:
            _check_known(f"response visit {visit.id}: denominator", visit.denominator, known)


def _check_distinct(place, names):
    """Refuse what is named twice: a record, a row or a curve of one would stand for the other."""
    repeated = [name for index, name in enumerate(names) if name in names[:index]]
    if repeated:
        raise ValueError(f"{place} {repeated[0]!r} is given twice")


def _check_known(place, name, known):
    if name is not None and name not in known:
        raise ValueError(f"{place} is {name!r}, which is not one of {', '.join(known)}")


def read_study(path):
    """Read a parameters file, refusing whatever is unknown, of the wrong type or missing.

    Parameters
    ----------
    path : str or Path
        The YAML file. Paths in it are relative to its folder.

    Returns
    -------
    Study
        With the paths of the data files joined to the folder of the parameters.

    Raises
    ------
    ParametersError
        Naming the file, the line, the key, the value and what is expected, for every problem found.
    """
    path = Path(path)
    content, line_of = read_yaml(path)
    try:
        study = Study.model_validate(content)
    except ValidationError as error:
        problems = [_problem(path, line_of, details) for details in error.errors()]
        raise ParametersError("\n".join(problems)) from None
    files = {name: str(path.parent / file) for name, file in study.data if name in DATA_FILES and file is not None}
    for name, file in files.items():
        if not Path(file).is_file():
            raise ParametersError(f"{path}:{line_of(('data', name))}: data.{name}: there is no file {file}.")
    return study.model_copy(update={"data": study.data.model_copy(update=files)})


DATA_FILES = ("subjects", "times", "responses")
TAGS = ("dated", "recorded")


def place_in(path, *place):
    """Where a key stands, as "file:line", for a message."""
    _, line_of = read_yaml(Path(path))
    return f"{path}:{line_of(place)}"


def _problem(path, line_of, details):
    """One problem in one line: where, what is wrong, and what is expected."""
    message = re.sub(r"^Value error, ", "", details["msg"])
    place = tuple(part for part in details["loc"] if part not in TAGS)
    if not place:  # said of the study as a whole: its message begins with the key that it is about
        place = tuple(message.split()[0].rstrip(":").split("."))
        message = message.partition(" ")[2]
    key = ".".join(map(str, place))
    known = {
        "extra_forbidden": "unknown key; check its spelling against params/schema.json",
        "missing": "this key is required and missing",
    }
    message = known.get(details["type"], message)
    given = details["input"]
    value = f", but is {given!r}" if isinstance(given, str | int | float | bool) else ""
    return f"{path}:{line_of(place)}: {key}: {message}{value}"
