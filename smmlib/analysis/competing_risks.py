"""Endpoints whose event another one may forestall: cumulative incidence of both, and how the arms compare in it."""

from collections.abc import Iterator

from smmlib.analysis.keys import TIME_TO_EVENT as SECTION
from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.competing.competing_risks import (
    cause_specific_hazard_ratio,
    cumulative_incidence,
    gray_test,
    incidence_at,
)
from smmlib.stats.results import CumulativeIncidenceCurve, Estimate, HypothesisTest
from smmlib.stats.types import Arms
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present

CAUSES = {"": 1, "competing": 2}
"""Variants of the keys: the event itself, and whatever competes with it."""
Curves = dict[tuple[str, str], CumulativeIncidenceCurve]


def possible_keys(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of an endpoint with competing events: incidence at the landmarks, and each comparison."""
    if not study.endpoints[endpoint].competing:
        return
    landmarks = study.analysis_of(endpoint).landmarks
    for variant in CAUSES:
        for arm in study.arms.levels:
            yield from (Key(SECTION, "incidence", endpoint, arm.id, at=float(at), variant=variant) for at in landmarks)
        for arm, reference in study.arms.pairs:
            for measure in measures_of_pairs(study, endpoint):
                yield Key(SECTION, measure, endpoint, arm.id, reference.id, variant=variant)


def measures_of_pairs(study: Study, endpoint: str) -> list[str]:
    """What compares two arms; Gray's test knows no late entry."""
    late = getattr(study.endpoints[endpoint], "entry", None) is not None
    return ["cause_specific_hazard_ratio"] if late else ["gray_test", "cause_specific_hazard_ratio"]


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
    """Cumulative incidence at the landmarks, Gray's tests and cause-specific hazard ratios.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Empty where the endpoint has no competing events. Comparisons are made within strata where the primary one is.

    Examples
    --------
    No event competes with relapse in Freireich's parameters. From the folder of the project:

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import competing_risk_numbers
    >>> competing_risk_numbers(analysis_data("params/freireich-1963.yaml"), "remission")
    {}
    """
    curves = incidence_curves(data, endpoint)
    return {
        key: incidence_at(curves[key.arm, key.variant], present(key.at))
        if key.measure == "incidence"
        else _compared(data, key)
        for key in possible_keys(data.study, endpoint)
    }


def _compared(data: AnalysisData, key: Key) -> Estimate | HypothesisTest:
    """One number of a comparison."""
    arms, analysis = data.study.arms, data.study.analysis_of(key.endpoint)
    patients = data.endpoint(key.endpoint).among(key.arm, key.reference)
    observed = patients.time, patients.cause, patients.arm == key.arm
    names: Arms = {"arm": arms.named(key.arm).label, "reference": arms.named(key.reference).label}
    strata, of = patients.strata if analysis.primary_variant else None, CAUSES[key.variant]
    if key.measure == "gray_test":
        return gray_test(*observed, of=of, strata=strata, **names)
    return cause_specific_hazard_ratio(
        *observed,
        of=of,
        strata=strata,
        entry=patients.entry,
        ties=analysis.ties,
        conf_level=analysis.conf_level,
        **names,
    )
