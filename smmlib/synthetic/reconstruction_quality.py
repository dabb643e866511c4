"""How near reconstructed patients come to the curve and the facts that they were made from, as numbers to record."""

import numpy as np
import pandas as pd

from smmlib.stats.counts import patient_count
from smmlib.stats.results import NOT_ESTIMABLE, Estimate

SURVIVAL_ERROR = "error of survival"
"""Unit of a difference between two curves, both from 1 to 0."""
BETWEEN = "between the digitised points and the curve of the reconstructed patients"


def quality_estimates(reconstructed, arm, time_unit):
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
        Without limits; NaN where nothing was published to compare with.
    """
    patients, quality = reconstructed.patients, reconstructed.patients.quality
    sizes = {"arm": arm, "n": len(patients.time), "events": int(patients.event.sum())}

    def estimate(value, unit, method):
        return Estimate(NOT_ESTIMABLE if value is None else float(value), unit=unit, method=method, **sizes)

    largest = np.max(np.abs(quality.at_risk_differences), initial=0) if reconstructed.published.at_risk else None
    return {
        "points": estimate(len(reconstructed.published.time), "points", "Number of digitised points"),
        "patients": patient_count(sizes["n"], what="reconstructed patients", arm=arm),
        "events": patient_count(sizes["events"], what="reconstructed events", arm=arm, of=sizes["n"]),
        "rmse": estimate(quality.rmse, SURVIVAL_ERROR, f"Root mean squared difference {BETWEEN}"),
        "mean_error": estimate(quality.mean_absolute_error, SURVIVAL_ERROR, f"Mean absolute difference {BETWEEN}"),
        "largest_error": estimate(
            quality.largest_absolute_error, SURVIVAL_ERROR, f"Largest absolute difference {BETWEEN}"
        ),
        "integrated_error": estimate(
            quality.integrated_absolute_error,
            f"{SURVIVAL_ERROR} x {time_unit}",
            f"Area {BETWEEN}, in {time_unit} of survival",
        ),
        "at_risk_difference": estimate(largest, "patients", "Largest difference from a published number at risk"),
        "event_difference": estimate(quality.event_difference, "patients", "Reconstructed less published events"),
        "kmdata_score": estimate(quality.kmdata_score, "points of 100", "KMDATA score"),
    }


def remarks(reconstructed, study):
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
