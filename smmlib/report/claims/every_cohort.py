"""What is asked of every cohort of an ensemble, in processes."""

from tempfile import TemporaryDirectory

from smmlib.calibration.table_files import ENSEMBLE_FILE
from smmlib.command_line.children import ProcessPool
from smmlib.errors import SmmlibError
from smmlib.report.claims.range_file import beside_subjects
from smmlib.trial.regular_file import UnusableFileError, check_regular

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
    try:
        check_regular(file)
    except UnusableFileError as error:
        what = f"there is no {file}" if error.is_absent else f"{file} {error}"
        raise EnsembleError(f"{study.study}: {what}; `make cohorts` makes it.") from None
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
