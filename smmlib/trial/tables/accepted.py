"""Patients who are let through although their records contradict one another, as `data.accept` names them."""

import os
from collections.abc import Iterable
from dataclasses import replace

from smmlib.trial.parameters.study import Study
from smmlib.trial.parameters.table_rows import CHECKS
from smmlib.trial.privacy import names_of
from smmlib.trial.tables.place import shown
from smmlib.trial.tables.problems import Acceptable, Contradiction, Problem


def without_accepted(study: Study, found: Iterable[Contradiction]) -> list[Problem]:
    """The contradictions that nobody accepted, and acceptances of what does not contradict itself.

    Parameters
    ----------
    study : Study
    found : iterable of Contradiction

    Returns
    -------
    list of Problem
    """
    found = list(found)
    accepted = [(each.check, each.patient) for each in study.data.accept]
    there = {(each.check, each.patient) for each in found}
    what = "data.accept lets patient {} through for {}, where nothing contradicts itself: take it out"
    return [
        *(_with_cure(study, each) for each in found if (each.check, each.patient) not in accepted),
        *(
            Problem(study.data.subjects, "", "", what.format(shown(study, "USUBJID", patient), check))
            for check, patient in accepted
            if (check, patient) not in there
        ),
    ]


def acceptable(study: Study, file: str, place: str, patient: str, check: str) -> Acceptable:
    """A patient who may be let through, named where the study's privacy allows it.

    Parameters
    ----------
    study : Study
    file, place : str
        Where the identifier stands.
    patient : str
        USUBJID.
    check : str
        A key of `smmlib.trial.parameters.table_rows.CHECKS`.
    """
    return Acceptable(patient, check, f"{place} of {os.path.basename(file)}", study.privacy == "identified")


def _with_cure(study: Study, each: Contradiction) -> Contradiction:
    return replace(each, acceptable=(acceptable(study, each.file, each.place, each.patient, each.check),))


def accepted_records(study: Study) -> list[tuple[str, str, str]]:
    """For each patient who is let through the name, as the study's privacy says, what contradicts itself, and why.

    Returns
    -------
    list of (str, str, str)
        Without the name where the study masks small counts, for one patient is one.
    """
    names = names_of(study, [each.patient for each in study.data.accept])
    return [
        ("" if study.suppress_below else name, CHECKS[each.check], each.reason)
        for name, each in zip(names, study.data.accept, strict=True)
    ]
