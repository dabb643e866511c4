"""What the analysis that the parameters declare asks for, where the study does not have it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smmlib.trial.parameters.analysis_plan import Analysis
from smmlib.trial.parameters.covariates import covariates_asked

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

OF_COMPARISONS = ("primary", "adjust", "restricted_mean", "weighted_tests", "maxcombo", "periods", "proportionality")
"""What compares arms, or says how they are compared."""
FEWEST_OF_A_TREND = 3


def contradictions_of_analysis(study: "Study") -> Iterator[str]:
    """What the analysis asks for without arms or strata to do it, of the study and of each endpoint.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        A line that begins with its key.
    """
    yield from _of_one(study, "analysis", study.analysis, set(Analysis.model_fields))
    for name, endpoint in study.endpoints.items():
        if endpoint.analysis is not None:
            place = f"endpoints.{name}.analysis"
            yield from _of_one(study, place, study.analysis_of(name), endpoint.analysis.model_fields_set)


def _of_one(study: "Study", place: str, analysis: Analysis, said: set[str]) -> Iterator[str]:
    """Contradictions of what is said in one place; what an endpoint takes from the study is told there alone."""
    if analysis.primary == "stratified" and "primary" in said and not study.strata:
        yield f"{place}.primary is 'stratified', but the study has no strata: name them, or take plain"
    if not study.arms.pairs:
        for name in OF_COMPARISONS:
            if name in said and getattr(analysis, name):
                yield f"{place}.{name} is about comparisons, but the study has one arm: leave it out"
    for variable in analysis.adjust if "adjust" in said else ():
        if variable not in covariates_asked([*study.baseline, *study.subgroups]):
            yield f"{place}.adjust names {variable!r}, which describes no patients: describe it under baseline"
    if analysis.trend_scores and "trend_scores" in said:
        yield from _of_scores(study, f"{place}.trend_scores", analysis.trend_scores)


def _of_scores(study: "Study", place: str, scores: dict[str, int | float]) -> Iterator[str]:
    arms = [arm.id for arm in study.arms.levels]
    if len(arms) < FEWEST_OF_A_TREND:
        yield f"{place} is for three arms or more, but the study has {len(arms)}: leave it out"
    elif set(scores) != set(arms):
        yield f"{place} has scores of {', '.join(scores)}, but must have one of each arm: {', '.join(arms)}"
    elif len(set(scores.values())) == 1:
        yield f"{place} has the same score for every arm: a trend needs two that differ"
