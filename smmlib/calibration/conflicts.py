"""Published numbers that exclude each other, or the design, found before any search."""

import re
from itertools import pairwise
from math import isnan, log, sqrt

from scipy.special import ndtri

from smmlib.calibration.claims import ClaimError, response_numbers, targets_about
from smmlib.calibration.endpoints import Kind, kinds_of
from smmlib.calibration.fast_statistics import NORMAL_QUANTILE
from smmlib.trial.parameters.cohort_design import ResponsesByArm
from smmlib.trial.units import DAYS_PER_UNIT

SLACK = 1.35
"""A log-rank test and a Wald interval of the same patients differ; by more than this factor of z they contradict."""


def check_claims(study, targets):
    """Raise an error that names each pair of claims which no cohort can meet together.

    Parameters
    ----------
    study : Study
    targets : dict of str to Target

    Raises
    ------
    ClaimError
    """
    problems = list(_follow_up(study, targets))
    for endpoint in study.endpoints:
        own = targets_about(targets, endpoint)
        problems += _ratio_and_interval(endpoint, own)
        for test in ("logrank", "hazard_ratio.wald"):
            problems += _interval_and_p_value(endpoint, own, test)
        for arm in study.arms.levels:
            problems += _curve(endpoint, own, arm.id)
    _refuse("claims exclude each other", problems)


def check_design(study, targets):
    """Raise an error when claims and design contradict each other before any search.

    Parameters
    ----------
    study : Study
    targets : dict of str to Target

    Raises
    ------
    ClaimError
    """
    fixed = _numbers_fixed_by(study)
    problems = [
        f"{number} is claimed to be {targets[number].printed}, but the design makes it {value:.6g}"
        for number, value in fixed.items()
        if number in targets and targets[number].excess(value) > 0
    ]
    problems += _missing_courses(study)
    problems += _intervals_too_narrow(study, targets, fixed)
    _refuse("design and claims contradict each other", problems)


def _refuse(what, problems):
    if problems:
        raise ClaimError(f"{what}:\n" + "\n".join(f"  {problem}" for problem in problems))


def _ratio_and_interval(endpoint, own):
    """A Wald interval is symmetric on the logarithm: the ratio is the geometric middle of its limits."""
    parts = [own.get(f"hazard_ratio{part}") for part in ("", " low", " high")]
    if None in parts:
        return
    ratio, low, high = parts
    if low.low > high.high:
        yield f"{endpoint}.hazard_ratio has limits {low.printed} and {high.printed}, which are the wrong way round"
        return
    least, most = sqrt(low.low * high.low), sqrt(low.high * high.high)
    if least > ratio.high or most < ratio.low:
        yield (
            f"{endpoint}.hazard_ratio {ratio.printed} and its interval {low.printed} to {high.printed}: the middle of "
            f"such an interval is {least:.2f} to {most:.2f}. Correct the one that is misread"
        )


def _follow_up(study, targets):
    """Nobody is followed for longer than from the first randomisation to the data cut-off."""
    design = study.synthetic
    longest = (design.data_cutoff - design.accrual_start).days / DAYS_PER_UNIT[study.time_unit]
    times = {name: each.low for name, each in targets.items() if name.startswith("population.follow_up")}
    for name in targets:
        found = re.fullmatch(r"[^.]+\.survival\.([0-9.]+)\.[^ ]+", name)
        times |= {name: float(found[1])} if found else {}
    for name, time in times.items():
        if time > longest:
            yield (
                f"{name} {targets[name].printed} asks for {time:g} {study.time_unit}, but synthetic.accrual_start "
                f"{design.accrual_start} and data_cutoff {design.data_cutoff} allow {longest:.1f}"
            )


def _interval_and_p_value(endpoint, own, test):
    parts = [own.get(name) for name in ("hazard_ratio low", "hazard_ratio high", f"{test} p")]
    if None in parts or parts[2].printed.startswith("<"):
        return
    low, high, p_value = parts
    middle = abs(log(low.centre * high.centre)) / 2
    wald = 2 * NORMAL_QUANTILE * middle / log(high.centre / low.centre)
    least, most = (-float(ndtri(p / 2)) for p in (p_value.high, p_value.low))
    if not least / SLACK - 0.3 < wald < most * SLACK + 0.3:
        yield (
            f"{endpoint}.{test} P = {p_value.printed} and the interval {low.printed} to {high.printed} of its hazard "
            f"ratio: the interval has z = {wald:.2f}, the P value z = {(least + most) / 2:.2f}. Correct the one misread"
        )


