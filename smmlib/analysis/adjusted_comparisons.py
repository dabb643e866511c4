"""The hazard ratio adjusted for covariates: of the arm in a Cox model that holds them too."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.analysis.keys import TIME_TO_EVENT as SECTION
from smmlib.analysis.keys import Key, Numbers
from smmlib.stats.comparison.hazard_ratio import cox_model_in_words
from smmlib.stats.cox.model import cox_regression
from smmlib.stats.results import NOT_ESTIMABLE, CoxModel, Estimate, HypothesisTest, not_estimable
from smmlib.stats.types import Arms, ComparedCounts
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.study import Study

ADJUSTED = "adjusted"
Covariates = dict[str, Any]


def possible_keys(study: Study, endpoint: str) -> Iterator[Key]:
    """Keys of the adjusted hazard ratio of each comparison, and of its Wald test."""
    if study.analysis_of(endpoint).adjust:
        for arm, reference in study.arms.pairs:
            yield from (_key(measure, endpoint, arm, reference) for measure in ("hazard_ratio", "wald_test"))


def adjusted_hazard_ratios(data: AnalysisData, endpoint: str) -> Numbers:
    """The hazard ratio of each comparison, adjusted for the covariates that the parameters name, and its Wald test.

    The model holds the arm and the covariates as linear terms and categories, within strata where the primary analysis
    is. Patients with a missing covariate are left out; how many is said in the method, and so is a covariate that tells
    nothing, because it does not vary or others determine it.

    Parameters
    ----------
    data : AnalysisData
    endpoint : str

    Returns
    -------
    dict of Key to Estimate or HypothesisTest
        Empty where nothing is adjusted for.

    Examples
    --------
    Freireich's parameters name no covariates. From the folder of the project:

    >>> from smmlib import analysis_data
    >>> from smmlib.analysis import adjusted_hazard_ratios
    >>> adjusted_hazard_ratios(analysis_data("params/freireich-1963.yaml"), "remission")
    {}
    """
    numbers: Numbers = {}
    if data.study.analysis_of(endpoint).adjust:
        for arm, reference in data.study.arms.pairs:
            ratio, test = _adjusted(data, endpoint, arm, reference)
            numbers[_key("hazard_ratio", endpoint, arm, reference)] = ratio
            numbers[_key("wald_test", endpoint, arm, reference)] = test
    return numbers


def _key(measure: str, endpoint: str, arm: Arm, reference: Arm) -> Key:
    return Key(SECTION, measure, endpoint, arm.id, reference.id, variant=ADJUSTED)


def _adjusted(data: AnalysisData, endpoint: str, arm: Arm, reference: Arm) -> tuple[Estimate, HypothesisTest]:
    """The ratio of one comparison and its test."""
    analysis, patients = data.study.analysis_of(endpoint), data.endpoint(endpoint).among(arm.id, reference.id)
    names: Arms = {"arm": arm.label, "reference": reference.label}
    given = {variable: patients.covariates[variable] for variable in analysis.adjust}
    complete = _complete(given)
    in_arm = patients.arm[complete] == arm.id
    entry, strata = patients.entry, patients.strata if analysis.primary_variant else None
    within = {"entry": entry, "strata": strata}
    options = {name: None if values is None else values[complete] for name, values in within.items()}
    covariates, alike = _varying({name: values[complete] for name, values in given.items()}, data.levels)
    said = _left_out(int((~complete).sum()), analysis.adjust) + _without_variation(alike)
    if in_arm.all() or not in_arm.any():
        words = cox_model_in_words(analysis.ties, strata, entry, (arm.label, *analysis.adjust))
        about: ComparedCounts = {**names, "n": len(in_arm), "events": int(patients.event[complete].sum())}
        return _none(words, "in one of the arms nobody has all of the covariates", about)
    columns: Covariates = {arm.label: in_arm, **covariates}
    model = cox_regression(
        patients.time[complete],
        patients.event[complete],
        columns,
        ties=analysis.ties,
        conf_level=analysis.conf_level,
        **options,
    )
    return _of_model(model, said + _redundant(model), names)


def _complete(given: Covariates) -> NDArray[np.bool_]:
    """Patients of whom no covariate is missing."""
    known = [values != "" if values.dtype == object else ~np.isnan(values) for values in given.values()]
    whole: NDArray[np.bool_] = np.all(np.array(known, dtype=bool), axis=0)
    return whole


def _varying(given: Covariates, levels: dict[str, list[str]]) -> tuple[Covariates, list[str]]:
    """Covariates as the model takes them; and the names of categories that are the same for all."""
    alike = [name for name, values in given.items() if name in levels and len(set(values)) < 2]
    columns = {
        name: pd.Categorical(values, categories=levels[name]) if name in levels else values
        for name, values in given.items()
        if name not in alike
    }
    return columns, alike


def _left_out(patients: int, covariates: list[str]) -> str:
    names = " or ".join(covariates)
    return f"; left out: {patients} patient{'' if patients == 1 else 's'} without {names}" if patients else ""


def _without_variation(names: list[str]) -> str:
    return f"; not in the model: {', '.join(names)}, which is the same for all" if names else ""


def _redundant(model: CoxModel) -> str:
    """Covariates of the model without a coefficient, the arm apart, whose ratio says so itself."""
    names = [name for name, value in zip(model.names[1:], model.coefficients[1:], strict=True) if np.isnan(value)]
    return f"; without a coefficient: {', '.join(names)}, which others determine or which has no bound" if names else ""


def _of_model(model: CoxModel, said: str, names: Arms) -> tuple[Estimate, HypothesisTest]:
    ratio = model.hazard_ratios[0]
    extra = (said,) if said else ()
    arm, reference = names["arm"], names["reference"]
    told = (*ratio.from_data, *extra)
    ratio = replace(ratio, method=ratio.method + said, from_data=told, arm=arm, reference=reference)
    words = f"{model.method}, Wald test of {model.names[0]}"
    counts: ComparedCounts = {"n": model.n, "events": model.events, **names}
    if np.isnan(ratio.value):
        return ratio, HypothesisTest(
            NOT_ESTIMABLE, NOT_ESTIMABLE, 1, **not_estimable(words, "as the hazard ratio"), **counts
        )
    statistic = float((model.coefficients[0] / model.std_errors[0]) ** 2)
    p_value = float(model.p_values[0])
    return ratio, HypothesisTest(statistic, p_value, 1, f"{words}, two-sided{said}", **counts, from_data=extra)


def _none(words: str, reason: str, about: ComparedCounts) -> tuple[Estimate, HypothesisTest]:
    ratio = Estimate(NOT_ESTIMABLE, unit="ratio", **not_estimable(f"Hazard ratio, {words}", reason), **about)
    missing = not_estimable(f"{words}, Wald test", reason)
    return ratio, HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 1, **missing, **about)
