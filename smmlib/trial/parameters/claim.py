"""A published number, kept as text, because its printed precision is the test."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from smmlib.trial.parameters.strict import Strict, Text

NUMBER = r"^(-?\d+(\.\d+)? ?%?|not reached)$"
LIMIT = r"^-?\d+(\.\d+)? ?%?$"
TOLERANCE = r"^\d+(\.\d+)? ?%?$"
P_VALUE = r"^< ?0\.\d+$|^0\.\d+$"

PrintedNumber = Annotated[str, StringConstraints(pattern=NUMBER)]
PrintedLimit = Annotated[str, StringConstraints(pattern=LIMIT)]
Tolerance = Annotated[str, StringConstraints(pattern=TOLERANCE)]
PrintedPValue = Annotated[str, StringConstraints(pattern=P_VALUE)]


class Claim(Strict):
    """A published number, as printed: its printed precision is the test."""

    number: str
    """Name of the recorded number."""
    value: PrintedNumber | None = None
    interval: list[PrintedNumber] | None = Field(default=None, min_length=2, max_length=2)
    p_value: PrintedPValue | None = None
    statistic: PrintedLimit | None = None
    scale: Literal["log"] | None = None
    """`log` when the logarithm of the recorded number was published: a regression coefficient."""
    source: Text
    confidence: Literal["verified", "derived", "secondary"]
    """Read at the source, forced by arithmetic from what was read there, or quoted elsewhere."""
    tolerance: Tolerance | None = None
    """How far the reproduced value may be from the printed one, in the printed unit."""
    tolerance_reason: Text | None = None
    """Why there is a tolerance."""

    @property
    def printed(self) -> dict[str, str]:
        """The numbers printed, by the part of an estimate or a test that each is: "value", "low", "high" and so on."""
        low, high = self.interval or (None, None)
        parts = {"value": self.value, "low": low, "high": high, "statistic": self.statistic, "p_value": self.p_value}
        return {part: number for part, number in parts.items() if number is not None}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.printed:
            raise ValueError("a claim needs a value, an interval, a p_value or a statistic")
        if (self.tolerance is None) != (self.tolerance_reason is None):
            raise ValueError("tolerance and tolerance_reason go together: say both or neither")
        printed = self.value or (self.interval or [""])[0]
        if self.tolerance and self.tolerance.endswith("%") != printed.endswith("%"):
            raise ValueError(f"tolerance is {self.tolerance!r}, but the claim {printed!r}: give both in one unit")
        return self
