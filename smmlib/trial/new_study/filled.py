"""A parameters file filled from the tables that are there: each guess with its reason, each doubt marked CHECK."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from smmlib.trial.new_study.filled_endpoints import analysis_lines, endpoint_lines, follow_up_lines
from smmlib.trial.new_study.found_tables import FoundTables, find_tables
from smmlib.trial.new_study.guessed_adverse_events import counts_adverse_events, lacking_columns
from smmlib.trial.new_study.guessed_arms import (
    GuessedArms,
    GuessedPopulation,
    guess_arms,
    guess_populations,
    unread_flags,
)
from smmlib.trial.new_study.guessed_endpoints import (
    GuessedEndpoint,
    common_unit,
    guess_endpoints,
)
from smmlib.trial.new_study.guessed_patients import (
    GuessedVariable,
    guess_baseline,
    guess_strata,
    guess_subgroups,
    guess_treatment,
)
from smmlib.trial.new_study.guessed_responses import GuessedResponses, guess_responses
from smmlib.trial.new_study.guessed_rows import GuessedRows
from smmlib.trial.new_study.guessed_treatment import guess_disposition, guess_exposure
from smmlib.trial.new_study.yaml_lines import flow, line, scalar
from smmlib.trial.tables.problems import quoted

LONGEST_LABEL = 20


def filled_parameters(name: str, folder: Path, tables_folder: Path) -> str:
    """The parameters of a study as far as its tables tell them.

    Parameters
    ----------
    name : str
        Of the study.
    folder : Path
        Of the parameters file; the tables lie in it, or in a folder within it.
    tables_folder : Path

    Returns
    -------
    str
        YAML.

    Raises
    ------
    ValueError
        If there are no subjects, no arms, or nothing from which an endpoint can be made.
    DataError
        If a table cannot be read.
    """
    tables = find_tables(tables_folder)
    arms = guess_arms(tables)
    endpoints, counted = guess_endpoints(tables, arms)
    if not endpoints:
        raise ValueError(_no_endpoints(tables_folder, tables))
    populations = guess_populations(tables, arms)
    baseline, subgroups = guess_baseline(tables, arms), guess_subgroups(tables, arms)
    strata, responses = guess_strata(tables, arms), guess_responses(tables, arms)
    disposition, (columns, measures) = guess_disposition(tables, arms), guess_exposure(tables, arms)
    described = {"disposition": disposition, "baseline": baseline, "exposure": [*columns, *measures]}
    blocks = [
        _head(name, tables),
        _data(tables, folder, endpoints, counted, responses, measures),
        [line(f"time_unit: {common_unit(endpoints)}", "of every time in this file and in the report")],
        _arms(arms),
        _populations(populations, tables, arms),
        _strata(strata),
        _variables("baseline", baseline),
        _variables("disposition", disposition),
        _variables("exposure", described["exposure"], {each.variable for each in measures}),
        _variables("subgroups", subgroups),
        follow_up_lines(endpoints),
        endpoint_lines(endpoints, tables, _analysed(populations, arms)),
        _response(responses),
        _safety(tables, arms),
        analysis_lines(endpoints),
        _runs(endpoints, tables, [part for part in described if described[part]], subgroups, responses),
        ["published:                        # published numbers, as printed, if the report is to reproduce any"],
    ]
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


def _no_endpoints(folder: Path, tables: FoundTables) -> str:
    """Why there are none: no table, one of other patients, or one without an arm."""
    what = "without times of patients of every arm no endpoint can be filled in"
    if not tables.has("times", "PARAMCD"):
        return f"{folder} holds no adtte with PARAMCD: {what}."
    patients, subjects = tables.column("times", "USUBJID"), tables.column("subjects", "USUBJID")
    files = f"{tables.files['times'].name} and {tables.files['subjects'].name} of {folder}"
    if not patients.isin(subjects).any():
        of_each = f"{quoted(str(patients.iloc[0]))} in the one, {quoted(str(subjects.iloc[0]))} in the other"
        return f"{files} have no USUBJID in common ({of_each}): are they of one trial? {what.capitalize()}."
    return f"{files}: no PARAMCD has times in AVAL of patients of every arm, and {what}."


def _head(name: str, tables: FoundTables) -> Iterator[str]:
    study = tables.column("subjects", "STUDYID")
    trial = study.iloc[0] if len(study) and study.iloc[0] else name
    yield "# yaml-language-server: $schema=SCHEMA"
    yield "# Filled from the tables. What the tables do not tell for certain is marked CHECK; then run smmlib check."
    yield line(f"study: {name}", "name of the report's folder")
    yield line(f"title: {scalar(trial)}", "CHECK: the title of the report")
    yield line(f"trial: {scalar(trial)}", "CHECK: registration, design, place, years")


def _data(
    tables: FoundTables,
    folder: Path,
    endpoints: list[GuessedEndpoint],
    counted: GuessedRows,
    responses: GuessedResponses | None,
    measures: list[GuessedVariable],
) -> Iterator[str]:
    used = {"subjects", "times"} | ({"adverse_events"} if counts_adverse_events(tables) else set())
    used |= {"responses"} if responses else set()
    used |= {"tumours"} if responses and responses.sum_of_diameters else set()
    used |= {"exposure"} if measures else set()
    yield "data:"
    yield line("  origin: patients", "CHECK: or synthetic; then every page says so")
    yield line("  note: Patient tables of the trial.", "CHECK: what the data are, for the reader")
    for table, file in tables.files.items():
        if table in used:
            yield line(f"  {table}: {scalar(file.relative_to(folder).as_posix())}", f"{len(tables.frames[table])} rows")
    yield line("  salt: salt.txt", "the secret with which identifiers are hashed: keep it with the data")
    if responses and responses.paramcd:
        others = f"; CHECK: or {', '.join(responses.others)}" if responses.others else ""
        yield line(f"  responses_paramcd: {scalar(responses.paramcd)}", f"{responses.param}{others}")
    yield from _rows_and_times(endpoints, counted, responses)
    unused = [*(file for table, file in tables.files.items() if table not in used), *tables.unread]
    if unused:
        yield f"  # there, and not used here: {', '.join(file.name for file in unused)}"
    if "adverse_events" in tables.files and (lacking := lacking_columns(tables)):
        yield f"  # CHECK: adverse events are not counted, for adae has no {', no '.join(lacking)}"


def _rows_and_times(
    endpoints: list[GuessedEndpoint], counted: GuessedRows, responses: GuessedResponses | None
) -> Iterator[str]:
    """Which rows count, and how AVAL is to be read."""
    first_days = {endpoint.first_day for endpoint in endpoints if endpoint.first_day is not None}
    if first_days == {1}:
        yield line("  first_day: 1", "AVAL counts the day of STARTDT as day 1")
    where: dict[str, object] = {"times": counted.where} if counted.where else {}
    if responses and responses.without:
        where["responses"] = {
            "AVALC": {"not": responses.without[0] if len(responses.without) == 1 else responses.without}
        }
    if where:
        yield line(f"  where: {flow(where)}", "CHECK: the rows that count")
    yield from (f"  # CHECK: {doubt}" for doubt in counted.doubts)
    if not any(endpoint.unit for endpoint in endpoints):
        yield line("  aval_unit: days", "CHECK: nothing in adtte tells the unit of AVAL")


def _arms(arms: GuessedArms) -> Iterator[str]:
    yield "arms:"
    yield f"  variable: {arms.variable}"
    if len(arms.arms) > 1:
        doubt = f"CHECK: {arms.doubts[0]}" if arms.doubts else "the arm that each other is compared with"
        yield line(f"  reference: {scalar(arms.reference)}", doubt)
    yield "  levels:"
    for arm in arms.arms:
        label = _short(arm.value)
        said = {"id": arm.id, "value": arm.value, "label": label, "name": arm.value}
        short = "" if label == arm.value else "; CHECK: label, at most 20 characters"
        yield line(f"    - {flow(said)}", f"{arm.patients} patients{short}")


def _short(label: str) -> str:
    """As many whole words as a label may have letters for; a part of the first where it is longer."""
    if len(label) <= LONGEST_LABEL:
        return label
    words = label[: LONGEST_LABEL + 1].rpartition(" ")[0] or label[:LONGEST_LABEL]
    return re.sub(r"[\W_]+$", "", words) or label[:LONGEST_LABEL].rstrip()


def _populations(populations: list[GuessedPopulation], tables: FoundTables, arms: GuessedArms) -> Iterator[str]:
    randomised = next((name for name in ("RANDFL", "RANDDT") if tables.has("subjects", name)), None)
    if randomised:
        yield line(f"randomised: {randomised}", "filled, and not N, for randomised patients")
    yield "populations:"
    for each in populations:
        said = {"label": each.label, "flag": each.flag}
        said |= {"arm_variable": each.arm_variable} if each.arm_variable else {}
        yield line(f"  {each.id}: {flow(said)}", f"{each.patients} patients")
    if not populations:
        yield line("  all: {label: all patients}", "CHECK: no flag of an analysis set was found")
    for flag, held in unread_flags(tables, arms).items():
        yield f"  # CHECK: {flag} holds {held}, but must be Y or N: write it so into adsl if it is an analysis set"
    yield line(f"population: {populations[0].id if populations else 'all'}", "CHECK: the one that is analysed")
    if any(each.flag == "SAFFL" for each in populations):
        yield line("safety_population: safety", "the one in which adverse events are counted")


def _strata(strata: list[GuessedVariable]) -> Iterator[str]:
    if strata:
        yield line("strata:", "CHECK: the factors by which randomisation was stratified")
    for each in strata:
        said = {"variable": each.variable, "label": each.label}
        yield line(f"  - {flow(said)}", f"{', '.join(each.levels)}; CHECK: label")


def _variables(part: str, variables: list[GuessedVariable], measures: Collection[str] = ()) -> Iterator[str]:
    """A table's variables; those that are measures of the table of exposure say so."""
    if variables:
        yield f"{part}:"
    for each in variables:
        said: dict[str, object] = {"variable": each.variable, "label": each.label}
        if each.is_continuous:
            said |= {"unit": each.unit} if each.unit else {"kind": "continuous"}
        said |= {"table": "exposure"} if each.variable in measures else {}
        said |= {"levels": {level: level for level in each.levels}} if each.is_ordered_here else {}
        notes = [f"{each.missing} missing"] if each.missing else []
        notes += [] if each.is_known else ["CHECK: label"]
        seen = [] if each.is_ordered_here else [", ".join(each.levels)]
        yield line(f"  - {flow(said)}", "; ".join([*seen, *notes]).strip("; "))


