"""Hypotheses tested together, by statsmodels, scipy and pandas: the test of each, and the adjusted P values."""

import numpy as np
import pandas as pd
from scipy.stats import chi2, hypergeom
from statsmodels.duration.survfunc import survdiff
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests

from smmlib.analysis.multiple_testing import key_of
from smmlib.report.verification.response import tables_of_strata
from smmlib.report.verification.rows import is_late, patients_of
from smmlib.trial.parameters.testing_plan import families, hypotheses

METHODS = {"holm": "holm", "hochberg": "simes-hochberg"}
AS_LIKELY = 1 + 1e-7
"""Tables of which one is more likely than another by no more than this are equally likely, as R has it."""


def hypothesis_tests(data):
    """Chi-square and P value of each hypothesis, and where all are there the adjusted ones.

    Of a graph there are no adjusted ones: none of the other programs has the procedure.
    """
    p_values = {}
    for hypothesis in hypotheses(data.study):
        key = key_of(hypothesis, "single_test")
        found = list(_of_response(data, key) if hypothesis.visit else _of_endpoint(data, key))
        yield from found
        if found:
            p_values[hypothesis] = found[-1][2]
    if len(p_values) == len(hypotheses(data.study)) and not np.isnan(list(p_values.values())).any():
        yield from _adjusted(data.study, p_values)


def _adjusted(study, p_values):
    """Family after family, as long as the procedure of each is one that other programs have."""
    gate = 0.0
    for family in families(study):
        own = [p_values[hypothesis] for hypothesis in family.hypotheses]
        if family.procedure in METHODS:
            adjusted, program = multipletests(own, method=METHODS[family.procedure])[1], "statsmodels"
        elif family.procedure == "fixed-sequence":
            adjusted, program = pd.Series(own).cummax().to_numpy(), "pandas"
        else:
            return
        adjusted = np.maximum(adjusted, gate)
        gate = adjusted.max()
        for hypothesis, p_value in zip(family.hypotheses, adjusted, strict=True):
            yield key_of(hypothesis, "adjusted_test"), "p_value", p_value, program


# ---- response


def _of_response(data, key):
    """By the chi-square within strata, or by the exact distribution of the responders in the arm."""
    if data.study.response.stratified:
        yield from _within_strata(data, key)
        return
    (responders, others), (of_reference, other_reference) = _counts(data, key)
    patients, reference_patients = responders + others, of_reference + other_reference
    distribution = hypergeom(patients + reference_patients, responders + of_reference, patients)
    if data.study.testing.one_sided:
        yield key, "p_value", distribution.sf(responders - 1), "scipy"
        return
    likely = distribution.pmf(np.arange(patients + 1))
    yield key, "p_value", likely[likely <= likely[responders] * AS_LIKELY].sum(), "scipy"


def _within_strata(data, key):
    tables = np.stack(list(tables_of_strata(data, key)))
    both_arms = tables[(tables.sum(axis=2) > 0).all(axis=1)]
    responses = both_arms.sum(axis=1)
    if not (responses > 0).all(axis=1).any():
        return
    test = StratifiedTable(list(both_arms)).test_null_odds()
    yield key, "statistic", float(test.statistic), "statsmodels"
    p_value = float(test.pvalue)
    if data.study.testing.one_sided:
        expected = both_arms.sum(axis=2)[:, 0] * responses[:, 0] / both_arms.sum(axis=(1, 2))
        is_better = (both_arms[:, 0, 0] - expected).sum() > 0
        p_value = p_value / 2 if is_better else 1 - p_value / 2
    yield key, "p_value", p_value, "statsmodels"


def _counts(data, key):
    """Of the arm and of the reference the responders and the others."""
    rows = data.responses[data.responses["visit"] == key.phase]
    responded = rows["response"].isin(data.study.response_scale.responders)
    for arm in (key.arm, key.reference):
        yield int(responded[rows["arm"] == arm].sum()), int((~responded[rows["arm"] == arm]).sum())


# ---- endpoints


def _of_endpoint(data, key):
    statistic = _chi_square(data, key)
    if statistic is not None:
        yield key, "statistic", statistic, "statsmodels"
        yield key, "p_value", _p_value(data, key, statistic), "scipy"


def _of_pair(data, key):
    rows = patients_of(data, key.endpoint)
    return rows[rows["arm"].isin([key.arm, key.reference])]


def _chi_square(data, key):
    """None where statsmodels has another answer, or none: within strata with late entry, or without variance."""
    pair, is_stratified = _of_pair(data, key), bool(data.study.analysis_of(key.endpoint).primary_variant)
    late = is_late(data, key.endpoint)
    if late and is_stratified:
        return None
    options = {"strata": pair["stratum"].to_numpy() if is_stratified else None}
    options |= {"entry": pair["entry"].to_numpy()} if late else {}
    try:
        return survdiff(
            pair["time"].to_numpy(), pair["event"].to_numpy(), (pair["arm"] == key.arm).to_numpy(), **options
        )[0]
    except (ArithmeticError, np.linalg.LinAlgError):
        return None


def _p_value(data, key, statistic):
    """Half of the two tails, on the side that the arm is on: told by its events above those expected."""
    testing, two_sided = data.study.testing, chi2.sf(statistic, 1)
    if not testing.one_sided:
        return two_sided
    fewer = _excess(data, key) < 0
    is_better = fewer != (key.endpoint in testing.favourable_events)
    return two_sided / 2 if is_better else 1 - two_sided / 2


def _excess(data, key):
    """Events of the arm above expectation."""
    pair = _of_pair(data, key)
    strata = pair["stratum"] if data.study.analysis_of(key.endpoint).primary_variant else ""
    excess = 0.0
    for _, members in pair.assign(within=strata, entry=pair["entry"].fillna(-1)).groupby("within"):
        dying, in_arm = members[members["event"]], members["arm"] == key.arm
        share = _at_risk(members[in_arm], dying["time"]) / _at_risk(members, dying["time"])
        excess += ((dying["arm"] == key.arm) - share).sum()
    return excess


def _at_risk(members, times):
    """How many are under observation at each time: who leaves at it or later, without who enters at it or later."""
    later = [len(members) - np.searchsorted(np.sort(members[name]), times) for name in ("time", "entry")]
    return later[0] - later[1]
