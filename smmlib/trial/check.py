"""Everything that a study's runs will derive, derived once before anything runs."""

from dataclasses import dataclass

import pandas as pd

from smmlib.trial.data import Tables, read_tables
from smmlib.trial.endpoints.time_to_event import time_to_event
from smmlib.trial.population import population_steps, subjects_in_arm
from smmlib.trial.response.rates import response_at
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.too_few import too_few_to_show
from smmlib.trial.treatment import phase_course


@dataclass(frozen=True, eq=False)
class Derived:
    """What the tables of a study say by its parameters.

    Attributes
    ----------
    tables : Tables
    steps : dict of str to DataFrame
        From `population_steps`.
    endpoints : dict of str to TimeToEvent
    courses : dict of str to PhaseCourse
        By phase.
    responses : dict of str to ResponseAtVisit
        By visit.
    """

    tables: Tables
    steps: dict[str, pd.DataFrame]
    endpoints: dict
    courses: dict
    responses: dict


def check_tables(study):
    """Read and derive all that the parameters name, so that a wrong table stops the run before it begins.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Derived

    Raises
    ------
    DataError
        With every problem of every table; where the tables themselves are in order, of everything derived from them.
    """
    tables = read_tables(study)
    steps = population_steps(study, tables)
    problems = _empty_arms(study, steps["analysed"])
    if problems:
        raise DataError(problems)

    def derived(names, derive):
        found = {}
        for name, what in names.items():
            try:
                found[name] = derive(what)
            except DataError as error:
                problems.extend(error.problems)
        return found

    endpoints = derived({name: name for name in study.endpoints}, lambda name: time_to_event(study, tables, name))
    phases = {phase.id: phase for phase in study.phases}
    courses = derived(phases, lambda phase: phase_course(study, steps["analysed"], phase))
    visits = {visit.id: visit for visit in study.response.visits} if study.response else {}
    responses = derived(visits, lambda visit: response_at(study, tables, visit))
    if problems:
        raise DataError(problems)
    problems = too_few_to_show(study, steps, endpoints, responses)
    if problems:
        raise DataError(problems)
    return Derived(tables, steps, endpoints, courses, responses)


def _empty_arms(study, analysed):
    empty = [arm for arm in study.arms.both if subjects_in_arm(analysed, arm).empty]
    return [Problem(study.data.subjects, "", "", f"no patient of arm {arm.value!r} is analysed") for arm in empty]
