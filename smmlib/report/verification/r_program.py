"""R as a second program: the script of the folder `r`, run in a process of its own, and what it prints."""

import csv
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smmlib.analysis.keys import Key
from smmlib.command_line.children import starting
from smmlib.command_line.killed_with_parent import killed_with_parent
from smmlib.errors import SmmlibError
from smmlib.report.verification.r_questions import write_questions
from smmlib.trial.parameters.study import Study

SCRIPTS = Path(__file__).parent / "r"
PROGRAM = "R"
QUANTITIES = ("value", "low", "high", "std_error", "statistic", "p_value")
COLUMNS = ("number", *QUANTITIES, "why")
WITHOUT_SURVIVAL = "without survival"
NO_RSCRIPT = "Rscript is not on this machine"
NO_SURVIVAL = "R on this machine is without its package survival"
LONGEST_COMPLAINT = 300
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""There is little algebra, and notebooks run beside it."""


class RError(SmmlibError):
    """R stopped, or printed what cannot be read."""


@dataclass(frozen=True)
class NumbersOfR:
    """What R computed.

    Attributes
    ----------
    numbers : list of (Key, str, float, str)
        Key, quantity, value, program.
    version : str
        Of R, with those of its packages; empty where R computed nothing.
    why_not : dict of Key to str
        Why R did not compute a number.
    absent : str
        Why R computed nothing at all; empty where it did.
    """

    numbers: list[tuple[Key, str, float, str]] = field(default_factory=list)
    version: str = ""
    why_not: Mapping[Key, str] = field(default_factory=dict)
    absent: str = ""


class RProgram:
    """R, where it is on this machine, as a process that can be killed from another thread."""

    def __init__(self) -> None:
        self._rscript = shutil.which("Rscript")
        self._process: subprocess.Popen[bytes] | None = None

    def recompute(self, study: Study, keys: Sequence[Key], folder: Path) -> NumbersOfR:
        """Have R compute the numbers of a study from its analysis data.

        Parameters
        ----------
        study : Study
        keys : sequence of Key
        folder : Path
            Where the run keeps its analysis data.

        Returns
        -------
        NumbersOfR

        Raises
        ------
        RError
            If R stops, is killed, or prints what it should not.
        """
        with tempfile.TemporaryDirectory(prefix="smmlib-") as questions:
            write_questions(study, keys, Path(questions))
            return self.answers(keys, folder, Path(questions))

    def answers(self, keys: Sequence[Key], folder: Path, questions: Path) -> NumbersOfR:
        """What R answers to questions that are there already.

        Parameters
        ----------
        keys : sequence of Key
            The numbers that are asked for, in the order of the questions.
        folder, questions : Path
            Of the analysis data, and of the questions.

        Returns
        -------
        NumbersOfR

        Raises
        ------
        RError
            If R stops, is killed, or prints what it should not.
        """
        if not keys:
            return NumbersOfR()
        if self._rscript is None:
            return NumbersOfR(absent=NO_RSCRIPT)
        with tempfile.TemporaryDirectory(prefix="smmlib-") as temporary:
            return numbers_of(self._run([str(folder.resolve()), str(questions.resolve())], temporary), keys)

    def kill(self) -> None:
        """End R, and with an error what was asked of it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def _run(self, arguments: list[str], temporary_folder: str) -> str:
        """What the script prints; its temporary files go where they are removed even when it is killed."""
        command = killed_with_parent([str(self._rscript), "--vanilla", "verify.R", *arguments])
        environment = os.environ | {"TMPDIR": temporary_folder, "LANGUAGE": "en", **ONE_THREAD}
        with starting():
            self._process = subprocess.Popen(
                command,
                cwd=SCRIPTS,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        printed, complaints = self._process.communicate()
        if self._process.returncode < 0:
            raise RError("it was killed, or ran out of memory")
        if self._process.returncode:
            raise RError(_one_line(complaints.decode("utf-8", "replace")) or "it does not say why")
        return printed.decode("utf-8", "replace")


def _one_line(complaints: str) -> str:
    """From the first error on, without the line that says that R stopped."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip() and line.strip() != "Execution halted"]
    first = next((place for place, line in enumerate(lines) if line.startswith("Error")), 0)
    return " ".join(lines[first:])[:LONGEST_COMPLAINT].rstrip(".")


def numbers_of(printed: str, keys: Sequence[Key]) -> NumbersOfR:
    """The numbers that the script printed: a line with the versions, and a row a number in the order of the keys.

    Parameters
    ----------
    printed : str
    keys : sequence of Key

    Returns
    -------
    NumbersOfR

    Raises
    ------
    RError
        If it is anything else.
    """
    version, _, table = printed.partition("\n")
    if version.strip() == WITHOUT_SURVIVAL:
        return NumbersOfR(absent=NO_SURVIVAL)
    reader = csv.reader(io.StringIO(table, newline=""))
    header, rows = tuple(next(reader, ())), list(reader)
    if header != COLUMNS:
        raise RError(f"it printed {printed.strip()[:LONGEST_COMPLAINT]!r}, and no table of numbers")
    if len(rows) != len(keys):
        raise RError(f"it printed {len(rows)} numbers, and was asked for {len(keys)}")
    numbers, why_not = [], {}
    for place, (key, row) in enumerate(zip(keys, rows, strict=True), start=1):
        found = _cells(row, place)
        numbers += [(key, quantity, value, PROGRAM) for quantity, value in found.items()]
        if row[-1]:
            why_not[key] = row[-1]
    return NumbersOfR(numbers, version.strip(), why_not)


def _cells(row: list[str], place: int) -> dict[str, float]:
    """The quantities of a number that R computed, NaN where it says that there is none."""
    try:
        number, *cells, _ = row
        if len(cells) != len(QUANTITIES) or number != str(place):
            raise ValueError
        given = {quantity: cell for quantity, cell in zip(QUANTITIES, cells, strict=True) if cell}
        return {quantity: float("nan" if cell == "NA" else cell) for quantity, cell in given.items()}
    except ValueError:
        raise RError(f"it printed {','.join(row)[:LONGEST_COMPLAINT]!r} as its number {place}") from None
