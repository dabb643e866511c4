"""A study with the patients of another cohort, and what is asked of every cohort of an ensemble, in processes."""

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from smmlib.report.range_file import ENSEMBLE_FILE, beside_subjects

COHORTS_AT_A_TIME = 5


class EnsembleError(ValueError):
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


@contextmanager
def study_of(study, cohort):
    """The study with its tables written from a cohort, to be read and checked as those of any study.

    Parameters
    ----------
    study : Study
    cohort : dict of str to DataFrame
        A table of texts for each that the study has.

    Yields
    ------
    Study
        Its files are there until the context ends.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.csv" for name in study.data.tables}
        for name, file in files.items():
            cohort[name].to_csv(file, index=False, lineterminator="\n")
        data = study.data.model_copy(update={name: str(file) for name, file in files.items()})
        yield study.model_copy(update={"data": data})


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
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(function, cohorts, chunksize=COHORTS_AT_A_TIME)
