"""A published curve of one arm, and what was printed beside it: all that its patients are reconstructed from."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from smmlib.trial.parameters.strict import FileInFolder, Strict, Time, Words

Share = Annotated[int | float, Field(ge=0, le=1)]
PatientCount = Annotated[int, Field(ge=0)]


class AtRisk(Strict):
    """The numbers printed under the axis."""

    times: list[Time] = Field(min_length=1)
    patients: list[PatientCount]

    @model_validator(mode="after")
    def _one_number_a_time(self) -> Self:
        if len(self.times) != len(self.patients):
            raise ValueError(f"there are {len(self.times)} times and {len(self.patients)} numbers of patients")
        return self


class Landmark(Strict):
    """Survival at one time, as printed."""

    time: Time
    survival: Share


class DrawnCurve(Strict):
    """A curve in a vector figure, with its censor ticks and the numbers at risk under its label."""

    file: FileInFolder
    """SVG or PDF in which curves are lines, not a picture."""
    curve: Words | None = None
    """Label of the curve; that of the arm when left out."""
    page: int = Field(default=1, ge=1)
    """Page of a PDF."""
    panel: int | None = Field(default=None, ge=1)
    """Which figure of the page, row by row, where there are several."""
    time_ticks: list[Time] | None = None
    survival_ticks: list[Time] | None = None
    """Labels of the tick marks of an axis, rising, where they cannot be read as text."""


class PublishedCurve(Strict):
    """The curve of one arm, from a vector figure or as points, and the facts printed beside it."""

    points: FileInFolder | None = None
    """Table with the columns `time` and `survival`: the curve, digitised by any tool."""
    figure: DrawnCurve | None = None
    """The figure that the curve is in, to be digitised; instead of points."""
    patients: int = Field(ge=1, le=100_000)
    """Patients of the arm."""
    events: PatientCount | None = None
    """All events of the arm."""
    at_risk: AtRisk | None = None
    """Numbers at risk; those of the figure when left out."""
    censor_times: FileInFolder | None = None
    """Table with the column `time`: where censored patients are ticked; the ticks of the figure when left out."""
    median: Annotated[int | float, Field(gt=0, allow_inf_nan=False)] | None = None
    landmarks: list[Landmark] = Field(default_factory=list)
    method: Literal["optimised", "guyot"] = "optimised"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.points is None) == (self.figure is None):
            raise ValueError("give `points` or `figure`: one of the two")
        return self

    @property
    def files(self) -> dict[tuple[str, ...], str]:
        """Paths of the files that it is read from, by their place in the parameters."""
        drawn = {("figure", "file"): self.figure.file} if self.figure else {}
        given = {("points",): self.points, ("censor_times",): self.censor_times}
        return drawn | {place: path for place, path in given.items() if path is not None}

    @property
    def said(self) -> dict[str, Any]:
        """What the parameters say of it themselves, without the paths of its files."""
        return self.model_dump(exclude={"points": True, "censor_times": True, "figure": {"file"}})

    def with_paths(self, folder: Path) -> Self:
        """The same with each path joined to a folder."""
        given = {"points": self.points, "censor_times": self.censor_times}
        paths = {name: path and str(folder / path) for name, path in given.items()}
        figure = self.figure and self.figure.model_copy(update={"file": str(folder / self.figure.file)})
        return self.model_copy(update={**paths, "figure": figure})
