"""Published numbers that exclude each other, or the design, found before any search."""

from itertools import pairwise
from math import isnan, log, sqrt

from scipy.special import ndtri

from smmlib.analysis import disposition, response, time_to_event
from smmlib.analysis.keys import Key
from smmlib.calibration.endpoint_kinds import Kind, kinds_of
from smmlib.calibration.fast_statistics import NORMAL_QUANTILE
from smmlib.calibration.targets import CalibrationError, comparison_key
from smmlib.trial.parameters.cohort_design import ResponsesByArm
from smmlib.trial.units import DAYS_PER_UNIT

SLACK = 1.35
"""A log-rank test and a Wald interval of the same patients differ; by more than this factor of z they contradict."""


def check_claims(study, targets):
    """Raise an error that names each pair of claims which no cohort can meet together.

    Parameters
    ----------
    study : Study
    targets : dict of (Key, str) to Target

    Raises
    ------
    CalibrationError
    """
    problems = list(_follow_up(study, targets))
    for endpoint in study.endpoints:
        ratio = comparison_key(study, "hazard_ratio", endpoint)
        problems += _ratio_and_interval(targets, ratio)
        for test in ("logrank", "wald_test"):
            problems += _interval_and_p_value(targets, ratio, comparison_key(study, test, endpoint))
        for arm in study.arms.levels:
            problems += _curve(targets, endpoint, arm.id)
    _refuse("claims exclude each other", problems)


def check_design(study, targets):
    """Raise an error when claims and design contradict each other before any search.

    Parameters
    ----------
    study : Study
    targets : dict of (Key, str) to Target

    Raises
    ------
    CalibrationError
    """
    fixed = _numbers_fixed_by(study)
    problems = [
        f"{key.name} is claimed to be {targets[key, 'value'].printed}, but the design makes it {value:.6g}"
        for key, value in fixed.items()
        if (key, "value") in targets and targets[key, "value"].excess(value) > 0
    ]
    problems += _missing_curves(study)
    problems += _intervals_too_narrow(study, targets, fixed)
    _refuse("design and claims contradict each other", problems)


def _refuse(what, problems):
    if problems:
        raise CalibrationError(f"{what}:\n" + "\n".join(f"  {problem}" for problem in problems))


def _parts(targets, *places):
    """The targets at all of these places, each a key and a part; none where one of them is not claimed."""
    found = [targets.get(place) for place in places]
    return [] if None in found else found


def _ratio_and_interval(targets, key):
    """A Wald interval is symmetric on the logarithm: the ratio is the geometric middle of its limits."""
    parts = _parts(targets, (key, "value"), (key, "low"), (key, "high"))
    if not parts:
        return
    ratio, low, high = parts
    if low.low > high.high:
        yield f"{ratio.name} has limits {low.printed} and {high.printed}, which are the wrong way round"
        return
    least, most = sqrt(low.low * high.low), sqrt(low.high * high.high)
    if least > ratio.high or most < ratio.low:
        yield (
            f"{ratio.name} {ratio.printed} and its interval {low.printed} to {high.printed}: the middle of "
            f"such an interval is {least:.2f} to {most:.2f}. Correct the one that is misread"
        )


def _follow_up(study, targets):
    """Nobody is followed for longer than from the first randomisation to the data cut-off."""
    design = study.synthetic
    longest = (design.data_cutoff - design.accrual_start).days / DAYS_PER_UNIT[study.time_unit]
    times = [(each, each.low) for each in targets.values() if each.key.measure == "follow_up"]
    times += [
        (each, each.key.at) for each in targets.values() if each.key.measure == "survival" and each.part == "value"
    ]
    for each, time in times:
        if time > longest:
            yield (
                f"{each.name} {each.printed} asks for {time:g} {study.time_unit}, but synthetic.accrual_start "
                f"{design.accrual_start} and data_cutoff {design.data_cutoff} allow {longest:.1f}"
            )


def _interval_and_p_value(targets, ratio, test):
    parts = _parts(targets, (ratio, "low"), (ratio, "high"), (test, "p_value"))
    if not parts or parts[2].printed.startswith("<"):
        return
    low, high, p_value = parts
    middle = abs(log(low.centre * high.centre)) / 2
    wald = 2 * NORMAL_QUANTILE * middle / log(high.centre / low.centre)
    least, most = (-float(ndtri(p / 2)) for p in (p_value.high, p_value.low))
    if not least / SLACK - 0.3 < wald < most * SLACK + 0.3:
        yield (
            f"{p_value.name} = {p_value.printed} and the interval {low.printed} to {high.printed} of its hazard "
            f"ratio: the interval has z = {wald:.2f}, the P value z = {(least + most) / 2:.2f}. Correct the one misread"
        )


