"""The synthetic patients as tables: ADSL and ADRS under CDISC ADaM names, dates in ISO 8601."""

from datetime import timedelta

import pandas as pd

from smmlib.synthetic.events import NEVER, last_assessment, last_seen

STRATA = {True: "<= 6 months", False: "> 6 months"}


def subject_table(study, patients, events, treatment):
    """ADSL: one row a patient, in the order of randomisation.

    Parameters
    ----------
    study : Study
    patients : Patients
    events : Events
    treatment : Treatment

    Returns
    -------
    DataFrame
        Dates are text, empty when missing.
    """
    design = study.synthetic
    rows = []
    for patient, start in enumerate(patients.randomised):
        analysed = not events.excluded[patient]
        row = _identity(study, patients, patient) | {
            "RANDDT": start.isoformat(),
            "DIAGDT": patients.diagnosed[patient].isoformat(),
            "STRAT1R": STRATA[bool(patients.early[patient])],
            "ITTFL": "Y",
            "PPROTFL": "Y" if analysed else "N",
            "EXCLREAS": "" if analysed else design.exclusion_reason,
        }
        days = _days_of_events(patients, events, patient) | _days_of_treatment(treatment, patient)
        rows.append(row | {variable: _date(start, day) for variable, day in days.items()})
    return pd.DataFrame(rows)


def response_table(study, patients, responses):
    """ADRS: one row a patient and phase.

    Parameters
    ----------
    study : Study
    patients : Patients
    responses : dict of str to dict of int to (str, int)
        From `draw_responses`.

    Returns
    -------
    DataFrame
        Dates are text.
    """
    rows = [
        _identity(study, patients, patient)
        | {
            "PARAMCD": "BOR",
            "PARAM": "Best overall response",
            "AVISIT": phase.upper(),
            "ADT": _date(patients.randomised[patient], day),
            "AVALC": category,
        }
        for phase, of_patients in responses.items()
        for patient, (category, day) in of_patients.items()
    ]
    return pd.DataFrame(rows).sort_values(["USUBJID", "AVISIT"], ignore_index=True)


def _identity(study, patients, patient):
    arm = study.arms.arm if patients.in_arm[patient] else study.arms.reference
    return {
        "STUDYID": study.synthetic.study_id,
        "USUBJID": f"{study.synthetic.subject_prefix}{patient + 1:03d}",
        "TRT01P": arm.value,
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
