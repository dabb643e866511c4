"""What sensitivity analyses ask for that the study does not have, or that would change nothing."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from smmlib.trial.parameters.endpoint_rules import DEATH, AnyEndpoint, DatedEndpoint, RecordedEndpoint
from smmlib.trial.parameters.sensitivity import (
    MAIN_ANALYSIS,
    NOTEBOOK,
    CensoredEarly,
    LateDetection,
    ResponseVariant,
    Variant,
    variant_rule,
)
from smmlib.trial.tables.nearest import is_it

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

PLACE = "sensitivity.endpoints"


def contradictions_of_sensitivity(study: "Study") -> Iterator[str]:
    """Endpoints, visits, populations and arms that are not the study's, and variants that cannot be or change nothing.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        A line that begins with its key.
    """
    asked = study.sensitivity
    runs = [name for name, run in study.runs.items() if run.notebook == NOTEBOOK]
    if not asked.endpoints and not asked.responses:
        yield from (f"runs.{name} shows sensitivity analyses, but the study declares none" for name in runs)
        return
    if not runs:
        yield f"sensitivity is declared, but no run shows it: add sensitivity: {{notebook: {NOTEBOOK}}} under runs"
    if not study.arms.pairs:
        yield "sensitivity is about comparisons, but the study has one arm: leave it out"
        return
    for name, variants in asked.endpoints.items():
        if name not in study.endpoints:
            yield _unknown(f"{PLACE}.{name}", "no endpoint of the study", name, study.endpoints)
            continue
        yield from _repeated_labels(f"{PLACE}.{name}", variants)
        for variant_name, variant in variants.items():
            yield from _of_variant(study, name, variant, f"{PLACE}.{name}.{variant_name}")
    yield from _of_responses(study, asked.responses)


def variant_endpoints(study: "Study") -> Iterator[tuple[str, AnyEndpoint]]:
    """The place in the parameters of each variant that changes the rule, and its endpoint, for what holds of endpoints.

    Parameters
    ----------
    study : Study

    Yields
    ------
    place : str
    endpoint : DatedEndpoint or RecordedEndpoint
    """
    for name, variants in study.sensitivity.endpoints.items():
        for variant_name, variant in variants.items():
            if name in study.endpoints and isinstance(study.endpoints[name], DatedEndpoint) and variant.rule:
                yield f"{PLACE}.{name}.{variant_name}.rule", variant_rule(study.endpoints[name], variant)


def _unknown(place: str, what: str, name: str, known: Collection[str]) -> str:
    one_of = "one of " if len(known) > 1 else ""
    return f"{place} is {what}{is_it(name, known)}: it must be {one_of}{', '.join(known)}"


def _repeated_labels(place: str, variants: Mapping[str, Variant | ResponseVariant]) -> Iterator[str]:
    labels = [MAIN_ANALYSIS, *(variant.label for variant in variants.values())]
    for label in dict.fromkeys(label for at, label in enumerate(labels) if label in labels[:at]):
        yield f"{place} has the label {label!r} twice: rows of one table need names of their own"


def _of_variant(study: "Study", name: str, variant: Variant, place: str) -> Iterator[str]:
    endpoint = study.endpoints[name]
    if variant.population is not None and variant.population not in study.populations:
        what = f"{variant.population!r}, which is no population of the study"
        yield _unknown(f"{place}.population", what, variant.population, study.populations)
    if variant.way == "rule":
        yield from _of_rule(study, endpoint, variant, place)
    if variant.lost is not None:
        yield from _of_follow_up(study, endpoint, variant.lost, f"{place}.{variant.way}")
    if variant.late_detection is not None:
        yield from _of_detection(study, endpoint, variant.late_detection, f"{place}.late_detection")
    if variant.tipping_point is not None:
        yield from _of_tipping(endpoint, f"{place}.tipping_point")


def _of_rule(study: "Study", endpoint: AnyEndpoint, variant: Variant, place: str) -> Iterator[str]:
    if variant.rule is not None and isinstance(endpoint, RecordedEndpoint):
        yield f"{place}.rule changes a rule of dates, but the endpoint is recorded: give event_codes, codes of CNSR"
    elif variant.event_codes is not None and not isinstance(endpoint, RecordedEndpoint):
        yield f"{place}.event_codes are codes of CNSR, but the endpoint is derived from dates: give rule"
    elif variant.population in (None, *study.populations):
        yield from _of_varied(study, endpoint, variant_rule(endpoint, variant), variant, place)


def _of_varied(
    study: "Study", endpoint: AnyEndpoint, varied: AnyEndpoint, variant: Variant, place: str
) -> Iterator[str]:
    """What is wrong with the rule that comes of it."""
    in_study = {"population": endpoint.population or study.population}
    as_before = endpoint.model_copy(update=in_study)
    same_population = (varied.population or study.population) == as_before.population
    if same_population and varied.model_copy(update=in_study) == as_before:
        yield f"{place} changes nothing: its endpoint is that of the main analysis"
    if variant.event_codes == [0] and same_population:
        yield f"{place}.event_codes changes nothing: 0 alone is the event of the main analysis"
    if isinstance(varied, DatedEndpoint) and variant.rule is not None:
        if not varied.event:
            yield f"{place}.rule leaves no event: name one under event"
        for date in (date for date in varied.event if date in varied.ends_observation):
            yield f"{place}.rule has {date} as an event and as what ends observation: it can be one of the two"


def _of_follow_up(study: "Study", endpoint: AnyEndpoint, lost: CensoredEarly, place: str) -> Iterator[str]:
    if lost.followed_until is None and (endpoint.data_cutoff or study.data_cutoff) is None:
        why = "give followed_until, a time, or the data_cutoff of the study"
        yield f"{place} needs the end of follow-up: {why}"
    if lost.followed_until is not None and lost.grace >= lost.followed_until:
        yield f"{place}.grace is {lost.grace}, which leaves no time before the end of follow-up, {lost.followed_until}"


def _of_tipping(endpoint: AnyEndpoint, place: str) -> Iterator[str]:
    if endpoint.favourable_event:
        yield f"{place} is for an event that is to be avoided, but this endpoint has favourable_event: true"
    if _enters_late(endpoint):
        yield f"{place} cannot impute times of patients who come under observation late (entry): leave it out"


def _of_detection(study: "Study", endpoint: AnyEndpoint, late: LateDetection, place: str) -> Iterator[str]:
    arms = [arm.id for arm in study.arms.levels]
    for arm in (arm for arm in late.arms if arm not in arms):
        yield _unknown(f"{place}.arms", f"{arm!r}, which is no arm of the study", arm, arms)
    if late.interval is None and (study.assessments is None or study.assessments.table is None):
        why = "give interval, days between two, or name their table under assessments.table"
        yield f"{place} needs the assessments before the events: {why}"
    if _enters_late(endpoint):
        yield f"{place} would move events to before patients are under observation (entry): leave it out"
        return
    if isinstance(endpoint, DatedEndpoint):
        if set(endpoint.event) == {DEATH}:
            yield f"{place} moves events that assessments find, but the event is {DEATH}, which is known to the day"
        if endpoint.progression_day != "documented":
            yield f"{place} moves events from the day they were found, but progression_day counts another one"


def _enters_late(endpoint: AnyEndpoint) -> bool:
    return isinstance(endpoint, DatedEndpoint) and endpoint.entry is not None


def _of_responses(study: "Study", asked: Mapping[str, Mapping[str, ResponseVariant]]) -> Iterator[str]:
    visits = [visit.id for visit in study.response.visits] if study.response else []
    for name, variants in asked.items():
        place = f"sensitivity.responses.{name}"
        if not visits:
            yield f"{place} is about response, but the study has no response section"
            continue
        if name not in visits:
            yield _unknown(place, "no visit of response", name, visits)
        yield from _repeated_labels(place, variants)
    if asked and study.response is not None and study.response.arm is not None:
        yield "sensitivity.responses compares arms, but response.arm reports one: leave one of the two out"
