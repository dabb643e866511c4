"""The synthetic patients as tables: ADSL and ADRS under CDISC ADaM names, dates in ISO 8601."""

from datetime import timedelta

import pandas as pd

from smmlib.calibration.events import NEVER, last_assessment, last_seen
from smmlib.trial.safety.kinds import FATAL

BEST_RESPONSE = {"PARAMCD": "BOR", "PARAM": "Best overall response"}


def subject_table(study, patients, events, treatment, second_cancers):
    """ADSL: one row a patient, in the order of randomisation.

    Parameters
    ----------
    study : Study
    patients : RandomisedPatients
    events : Events
    treatment : Treatment
    second_cancers : dict of int to int
        Day of the second primary cancer, by patient.

    Returns
    -------
    DataFrame
        Dates are text, empty when missing.
    """
    design = study.synthetic
    rows = []
    for patient, start in enumerate(patients.randomised):
        row = _identity(study, patients, patient) | {"RANDDT": start.isoformat()}
        row |= _stratum(design, patients, patient) | {"ITTFL": "Y"}
        row |= _analysis_set(design, events.excluded[patient])
        days = _days_of_events(patients, events, patient)
        days |= _days_of_treatment(treatment, patient) if design.treatment else {}
        days |= {"SPMDT": second_cancers.get(patient)} if design.second_cancers else {}
        rows.append(row | {variable: _date(start, day) for variable, day in days.items()})
    return pd.DataFrame(rows)


def response_table(study, patients, responses):
    """ADRS: one row a patient and phase, or a patient where responses are over the whole course.

    Parameters
    ----------
    study : Study
    patients : RandomisedPatients
    responses : dict of str to dict of int to (str, int)
        From `draw_responses`.

    Returns
    -------
    DataFrame
        Dates are text.
    """
    rows = [
        _identity(study, patients, patient)
        | BEST_RESPONSE
        | {
            "AVISIT": phase.upper(),
            "ADT": _date(patients.randomised[patient], day),
            "AVALC": category,
        }
        for phase, of_patients in responses.items()
        for patient, (category, day) in of_patients.items()
    ]
    return pd.DataFrame(rows).sort_values(["USUBJID", "AVISIT"], ignore_index=True)


def adverse_event_table(study, patients, events, random):
    """ADAE: one row an adverse event of a randomised patient.

    Parameters
    ----------
    study : Study
    patients : RandomisedPatients
    events : Events
    random : numpy.random.Generator

    Returns
    -------
    DataFrame
        Dates are text.
    """
    rows = []
    for kind in study.synthetic.adverse_events:
        for part, members in (("arm", patients.in_arm), ("reference", ~patients.in_arm)):
            able = [patient for patient in members.nonzero()[0].tolist() if _could_have(kind, events, patient)]
            for patient in sorted(random.permutation(able)[: getattr(kind.patients, part)].tolist()):
                last = last_seen(patients, events, patient)
                day = last if kind.grade == FATAL else int(random.integers(1, max(last, 2)))
                rows.append(
                    _identity(study, patients, patient)
                    | {"AEDECOD": kind.term, "AETOXGR": kind.grade, "AESER": "N"}
                    | {"ASTDT": _date(patients.randomised[patient], day)}
                )
    return pd.DataFrame(rows).sort_values(["USUBJID", "ASTDT"], ignore_index=True)


def _could_have(kind, events, patient):
    """Only who dies has a fatal adverse event."""
    return kind.grade != FATAL or events.death[patient] != NEVER


def _stratum(design, patients, patient):
    if design.stratum is None:
        return {}
    side = "<=" if patients.early[patient] else ">"
    return {
        "DIAGDT": patients.diagnosed[patient].isoformat(),
        "STRAT1R": f"{side} {design.stratum.months:g} months",
    }


def _analysis_set(design, excluded):
    if design.analysed == design.randomised:
        return {}
    return {"PPROTFL": "N" if excluded else "Y", "EXCLREAS": design.exclusion_reason if excluded else ""}


def _identity(study, patients, patient):
    arm, reference = study.arms.pairs[0]
    return {
        "STUDYID": study.synthetic.study_id,
        "USUBJID": f"{study.synthetic.subject_prefix}{patient + 1:03d}",
        study.arms.variable: (arm if patients.in_arm[patient] else reference).value,
    }


def _days_of_events(patients, events, patient):
    visit, death = events.progression[patient], events.death[patient]
    visits = patients.visits[patient]
    return {
        "PROGDT": None if visit == NEVER else visits[visit],
        "DTHDT": None if death == NEVER else death,
        "LSTASDT": visits[last_assessment(patients, events, patient)],
        "LSTALVDT": last_seen(patients, events, patient),
    }


def _days_of_treatment(treatment, patient):
    first, last = treatment.induction.get(patient, (None, None))
    first_again, last_again = treatment.maintenance.get(patient, (None, None))
    return {"PH1SDT": first, "PH1EDT": last, "PH2SDT": first_again, "PH2EDT": last_again}


def _date(start, day):
    return "" if day is None else (start + timedelta(days=int(day))).isoformat()
