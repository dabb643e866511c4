"""Hypotheses tested together, as the page tells them: each with its family and what becomes of it."""

from dataclasses import dataclass
from math import isnan

from smmlib.analysis.keys import Key
from smmlib.analysis.multiple_testing import key_of
from smmlib.analysis.testing_words import hypothesis_in_words
from smmlib.display.formatting import is_masked
from smmlib.trial.parameters.testing_plan import families

NOT_TESTED = {
    "graph": "not tested: no share of the level came to it",
    "fixed-sequence": "not tested: one before it in the sequence is not rejected",
}
CLOSED = "not tested: the family before it is not rejected as a whole"


@dataclass(frozen=True)
class DecidedHypothesis:
    """A hypothesis on the page.

    Attributes
    ----------
    words : str
        What is compared.
    single, adjusted, level : Key
        Of its test, of that with the P value adjusted, and of the level it is tested at.
    decision : str
        "rejected", "not rejected", "not estimable", "masked", or that it is not tested, and why.
    is_tested : bool
        Whether it has a level at which it is tested, and that may be shown.
    """

    words: str
    single: Key
    adjusted: Key
    level: Key
    decision: str
    is_tested: bool


def decided_families(study, numbers):
    """The families of hypotheses, with what becomes of each hypothesis.

    Parameters
    ----------
    study : Study
        With `testing`.
    numbers : Numbers
        Of the report.

    Returns
    -------
    list of (str, list of DecidedHypothesis)
        The label of each family, empty where there is one alone, and its hypotheses.
    """
    found = []
    for family in families(study):
        why = NOT_TESTED.get(family.procedure, CLOSED)
        if found and not all(each.decision == "rejected" for each in found[-1][1]):
            why = CLOSED
        found.append((family.label, [_tested(study, numbers, each, why) for each in family.hypotheses]))
    return found


def _tested(study, numbers, hypothesis, why):
    single, adjusted, level = (key_of(hypothesis, name) for name in ("single_test", "adjusted_test", "test_level"))
    at, p_value = numbers.result(level).value, numbers.result(adjusted).p_value
    is_tested = at > 0
    if is_masked(numbers.result(level)):
        decision = "masked"
    elif not is_tested:
        decision = why
    elif isnan(p_value):
        decision = "not estimable"
    else:
        decision = "rejected" if p_value <= study.testing.alpha else "not rejected"
    return DecidedHypothesis(hypothesis_in_words(study, hypothesis), single, adjusted, level, decision, is_tested)
