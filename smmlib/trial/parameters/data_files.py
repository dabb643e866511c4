"""Where the tables of a study are, whose data they hold, and what their columns are called."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ConfigDict, Field

from smmlib.trial.parameters.published_curves import PublishedCurve
from smmlib.trial.parameters.strict import FileInFolder, Identifier, Strict, Text
from smmlib.trial.parameters.table_rows import MISSING_MARKS, Acceptance, Code, Condition, FirstDay
from smmlib.trial.regular_file import path_in
from smmlib.trial.units import TimeUnit

Table = Literal["subjects", "times", "responses", "laboratory", "tumours", "exposure", "adverse_events"]
Origin = Literal["synthetic", "reconstructed", "patients"]
TABLES: tuple[Table, ...] = get_args(Table)
BUNDLED_TABLES = Path(__file__).parents[2] / "datasets"
LABELS: dict[Origin, str] = {
    "synthetic": "Synthetic patients",
    "reconstructed": "Reconstructed from published curves, not patients",
    "patients": "",
}
"""What a page and a figure say of their patients: nothing when they are real."""
SEPARATE = "Endpoints were reconstructed separately and cannot be joined by patient"


def _subjects_or_curves(schema: dict[str, Any]) -> None:
    """In the published schema the table of subjects is left out where curves make it."""
    schema["required"].remove("subjects")
    schema["oneOf"] = [{"required": ["subjects"]}, {"required": ["curves"]}]


class Data(Strict):
    """Where the tables are, and whose data they hold."""

    model_config = ConfigDict(json_schema_extra=_subjects_or_curves)

    origin: Origin
    """Synthetic and reconstructed patients are labelled so on every page."""
    note: Text
    """What the data are, in the report's words."""
    bundled: Identifier | None = None
    """Name of a data set that comes with the package; paths are then inside it instead of beside this file."""
    subjects: FileInFolder
    """ADSL, one row a patient; a path inside the folder of this file. CSV, Parquet, XPT, SAS7BDAT or Dataset-JSON."""
    times: FileInFolder | None = None
    """ADTTE, for endpoints given as AVAL and CNSR."""
    responses: FileInFolder | None = None
    """ADRS, one row a patient and visit."""
    responses_paramcd: Code | None = None
    """Value of PARAMCD whose rows of ADRS are the responses, where ADRS holds other parameters too."""
    laboratory: FileInFolder | None = None
    """ADLB, one row a patient, day and test."""
    tumours: FileInFolder | None = None
    """ADTR, one row a patient, day and measurement: the sums of diameters, for the waterfall figure."""
    exposure: FileInFolder | None = None
    """ADEX, of which the measures under `exposure` have one row a patient."""
    adverse_events: FileInFolder | None = None
    """ADAE, one row an event."""
    salt: FileInFolder | None = None
    """File with the secret that patients' identifiers are hashed with; `salt.txt` beside ADSL when left out."""
    columns: dict[Table, dict[str, str]] = Field(default_factory=dict)
    """For tables whose columns have other names: by table, the name used in this file and the name in the table."""
    missing: list[str] = Field(default_factory=lambda: list(MISSING_MARKS))
    """Cells that stand for a missing value, in every column of every table; the empty cell always does."""
    where: dict[Table, Annotated[dict[str, Condition], Field(min_length=1)]] = Field(default_factory=dict)
    """By table, the rows that count: variables, each with the value, or the list of values, that its rows hold, or
    with `not:` and those that they do not hold. Other rows are passed over."""
    aval_unit: TimeUnit | None = None
    """Unit of AVAL in the table of times; that of AVALU, of PARAM in brackets, or of the study when left out."""
    first_day: FirstDay | None = None
    """Day that AVAL gives to the day of STARTDT; where it is 1, every recorded time is taken as AVAL less one day."""
    accept: list[Acceptance] = Field(default_factory=list)
    """Patients whose records contradict one another and who are analysed nevertheless, each with the reason."""
    curves: dict[Identifier, dict[Identifier, PublishedCurve]] | None = Field(default=None, min_length=1)
    """Published curves by endpoint and arm; the tables are then reconstructed from them, and none is named here."""

    @property
    def label(self) -> str:
        """What a page and a figure say of the patients: nothing when they are real."""
        return LABELS[self.origin]

    @property
    def separate(self) -> str:
        """What must be said where several endpoints were reconstructed; nothing otherwise."""
        return SEPARATE if self.curves and len(self.curves) > 1 else ""

    @property
    def description(self) -> str:
        """What the data are: what is said of all such patients first, then what this study says."""
        return " ".join([*(f"{text}." for text in (self.label, self.separate) if text), self.note])

    @property
    def tables(self) -> dict[Table, str]:
        """Paths of the tables that the study has, by name."""
        return {name: getattr(self, name) for name in TABLES if getattr(self, name) is not None}

    @property
    def given_files(self) -> dict[tuple[str, ...], str]:
        """Paths of the files that must be there, by their place in the parameters: the tables, or the curves."""
        if self.curves is None:
            return {("data", name): path for name, path in self.tables.items()}
        return {
            ("data", "curves", endpoint, arm, *place): path
            for endpoint, arms in self.curves.items()
            for arm, curve in arms.items()
            for place, path in curve.files.items()
        }

    def with_paths(self, beside: Path) -> Self:
        """The same for a parameters file in the folder `beside`, each path joined to the folder that it is inside of.

        Reconstructed tables are beside the parameters, also where the curves are bundled.
        """
        folder = BUNDLED_TABLES / self.bundled if self.bundled else beside
        of_tables = beside if self.curves else folder
        paths = {name: path_in(of_tables, file) for name, file in self.tables.items()}
        salt = path_in(folder, self.salt) if self.salt else str(Path(paths["subjects"]).with_name("salt.txt"))
        curves = self.curves and {
            endpoint: {arm: curve.with_paths(folder) for arm, curve in arms.items()}
            for endpoint, arms in self.curves.items()
        }
        changed: dict[str, object] = {"salt": salt, "curves": curves}
        return self.model_copy(update=changed | paths)
