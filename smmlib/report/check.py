"""Read and check a study, and say what was understood of it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from smmlib.analysis.claims import ClaimError
from smmlib.analysis.disposition import STEPS, disposition_counts
from smmlib.analysis.follow_up import follow_up_times
from smmlib.analysis.keys import Key
from smmlib.analysis.sections import study_numbers
from smmlib.command_line.arguments import add_studies
from smmlib.display.formatting import estimate_text
from smmlib.places import project_folder
from smmlib.plain_text import lower_first, say, visible
from smmlib.report.asked import check_claims, notebooks_of
from smmlib.report.prepared import prepared_study
from smmlib.report.response_understood import response_understood
from smmlib.report.running.execute import NotebookError
from smmlib.trial.analysis_data import derive
from smmlib.trial.data import read_tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.endpoints.time_to_event import reason_counts
from smmlib.trial.endpoints.words import estimand, rule_in_words
from smmlib.trial.levels import present_in_order, words_on_many_levels
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.safety.kinds import IN_POPULATION, KINDS, kind_in_words
from smmlib.trial.safety.words import counting_in_words
from smmlib.trial.salt import readable_by_others
from smmlib.trial.sensitivity.variants import variants_of
from smmlib.trial.sensitivity.words import variant_in_words
from smmlib.trial.tables.accepted import accepted_records
from smmlib.trial.tables.columns import date_variables
from smmlib.trial.tables.problems import BAD_INPUT, DataError

WIDTH = 14
PROGRESSION = "PROGDT"
UNMASKED = "and these lines mask nothing: they are for those who may see the data"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check each study; the exit code is 2 when the parameters or the tables of one cannot be used."""
    parser = argparse.ArgumentParser(prog="smmlib check", description="Check a study, and run nothing.")
    add_studies(parser)
    failures = 0
    for file in parser.parse_args(arguments).params:
        errors, lines = checked(file)
        if errors:
            say("\n".join([*map(str, errors), f"{_count(errors)}: nothing can be run."]))
        else:
            say("\n".join(map(visible, lines)), sys.stdout)
        failures += bool(errors)
    return BAD_INPUT if failures else 0


def checked(params_file):
    """Everything of a study that would stop its report, or else what was understood of it.

    Parameters
    ----------
    params_file : Path

    Returns
    -------
    errors : list of SmmlibError
    lines : list of str
    """
    try:
        study = prepared_study(params_file)
    except ParametersError as error:
        return [error], []
    errors, notebooks, data = [], None, None
    try:
        notebooks = notebooks_of(study, params_file, project_folder())
    except NotebookError as error:
        errors.append(error)
    try:
        tables = read_tables(study)
        data = derive(study, tables)
    except DataError as error:
        errors.append(error)
    if not errors:
        try:
            check_claims(study, params_file, notebooks, study_numbers(data))
        except ClaimError as error:
            errors.append(error)
    return errors, [] if errors else list(understanding(tables, data))


def _count(errors):
    problems = sum(len(getattr(error, "causes", str(error).splitlines())) for error in errors)
    return f"{problems} problem{'' if problems == 1 else 's'}"


def understanding(tables, data):
    """What parameters and tables were taken to say, line by line.

    Parameters
    ----------
    tables : Tables
    data : AnalysisData

    Yields
    ------
    str
    """
    study = data.study
    yield f"{study.study}: {study.title}"
    yield _line("data", lower_first(study.data.label) or "patients")
    for name, file in study.data.tables.items():
        rows = len(getattr(tables, name))
        yield _line(name.replace("_", " "), f"{Path(file).name}, {rows} rows of randomised patients")
    if study.suppress_below is not None:
        yield _line("note", f"the report masks counts under {study.suppress_below}, {UNMASKED}")
    yield _line("cut-off", study.data_cutoff or "none: everything in the tables counts")
    yield from _of_population(data)
    yield from _of_dates(study, tables)
    yield from _of_follow_up(data)
    for name, endpoint in study.endpoints.items():
        yield from _of_endpoint(study, name, endpoint, data.endpoint(name))
    for name, text in response_understood(data) if study.response else ():
        yield _line(name, text)
    yield from _of_sensitivity(data)
    for note in tables.notes:
        yield _line("note", note)
    for patient, what, reason in accepted_records(study):
        yield _line("accepted", f"{f'{patient}: ' if patient else ''}{what}. {reason}")
    yield from _of_adverse_events(data)
    yield from _of_curves(study)
    yield from _of_progression(tables)
    yield from _of_salt(study)
    yield _line("report", ", ".join(study.runs))


def _line(name, text):
    return f"  {name:<{WIDTH}} {text}"


