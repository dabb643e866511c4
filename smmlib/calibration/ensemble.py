"""Many synthetic cohorts that all give back the published numbers: how far everything else may range.

From one calibrated cohort a walk takes small steps: events move, appear, vanish or change places. From each station it
makes an excursion, on which the claims may be missed a little, then less and less, until every one is met again: so it
leaves narrow places. Where the excursion does not come back, it takes steps instead that meet every claim all the
time. The curves stay about as smooth throughout. The cohorts are examples of what the publication leaves
open. They are no sample from a distribution, and their range is no confidence interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smmlib.calibration.calibrate import calibrated_cohort, cohort_tables
from smmlib.calibration.event_search import EVERYTHING, STAGES, Cohort, scored, step_from
from smmlib.calibration.events import ANY_CHANGE
from smmlib.calibration.objectives import objectives_of
from smmlib.calibration.targets import CalibrationError, targets_of
from smmlib.stats.checks import check_whole, shown
from smmlib.stats.counts import is_whole
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

MOST_COHORTS = 10_000
SETTLED = STAGES[-1]
"""The stage that keeps every claim."""

MOST_MISSED = 1.0
"""By how much the claims may be missed at the start of an excursion, in printed units."""
LONGEST_WAY_BACK = 3
"""Steps until every claim is met again, in multiples of the steps away, before an excursion counts as lost."""
ROUGHEST = 0.004
"""Mean squared distance from the smooth curves, summed over endpoints, that a cohort may have."""
ROUGHER = 2.0
"""The same, in multiples of that of the cohort that the walk starts from."""
FUTILE = 20
"""Cohorts in a row that fit no treatment or response before the walk gives up."""


def cohorts(study: Study, n: int, seed: int) -> list[dict[str, pd.DataFrame]]:
    """Synthetic cohorts that each give back every claim of a study.

    They are stops on a random walk, not a sample from a distribution: a range over them is not a confidence interval.

    Parameters
    ----------
    study : Study
        With a `synthetic` part.
    n : int
        How many, from one to 10,000.
    seed : int
        Of the walk, zero or more; the same seed gives the same cohorts.

    Returns
    -------
    list of dict of str to DataFrame
        Tables as `calibrate` returns them.

    Raises
    ------
    ValueError
        If `n` is not a whole number from 1 to 10,000, or `seed` is negative.
    ClaimError, CalibrationError
        As `calibrate`.

    Examples
    --------
    Two cohorts of E3A06, which reported a hazard ratio of 0.28. To be quick, the first six claims alone are kept, and
    the search and the walk are short: seconds instead of minutes.

    >>> from smmlib import analysis_data, cohorts, hazard_ratio
    >>> from smmlib.trial import derive, read_tables
    >>> study = analysis_data("e3a06-2020").study
    >>> del study.published[6:]
    >>> study.synthetic.search.steps[:] = [500, 1000, 100]
    >>> for tables in cohorts(study, n=2, seed=7):
    ...     pfs = derive(study, read_tables(study, tables)).endpoint("pfs")
    ...     in_arm = pfs.arm == "lenalidomide"
    ...     print(f"{hazard_ratio(pfs.time, pfs.event, in_arm, arm='Rev', reference='observation').value:.2f}")
    0.28
    0.28
    """
    if not is_whole(n) or not 1 <= n <= MOST_COHORTS:
        raise ValueError(f"n is {shown(n)}: ask for one cohort or more, up to {MOST_COHORTS:,}.")
    check_whole(seed, "seed", 0)
    cohort, _ = calibrated_cohort(study)
    return list(walk(study, cohort, int(n), seed))


def walk(study: Study, cohort: Cohort, n: int, seed: int) -> Iterator[dict[str, pd.DataFrame]]:
    """The cohorts of a walk that starts from one.

    Parameters
    ----------
    study : Study
    cohort : Cohort
        One that meets every claim.
    n : int
    seed : int

    Yields
    ------
    dict of str to DataFrame
    """
    random = np.random.Generator(np.random.PCG64(seed))
    objectives = objectives_of(study, targets_of(study))
    station = scored(cohort, objectives, EVERYTHING)
    walker = _Walker(
        objectives, max(ROUGHEST, ROUGHER * station.roughness), present(study.synthetic).ensemble.steps, random
    )
    futile = 0
    while n:
        station = walker.excursion(station) or walker.constrained_steps(station)
        try:
            tables = cohort_tables(study, station, random)
        except CalibrationError:
            futile += 1
            if futile == FUTILE:
                raise
            continue
        futile, n = 0, n - 1
        yield tables


@dataclass(frozen=True, eq=False)
class _Walker:
    """How the walk goes from one station to the next."""

    objectives: list
    roughest: float
    steps: int
    random: np.random.Generator

    def excursion(self, cohort):
        """Where steps that may miss less and less, and the way back, lead to; None when it is lost."""
        for step in range((1 + LONGEST_WAY_BACK) * self.steps):
            allowed = MOST_MISSED * (1 - step / self.steps)
            missed = cohort.missed()
            if allowed <= 0 and missed == 0:
                return cohort
            proposed = self._step(cohort, EVERYTHING)
            if proposed is not None and proposed.missed() <= max(allowed, missed):
                cohort = proposed
        return None

    def constrained_steps(self, cohort):
        """Where steps lead to that each meet every claim."""
        for _ in range(self.steps):
            cohort = self._step(cohort, SETTLED) or cohort
        return cohort

    def _step(self, cohort, stage):
        proposed = step_from(cohort, self.objectives, stage, self.random, ANY_CHANGE)
        return proposed if proposed is not None and proposed.roughness <= self.roughest else None
