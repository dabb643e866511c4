"""Response by statsmodels and scipy."""

from scipy.stats.contingency import odds_ratio
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from smmlib.analysis.keys import Key
from smmlib.report.verification.rows import limits_of
from smmlib.trial.categories import PARTIAL_RESPONSE_OR_BETTER


def response_numbers(data):
    """Limits of rates, and odds ratios with theirs."""
    study, rows = data.study, data.responses
    for visit in study.response.visits:
        counts = {}
        for arm in study.response_arms:
            recorded = rows.loc[(rows["visit"] == visit.id) & (rows["arm"] == arm.id), "response"]
            counts[arm.id] = int(recorded.isin(PARTIAL_RESPONSE_OR_BETTER).sum()), len(recorded)
            yield from _rate(study, {"section": "response", "phase": visit.id, "arm": arm.id}, *counts[arm.id])
        for arm, reference in study.arms.pairs:
            if arm.id in counts and reference.id in counts:
                about = {"section": "response", "phase": visit.id, "arm": arm.id, "reference": reference.id}
                yield from _rates_compared(study, about, (*counts[arm.id], *counts[reference.id]))


def _rate(study, about, responders, patients):
    for variant, method in (("", "beta"), ("wilson", "wilson")):
        limits = proportion_confint(responders, patients, 1 - study.analysis.conf_level, method)
        yield from limits_of(Key(measure="rate", **about, variant=variant), limits, "statsmodels")


def _rates_compared(study, about, counts):
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
