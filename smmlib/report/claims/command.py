"""Write the ranges of synthetic studies over their ensembles, and draw them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from smmlib.calibration.ensemble_file import read_cohorts
from smmlib.command_line.arguments import add_jobs, add_studies
from smmlib.command_line.faults import FAILED
from smmlib.errors import SmmlibError
from smmlib.ownership.files import NotOursError
from smmlib.plain_text import say
from smmlib.report.claims.ensemble_spread import figure_file, make_figure
from smmlib.report.claims.every_cohort import ensemble_file
from smmlib.report.claims.ranges import make_ranges
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the ranges of each study.

    Returns
    -------
    int
        0 when all were written; 2 when parameters, tables or an ensemble cannot be used, or a file that is not ours is
        in the way.
    """
    options = _parse(arguments)
    worst = 0
    for file in options.params:
        try:
            _write(file, options)
        except (NotOursError, ParametersError) as error:
            say(f"{error}\nNothing was written.")
            worst = BAD_INPUT
        except SmmlibError as error:
            say(f"error: {error}")
            worst = max(worst, FAILED)
    return worst


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="smmlib ranges", description="Write how far the numbers of synthetic studies vary over their ensembles."
    )
    add_studies(parser)
    parser.add_argument("--figures", type=Path, metavar="FOLDER", help="draw each ensemble too, as FOLDER/STUDY.png")
    add_jobs(parser, "processes")
    return parser.parse_args(arguments)


def _write(params_file, options):
    study = read_study(params_file)
    figure = figure_file(study, options.figures) if options.figures else None  # refused before any work is done
    file, cohorts = make_ranges(params_file, read_cohorts(ensemble_file(study)), jobs=options.jobs)
    say(f"wrote {file}, over {cohorts} cohorts", sys.stdout)
    if figure:
        make_figure(study, read_cohorts(ensemble_file(study)), figure, jobs=options.jobs)
        say(f"wrote {figure}", sys.stdout)
