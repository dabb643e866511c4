"""A curve with heavy censoring and a flat tail, of invented patients: nobody dies after two years, and few are left."""

import numpy as np

from benchmarks.reconstruction.drawing import Terms, draw
from benchmarks.reconstruction.trials import Arm

PATIENTS, SEED = 260, 36
LAST_DEATH, ACCRUAL, CUT_OFF = 22.0, 40.0, 53.0
CURED = 0.462
TERMS = {
    "risk table and total": Terms("", points=54, dots_per_inch=300),
    "risk table": Terms("", points=54, dots_per_inch=300, total_events=False),
    "total": Terms("", points=54, dots_per_inch=300, risk_table=False),
    "patients only": Terms("", points=54, dots_per_inch=300, risk_table=False, total_events=False),
}


def flat_tail():
    """Patients who enter over 40 months, those not cured at risk of death for 22 months; S(36) = 0.537."""
    rng = np.random.default_rng(SEED)
    death = np.where(rng.random(PATIENTS) < CURED, np.inf, LAST_DEATH * rng.beta(1, 1.3, PATIENTS))
    censored = np.minimum(CUT_OFF - ACCRUAL * rng.random(PATIENTS), CUT_OFF * rng.beta(1.4, 1, PATIENTS))
    return Arm("flat tail", np.minimum(death, censored), (death <= censored).astype(int))


def deaths_in_tail(arm, time, event):
    """Deaths placed more than a month, one point of the drawing, after the last real one."""
    last = arm.time[arm.event == 1].max()
    return int(np.sum((time > last + 1.01) & (event == 1)))


def flat_figures(seed=1):
    """The drawings of the curve: 54 points, a pixel of noise, and less and less printed beside it."""
    arm = flat_tail()
    return {name: draw(arm, terms, CUT_OFF, np.random.default_rng(seed)) for name, terms in TERMS.items()}
