"""Hypotheses tested together, where small counts are masked.

The test of a response gives its responders away as the same test in the section of response does. An adjusted P value,
and the level at which a hypothesis is tested, tell of the tests of the others.
"""

from dataclasses import replace

from smmlib.analysis.response import SECTION as RESPONSE
from smmlib.display.formatting import is_masked
from smmlib.report.disclosure.masked_results import masked, without_small_counts


def masked_testing(numbers, shown, study):
    """The numbers of the hypotheses as a report may show them.

    Parameters
    ----------
    numbers : dict of Key to Estimate or HypothesisTest
        Of the section, nothing masked.
    shown : dict of Key to Estimate or HypothesisTest
        Those of other sections, and of the hypotheses of endpoints, as they are shown.
    study : Study

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
    """
    limit = study.suppress_below
    own = {key: without_small_counts(result, limit, hide_events=False) for key, result in numbers.items()}
    own |= {key: shown[key] for key in own if key in shown}
    singles = [key for key in own if key.measure == "single_test"]
    hidden = {key for key in singles if is_masked(own[key]) or (key.phase and not _is_shown(key, shown, study))}
    if not hidden:
        return own
    hidden |= own.keys() - set(singles)
    return {key: masked(numbers[key], limit) if key in hidden else result for key, result in own.items()}


def _is_shown(key, shown, study):
    """Whether the section of response shows the same test."""
    stratified = study.response.stratified
    same = replace(
        key,
        section=RESPONSE,
        measure="cochran_mantel_haenszel_test" if stratified else "fisher_test",
        variant="stratified" if stratified else "",
    )
    return same in shown and not is_masked(shown[same])
