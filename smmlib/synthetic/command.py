"""Make the synthetic cohorts of studies again: the tables of each, and its ensemble."""

import argparse
import sys
from pathlib import Path

from smmlib.command_line.arguments import add_jobs
from smmlib.command_line.children import ProcessPool
from smmlib.synthetic.calibrate import calibrated_cohort, cohort_tables
from smmlib.synthetic.compact import write_cohorts
from smmlib.synthetic.ensemble import walk
from smmlib.synthetic.write import ENSEMBLE_FILE, write_tables
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

FAILED = 1


def make_cohorts(params):
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
    ClaimError
        If a claim cannot be met; nothing is written then.
    """
    study = read_study(params, with_files=False)
    if study.synthetic is None:
        return []
    files = {name: Path(file) for name, file in study.data.tables.items()}
    cohort, random = calibrated_cohort(study)
    tables = cohort_tables(study, cohort, random)
    ensemble = study.synthetic.ensemble
    others = list(walk(study, cohort, ensemble.cohorts, ensemble.seed))
    written = list(write_tables(tables, files).values())
    compact = files["subjects"].with_name(ENSEMBLE_FILE)
    write_cohorts(others, compact)
    return [*written, compact]


def main(arguments=None):
    """Make the cohorts of every parameters file given, several side by side.

    Returns
    -------
    int
        0 when all were made, 2 when parameters cannot be used, 1 when a study's claims were not met.
    """
    parser = argparse.ArgumentParser(prog="python -m smmlib.synthetic", description="Make the synthetic cohorts.")
    parser.add_argument(
        "params", nargs="+", type=Path, help="parameters file of a study; others than synthetic are left alone"
    )
    add_jobs(parser, "studies")
    options = parser.parse_args(arguments)
    worst = 0
    with ProcessPool(min(options.jobs, len(options.params)), "spawn") as pool:
        made = {file: pool.submit(make_cohorts, file) for file in options.params}
        for file, future in made.items():
            try:
                for path in future.result():
                    print(f"wrote {path}")
            except ParametersError as error:
                print(error, file=sys.stderr)
                worst = max(worst, BAD_INPUT)
            except ValueError as error:
                print(f"{file}: nothing was written.\n{error}", file=sys.stderr)
                worst = max(worst, FAILED)
    return worst