def _curve(endpoint, own, arm):
    """Survival falls, is a half at the median, and above it until a median that is not reached."""
    points = sorted(
        (float(name.split(".", 1)[1].removesuffix(f".{arm}")), each)
        for name, each in own.items()
        if name.startswith("survival.") and name.endswith(f".{arm}")
    )
    for time, each in points:
        if each.low > 1:
            yield f"{endpoint}.survival.{time:g}.{arm} {each.printed}: survival is a share, and at most 100%"
    for (earlier, before), (later, after) in pairwise(points):
        if after.low > before.high:
            yield (
                f"{endpoint}.survival.{earlier:g}.{arm} {before.printed} and {endpoint}.survival.{later:g}.{arm} "
                f"{after.printed}: survival cannot rise. Correct the one that is misread"
            )
    median = own.get(f"median.{arm}")
    for time, each in points if median else ():
        wrong = (
            each.high < 0.5
            if isnan(median.low)
            else (each.low > 0.5 if time > median.high else each.high < 0.5 and time < median.low)
        )
        if wrong:
            yield (
                f"{endpoint}.median.{arm} {median.printed} and {endpoint}.survival.{time:g}.{arm} {each.printed}: "
                "the median is where survival is one half. Correct the one that is misread"
            )


def _numbers_fixed_by(study):
    design = study.synthetic
    parts = {"arm": study.arms.arm.id, "reference": study.arms.reference.id}
    randomised = design.randomised.arm + design.randomised.reference
    analysed = design.analysed.arm + design.analysed.reference
    fixed = {
        "population.randomised": randomised,
        "population.analysed": analysed,
        "population.excluded": randomised - analysed,
    }
    for part, name in parts.items():
        fixed[f"population.randomised.{name}"] = getattr(design.randomised, part)
        fixed[f"population.analysed.{name}"] = getattr(design.analysed, part)
        for endpoint, kind in kinds_of(study).items():
            fixed[f"{endpoint}.events.{name}"] = events = _events_of(design, kind, part)
            if kind is not Kind.AFTER_PROGRESSION:
                fixed[f"{endpoint}.share.{name}"] = events / getattr(design.analysed, part)
    return fixed | _responses_fixed_by(study, parts)


def _events_of(design, kind, part):
    progressed, died, without = (
        getattr(getattr(design, count), part) for count in ("progressed", "died", "died_without_progression")
    )
    return {
        Kind.PROGRESSION: progressed,
        Kind.PROGRESSION_FREE: progressed + without,
        Kind.SURVIVAL: died,
        Kind.AFTER_PROGRESSION: died - without,
    }[kind]


def _responses_fixed_by(study, parts):
    responses = study.synthetic.responses
    if responses is None:
        return {}
    fixed = {}
    for visit in study.response.visits:
        if isinstance(responses, ResponsesByArm):
            for part, name in parts.items():
                fixed |= response_numbers(visit.id, getattr(responses, part), f".{name}")
        else:
            fixed |= response_numbers(visit.id, getattr(responses, visit.id))
    return fixed


def _missing_courses(study):
    """The first events are spread over courses of survival, and of progression or of survival without it."""
    kinds = kinds_of(study)
    for wanted in ({Kind.SURVIVAL}, {Kind.PROGRESSION, Kind.PROGRESSION_FREE}):
        if not any(kind in wanted and name in study.synthetic.curves for name, kind in kinds.items()):
            yield (
                f"synthetic.curves has none of {' or '.join(sorted(kind.value for kind in wanted))}: "
                "say which smooth curve its events follow"
            )
    for name in study.synthetic.curves.keys() - kinds.keys():
        yield f"synthetic.curves.{name} is of no endpoint of this study"


def _intervals_too_narrow(study, targets, fixed):
    """No order of d and e events gives the logarithm of a hazard ratio a variance below 1/d + 1/e."""
    for endpoint in kinds_of(study):
        number = f"{endpoint}.hazard_ratio"
        events = [fixed[f"{endpoint}.events.{arm.id}"] for arm in study.arms.levels]
        if not all(name in targets for name in (number, f"{number} low", f"{number} high")) or not all(events):
            continue
        ratio, low, high = (targets[f"{number}{part}"] for part in ("", " low", " high"))
        widest = min(log(high.high / ratio.low), log(ratio.high / low.low)) / NORMAL_QUANTILE
        least = sqrt(sum(1 / count for count in events))
        if least > widest:
            yield (
                f"{number} {ratio.printed} with limits {low.printed} to {high.printed} allows a standard error of "
                f"{widest:.4f}, but {events[0]} and {events[1]} events give {least:.4f} or more"
            )
