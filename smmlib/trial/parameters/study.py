"""The parameters of a study: what was pre-specified and what was published, read strictly from one YAML file."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from smmlib.plain_text import visible
from smmlib.stats.types import FollowUpEstimator
from smmlib.trial.categories import IMWG, ResponseScale
from smmlib.trial.parameters.adverse_events import Safety
from smmlib.trial.parameters.analysis_plan import Analysis, merged
from smmlib.trial.parameters.arms import Arm, Arms
from smmlib.trial.parameters.claim import Claim
from smmlib.trial.parameters.cohort_design import CohortDesign
from smmlib.trial.parameters.contradictions import contradictions
from smmlib.trial.parameters.covariates import (
    Characteristic,
    Covariate,
    ExposureMeasure,
    Subgroup,
    covariates_asked,
)
from smmlib.trial.parameters.data_files import Data
from smmlib.trial.parameters.endpoint_rules import (
    DatedEndpoint,
    EndpointLike,
    RecordedEndpoint,
    completed,
    kind_of_endpoint,
)
from smmlib.trial.parameters.messages import problem_line, validation_problems
from smmlib.trial.parameters.reconstructed_files import with_tables_of_curves
from smmlib.trial.parameters.response_plan import Assessments, Laboratory, Phase, Response
from smmlib.trial.parameters.run import Run
from smmlib.trial.parameters.sensitivity import Sensitivity
from smmlib.trial.parameters.strict import Day, FileInFolder, Identifier, Strict, Text, Words
from smmlib.trial.parameters.testing_plan import Testing
from smmlib.trial.parameters.yaml_source import ParametersError, read_yaml
from smmlib.trial.present import present
from smmlib.trial.regular_file import UnusableFileError, check_regular
from smmlib.trial.units import TimeUnit


class Population(Strict):
    """A set of patients to analyse."""

    label: Text
    """Name of the analysis set."""
    flag: str | None = None
    """Variable that is Y, or a date, for its patients, and N or nothing for others; all randomised when left out."""
    exclusion_reason: str | None = None
    """Variable that says why a randomised patient is not in it."""
    arm_variable: str | None = None
    """Variable of the arm that they count for, where that is not the randomised one: the treatment received."""


class Stratum(Strict):
    """A factor by which randomisation was stratified."""

    variable: str
    """Variable of the subject table."""
    label: Text


class Screening(Strict):
    """Who was assessed for the trial, which no table of randomised patients tells."""

    assessed: Annotated[int, Field(ge=1)]
    """Persons assessed for eligibility."""
    not_randomised: dict[Text, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """Of these, how many were not randomised for each reason; the others were, and are in the table of subjects."""


class FollowUp(Strict):
    """How median follow-up is estimated."""

    endpoint: Identifier
    """Endpoint whose censoring times are the follow-up."""
    estimator: FollowUpEstimator
    """What median follow-up means: from the censoring times of all, of those without the event, or time observed."""


class Study(Strict):
    """Parameters of one study; one file is one report."""

    study: Identifier
    """Name of the study, and of its report folder."""
    title: Text
    trial: Text
    """The trial in a line: registration, design, place, years."""
    reference: Text | None = None
    """The publication whose numbers are reproduced."""
    data: Data
    time_unit: TimeUnit
    """Unit of every time in parameters and results; a month is 365.25 / 12 days."""
    data_cutoff: Day | None = None
    """Last day that counts: everything later is as if it had not happened yet."""
    privacy: Literal["hashed", "identified"] = "hashed"
    """Whether tables that leave the data name patients by a hash of their identifier, or by the identifier itself."""
    suppress_below: int | None = Field(default=None, ge=2)
    """Counts under this number are masked in tables and figures, and what they could be worked out from."""
    page_data: Literal["event-tables", "analysis-data", "none"] = "analysis-data"
    """Patient data inside the page: all, or only times, events and response counts; none where counts are masked."""
    exchange: list[Literal["xpt", "dataset-json"]] = Field(default_factory=list)
    """Formats of the analysis data beside CSV: `xpt` is SAS transport, version 5, `dataset-json` that of CDISC, 1.1."""
    style: Literal["nejm", "lancet", "jama", "csr"] = "nejm"
    """How numbers are printed: decimals, P values and intervals as these journals, or the tables of a study report."""
    arms: Arms
    randomised: str | None = None
    """Variable that is filled, and not N, for randomised patients: RANDDT or RANDFL; all patients when left out."""
    screening: Screening | None = None
    """Who was assessed and not randomised, for the flow of patients."""
    populations: dict[Identifier, Population] = Field(min_length=1)
    """Analysis sets, by name."""
    population: Identifier
    """The one that is analysed."""
    safety_population: Identifier | None = None
    """The one in which adverse events are counted; the analysed one when left out."""
    severe_adverse_events: list[Words] = Field(default_factory=list)
    """Adverse events, as AEDECOD names them, of which patients with grade 3 or higher are counted one by one."""
    safety: Safety = Safety()
    """Which adverse events count, how they are classified, and which of them the tables show."""
    strata: list[Stratum] = Field(default_factory=list)
    baseline: list[Characteristic] = Field(default_factory=list)
    """Baseline characteristics of the analysed patients, in the order of their table."""
    disposition: list[Characteristic] = Field(default_factory=list)
    """How treatment and study ended for the analysed patients, and why, in the order of the table."""
    exposure: list[ExposureMeasure] = Field(default_factory=list)
    """How much treatment the patients of the safety population had, in the order of the table."""
    subgroups: list[Subgroup] = Field(default_factory=list)
    """Variables by which the arms are compared in subgroups, in the order of the forest plot."""
    follow_up: FollowUp | None = None
    endpoints: dict[
        Identifier,
        Annotated[
            Annotated[DatedEndpoint, Tag("dated")]
            | Annotated[RecordedEndpoint, Tag("recorded")]
            | Annotated[EndpointLike, AfterValidator(completed), Tag("like")],
            Discriminator(kind_of_endpoint),
        ],
    ] = Field(min_length=1)
    """What is measured: a rule written out, a bundled one (`like`), or times recorded in ADTTE (`paramcd`)."""
    assessments: Assessments | None = None
    phases: list[Phase] = Field(default_factory=list)
    laboratory: Laboratory | None = None
    response: Response | None = None
    analysis: Analysis
    testing: Testing | None = None
    """Which hypotheses are tested together, at which level and by which procedure."""
    sensitivity: Sensitivity = Sensitivity()
    """Other analyses of endpoints and responses, beside the main one of each."""
    runs: dict[Identifier, Run] = Field(min_length=1)
    """Sections of the report in their order, by name."""
    formats: list[Literal["pdf", "docx", "rtf"]] = Field(default=["pdf", "docx", "rtf"])
    """The report in other formats beside its page; [] for the page alone."""
    notebooks: FileInFolder | None = None
    """Folder of notebooks of one's own, beside this file; runs name them as they do the bundled ones."""
    published: Annotated[list[Claim], BeforeValidator(lambda given: given or [])] = Field(default_factory=list)
    synthetic: CohortDesign | None = None
    """How the synthetic patients were made, when they were."""

    @property
    def covariates(self) -> dict[str, Covariate]:
        """Variables of patients that the analysis data keep for tables and subgroups, each once."""
        return covariates_asked([*self.baseline, *self.subgroups, *self.disposition, *self.exposure])

    @property
    def described(self) -> dict[str, list[Characteristic]]:
        """What each table that describes patients shows, by the name of its section."""
        return {"baseline": self.baseline, "disposition": self.disposition, "exposure": [*self.exposure]}

    @property
    def response_scale(self) -> ResponseScale:
        """The categories of response; without a response section those that assessments may be recorded in."""
        return IMWG if self.response is None else self.response.resolved_scale

    @property
    def response_arms(self) -> list[Arm]:
        """The arms whose response is reported."""
        arm = present(self.response).arm
        return self.arms.levels if arm is None else [self.arms.named(arm)]

    @property
    def response_pairs(self) -> list[tuple[Arm, Arm]]:
        """The comparisons of arms whose response is reported, each arm with its reference."""
        reported = {arm.id for arm in self.response_arms}
        return [pair for pair in self.arms.pairs if {arm.id for arm in pair} <= reported]

    @property
    def reports_safety(self) -> bool:
        """Whether the report has a section of adverse events by system organ class and term."""
        return any(run.notebook == "safety" for run in self.runs.values())

    def analysis_of(self, endpoint: str) -> Analysis:
        """The analysis of an endpoint, named by its id: that of the study, with what the endpoint has otherwise."""
        return merged(self.analysis, self.endpoints[endpoint].analysis)

    @model_validator(mode="before")
    @classmethod
    def _tables_of_curves(cls, content: object) -> object:
        return with_tables_of_curves(content)

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        found = list(contradictions(self))
        if found:
            raise ValueError("\n".join(found))
        return self


