"""The numbers that papers print, from the rows of a cohort by the simplest means: no numpy, none of our statistics."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import erfc, exp, log, sqrt
from pathlib import Path

DATASETS = Path(__file__).parents[1] / "smmlib" / "datasets"
DAYS = {"months": 365.25 / 12, "years": 365.25}


def rows_of(study, name):
    """A table as dictionaries of text, with dates, and None for those that are missing."""
    with open(DATASETS / study / name, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for variable in row:
            if variable.endswith("DT"):
                row[variable] = date.fromisoformat(row[variable]) if row[variable] else None
    return rows


def analysed(rows):
    return [row for row in rows if row.get("PPROTFL", "Y") == "Y"]


def times(rows, start, events, censor, unit):
    """Time, event and arm of every patient who has the start; the first of the events counts."""
    found = []
    for row in rows:
        if row[start] is not None:
            happened = [row[event] for event in events if row[event] is not None]
            last = min(happened) if happened else row[censor]
            found.append(((last - row[start]).days / DAYS[unit], bool(happened), row["TRT01P"]))
    return found


def of_arm(patients, arm):
    return [patient for patient in patients if patient[2] == arm]


def survival_curve(patients):
    """Kaplan-Meier by its definition, as pairs of time and survival."""
    survival, curve = 1.0, []
    for time in sorted({time for time, event, _ in patients if event}):
        at_risk = sum(other >= time for other, *_ in patients)
        events = sum(event and other == time for other, event, _ in patients)
        survival *= 1 - events / at_risk
        curve.append((time, survival))
    return curve


def survival_at(patients, time):
    return [1.0, *(survival for at, survival in survival_curve(patients) if at <= time)][-1]


def median(patients):
    return next((time for time, survival in survival_curve(patients) if survival < 0.5), None)


def median_limits(patients):
    """Where each log-log limit of survival comes down to one half."""
    survival, variance, limits = 1.0, 0.0, [None, None]
    for time in sorted({time for time, event, _ in patients if event}):
        at_risk = sum(other >= time for other, *_ in patients)
        events = sum(event and other == time for other, event, _ in patients)
        survival *= 1 - events / at_risk
        if survival <= 0:
            break
        variance += events / (at_risk * (at_risk - events))
        margin = 1.959963984540054 * sqrt(variance) / abs(log(survival))
        for place, side in enumerate((1, -1)):
            if limits[place] is None and survival ** exp(side * margin) <= 0.5:
                limits[place] = time
    return limits


def risk_sets(patients, arm):
    """At each event, the numbers at risk in the arm and in the other, and whether it is one of the arm."""
    event_times = [(time, its_arm) for time, event, its_arm in patients if event]
    assert len({time for time, _ in event_times}) == len(event_times), "two events share a time"
    return [
        (
            sum(other >= time and another == arm for other, _, another in patients),
            sum(other >= time and another != arm for other, _, another in patients),
            its_arm == arm,
        )
        for time, its_arm in event_times
    ]


def cox(patients, arm):
    """Hazard ratio with its limits: the root of the score by bisection."""
    sets = risk_sets(patients, arm)

    def shares(ratio):
        return [ratio * ours / (ratio * ours + theirs) for ours, theirs, _ in sets]

    low, high = 1e-3, 1e3
    for _ in range(200):
        middle = sqrt(low * high)
        low, high = (middle, high) if sum(shares(middle)) < sum(ours for *_, ours in sets) else (low, middle)
    margin = 1.959963984540054 / sqrt(sum(share * (1 - share) for share in shares(low)))
    return low, exp(log(low) - margin), exp(log(low) + margin)


def wald_p_value(ratio, low, high):
    return erfc(abs(log(ratio)) * 2 * 1.959963984540054 / log(high / low) / sqrt(2))


def logrank_p_value(patients, arm):
    shares = [(ours / (ours + theirs), in_arm) for ours, theirs, in_arm in risk_sets(patients, arm)]
    excess = sum(in_arm - share for share, in_arm in shares)
    return erfc(abs(excess) / sqrt(2 * sum(share * (1 - share) for share, _ in shares)))


def median_follow_up(patients, estimator):
    if estimator == "survivors":
        alive = sorted(time for time, event, _ in patients if not event)
        return (alive[(len(alive) - 1) // 2] + alive[len(alive) // 2]) / 2
    return median([(time, not event, arm) for time, event, arm in patients])


def printed(value, like):
    """A number rounded half away from zero, as a paper prints one like another."""
    if value is None:
        return "not reached"
    if like.startswith("<"):
        return like if value < float(like[1:]) else str(value)
    percent = like.endswith("%")
    digits = len(like.rstrip("%").partition(".")[2])
    text = Decimal(repr(value)) * (100 if percent else 1)
    return str(text.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) + ("%" if percent else "")
