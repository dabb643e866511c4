"""What a study with published curves says against itself: reconstructed patients have an arm, a time and an event."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smmlib.trial.parameters.arms import Arm
from smmlib.trial.parameters.endpoint_rules import RecordedEndpoint
from smmlib.trial.parameters.reconstructed_files import named_tables
from smmlib.trial.present import present

if TYPE_CHECKING:
    from smmlib.trial.parameters.study import Study


ONLY = "reconstructed patients have an arm, times and events, and nothing else"
QUALITY = "reconstruction"
"""Notebook that tells how near the reconstructed patients come to the curves: a report shows nothing without it."""
NOT_THERE = (
    "randomised",
    "strata",
    "assessments",
    "phases",
    "laboratory",
    "response",
    "safety_population",
    "data_cutoff",
)


def flag_of(endpoint: RecordedEndpoint) -> str:
    """Variable of the reconstructed subject table that is Y for the patients of an endpoint, and N for others."""
    return f"{endpoint.paramcd}FL"


def contradictions_of_curves(study: "Study") -> Iterator[str]:
    """Everything asked of reconstructed patients that curves do not tell, and curves that are missing or not known.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        The key, then what is wrong.
    """
    if (study.data.origin == "reconstructed") != (study.data.curves is not None):
        needed = "must be 'reconstructed' where data.curves is given, and only there"
        yield f"data.origin is {study.data.origin!r}, but {needed}"
    told = [name for name, run in study.runs.items() if run.notebook == QUALITY]
    if study.data.curves is None:
        yield from (f"runs.{name} tells of reconstructed patients, but data.curves gives no curves" for name in told)
        return
    if not told:
        yield f"runs do not tell how good the reconstruction is: add `{QUALITY}: {{notebook: {QUALITY}}}`"
    for name in NOT_THERE:
        if getattr(study, name):
            yield f"{name} is given, but {ONLY}: leave it out"
    if study.suppress_below is not None:
        yield "suppress_below masks counts of patients, but reconstructed ones are none: leave it out"
    for name in named_tables(study):
        yield f"data.{name} names a table, but data.curves makes the patients: leave one of the two out"
    if study.data.columns:
        yield "data.columns renames columns, but data.curves makes the tables: leave it out"
    yield from _of_endpoints(study)
    yield from _of_arms(study)
    yield from _of_populations(study)


def _of_endpoints(study: "Study") -> Iterator[str]:
    for name in [name for name in present(study.data.curves) if name not in study.endpoints]:
        yield f"data.curves.{name} is of no endpoint: the endpoints are {', '.join(study.endpoints)}"
    codes = [getattr(endpoint, "paramcd", None) for endpoint in study.endpoints.values()]
    for name, endpoint in study.endpoints.items():
        if not isinstance(endpoint, RecordedEndpoint):
            yield f"endpoints.{name} is derived from dates, which curves do not tell: give it a paramcd and a rule"
        elif codes.count(endpoint.paramcd) > 1:
            yield f"endpoints.{name} has the paramcd {endpoint.paramcd!r}, as another has: give each its own"
        elif name not in present(study.data.curves):
            yield f"endpoints.{name} has no curves under data.curves: add them, or take the endpoint out"
        if endpoint.data_cutoff is not None:
            yield f"endpoints.{name}.data_cutoff is given, but {ONLY}: leave it out"


def _of_arms(study: "Study") -> Iterator[str]:
    ids = [arm.id for arm in study.arms.levels]
    for name, arms in present(study.data.curves).items():
        for arm in [arm for arm in arms if arm not in ids]:
            yield f"data.curves.{name}.{arm} is of no arm: the arms are {', '.join(ids)}"
        for arm in [arm for arm in ids if arm not in arms]:
            yield f"data.curves.{name} has no curve of arm {arm}"


def _of_populations(study: "Study") -> Iterator[str]:
    """A patient of another endpoint's curve is no patient of this one: who counts must be said where arms differ."""
    recorded = {name: rule for name, rule in study.endpoints.items() if isinstance(rule, RecordedEndpoint)}
    flags = {flag_of(rule) for rule in recorded.values()}
    for name, population in study.populations.items():
        if population.flag not in (None, *flags):
            known = ", ".join(sorted(flags))
            yield f"populations.{name}.flag is {population.flag!r}, but of reconstructed patients it can be {known}"
        if population.exclusion_reason or population.arm_variable:
            yield f"populations.{name} asks for more than a flag, but {ONLY}: leave it out"
    most = {arm.id: _most_patients(study, arm) for arm in study.arms.levels}
    for name, rule in recorded.items():
        fewer = [
            arm for arm, curve in present(study.data.curves).get(name, {}).items() if curve.patients < most.get(arm, 0)
        ]
        analysed = study.populations.get(rule.population or study.population)
        if fewer and analysed and analysed.flag != flag_of(rule):
            what = f"has fewer patients of arm {fewer[0]} than another endpoint, {most[fewer[0]]}"
            advice = f"give it a population of its own, with the flag {flag_of(rule)}"
            yield f"endpoints.{name} {what}: {advice}"


def _most_patients(study: "Study", arm: Arm) -> int:
    return max((arms[arm.id].patients for arms in present(study.data.curves).values() if arm.id in arms), default=0)
