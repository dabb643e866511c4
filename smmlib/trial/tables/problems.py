"""What is wrong with a table, told all at once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from smmlib.errors import SmmlibError
from smmlib.plain_text import visible

MOST_LINES = 2
"""Rows with one mistake that have a line each; of more, one line shows the first."""
MOST_ROWS, MOST_VALUES = 5, 3
"""Rows, and values, that such a line shows."""
MOST_ACCEPTABLE = 5
"""Patients whom the advice lists."""
MOST_COUNTED = 10_000
"""Problems of one kind that are looked for: with millions they would take more memory than their table."""
LONGEST_SHOWN = 100
BAD_INPUT = 2
"""Exit code of a command whose parameters or tables cannot be used."""


@dataclass(frozen=True)
class Acceptable:
    """A patient who may be let through although the records contradict one another.

    Attributes
    ----------
    patient : str
        USUBJID.
    check : str
        What is held against one another: a key of `smmlib.trial.parameters.table_rows.CHECKS`.
    source : str
        Where the patient's identifier stands: "line 6 of adsl.csv".
    is_named : bool
        Whether a message may hold the identifier.
    """

    patient: str
    check: str
    source: str
    is_named: bool

    @property
    def line(self) -> str:
        """What lets the patient through, as it is written under `data.accept`."""
        if self.is_named:
            return f"- {{patient: {json.dumps(self.patient)}, check: {self.check}, reason: ...}}"
        return f"- {{patient: ..., check: {self.check}, reason: ...}} # patient: USUBJID in {self.source}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    file : str
        The table, as the parameters name it.
    place : str
        Where in it: "line 6", "record 5", or nothing for the table as a whole.
    column : str
        The variable, under the name that the file gives it; nothing where it is about the row or the table.
    what : str
        What is wrong, with the value, and what is expected: "is '2020-02-30', but must be a date that exists".
    acceptable : tuple of Acceptable
        Patients who may be let through in spite of it.
    """

    file: str
    place: str
    column: str
    what: str
    acceptable: tuple[Acceptable, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        what = " ".join(filter(None, [self.column, self.what]))
        return visible(": ".join(filter(None, [self.file, self.place, what])))


@dataclass(frozen=True)
class Contradiction(Problem):
    """Facts of a patient that cannot both be true; a patient may be let through in spite of it.

    Attributes
    ----------
    check : str
        What is held against one another: a key of `smmlib.trial.parameters.table_rows.CHECKS`.
    patient : str
        USUBJID.
    """

    check: str
    patient: str


class DataError(SmmlibError):
    """Tables that cannot be used, with every problem found in them.

    Parameters
    ----------
    problems : sequence of Problem
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__(self.problems)

    @property
    def causes(self) -> list[str]:
        """A line a cause: what is wrong with many cells of one column in one way is told once."""
        return list(_lines(self.problems))

    def __str__(self) -> str:
        return "\n".join([*self.causes, *_advice(self.problems)])


def quoted(text: str) -> str:
    """What a cell holds, for a message: in quotes and escaped, and cut where it is long."""
    return repr(text) if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]!r}..."


def counted(problems: Iterable[Problem], file: str, column: str = "") -> Iterator[Problem]:
    """The first of the problems that an iterable gives and, where it gives many more, one that says so."""
    problems = iter(problems)
    yield from islice(problems, MOST_COUNTED)
    if next(problems, None) is not None:
        yield Problem(file, "", column, f"has more of these: only the first {MOST_COUNTED:,} were counted")


def _lines(problems: Sequence[Problem]) -> Iterator[str]:
    """What is wrong with many cells of one column in one way is told once, with the first of them."""
    alike = defaultdict(list)
    for problem in problems:
        held, but, expected = problem.what.rpartition("must be")
        alike[problem.file, problem.column, expected if but else held + expected, bool(problem.place)].append(problem)
    for group in alike.values():
        yield from map(str, group) if len(group) <= MOST_LINES or not group[0].place else [_line_of_many(group)]


def _line_of_many(group: Sequence[Problem]) -> str:
    """What is wrong with many rows: "lines 4, 5, 9 and 37 more: AVAL is '<1', '<2', ..., but must be a number"."""
    word, _, first = group[0].place.partition(" ")
    numbers = [first, *(problem.place.partition(" ")[2] for problem in group[1:MOST_ROWS])]
    more = len(group) - len(numbers)
    places = f"{word}s {', '.join(numbers)}{f' and {more} more' if more else ''}"
    _, but, expected = group[0].what.rpartition(", but must be")
    if not but:
        return str(replace(group[0], place=places))
    values = list(dict.fromkeys(problem.what.rpartition(", but must be")[0].removeprefix("is ") for problem in group))
    shown = ", ".join(values[:MOST_VALUES]) + (", ..." if len(values) > MOST_VALUES else "")
    return str(replace(group[0], place=places, what=f"is {shown}, but must be{expected}"))


def _advice(problems: Sequence[Problem]) -> Iterator[str]:
    """How what is true in spite of it is let through: the lines to write."""
    acceptable = list(dict.fromkeys(each for problem in problems for each in problem.acceptable))
    if not acceptable:
        return
    yield "Where the records of a patient are right in spite of this, write under accept of data, and the reason."
    yield from (f"  {each.line}" for each in acceptable[:MOST_ACCEPTABLE])
    if len(acceptable) > MOST_ACCEPTABLE:
        yield f"  # and so for {len(acceptable) - MOST_ACCEPTABLE} more"
