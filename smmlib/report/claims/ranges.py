"""Ranges of a synthetic study's numbers over the cohorts that meet its claims as well as its own cohort does."""

import math
from functools import partial

from smmlib.analysis.sections import study_numbers
from smmlib.calibration.cohort_analysis import cohort_numbers
from smmlib.errors import SmmlibError
from smmlib.report.claims.every_cohort import of_every_cohort
from smmlib.report.claims.range_file import Range, ranges_file, write_ranges
from smmlib.stats.results import Estimate
from smmlib.trial import derive, read_study

ESTIMATED, TESTED = ("value", "low", "high", "n"), ("statistic", "p_value", "n")


class RangesError(SmmlibError):
    """Ranges that cannot be told, and why."""


def ranges_over(cohorts, own):
    """The range of each number over the cohorts.

    Parameters
    ----------
    cohorts : iterable of dict of Key to Estimate or HypothesisTest
        The numbers of each cohort.
    own : dict of Key to Estimate or HypothesisTest
        The same of the study's own cohort: the numbers whose ranges are wanted.

    Returns
    -------
    dict of (Key, str) to Range
        By key and quantity. Of a cohort that lacks a number it is not estimable; but a count that it lacks, because
        nobody there has that reason, is 0.
    """
    found = {quantity: [] for quantity in quantities_of(own)}
    for numbers in cohorts:
        for key, quantity in found:
            found[key, quantity].append(_in_cohort(numbers.get(key), own[key], quantity))
    return {key: _range(values) for key, values in found.items()}


def quantities_of(numbers):
    """What is told of each number, by key and quantity: a value and its limits, a statistic and its P value, n.

    Returns
    -------
    dict of (Key, str) to float
    """
    return {
        (key, quantity): getattr(result, quantity)
        for key, result in numbers.items()
        for quantity in _quantities(result)
    }


def _quantities(result):
    """A count has no limits."""
    if not isinstance(result, Estimate):
        return TESTED
    return [name for name in ESTIMATED if name not in ("low", "high") or not math.isnan(result.conf_level)]


def _in_cohort(result, own, quantity):
    """A quantity in one cohort; of a count that it does not have, nobody."""
    if result is not None:
        return getattr(result, quantity)
    return 0 if quantity == "value" and own.unit == "patients" else math.nan


def _range(values):
    estimable = [value for value in values if not math.isnan(value)]
    ends = (min(estimable), max(estimable)) if estimable else (math.nan, math.nan)
    return Range(*map(float, ends), len(values), len(values) - len(estimable))


def make_ranges(params_file, cohorts, *, jobs):
    """Compute the ranges of a study over its ensemble and write them beside its tables.

    Parameters
    ----------
    params_file : Path
    cohorts : iterable of dict of str to DataFrame
        The ensemble.
    jobs : int
        Processes.

    Returns
    -------
    file : Path
        The file written.
    cohorts : int
    """
    study = read_study(params_file)
    ranges_file(study)  # refused before the work is done
    own = study_numbers(derive(study))
    ranges = ranges_over(of_every_cohort(partial(cohort_numbers, study), cohorts, jobs), own)
    cohorts = max(found.cohorts for found in ranges.values())
    if not cohorts:
        raise RangesError(f"{study.study}: its ensemble holds no cohort.")
    return write_ranges(study, quantities_of(own), ranges), cohorts
