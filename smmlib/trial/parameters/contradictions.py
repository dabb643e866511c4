"""What the parts of a study say against one another: each contradiction in a line that begins with its key."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from smmlib.trial.parameters.adverse_events import GRADES
from smmlib.trial.parameters.analysis_contradictions import contradictions_of_analysis
from smmlib.trial.parameters.covariate_contradictions import contradictions_of_covariates
from smmlib.trial.parameters.curve_contradictions import contradictions_of_curves
from smmlib.trial.parameters.endpoint_rules import (
    DERIVED_DATES,
    FIRST_PROGRESSION,
    FIRST_RESPONSE,
    LAST_ASSESSMENT,
    AnyEndpoint,
    DatedEndpoint,
    RecordedEndpoint,
)
from smmlib.trial.parameters.response_contradictions import contradictions_of_response
from smmlib.trial.parameters.response_plan import Assessments
from smmlib.trial.parameters.sensitivity_contradictions import contradictions_of_sensitivity, variant_endpoints
from smmlib.trial.parameters.testing_contradictions import contradictions_of_testing
from smmlib.trial.present import present

if TYPE_CHECKING:
    from smmlib.trial.parameters.data_files import Data
    from smmlib.trial.parameters.study import Study


def contradictions(study: "Study") -> Iterator[str]:
    """Every name that is not known, given twice, or asked for where what it needs is not there.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        "population is 'itt', which is not one of per-protocol": the key, then what is wrong.
    """
    yield from _of_names(study)
    yield from contradictions_of_curves(study)
    yield from contradictions_of_covariates(study)
    if study.exchange and study.suppress_below is not None:
        yield "exchange keeps rows of patients, but suppress_below masks what could be counted in them: leave one out"
    if study.synthetic is not None:
        yield from _of_synthetic(study)
    for name, run in study.runs.items():
        yield from _unknown(f"runs.{name}.parameters.endpoint", run.parameters.get("endpoint"), study.endpoints)
        if run.notebook == "response" and study.response is None:
            yield f"runs.{name} counts response, but the study has no response section"
    for name, endpoint in study.endpoints.items():
        yield from _of_endpoint(study, f"endpoints.{name}", endpoint)
    for place, endpoint in variant_endpoints(study):
        yield from _of_endpoint(study, place, endpoint)
    yield from contradictions_of_sensitivity(study)
    yield from contradictions_of_analysis(study)
    yield from contradictions_of_testing(study)
    yield from _of_assessments(study)
    yield from _of_safety(study)
    if study.response is not None:
        yield from _of_response(study)
        yield from contradictions_of_response(study)


def _of_names(study: "Study") -> Iterator[str]:
    for part in ("value", "label"):
        yield from _repeated(f"arms: {part}", [getattr(arm, part) for arm in study.arms.levels])
    yield from _repeated("runs: number", [run.number for run in study.runs.values() if run.number is not None])
    yield from _repeated("formats:", study.formats)
    yield from _repeated("strata: variable", [stratum.variable for stratum in study.strata])
    yield from _repeated("severe_adverse_events", study.severe_adverse_events)
    if study.severe_adverse_events and study.data.adverse_events is None:
        yield "severe_adverse_events are counted in ADAE, so data.adverse_events must name it"
    yield from _repeated("phases: id", [phase.id for phase in study.phases])
    yield from _of_tables(study.data)
    yield from _unknown("population", study.population, study.populations)
    yield from _unknown("safety_population", study.safety_population, study.populations)
    if study.randomised is None and _has_cutoff(study):
        yield "randomised is left out, but a data cut-off needs its date: who was randomised later does not count"
    yield from _unknown("follow_up.endpoint", study.follow_up and study.follow_up.endpoint, study.endpoints)


def _of_tables(data: "Data") -> Iterator[str]:
    """What is said of tables, or of a column of one, that are not there."""
    for name in [name for name in data.columns if name not in data.tables]:
        yield f"data.columns.{name} renames columns, but data.{name} names no table"
    for name in [name for name in data.where if name not in data.tables]:
        yield f"data.where.{name} says which rows count, but data.{name} names no table"
    for key in ("aval_unit", "first_day"):
        if getattr(data, key) is not None and data.times is None:
            yield f"data.{key} is said of AVAL, but data.times names no table"
    yield from _repeated("data.accept: check and patient", [f"{each.check}, {each.patient}" for each in data.accept])


def _of_synthetic(study: "Study") -> Iterator[str]:
    """What calibration needs of the study: it makes the patients of two arms, and the tables that the study names."""
    if study.data.origin != "synthetic":
        yield f"data.origin is {study.data.origin!r}, but the study says under synthetic how they were made"
    if len(study.arms.levels) != 2:
        ids = ", ".join(arm.id for arm in study.arms.levels)
        yield f"synthetic makes patients of two arms, but arms.levels has {len(study.arms.levels)}, {ids}: leave it out"
    design = present(study.synthetic)
    if design.responses is not None and (study.response is None or study.data.responses is None):
        yield "synthetic.responses makes responses, so response and data.responses must say what becomes of them"
    if design.adverse_events and study.data.adverse_events is None:
        yield "synthetic.adverse_events makes adverse events, so data.adverse_events must name their table"
    phases = [phase.id for phase in study.phases]
    for phase in ("induction", "maintenance") if design.treatment else ():
        if phase not in phases:
            yield f"synthetic.treatment has {phase}, which is not among the phases of the study"


def _has_cutoff(study: "Study") -> bool:
    return any(part.data_cutoff is not None for part in (study, *study.endpoints.values()))


def _of_endpoint(study: "Study", place: str, endpoint: AnyEndpoint) -> Iterator[str]:
    yield from _unknown(f"{place}.population", endpoint.population, study.populations)
    if isinstance(endpoint, RecordedEndpoint):
        if study.data.times is None:
            yield f"{place} has a paramcd, so data.times must name the table that holds it"
        return
    dates = {endpoint.start, endpoint.censor, *endpoint.event, *endpoint.ends_observation, *endpoint.competing}
    dates |= {endpoint.entry} if endpoint.entry is not None else set()
    for date in sorted(date for date in dates if "-" in date and date not in DERIVED_DATES):
        yield f"{place} uses {date!r}, which is no variable and not one of {', '.join(DERIVED_DATES)}"
    if study.assessments is None and (LAST_ASSESSMENT in dates or endpoint.missed_assessments):
        yield f"{place} needs the assessments, so the study must say under assessments where they are"
    yield from _of_plan(study.assessments, place, endpoint)
    if dates & {FIRST_RESPONSE, FIRST_PROGRESSION} and study.response is None:
        yield f"{place} starts or ends with a response, but the study has no response section"


def _of_plan(plan: Assessments | None, place: str, endpoint: DatedEndpoint) -> Iterator[str]:
    """What a rule needs to know of the assessments that it asks about."""
    planned = endpoint.missed_assessments or endpoint.progression_day != "documented"
    if planned and (plan is None or plan.every is None):
        yield f"{place} counts planned assessments, so assessments.every must give the days between them"
    if endpoint.missed_assessments and plan is not None and plan.table is None:
        yield f"{place} counts missed assessments, so assessments.table must name the table that holds each of them"
    if endpoint.without_baseline != "counted" and (plan is None or plan.baseline is None):
        why = "name its date under assessments.baseline, or set without_baseline: counted"
        yield f"{place} asks who has a baseline: {why}"


def _of_assessments(study: "Study") -> Iterator[str]:
    table = study.assessments.table if study.assessments else None
    if table and getattr(study.data, table) is None:
        yield f"assessments.table is {table!r}, so data.{table} must name the file"
    if table == "responses" and study.response is not None and study.response.is_from_laboratory:
        yield "assessments.table is 'responses', but response is derived: the assessments are then the laboratory's"
    if table == "laboratory" and (study.response is None or not study.response.is_from_laboratory):
        yield "assessments.table is 'laboratory', so response.criteria must be imwg-2016"


def _of_response(study: "Study") -> Iterator[str]:
    response = present(study.response)
    derived = response.is_derived
    if not response.is_from_laboratory and study.data.responses is None:
        yield "response is asked for, so data.responses must name the table that holds it"
    if response.is_from_laboratory and (study.data.laboratory is None or study.laboratory is None):
        yield "response.criteria derives response, so data.laboratory and laboratory must say from what"
    if derived and response.start is None:
        yield "response.criteria derives response, so response.start must name the date of the baseline"
    yield from _unknown("response.arm", response.arm, [arm.id for arm in study.arms.levels])
    yield from _repeated("response.visits: id", [visit.id for visit in response.visits])
    yield from _repeated("response.visits: label", [visit.label for visit in response.visits])
    phases = [phase.id for phase in study.phases]
    for visit in response.visits:
        yield from _unknown(f"response.visits: {visit.id}: denominator", visit.denominator, ["analysed", *phases])
        yield from _unknown(f"response.visits: {visit.id}: phase", visit.phase, phases)
        if derived and visit.visit is not None:
            yield f"response.visits: {visit.id} names a visit of ADRS, but response is derived: give a phase"


def _of_safety(study: "Study") -> Iterator[str]:
    safety = study.safety
    if study.data.adverse_events is None:
        for name in (name for name, run in study.runs.items() if run.notebook == "safety"):
            yield f"runs.{name} reports adverse events, so data.adverse_events must name their table"
        if "safety" in study.model_fields_set and not study.reports_safety:
            yield "safety says which adverse events count, so data.adverse_events must name their table"
    if safety.severity == "AETOXGR" and safety.grades != GRADES:
        yield "safety.grades are those of the words of AESEV, but safety.severity is 'AETOXGR'"
    if safety.compare and not study.arms.pairs:
        yield "safety.compare compares arms, but the study has one arm"
    for key in ("terms", "stopped", "related"):
        yield from _repeated(f"safety.{key}", [word.casefold() for word in getattr(safety, key) or ()])


def _repeated(place: str, names: Sequence[str]) -> list[str]:
    """What is named twice: a record, a row or a curve of one would stand for the other."""
    repeated = [name for index, name in enumerate(names) if name in names[:index]]
    return [f"{place} {name!r} is given twice" for name in repeated]


def _unknown(place: str, name: object, known: Collection[str]) -> list[str]:
    if name in (None, *known):
        return []
    one_of = "one of " if len(known) > 1 else ""
    expected = f"must be {one_of}{', '.join(known)}" if known else "there are none"
    return [f"{place} is {name!r}, but {expected}"]
