"""Response: one proportion with its interval."""

import numpy as np

from smmlib.stats.checks import check_conf_level
from smmlib.stats.counts import is_whole
from smmlib.stats.distributions import beta_quantile, two_sided_quantile
from smmlib.stats.results import Estimate


def response_rate(responders, patients, *, method="clopper-pearson", conf_level=0.95, arm=""):
    """Proportion of patients who responded, with its interval.

    Parameters
    ----------
    responders, patients : int
        Patients who responded, and all patients, at least one.
    method : {"clopper-pearson", "wilson"}
        Exact interval, or the score interval without continuity correction.
    conf_level : float
        Two-sided confidence level.
    arm : str
        Name of the arm; it travels with the result.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If the counts are not whole, negative, or more responders than patients; or the method is unknown.

    References
    ----------
    .. [1] Clopper & Pearson (1934), Biometrika 26:404-413.
    .. [2] Wilson (1927), J Am Stat Assoc 22:209-212.
    """
    _check_counts(responders, patients)
    intervals = {"clopper-pearson": _clopper_pearson, "wilson": _wilson}
    if method not in intervals:
        raise ValueError(f"method is {method!r}: choose one of {', '.join(map(repr, intervals))}.")
    low, high = intervals[method](responders, patients, check_conf_level(conf_level))
    rate = responders / patients
    name = {"clopper-pearson": "exact (Clopper-Pearson)", "wilson": "Wilson score"}[method]
    return Estimate(
        value=rate,
        low=float(low),
        high=float(high),
        conf_level=float(conf_level),
        std_error=float(np.sqrt(rate * (1 - rate) / patients)),
        unit="proportion",
        method=f"Proportion, {name} {100 * conf_level:.10g} % interval",
        arm=arm,
        n=int(patients),
        events=int(responders),
    )


def _check_counts(responders, patients):
    for name, count in (("responders", responders), ("patients", patients)):
        if not is_whole(count) or count < 0:
            raise ValueError(f"{name} is {count}: give a whole number, zero or more.")
    if patients < 1:
        raise ValueError("patients is 0: a rate needs at least one patient.")
    if responders > patients:
        raise ValueError(f"responders is {responders}, but patients only {patients}: are they swapped?")


def _clopper_pearson(responders, patients, conf_level):
    tail = (1 - conf_level) / 2
    others = patients - responders
    low = beta_quantile(tail, responders, others + 1) if responders else 0.0
    high = beta_quantile(1 - tail, responders + 1, others) if others else 1.0
    return low, high


def _wilson(responders, patients, conf_level):
    z = two_sided_quantile(conf_level)
    centre = (responders + z**2 / 2) / (patients + z**2)
    margin = z / (patients + z**2) * np.sqrt(responders * (patients - responders) / patients + z**2 / 4)
    return centre - margin if responders else 0.0, centre + margin if responders < patients else 1.0
