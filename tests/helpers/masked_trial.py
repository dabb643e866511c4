"""A trial of two small arms under `suppress_below`, each of whose times and dates occurs once, to look for in a report.

Of 34 patients an arm 28 are analysed. They are followed for ever longer; one in four dies at the end, and the last who
dies in arm A is one of the last three under observation.
"""

from datetime import date, timedelta
from random import Random

from small_trial import STUDY

LIMIT, PATIENTS, EXCLUDED = 5, 28, 6
START = date(2009, 1, 5)
DAYS_PER_MONTH = 365.25 / 12
LONGEST = {"A": 1759, "B": 1523}
"""Days that the last patient of each arm is followed: in B less than the last landmark, in A more."""
RARE_REASON = "moved to Salamanca"
CATEGORIES = ["sCR"] + ["CR"] * 2 + ["VGPR"] * 6 + ["PR"] * 7 + ["SD"] * 5 + ["PD"] * 3
BEST = {"id": "best", "visit": "BEST", "label": "Best response", "denominator": "analysed"}
TREATMENT = {"id": "induction", "label": "Induction", "plan": "half a year", "days": 168}
MASKED = STUDY | {
    "study": "masked",
    "privacy": "hashed",
    "suppress_below": LIMIT,
    "time_unit": "months",
    "populations": {"eligible": {"label": "eligible", "flag": "PPROTFL", "exclusion_reason": "EXCLREAS"}},
    "population": "eligible",
    "strata": [{"variable": "STRAT1R", "label": "Age"}],
    "follow_up": {"endpoint": "os", "estimator": "reverse-kaplan-meier"},
    "assessments": {"last": "LSTASDT"},
    "phases": [TREATMENT | {"start": "PH1SDT", "end": "PH1EDT", "ongoing_until": "LSTALVDT"}],
    "endpoints": {
        "os": {"like": "overall-survival"},
        "pfs": {"like": "progression-free-survival-ema"},
        "diagnosis": {"like": "overall-survival-from-diagnosis"},
    },
    "response": {"visits": [BEST]},
    "analysis": STUDY["analysis"] | {"landmarks": [12, 48, 52], "axis_times": [0, 12, 24, 36, 48, 60, 72]},
    "runs": {
        "population": {"notebook": "population"},
        **{
            name: {"notebook": "time_to_event", "parameters": {"endpoint": name}} for name in ("os", "pfs", "diagnosis")
        },
        "response": {"notebook": "response"},
    },
}


def subjects():
    """Rows of ADSL: of each arm the analysed, by their follow-up, then the excluded."""
    draw = Random(1963)
    days = {arm: sorted(draw.sample(range(310, LONGEST[arm] - 250), PATIENTS + EXCLUDED)) for arm in "AB"}
    return [
        _patient(arm, number, LONGEST[arm] if number == PATIENTS - 1 else days[arm][number], draw)
        for arm in "AB"
        for number in range(PATIENTS + EXCLUDED)
    ]


def _patient(arm, number, followed, draw):
    randomised = START + timedelta(days=draw.randrange(700))
    last = randomised + timedelta(days=followed)
    dies = number % 4 == 1
    progresses = number % 3 == 1 and not dies
    analysed = number < PATIENTS
    return {
        "USUBJID": f"{arm}-{draw.randrange(10**6, 10**7)}",
        "TRT01P": arm,
        "PPROTFL": "Y" if analysed else "N",
        "EXCLREAS": "" if analysed else RARE_REASON if (arm, number) == ("A", PATIENTS) else "not eligible",
        "STRAT1R": "old" if number % 9 == 0 else "young",
        "RANDDT": randomised,
        "DIAGDT": randomised - timedelta(days=draw.randrange(30, 1500)),
        "PH1SDT": randomised + timedelta(days=3),
        "PH1EDT": randomised + timedelta(days=90 if number in (3, 4, 9) else 168 + number),
        "PROGDT": randomised + timedelta(days=followed // 2 + number) if progresses else "",
        "DTHDT": last if dies else "",
        "LSTASDT": randomised + timedelta(days=followed - 17),
        "LSTALVDT": last,
    }


def responses(patients):
    """Rows of ADRS for the analysed of each arm; the last have none."""
    by_arm = {
        arm: [row["USUBJID"] for row in patients if (row["TRT01P"], row["PPROTFL"]) == (arm, "Y")] for arm in "AB"
    }
    return [
        {"USUBJID": patient, "AVISIT": "BEST", "AVALC": category}
        for of_arm in by_arm.values()
        for patient, category in zip(of_arm, CATEGORIES, strict=False)
    ]


def adverse_events(patients):
    """Rows of ADAE: all but seven of each arm have one, few a serious or a fatal one."""
    return [
        {
            "USUBJID": row["USUBJID"],
            "AEDECOD": "Neutropenia",
            "AETOXGR": 5 if number == 1 else 3 if number % 3 == 0 else 1,
            "AESER": "Y" if number in (1, 2, 5) else "N",
            "ASTDT": row["RANDDT"] + timedelta(days=11),
        }
        for number, row in enumerate(patients)
        if number % 5
    ]
