"""What a reconstruction returns: the patients, how well they fit, and the error for what cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smmlib.errors import SmmlibError
from smmlib.stats.read_only import read_only
from smmlib.stats.types import Booleans, Floats, Integers


class ReconstructionError(SmmlibError, ValueError):
    """Two published facts that no patients can give back together, or one that is none."""


@dataclass(frozen=True, eq=False)
@read_only
class ReconstructionQuality:
    """How near the patients come to what was published of one arm.

    Attributes
    ----------
    rmse, mean_absolute_error, largest_absolute_error : float
        Of the Kaplan-Meier curve of the patients against the cleaned points, on the scale 0 to 1.
    integrated_absolute_error : float
        Area between the two curves, the points joined by straight lines, divided by the length of the curve.
    at_risk_times, at_risk_differences : ndarray, shape (k,)
        Times of the risk table, and reconstructed minus published patients at risk there.
    event_difference : int or None
        Reconstructed minus published events; None where the total is not published.
    median_difference : float or None
        Reconstructed minus published median, in `time_unit`; None where one of them is missing.
    kmdata_points : dict of str to int
        Points from 0 to 3 of "at_risk", "events" and "median", as far as they are published [1]_.
    kmdata_score : float
        Points reached, in percent of those that can be reached; NaN where nothing is published to score.

    References
    ----------
    .. [1] Fell et al. (2021), Database, baab037, KMDATA: 3 points up to 5 % from the published number, 2 up to
       10 %, 1 up to 20 %. How several numbers at risk make one is not said there; here it is by the mean of
       their differences in percent.
    """

    rmse: float
    mean_absolute_error: float
    largest_absolute_error: float
    integrated_absolute_error: float
    at_risk_times: Floats
    at_risk_differences: Integers
    event_difference: int | None
    median_difference: float | None
    kmdata_points: Mapping[str, int]
    kmdata_score: float


@dataclass(frozen=True, eq=False)
@read_only
class Reconstruction:
    """Patients of one arm, made from its published curve.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Increasing, in `time_unit`.
    event : ndarray of bool, shape (n,)
        Whether the time is that of an event.
    arm : str
    method : str
        One sentence for the methods section of a paper.
    quality : ReconstructionQuality
    cleaned : tuple of str
        What was put right in the digitised points.
    warnings : tuple of str
        What the published facts leave in doubt.
    time_unit : str
    """

    time: Floats
    event: Booleans
    arm: str
    method: str
    quality: ReconstructionQuality
    cleaned: tuple[str, ...]
    warnings: tuple[str, ...]
    time_unit: str = "months"


@dataclass(frozen=True, eq=False)
@read_only
class CompetingReconstruction:
    """Patients of one arm, made from published cumulative incidence curves.

    Attributes
    ----------
    time : ndarray, shape (n,)
    cause : ndarray of int, shape (n,)
        0 where censored, otherwise 1, 2, ... in the order of `causes`.
    causes : tuple
        The causes as they were named.
    arm, method, cleaned, warnings, time_unit
        As in `Reconstruction`.
    quality : ReconstructionQuality
        Of the events of any cause.
    incidence_errors : tuple of float
        Largest absolute error of the cumulative incidence of each cause, at its points.
    event_differences : tuple of int or None
        Reconstructed minus published events of each cause.
    """

    time: Floats
    cause: Integers
    causes: tuple[Any, ...]
    arm: str
    method: str
    quality: ReconstructionQuality
    incidence_errors: tuple[float, ...]
    event_differences: tuple[int | None, ...]
    cleaned: tuple[str, ...]
    warnings: tuple[str, ...]
    time_unit: str = "months"
