"""Lines of the parameters about endpoints: what follow-up is measured by, each endpoint, and the times of the axes."""

from collections.abc import Iterator

from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.new_study.guessed_endpoints import GuessedEndpoint, axis_times, common_unit, is_survival, no_times
from smmlib.trial.new_study.yaml_lines import flow, line, scalar
from smmlib.trial.tables.problems import quoted
from smmlib.trial.units import DAYS_PER_UNIT


def follow_up_lines(endpoints: list[GuessedEndpoint]) -> Iterator[str]:
    """How follow-up is estimated, of the first endpoint."""
    said = {"endpoint": endpoints[0].id, "estimator": "reverse-kaplan-meier"}
    yield line(f"follow_up: {flow(said)}", "CHECK: or survivors, observed")


def endpoint_lines(endpoints: list[GuessedEndpoint], tables: FoundTables, analysed: int) -> Iterator[str]:
    """The endpoints with their counts and doubts.

    Parameters
    ----------
    endpoints : list of GuessedEndpoint
    tables : FoundTables
    analysed : int
        Patients of the population that is analysed.
    """
    yield "endpoints:"
    for each in endpoints:
        yield line(f"  {each.id}:", _counted(each))
        yield f"    paramcd: {scalar(each.paramcd)}"
        yield f"    label: {scalar(each.label)}"
        yield line(f"    event_label: {scalar(each.event_label)}", "CHECK")
        state = "Alive" if is_survival(each.paramcd) else "Free of the event"
        yield line(f"    curve_label: {state}", "CHECK: the state of patients without the event")
        yield line("    rule: As recorded in ADTTE.", "CHECK: the event and the censoring rule, in words")
        if each.unit_by_dates and each.unit != common_unit(endpoints):
            yield line(f"    aval_unit: {each.unit}", "by the dates")
        if each.patients < analysed:
            yield line("    missing_row: left out", f"CHECK: {_without_time(analysed - each.patients)}")
    codes = tables.column("times", "PARAMCD").unique()
    other = no_times(tables)
    not_here = [code for code in codes if code and code not in {*other, *(each.paramcd for each in endpoints)}]
    if not_here:
        yield f"  # not filled in, for an arm has no patient with a time: {', '.join(not_here)}"
    for code, unit in other.items():
        yield f"  # not filled in, for AVALU of {code} is {quoted(unit)}, which is no unit of time"


def _counted(endpoint: GuessedEndpoint) -> str:
    """The events, where they can be told, and what is doubtful about them."""
    if endpoint.uncounted:
        return f"CHECK: {endpoint.uncounted}"
    count = f"{endpoint.events} events in {endpoint.patients} patients"
    return f"{count}; CHECK: {endpoint.doubt}" if endpoint.doubt else count


def _without_time(patients: int) -> str:
    return "1 patient has no time" if patients == 1 else f"{patients} patients have no time"


def analysis_lines(endpoints: list[GuessedEndpoint]) -> Iterator[str]:
    """The conventions of survival analysis, with a landmark in the middle of the axis."""
    unit = common_unit(endpoints)
    longest = max(each.longest * DAYS_PER_UNIT[each.unit or unit] / DAYS_PER_UNIT[unit] for each in endpoints)
    times = axis_times(longest, unit)
    yield "analysis:"
    yield "  conf_level: 0.95"
    yield line("  conf_type: log-log", "scale of the limits of survival; R's default is log")
    yield line("  ties: efron", "as R; SAS takes breslow unless told otherwise")
    yield line(f"  landmarks: {flow([times[len(times) // 2]])}", "CHECK: times at which survival is compared")
    yield f"  axis_times: {flow(times)}"
