"""How adverse events were counted, in sentences made from the parameters and from what the table told."""

from smmlib.trial.parameters.endpoint_rules import DEATH
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.safety.kinds import FATAL
from smmlib.trial.safety.sources import FLAG, EventSources
from smmlib.trial.tables.columns import date_variables


def counting_in_words(study: Study, sources: EventSources) -> dict[str, str]:
    """How adverse events were counted, a sentence for each subject.

    Parameters
    ----------
    study : Study
    sources : EventSources

    Returns
    -------
    dict of str to str
        By what the sentence is about: "counted", "grade", "fatal", "related", "stopped", "class" and, where the
        parameters tell it, "time at risk".

    Examples
    --------
    >>> from smmlib import analysis_data
    >>> from smmlib.trial import counting_in_words
    >>> data = analysis_data("quiredex-2016")
    >>> counting_in_words(data.study, data.event_sources)["grade"]
    'Grades are those of AETOXGR.'
    """
    words = {"counted": _counted(study, sources), "grade": _grade(study, sources), "fatal": _fatal(sources)}
    words |= {"related": _related(sources), "stopped": _stopped(study, sources), "class": _class(sources)}
    return words | ({"time at risk": _time_at_risk(study)} if study.safety.treatment else {})


def _counted(study: Study, sources: EventSources) -> str:
    if sources.emergent == "flag":
        return f"Treatment-emergent adverse events are counted: those with {FLAG} Y."
    if sources.emergent == "dates":
        return f"Treatment-emergent adverse events are counted: {_by_dates(study)}"
    if study.safety.emergent == "all":
        return "All adverse events of the table are counted, whether treatment-emergent or not."
    return (
        f"All adverse events of the table are counted, whether treatment-emergent or not: no row has {FLAG} Y, "
        "and safety.emergent does not say how to tell."
    )


def _by_dates(study: Study) -> str:
    period, initial = present(study.safety.treatment), study.safety.initial_grade
    worsened = f", or began before and worsened from {initial}" if initial else ""
    return (
        f"they began from {period.start} to {period.days_after} days after {period.end}{worsened}. "
        "Where the start is not known, or in part, an event counts unless what is known rules it out."
    )


def _grade(study: Study, sources: EventSources) -> str:
    if sources.severity == "AETOXGR":
        return "Grades are those of AETOXGR."
    words: dict[int, str] = {}
    for word, grade in study.safety.grades.items():
        words.setdefault(grade, word)
    grades = ", ".join(f"{word} {grade}" for grade, word in sorted(words.items()))
    return f"Grades are made from AESEV: {grades}."


def _fatal(sources: EventSources) -> str:
    also = {"AESDTH": "AESDTH Y", "AEOUT": "AEOUT FATAL"}
    return f"Fatal are events of {' or '.join([f'grade {FATAL}', *(also[name] for name in sources.fatal)])}."


def _related(sources: EventSources) -> str:
    if not sources.related:
        return "The table does not tell which events are related to treatment: AEREL is missing or empty."
    return f"Related to treatment are events whose AEREL is {_or(sources.related)}, or is not given."


def _stopped(study: Study, sources: EventSources) -> str:
    if not sources.stopped:
        return "The table does not tell which events led to a stop of treatment: AEACN is missing or empty."
    return f"Events led to a stop of treatment if AEACN is {_or(study.safety.stopped)}."


def _class(sources: EventSources) -> str:
    if not sources.system_organ_class:
        return "The table has no system organ classes: neither AEBODSYS nor AESOC."
    return f"System organ classes are those of {sources.system_organ_class}, terms those of AEDECOD."


def _time_at_risk(study: Study) -> str:
    period = present(study.safety.treatment)
    ends = [f"{period.days_after} days after {period.end}"]
    ends += [name for name in (period.observed_until, DEATH) if name in date_variables(study)]
    ends += ["the data cut-off"] if study.data_cutoff else []
    first = ", whichever is first" if len(ends) > 1 else ""
    return f"Patients are at risk from {period.start} to {_or(ends)}{first}."


def _or(words: list[str] | tuple[str, ...]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
