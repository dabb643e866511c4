"""What tables that describe patients, and subgroups, say against one another and against the rest of a study."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from smmlib.trial.parameters.covariates import Characteristic, Covariate, Subgroup

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study

OWN_COLUMNS = ("patient", "randomised_arm", "analysed", "arm", "safety_arm", "exclusion_reason", "data")
"""Columns that the analysis data of subjects have besides."""
LATE_SECTIONS = ("disposition", "exposure")
"""Sections whose variables serve their table alone; those of baseline may be adjusted for without one."""
RESPONSE_SUBGROUPS = "response_subgroups"
SUBGROUPS = ("subgroups", RESPONSE_SUBGROUPS)
"""Notebooks that compare the arms in subgroups."""


def contradictions_of_covariates(study: "Study") -> Iterator[str]:
    """Variables read in two ways, and sections that have nothing to show.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        The key, then what is wrong.
    """
    parts: list[tuple[str, Sequence[Characteristic | Subgroup]]] = [
        *study.described.items(),
        ("subgroups", study.subgroups),
    ]
    for part, asked in parts:
        yield from _repeated(part, asked)
        for each in asked:
            yield from _used_otherwise(study, part, each)
    yield from _of_both(study)
    yield from _of_tables(study)
    yield from _of_runs(study)
    if study.synthetic is not None:
        for variable in [variable for variable in study.covariates if variable not in _made(study)]:
            yield f"synthetic makes no {variable}, so no table or subgroup can show it: leave it out there"


def _repeated(part: str, asked: Sequence[Characteristic | Subgroup]) -> Iterator[str]:
    for place, each in enumerate(asked):
        for what in ("variable", "label"):
            if getattr(each, what) in [getattr(other, what) for other in asked[:place]]:
                yield f"{part}: {what} {getattr(each, what)!r} is given twice"
                break


def _used_otherwise(study: "Study", part: str, asked: Characteristic | Subgroup) -> Iterator[str]:
    """A column is read in one way: as a date, as a flag, as texts or as numbers."""
    from smmlib.trial.tables.columns import date_variables  # here, for it imports the study, which imports this

    variable = asked.variable
    if variable in OWN_COLUMNS:
        name = f"data.columns.subjects: {{{variable.upper()}: {variable}}}"
        yield f"{part}: variable {variable!r} has the name of a column of the analysis data: map it, {name}"
        return
    flags = {population.flag for population in study.populations.values()}
    uses = [
        ("the identifier of patients", variable == "USUBJID"),
        ("the arm", variable == study.arms.variable),
        ("a date", variable in date_variables(study)),
        ("who was randomised", variable == study.randomised),
        ("the flag of a population", variable in flags),
        ("a stratum, so not as numbers", asked.is_continuous and variable in {each.variable for each in study.strata}),
    ]
    for use in [use for use, is_so in uses if is_so][:1]:
        yield f"{part}: variable {variable!r} is read as {use}: describe patients by another variable"


def _of_both(study: "Study") -> Iterator[str]:
    described = {each.variable: each for each in study.baseline}
    for subgroup in study.subgroups:
        characteristic = described.get(subgroup.variable)
        if characteristic is None:
            continue
        variable = subgroup.variable
        if characteristic.is_continuous and not subgroup.is_continuous:
            yield f"subgroups: {variable!r} holds numbers under baseline: give cuts, which part the patients"
        elif subgroup.is_continuous and not characteristic.is_continuous:
            yield f"subgroups: {variable!r} has cuts, but holds categories under baseline: give its unit or kind there"
        elif characteristic.levels and subgroup.levels and list(characteristic.levels) != list(subgroup.levels):
            yield f"subgroups: {variable!r} has other levels than under baseline: give them once, or alike"


def _of_tables(study: "Study") -> Iterator[str]:
    """A variable is read from one table, and in one way, whatever table of the report shows it."""
    asked: dict[str, tuple[str, Covariate]] = {}
    for part, characteristics in study.described.items():
        for covariate in (each.covariate for each in characteristics):
            before, other = asked.setdefault(covariate.variable, (part, covariate))
            if (covariate.table, covariate.is_continuous) != (other.table, other.is_continuous):
                yield f"{part}: variable {covariate.variable!r} is read in another way under {before}: describe it once"
            elif covariate.levels and other.levels and covariate.levels != other.levels:
                yield f"{part}: {covariate.variable!r} has other levels than under {before}: give them once, or alike"
    measures = [each.variable for each in study.exposure if each.table == "exposure"]
    if measures and study.data.exposure is None:
        yield f"exposure takes {measures[0]!r} from the table of exposure, so data.exposure must name the file"
    if study.data.exposure is not None and not measures:
        yield "data.exposure names a table, but no measure under exposure has `table: exposure`: it is not read"


def _of_runs(study: "Study") -> Iterator[str]:
    shown = {run.notebook for run in study.runs.values()}
    for section in [section for section in LATE_SECTIONS if study.described[section] and section not in shown]:
        yield f"{section} is declared, but no run shows it: add {section}: {{notebook: {section}}} under runs"
    for name, run in study.runs.items():
        if run.notebook in study.described and not study.described[run.notebook]:
            yield f"runs.{name} describes patients, but the study has no {run.notebook} section"
        if run.notebook in SUBGROUPS and not study.subgroups:
            yield f"runs.{name} compares arms in subgroups, but the study has no subgroups section"
        if run.notebook in SUBGROUPS and not study.arms.pairs:
            yield f"runs.{name} compares arms in subgroups, but the study has one arm"
        if run.notebook == RESPONSE_SUBGROUPS and study.response is None:
            yield f"runs.{name} compares response in subgroups, but the study has no response section"
        elif run.notebook == RESPONSE_SUBGROUPS and not study.response_pairs:
            yield f"runs.{name} compares response in subgroups, but response of one arm alone is reported"
    if not study.subgroups or study.data_cutoff is None:
        return
    for name, endpoint in study.endpoints.items():
        if endpoint.data_cutoff is not None and endpoint.data_cutoff > study.data_cutoff:
            what = f"later than that of the study, {study.data_cutoff}: patients randomised between have no subgroup"
            yield f"endpoints.{name}.data_cutoff is {endpoint.data_cutoff}, {what}"


def _made(study: "Study") -> set[str]:
    """What a cohort of synthetic patients has besides its dates: the stratum."""
    return {stratum.variable for stratum in study.strata}
