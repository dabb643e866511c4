"""What a notebook does with its numbers and figures: records each by name, shows them, and gives them to the report."""

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from html import escape

from IPython import get_ipython
from IPython.display import display

from smmlib.display.figures import svg_text
from smmlib.display.formatting import MASKED, estimate_text, is_masked, p_value_text, rounded
from smmlib.plain_text import csv_text
from smmlib.report.disclosure import (
    NOTHING,
    counts_among,
    hidden_of_endpoints,
    masked,
    nothing_small_left,
    without_small_counts,
)
from smmlib.report.records import CELLS_KEY, FIGURE_KEY, RECORDS_MIME, TABLE_KEY, TABLE_MIME, Record, is_missing
from smmlib.report.suppression import suppressed
from smmlib.stats.results import Estimate, HypothesisTest

FIRST_ROWS, LONGEST_WHOLE = 20, 12


class Records(Mapping):
    """The numbers, tables and figures of one run of a notebook, by name; each name is recorded once.

    Parameters
    ----------
    run : str
        First part of every name.
    study : Study, optional
        Says whose numbers they are, and which counts are too small to be shown; without one, nothing is masked.
    """

    def __init__(self, run, study=None):
        self.run, self._study = run, study
        self._limit = study.suppress_below if study else None
        self._records, self._hide_events = {}, False

    def __setitem__(self, name, result):
        if not isinstance(result, Estimate | HypothesisTest):
            raise TypeError(f"record {name!r} of {self.run} is {result!r}: record an Estimate or a HypothesisTest.")
        if name in self._records:
            raise ValueError(f"record {name!r} of {self.run} is recorded already: give each number a name of its own.")
        self._records[name] = Record(f"{self.run}.{name}", result, _current_cell())

    def __getitem__(self, name):
        if name not in self._records:
            raise KeyError(f"no record {name!r} in {self.run}; there are {', '.join(self._records)}")
        return self._records[name].result

    def __iter__(self):
        return iter(self._records)

    def __len__(self):
        return len(self._records)

    def mask(self, margins):
        """Hide the counts that the study says are too small to be shown, and what they could be worked out from."""
        limit = self._limit
        if limit is None:
            return
        counts = counts_among(self) | margins.unshown
        hidden = nothing_small_left(margins, counts, suppressed(counts, margins.sums, limit), limit)
        behind = {name for name, given_away in margins.behind.items() if hidden.intersection(given_away)}
        for name in (hidden | behind) & self._records.keys():
            self._replace(name, masked(self[name], limit))
        for total, parts in margins.sums:
            if total in hidden:
                for name in self._records.keys() & set(parts):
                    self._replace(name, replace(self[name], n=NOTHING))
        for name in margins.uncounted:
            self._replace(name, replace(self[name], n=NOTHING, events=NOTHING))
        self._hide_events = bool(hidden)

    def mask_endpoint(self, tables):
        """Hide what is small of an endpoint's events, reasons and numbers at risk; the other endpoints count too."""
        limit = self._limit
        if limit is None:
            return
        hidden = hidden_of_endpoints(self._study, tables)[self.run]
        hidden |= {name for name, count in counts_among(self).items() if name.startswith("at_risk.") and count < limit}
        for name in hidden:
            self._replace(name, masked(self[name], limit))
        self._hide_events = any(name.startswith("events.") for name in hidden)

    def _replace(self, name, result):
        self._records[name] = replace(self._records[name], result=result)

    def table(self, name, frame):
        """Show the first rows of a table of patients and give all of it to the report.

        Where small counts are masked nothing is shown or given: they could be counted in it.
        """
        if self._limit is not None:
            print("A row a patient: not shown, because counts under suppress_below could be counted in it.")
            return
        whole = frame.assign(data=self._study.data.origin)
        text = csv_text(whole.columns, whole.itertuples(index=False))
        data = {"text/html": _html_frame(frame.head(FIRST_ROWS)), TABLE_MIME: text}
        display(data, raw=True, metadata={TABLE_KEY: f"{self.run}.{name}"})

    def figure(self, name, figure, *, alt):
        """Show a figure in the notebook and give it to the report; `alt` says in words what it shows."""
        data = {"image/svg+xml": svg_text(figure), "text/plain": alt}
        display(data, raw=True, metadata={FIGURE_KEY: {"name": f"{self.run}.{name}", "alt": alt}})

    def finished(self):
        """All records, without what is too small to be shown.

        Returns
        -------
        list of Record
        """
        if self._limit is not None:
            for name, result in self.items():
                limited = without_small_counts(result, self._limit, hide_events=self._hide_events)
                self._replace(name, limited)
        return list(self._records.values())

    def write(self):
        """Show all records as a table in the notebook and give them to the report; the last line of a notebook."""
        records = self.finished()
        data = {
            RECORDS_MIME: [_to_json(record) for record in records],
            "text/html": _html_table(records),
            "text/plain": "\n".join(f"{record.name} = {result_text(record.result)}" for record in records),
        }
        # which cell made a number says nothing of it: as metadata it is not compared when a notebook is run again
        display(data, raw=True, metadata={CELLS_KEY: [record.cell for record in records]})


def result_text(result):
    """A result in a line of text."""
    if isinstance(result, Estimate):
        return estimate_text(result)
    if is_masked(result):
        return MASKED
    if math.isnan(result.p_value):
        return "not estimable"
    statistic = f"chi-square {rounded(result.statistic, 2)}, " if result.df else ""
    return f"{statistic}P = {p_value_text(result.p_value)}".replace("= <", "< ")


def _current_cell():
    """Number of the running cell in IPython, or 0."""
    shell = get_ipython()
    # inputs so far, for IPython raises its count of executions before a cell or after it, as the version will have it
    return len(shell.user_ns["In"]) - 1 if shell else 0


def _to_json(record):
    """A result as JSON: not estimable is null, because JSON has no NaN."""
    fields = {name: None if is_missing(value) else value for name, value in asdict(record.result).items()}
    return {"name": record.name, "kind": type(record.result).__name__, **fields}


def _html_table(records):
    rows = [(record.name, record.result.arm, result_text(record.result), record.result.method) for record in records]
    return _html(("Record", "Arm", "Result", "Method"), rows)


def _html_frame(frame):
    return _html(frame.columns, [[_cell(value) for value in row] for row in frame.itertuples(index=False)])


def _cell(value):
    """A value of a table of patients; times are rounded for the eye, in the file they are not."""
    if value is None or value != value:
        return ""
    return rounded(value, 2) if isinstance(value, float) else str(value)


def _html(head, rows):
    """A table whose cells are text, in JupyterLab too, which would take what is between two $ for a formula."""
    titles = "".join(f"<th style='text-align:left'>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in rows)
    return f"<table class='mathjax_ignore'><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _html_cell(text):
    """Names, dates and numbers are not broken over two lines."""
    whole = ";white-space:nowrap" if len(text) <= LONGEST_WHOLE else ""
    return f"<td style='text-align:left{whole}'>{escape(text)}</td>"
