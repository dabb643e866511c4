"""Where the tables of a study are, whose data they hold, and what their columns are called."""

from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import Field, field_validator

from smmlib.trial.parameters.strict import Identifier, Strict

TABLES = ("subjects", "times", "responses", "laboratory", "adverse_events")
BUNDLED_TABLES = Path(__file__).parents[2] / "datasets"


class Data(Strict):
    """Where the tables are, and whose data they hold."""

    origin: Literal["synthetic", "patients"]
    """Synthetic patients are labelled so on every page."""
    note: str
    """What the data are, in the report's words."""
    bundled: Identifier | None = None
    """Name of a data set that comes with the package; paths are then inside it instead of beside this file."""
    subjects: str
    """ADSL, one row a patient; a path inside the folder of this file. CSV, Parquet, XPT, SAS7BDAT or Dataset-JSON."""
    times: str | None = None
    """ADTTE, for endpoints given as AVAL and CNSR."""
    responses: str | None = None
    """ADRS, one row a patient and visit."""
    responses_paramcd: str | None = None
    """Value of PARAMCD whose rows of ADRS are the responses, where ADRS holds other parameters too."""
    laboratory: str | None = None
    """ADLB, one row a patient, day and test."""
    adverse_events: str | None = None
    """ADAE, one row an event."""
    salt: str | None = None
    """File with the secret that patients' identifiers are hashed with; `salt.txt` beside ADSL when left out."""
    columns: dict[Literal[*TABLES], dict[str, str]] = Field(default_factory=dict)
    """For tables whose columns have other names: by table, the name used in this file and the name in the table."""

    @field_validator(*TABLES, "salt")
    @classmethod
    def _stays_in_the_folder(cls, path):
        """Paths are read as written: a link that somebody put into the folder is theirs to follow."""
        if path is not None:
            parts = PurePosixPath(path.replace("\\", "/"))
            if not parts.parts:
                raise ValueError("the path names no file")
            if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
                raise ValueError(
                    "the path leads out of the study's folder; put the table, or a link to it, beside this file"
                )
        return path

    @property
    def label(self):
        """What a figure says of its patients: nothing when they are real."""
        return "Synthetic patients" if self.origin == "synthetic" else ""

    @property
    def tables(self):
        """Paths of the tables that the study has, by name."""
        return {name: getattr(self, name) for name in TABLES if getattr(self, name) is not None}

    def folder(self, beside):
        """Folder that the paths are inside of, for a parameters file in the folder `beside`."""
        return BUNDLED_TABLES / self.bundled if self.bundled else beside
