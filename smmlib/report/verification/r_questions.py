"""What R is asked, as two CSV files: the numbers of a study by the fields of their keys, and what it declares."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from smmlib.analysis.declared_comparisons import periods_in_words
from smmlib.analysis.keys import KEY_FIELDS, Key
from smmlib.plain_text import begins_formula, csv_text
from smmlib.trial.categories import NOT_EVALUABLE
from smmlib.trial.parameters.study import Study
from smmlib.trial.parameters.testing_plan import families

ASKED, SETTINGS = "asked.csv", "settings.csv"
Setting = tuple[str, str, object]
"""What it is of, its name, and its value; a list has one for each of its members."""


def write_questions(study: Study, keys: Iterable[Key], folder: Path) -> None:
    """Write `asked.csv`, a number a row, and `settings.csv`.

    Parameters
    ----------
    study : Study
    keys : iterable of Key
    folder : Path
    """
    _write(folder / ASKED, KEY_FIELDS, map(astuple, keys))
    settings = [*_of_study(study), *_of_testing(study), *_of_subgroups(study), *_of_responses(study)]
    for endpoint in study.endpoints:
        settings += _of_endpoint(study, endpoint)
    _write(folder / SETTINGS, ("of", "name", "value"), settings)


def asked_keys(questions: Path) -> list[Key]:
    """The numbers that questions ask for, in their order.

    Parameters
    ----------
    questions : Path
        Their folder.

    Returns
    -------
    list of Key

    Raises
    ------
    OSError, ValueError, KeyError
        If the file is not there, or is none of ours.
    """
    with (questions / ASKED).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    fields: Iterator[dict[str, Any]] = ({name: text.removeprefix("'") for name, text in row.items()} for row in rows)
    return [Key(**(each | {"at": float(each["at"]) if each["at"] else None})) for each in fields]


def _write(file: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    file.write_text(csv_text(columns, map(_texts, rows)), encoding="utf-8", newline="")


def _texts(row: Iterable[object]) -> Iterator[str]:
    """Each cell as a text; what a spreadsheet would run, or begins with an apostrophe, stands behind one."""
    for value in row:
        text = "" if value is None else str(int(value) if isinstance(value, bool) else value)
        quoted = isinstance(value, str) and (begins_formula(value) or value.startswith("'"))
        yield f"'{text}" if quoted else text


def _each(of: str, name: str, values: Iterable[object]) -> Iterator[Setting]:
    yield from ((of, name, value) for value in values)


def _of_study(study: Study) -> Iterator[Setting]:
    yield "study", "conf_level", study.analysis.conf_level
    yield "study", "reference", study.arms.reference
    yield from _each("study", "arms", [arm.id for arm in study.arms.levels])
    yield from _each("study", "strata", [factor.variable for factor in study.strata])
    yield from _each("study", "continuous", [name for name, each in study.covariates.items() if each.is_continuous])
    yield "study", "population", study.population
    yield "study", "safety_population", study.safety_population or ""
    for name, endpoint in study.endpoints.items():
        yield f"endpoint:{name}", "population", endpoint.population or ""
    yield from _each("study", "endpoints", study.endpoints)
    if study.follow_up:
        yield "study", "follow_up_endpoint", study.follow_up.endpoint
        yield "study", "follow_up_estimator", study.follow_up.estimator


def _of_testing(study: Study) -> Iterator[Setting]:
    if study.testing:
        plan = families(study)
        yield from _each("study", "procedures", [family.procedure for family in plan])
        of_each = [place for place, family in enumerate(plan, start=1) for _ in family.hypotheses]
        yield from _each("study", "families", of_each)
        yield "study", "alpha", study.testing.alpha
        yield "study", "one_sided", study.testing.one_sided
        yield from _each("study", "favourable_events", study.testing.favourable_events)


def _of_subgroups(study: Study) -> Iterator[Setting]:
    for subgroup in study.subgroups:
        of = f"subgroup:{subgroup.variable}"
        yield from _each(of, "cuts", subgroup.cuts or [])
        yield from _each(of, "intervals", subgroup.intervals)


def _of_responses(study: Study) -> Iterator[Setting]:
    yield from _each("study", "responders", study.response_scale.responders)
    yield "study", "not_evaluable", NOT_EVALUABLE
    for visit, variants in study.sensitivity.responses.items():
        yield from ((f"visit:{visit}", name, variant.missing) for name, variant in variants.items())


def _of_endpoint(study: Study, endpoint: str) -> Iterator[Setting]:
    of, analysis = f"endpoint:{endpoint}", study.analysis_of(endpoint)
    yield of, "conf_level", analysis.conf_level
    yield of, "conf_type", analysis.conf_type
    yield of, "ties", analysis.ties
    yield of, "stratified", bool(analysis.primary_variant)
    yield from _each(of, "competing", study.endpoints[endpoint].competing.values())
    yield from _each(of, "adjust", analysis.adjust)
    yield from _each(of, "periods", analysis.periods)
    yield from _each(of, "period_names", periods_in_words(analysis.periods) if analysis.periods else [])
    yield of, "proportionality", analysis.proportionality
    if analysis.trend_scores:
        yield from _each(of, "trend_scores", [analysis.trend_scores[arm.id] for arm in study.arms.levels])
    if analysis.maxcombo:
        combined = [f"{weights.rho!r}, {weights.gamma!r}" for weights in analysis.maxcombo.weights]
        yield from _each(of, "maxcombo", combined)
