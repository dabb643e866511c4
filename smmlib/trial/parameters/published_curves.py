"""A published curve of one arm, and what was printed beside it: all that its patients are reconstructed from."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from smmlib.trial.parameters.strict import FileInFolder, Strict, Time, Words

CURVE_FILES = ("points", "figure", "censor_times")
Share = Annotated[int | float, Field(ge=0, le=1)]
Patients = Annotated[int, Field(ge=0)]


class AtRisk(Strict):
    """The numbers printed under the axis."""

    times: list[Time] = Field(min_length=1)
    patients: list[Patients]

    @model_validator(mode="after")
    def _one_number_a_time(self):
        if len(self.times) != len(self.patients):
            raise ValueError(f"there are {len(self.times)} times and {len(self.patients)} numbers of patients")
        return self


class Landmark(Strict):
    """Survival at one time, as printed."""

    time: Time
    survival: Share


class PublishedCurve(Strict):
    """The curve of one arm, from a vector figure or as points, and the facts printed beside it."""

    points: FileInFolder | None = None
    """CSV with the columns `time` and `survival`: the curve, digitised by any tool."""
    figure: FileInFolder | None = None
    """SVG or PDF whose curves are paths: it is digitised, with its censor ticks and numbers at risk."""
    curve: Words | None = None
    """Label of the curve in the figure; the label of the arm when left out."""
    page: int = Field(default=1, ge=1)
    """Page of the figure, where it is in a PDF of several."""
    patients: int = Field(ge=1)
    """Patients of the arm."""
    events: Patients | None = None
    """All events of the arm."""
    at_risk: AtRisk | None = None
    """Numbers at risk; those of the figure when left out."""
    censor_times: FileInFolder | None = None
    """CSV with the column `time`: where censored patients are ticked; the ticks of the figure when left out."""
    median: Annotated[int | float, Field(gt=0, allow_inf_nan=False)] | None = None
    landmarks: list[Landmark] = Field(default_factory=list)
    method: Literal["optimised", "guyot"] = "optimised"

    @model_validator(mode="after")
    def _one_source(self):
        if (self.points is None) == (self.figure is None):
            raise ValueError("give `points` or `figure`: one of the two")
        if self.figure is None and {"curve", "page"} & self.model_fields_set:
            raise ValueError("`curve` and `page` are of a figure, but the curve is given as points")
        return self

    def with_paths(self, folder):
        """The same with each path joined to a folder."""
        paths = {name: getattr(self, name) for name in CURVE_FILES}
        return self.model_copy(update={name: path and str(folder / path) for name, path in paths.items()})
