"""Patients who count in another arm than randomised to, as a report may show them where small counts are masked."""

from collections.abc import Mapping

from smmlib.analysis.keys import Key
from smmlib.analysis.received_arms import MEASURE
from smmlib.report.disclosure.described_patients import tells_of_few
from smmlib.report.disclosure.masked_results import masked
from smmlib.stats.results import Estimate, HypothesisTest

Numbers = Mapping[Key, Estimate | HypothesisTest]


def masked_arms(numbers: Numbers, limit: int) -> dict[Key, Estimate | HypothesisTest]:
    """The cross-table of each population, whole or not at all.

    The margins of the table are shown elsewhere: of its cells each but a few would follow from the others.

    Parameters
    ----------
    numbers : mapping of Key to Estimate or HypothesisTest
        Of the section of the patients.
    limit : int
        `suppress_below`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Those of the cross-tables. One is shown where each cell, and the patients of each arm randomised to who are not
        in the population, if there are any, are as many as may be shown. A cell of 0 is small too.
    """
    own = {key: result for key, result in numbers.items() if key.measure == MEASURE and isinstance(result, Estimate)}
    small = {key.factor for key in own if tells_of_few(_counts_of(own, key.factor), limit)}
    return {key: masked(result, limit) if key.factor in small else result for key, result in own.items()}


def _counts_of(numbers: Mapping[Key, Estimate], population: str) -> list[int]:
    cells = {key: result for key, result in numbers.items() if key.factor == population}
    outside = {key.arm: int(result.n) for key, result in cells.items()}
    for key, result in cells.items():
        outside[key.arm] -= int(result.value)
    return [*(int(result.value) for result in cells.values()), *filter(None, outside.values())]
