"""What a notebook does with its numbers and figures: shows them, records each by its key, gives them to the report."""

import math
from collections.abc import Mapping
from html import escape

from IPython import get_ipython
from IPython.display import display

from smmlib.analysis.keys import Key
from smmlib.display.figures import svg_text
from smmlib.display.formatting import MASKED, estimate_text, is_masked, p_value_in_words, rounded
from smmlib.display.styles import use_style
from smmlib.plain_text import csv_text
from smmlib.report.disclosure.masked_numbers import masked_numbers, shown_alone
from smmlib.report.records.labels import label
from smmlib.report.records.record import (
    CELLS_KEY,
    FIGURE_KEY,
    READS_KEY,
    RECORDS_MIME,
    TABLE_KEY,
    TABLE_MIME,
    Record,
    anchor,
    record_as_json,
)
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.watched_study import parameters_read

FIRST_ROWS, LONGEST_WHOLE = 20, 12


class Records(Mapping):
    """The numbers, tables and figures of one run of a notebook; each key is recorded once.

    Parameters
    ----------
    run : str
        Name of the run, for numbers of a notebook of one's own that are recorded under a name.
    data : AnalysisData or Study, optional
        Says whose numbers they are, and which counts are too small to be shown; without it, nothing is masked.
    """

    def __init__(self, run, data=None):
        self.run = run
        self._study = data.study if isinstance(data, AnalysisData) else data
        self._limit = self._study.suppress_below if self._study else None
        if self._study:
            use_style(self._study.style)
        self._masked = masked_numbers(data) if self._limit is not None and isinstance(data, AnalysisData) else {}
        self._records, self._shown = {}, set()

    def add(self, numbers):
        """Record numbers and show them as a table under the cell.

        Parameters
        ----------
        numbers : mapping of Key to Estimate or HypothesisTest
        """
        for key, result in numbers.items():
            self[key] = result
        if numbers:
            self._show([self._records[key] for key in numbers])

    def __setitem__(self, key, result):
        key = Key(self.run, key) if isinstance(key, str) else key
        if not isinstance(result, Estimate | HypothesisTest):
            raise TypeError(f"record {key.name!r} of {self.run} is {result!r}: record an Estimate or a HypothesisTest.")
        if key in self._records:
            raise ValueError(
                f"record {key.name!r} of {self.run} is recorded already: give each number a name of its own."
            )
        self._records[key] = Record(key, self._as_shown(key, result), _current_cell())

    def __getitem__(self, key):
        key = Key(self.run, key) if isinstance(key, str) else key
        if key not in self._records:
            known = ", ".join(key.name for key in self._records)
            raise KeyError(f"no record {key.name!r} in {self.run}; there are {known}")
        return self._records[key].result

    def __iter__(self):
        return iter(self._records)

    def __len__(self):
        return len(self._records)

    def _as_shown(self, key, result):
        """A result without what is too small to be shown; of a number of one's own, what it says by itself."""
        if self._limit is None:
            return result
        return self._masked[key] if key in self._masked else shown_alone(result, self._limit)

    def table(self, name, frame):
        """Show the first rows of a table of patients and give all of it to the report.

        Where small counts are masked nothing is shown or given: they could be counted in it.
        """
        whole = frame.assign(data=self._study.data.origin)
        text = csv_text(whole.columns, whole.itertuples(index=False))
        self._show_patients(frame, {TABLE_MIME: text}, {TABLE_KEY: f"{self.run}.{name}"})

    def patients(self, frame):
        """Show the first rows of a table of patients; nothing of it where small counts are masked."""
        self._show_patients(frame, {}, {})

    def _show_patients(self, frame, given, metadata):
        if self._limit is not None:
            print("Not shown, because counts under suppress_below could be counted in it.")
            return
        display({"text/html": _html_frame(frame.head(FIRST_ROWS)), **given}, raw=True, metadata=metadata)

    def figure(self, name, figure, *, alt):
        """Show a figure in the notebook and give it to the report; `alt` says in words what it shows."""
        data = {"image/svg+xml": svg_text(figure), "text/plain": alt}
        display(data, raw=True, metadata={FIGURE_KEY: {"name": f"{self.run}.{name}", "alt": alt}})

    def write(self):
        """Give all records to the report; the last line of a notebook."""
        records = list(self._records.values())
        unshown = [record for record in records if record.key not in self._shown]
        if unshown:
            self._show(unshown)
        data = {
            RECORDS_MIME: [record_as_json(record) for record in records],
            "text/plain": f"{len(records)} numbers are recorded.",
        }
        # which cell made a number says nothing of it: as metadata it is not compared when a notebook is run again
        metadata = {CELLS_KEY: [record.cell for record in records], READS_KEY: sorted(parameters_read())}
        display(data, raw=True, metadata=metadata)

    def _show(self, records):
        """A table of numbers; each row can be linked to."""
        self._shown |= {record.key for record in records}
        rows = [(record.key, (self._label(record.key), *_result_and_method(record.result))) for record in records]
        text = "\n".join(f"{record.key.name} = {result_text(record.result)}" for record in records)
        display({"text/html": _html_numbers(rows), "text/plain": text}, raw=True)

    def _label(self, key):
        return label(self._study, key) if self._study else key.name


def _result_and_method(result):
    return result_text(result), result.method


def result_text(result):
    """A result in a line of text."""
    if isinstance(result, Estimate):
        return estimate_text(result)
    if is_masked(result):
        return MASKED
    if math.isnan(result.p_value):
        return "not estimable"
    statistic = f"chi-square {rounded(result.statistic, 2)}, " if result.df else ""
    return f"{statistic}{p_value_in_words(result.p_value)}"


def _current_cell():
    """Number of the running cell in IPython, or 0."""
    shell = get_ipython()
    # inputs so far, for IPython raises its count of executions before a cell or after it, as the version will have it
    return len(shell.user_ns["In"]) - 1 if shell else 0


def _html_numbers(rows):
    """Each row can be linked to by its anchor."""
    head = _html_head(("Number", "Result", "Method"))
    body = "".join(f"<tr id='{anchor(key)}'>{''.join(map(_html_cell, cells))}</tr>" for key, cells in rows)
    return _html_table(head, body)


def _html_frame(frame):
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    body = "".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in rows)
    return _html_table(_html_head(frame.columns), body)


def _html_table(head, body):
    """A table whose cells are text, in JupyterLab too, which would take what is between two $ for a formula."""
    return f"<table class='mathjax_ignore'>{head}<tbody>{body}</tbody></table>"


def _cell(value):
    """A value of a table of patients; times are rounded for the eye, in the file they are not."""
    if value is None or value != value:
        return ""
    return rounded(value, 2) if isinstance(value, float) else str(value)


def _html_head(titles):
    cells = "".join(f"<th style='text-align:left'>{escape(title)}</th>" for title in titles)
    return f"<thead><tr>{cells}</tr></thead>"


def _html_cell(text):
    """Names, dates and numbers are not broken over two lines."""
    whole = ";white-space:nowrap" if len(text) <= LONGEST_WHOLE else ""
    return f"<td style='text-align:left{whole}'>{escape(text)}</td>"
