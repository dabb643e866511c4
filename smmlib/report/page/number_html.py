"""Numbers as HTML: each a link to the row of the executed notebook that shows it, its range in brackets beside it."""

from markupsafe import Markup

from smmlib.display.formatting import DASH
from smmlib.report.claims.publication_status import SAME
from smmlib.report.records.record import anchor

LINK = Markup('<a class="number"{} href="notebooks/{}.html#{}" title="{}">{}</a>')
OF_PATIENTS = Markup(' data-of="patients"')
UNPUBLISHED = Markup('<span class="unpublished">{}</span>')
RANGE = Markup('<span class="range"> [{}]</span>')
UNBROKEN = Markup('<span class="unbroken">{}</span>')


class NumberHtml:
    """Writes the numbers of a report as HTML.

    Parameters
    ----------
    records : mapping of Key to Record
    runs : sequence of ExecutedRun
    """

    def __init__(self, records, runs):
        self._records, self._shown = records, set()
        self._run_of = {record.key: run.name for run in runs for record in run.records}

    def number(self, number):
        """A `NumberText` with its link and its range.

        Parameters
        ----------
        number : NumberText

        Returns
        -------
        Markup
        """
        parts = [
            UNPUBLISHED.format(part.text) if part.is_unpublished else Markup.escape(part.text) for part in number.parts
        ]
        text = Markup("").join(parts)
        told = self.link(number.key, text, OF_PATIENTS if number.is_patients else "") if number.is_linked else text
        return told + self.range(number.range)

    def link(self, key, text, attribute=""):
        """Text that opens the number, or leads to it in its notebook where no script runs; pointed at, its method."""
        if not attribute:
            self._shown.add(key)
        return LINK.format(attribute, self._run_of[key], anchor(key), self._records[key].result.method, text)

    def not_shown(self):
        """Keys of the numbers that the page has not shown so far."""
        return [key for key in self._records if key not in self._shown]

    def range(self, found):
        """A range in brackets; nothing where there is none."""
        if not found:
            return Markup("")
        words = [found] if found == SAME else found.split(" ")
        words = [UNBROKEN.format(word) if DASH in word or found == SAME else word for word in words]
        return RANGE.format(Markup(" ").join(words))