def _of_population(data):
    study, subjects = data.study, data.subjects
    analysed = subjects[subjects["analysed"]]
    for value, count in data.outside.items():
        yield _line(
            "outside", f"{count} randomised patients whose {study.arms.variable} is {value!r}, none of the arms"
        )
    counts = disposition_counts(data)
    for step in STEPS:
        if (of_all := Key("population", step)) not in counts:
            continue
        by_arm = [f"{arm.label} {counts[Key('population', step, arm=arm.id)].value:.0f}" for arm in study.arms.levels]
        label = f" ({study.populations[study.population].label})" if step == "analysed" else ""
        yield _line(step, f"{counts[of_all].value:.0f}: {', '.join(by_arm)}{label}")
    for factor in study.strata:
        counts = analysed[factor.variable].value_counts()
        levels = present_in_order(data.levels.get(factor.variable), counts.index)
        counted = ", ".join(f"{level} {counts[level]}" for level in levels)
        yield _line("stratum", f"{factor.label}: {counted}")
    yield from (_line("note", words) for words in words_on_many_levels(study, analysed))


def _of_dates(study, tables):
    subjects = cut_tables(study, tables, study.data_cutoff).subjects
    for variable in date_variables(study):
        known = subjects[variable].dropna()
        span = f", {known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}" if len(known) else ""
        yield _line(variable, f"{len(known)} patients{span}")


def _of_follow_up(data):
    for median in list(follow_up_times(data).values())[:1]:
        yield _line("follow-up", f"median {estimate_text(median)}, {data.study.follow_up.estimator}")


def _of_endpoint(study, name, endpoint, patients):
    yield f"  {name}: {endpoint.label}, {int(patients.event.sum())} events in {len(patients.event)} patients"
    yield _line("  rule", rule_in_words(study, endpoint))
    strategies = estimand(endpoint)
    if strategies:
        yield _line("  estimand", "; ".join(f"{event}: {strategy}" for event, strategy in strategies.items()))
    for arm in study.arms.levels:
        reasons = reason_counts(patients, arm.id)
        counted = "; ".join(f"{reason} {count}" for reason, count in reasons.items() if count)
        yield _line(f"  {arm.label}", counted)
    if patients.competing is not None:
        for arm in (arm for arm in study.arms.levels if not patients.among(arm.id).competing.any()):
            yield _line("  note", f"nobody in {arm.label} had a competing event")


def _of_sensitivity(data):
    """What each variant of an endpoint changes, and how many events that leaves."""
    for (endpoint, name), variant in variants_of(data.study).items():
        patients = data.variant(endpoint, name)
        counted = f"{int(patients.event.sum())} events in {len(patients.event)} patients"
        yield _line("sensitivity", f"{endpoint}.{name}, {counted}: {variant_in_words(data.study, endpoint, variant)}")


def _of_adverse_events(data):
    """How they are counted, and the patients with any of each kind."""
    if data.event_sources is None:
        return
    words, kinds = counting_in_words(data.study, data.event_sources), data.adverse_events
    for sentence in words.values() if data.study.reports_safety else (words["counted"], words["fatal"]):
        yield _line("adverse events", sentence)
    for kind in KINDS:
        rows = kinds[(kinds["kind"] == kind) & (kinds["term"] == "")]
        counts = [int(rows.loc[rows["arm"] == arm.id, "affected"].sum()) for arm in data.study.arms.levels]
        by_arm = ", ".join(f"{arm.label} {count}" for arm, count in zip(data.study.arms.levels, counts, strict=True))
        if len(rows) and (kind in IN_POPULATION or data.study.reports_safety):
            yield _line("", f"{kind_in_words(kind, sources=data.event_sources)}: {by_arm}")


def _of_curves(study):
    """What was noted when the curves were read, for curves from which patients were made."""
    if not study.data.curves:
        return
    from smmlib.curves.reconstructed_curves import reconstruct_curves  # here, for it takes a second to import

    for endpoint, arms in reconstruct_curves(study).items():
        for arm, reconstructed in arms.items():
            for note in reconstructed.published.notes:
                yield _line("note", f"{endpoint}, {arm}: {note}")


def _of_progression(tables):
    """What is no mistake in itself, but worth a look: an unconfirmed progression, or a forgotten date."""
    responses, subjects = tables.responses, tables.subjects
    if responses is None or PROGRESSION not in subjects:
        return
    progressed = responses.loc[responses["AVALC"] == "PD", "USUBJID"].unique()
    without = int(subjects.loc[progressed, PROGRESSION].isna().sum())
    if without:
        yield _line("note", f"{without} patients have PD among the responses, and no {PROGRESSION}")


def _of_salt(study):
    """That of patients who are public already, or are none, keeps no secret."""
    salt = Path(study.data.salt)
    keeps_a_secret = study.data.origin == "patients" and study.data.bundled is None
    if keeps_a_secret and readable_by_others(salt):
        yield _line("note", f"{salt.name} is not for its owner alone: chmod 600 {salt}")
