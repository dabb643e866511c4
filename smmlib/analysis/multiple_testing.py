"""Several hypotheses tested together: the primary log-rank test of each, and its P value adjusted for the others."""

from collections.abc import Iterator
from dataclasses import replace

from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.comparison.logrank import logrank_test
from smmlib.stats.comparison.multiple_testing import adjusted_p_values
from smmlib.stats.comparison.one_sided import Alternative, one_sided_logrank_test
from smmlib.stats.results import HypothesisTest
from smmlib.stats.types import Arms
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.study import Study
from smmlib.trial.parameters.testing_plan import NOTEBOOK, hypotheses

SECTION = NOTEBOOK
PROCEDURES = {
    "fixed-sequence": "in a fixed sequence",
    "holm": "by Holm's procedure",
    "hochberg": "by Hochberg's procedure",
}


def possible_keys(study: Study) -> Iterator[Key]:
    """Keys of the test of each hypothesis, and of that with its P value adjusted."""
    for endpoint, arm, reference in hypotheses(study):
        for measure in ("single_test", "adjusted_test"):
            yield Key(SECTION, measure, endpoint, arm, reference)


def hypothesis_tests(data: AnalysisData) -> Numbers:
    """The primary log-rank test of each hypothesis of the testing procedure, with its own P value and the adjusted one.

    Parameters
    ----------
    data : AnalysisData
        Of a study with `testing`.

    Returns
    -------
    dict of Key to HypothesisTest
        In the order of the procedure. A hypothesis is rejected where the adjusted P value is at most alpha.

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
    tests = [_single_test(data, *each) for each in tested]
    adjusted = adjusted_p_values([test.p_value for test in tests], procedure=testing.procedure)
    words = f"; P value adjusted for {len(tests)} hypotheses {PROCEDURES[testing.procedure]}"
    numbers: Numbers = {}
    for hypothesis, test, p_value in zip(tested, tests, adjusted.tolist(), strict=True):
        numbers[Key(SECTION, "single_test", *hypothesis)] = test
        numbers[Key(SECTION, "adjusted_test", *hypothesis)] = replace(test, p_value=p_value, method=test.method + words)
    return numbers


def _single_test(data: AnalysisData, endpoint: str, arm: str, reference: str) -> HypothesisTest:
    """The primary log-rank test, one-sided where the procedure is."""
    testing, analysis = data.study.testing, data.study.analysis_of(endpoint)
    patients = data.endpoint(endpoint).among(arm, reference)
    observed = patients.time, patients.event, patients.arm == arm
    names: Arms = {
        "arm": data.study.arms.named(arm).label,
        "reference": data.study.arms.named(reference).label,
    }
    strata = patients.strata if analysis.primary_variant else None
    if testing is None or not testing.one_sided:
        return logrank_test(*observed, strata=strata, entry=patients.entry, **names)
    alternative: Alternative = "greater" if endpoint in testing.favourable_events else "less"
    return one_sided_logrank_test(*observed, alternative=alternative, strata=strata, entry=patients.entry, **names)
