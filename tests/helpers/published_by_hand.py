"""The numbers that papers print, from the rows of a cohort by the simplest means: no numpy, none of our statistics."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import erfc, exp, log, sqrt
from pathlib import Path

from project_files import DATASETS

from smmlib.analysis.claims import claims_by_key

RESPONDED = ("sCR", "CR", "VGPR", "PR")
DAYS = {"months": 365.25 / 12, "years": 365.25}


def rows_of(study, name):
    """A bundled table as dictionaries of text, with dates, and None for those that are missing."""
    return read_rows((DATASETS / study / name).read_text(encoding="utf-8"))


def tables_of(study):
    """The bundled tables of a study, by name."""
    names = study.data.model_dump(include={"subjects", "responses", "adverse_events"}, exclude_none=True)
    return {name: rows_of(study.study, Path(file).name) for name, file in names.items()}


def read_rows(text):
    rows = list(csv.DictReader(text.splitlines()))
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
    """When survival comes down to a half; the middle of the stretch where it is a half to the last digit."""
    low = [(time, survival) for time, survival in survival_curve(patients) if survival < 0.5 + 1e-9]
    if not low:
        return None
    at_half = abs(low[0][1] - 0.5) < 1e-9 and len(low) > 1
    return (low[0][0] + low[1][0]) / 2 if at_half else low[0][0]


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


def patients_of(study, rows, endpoint):
    """Time, event and arm of the patients of an endpoint."""
    rule = study.endpoints[endpoint]
    rows = rows if rule.population == "safety" else analysed(rows)
    return times(rows, rule.start, list(rule.event), rule.censor, study.time_unit)


def by_hand(study, tables, key):
    """Value, lower and upper limit and P value of a claim, as far as it has them."""
    if key.section == "population":
        return _population(study, tables, key), None, None, None
    if key.section == "response":
        return _response(study, tables, key), None, None, None
    patients = patients_of(study, tables["subjects"], key.endpoint)
    arms = {arm.id: of_arm(patients, arm.value) for arm in study.arms.levels}
    own, treated = arms.get(key.arm), study.arms.named(key.arm).value
    match key.measure:
        case "hazard_ratio":
            return (*cox(patients, treated), None)
        case "wald_test":
            return None, None, None, wald_p_value(*cox(patients, treated))
        case "logrank":
            return None, None, None, logrank_p_value(patients, treated)
        case "median":
            return median(own), *median_limits(own), None
        case "survival":
            return survival_at(own, key.at), None, None, None
        case "events":
            return sum(event for _, event, _ in own), None, None, None
        case "share":
            return sum(event for _, event, _ in own) / len(own), None, None, None
    raise AssertionError(f"no simple means for {key}")


def _population(study, tables, key):
    rows = tables["subjects"]
    if key.measure == "follow_up":
        patients = patients_of(study, rows, study.follow_up.endpoint)
        alive = [time for time, event, _ in patients if not event]
        ends = {"shortest": min(alive), "longest": max(alive)}
        return ends[key.variant] if key.variant else median_follow_up(patients, study.follow_up.estimator)
    if key.measure == "adverse_event":
        return _adverse_events(study, tables["adverse_events"], key)
    steps = {"randomised": rows, "analysed": analysed(rows), "excluded": [r for r in rows if r not in analysed(rows)]}
    return sum(not key.arm or row["TRT01P"] == study.arms.named(key.arm).value for row in steps[key.measure])


def _adverse_events(study, rows, key):
    """Patients with a fatal event, or with a severe one of a term."""
    least = {"fatal": 5, "grade_3": 3}[key.variant]
    arm = study.arms.named(key.arm).value
    severe = [row for row in rows if row["TRT01P"] == arm and int(row["AETOXGR"]) >= least]
    return len({row["USUBJID"] for row in severe if key.level in ("", row["AEDECOD"])})


def _response(study, tables, key):
    visits = {visit.id: visit.visit for visit in study.response.visits}
    categories = [
        row["AVALC"]
        for row in tables["responses"]
        if row["AVISIT"] == visits[key.phase] and row["TRT01P"] == study.arms.named(key.arm).value
    ]
    if key.measure == "category":
        return categories.count(key.level)
    return sum(category in RESPONDED for category in categories) / len(categories)


def missed_claims(study, tables):
    """Claims that the rows of a cohort do not give back: number, what is printed and what was found."""
    missed = []
    for key, claim in claims_by_key(study):
        value, low, high, p_value = by_hand(study, tables, key)
        parts = [(claim.value, value), (claim.p_value, p_value)]
        if claim.interval and key.section != "response":  # exact limits have no simple means
            parts += zip(claim.interval, (low, high), strict=True)
        missed += [
            (claim.number, wanted, found)
            for wanted, found in parts
            if wanted is not None and not _is_met(wanted, found, claim.tolerance)
        ]
    return missed


def _is_met(wanted, found, tolerance):
    if tolerance is None:
        return printed(found, wanted) == wanted
    scale = 100 if wanted.endswith("%") else 1
    return abs(found * scale - float(wanted.rstrip("%"))) <= float(tolerance.rstrip("%"))
