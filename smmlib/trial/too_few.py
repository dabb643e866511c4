"""Studies that cannot be reported under `suppress_below`, because what must be shown gives a small count away."""

from itertools import combinations

import numpy as np

from smmlib.trial.endpoints.time_to_event import arm_times
from smmlib.trial.population import analysed_subjects, subjects_in_arm
from smmlib.trial.response.rates import arm_categories
from smmlib.trial.tables.problems import Problem


def too_few_to_show(study, steps, endpoints, responses):
    """Arms with fewer patients than may be shown, and populations that differ by fewer.

    Parameters
    ----------
    study : Study
    steps : dict of str to DataFrame
        From `population_steps`.
    endpoints : dict of str to TimeToEvent
    responses : dict of str to ResponseAtVisit

    Returns
    -------
    list of Problem
    """
    limit = study.suppress_below
    if limit is None:
        return []
    found = [*_small(study, endpoints, responses, limit), *_close(study, steps, limit)]
    return [Problem(study.data.subjects, "", "", f"{what}, under suppress_below {limit}: {ADVICE}") for what in found]


ADVICE = "leave it out of the parameters, or report without suppress_below where that is allowed"


def _small(study, endpoints, responses, limit):
    for name, data in endpoints.items():
        for arm in study.arms.both:
            at_risk = _most_at_risk(*arm_times(data, arm is study.arms.arm))
            if at_risk < limit:
                yield f"endpoint {name} has {at_risk} patients at risk in arm {arm.label}"
    for name, data in responses.items():
        for arm in study.response_arms:
            patients = len(arm_categories(data, arm))
            if patients < limit:
                yield f"response at {name} is counted among {patients} patients of arm {arm.label}"


def _most_at_risk(time, _event, entry):
    """All patients; where they enter late, the most that are under observation at the end of any of them."""
    if entry is None:
        return len(time)
    return int(max(np.sum((entry < end) & (time >= end)) for end in time))


def _close(study, steps, limit):
    """Each size of a population by arm is shown: two that are close give the difference away."""
    used = {study.population, *(endpoint.population for endpoint in study.endpoints.values())} - {None}
    members = {name: analysed_subjects(study, steps["randomised"], name) for name in sorted(used)}
    for (one, first), (other, second) in combinations(members.items(), 2):
        for arm in study.arms.both:
            difference = abs(len(subjects_in_arm(first, arm)) - len(subjects_in_arm(second, arm)))
            if 0 < difference < limit:
                yield f"populations {one} and {other} differ by {difference} patients in arm {arm.label}"
