"""Hypotheses tested together, by statsmodels and scipy: the log-rank test of each, and the adjusted P values."""

import numpy as np
from scipy.stats import chi2
from statsmodels.duration.survfunc import survdiff
from statsmodels.stats.multitest import multipletests

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import is_late, patients_of
from smmlib.trial.parameters.testing_plan import hypotheses

METHODS = {"holm": "holm", "hochberg": "simes-hochberg"}


def hypothesis_tests(data):
    """Chi-square and P value of each hypothesis, and where all are there the adjusted ones."""
    about = [
        dict(zip(("endpoint", "arm", "reference"), each, strict=True), section="multiple_testing")
        for each in hypotheses(data.study)
    ]
    p_values = []
    for each in about:
        statistic = _chi_square(data, each)
        if statistic is None:
            continue
        p_values.append(_p_value(data, each, statistic))
        key = Key(measure="single_test", **each)
        yield key, "statistic", statistic, "statsmodels"
        yield key, "p_value", p_values[-1], "scipy"
    procedure = data.study.testing.procedure
    if len(p_values) == len(about) and procedure in METHODS and not np.isnan(p_values).any():
        adjusted = multipletests(p_values, method=METHODS[procedure])[1]
        for each, p_value in zip(about, adjusted, strict=True):
            yield Key(measure="adjusted_test", **each), "p_value", p_value, "statsmodels"


def _of_pair(data, about):
    rows = patients_of(data, about["endpoint"])
    return rows[rows["arm"].isin([about["arm"], about["reference"]])]


def _chi_square(data, about):
    """None where statsmodels has another answer, or none: within strata with late entry, or without variance."""
    pair, is_stratified = _of_pair(data, about), bool(data.study.analysis_of(about["endpoint"]).primary_variant)
    late = is_late(data, about["endpoint"])
    if late and is_stratified:
        return None
    options = {"strata": pair["stratum"].to_numpy() if is_stratified else None}
    options |= {"entry": pair["entry"].to_numpy()} if late else {}
    try:
        return survdiff(
            pair["time"].to_numpy(), pair["event"].to_numpy(), (pair["arm"] == about["arm"]).to_numpy(), **options
        )[0]
    except (ArithmeticError, np.linalg.LinAlgError):
        return None


def _p_value(data, about, statistic):
    """Half of the two tails, on the side that the arm is on: told by its events above those expected."""
    testing, two_sided = data.study.testing, chi2.sf(statistic, 1)
    if not testing.one_sided:
        return two_sided
    fewer = _excess(data, about) < 0
    is_better = fewer != (about["endpoint"] in testing.favourable_events)
    return two_sided / 2 if is_better else 1 - two_sided / 2


def _excess(data, about):
    """Events of the arm above expectation."""
    pair = _of_pair(data, about)
    strata = pair["stratum"] if data.study.analysis_of(about["endpoint"]).primary_variant else ""
    excess = 0.0
    for _, members in pair.assign(within=strata, entry=pair["entry"].fillna(-1)).groupby("within"):
        dying, in_arm = members[members["event"]], members["arm"] == about["arm"]
        share = _at_risk(members[in_arm], dying["time"]) / _at_risk(members, dying["time"])
        excess += ((dying["arm"] == about["arm"]) - share).sum()
    return excess


def _at_risk(members, times):
    """How many are under observation at each time: who leaves at it or later, without who enters at it or later."""
    later = [len(members) - np.searchsorted(np.sort(members[name]), times) for name in ("time", "entry")]
    return later[0] - later[1]
