"""Numbers, titles and footnotes of the tables and figures of a page, in the order in which they stand there."""

import re

from markupsafe import Markup

CAPTION = Markup("<caption><strong>{}.</strong> {}</caption>")
HEADING = Markup("<h2>{}</h2>")
FOOTNOTE = Markup('<p class="footnote">{}</p>')
FIRST_HEADING = re.compile(r"<h2>.*?</h2>", re.DOTALL)
END_OF_TABLE = re.compile(r"</table>(?:\s*</div>)?")
START_OF_TABLE = re.compile(r"<table>")


class Numbering:
    """Counts tables and figures: through the report, or within a section that the parameters give a number.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study):
        self._runs, self._run = study.runs, None
        self._counts = {}

    def begin(self, run):
        """From here on tables and figures are those of a run; of none, where its name is empty."""
        self._run = self._runs.get(run)

    def caption(self, title):
        """The caption of the next table: its number, and a title in words."""
        return CAPTION.format(self._next("Table"), title[:1].upper() + title[1:])

    def figure(self):
        """The number of the next figure: "Figure 2", "Figure 14.2.1"."""
        return self._next("Figure")

    def captioned(self, html, title):
        """HTML of a text in which each table has a caption."""
        return Markup(START_OF_TABLE.sub(lambda start: f"{start[0]}{self.caption(title)}", html))

    def whole_section(self, run, body):
        """A section with the title and the footnotes that the parameters give its run.

        Parameters
        ----------
        run : str
        body : Markup
            The section, in which text of the study is escaped.

        Returns
        -------
        Markup
        """
        asked, html = self._runs[run], str(body)
        if asked.title is not None:
            heading = HEADING.format(asked.title)
            html = FIRST_HEADING.sub(lambda _: heading, html, count=1) if "<h2>" in html else f"{heading}\n{html}"
        notes = "".join(map(FOOTNOTE.format, asked.footnotes))
        return Markup(END_OF_TABLE.sub(lambda end: end[0] + notes, html))

    def _next(self, kind):
        prefix = f"{self._run.number}." if self._run is not None and self._run.number else ""
        count = self._counts[kind, prefix] = self._counts.get((kind, prefix), 0) + 1
        return f"{kind} {prefix}{count}"
