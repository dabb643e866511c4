"""Make the synthetic cohorts of studies again: the tables of each, and its ensemble."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from smmlib.analysis.claims import ClaimError
from smmlib.calibration.calibrate import calibrated_cohort, cohort_tables
from smmlib.calibration.ensemble import walk
from smmlib.calibration.ensemble_file import is_ensemble, write_cohorts
from smmlib.calibration.table_files import ENSEMBLE_FILE, write_tables
from smmlib.command_line.arguments import add_jobs
from smmlib.command_line.children import ProcessPool
from smmlib.errors import SmmlibError
from smmlib.ownership.files import SYNTHETIC, NotOursError, is_made_up, refuse_to_overwrite
from smmlib.plain_text import say
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

FAILED = 1


def make_cohorts(params: Path) -> list[Path]:
    """Calibrate the cohort of a study, walk to its ensemble, and write both when every cohort meets every claim.

    Parameters
    ----------
    params : str or Path

    Returns
    -------
    list of Path
        The files written; none for a study that is not synthetic.

    Raises
    ------
    ParametersError
        If the parameters cannot be used, or a claim is about a number that the study does not have.
    CalibrationError
        If a claim cannot be met. Nothing is written in either case.
    NotOursError
        If other files are where these would be written.
    """
    study = read_study(params, with_files=False)
    if study.synthetic is None:
        return []
    files = {name: Path(file) for name, file in study.data.tables.items()}
    compact = files["subjects"].with_name(ENSEMBLE_FILE)
    refuse_to_overwrite(files.values(), partial(is_made_up, label=SYNTHETIC))
    refuse_to_overwrite([compact], is_ensemble)
    try:
        tables, others = _calibrated(study)
    except ClaimError as error:
        raise ParametersError(error.within(params)) from None
    written = list(write_tables(tables, files).values())
    write_cohorts(others, compact)
    return [*written, compact]


def _calibrated(study):
    """Tables of the cohort, and of each of its ensemble."""
    cohort, random = calibrated_cohort(study)
    tables = cohort_tables(study, cohort, random)
    ensemble = study.synthetic.ensemble
    return tables, list(walk(study, cohort, ensemble.cohorts, ensemble.seed))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the cohorts of every parameters file given, several side by side.

    Returns
    -------
    int
        0 when all were made, 2 when parameters cannot be used, 1 when a study's claims were not met.
    """
    parser = argparse.ArgumentParser(prog="smmlib cohorts", description="Make the synthetic cohorts.")
    parser.add_argument(
        "params", nargs="+", type=Path, help="parameters file of a study; others than synthetic are left alone"
    )
    add_jobs(parser, "studies")
    options = parser.parse_args(arguments)
    worst = 0
    with ProcessPool(options.jobs, "spawn") as pool:
        made = {file: pool.submit(make_cohorts, file) for file in options.params}
        for file, future in made.items():
            try:
                for path in future.result():
                    say(f"wrote {path}", sys.stdout)
            except ParametersError as error:
                say(error)
                worst = max(worst, BAD_INPUT)
            except NotOursError as error:
                say(f"{file}: nothing was written.\n{error}")
                worst = max(worst, BAD_INPUT)
            except SmmlibError as error:
                say(f"{file}: nothing was written.\n{error}")
                worst = max(worst, FAILED)
    return worst
