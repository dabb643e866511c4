"""Studies that cannot be reported under `suppress_below`, because what must be shown gives a small count away."""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from smmlib.trial.endpoints.time_to_event import TimeToEvent
from smmlib.trial.parameters.study import Study
from smmlib.trial.population import analysed_subjects, subjects_in_arm
from smmlib.trial.sensitivity.variants import variants_of
from smmlib.trial.tables.problems import Problem

if TYPE_CHECKING:
    from smmlib.trial.analysis_data import AnalysisData


def too_few_to_show(study: Study, steps: dict[str, pd.DataFrame], data: "AnalysisData") -> list[Problem]:
    """Arms with fewer patients than may be shown, and populations that differ by fewer.

    Parameters
    ----------
    study : Study
    steps : dict of str to DataFrame
        From `population_steps`.
    data : AnalysisData

    Returns
    -------
    list of Problem
    """
    limit = study.suppress_below
    if limit is None:
        return []
    found = [*_small(study, data, limit), *_close(study, steps, limit)]
    return [Problem(study.data.subjects, "", "", f"{what}, under suppress_below {limit}: {ADVICE}") for what in found]


ADVICE = "leave it out of the parameters, or report without suppress_below where that is allowed"


def _small(study: Study, data: "AnalysisData", limit: int) -> Iterator[str]:
    endpoints = {name: data.endpoint(name) for name in study.endpoints}
    endpoints |= {".".join(name): data.variant(*name) for name in variants_of(study)}
    for name, patients in endpoints.items():
        for arm in study.arms.levels:
            at_risk = _most_at_risk(patients.among(arm.id))
            if at_risk < limit:
                yield f"endpoint {name} has {at_risk} patients at risk in arm {arm.label}"
    for visit in study.response.visits if study.response else ():
        for arm in study.response_arms:
            counted = int((data.response(visit.id).arm == arm.id).sum())
            if counted < limit:
                yield f"response at {visit.id} is counted among {counted} patients of arm {arm.label}"


def _most_at_risk(patients: TimeToEvent) -> int:
    """All patients; where they enter late, the most that are under observation at the end of any of them."""
    if patients.entry is None:
        return len(patients.time)
    return int(max(np.sum((patients.entry < end) & (patients.time >= end)) for end in patients.time))


def _close(study: Study, steps: dict[str, pd.DataFrame], limit: int) -> Iterator[str]:
    """Each size of a population by arm is shown: two that are close give the difference away."""
    used = {study.population, *(each.population for each in study.endpoints.values() if each.population is not None)}
    used |= {each.population for each in variants_of(study).values() if each.population is not None}
    if study.safety_population is not None and (study.data.adverse_events is not None or study.exposure):
        used.add(study.safety_population)
    members = {name: analysed_subjects(study, steps["randomised"], name) for name in sorted(used)}
    for (one, first), (other, second) in combinations(members.items(), 2):
        for arm in study.arms.levels:
            difference = abs(len(subjects_in_arm(first, arm)) - len(subjects_in_arm(second, arm)))
            if 0 < difference < limit:
                yield f"populations {one} and {other} differ by {difference} patients in arm {arm.label}"
