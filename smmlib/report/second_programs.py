"""The programs that compute the numbers of a run again, each in a process of its own beside the notebooks."""

from concurrent.futures.process import BrokenProcessPool
from functools import partial as bound

from smmlib.command_line.children import ProcessPool
from smmlib.command_line.faults import one_line
from smmlib.errors import SmmlibError
from smmlib.report.verification.r_program import RError, RProgram
from smmlib.report.verification.verify import recompute

PYTHON, R = "the second implementation", "the second implementation in R"


class SecondProgramError(SmmlibError):
    """A second program that stopped."""


class SecondPrograms:
    """Other Python packages, and R where it is on this machine.

    Parameters
    ----------
    forked : bool
        Whether processes are forked from the server of the run.
    """

    def __init__(self, forked):
        self._packages, self._r = ProcessPool(1, "forkserver" if forked else "spawn"), RProgram()

    def jobs(self, task, keys, folder):
        """What is to be run side by side: of the packages a list of tuples comes back, of R `NumbersOfR`.

        Parameters
        ----------
        task : Task
        keys : list of Key
            The numbers that R is asked for.
        folder : Path
            Where the run keeps its analysis data.

        Returns
        -------
        dict of str to callable
        """
        return {PYTHON: bound(self._by_packages, task, folder), R: bound(self._by_r, task, keys, folder)}

    def kill(self):
        """End them, and with errors what was asked of them."""
        self._packages.kill()
        self._r.kill()

    def _by_packages(self, task, folder):
        try:
            with self._packages:
                return self._packages.submit(recompute, str(task.params_file), folder).result()
        except BrokenProcessPool:
            raise SecondProgramError(f"{PYTHON} was killed, or ran out of memory.") from None
        except Exception as error:
            raise SecondProgramError(f"{PYTHON} stopped: {one_line(error)}.") from error

    def _by_r(self, task, keys, folder):
        try:
            return self._r.recompute(task.study, keys, folder)
        except RError as error:
            raise SecondProgramError(f"{R} stopped: {error}.") from None
        except Exception as error:
            raise SecondProgramError(f"{R} stopped: {one_line(error)}.") from error
