"""Subgroups as a report may show them where small counts are masked.

The subgroups of a variable are shown whole or not at all. Endpoints share their patients, so that what one masks may be
the difference of two numbers of others: in each subgroup of each arm, endpoint after endpoint, patients and events are
shown only where neither they, nor the rest of the patients, nor their difference to what was shown before are small.
"""

from collections import defaultdict
from collections.abc import Mapping, Set

from smmlib.analysis.keys import Key
from smmlib.report.disclosure.masked_results import masked, without_small_counts
from smmlib.stats.results import Estimate, HypothesisTest

Numbers = Mapping[Key, Estimate | HypothesisTest]
Place = tuple[str, str, str]
"""An arm, a variable and one of its levels."""
Counts = dict[Place, int]
Told = defaultdict[Place, list[int]]


def masked_subgroups(
    numbers: Numbers, described: Numbers, hidden: Mapping[str, Set[Key]], limit: int
) -> dict[Key, Estimate | HypothesisTest]:
    """The numbers of the subgroups section without what tells of fewer patients than may be shown.

    Parameters
    ----------
    numbers : mapping of Key to Estimate or HypothesisTest
        Of the subgroups section.
    described : mapping of Key to Estimate or HypothesisTest
        Of the baseline section, which counts some of the same patients.
    hidden : mapping of str to set of Key
        By endpoint, what is not shown of its events in each arm.
    limit : int
        `suppress_below`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    patients = _told_of(described)
    events: Told = defaultdict(list)
    masks: set[Key] = set()
    for endpoint in dict.fromkeys(key.endpoint for key in numbers):
        of_endpoint = {key: result for key, result in numbers.items() if key.endpoint == endpoint}
        events_hidden = any(key.measure == "events" for key in hidden[endpoint])
        masks |= {key for key in of_endpoint if not key.factor and key.measure == "events" and events_hidden}
        for factor in dict.fromkeys(key.factor for key in of_endpoint if key.factor):
            own = {key: result for key, result in of_endpoint.items() if key.factor == factor}
            masks |= _masked_of_variable(own, patients, events, events_hidden, limit)
    hide_events = any(key.measure == "events" for key in masks)
    return {
        key: masked(result, limit) if key in masks else without_small_counts(result, limit, hide_events=hide_events)
        for key, result in numbers.items()
    }


def _told_of(described: Numbers) -> Told:
    """Patients of each arm in each level that baseline characteristics count."""
    told: Told = defaultdict(list)
    for place, count in _counts(described, "category").items():
        told[place].append(count)
    return told


def _masked_of_variable(own: Numbers, patients: Told, events: Told, events_hidden: bool, limit: int) -> set[Key]:
    """What is masked of the subgroups of one variable: nothing, all but the patients, or all."""
    counts, missing = _counts(own, "patients"), _counts(own, "missing").values()
    whole = {place: sum(count for other, count in counts.items() if other[0] == place[0]) for place in counts}
    small_missing = any(missing) and any(count < limit for count in missing)
    if small_missing or not _are_safe(counts, whole, patients, limit):
        return set(own)
    _tell(counts, patients)
    of_level = _counts(own, "events")
    if events_hidden or not _are_safe(of_level, counts, events, limit):
        return {key for key in own if key.measure not in ("patients", "missing")}
    _tell(of_level, events)
    return set()


def _counts(numbers: Numbers, measure: str) -> Counts:
    """Counts of one measure in each arm."""
    return {
        (key.arm, key.factor, key.level): int(result.value)
        for key, result in numbers.items()
        if key.measure == measure and isinstance(result, Estimate)
    }


def _are_safe(counts: Counts, whole: Counts, told: Told, limit: int) -> bool:
    """Whether neither a count, nor the rest of its whole, nor its difference to what is told of it is small."""
    return all(
        count >= limit
        and whole[place] - count >= limit
        and all(count == other or abs(count - other) >= limit for other in told[place])
        for place, count in counts.items()
    )


def _tell(counts: Counts, told: Told) -> None:
    for place, count in counts.items():
        told[place].append(count)
