"""Endpoints whose event another one may forestall: cumulative incidence of both, and how the arms compare in it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from smmlib.analysis.keys import TIME_TO_EVENT as SECTION
from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.competing.competing_risks import cause_specific_hazard_ratio, cumulative_incidence, incidence_at
from smmlib.stats.competing.gray import gray_test, k_sample_gray_test
from smmlib.stats.competing.incidence_difference import incidence_difference
from smmlib.stats.counts import patient_count
from smmlib.stats.results import CumulativeIncidenceCurve, Estimate, HypothesisTest
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.endpoints.words import competing_in_words
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

CAUSES = {"": 1, "competing": 2}
"""Variants of the keys: the event itself, and whatever competes with it."""
SEVERAL = 3
"""Arms from which on all are compared at once."""
Curves = dict[tuple[str, str], CumulativeIncidenceCurve]
_Result = TypeVar("_Result", Estimate, HypothesisTest)


def possible_keys(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of an endpoint with competing events: their patients, incidence at the landmarks, and each comparison."""
    if not study.endpoints[endpoint].competing:
        return
    landmarks = [float(at) for at in study.analysis_of(endpoint).landmarks]
    late = getattr(study.endpoints[endpoint], "entry", None) is not None  # of which Gray's test knows nothing
    for arm in study.arms.levels:
        yield Key(SECTION, "competing_events", endpoint, arm.id)
    for variant in CAUSES:
        for arm in study.arms.levels:
            yield from (Key(SECTION, "incidence", endpoint, arm.id, at=at, variant=variant) for at in landmarks)
        if len(study.arms.levels) >= SEVERAL and study.arms.pairs and not late:
            yield Key(SECTION, "overall_gray_test", endpoint, variant=variant)
        for arm, reference in study.arms.pairs:
            about = endpoint, arm.id, reference.id
            yield from (Key(SECTION, "incidence_difference", *about, at=at, variant=variant) for at in landmarks)
            for measure in ("cause_specific_hazard_ratio",) if late else ("gray_test", "cause_specific_hazard_ratio"):
                yield Key(SECTION, measure, *about, variant=variant)


def cause_in_words(study: Study, endpoint: str, variant: str) -> str:
    """The event of an endpoint, or what competes with it: "Relapse", "death without relapse or new therapy".

    Parameters
    ----------
    study : Study
    endpoint : str
    variant : str
        "" or "competing".

    Returns
    -------
    str
    """
    rule = study.endpoints[endpoint]
    return competing_in_words(rule) if variant else rule.event_label


def incidence_curves(data: AnalysisData, endpoint: str) -> Curves:
    """Cumulative incidence of the event, and of competing events together, in each arm.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of (str, str) to CumulativeIncidenceCurve
        By the id of the arm and the variant, "" or "competing"; empty where the endpoint has no competing events.

    Examples
    --------
    No event competes with relapse in Freireich's parameters. From the folder of the project:

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import incidence_curves
    >>> incidence_curves(analysis_data("params/freireich-1963.yaml"), "remission")
    {}
    """
    study, patients, curves = data.study, data.endpoint(endpoint), {}
    for arm in study.arms.levels if study.endpoints[endpoint].competing else ():
        own = patients.among(arm.id)
        for variant, cause in CAUSES.items():
            curves[arm.id, variant] = cumulative_incidence(
                own.time,
                own.cause,
                of=cause,
                entry=own.entry,
                conf_level=study.analysis_of(endpoint).conf_level,
                time_unit=study.time_unit,
                arm=arm.label,
            )
    return curves


def competing_risk_numbers(data: AnalysisData, endpoint: str) -> Numbers:
    """Cumulative incidence at the landmarks with its differences, Gray's tests and cause-specific hazard ratios.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Empty where the endpoint has no competing events. Tests and hazard ratios are within strata where the primary
        ones are. Two arms are compared by the patients of these two alone.

    Examples
    --------
    No event competes with relapse in Freireich's parameters. From the folder of the project:

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import competing_risk_numbers
    >>> competing_risk_numbers(analysis_data("params/freireich-1963.yaml"), "remission")
    {}
    """
    curves = incidence_curves(data, endpoint)
    return {key: _number(data, key, curves) for key in possible_keys(data.study, endpoint)}


def _number(data: AnalysisData, key: Key, curves: Curves) -> Estimate | HypothesisTest:
    words = cause_in_words(data.study, key.endpoint, key.variant)
    if key.measure == "competing_events":
        return _competing_events(data, key)
    if key.measure == "incidence":
        return _of_cause(incidence_at(curves[key.arm, key.variant], present(key.at)), key, words)
    if key.measure == "incidence_difference":
        curve, reference_curve = curves[key.arm, key.variant], curves[key.reference, key.variant]
        return _of_cause(incidence_difference(curve, reference_curve, present(key.at)), key, words)
    if key.measure == "overall_gray_test":
        return _of_cause(_overall(data, key), key, words)
    if key.measure == "gray_test":
        return _of_cause(_gray_test(data, key), key, words)
    return _of_cause(_hazard_ratio(data, key), key, words)


def _of_cause(result: _Result, key: Key, words: str) -> _Result:
    """A result whose method names the cause in the words of the study."""
    number = f"cause {CAUSES[key.variant]}"
    named = f"‘{words}’"
    return replace(
        result,
        method=result.method.replace(number, named),
        from_data=tuple(part.replace(number, named) for part in result.from_data),
    )


def _competing_events(data: AnalysisData, key: Key) -> Estimate:
    own = data.endpoint(key.endpoint).among(key.arm)
    label = data.study.arms.named(key.arm).label
    count = int((own.cause == CAUSES["competing"]).sum())
    return patient_count(count, what="patients with a competing event", arm=label, of=len(own.time))


def _overall(data: AnalysisData, key: Key) -> HypothesisTest:
    patients = data.endpoint(key.endpoint)
    strata = patients.strata if data.study.analysis_of(key.endpoint).primary_variant else None
    return k_sample_gray_test(patients.time, patients.cause, patients.arm, of=CAUSES[key.variant], strata=strata)


def _gray_test(data: AnalysisData, key: Key) -> HypothesisTest:
    patients = data.endpoint(key.endpoint).among(key.arm, key.reference)
    strata = patients.strata if data.study.analysis_of(key.endpoint).primary_variant else None
    observed = patients.time, patients.cause, patients.arm == key.arm
    return gray_test(*observed, of=CAUSES[key.variant], strata=strata, **data.study.arms.labels(key.arm, key.reference))


def _hazard_ratio(data: AnalysisData, key: Key) -> Estimate:
    analysis = data.study.analysis_of(key.endpoint)
    patients = data.endpoint(key.endpoint).among(key.arm, key.reference)
    return cause_specific_hazard_ratio(
        patients.time,
        patients.cause,
        patients.arm == key.arm,
        of=CAUSES[key.variant],
        strata=patients.strata if analysis.primary_variant else None,
        entry=patients.entry,
        ties=analysis.ties,
        conf_level=analysis.conf_level,
        **data.study.arms.labels(key.arm, key.reference),
    )
