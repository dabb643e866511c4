"""How often the range of an ensemble holds the hazard ratio of the real patients."""

from dataclasses import dataclass
from math import log

import numpy as np

from benchmarks.reconstruction.accuracy import hazard_ratio_of
from benchmarks.reconstruction.drawing import Terms, draw_trial, pixel
from smmlib.curves.reconstruct import reconstructions

MEMBERS, SEED = 20, 5
CONDITIONS = (
    Terms("risk table and total", dots_per_inch=300),
    Terms("total", dots_per_inch=300, risk_table=False),
)


@dataclass(frozen=True)
class Coverage:
    """One condition over all trials: how many ranges hold the truth, and how wide they are.

    `width` is the median width of the range of the log hazard ratio, from least to most, `share` the median ratio of
    the variance between members to the variance of the estimate within them.
    """

    condition: str
    trials: int
    inside: int
    width: float
    share: float


def coverage(trials):
    """Each condition over all trials."""
    return [_cover(terms, trials) for terms in CONDITIONS]


def _cover(terms, trials):
    inside, widths, shares = 0, [], []
    for trial, arms in trials.items():
        ratios = ensemble(terms, trial, arms)
        logs = np.log([ratio.value for ratio in ratios])
        low, high = min(logs), max(logs)
        truth = log(hazard_ratio_of(*((arm.time, arm.event) for arm in arms)).value)
        inside += low <= truth <= high
        widths.append(high - low)
        shares.append(np.var(logs, ddof=1) / np.mean([ratio.std_error**2 for ratio in ratios]))
    return Coverage(terms.label, len(trials), int(inside), float(np.median(widths)), float(np.median(shares)))


def ensemble(terms, trial, arms, members=MEMBERS):
    """Hazard ratio of each member, both arms read anew."""
    size = pixel(terms, max(arm.time.max() for arm in arms))
    made = [
        reconstructions(
            members, SEED + number, figure.curve, figure.risk_table, figure.events, n=figure.patients, pixel=size
        )
        for number, figure in enumerate(draw_trial(terms, trial, arms))
    ]
    return [
        hazard_ratio_of((first.time, first.event), (second.time, second.event))
        for first, second in zip(*made, strict=True)
    ]
