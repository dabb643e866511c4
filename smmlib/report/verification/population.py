"""Follow-up by lifelines and pandas, and who counts in another arm than randomised to by pandas."""

from itertools import product

import pandas as pd
from lifelines import KaplanMeierFitter

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import causes, median_of, patients_of


def population_numbers(data):
    """Median follow-up, the shortest and the longest; and patients by the arm randomised to and that counted in."""
    yield from _counted_in(data)
    if not data.study.follow_up:
        return
    study, about = data.study, {"section": "population", "measure": "follow_up"}
    patients, estimator = patients_of(data, study.follow_up.endpoint), study.follow_up.estimator
    lost = causes(study.endpoints[study.follow_up.endpoint], patients) == 0
    used = patients["time"] if estimator == "observed" else patients.loc[lost, "time"]
    yield Key(**about, variant="shortest"), "value", used.min(), "pandas"
    yield Key(**about, variant="longest"), "value", used.max(), "pandas"
    if estimator == "reverse-kaplan-meier":
        fitter = KaplanMeierFitter(alpha=1 - study.analysis.conf_level).fit(patients["time"], lost)
        yield from median_of(fitter, Key(**about), limits=True)
    else:
        yield Key(**about), "value", used.median(), "pandas"


def _counted_in(data):
    """The main and the safety population alone: in those of endpoints patients are counted as they are."""
    subjects, study = data.subjects, data.study
    for population, arm in {study.safety_population: "safety_arm", study.population: "arm"}.items():
        if population and study.populations[population].arm_variable:
            counts = pd.crosstab(subjects["randomised_arm"], subjects[arm])
            for randomised, counted in product(counts.index, counts.columns.drop("", errors="ignore")):
                key = Key("population", "counted_in", arm=randomised, factor=population, level=counted)
                yield key, "value", counts.loc[randomised, counted], "pandas"
