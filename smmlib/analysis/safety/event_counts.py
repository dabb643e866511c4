"""Patients with adverse events, the number of events, and the worst grades."""

from collections.abc import Mapping
from typing import cast

import pandas as pd

from smmlib.analysis.keys import Key
from smmlib.analysis.safety.keys import SECTION, WORST_GRADES, key_of
from smmlib.analysis.safety.lines import FIELDS, Line, lines_of_tables, patients_at_risk, patients_of_lines
from smmlib.stats.counts import event_count, patient_count
from smmlib.stats.results import Estimate
from smmlib.trial.analysis_data import AnalysisData


def safety_population_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients of the safety population by arm, of whom all others are a share.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import safety_population_counts
    >>> counts = safety_population_counts(analysis_data("quiredex-2016"))
    >>> {key.arm: count.value for key, count in counts.items()}
    {'rd': 62.0, 'observation': 63.0}
    """
    labels = {arm.id: arm.label for arm in data.study.arms.levels}
    return {
        Key(SECTION, "population", arm=arm): patient_count(
            patients, what="patients of the safety population", arm=labels[arm]
        )
        for arm, patients in patients_at_risk(data).items()
    }


def rows_by_line(data: AnalysisData) -> dict[tuple[Line, str], pd.DataFrame]:
    """Affected patients of each line and arm that has any, a row a patient."""
    grouped = patients_of_lines(data).groupby([*FIELDS, "arm"], sort=False)
    found = {}
    for names, rows in grouped:
        kind, system_organ_class, term, arm = cast(tuple[str, str, str, str], names)
        found[Line(kind, system_organ_class, term), arm] = rows
    return found


def event_counts(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients with events of each line of the tables, and their events.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate

    Examples
    --------
    QuiRedex reported infections of four patients in the treatment arm.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import event_counts
    >>> counts = {key.name: count.value for key, count in event_counts(analysis_data("quiredex-2016")).items()}
    >>> counts["safety.patients(Infection).rd"], counts["safety.events(Infection).rd"]
    (4.0, 4.0)
    """
    found, at_risk, numbers = rows_by_line(data), patients_at_risk(data), {}
    for line in lines_of_tables(data):
        words = line.in_words(data)
        for arm in data.study.arms.levels:
            rows = found.get((line, arm.id))
            patients, events = (0, 0) if rows is None else (len(rows), int(rows["events"].sum()))
            numbers[key_of("patients", line, arm.id)] = patient_count(
                patients, what=f"patients: {words}", arm=arm.label, of=at_risk[arm.id]
            )
            numbers[key_of("events", line, arm.id)] = event_count(
                events, what=f"events: {words}", arm=arm.label, of=at_risk[arm.id]
            )
    return numbers


def worst_grades(data: AnalysisData) -> dict[Key, Estimate]:
    """Patients by the worst grade of their events of each line but kinds of events.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    dict of Key to Estimate
        Without those of an unknown grade where there are none at all.

    Examples
    --------
    Those four infections were of grade 3.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import worst_grades
    >>> counts = {key.name: count.value for key, count in worst_grades(analysis_data("quiredex-2016")).items()}
    >>> counts["safety.worst_grade_3(Infection).rd"]
    4.0
    """
    found, at_risk = rows_by_line(data), patients_at_risk(data)
    lines = [line for line in lines_of_tables(data) if line.kind in ("", "any")]
    shown = [
        grade for grade in WORST_GRADES if grade or any(rows["worst_grade"].isna().any() for rows in found.values())
    ]
    numbers = {}
    for line in lines:
        for arm in data.study.arms.levels:
            counts = _by_grade(found.get((line, arm.id)))
            for grade in shown:
                what = f"patients: {line.in_words(data)}, worst grade {grade or 'unknown'}"
                numbers[key_of(WORST_GRADES[grade], line, arm.id)] = patient_count(
                    counts.get(grade, 0), what=what, arm=arm.label, of=at_risk[arm.id]
                )
    return numbers


def _by_grade(rows: pd.DataFrame | None) -> Mapping[int | None, int]:
    if rows is None:
        return {}
    worst = rows["worst_grade"].astype(float)
    return {grade: int((worst.isna() if grade is None else worst == grade).sum()) for grade in WORST_GRADES}


def term_table(data: AnalysisData) -> pd.DataFrame:
    """All terms, rare ones among them, with their patients and events by arm.

    Parameters
    ----------
    data : AnalysisData

    Returns
    -------
    DataFrame
        A row a term and arm: `system_organ_class`, `term`, `arm`, `patients`, `of`, `events`; in the order of the
        alphabet.

    Examples
    --------
    Rash was reported of two patients: too few for the tables of the report.

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import term_table
    >>> table = term_table(analysis_data("quiredex-2016"))
    >>> table.loc[table["term"] == "Rash", "patients"].tolist()
    [2, 0]
    """
    found, at_risk = rows_by_line(data), patients_at_risk(data)
    lines = sorted({line for line, _ in found if line.term}, key=lambda line: (line.system_organ_class, line.term))
    rows = []
    for line in lines:
        for arm in data.study.arms.levels:
            of_arm = found.get((line, arm.id))
            counts = (0, 0) if of_arm is None else (len(of_arm), int(of_arm["events"].sum()))
            rows.append((line.system_organ_class, line.term, arm.label, counts[0], at_risk[arm.id], counts[1]))
    return pd.DataFrame(rows, columns=["system_organ_class", "term", "arm", "patients", "of", "events"])
