"""Patients before anything happens to them: randomisation, diagnosis, stratum, arm, visits and last contact."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from smmlib.trial.units import DAYS_PER_UNIT

DAYS_A_MONTH = DAYS_PER_UNIT["months"]
FEWEST_DAYS_SINCE_DIAGNOSIS = 14
DAYS_CLEAR_OF_THE_BOUNDARY = 8
MOST_DAYS_SINCE_DIAGNOSIS = 1500
DAYS_BETWEEN_VISITS = (25, 31)
BALANCE = 0.8
"""Probability of the arm that has fewer patients in the stratum."""


@dataclass(frozen=True, eq=False)
class RandomisedPatients:
    """All randomised patients, in the order of randomisation; days are counted from each one's randomisation.

    Attributes
    ----------
    randomised : list of date
    diagnosed : list of date, or None
        None where randomisation is not stratified by the time since diagnosis.
    early : ndarray of bool, shape (n,)
        True for the stratum randomised soon after diagnosis.
    in_arm : ndarray of bool, shape (n,)
        True for the arm, False for the reference.
    visits : list of list of int
        Days of the visits, for longer than anybody is followed.
    last_contact : list of int
        Day of the last contact before the data cut-off, with whoever is alive and not lost.
    """

    randomised: list
    diagnosed: list
    early: np.ndarray
    in_arm: np.ndarray
    visits: list
    last_contact: list

    def last_visit(self, patient, day):
        """Index of the patient's last visit up to and including a day; -1 before the first."""
        return bisect_right(self.visits[patient], day) - 1


def draw_patients(design, random):
    """Draw the randomised patients of a design.

    Parameters
    ----------
    design : CohortDesign
    random : numpy.random.Generator

    Returns
    -------
    RandomisedPatients
    """
    randomised = _randomisation_dates(design, random)
    recent = design.stratum.share_recent if design.stratum else 0
    early = random.permutation(len(randomised)) < round(recent * len(randomised))
    before_cutoff = _between(random, design.days_from_last_contact_to_cutoff, len(randomised)).tolist()
    visits = (design.data_cutoff - design.accrual_start).days // DAYS_BETWEEN_VISITS[0] + 1
    return RandomisedPatients(
        randomised=randomised,
        diagnosed=_diagnosis_dates(randomised, early, design.stratum, random) if design.stratum else None,
        early=early,
        in_arm=_balanced_arms(design, early, random),
        visits=[np.cumsum(_between(random, DAYS_BETWEEN_VISITS, visits)).tolist() for _ in randomised],
        last_contact=[
            (design.data_cutoff - start).days - before for start, before in zip(randomised, before_cutoff, strict=True)
        ],
    )


def _randomisation_dates(design, random):
    """One patient from each of n equal shares of the accrual; the first and the last day are those published."""
    patients = design.randomised.arm + design.randomised.reference
    share = (np.arange(patients) + random.random(patients)) / patients
    share[0], share[-1] = 0, 1
    days = np.rint(share**design.accrual_power * (design.accrual_end - design.accrual_start).days)
    return [design.accrual_start + timedelta(days=int(day)) for day in days]


def _diagnosis_dates(randomised, early, stratum, random):
    boundary = int(stratum.months * DAYS_A_MONTH)
    recent = _between(random, (FEWEST_DAYS_SINCE_DIAGNOSIS, boundary), len(randomised))
    # The smaller of two draws: most of those diagnosed earlier were so not long before the boundary.
    long_ago = (boundary + DAYS_CLEAR_OF_THE_BOUNDARY, MOST_DAYS_SINCE_DIAGNOSIS)
    earlier = _between(random, long_ago, (2, len(randomised))).min(axis=0)
    days = np.where(early, recent, earlier).tolist()
    return [day - timedelta(days=before) for day, before in zip(randomised, days, strict=True)]


def _balanced_arms(design, early, random):
    """Each patient goes, most of the time, to the arm with fewer patients in the stratum, until the totals agree."""
    while True:
        lead = {True: 0, False: 0}
        in_arm = np.zeros(len(early), dtype=bool)
        for patient, (stratum, draw) in enumerate(zip(early.tolist(), random.random(len(early)), strict=True)):
            chance = 0.5 if lead[stratum] == 0 else BALANCE if lead[stratum] < 0 else 1 - BALANCE
            in_arm[patient] = draw < chance
            lead[stratum] += 1 if in_arm[patient] else -1
        if in_arm.sum() == design.randomised.arm:
            return in_arm


def _between(random, ends, size):
    """Whole numbers from the first of two ends to the second, both included."""
    return random.integers(ends[0], ends[1] + 1, size)
