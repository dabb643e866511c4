"""What the parameters of response say against one another, and against the rest of the study."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.parameters.endpoint_rules import DatedEndpoint

if TYPE_CHECKING:
    from smmlib.trial.parameters.response_plan import Response
    from smmlib.trial.parameters.response_scale import Waterfall
    from smmlib.trial.parameters.study import Study

RECIST_ONLY = ("confirmation", "stable_days")


def contradictions_of_response(study: "Study") -> Iterator[str]:
    """Categories that are not those of the criteria, and what is asked for where what it needs is not there.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        The key, then what is wrong.
    """
    response = study.response
    if response is None:
        return
    yield from _of_categories(response)
    if response.categories and not response.responders:
        yield "response.responders must say which of response.categories count as a response"
    else:
        yield from _of_responders(response)
    yield from _of_recist(response)
    yield from _of_strata(study, response)
    yield from _of_synthetic(study)
    if response.waterfall is not None:
        yield from _of_waterfall(study, response.waterfall)
    if response.swimmer is not None:
        yield from _of_swimmer(study, response.swimmer.endpoint)


def _of_categories(response: "Response") -> Iterator[str]:
    if response.is_derived and response.categories:
        yield f"response.categories are for recorded responses, and response.criteria is {response.criteria!r}"
    elif response.categories and "scale" in response.model_fields_set:
        yield f"response.scale is {response.scale!r}, but response.categories gives its own: keep one of them"
    own = {"imwg-2016": "imwg", "recist-1.1": "recist-1.1"}.get(response.criteria, response.scale)
    if "scale" in response.model_fields_set and response.scale != own:
        whose = f"response.criteria is {response.criteria}, whose scale is {own}"
        yield f"response.scale is {response.scale!r}, but {whose}"
    for part in ("id", "label"):
        names = [getattr(category, part) for category in response.categories]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield f"response.categories: {part} {name!r} is given twice"


def _of_responders(response: "Response") -> Iterator[str]:
    known = [category for category in response.resolved_scale.categories if category != NOT_EVALUABLE]
    yield from _not_among("response.responders", response.responders, known)
    if response.progression and not response.categories:
        yield "response.progression is for response.categories; other scales have their own: leave it out"
    else:
        yield from _not_among("response.progression", response.progression, known)
    for category in set(response.responders) & set(response.resolved_scale.progression):
        yield f"response.responders has {category!r}, which is progression"


def _not_among(place: str, given: Collection[str], known: Collection[str]) -> Iterator[str]:
    for name in given:
        if name not in known:
            yield f"{place} has {name!r}, which is not one of {', '.join(known)}"


def _of_recist(response: "Response") -> Iterator[str]:
    if response.criteria == "recist-1.1":
        if response.confirmation is None:
            yield (
                "response.confirmation must say whether the protocol asks for responses to be confirmed: "
                "{required: true, days: 28} or {required: false}"
            )
        if response.stable_days is None:
            yield "response.stable_days must give the days from the start that the protocol asks for stable disease"
        return
    for name in RECIST_ONLY:
        if getattr(response, name) is not None:
            yield f"response.{name} is for response.criteria recist-1.1, but response.criteria is {response.criteria!r}"


def _of_waterfall(study: "Study", waterfall: "Waterfall") -> Iterator[str]:
    if waterfall.paramcd is not None and getattr(study.data, waterfall.table) is None:
        yield f"response.waterfall.table is {waterfall.table!r}, so data.{waterfall.table} must name the file"
    covariate = study.covariates.get(waterfall.variable or "")
    if covariate is not None and not covariate.is_continuous:
        yield f"response.waterfall.variable is {waterfall.variable!r}, which baseline or subgroups take as categories"


def _of_strata(study: "Study", response: "Response") -> Iterator[str]:
    if response.stratified and not study.strata:
        yield "response.stratified compares the arms within strata, but the study has no strata"
    if response.stratified and (response.arm is not None or len(study.arms.levels) == 1):
        yield "response.stratified compares the arms within strata, but response of one arm alone is reported"


def _of_swimmer(study: "Study", endpoint: str) -> Iterator[str]:
    if endpoint not in study.endpoints:
        known = ", ".join(study.endpoints)
        yield f"response.swimmer.endpoint is {endpoint!r}, but must be one of {known}"
    elif not isinstance(study.endpoints[endpoint], DatedEndpoint):
        yield f"response.swimmer.endpoint is {endpoint!r}, which has times and no dates: take an endpoint by dates"


def _of_synthetic(study: "Study") -> Iterator[str]:
    """Synthetic responses are of the study's categories."""
    responses = study.synthetic and study.synthetic.responses
    for part in type(responses).model_fields if responses else ():
        yield from _not_among(f"synthetic.responses.{part}", getattr(responses, part), study.response_scale.categories)
