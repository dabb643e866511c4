"""How near reconstructed patients come to the curve and the facts that they were made from, as numbers to record."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from smmlib.analysis.keys import Key
from smmlib.curves.reconstructed_curves import ReconstructedArm
from smmlib.stats.counts import patient_count
from smmlib.stats.results import Estimate
from smmlib.stats.types import ArmCounts
from smmlib.trial.parameters.study import Study

SURVIVAL_ERROR = "error of survival"
"""Unit of a difference between two curves, both from 1 to 0."""
KMDATA_SCORE = "percent of points"
BETWEEN = "between the digitised points and the curve of the reconstructed patients"


def quality_estimates(reconstructed: ReconstructedArm, arm: str, time_unit: str) -> dict[str, Estimate]:
    """The quality of one arm's reconstruction.

    Parameters
    ----------
    reconstructed : ReconstructedArm
    arm : str
        Name of the arm.
    time_unit : str

    Returns
    -------
    dict of str to Estimate
        Without limits; what nothing was published to be compared with is left out.
    """
    patients, quality = reconstructed.patients, reconstructed.patients.quality
    of_arm: ArmCounts = {"arm": arm, "n": len(patients.time), "events": int(patients.event.sum())}
    at_risk = np.max(np.abs(quality.at_risk_differences)) if len(quality.at_risk_differences) else None
    found = {
        "points": (len(reconstructed.published.time), "points", "Number of digitised points"),
        "rmse": (quality.rmse, SURVIVAL_ERROR, f"Root mean squared difference {BETWEEN}"),
        "mean_error": (quality.mean_absolute_error, SURVIVAL_ERROR, f"Mean absolute difference {BETWEEN}"),
        "largest_error": (quality.largest_absolute_error, SURVIVAL_ERROR, f"Largest absolute difference {BETWEEN}"),
        "integrated_error": (
            quality.integrated_absolute_error,
            SURVIVAL_ERROR,
            f"Area {BETWEEN}, divided by the length of the curve",
        ),
        "at_risk_difference": (at_risk, "patients", "Largest difference from a published number at risk"),
        "event_difference": (quality.event_difference, "patients", "Reconstructed less published events"),
        "median_difference": (quality.median_difference, time_unit, "Reconstructed less published median"),
        "kmdata_score": (
            quality.kmdata_score,
            KMDATA_SCORE,
            "KMDATA score: points reached, in percent of those possible",
        ),
    }
    counts = {
        "patients": patient_count(of_arm["n"], what="reconstructed patients", arm=arm),
        "events": patient_count(of_arm["events"], what="reconstructed events", arm=arm, of=of_arm["n"]),
    }
    return counts | {
        name: Estimate(float(value), unit=unit, method=method, **of_arm)
        for name, (value, unit, method) in found.items()
        if value is not None and not np.isnan(value)
    }


def reconstruction_numbers(
    reconstructed: Mapping[str, Mapping[str, ReconstructedArm]], study: Study
) -> dict[Key, Estimate]:
    """The quality of every reconstruction of a study.

    Parameters
    ----------
    reconstructed : dict of str to dict of str to ReconstructedArm
        By endpoint and arm.
    study : Study

    Returns
    -------
    dict of Key to Estimate
    """
    return {
        Key("reconstruction", measure, endpoint, arm): result
        for endpoint, of_arms in reconstructed.items()
        for arm, done in of_arms.items()
        for measure, result in quality_estimates(done, study.arms.named(arm).label, study.time_unit).items()
    }


def remarks(reconstructed: Mapping[str, Mapping[str, ReconstructedArm]], study: Study) -> pd.DataFrame:
    """What was cleaned, what is uncertain and how each curve was reconstructed, sentence by sentence.

    Parameters
    ----------
    reconstructed : dict of str to dict of str to ReconstructedArm
    study : Study

    Returns
    -------
    DataFrame
        endpoint, arm, about ("figure", "method", "cleaned" or "warning") and remark.
    """
    rows = [
        (study.endpoints[endpoint].label, study.arms.named(arm).label, about, sentence)
        for endpoint, arms in reconstructed.items()
        for arm, done in arms.items()
        for about, sentences in _sentences(done).items()
        for sentence in sentences
    ]
    return pd.DataFrame(rows, columns=["endpoint", "arm", "about", "remark"])


def _sentences(done):
    patients = done.patients
    read = {"figure": done.published.notes, "method": [patients.method]}
    return read | {"cleaned": patients.cleaned, "warning": patients.warnings}
