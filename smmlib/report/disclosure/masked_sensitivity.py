"""Sensitivity analyses as a report may show them where small counts are masked.

Variants share their patients with the endpoints and with one another, so that a small count may be the difference of
two numbers: patients taken for lost are the events of the worst case less those of the main analysis. The events of a
variant are shown where all events and reasons of the endpoint are, and where neither they, nor the rest of the
patients, nor their difference to any number shown before is small; otherwise where they are as in the main analysis.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import replace

from smmlib.analysis.keys import Key
from smmlib.analysis.sensitivity import response_counts, variant_curve
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_results import NOTHING, masked, masked_estimate, without_small_counts
from smmlib.report.disclosure.shown_curves import is_readable
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.categories import NOT_EVALUABLE

Result = Estimate | HypothesisTest
Numbers = Mapping[Key, Result]
COUNTS, REST = ("patients", "events"), "rest"
Told = defaultdict[tuple[str, str], set[int]]
"""Counts that are shown, by measure and arm."""


def masked_sensitivity(
    data: AnalysisData, numbers: Numbers, hidden: Mapping[str, Set[Key]], shown: Numbers
) -> dict[Key, Result]:
    """The numbers of the sensitivity section without what tells of fewer patients than may be shown.

    Parameters
    ----------
    data : AnalysisData
        Of a study with `suppress_below`.
    numbers : mapping of Key to Estimate or HypothesisTest
        Of the sensitivity section.
    hidden : mapping of str to set of Key
        By endpoint, what is not shown of its events and reasons in each arm.
    shown : mapping of Key to Estimate or HypothesisTest
        The numbers of other sections as they are shown.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    limit = data.study.suppress_below or 0
    told = _told(data, hidden)
    found: dict[Key, Result] = {}
    for endpoint in data.study.sensitivity.endpoints:
        of_endpoint = {key: result for key, result in numbers.items() if key.endpoint == endpoint}
        masks = _hidden_counts(of_endpoint, bool(hidden[endpoint]), told, limit)
        found |= {key: _as_shown(data, key, result, masks, limit) for key, result in of_endpoint.items()}
    for visit in data.study.sensitivity.responses:
        own = {key: result for key, result in numbers.items() if key.phase == visit}
        found |= _masked_response(data, own, visit, shown, limit)
    return found


def _told(data: AnalysisData, hidden: Mapping[str, Set[Key]]) -> Told:
    """Patients and events of each arm, and how many have each reason, as far as other sections show them."""
    told: Told = defaultdict(set)
    for endpoint in data.study.endpoints:
        patients = data.endpoint(endpoint)
        for arm in data.study.arms.levels:
            own, about = patients.among(arm.id), Key("time_to_event", "events", endpoint, arm.id)
            told["patients", arm.id].add(len(own.time))
            if about not in hidden[endpoint]:
                events = int(own.event.sum())
                told["events", arm.id].add(events)
                told[REST, arm.id].add(len(own.time) - events)
            if not any(key.measure == "reason" and key.arm == arm.id for key in hidden[endpoint]):
                told["events", arm.id] |= set(own.derivation["reason"].value_counts())
    return told


def _hidden_counts(numbers: Numbers, is_partly_hidden: bool, told: Told, limit: int) -> set[Key]:
    """Counts of the variants that are not shown, with those of the main analysis that its own section hides."""
    hidden: set[Key] = set()
    for key, result in numbers.items():
        if key.measure not in COUNTS or not isinstance(result, Estimate):
            continue
        of_arm = _told_with(key, result)
        if all(count in told[measure, key.arm] for measure, count in of_arm.items()):
            continue
        is_small = any(_is_small(count, told[measure, key.arm], limit) for measure, count in of_arm.items())
        if is_small or (is_partly_hidden and key.measure == "events"):
            hidden.add(key)
            continue
        for measure, count in of_arm.items():
            told[measure, key.arm].add(count)
    return hidden


def _told_with(key: Key, result: Estimate) -> dict[str, int]:
    """What a count tells by measure: patients themselves, and of events the rest of the patients as well."""
    count = int(result.value)
    return {key.measure: count} | ({REST: int(result.n) - count} if key.measure == "events" else {})


def _is_small(count: int, known: set[int], limit: int) -> bool:
    """Whether a count, or its difference to one that is shown, is small."""
    return count < limit or any(0 < abs(count - other) < limit for other in known)


def _as_shown(data: AnalysisData, key: Key, result: Result, masks: set[Key], limit: int) -> Result:
    if key in masks:
        return masked(result, limit)
    if key.measure == "median" and isinstance(result, Estimate):
        curve = variant_curve(data, key.endpoint, key.variant, key.arm)
        result = result if is_readable(result, curve, limit) else masked_estimate(key, result, limit)
    return without_small_counts(_without_counts(result) if masks else result, limit, hide_events=bool(masks))


def _without_counts(result: Result) -> Result:
    return replace(result, n=NOTHING) if isinstance(result, Estimate) else result


def _masked_response(data: AnalysisData, numbers: Numbers, visit: str, shown: Numbers, limit: int) -> dict[Key, Result]:
    """The variants of a visit whole or not at all; the main analysis as the section of response shows it."""
    arms = data.study.arms.levels
    keys = [Key("response", "rate", arm=arm.id, phase=visit) for arm in arms]
    keys += [Key("response", "category", arm=arm.id, phase=visit, level=NOT_EVALUABLE) for arm in arms]
    parts = [_parts_of(data, visit, arm.id) for arm in arms]
    is_small = any(part < limit for of_arm in parts for part in of_arm)
    is_hidden = is_small or any(key in shown and is_masked(shown[key]) for key in keys)
    return {
        key: masked(result, limit) if is_hidden else without_small_counts(result, limit, hide_events=False)
        for key, result in numbers.items()
    }


def _parts_of(data: AnalysisData, visit: str, arm: str) -> tuple[int, int, int]:
    """Responders of an arm, those not evaluable, and the others."""
    recorded = data.response(visit)
    unknown = int((recorded.category[recorded.arm == arm] == NOT_EVALUABLE).sum())
    responders, patients = response_counts(data, visit, "")[arm]
    return responders, unknown, patients - responders - unknown
