"""What is wrong with a table, told all at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from smmlib.errors import SmmlibError
from smmlib.plain_text import visible

MOST_ROWS = 5
MOST_COUNTED = 10_000
"""Problems of one kind that are looked for: with millions they would take more memory than their table."""
LONGEST_SHOWN = 100
BAD_INPUT = 2
"""Exit code of a command whose parameters or tables cannot be used."""


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
    """

    file: str
    place: str
    column: str
    what: str

    def __str__(self) -> str:
        what = " ".join(filter(None, [self.column, self.what]))
        return visible(": ".join(filter(None, [self.file, self.place, what])))


class DataError(SmmlibError):
    """Tables that cannot be used, with every problem found in them.

    Parameters
    ----------
    problems : sequence of Problem
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(_lines(self.problems))


def quoted(text: str) -> str:
    """What a cell holds, for a message: in quotes and escaped, and cut where it is long."""
    return repr(text) if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]!r}..."


def counted(problems: Iterable[Problem], file: str, column: str = "") -> Iterator[Problem]:
    """The first of the problems that an iterable gives and, where it gives many more, one that says so."""
    problems = iter(problems)
    yield from islice(problems, MOST_COUNTED)
    if next(problems, None) is not None:
        yield Problem(file, "", column, f"has more of these: only the first {MOST_COUNTED:,} were counted")


def _lines(problems: Iterable[Problem]) -> Iterator[str]:
    """A line a problem; what is wrong in many rows of one column is shown for the first, and counted."""
    alike = defaultdict(list)
    for problem in problems:
        expected = problem.what.rpartition("must be")[2]
        alike[problem.file, problem.column, expected].append(problem)
    for group in alike.values():
        yield from map(str, group[:MOST_ROWS])
        if len(group) > MOST_ROWS:
            rest = group[MOST_ROWS:]
            of = f"{rest[0].file}: {rest[0].column}".removesuffix(": ")
            yield visible(f"{of}: {len(rest)} more of the same kind, the last in {rest[-1].place}.")
