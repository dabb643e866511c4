"""Gray's test by loops over times and groups: no other program here has it.

References
----------
.. [1] Gray (1988), Ann Stat 16:1141-1154, section 2.
"""

from itertools import product

import numpy as np


def chi_square(time, cause, group, of, strata=None):
    """Gray's chi-square with weight 1; None where a group is not compared, or a variance is missing.

    Parameters
    ----------
    time, cause, group : ndarray, shape (n,)
    of : int
        The cause of interest; others above 0 compete with it.
    strata : ndarray, shape (n,), optional

    Returns
    -------
    float or None
    """
    names = sorted(set(group))
    score, covariance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for stratum in [None] if strata is None else sorted(set(strata)):
        members = np.full(len(time), True) if stratum is None else strata == stratum
        groups = [[*zip(time[own], cause[own], strict=True)] for own in (members & (group == name) for name in names)]
        own = _of_stratum(groups, of)
        if own is None:
            return None
        score, covariance = score + own[0], covariance + own[1]
    first = covariance[1:, 1:]
    if np.linalg.matrix_rank(first) < len(names) - 1 or np.linalg.eigvalsh(first)[0] <= 0:
        return None
    return float(score[1:] @ np.linalg.inv(first) @ score[1:])


def _of_stratum(groups, of):
    """Scores and covariance of one stratum: first forward in time, then from the last time to the first."""
    score, forward = np.zeros(len(groups)), []
    state = [{"survival": 1.0, "incidence": 0.0} for _ in groups]
    pooled = 0.0
    for moment in sorted({time for group in groups for time, _ in group}):
        rows = [_row(group, of, moment, own) for group, own in zip(groups, state, strict=True)]
        deaths, total = sum(row["own"] for row in rows), sum(row["adjusted"] for row in rows)
        expected = sum(row["adjusted"] * (1 - row["incidence"]) for row in rows)
        score += [row["own"] - deaths * row["adjusted"] * (1 - row["incidence"]) / expected for row in rows]
        if deaths and pooled >= 1:
            return None
        forward.append((rows, deaths, total, pooled, pooled + deaths / total))
        pooled += deaths / total
    covariance, later = np.zeros((len(groups), len(groups))), np.zeros((len(groups), len(groups)))
    for rows, deaths, total, before, after in reversed(forward):
        now = _contrasts([row["adjusted"] for row in rows], total)
        for k, row in enumerate(rows):
            covariance += _added(row, now[:, k], later[:, k], deaths, total, after)
        later = later + now * deaths / (total * (1 - before)) if deaths else later
    return score, covariance


def _row(group, of, moment, state):
    """One group at one time, and its survival and incidence carried past it."""
    at_risk = sum(time >= moment for time, _ in group)
    own = sum(time == moment and why == of for time, why in group)
    other = sum(time == moment and why not in (0, of) for time, why in group)
    before, incidence = state["survival"], state["incidence"]
    if at_risk:
        state["incidence"] += before * own / at_risk
        state["survival"] *= (at_risk - own - other) / at_risk
    adjusted = at_risk / before if at_risk else 0.0
    about = {"before": before, "after": state["survival"], "incidence": incidence, "adjusted": adjusted}
    return {"at_risk": at_risk, "own": own, "other": other} | about


def _contrasts(adjusted, total):
    """What an event in one group, the second index, moves of the score of another, the first."""
    now = np.zeros((len(adjusted), len(adjusted)))
    for i, k in product(range(len(adjusted)), repeat=2):
        now[i, k] = (adjusted[i] if i == k else 0.0) - adjusted[i] * adjusted[k] / total
    return now


def _added(row, now, later, deaths, total, pooled):
    """Covariance that the events of one group at one time add."""
    left, added = row["at_risk"] - row["own"] - row["other"], np.zeros((len(now), len(now)))
    if row["at_risk"] and deaths:
        ties = 1 - (deaths - 1) / (total * row["before"] - 1) if deaths > 1 else 1.0
        moved = now + later - (later * (1 - pooled) / row["after"] if left else 0.0)
        added += ties * row["before"] * deaths / (total * row["at_risk"]) * np.outer(moved, moved)
    if row["other"] and left:
        ties = (row["at_risk"] - row["other"]) / (row["at_risk"] - 1) if row["other"] > 1 else 1.0
        added += ties * row["other"] / left**2 * (1 - pooled) ** 2 * np.outer(later, later)
    return added
