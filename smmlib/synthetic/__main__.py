"""Make the synthetic cohorts of studies again: the tables of each, and its ensemble.

python -m smmlib.synthetic params/quiredex-2013.yaml params/quiredex-2016.yaml
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from smmlib.ownership.files import SYNTHETIC, NotOursError, is_made_up, refuse_to_overwrite
from smmlib.synthetic.calibrate import calibrated_cohort, cohort_tables
from smmlib.synthetic.compact import is_ensemble, write_cohorts
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
    cohort, random = calibrated_cohort(study)
    tables = cohort_tables(study, cohort, random)
    ensemble = study.synthetic.ensemble
    others = list(walk(study, cohort, ensemble.cohorts, ensemble.seed))
    written = list(write_tables(tables, files).values())
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
    parser.add_argument("--jobs", type=int, default=os.environ.get("JOBS") or os.cpu_count(), help="studies at a time")
    options = parser.parse_args(arguments)
    worst = 0
    with ProcessPoolExecutor(max_workers=options.jobs) as pool:
        made = {file: pool.submit(make_cohorts, file) for file in options.params}
        for file, future in made.items():
            try:
                for path in future.result():
                    print(f"wrote {path}")
            except ParametersError as error:
                print(error, file=sys.stderr)
                worst = max(worst, BAD_INPUT)
            except NotOursError as error:
                print(f"{file}: nothing was written.\n{error}", file=sys.stderr)
                worst = max(worst, BAD_INPUT)
            except ValueError as error:
                print(f"{file}: nothing was written.\n{error}", file=sys.stderr)
                worst = max(worst, FAILED)
    return worst


if __name__ == "__main__":
    sys.exit(main())
