"""Baseline characteristics as a report may show them where small counts are masked.

A characteristic is shown whole or not at all: the same patients are counted in other sections, and of a category of
which a part is shown they might tell the rest.
"""

from collections.abc import Iterable, Mapping

from smmlib.analysis.keys import Key
from smmlib.report.disclosure.masked_results import masked, without_small_counts
from smmlib.stats.results import Estimate, HypothesisTest

Numbers = Mapping[Key, Estimate | HypothesisTest]
OF_ONE_PATIENT = ("minimum", "maximum")
QUARTILES = ("lower_quartile", "upper_quartile")
OUTSIDE_A_QUARTILE = 0.25
"""Share of the patients who lie beyond a quartile."""


def masked_baseline(numbers: Numbers, limit: int) -> dict[Key, Estimate | HypothesisTest]:
    """The numbers of the baseline section without what tells of fewer patients than may be shown.

    Parameters
    ----------
    numbers : mapping of Key to Estimate or HypothesisTest
        Of the baseline section.
    limit : int
        `suppress_below`.

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Of a characteristic that is missing, or has a level, in fewer patients of an arm nothing is left. That it is
        missing in nobody is shown. Minimum and maximum are those of a patient each; beyond a quartile must lie as many
        patients as may be shown.
    """
    small = {key.factor for key in numbers if key.factor and tells_of_few(_counts_of(numbers, key.factor), limit)}
    return {
        key: masked(result, limit)
        if key.factor in small or _is_of_few(key, result, limit)
        else without_small_counts(result, limit, hide_events=False)
        for key, result in numbers.items()
    }


def masked_exposure(numbers: Numbers, limit: int) -> dict[Key, Estimate | HypothesisTest]:
    """The numbers of the section of exposure: of measures as of characteristics at baseline, and no categories.

    Who had how much treatment is counted by the phases of treatment too.
    """
    shown = masked_baseline(numbers, limit)
    counted = {key.factor for key in numbers if key.measure == "category"}
    return shown | {key: masked(result, limit) for key, result in numbers.items() if key.factor in counted}


def tells_of_few(counts: Iterable[int], limit: int) -> bool:
    """Whether some of the counts are smaller than may be shown."""
    return any(count < limit for count in counts)


def _counts_of(numbers: Numbers, factor: str) -> list[int]:
    """Patients in each level, the rest of them, and those without a value where there are any, by arm and in all."""
    own = {key: result for key, result in numbers.items() if key.factor == factor and isinstance(result, Estimate)}
    missing = [result.value for key, result in own.items() if key.measure == "missing"]
    known = [result.n - result.value for key, result in own.items() if key.measure == "missing"]
    levels = [result for key, result in own.items() if key.measure == "category"]
    parts = [count for level in levels for count in (level.value, level.n - level.value)]
    return [int(count) for count in (*parts, *known, *(missing if any(missing) else []))]


def _is_of_few(key: Key, result: Estimate | HypothesisTest, limit: int) -> bool:
    return key.measure in OF_ONE_PATIENT or (key.measure in QUARTILES and result.n * OUTSIDE_A_QUARTILE < limit)
