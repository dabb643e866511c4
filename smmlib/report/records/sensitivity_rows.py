"""The lines of the forest plot of sensitivity analyses, from recorded numbers."""

from collections.abc import Mapping
from dataclasses import replace

from smmlib.analysis.keys import Key
from smmlib.display.forest import ForestRow
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.sensitivity import MAIN_ANALYSIS
from smmlib.trial.parameters.study import Study

Records = Mapping[Key, Estimate | HypothesisTest]


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
