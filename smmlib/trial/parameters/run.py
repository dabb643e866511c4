"""Parameters of the runs: each a notebook, and a section of the report with its title, number and footnotes."""

from typing import Annotated

from pydantic import Field, StringConstraints

from smmlib.trial.parameters.strict import Identifier, Strict, Words

SECTION_NUMBER = r"^[0-9]+(\.[0-9]+)*$"


class Run(Strict):
    """A notebook and the parameters that it is run with, and how its section is headed."""

    notebook: Identifier
    """Name of the notebook, without its ending."""
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """Each must be declared in the notebook's parameters cell."""
    title: Words | None = None
    """Title of the section, instead of the usual one."""
    number: Annotated[str, StringConstraints(pattern=SECTION_NUMBER, max_length=30)] | None = None
    """Number of the section, "14.2": its tables are 14.2.1, 14.2.2 and so on, and its figures likewise."""
    footnotes: list[Words] = Field(default_factory=list)
    """Text below each table of the section."""
