"""`python -m smmlib.report.check params/my-study.yaml`: read and check a study, and say what was understood of it."""

import argparse
import sys
from pathlib import Path

from smmlib.command_line.run import run_command
from smmlib.display.formatting import estimate_text
from smmlib.report.labels import lower_first
from smmlib.report.prepared import prepared_study
from smmlib.stats.survival.follow_up import median_follow_up
from smmlib.trial.categories import RESPONSE_CATEGORIES
from smmlib.trial.check import check_tables
from smmlib.trial.data_cutoff import cut_tables
from smmlib.trial.endpoints.time_to_event import reason_counts
from smmlib.trial.endpoints.words import estimand, rule_in_words
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.population import subjects_in_arm
from smmlib.trial.response.rates import arm_categories
from smmlib.trial.tables.columns import date_variables
from smmlib.trial.tables.problems import BAD_INPUT, DataError

WIDTH = 14
PROGRESSION = "PROGDT"


def main(arguments=None):
    """Check each study; the exit code is 2 when the parameters or the tables of one cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m smmlib.report.check", description="Check a study, and run nothing."
    )
    parser.add_argument("params", nargs="+", type=Path, help="parameters file of a study")
    failures = 0
    for file in parser.parse_args(arguments).params:
        try:
            study = prepared_study(file)
            print("\n".join(understanding(study, check_tables(study))))
        except (ParametersError, DataError) as error:
            print(f"{error}\n{_count(error)}: nothing can be run.", file=sys.stderr)
            failures += 1
    return BAD_INPUT if failures else 0


def _count(error):
    problems = len(getattr(error, "problems", str(error).splitlines()))
    return f"{problems} problem{'' if problems == 1 else 's'}"


def understanding(study, derived):
    """What parameters and tables were taken to say, line by line.

    Parameters
    ----------
    study : Study
    derived : Derived

    Yields
    ------
    str
    """
    yield f"{study.study}: {study.title}"
    yield _line("data", lower_first(study.data.label) or "patients")
    for name, file in study.data.tables.items():
        rows = len(getattr(derived.tables, name))
        yield _line(name.replace("_", " "), f"{Path(file).name}, {rows} rows of randomised patients")
    yield _line("cut-off", study.data_cutoff or "none: everything in the tables counts")
    yield from _of_population(study, derived)
    yield from _of_dates(study, derived)
    yield from _of_follow_up(study, derived)
    for name, endpoint in study.endpoints.items():
        yield from _of_endpoint(study, name, endpoint, derived.endpoints[name])
    for visit in study.response.visits if study.response else []:
        yield from _of_response(study, visit, derived.responses[visit.id])
    yield from _of_progression(derived)
    yield _line("report", ", ".join(study.runs))


def _line(name, text):
    return f"  {name:<{WIDTH}} {text}"


def _of_population(study, derived):
    for step, members in derived.steps.items():
        by_arm = ", ".join(f"{arm.label} {len(subjects_in_arm(members, arm))}" for arm in study.arms.both)
        label = f" ({study.populations[study.population].label})" if step == "analysed" else ""
        yield _line(step, f"{len(members)}: {by_arm}{label}")
    for factor in study.strata:
        levels = derived.steps["analysed"][factor.variable].value_counts().sort_index()
        counted = ", ".join(f"{level} {count}" for level, count in levels.items())
        yield _line("stratum", f"{factor.label}: {counted}")


def _of_dates(study, derived):
    subjects = cut_tables(study, derived.tables, study.data_cutoff).subjects
    for variable in date_variables(study):
        known = subjects[variable].dropna()
        span = f", {known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}" if len(known) else ""
        yield _line(variable, f"{len(known)} patients{span}")


def _of_follow_up(study, derived):
    if study.follow_up:
        data = derived.endpoints[study.follow_up.endpoint]
        median = median_follow_up(
            data.time,
            data.event,
            estimator=study.follow_up.estimator,
            conf_level=study.analysis.conf_level,
            time_unit=study.time_unit,
        )
        yield _line("follow-up", f"median {estimate_text(median)}, {study.follow_up.estimator}")


def _of_endpoint(study, name, endpoint, data):
    yield f"  {name}: {endpoint.label}, {int(data.event.sum())} events in {len(data.event)} patients"
    yield _line("  rule", rule_in_words(study, endpoint))
    strategies = estimand(endpoint)
    if strategies:
        yield _line("  estimand", "; ".join(f"{event}: {strategy}" for event, strategy in strategies.items()))
    for arm in study.arms.both:
        reasons = reason_counts(data, arm.label)
        counted = "; ".join(f"{reason} {count}" for reason, count in reasons.items() if count)
        yield _line(f"  {arm.label}", counted)


def _of_progression(derived):
    """What is no mistake in itself, but worth a look: an unconfirmed progression, or a forgotten date."""
    responses, subjects = derived.tables.responses, derived.tables.subjects
    if responses is None or PROGRESSION not in subjects:
        return
    progressed = responses.loc[responses["AVALC"] == "PD", "USUBJID"].unique()
    without = int(subjects.loc[progressed, PROGRESSION].isna().sum())
    if without:
        yield _line("note", f"{without} patients have PD among the responses, and no {PROGRESSION}")


def _of_response(study, visit, data):
    for arm in study.response_arms:
        recorded = arm_categories(data, arm)
        counts = {category: int((recorded == category).sum()) for category in RESPONSE_CATEGORIES}
        counted = ", ".join(f"{category} {count}" for category, count in counts.items() if count)
        yield _line("response", f"{visit.label}, {arm.label}, {len(recorded)} patients: {counted}")


if __name__ == "__main__":
    run_command(main)