def _analysed(populations: list[GuessedPopulation], arms: GuessedArms) -> int:
    return populations[0].patients if populations else sum(arm.patients for arm in arms.arms)


def _response(responses: GuessedResponses | None) -> Iterator[str]:
    if responses is None:
        return
    yield "response:"
    if responses.scale:
        yield line(
            f"  scale: {responses.scale}",
            "CHECK: or lugano-2014, categories of your own; criteria: recist-1.1 derives it",
        )
    else:
        first = responses.categories[0]
        yield line("  categories:", "CHECK: best first")
        yield from (f"    - {flow({'id': each, 'label': each})}" for each in responses.categories)
        yield line(f"  responders: {flow([first])}", "CHECK: the categories that are a response")
    if responses.start:
        yield line(f"  start: {responses.start}", "assessments up to this day are baseline, and do not count")
    if responses.sum_of_diameters:
        waterfall = {"label": "Best change of the sum of diameters", "paramcd": responses.sum_of_diameters}
        yield f"  waterfall: {flow(waterfall)}"
    yield "  visits:"
    for number, visit in enumerate(responses.visits, start=1):
        said = {"id": f"visit-{number}", "visit": visit, "label": visit, "denominator": "analysed"}
        yield f"    - {flow(said)}"
    if not responses.visits:
        yield "    - {id: best, label: Best response, denominator: analysed}"


