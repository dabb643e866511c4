"""Follow-up by lifelines and pandas."""

from lifelines import KaplanMeierFitter

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import causes, median_of, patients_of


def population_numbers(data):
    """Median follow-up, the shortest and the longest."""
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
