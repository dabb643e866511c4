"""What is asked of every cohort of an ensemble, in processes."""

from tempfile import TemporaryDirectory

from smmlib.calibration.table_files import ENSEMBLE_FILE
from smmlib.command_line.children import ProcessPool
from smmlib.errors import SmmlibError
from smmlib.report.range_file import beside_subjects

COHORTS_AT_A_TIME = 5


class EnsembleError(SmmlibError):
    """A study without the cohorts that are asked for."""


def ensemble_file(study):
    """Path of the cohorts that give back the same published numbers as the study's own.

    Raises
    ------
    EnsembleError
        If there is none.
    """
    file = beside_subjects(study, ENSEMBLE_FILE)
    if not file.is_file():
        raise EnsembleError(f"{study.study}: there is no {file}; `make cohorts` makes it.")
    return file


def of_every_cohort(function, cohorts, jobs):
    """What a function says of each cohort, in their order.

    Parameters
    ----------
    function : callable
        Of a cohort; of a module's top level, for it is sent to other processes.
    cohorts : iterable of dict of str to DataFrame
    jobs : int
        Processes.

    Yields
    ------
    object
    """
    with TemporaryDirectory() as folder, ProcessPool(jobs, "spawn", folder) as pool:
        yield from pool.map(function, cohorts, chunksize=COHORTS_AT_A_TIME)
