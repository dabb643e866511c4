"""Recorded numbers as text for the page, each linked to the cell that made it, with its range where it is no claim."""

import math

from markupsafe import Markup

from smmlib.display import formatting
from smmlib.display.formatting import DASH
from smmlib.report.labels import counted
from smmlib.report.standing import SAME
from smmlib.stats.results import Estimate

LINK = Markup('<a class="number" href="notebooks/{}.html#cell-id=cell-{}" title="{}">{}</a>')
APART = Markup('<span class="unpublished">{}</span>')
RANGE = Markup(' <span class="range">[{}]</span>')
UNBROKEN = Markup('<span class="unbroken">{}</span>')


class Numbers:
    """Recorded numbers as text for the templates.

    Parameters
    ----------
    study : Study
    records : mapping of str to Record
    runs : sequence of ExecutedRun
    standing : Standing
    """

    def __init__(self, study, records, runs, standing):
        self._study, self._records, self._standing = study, records, standing
        self._run_of = {record.name: run.name for run in runs for record in run.records}

    def has(self, name):
        return name in self._records

    def result(self, name):
        if name not in self._records:
            raise KeyError(f"the template asks for {name!r}, which no notebook recorded")
        return self._records[name].result

    def is_shown(self, name):
        """Whether a number was recorded, exists and is not masked."""
        return name in self._records and not math.isnan(self.result(name).value)

    def is_all(self, name):
        """Whether a count is of all the patients that it is a part of."""
        return self.result(name).value == self.result(name).n

    def link(self, name, text):
        """Text that leads to the cell; the method shows when pointed at."""
        record = self._records[name]
        return LINK.format(self._run_of[name], record.cell, record.result.method, text)

    def marked(self, name, text, *quantities):
        """Text of quantities of a record, set apart where none of them was published."""
        return APART.format(text) if self._standing.is_apart(name, *quantities) else text

    def bare(self, name):
        """The value without its range, for a tile that tells the range in a line of its own."""
        result = self.result(name)
        text = formatting.number_text(result.value, result.unit)
        return self.link(name, self.marked(name, text, "value"))

    def range_line(self, name, *quantities):
        """The range for a line of its own: [19.8–29.3 in 200 cohorts]; nothing where there is none to tell."""
        return self._range(name, *quantities, in_words=True)

    def value(self, name):
        return self.bare(name) + self._range(name, "value")

    def count(self, name):
        """The value for a sentence."""
        return self.bare(name) + self._range(name, "value", in_words=True)

    def interval(self, name):
        return self.marked(name, formatting.interval_text(self.result(name)), "low", "high")

    def estimate(self, name):
        """Value and interval, for a sentence: 0.18 (95% CI, 0.09 to 0.32)."""
        result = self.result(name)
        level = formatting.level_text(result.conf_level) if formatting.interval_text(result) else ""
        return self._with_interval(name, formatting.value_text(result), f"{level} CI, ", in_words=True)

    def cell(self, name):
        """Value and interval, for a table: 0.18 (0.09 to 0.32)."""
        result = self.result(name)
        return self._with_interval(name, formatting.number_text(result.value, result.unit), "", in_words=False)

    def share(self, name):
        """A count with its percentage: 45 (78.9%); without one of nobody, or where either is masked."""
        result = self.result(name)
        text = formatting.number_text(result.value, result.unit)
        if result.n and not math.isnan(result.value / result.n):
            text = f"{text} ({formatting.number_text(result.value / result.n, 'proportion')})"
        return self.link(name, self.marked(name, text, "value")) + self._range(name, "value")

    def patients(self, name):
        """The patients that a number rests on, unless they are masked."""
        text = formatting.number_text(float(self.result(name).n), "patients", missing=formatting.MASKED)
        return self.marked(name, text, "n") + self._range(name, "n")

    def what(self, name):
        """What a count counts, in words: its method is "Number of patients, death"."""
        return counted(self.result(name))

    def p_value(self, name):
        """With its sign, for a sentence: "P = 0.03", "P < 0.001"."""
        text = self._p_value_text(name)
        text = f"P\u00a0<\u00a0{text[1:]}" if text.startswith("<") else f"P\u00a0=\u00a0{text}"
        return self.link(name, self.marked(name, text, "p_value")) + self._range(name, "p_value", in_words=True)

    def p_value_cell(self, name):
        """Without its name, for a table: "0.03", "<0.001"."""
        text = self._p_value_text(name)
        return self.link(name, self.marked(name, text, "p_value")) + self._range(name, "p_value")

    def _p_value_text(self, name):
        result = self.result(name)
        return formatting.MASKED if formatting.is_masked(result) else formatting.p_value_text(result.p_value)

    def statistic(self, name):
        text = formatting.number_text(self.result(name).statistic, "statistic")
        return self.link(name, self.marked(name, text, "statistic")) + self._range(name, "statistic")

    def level(self, name):
        return formatting.level_text(self.result(name).conf_level)

    def of(self, run_name):
        """Names of the records of a run."""
        return [name for name, run in self._run_of.items() if run == run_name]

    def text(self, name):
        """Any record, whatever it is."""
        estimate = isinstance(self.result(name), Estimate)
        return self.estimate(name) if estimate else self.p_value(name)

    def _with_interval(self, name, value, before, *, in_words):
        """A value and, in brackets, its interval; what was published stands out from what was not."""
        interval = formatting.interval_text(self.result(name))
        quantities = ("value", "low", "high") if interval else ("value",)
        if interval and not self._standing.is_apart(name, *quantities):
            parts = self.marked(name, value, "value"), before, self.marked(name, interval, "low", "high")
            text = Markup("{} ({}{})").format(*parts)
        else:
            text = self.marked(name, f"{value} ({before}{interval})" if interval else value, *quantities)
        return self.link(name, text) + self._range(name, *quantities, in_words=in_words)

    def _range(self, name, *quantities, in_words=False):
        found = self._standing.range_of(name, *quantities)
        if not found:
            return Markup("")
        text = self._standing.over_cohorts(found) if in_words else found
        words = [text] if found == SAME else text.split(" ")
        words = [UNBROKEN.format(word) if DASH in word or found == SAME else word for word in words]
        return RANGE.format(Markup(" ").join(words))