def read_study(path: str | Path, *, with_files: bool = True) -> Study:
    """Read a parameters file, refusing whatever is unknown, of the wrong type or missing.

    Parameters
    ----------
    path : str or Path
        The YAML file. Paths in it are relative to its folder.
    with_files : bool
        Whether the tables must be there already. The files of curves always must; the tables that are made from them
        are looked at when they are read.

    Returns
    -------
    Study
        With the paths of the data files joined to the folder of the parameters.

    Raises
    ------
    ParametersError
        Naming the file, the line, the key, the value and what is expected, for every problem found.

    Examples
    --------
    From the folder of the project:

    >>> from smmlib.trial import read_study
    >>> study = read_study("params/freireich-1963.yaml")
    >>> study.time_unit, list(study.endpoints), [arm.label for arm in study.arms.levels]
    ('weeks', ['remission'], ['Placebo', '6-MP'])
    """
    path = Path(path)
    content, places = read_yaml(path)
    try:
        study = Study.model_validate(content)
    except ValidationError as error:
        raise ParametersError(*validation_problems(path, places, error)) from None
    study = study.model_copy(update={"data": study.data.with_paths(path.parent)})
    problems = [
        problem_line(path, places, place, unusable)
        for place, given in study.data.given_files.items()
        if (with_files or study.data.curves) and (unusable := _unusable(given))
    ]
    if problems:
        raise ParametersError(*problems)
    return study


def place_in(path: str | Path, *place: str | int) -> str:
    """Where a key stands, as "file:line", for a message."""
    _, places = read_yaml(Path(path))
    return visible(f"{path}:{places(place)}")


def _unusable(given: str) -> str:
    """Why a file cannot be read, or nothing."""
    try:
        check_regular(given)
    except UnusableFileError as error:
        return f"there is no file {given}" if error.is_absent else f"{given} {error}"
    return ""