def _curve(targets, endpoint, arm):
    """Survival falls, is a half at the median, and above it until a median that is not reached."""
    of_arm = [each for each in targets.values() if (each.key.endpoint, each.key.arm) == (endpoint, arm)]
    own = [each for each in of_arm if each.part == "value"]
    points = sorted((each for each in own if each.key.measure == "survival"), key=lambda each: each.key.at)
    for each in points:
        if each.low > 1:
            yield f"{each.name} {each.printed}: survival is a share, and at most 100%"
    for before, after in pairwise(points):
        if after.low > before.high:
            yield (
                f"{before.name} {before.printed} and {after.name} {after.printed}: survival cannot rise. "
                "Correct the one that is misread"
            )
    for median in (each for each in own if each.key.measure == "median"):
        for each in points:
            if _is_off_the_median(each, median):
                yield (
                    f"{median.name} {median.printed} and {each.name} {each.printed}: the median is where "
                    "survival is one half. Correct the one that is misread"
                )


def _is_off_the_median(survival, median):
    """Whether survival at a time is on the wrong side of one half."""
    if isnan(median.low):
        return survival.high < 0.5
    if survival.key.at > median.high:
        return survival.low > 0.5
    return survival.high < 0.5 and survival.key.at < median.low


def _numbers_fixed_by(study):
    """Numbers that the design settles, by key."""
    design, roles = study.synthetic, _roles(study)
    randomised = design.randomised.arm + design.randomised.reference
    analysed = design.analysed.arm + design.analysed.reference
    steps = {"randomised": randomised, "analysed": analysed, "excluded": randomised - analysed}
    fixed = {Key(disposition.SECTION, step): patients for step, patients in steps.items()}
    for role, arm in roles.items():
        for step in ("randomised", "analysed"):
            fixed[Key(disposition.SECTION, step, arm=arm)] = getattr(getattr(design, step), role)
        for endpoint, kind in kinds_of(study).items():
            fixed[_events_key(endpoint, arm)] = events = _events_of(design, kind, role)
            if kind is not Kind.AFTER_PROGRESSION:
                fixed[Key(time_to_event.SECTION, "share", endpoint, arm)] = events / getattr(design.analysed, role)
    return fixed | _responses_fixed_by(study, roles)


def _roles(study):
    """Ids of the arm and of the reference."""
    return dict(zip(("arm", "reference"), (arm.id for arm in study.arms.pairs[0]), strict=True))


def _events_key(endpoint, arm):
    return Key(time_to_event.SECTION, "events", endpoint, arm)


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


def _responses_fixed_by(study, roles):
    responses = study.synthetic.responses
    fixed = {}
    for visit in study.response.visits if responses else ():
        if isinstance(responses, ResponsesByArm):
            for role, arm in roles.items():
                fixed |= _response_numbers(study, visit, arm, getattr(responses, role))
        else:
            fixed |= _response_numbers(study, visit, roles["arm"], getattr(responses, visit.id))
    return fixed


def _response_numbers(study, visit, arm, counts):
    """Share of patients with a response, and the count of each category."""
    about = {"arm": arm, "phase": visit.id}
    responders = sum(counts.get(category, 0) for category in study.response_scale.responders)
    every = dict.fromkeys(study.response_scale.categories, 0) | counts
    rate = {Key(response.SECTION, "rate", **about): responders / sum(counts.values())}
    return rate | {Key(response.SECTION, "category", **about, level=name): count for name, count in every.items()}


def _missing_curves(study):
    """The first events are spread over smooth curves of survival, and of progression or of survival without it."""
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
        key = comparison_key(study, "hazard_ratio", endpoint)
        events = [fixed[_events_key(endpoint, arm)] for arm in _roles(study).values()]
        parts = _parts(targets, (key, "value"), (key, "low"), (key, "high"))
        if not parts or not all(events):
            continue
        ratio, low, high = parts
        widest = min(log(high.high / ratio.low), log(ratio.high / low.low)) / NORMAL_QUANTILE
        least = sqrt(sum(1 / count for count in events))
        if least > widest:
            yield (
                f"{ratio.name} {ratio.printed} with limits {low.printed} to {high.printed} allows a standard error of "
                f"{widest:.4f}, but {events[0]} and {events[1]} events give {least:.4f} or more"
            )
