"""Curves drawn from known patients, for the tests of reconstruction: by definition, patient by patient."""

import csv

import numpy as np
from project_files import ORACLES

VETERAN = ORACLES / "veteran.csv"


def survival_by_definition(time, event, at):
    """Kaplan-Meier survival at a time, one death after the other."""
    survival = 1.0
    for moment in sorted({float(t) for t, died in zip(time, event, strict=True) if died and t <= at}):
        at_risk = sum(1 for t in time if t >= moment)
        deaths = sum(1 for t, died in zip(time, event, strict=True) if died and t == moment)
        survival *= 1 - deaths / at_risk
    return survival


def incidence_by_definition(time, cause, of, at):
    """Aalen-Johansen incidence of one cause at a time."""
    survival, incidence = 1.0, 0.0
    for moment in sorted({float(t) for t, c in zip(time, cause, strict=True) if c and t <= at}):
        at_risk = sum(1 for t in time if t >= moment)
        deaths = [c for t, c in zip(time, cause, strict=True) if c and t == moment]
        incidence += survival * deaths.count(of) / at_risk
        survival *= 1 - len(deaths) / at_risk
    return incidence


def drawn_curve(time, event, at):
    """Points of the curve of these patients at some times."""
    return np.array(at, dtype=float), np.array([survival_by_definition(time, event, moment) for moment in at])


def table_of(time, at):
    """The risk table of these patients at some times."""
    return np.array(at, dtype=float), np.array([sum(1 for t in time if t >= moment) for moment in at])


def veteran(treatment):
    """Times in days and deaths of one arm of the veterans' lung cancer trial."""
    with VETERAN.open() as file:
        rows = [row for row in csv.DictReader(file) if row["trt"] == str(treatment)]
    return np.array([float(row["time"]) for row in rows]), np.array([row["status"] == "1" for row in rows])


def flat_tail():
    """200 patients: deaths to month 16 only, heavy censoring from month 6, follow-up to month 36."""
    random = np.random.default_rng(20)
    dies = np.where(random.uniform(size=200) < 0.5, 1e3, random.uniform(0, 16, 200))
    leaves = random.uniform(6, 36, 200)
    leaves[:2], dies[:2] = 36, 1e3
    return np.minimum(dies, leaves), dies <= leaves
