"""Make the synthetic cohort of a study and refuse it unless it gives back every published number."""

import numpy as np
import pandas as pd

from smmlib.calibration.adam_tables import adverse_event_table, response_table, subject_table
from smmlib.calibration.cohort_analysis import cohort_numbers
from smmlib.calibration.conflicting_claims import check_claims, check_design
from smmlib.calibration.event_search import Cohort, search_events
from smmlib.calibration.objectives import objectives_of
from smmlib.calibration.responses import draw_responses
from smmlib.calibration.second_cancers import draw_second_cancers
from smmlib.calibration.targets import CalibrationError, check_numbers, targets_of
from smmlib.calibration.treatment_phases import draw_treatment
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present


def calibrate(study: Study) -> dict[str, pd.DataFrame]:
    """Make a synthetic cohort that meets the claims of a study.

    Parameters
    ----------
    study : Study
        With a `synthetic` part; its `published` numbers are the claims.

    Returns
    -------
    dict of str to DataFrame
        `subjects` (ADSL) and, where the design has them, `responses` (ADRS) and `adverse_events` (ADAE); dates are
        text, empty when missing.

    Raises
    ------
    ClaimError
        If a claim is about a number that the study does not have.
    CalibrationError
        If the study has no `synthetic` part, or claims contradict each other or the design, or they are not met within
        the budget of the search; the message then says by how much the nearest cohort missed each of them.

    References
    ----------
    .. [1] Dueck & Scheuer (1990), J Comput Phys 90:161-175, threshold accepting.

    Examples
    --------
    E3A06 reported a hazard ratio of 0.28 (0.12 to 0.62). To be quick, the first six claims alone are kept, and the
    search is short: a second instead of half a minute.

    >>> from smmlib import analysis_data, calibrate, hazard_ratio
    >>> from smmlib.trial import derive, read_tables
    >>> study = analysis_data("e3a06-2020").study
    >>> del study.published[6:]
    >>> study.synthetic.search.steps[:] = [500, 1000, 100]
    >>> pfs = derive(study, read_tables(study, calibrate(study))).endpoint("pfs")
    >>> ratio = hazard_ratio(pfs.time, pfs.event, pfs.arm == "lenalidomide", arm="Rev", reference="observation")
    >>> print(f"{len(pfs.time)} patients, {ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})")
    182 patients, 0.28 (0.12 to 0.62)
    """
    return cohort_tables(study, *calibrated_cohort(study))


def calibrated_cohort(study: Study) -> tuple[Cohort, np.random.Generator]:
    """The cohort that `calibrate` makes the tables of, and the random generator as it leaves it.

    Parameters
    ----------
    study : Study

    Returns
    -------
    cohort : Cohort
    random : numpy.random.Generator
    """
    if study.synthetic is None:
        raise CalibrationError(f"{study.study} has no `synthetic` part, which says how synthetic patients are made.")
    targets = targets_of(study)
    check_claims(study, targets)
    check_design(study, targets)
    random = np.random.Generator(np.random.PCG64(study.synthetic.seed))
    return search_events(study.synthetic, objectives_of(study, targets), random), random


def cohort_tables(study: Study, cohort: Cohort, random: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Tables of a cohort, with what is drawn when its events are settled: treatment, response, second cancers.

    Parameters
    ----------
    study : Study
    cohort : Cohort
    random : numpy.random.Generator

    Returns
    -------
    dict of str to DataFrame
        As `calibrate` returns them.

    Raises
    ------
    CalibrationError
        If a claim is missed, or treatment and response do not fit the events.
    """
    design = present(study.synthetic)
    patients, events = cohort.patients, cohort.events
    days = {phase.id: phase.days for phase in study.phases}
    treatment = draw_treatment(patients, events, design, days, random)
    responses = draw_responses(patients, events, treatment, design, study.response_scale, random)
    cancers = draw_second_cancers(study, patients, events, targets_of(study), random)
    tables = {"subjects": subject_table(study, patients, events, treatment, cancers)}
    if responses:
        tables["responses"] = response_table(study, patients, responses)
    if design.adverse_events:
        tables["adverse_events"] = adverse_event_table(study, patients, events, random)
    numbers = cohort_numbers(study, tables)
    check_numbers(targets_of(study, numbers), numbers)
    return tables
