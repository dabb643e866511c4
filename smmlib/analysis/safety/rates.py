"""Adverse events by the time at risk, and between arms."""

import numpy as np

from smmlib.analysis.keys import Key
from smmlib.analysis.safety.event_counts import rows_by_line
from smmlib.analysis.safety.keys import key_of
from smmlib.analysis.safety.lines import lines_of_tables, patients_at_risk
from smmlib.stats.incidence.incidence_rate import incidence_rate
from smmlib.stats.response.difference import rate_difference
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.units import in_unit


def event_rates(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients with a first event of each line of the tables per 100 patient-years at risk.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Empty where the parameters do not say when patients are at risk; without arms of which nobody is.

    Examples
    --------
    As if patients of QuiRedex had been at risk for as long as they were followed:

    >>> from smmlib.analysis import event_rates
    >>> from smmlib.trial import derive, read_study
    >>> from smmlib.trial.parameters.adverse_events import Safety
    >>> followed = Safety(treatment={"start": "RANDDT", "end": "LSTALVDT", "days_after": 0})
    >>> study = read_study("params/quiredex-2016.yaml").model_copy(update={"safety": followed})
    >>> rates = {key.name: rate for key, rate in event_rates(derive(study)).items()}
    >>> rates["safety.rate.any.rd"].events, rates["safety.rate.any.rd"].unit
    (12, 'per 100 patient-years')
    """
    numbers = {}
    found, level = rows_by_line(data), data.study.analysis.conf_level
    for arm in data.study.arms.levels if data.study.safety.treatment else ():
        population = data.safety_population[data.safety_population["arm"] == arm.id].set_index("patient")
        for line in lines_of_tables(data) if len(population) else ():
            rows = found.get((line, arm.id))
            days, affected = population["days_at_risk"].astype(float).copy(), np.zeros(len(population), dtype=bool)
            if rows is not None:
                days.loc[rows["patient"]] = rows["days_to_event"].to_numpy(dtype=float)
                affected = population.index.isin(rows["patient"])
            years = in_unit(days.astype(int), "years")
            numbers[key_of("rate", line, arm.id)] = incidence_rate(years, affected, conf_level=level, arm=arm.label)
    return numbers


def risk_differences(data: AnalysisData) -> dict[Key, Estimate]:
    """Differences of the shares of patients with events of each line, for each comparison.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Empty unless the parameters ask for them; without comparisons with an arm of nobody.

    Examples
    --------
    In QuiRedex 12 of 62 patients had a severe event with treatment, and none of 63 without.

    >>> from smmlib.analysis import risk_differences
    >>> from smmlib.trial import derive, read_study
    >>> from smmlib.trial.parameters.adverse_events import Safety
    >>> study = read_study("params/quiredex-2016.yaml").model_copy(update={"safety": Safety(compare=True)})
    >>> differences = {key.name: found for key, found in risk_differences(derive(study)).items()}
    >>> round(differences["safety.difference.grade_3.rd_vs_observation"].value, 3) == round(12 / 62, 3)
    True
    """
    if not data.study.safety.compare:
        return {}
    found, at_risk, level = rows_by_line(data), patients_at_risk(data), data.study.analysis.conf_level
    numbers = {}
    for line in lines_of_tables(data):
        for pair in data.study.arms.pairs:
            if all(at_risk[arm.id] for arm in pair):
                table = [count for arm in pair for count in (len(found.get((line, arm.id), ())), at_risk[arm.id])]
                key = key_of("difference", line, pair[0].id, pair[1].id)
                numbers[key] = rate_difference(*table, conf_level=level, arm=pair[0].label, reference=pair[1].label)
    return numbers
