"""Patients from digitised Kaplan-Meier curves: `reconstruct` and what is built on it.

A published curve is a picture of a table of patients. From points read off it, the numbers at risk under it, the
total of events and whatever else is printed, these verbs make a table of patients that gives them back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from smmlib.curves.reconstruction.comparison import ReconstructionComparison, compare
from smmlib.curves.reconstruction.competing import free_of_all, incidence_errors, read_incidences, share_causes
from smmlib.curves.reconstruction.fact_checks import check_facts
from smmlib.curves.reconstruction.facts import read_facts, until_empty
from smmlib.curves.reconstruction.guyot import guyot_patients
from smmlib.curves.reconstruction.moved_curve import moved_curve, read_pixel
from smmlib.curves.reconstruction.optimised import grid_of, optimised_counts
from smmlib.curves.reconstruction.placement import place
from smmlib.curves.reconstruction.points import clean_curve
from smmlib.curves.reconstruction.quality import measure_quality
from smmlib.curves.reconstruction.reconstructed import CompetingReconstruction, Reconstruction, ReconstructionError
from smmlib.stats.checks import check_choice, check_whole
from smmlib.stats.counts import check_most

Pair = ArrayLike | Sequence[ArrayLike]
"""Of times and values: two arrays, an array of two columns, or a data frame."""
METHODS = ("optimised", "guyot")
MOST_TABLES = 10_000
LARGE_ERROR = 0.02
"""Difference of survival from which the misfit is warned of in any case."""
CLEAR_ERROR, PART_OF_A_PATIENT = 0.002, 0.25
"""The same beyond what reading explains: survival, or the part of 1 / n, a whole where points are fewer than events."""


def reconstruct(
    curve: Pair,
    risk_table: Pair | None = None,
    events: int | None = None,
    censor_times: ArrayLike | None = None,
    n: int | None = None,
    *,
    median: float | None = None,
    landmarks: Mapping[float, float] | None = None,
    method: Literal["optimised", "guyot"] = "optimised",
    time_unit: str = "months",
    arm: str | None = None,
) -> Reconstruction:
    """Patients of one arm from its published Kaplan-Meier curve.

    Parameters
    ----------
    curve : pair of array-like, shape (m,), or array-like, shape (m, 2), or data frame
        Times and survival read off the figure, as proportions or in percent, in any order; survival at a time is
        that after the events at it. Both ends of a vertical step may be given. Of a data frame, the columns "time"
        and "survival".
    risk_table : pair of array-like, shape (k,), or data frame, optional
        Times, and numbers of patients at risk there; of a data frame, the columns "time" and "at_risk".
    events : int, optional
        Total events.
    censor_times : array-like, shape (c,), optional
        Times of the ticks on the curve, at which censored times are then put.
    n : int, optional
        Number of patients; by default the number at risk at time 0.
    median : float, optional
        The published median.
    landmarks : mapping of float to float, optional
        Published survival, as a proportion, by time.
    method : {"optimised", "guyot"}
        "optimised" searches for whole numbers of events and censorings in each step of the curve that reproduce the
        curve and all published numbers [2]_; "guyot" is the iterative method of [1]_, which uses only the risk table
        and the total of events.
    time_unit : str
        Unit of all times; it changes no number.
    arm : str, optional
        Name of the arm.

    Returns
    -------
    Reconstruction
        `n` patients. With `method="optimised"`, exactly `events` of them have events when that is given; "guyot"
        comes near it, and `quality.event_difference` says how near. Where the curve is flat to its end there are
        no events.

    Raises
    ------
    ReconstructionError
        If a fact is impossible by itself (a curve that rises or begins far from 1, survival above 1 that is not in
        percent), or two contradict each other (numbers at risk and curve, events and patients, median and curve); both
        are then named, with their values.
    ValueError
        If `method` is unknown.

    References
    ----------
    .. [1] Guyot, Ades, Ouwens & Welton (2012), BMC Med Res Methodol 12:9.
    .. [2] Titman (2026), Stat Med, doi:10.1002/sim.70474, reconstruction as an optimisation under constraints.

    Examples
    --------
    By hand: the curve of four patients falls by 1/4 at 1, 2 and 3, and ends at 4 with the last one censored.

    >>> from smmlib import reconstruct
    >>> corners = [0, 1, 1, 2, 2, 3, 3, 4], [1, 1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25]
    >>> patients = reconstruct(corners, n=4, events=3)
    >>> patients.time.round(6).tolist(), patients.event.tolist()
    ([1.0, 2.0, 3.0, 4.0], [True, True, True, False])
    """
    facts = read_facts(risk_table, events, censor_times, n, median, landmarks)
    return _reconstruction(clean_curve(curve), facts, method, time_unit, arm, None)


def reconstruct_competing(
    curves: Mapping[Any, Pair],
    risk_table: Pair | None = None,
    events: Mapping[Any, int | None] | None = None,
    censor_times: ArrayLike | None = None,
    n: int | None = None,
    *,
    time_unit: str = "months",
    arm: str | None = None,
) -> CompetingReconstruction:
    """Patients of one arm from its published cumulative incidence curves.

    The events of any cause are reconstructed from 1 minus the sum of the incidences; each of them then gets the cause
    whose incidence lags furthest behind.

    Parameters
    ----------
    curves : mapping of cause to curve
        Of each cause, times and cumulative incidence, as `curve` of `reconstruct`; all causes that compete. Best read
        off at the same times; between its points a curve is taken as straight.
    risk_table, censor_times, n, time_unit, arm
        As in `reconstruct`.
    events : mapping of cause to int or None, optional
        Total events by cause.

    Returns
    -------
    CompetingReconstruction
        With exactly `events` of each cause for which they are given.

    Raises
    ------
    ReconstructionError
        As `reconstruct`, or if an incidence falls, or the incidences are above 1 together.
    """
    incidences, totals = read_incidences(curves, events)
    known = None if None in totals.values() else sum(totals.values())
    facts = read_facts(risk_table, known, censor_times, n, None, None)
    curve = clean_curve(free_of_all(incidences), "1 minus the sum of the incidences")
    together = _reconstruction(curve, facts, "optimised", time_unit, arm, None)
    cause = share_causes(together.time, together.event, incidences, totals)
    counts = [int(np.sum(cause == number)) for number in range(1, len(incidences) + 1)]
    cleaned = tuple(f"{name}: {words}" for name, one in incidences.items() for words in one.cleaned)
    return CompetingReconstruction(
        time=together.time,
        cause=cause,
        causes=tuple(incidences),
        arm=arm or "",
        method=together.method.replace(
            "the published Kaplan-Meier curve", "1 minus the published cumulative incidences"
        )
        + ", each event then given the cause whose cumulative incidence lags furthest behind",
        quality=together.quality,
        incidence_errors=incidence_errors(cause, together.event, together.time, incidences),
        event_differences=tuple(
            None if total is None else count - total for count, total in zip(counts, totals.values(), strict=True)
        ),
        cleaned=cleaned,
        warnings=together.warnings,
        time_unit=time_unit,
    )


def reconstructions(
    size: int,
    seed: int,
    curve: Pair,
    risk_table: Pair | None = None,
    events: int | None = None,
    censor_times: ArrayLike | None = None,
    n: int | None = None,
    *,
    pixel: tuple[float, float],
    median: float | None = None,
    landmarks: Mapping[float, float] | None = None,
    time_unit: str = "months",
    arm: str | None = None,
) -> tuple[Reconstruction, ...]:
    """Many tables of patients that one published curve may stand for.

    Each is reconstructed from points moved at random within a pixel, with censorings drawn at random where they
    are not known, and with times drawn inside their windows. A result computed from each of them has a range, which
    is the part of its uncertainty that comes from the reconstruction.

    Parameters
    ----------
    size : int
        Tables to make.
    seed : int
        The same seed gives the same tables.
    curve, risk_table, events, censor_times, n, median, landmarks, time_unit, arm
        As in `reconstruct`.
    pixel : (float, float)
        Size of a pixel of the figure in time and in survival (as a proportion); 0 where points are exact.

    Returns
    -------
    tuple of Reconstruction, length `size`

    Raises
    ------
    ReconstructionError
        As `reconstruct`, or if `pixel` is no pair of numbers, zero or more.
    """
    check_whole(size, "size", 1)
    check_most(size, "size", MOST_TABLES, "a range from a few hundred is exact enough")
    check_whole(seed, "seed", 0)
    pixel = read_pixel(pixel)
    facts = read_facts(risk_table, events, censor_times, n, median, landmarks)
    check_facts(clean_curve(curve), facts, time_unit)
    members = []
    for random in np.random.default_rng(seed).spawn(size):
        try:
            moved = moved_curve(curve, pixel, random)
            members.append(_reconstruction(moved, facts, "optimised", time_unit, arm, random))
        except ReconstructionError:
            # Moved out of what the other facts allow: the points as they are, the rest still drawn.
            members.append(_reconstruction(clean_curve(curve), facts, "optimised", time_unit, arm, random))
    return tuple(members)


def compare_reconstructions(
    arm: Reconstruction,
    reference: Reconstruction,
    *,
    published: Mapping[str, float] | None = None,
    tau: float | None = None,
    landmarks: Sequence[float] = (),
) -> ReconstructionComparison:
    """Two reconstructed arms against what was published of their comparison.

    Parameters
    ----------
    arm, reference : Reconstruction
    published : mapping of str to float, optional
        Published numbers by name: "hazard_ratio" (arm relative to reference), "median_arm", "median_reference",
        "survival_arm_24" (at a landmark of 24), "restricted_mean_arm", and the same of the reference.
    tau : float, optional
        End of the restricted mean, which is left out without it.
    landmarks : sequence of float
        Times at which survival is compared.

    Returns
    -------
    ReconstructionComparison

    Raises
    ------
    ReconstructionError
        If the arms are in different units, or a published name is not known or its number below zero or none.
    """
    return compare(arm, reference, published, tau, landmarks)


def _reconstruction(curve, facts, method, time_unit, arm, random):
    check_choice(method, METHODS, "method")
    warnings, landmarks = check_facts(curve, facts, time_unit)
    if method == "guyot":
        placed, words = guyot_patients(curve, facts), "the iterative method of Guyot et al. (2012)"
    else:
        followed = until_empty(facts, curve.time[-1])
        placed = place(optimised_counts(curve, followed, landmarks, random), curve, followed, random)
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
        warnings=tuple(warnings + _misfits(quality, _tolerated(curve, placed.event.sum(), facts, method))),
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


def _tolerated(curve, events, facts, method):
    """Misfit that the reading of the points explains; the method of Guyot misses by more with right facts too."""
    if method == "guyot":
        return LARGE_ERROR
    rounded = [
        10.0**-digits for digits in (1, 2, 3) if np.allclose(curve.survival, curve.survival.round(digits), 0, 1e-9)
    ]
    reading = curve.largest_rise + max([4 * grid_of(curve.survival, facts.patients), *rounded])
    part = 1.0 if len(curve.time) - 1 < events else PART_OF_A_PATIENT
    return min(reading + max(CLEAR_ERROR, part / facts.patients), LARGE_ERROR)


def _misfits(quality, tolerated):
    found = []
    if quality.largest_absolute_error > tolerated:
        largest = f"{quality.largest_absolute_error:.3g}"
        blind = " The KMDATA score of 100 does not look at the curve." * (quality.kmdata_score == 100)
        found.append(
            f"The patients miss the curve by up to {largest}: the facts fit each other badly, so that one of them may "
            f"be wrong.{blind}"
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
