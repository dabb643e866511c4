"""Numbers given to a command by an option or by the environment, refused in words when they are none."""

import argparse
import math
import os
import re

from smmlib.places import params_file


def add_studies(parser: argparse.ArgumentParser) -> None:
    """Add the studies that a command is about, by their parameters files or the names of bundled ones.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument(
        "params", nargs="+", type=params_file, help="parameters file of a study, or the name of a bundled one"
    )


def add_jobs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add `--jobs`, which `JOBS` sets too.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    what : str
        What is done so many at a time.
    """
    parser.add_argument(
        "--jobs",
        type=_positive_whole,
        default=os.environ.get("JOBS") or os.cpu_count(),
        help=f"{what} at a time; JOBS sets it too",
    )


def add_job_timeout(parser: argparse.ArgumentParser, default: float) -> None:
    """Add `--job-timeout`, which `JOB_TIMEOUT` sets too.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    default : float
        In seconds.
    """
    parser.add_argument(
        "--job-timeout",
        type=_positive_seconds,
        metavar="SECONDS",
        default=os.environ.get("JOB_TIMEOUT") or default,
        help=f"longest time for one notebook or the second implementation, {default:g} s if not given; "
        "JOB_TIMEOUT sets it too",
    )


def _positive_whole(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(f"JOBS is {text!r}, but must be a whole number, 1 to 9999")
    return int(text)


def _positive_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"JOB_TIMEOUT is {text!r}, but must be a number of seconds, more than 0")
    return seconds
