"""Two reconstructed arms held against what was published of their comparison."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from smmlib.curves.reconstruction.quality import kmdata_points, kmdata_score
from smmlib.curves.reconstruction.reconstructed import Reconstruction, ReconstructionError
from smmlib.stats.checks import check_kind, shown
from smmlib.stats.comparison.hazard_ratio import hazard_ratio
from smmlib.stats.read_only import read_only
from smmlib.stats.results import Estimate
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival, survival_at
from smmlib.stats.survival.restricted_mean import restricted_mean_survival

SCORED = ("hazard_ratio", "median")


@dataclass(frozen=True)
class ComparedNumber:
    """One number of two reconstructed arms beside the published one.

    Attributes
    ----------
    name : str
        "hazard_ratio"; "median_arm", "survival_arm_24", "restricted_mean_arm", and the same of "reference".
    estimate : Estimate
        Of the reconstructed patients.
    published : float or None
    difference : float or None
        Estimate minus published; None where one of them is missing.
    """

    name: str
    estimate: Estimate
    published: float | None
    difference: float | None


@dataclass(frozen=True)
@read_only
class ReconstructionComparison:
    """What two reconstructed arms say together.

    Attributes
    ----------
    hazard_ratio : Estimate
        Arm relative to reference, Efron ties, with its 95 % Wald interval.
    numbers : tuple of ComparedNumber
        Hazard ratio, medians, landmarks, restricted means.
    kmdata_score : float
        Points of numbers at risk, events and medians of both arms and of the hazard ratio, as far as published, in
        percent of those that can be reached; see `ReconstructionQuality`.
    """

    hazard_ratio: Estimate
    numbers: tuple
    kmdata_score: float


def compare(arm, reference, published, tau, landmarks):
    """The comparison; arguments as in `compare_reconstructions`."""
    for name, given in (("arm", arm), ("reference", reference)):
        check_kind(given, Reconstruction, name, "reconstruct")
    if arm.time_unit != reference.time_unit:
        raise ReconstructionError(
            f"The arm is in {arm.time_unit}, the reference in {reference.time_unit}: give both in one unit."
        )
    estimates = {"hazard_ratio": _hazard_ratio(arm, reference)}
    for role, one in (("arm", arm), ("reference", reference)):
        curve = kaplan_meier(one.time, one.event, time_unit=one.time_unit, arm=one.arm)
        estimates[f"median_{role}"] = median_survival(curve)
        estimates |= {f"survival_{role}_{at:g}": survival_at(curve, at) for at in landmarks}
        if tau is not None:
            estimates[f"restricted_mean_{role}"] = restricted_mean_survival(curve, tau)
    published = dict(published or {})
    _check_published(published)
    unknown = [name for name in published if name not in estimates]
    if unknown:
        raise ReconstructionError(f"published has {unknown[0]!r}: choose from {', '.join(estimates)}.")
    numbers = tuple(_compared(name, estimate, published.get(name)) for name, estimate in estimates.items())
    return ReconstructionComparison(estimates["hazard_ratio"], numbers, _score(arm, reference, numbers))


def _check_published(published):
    for name, value in published.items():
        number = isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
        if value is not None and not (number and 0 <= value < np.inf):
            raise ReconstructionError(f"published[{name!r}] is {shown(value)}: give a finite number, zero or more.")
        if name == "hazard_ratio" and value == 0:
            raise ReconstructionError("published['hazard_ratio'] is 0: give a number above zero.")


def _hazard_ratio(arm, reference):
    time, event = np.concatenate([arm.time, reference.time]), np.concatenate([arm.event, reference.event])
    names = {"arm": arm.arm or "arm", "reference": reference.arm or "reference"}
    return hazard_ratio(time, event, np.arange(len(time)) < len(arm.time), **names)


def _compared(name, estimate, published):
    if published is None or np.isnan(estimate.value):
        return ComparedNumber(name, estimate, published, None)
    return ComparedNumber(name, estimate, float(published), float(estimate.value - published))


def _score(arm, reference, numbers):
    points = {}
    for role, one in (("arm", arm), ("reference", reference)):
        points |= {f"{name}_{role}": value for name, value in one.quality.kmdata_points.items()}
    for number in numbers:
        if number.published is not None and number.name.startswith(SCORED):
            graded = kmdata_points(number.estimate.value, number.published)
            points |= {} if graded is None else {number.name: graded}
    return kmdata_score(points)
