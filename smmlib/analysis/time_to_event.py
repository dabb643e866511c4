"""How long until the event, in each arm and between arms."""

from collections.abc import Iterator

from smmlib.analysis import adjusted_comparisons, competing_risks, declared_comparisons
from smmlib.analysis.keys import TIME_TO_EVENT as SECTION
from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.comparison.hazard_ratio import hazard_ratio, hazard_ratio_test
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.comparison.survival_difference import survival_difference
from smmlib.stats.counts import patient_count
from smmlib.stats.response.rate import response_rate
from smmlib.stats.results import Estimate, HypothesisTest, SurvivalCurve
from smmlib.stats.survival.follow_up import risk_table
from smmlib.stats.survival.kaplan_meier import kaplan_meier, median_survival, survival_at
from smmlib.stats.types import Arms
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.endpoints.time_to_event import TimeToEvent, reason_counts
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

OPEN_MEASURES = ("reason",)
"""Counts whose levels only the tables tell."""


def keys_of_arms(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the events, their share, the median and survival at the landmarks in each arm."""
    landmarks = study.analysis_of(endpoint).landmarks
    for arm in study.arms.levels:
        yield from (Key(SECTION, measure, endpoint, arm.id) for measure in ("events", "share", "median"))
        yield from (Key(SECTION, "survival", endpoint, arm.id, at=float(at)) for at in landmarks)


def keys_at_risk(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the numbers at risk at the times of the axis in each arm."""
    times = study.analysis_of(endpoint).axis_times
    for arm in study.arms.levels:
        yield from (Key(SECTION, "at_risk", endpoint, arm.id, at=float(at)) for at in times)


def keys_of_comparisons(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the tests, hazard ratios and differences of each comparison."""
    analysis, variants = study.analysis_of(endpoint), ("", "stratified") if study.strata else ("",)
    for pair in study.arms.pairs:
        about = endpoint, pair[0].id, pair[1].id
        for variant in variants:
            yield from (Key(SECTION, measure, *about, variant=variant) for measure in ("logrank", "hazard_ratio"))
        for variant in dict.fromkeys(("", analysis.primary_variant)):
            yield Key(SECTION, "wald_test", *about, variant=variant)
        yield from (Key(SECTION, "survival_difference", *about, at=float(at)) for at in analysis.landmarks)


def possible_keys(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys that the numbers of an endpoint can have, but for the reasons that its patients have."""
    yield from keys_of_arms(study, endpoint)
    yield from keys_at_risk(study, endpoint)
    yield from keys_of_comparisons(study, endpoint)
    yield from adjusted_comparisons.possible_keys(study, endpoint)
    yield from declared_comparisons.possible_keys(study, endpoint)
    yield from competing_risks.possible_keys(study, endpoint)


def survival_curves(data: AnalysisData, endpoint: str) -> dict[str, SurvivalCurve]:
    """The Kaplan-Meier curve of each arm.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of str to SurvivalCurve
        By the id of the arm.

    Examples
    --------
    Freireich 1963 has 21 children in each arm.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import survival_curves
    >>> curves = survival_curves(analysis_data("freireich-1963"), "remission")
    >>> {arm: int(curve.at_risk[0]) for arm, curve in curves.items()}
    {'placebo': 21, '6-mp': 21}
    """
    study, patients = data.study, data.endpoint(endpoint)
    return {arm.id: arm_curve(study, endpoint, patients, arm) for arm in study.arms.levels}


def arm_curve(study: Study, endpoint: str, patients: TimeToEvent, arm: Arm) -> SurvivalCurve:
    """The Kaplan-Meier curve of an arm among some patients, as the analysis of the endpoint says."""
    own, analysis = patients.among(arm.id), study.analysis_of(endpoint)
    return kaplan_meier(
        own.time,
        own.event,
        entry=own.entry,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
        time_unit=study.time_unit,
        arm=arm.label,
    )


def events_and_survival(data: AnalysisData, endpoint: str, curves: dict[str, SurvivalCurve]) -> dict[Key, Estimate]:
    """In each arm the events, their share, the median, and survival at the landmarks.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
    curves : dict of str to SurvivalCurve
        From `survival_curves`.

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    Remission in Freireich 1963: textbooks give medians of 8 and 23 weeks.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import events_and_survival, survival_curves
    >>> data = analysis_data("freireich-1963")
    >>> numbers = events_and_survival(data, "remission", survival_curves(data, "remission"))
    >>> {key.arm: number.value for key, number in numbers.items() if key.measure == "median"}
    {'placebo': 8.0, '6-mp': 23.0}
    """
    sizes, level = _sizes(data, endpoint), data.study.analysis_of(endpoint).conf_level
    numbers = {}
    for key in keys_of_arms(data.study, endpoint):
        curve, of = curves[key.arm], sizes[key.arm]
        if key.measure == "survival":
            numbers[key] = survival_at(curve, present(key.at))
        elif key.measure == "median":
            numbers[key] = median_survival(curve)
        elif key.measure == "share":
            numbers[key] = response_rate(curve.events.sum(), of, conf_level=level, arm=curve.arm)
        else:
            numbers[key] = patient_count(curve.events.sum(), what="patients with the event", arm=curve.arm, of=of)
    return numbers


def numbers_at_risk(data: AnalysisData, endpoint: str, curves: dict[str, SurvivalCurve]) -> dict[Key, Estimate]:
    """Patients at risk in each arm at the times of the axis.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
    curves : dict of str to SurvivalCurve
        From `survival_curves`.

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    Remission in Freireich 1963: R's `survfit` gives 8 and 15 children at risk at 10 weeks.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import numbers_at_risk, survival_curves
    >>> data = analysis_data("freireich-1963")
    >>> numbers = numbers_at_risk(data, "remission", survival_curves(data, "remission"))
    >>> {key.arm: number.value for key, number in numbers.items() if key.at == 10}
    {'placebo': 8.0, '6-mp': 15.0}
    """
    sizes, times = _sizes(data, endpoint), data.study.analysis_of(endpoint).axis_times
    at_risk = {
        arm: dict(zip(times, risk_table([curve], times)["at_risk"], strict=True)) for arm, curve in curves.items()
    }
    return {
        key: patient_count(
            at_risk[key.arm][present(key.at)],
            what="patients at risk",
            arm=curves[key.arm].arm,
            of=sizes[key.arm],
            at=present(key.at),
        )
        for key in keys_at_risk(data.study, endpoint)
    }


def event_reasons(data: AnalysisData, endpoint: str) -> dict[Key, Estimate]:
    """Why patients of each arm count as they do, the most common reason first.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    Of the 21 children on 6-mercaptopurine in Freireich 1963, 9 relapsed and 12 were censored.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import event_reasons
    >>> reasons = event_reasons(analysis_data("freireich-1963"), "remission")
    >>> {key.level: count.value for key, count in reasons.items() if key.arm == "6-mp"}
    {'relapse': 9.0, 'censored': 12.0}
    """
    patients, numbers = data.endpoint(endpoint), {}
    for arm in data.study.arms.levels:
        counts = reason_counts(patients, arm.id, fewest=data.study.suppress_below)
        for reason, count in counts.items():
            numbers[Key(SECTION, "reason", endpoint, arm.id, level=reason)] = patient_count(
                count, what=f"patients, {reason}", arm=arm.label, of=sum(counts.values())
            )
    return numbers


def comparison_numbers(data: AnalysisData, endpoint: str, curves: dict[str, SurvivalCurve]) -> Numbers:
    """Each comparison: log-rank test and hazard ratio, also stratified, Wald test, differences at the landmarks.

    Two arms are compared by the patients of these two alone, whichever other arms the trial has.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str
    curves : dict of str to SurvivalCurve
        From `survival_curves`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest

    Examples
    --------
    Remission in Freireich 1963: R's `coxph` gives a hazard ratio of 4.817, of placebo relative to 6-mercaptopurine.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import comparison_numbers, survival_curves
    >>> data = analysis_data("freireich-1963")
    >>> numbers = comparison_numbers(data, "remission", survival_curves(data, "remission"))
    >>> [f"{number.value:.3f}" for key, number in numbers.items() if key.measure == "hazard_ratio"]
    ['4.817']
    """
    return {key: _compared(data, key, curves) for key in keys_of_comparisons(data.study, endpoint)}


def _compared(data: AnalysisData, key: Key, curves: dict[str, SurvivalCurve]) -> Estimate | HypothesisTest:
    """One number of a comparison."""
    curve, reference_curve = curves[key.arm], curves[key.reference]
    if key.measure == "survival_difference":
        return survival_difference(curve, reference_curve, present(key.at))
    patients = data.endpoint(key.endpoint).among(key.arm, key.reference)
    analysis = data.study.analysis_of(key.endpoint)
    observed = patients.time, patients.event, patients.arm == key.arm
    names: Arms = {"arm": curve.arm, "reference": reference_curve.arm}
    strata, entry = patients.strata if key.variant == "stratified" else None, patients.entry
    if key.measure == "logrank":
        return logrank_test(*observed, strata=strata, entry=entry, **names)
    if key.measure == "wald_test":
        return hazard_ratio_test(*observed, kind="wald", strata=strata, entry=entry, ties=analysis.ties, **names)
    return hazard_ratio(
        *observed, strata=strata, entry=entry, ties=analysis.ties, conf_level=analysis.conf_level, **names
    )


def _sizes(data: AnalysisData, endpoint: str) -> dict[str, int]:
    """Patients of each arm who are part of the endpoint."""
    patients = data.endpoint(endpoint)
    return {arm.id: int((patients.arm == arm.id).sum()) for arm in data.study.arms.levels}


def endpoint_numbers(data: AnalysisData, endpoint: str) -> Numbers:
    """All numbers of an endpoint.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    curves = survival_curves(data, endpoint)
    return {
        **events_and_survival(data, endpoint, curves),
        **numbers_at_risk(data, endpoint, curves),
        **event_reasons(data, endpoint),
        **comparison_numbers(data, endpoint, curves),
        **adjusted_comparisons.adjusted_hazard_ratios(data, endpoint),
        **declared_comparisons.declared_numbers(data, endpoint, curves),
        **competing_risks.competing_risk_numbers(data, endpoint),
    }
