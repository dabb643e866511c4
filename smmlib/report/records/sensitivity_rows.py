"""The lines of the forest plot of sensitivity analyses, from recorded numbers."""

from collections.abc import Mapping
from dataclasses import replace

from smmlib.analysis.keys import Key
from smmlib.display.forest import ForestRow
from smmlib.plain_text import lower_first
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.sensitivity import MAIN_ANALYSIS
from smmlib.trial.parameters.study import Study
from smmlib.trial.sensitivity.words import response_variant_in_words, variant_in_words

Records = Mapping[Key, Estimate | HypothesisTest]
COUNTED = ("events", "patients")


def sensitivity_rows(study: Study, records: Records, endpoint: str, arm: Arm, reference: Arm) -> list[ForestRow]:
    """What the forest plot of a comparison shows: the main analysis, then each variant; of a tipping point each factor.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Estimate or HypothesisTest
        With the numbers of the sensitivity analyses of the endpoint.
    endpoint : str
    arm, reference : Arm

    Returns
    -------
    list of ForestRow
    """
    rows: list[ForestRow] = []
    for name in ("", *study.sensitivity.endpoints[endpoint]):
        about = Key("sensitivity", "hazard_ratio", endpoint, arm.id, reference.id, variant=name)
        if about in records:
            rows.append(_row(study, records, about))
            continue
        rows.append(ForestRow(variant_label(study, about)))
        factors = [key for key in records if key.level and replace(key, level="") == about]
        rows += [ForestRow(f"hazard × {key.level}", ratio=_estimate(records, key)) for key in factors]
    return rows


def variant_label(study: Study, key: Key) -> str:
    """What the parameters call the variant that a number is of."""
    if not key.variant:
        return MAIN_ANALYSIS
    asked = study.sensitivity
    of = asked.endpoints[key.endpoint] if key.endpoint else asked.responses[key.phase]
    return of[key.variant].label


def sensitivity_subject(study: Study, key: Key) -> str:
    """What the sensitivity analyses are of, in words: an endpoint, or a visit of response."""
    visits = {visit.id: visit.label for visit in study.response.visits} if study.response else {}
    return lower_first(visits[key.phase] if key.phase else study.endpoints[key.endpoint].label)


def method_without_variant(study: Study, key: Key, method: str) -> str:
    """The method of a number without the phrase on what its variant changes, which the table of the variants tells.

    Nothing for the hazard ratios of a tipping point: they differ in the factor alone, and the tipping factor has it.
    """
    if key.level:
        return ""
    if not key.variant:
        return method
    asked = study.sensitivity
    if key.phase:
        words = response_variant_in_words(study, asked.responses[key.phase][key.variant])
    else:
        words = variant_in_words(study, key.endpoint, asked.endpoints[key.endpoint][key.variant])
    return method[len(words) + len("; ") :]


def _row(study: Study, records: Records, key: Key) -> ForestRow:
    counts = tuple(
        tuple(
            _estimate(records, replace(key, measure=measure, arm=arm, reference=""))
            for measure in ("events", "patients")
        )
        for arm in (key.arm, key.reference)
    )
    return ForestRow(variant_label(study, key), counts, _estimate(records, key), is_overall=not key.variant)


def _estimate(records: Records, key: Key) -> Estimate:
    result = records[key]
    assert isinstance(result, Estimate)
    return result
