"""Several hypotheses tested together: the primary test of each, its adjusted P value, and the level it is tested at."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from smmlib.analysis.keys import Key, Numbers
from smmlib.analysis.response import compared_counts, compared_patients, response_rates
from smmlib.analysis.testing_words import adjusted_in_words, level_in_words
from smmlib.stats.comparison.gatekeeping import gatekeeping_p_values
from smmlib.stats.comparison.graphical_procedure import graphical_levels, graphical_p_values
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.comparison.multiple_testing import Procedure, final_levels
from smmlib.stats.comparison.one_sided import Alternative, one_sided_logrank_test
from smmlib.stats.response.ratio import fisher_test
from smmlib.stats.response.stratified_ratio import cochran_mantel_haenszel_test
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.stats.types import Floats, RateAlternative
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study
from smmlib.trial.parameters.testing_plan import GRAPH, NOTEBOOK, Hypothesis, families, graph, hypotheses
from smmlib.trial.present import present

SECTION = NOTEBOOK
MEASURES = ("single_test", "adjusted_test", "test_level")
LEVEL = "level"
"""Unit of the level at which a hypothesis is tested."""


def key_of(hypothesis: Hypothesis, measure: str) -> Key:
    """The key of a number of a hypothesis: `multiple_testing.os.single_test.new_vs_old`."""
    endpoint, arm, reference, visit = hypothesis
    return Key(SECTION, measure, endpoint, arm, reference, phase=visit)


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys of the test of each hypothesis, of that with its P value adjusted, and of the level it is tested at."""
    for hypothesis in hypotheses(study):
        yield from (key_of(hypothesis, measure) for measure in MEASURES)


def hypothesis_tests(data: AnalysisData) -> Numbers:
    """The primary test of each hypothesis of the testing procedure: its own P value, the adjusted one, and its level.

    That of an endpoint is the log-rank test; that of response the test of Cochran, Mantel and Haenszel where arms are
    compared within strata, and Fisher's exact test otherwise.

    Parameters
    ----------
    data : AnalysisData
        Of a study with `testing`.

    Returns
    -------
    dict of Key to HypothesisTest or Estimate
        In the order of the procedure. A hypothesis is rejected where the adjusted P value is at most alpha. Its level
        is the one at which it is tested in the end, 0 where it is not tested.

    Examples
    --------
    Freireich's parameters declare no testing procedure. From the folder of the project:

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import hypothesis_tests
    >>> hypothesis_tests(analysis_data("params/freireich-1963.yaml"))
    {}
    """
    testing = data.study.testing
    if testing is None:
        return {}
    tested = hypotheses(data.study)
    tests = [_single_test(data, each) for each in tested]
    adjusted, levels = _adjusted(data.study, np.array([test.p_value for test in tests]))
    words, of_level = adjusted_in_words(data.study), level_in_words(data.study)
    numbers: Numbers = {}
    for each, test, p_value, level in zip(tested, tests, adjusted.tolist(), levels.tolist(), strict=True):
        names = data.study.arms.labels(each.arm, each.reference)
        numbers[key_of(each, "single_test")] = test
        numbers[key_of(each, "adjusted_test")] = replace(test, p_value=p_value, method=test.method + words)
        numbers[key_of(each, "test_level")] = Estimate(
            level, unit=LEVEL, method=of_level, n=test.n, events=test.events, **names
        )
    return numbers


def _adjusted(study: Study, p_values: Floats) -> tuple[Floats, Floats]:
    """Adjusted P values, and the level at which each hypothesis is tested in the end."""
    alpha = present(study.testing).alpha
    if present(study.testing).procedure == GRAPH:
        weights, transitions = graph(study)
        adjusted = graphical_p_values(p_values, weights=weights, transitions=transitions)
        return adjusted, graphical_levels(p_values, alpha=alpha, weights=weights, transitions=transitions)
    procedures: list[Procedure] = [family.procedure for family in families(study) if family.procedure != GRAPH]
    ends = np.cumsum([len(family.hypotheses) for family in families(study)])
    by_family = np.split(p_values, ends[:-1])
    adjusted_by_family = gatekeeping_p_values(by_family, procedures=procedures)
    levels, is_open = [], True
    for of_family, adjusted, procedure in zip(by_family, adjusted_by_family, procedures, strict=True):
        own = final_levels(of_family, alpha=alpha, procedure=procedure)
        levels.append(own if is_open else np.zeros(len(own)))
        is_open = bool((adjusted <= alpha).all())
    return np.concatenate(adjusted_by_family), np.concatenate(levels)


def _single_test(data: AnalysisData, hypothesis: Hypothesis) -> HypothesisTest:
    return _response_test(data, hypothesis) if hypothesis.visit else _endpoint_test(data, hypothesis)


def _endpoint_test(data: AnalysisData, hypothesis: Hypothesis) -> HypothesisTest:
    """The primary log-rank test, one-sided where the procedure is."""
    endpoint, arm, reference, _ = hypothesis
    testing, analysis = present(data.study.testing), data.study.analysis_of(endpoint)
    patients = data.endpoint(endpoint).among(arm, reference)
    observed = patients.time, patients.event, patients.arm == arm
    names = data.study.arms.labels(arm, reference)
    strata = patients.strata if analysis.primary_variant else None
    if not testing.one_sided:
        return logrank_test(*observed, strata=strata, entry=patients.entry, **names)
    alternative: Alternative = "greater" if endpoint in testing.favourable_events else "less"
    return one_sided_logrank_test(*observed, alternative=alternative, strata=strata, entry=patients.entry, **names)


def _response_test(data: AnalysisData, hypothesis: Hypothesis) -> HypothesisTest:
    """The test of equal response rates, one-sided for more responders in the arm where the procedure is one-sided."""
    response = present(data.study.response)
    alternative: RateAlternative = "greater" if present(data.study.testing).one_sided else "two-sided"
    names = data.study.arms.labels(hypothesis.arm, hypothesis.reference)
    key = key_of(hypothesis, "single_test")
    if response.stratified:
        return cochran_mantel_haenszel_test(*compared_patients(data, key), alternative=alternative, **names)
    visit = next(visit for visit in response.visits if visit.id == hypothesis.visit)
    return fisher_test(*compared_counts(response_rates(data, visit), key), alternative=alternative, **names)
