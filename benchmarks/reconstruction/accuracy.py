"""How far a reconstructed trial is from the true one."""

from dataclasses import dataclass
from math import inf, log

import numpy as np

from benchmarks.reconstruction.drawing import survival_on, survival_steps
from smmlib import hazard_ratio

# Fine enough that the mean over it is the integral over follow-up, to a tenth of the smallest error shown.
FINE = 4000


@dataclass(frozen=True)
class Errors:
    """Absolute errors of one trial under one method.

    log_hazard_ratio is a number. median and restricted_mean are shares of tau, the shorter follow-up of the two arms,
    the larger of both arms; a median that only one of the two curves reaches is an error of infinity. survival is the
    mean over follow-up and arms, at_points over the times that were drawn. events is the share of the true total.
    std_error is that of the log hazard ratio, as a share of the true one.
    """

    log_hazard_ratio: float
    std_error: float
    median: float
    restricted_mean: float
    survival: float
    at_points: float
    events: float


def errors(arms, reconstructed, drawn):
    """Errors of two reconstructed arms, each a (time, event) pair, against the real ones; `drawn` the times drawn."""
    tau = min(arm.time.max() for arm in arms)
    pairs = [((arm.time, arm.event), made) for arm, made in zip(arms, reconstructed, strict=True)]
    true_ratio, ratio = (hazard_ratio_of(*both) for both in zip(*pairs, strict=True))
    return Errors(
        abs(log(ratio.value / true_ratio.value)),
        abs(ratio.std_error / true_ratio.std_error - 1),
        max(_median_error(true, made) for true, made in pairs) / tau,
        max(abs(_restricted_mean(true, tau) - _restricted_mean(made, tau)) for true, made in pairs) / tau,
        _mean_survival_error(pairs, [np.linspace(0, arm.time.max(), FINE) for arm in arms]),
        _mean_survival_error(pairs, drawn),
        sum(abs(int(made[1].sum()) - arm.events) for arm, (_, made) in zip(arms, pairs, strict=True))
        / sum(arm.events for arm in arms),
    )


def hazard_ratio_of(reference, arm):
    """Hazard ratio by Cox regression, Efron ties, of two (time, event) pairs; the standard error is of its log."""
    time, event = (np.concatenate(both) for both in zip(reference, arm, strict=True))
    in_arm = np.repeat([False, True], [len(reference[0]), len(arm[0])])
    return hazard_ratio(time, event, in_arm, arm="arm", reference="reference")


def median(time, event):
    """First time at which half or fewer survive; infinite where the curve ends above."""
    times, survival = survival_steps(time, event)
    reached = np.flatnonzero(survival <= 0.5 + 1e-12)
    return times[reached[0]] if len(reached) else inf


def _median_error(true, made):
    first, second = median(*true), median(*made)
    return 0.0 if first == second else abs(first - second)


def _restricted_mean(pair, tau):
    """Area under the curve up to tau, carried forward past the last patient."""
    times, survival = survival_steps(*pair)
    times, survival = times[times < tau], survival[: np.sum(times < tau)]
    return float(np.diff(np.concatenate([[0.0], times, [tau]])) @ np.append(1.0, survival))


def _mean_survival_error(pairs, grids):
    each = [
        np.mean(np.abs(survival_on(*made, grid) - survival_on(*true, grid)))
        for (true, made), grid in zip(pairs, grids, strict=True)
    ]
    return float(np.mean(each))
