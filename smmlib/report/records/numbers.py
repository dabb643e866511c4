"""Recorded numbers as text, each marked where it was not published, with its range over cohorts."""

import math
from dataclasses import dataclass

from smmlib.display import formatting
from smmlib.display.styles import style
from smmlib.report.records.labels import counted, decimals_of
from smmlib.stats.results import Estimate


@dataclass(frozen=True)
class Part:
    """A piece of the text of a number.

    Attributes
    ----------
    text : str
    is_unpublished : bool
        Whether it is to be set apart, because none of it was published.
    """

    text: str
    is_unpublished: bool = False


@dataclass(frozen=True)
class NumberText:
    """A number as text.

    Attributes
    ----------
    key : Key
    parts : tuple of Part
        One after another they are the text.
    range : str
        Where the number lies over the cohorts that give back what was published; empty where there is none to tell.
    is_linked : bool
        Whether the text leads to the notebook where a format has links; not where another text of the number does.
    is_patients : bool
        Whether it says how many patients the number rests on, and not the number itself.
    """

    key: object
    parts: tuple
    range: str = ""
    is_linked: bool = True
    is_patients: bool = False

    def __str__(self):
        return "".join(part.text for part in self.parts)


class Numbers:
    """Recorded numbers as text, whatever the format of the report.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Record
    status : PublicationStatus
    """

    def __init__(self, study, records, status):
        self._study, self._records, self._status = study, records, status

    def __contains__(self, key):
        return key in self._records

    def result(self, key):
        """The result of a key."""
        if key not in self._records:
            raise KeyError(f"the page asks for {key.name!r}, which no notebook recorded")
        return self._records[key].result

    def keys(self, **fields):
        """Keys of the records whose fields are as given, in the order in which they were recorded."""
        return [key for key in self._records if all(getattr(key, name) == value for name, value in fields.items())]

    def is_shown(self, key):
        """Whether a number was recorded, exists and is not masked."""
        return key in self._records and not math.isnan(self.result(key).value)

    def is_masked(self, key):
        """Whether a number is not shown."""
        return formatting.is_masked(self.result(key))

    def are_none(self, **fields):
        """Whether all counts whose fields are as given are zero, and shown to be."""
        return all(self.result(key).value == 0 for key in self.keys(**fields))

    def is_all(self, key):
        """Whether a count is of all the patients that it is a part of."""
        return self.result(key).value == self.result(key).n

    def bare(self, key):
        """The value without its range, for a tile that tells the range in a line of its own."""
        result, decimals = self.result(key), decimals_of(self._study, key)
        text = formatting.number_text(result.value, result.unit, decimals=decimals)
        return NumberText(key, (self._part(key, text, "value"),))

    def value(self, key):
        """The value alone."""
        return NumberText(key, self.bare(key).parts, self._range(key, "value"))

    def count(self, key):
        """The value for a sentence, which says what its range is over."""
        return NumberText(key, self.bare(key).parts, self._range(key, "value", in_words=True))

    def range_line(self, key, *quantities):
        """The range for a line of its own: "19.8-29.3 in 200 cohorts"; nothing where there is none to tell."""
        return self._range(key, *quantities, in_words=True)

    def interval(self, key):
        """The interval; no text where there is none."""
        return self.marked(key, formatting.interval_text(self.result(key)), "low", "high")

    def estimate(self, key):
        """Value and interval, for a sentence: 0.18 (95% CI, 0.09 to 0.32)."""
        result = self.result(key)
        return self._with_interval(
            key, formatting.value_text(result), formatting.before_interval(result), in_words=True
        )

    def cell(self, key):
        """Value and interval, for a table: 0.18 (0.09 to 0.32)."""
        result = self.result(key)
        return self._with_interval(key, formatting.number_text(result.value, result.unit), "", in_words=False)

    def share(self, key):
        """A count with its percentage: 45 (78.9%); without one of nobody, or where either is masked."""
        result = self.result(key)
        text = formatting.number_text(result.value, result.unit)
        if result.n and not math.isnan(result.value / result.n):
            text = f"{text} ({formatting.number_text(result.value / result.n, 'proportion')})"
        return NumberText(key, (self._part(key, text, "value"),), self._range(key, "value"))

    def proportion(self, key):
        """A proportion with the counts that it is made of: 31/70 (44.3%); without them where they are masked."""
        result = self.result(key)
        text = formatting.number_text(result.value, result.unit)
        if not math.isnan(result.events + result.n):
            text = f"{result.events:.0f}/{result.n:.0f} ({text})"
        return NumberText(key, (self._part(key, text, "value"),), self._range(key, "value"))

    def of_patients(self, key):
        """A count, or a rate, as patients of how many: 13 of 57; as it is where either is masked."""
        result = self.result(key)
        count = result.value if result.unit == "patients" else result.events
        if math.isnan(count + result.n):
            return self.value(key)
        text = f"{count:.0f} of {result.n:.0f}"
        return NumberText(key, (self._part(key, text, "value"),), self._range(key, "value"))

    def patients(self, key):
        """The patients that a number rests on, unless they are masked."""
        text = formatting.number_text(float(self.result(key).n), "patients", missing=formatting.MASKED)
        return NumberText(key, (self._part(key, text, "n"),), self._range(key, "n"), is_patients=True)

    def what(self, key):
        """What a count counts, in words."""
        return counted(self._study, key)

    def p_value(self, key):
        """With its sign, for a sentence: "P = 0.03", "P < 0.001", "P not estimable"."""
        result = self.result(key)
        masked = f"{style().p} {formatting.MASKED}"
        text = masked if formatting.is_masked(result) else formatting.p_value_in_words(result.p_value)
        text = text.replace(" ", "\u00a0", 2)
        return NumberText(key, (self._part(key, text, "p_value"),), self._range(key, "p_value", in_words=True))

    def p_value_cell(self, key):
        """Without its name, for a table: "0.03", "<0.001"."""
        return NumberText(key, (self._part(key, self._p_value_text(key), "p_value"),), self._range(key, "p_value"))

    def p_value_beside_level(self, key):
        """Without its name and with four decimals, for a table that holds it against a level: "0.0124"."""
        result = self.result(key)
        masked = formatting.is_masked(result)
        text = formatting.MASKED if masked else formatting.p_value_beside_level(result.p_value)
        return NumberText(key, (self._part(key, text, "p_value"),), self._range(key, "p_value"))

    def statistic(self, key):
        """The statistic of a test."""
        result = self.result(key)
        text = formatting.number_text(result.statistic, "statistic")
        text = formatting.MASKED if formatting.is_masked(result) else text
        return NumberText(key, (self._part(key, text, "statistic"),), self._range(key, "statistic"))

    def level(self, key):
        """The confidence level in percent."""
        return formatting.level_text(self.result(key).conf_level)

    def text(self, key):
        """Any record, whatever it is."""
        return self.estimate(key) if isinstance(self.result(key), Estimate) else self.p_value(key)

    def marked(self, key, text, *quantities):
        """A text of some quantities of a number, set apart where none of them was published."""
        return NumberText(key, (self._part(key, text, *quantities),), is_linked=False)

    def _part(self, key, text, *quantities):
        return Part(text, self._status.is_unpublished(key, *quantities))

    def _p_value_text(self, key):
        result = self.result(key)
        return formatting.MASKED if formatting.is_masked(result) else formatting.p_value_text(result.p_value)

    def _with_interval(self, key, value, before, *, in_words):
        """A value and, in brackets, its interval; what was published stands out from what was not."""
        result = self.result(key)
        if formatting.has_no_interval(result):
            text = f"{value} ({formatting.NO_INTERVAL})"
            return NumberText(key, (self._part(key, text, "value"),), self._range(key, "value", in_words=in_words))
        interval = formatting.interval_text(result)
        quantities = ("value", "low", "high") if interval else ("value",)
        if interval and not self._status.is_unpublished(key, *quantities):
            limits = self._part(key, interval, "low", "high")
            parts = (self._part(key, value, "value"), Part(f" ({before}"), limits, Part(")"))
        else:
            text = f"{value} ({before}{interval})" if interval else value
            parts = (self._part(key, text, *quantities),)
        return NumberText(key, parts, self._range(key, *quantities, in_words=in_words))

    def _range(self, key, *quantities, in_words=False):
        found = self._status.range_of(key, *quantities)
        return self._status.over_cohorts(found) if found and in_words else found