def _safety(tables: FoundTables, arms: GuessedArms) -> Iterator[str]:
    if not counts_adverse_events(tables):
        return
    yield "safety:"
    if tables.has("adverse_events", "TRTEMFL"):
        yield line("  emergent: flag", "those with TRTEMFL Y count")
    else:
        yield line("  emergent: all", "CHECK: adae has no TRTEMFL, so that all events count")
    if treatment := guess_treatment(tables, arms):
        yield line(f"  treatment: {flow(treatment)}", "for rates per 100 patient-years")


def _runs(
    endpoints: list[GuessedEndpoint],
    tables: FoundTables,
    described: list[str],
    subgroups: list[GuessedVariable],
    responses: GuessedResponses | None,
) -> Iterator[str]:
    yield line("runs:", "the sections of the report, each a notebook with its parameters")
    yield "  population: {notebook: population}"
    yield from (f"  {part}: {{notebook: {part}}}" for part in described if part != "exposure")
    for each in endpoints:
        yield f"  {each.id}: {{notebook: time_to_event, parameters: {{endpoint: {each.id}}}}}"
        if subgroups:
            yield f"  {each.id}-subgroups: {{notebook: subgroups, parameters: {{endpoint: {each.id}}}}}"
    if responses:
        yield "  response: {notebook: response}"
    if responses and subgroups:
        yield "  response-subgroups: {notebook: response_subgroups}"
    if "exposure" in described:
        yield "  exposure: {notebook: exposure}"
    if counts_adverse_events(tables):
        yield "  safety: {notebook: safety}"
