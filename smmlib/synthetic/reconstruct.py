"""Patients from digitised Kaplan-Meier curves: `reconstruct` and what is built on it.

A published curve is a picture of a table of patients. From points read off it, the numbers at risk under it, the
total of events and whatever else is printed, these verbs make a table of patients that gives them back.
"""

import numpy as np

from smmlib.stats.checks import check_choice, check_whole
from smmlib.synthetic.reconstruction.conflicts import check_facts
from smmlib.synthetic.reconstruction.facts import read_facts
from smmlib.synthetic.reconstruction.guyot import guyot_patients
from smmlib.synthetic.reconstruction.optimised import optimised_counts
from smmlib.synthetic.reconstruction.placement import place
from smmlib.synthetic.reconstruction.points import clean_curve
from smmlib.synthetic.reconstruction.quality import measure_quality
from smmlib.synthetic.reconstruction.results import Reconstruction

METHODS = ("optimised", "guyot")
LARGE_ERROR = 0.02
"""Difference of survival from which the misfit is warned of."""


def reconstruct(
    curve,
    risk_table=None,
    events=None,
    censor_times=None,
    n=None,
    *,
    median=None,
    landmarks=None,
    method="optimised",
    time_unit="months",
    arm=None,
):
    """Patients of one arm from its published Kaplan-Meier curve.

    Parameters
    ----------
    curve : pair of array-like, shape (m,), or array-like, shape (m, 2)
        Times and survival read off the figure, as proportions or in percent, in any order; survival at a time is
        that after the events at it. Both ends of a vertical step may be given.
    risk_table : pair of array-like, shape (k,), optional
        Times, and numbers of patients at risk there.
    events : int, optional
        Total events.
    censor_times : array-like, shape (c,), optional
        Times of the ticks on the curve. Censorings are put at them.
    n : int, optional
        Patients; by default the number at risk at time 0.
    median : float, optional
        The published median.
    landmarks : mapping of float to float, optional
        Published survival, as a proportion, by time.
    method : {"optimised", "guyot"}
        "optimised" searches for whole numbers of events and censorings in each step of the curve that give it back,
        and all published numbers with it; "guyot" is the iterative method of [1]_, which uses the risk table and
        the total of events only.
    time_unit : str
        Unit of all times; it changes no number.
    arm : str, optional
        Name of the arm.

    Returns
    -------
    Reconstruction
        `n` patients, with exactly `events` events when that is given. Where the curve is flat to its end there
        are no events.

    Raises
    ------
    ReconstructionError
        If a fact is none (a curve that rises, survival above 1 that is no percent), or two cannot hold together
        (numbers at risk and curve, events and patients, median and curve): both are named, with their values.

    References
    ----------
    .. [1] Guyot, Ades, Ouwens & Welton (2012), BMC Med Res Methodol 12:9.
    .. [2] Titman (2026), Stat Med, doi:10.1002/sim.70474, reconstruction as an optimisation under constraints.
    """
    facts = read_facts(risk_table, events, censor_times, n, median, landmarks)
    return _reconstruction(clean_curve(curve), facts, method, time_unit, arm, None)


def _reconstruction(curve, facts, method, time_unit, arm, random):
    check_choice(method, METHODS, "method")
    warnings, landmarks = check_facts(curve, facts, time_unit)
    if method == "guyot":
        placed, words = guyot_patients(curve, facts), "the iterative method of Guyot et al. (2012)"
    else:
        placed = place(optimised_counts(curve, facts, landmarks, random), curve, facts, random)
        words = "a search for the whole numbers of events and censorings that fit best"
    quality = measure_quality(placed.time, placed.event, curve, facts)
    cleaned = curve.cleaned
    if placed.whole_times:
        cleaned += (f"Every drop of the curve can be at a whole number of {time_unit}: events were put there.",)
    return Reconstruction(
        time=placed.time,
        event=placed.event,
        arm=arm or "",
        method=f"Patients reconstructed from {_sources(curve, facts)} by {words}",
        quality=quality,
        cleaned=cleaned,
        warnings=tuple(warnings + _misfits(quality)),
        time_unit=time_unit,
    )


def _sources(curve, facts):
    """What the patients were made from, in words."""
    names = [f"{len(curve.time)} points of the published Kaplan-Meier curve"]
    if facts.has_table:
        names.append(f"{len(facts.risk_time)} numbers at risk")
    if facts.events is not None:
        names.append(f"{facts.events} events")
    if facts.censor_times is not None:
        names.append(f"{len(facts.censor_times)} censoring ticks")
    if facts.median is not None:
        names.append("the median")
    if facts.landmarks:
        names.append(f"survival at {len(facts.landmarks)} landmark{'s' * (len(facts.landmarks) != 1)}")
    names.append(f"{facts.patients} patients")
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _misfits(quality):
    found = []
    if quality.largest_absolute_error > LARGE_ERROR:
        found.append(
            f"The patients miss the curve by up to {quality.largest_absolute_error:.3g}: the facts fit each other badly."
        )
    wrong = np.flatnonzero(quality.at_risk_differences)
    if len(wrong):
        at = wrong[0]
        found.append(
            f"The number at risk at {quality.at_risk_times[at]:g} differs by {quality.at_risk_differences[at]:+d}."
        )
    if quality.event_difference:
        found.append(f"The total of events differs by {quality.event_difference:+d}.")
    return found
