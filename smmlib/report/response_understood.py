"""What a check says of response: the categories, what counts as a response, and what was passed over."""

from collections.abc import Iterator

from smmlib.analysis.response import category_counts
from smmlib.trial.analysis_data import AnalysisData
from smmlib.trial.parameters.response_plan import ResponseVisit
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.response.what_counts import AFTER_PROGRESSION, PASSED_OVER
from smmlib.trial.response.words import criteria_in_words


def response_understood(data: AnalysisData) -> Iterator[tuple[str, str]]:
    """What was understood of response.

    Parameters
    ----------
    data : AnalysisData
        Of a study with a response section.

    Yields
    ------
    tuple of (str, str)
        What is said of what: the name of a line, and its text.
    """
    study, scale = data.study, data.study.response_scale
    yield "response", _scale_in_words(study)
    yield "  responders", f"{', '.join(scale.responders)}: {scale.responders_in_words}"
    yield "  criteria", " ".join(criteria_in_words(study))
    yield "  passed over", _passed_over(data)
    for visit in present(study.response).visits:
        yield from (("response", text) for text in _categories(data, visit))


def _scale_in_words(study: Study) -> str:
    scale = study.response_scale
    best_first = f"best first {', '.join(scale.categories)}"
    if not present(study.response).names_scale:
        return f"no scale is named: {best_first}; name that of the trial under response.scale or response.categories"
    return f"by {scale.criteria}, {best_first}" if scale.criteria else f"by categories of its own, {best_first}"


def _passed_over(data: AnalysisData) -> str:
    """How many assessments do not count, and why."""
    counts = data.assessments["passed_over"].value_counts()
    said = ", ".join(f"{counts[why]} {why}" for why in (*PASSED_OVER, AFTER_PROGRESSION) if why in counts) or "none"
    return f"{said}; of {len(data.assessments)} dated assessments"


def _categories(data: AnalysisData, visit: ResponseVisit) -> Iterator[str]:
    counts = category_counts(data, visit)
    for arm in data.study.response_arms:
        of_arm = {key.level: count for key, count in counts.items() if key.arm == arm.id}
        counted = ", ".join(f"{level} {count.value:.0f}" for level, count in of_arm.items() if count.value)
        patients = next(iter(of_arm.values())).n
        yield f"{visit.label}, {arm.label}, {patients} patients: {counted}"
