"""Response by statsmodels and scipy."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import limits_of
from smmlib.trial.analysis_data import AnalysisData


def response_numbers(data):
    """Limits of rates, and odds ratios with theirs, also within strata with the test that belongs to them."""
    study, rows = data.study, data.responses
    for visit in study.response.visits:
        counts = {}
        for arm in study.response_arms:
            recorded = rows.loc[(rows["visit"] == visit.id) & (rows["arm"] == arm.id), "response"]
            counts[arm.id] = int(recorded.isin(study.response_scale.responders).sum()), len(recorded)
            yield from _rate(study, {"section": "response", "phase": visit.id, "arm": arm.id}, *counts[arm.id])
        for arm, reference in study.arms.pairs:
            if arm.id in counts and reference.id in counts:
                about = {"section": "response", "phase": visit.id, "arm": arm.id, "reference": reference.id}
                yield from rates_compared(study, about, (*counts[arm.id], *counts[reference.id]))
                if study.response.stratified:
                    yield from _within_strata(data, Key(measure="odds_ratio", **about, variant="stratified"))


def _rate(study, about, responders, patients):
    for variant, method in (("", "beta"), ("wilson", "wilson")):
        limits = proportion_confint(responders, patients, 1 - study.analysis.conf_level, method)
        yield from limits_of(Key(measure="rate", **about, variant=variant), limits, "statsmodels")


def rates_compared(study, about, counts):
    """The odds ratio, where no cell of the table is empty."""
    responders, patients, reference_responders, reference_patients = counts
    others, reference_others = patients - responders, reference_patients - reference_responders
    table = [[responders, others], [reference_responders, reference_others]]
    if 0 in (responders, others, reference_responders, reference_others):
        return
    key = Key(measure="odds_ratio", **about)
    score = {"method": "score", "correction": True, "alpha": 1 - study.analysis.conf_level}
    limits = confint_proportions_2indep(*counts, compare="odds-ratio", **score)
    yield from limits_of(key, limits, "statsmodels")
    yield key, "value", odds_ratio(table, kind="sample").statistic, "scipy"


def _within_strata(data: AnalysisData, key: Key) -> Iterator[tuple[Key, str, float, str]]:
    """The pooled odds ratio and its test, where each stratum holds both arms and the ratio is not 0 or infinite."""
    tables = np.stack(list(tables_of_strata(data, key)))
    (responders, others), (of_reference, other_reference) = np.moveaxis(tables, 0, -1)
    products = responders * other_reference, others * of_reference
    if (tables.sum(axis=2) == 0).any() or not all(product.any() for product in products):
        return
    pooled = StratifiedTable(list(tables))
    yield key, "value", float(pooled.oddsratio_pooled), "statsmodels"
    yield from limits_of(key, pooled.oddsratio_pooled_confint(1 - data.study.analysis.conf_level), "statsmodels")
    key, test = replace(key, measure="cochran_mantel_haenszel_test"), pooled.test_null_odds()
    yield key, "statistic", float(test.statistic), "statsmodels"
    yield key, "p_value", float(test.pvalue), "statsmodels"


def tables_of_strata(data: AnalysisData, key: Key) -> Iterator[np.ndarray]:
    """Of each stratum the responders and the others, of the arm and of the reference."""
    arms, rows = [key.arm, key.reference], data.responses
    rows = rows[(rows["visit"] == key.phase) & rows["arm"].isin(arms)]
    factors = [factor.variable for factor in data.study.strata]
    patients = data.subjects[["patient", *factors]].merge(rows, on="patient")
    patients["responded"] = patients["response"].isin(data.study.response_scale.responders)
    for _, of_stratum in patients.groupby(factors):
        counts = pd.crosstab(of_stratum["arm"], of_stratum["responded"])
        yield counts.reindex(index=arms, columns=[True, False], fill_value=0).to_numpy(dtype=float)
