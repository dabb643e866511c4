"""A number in a reader's words, made from the fields of its key."""

from smmlib.analysis.competing_risks import cause_in_words
from smmlib.analysis.described_patients import STATISTICS
from smmlib.display.recorded_text import as_printed, without_ratio_of_itself
from smmlib.plain_text import lower_first
from smmlib.report.records.sensitivity_rows import sensitivity_subject, variant_label
from smmlib.trial.safety.kinds import kind_in_words
from smmlib.trial.subgroups import level_label

WORDS = {
    "follow_up": "median follow-up",
    "logrank": "log-rank test",
    "wald_test": "Wald test of the hazard ratio",
    "survival_difference": "difference of survival",
    "overall_logrank": "log-rank test of all arms",
    "trend_logrank": "log-rank test for trend",
    "restricted_mean": "restricted mean survival time",
    "restricted_mean_difference": "difference of restricted mean survival times",
    "restricted_mean_ratio": "ratio of restricted mean survival times",
    "single_test": "primary log-rank test",
    "adjusted_test": "primary log-rank test, adjusted for the others",
    "test_level": "level at which it is tested",
    "incidence": "cumulative incidence",
    "incidence_difference": "difference of cumulative incidence",
    "gray_test": "Gray's test",
    "cause_specific_hazard_ratio": "cause-specific hazard ratio",
    "overall_gray_test": "Gray's test of all arms",
    "maxcombo": "MaxCombo test",
    "period_test": "test of one hazard ratio in all periods",
    "proportional_hazards": "test of proportional hazards",
    "at_risk": "number at risk",
    "share": "share with the event",
    "rate_difference": "difference of the rates",
    "interaction_test": "test of interaction",
    "tipping_factor": "factor of the hazard at which the result is lost",
    "fisher_test": "Fisher's exact test",
    "cochran_mantel_haenszel_test": "Cochran-Mantel-Haenszel test",
    "points": "digitised points",
    "rmse": "root mean squared error",
    "mean_error": "mean absolute error",
    "largest_error": "largest absolute error",
    "integrated_error": "integrated absolute error",
    "at_risk_difference": "largest difference of a number at risk",
    "event_difference": "difference of events",
    "median_difference": "difference of medians",
    "kmdata_score": "KMDATA score, percent of the points",
}
VARIANTS = {
    ("follow_up", "shortest"): "shortest follow-up",
    ("follow_up", "longest"): "longest follow-up",
    ("rate", "wilson"): "Wilson interval",
    ("cochran_mantel_haenszel_test", "stratified"): "Cochran-Mantel-Haenszel test",
}
LEVELS = {
    "weighted_logrank": "weighted log-rank test, Fleming-Harrington ({level})",
    "period_hazard_ratio": "hazard ratio, {level} {time_unit}",
}
"""Measures of which a study may have several, one a level: what each is."""
OF_CAUSES = {
    "competing_events": "competing",
    "incidence": "",
    "incidence_difference": "",
    "gray_test": "",
    "overall_gray_test": "",
    "cause_specific_hazard_ratio": "",
}
"""Measures of one of the events that compete, and of which where the key names no variant."""
UP_TO = ("restricted_mean", "restricted_mean_difference", "restricted_mean_ratio")
"""Measures of the whole time up to their time, and not of what is seen at it."""
OF_EVENTS = {
    "population": "safety population",
    "rate": "patients per 100 patient-years",
    "difference": "difference of the shares of patients",
}
"""Measures of adverse events in words, where they are not words themselves."""
OF_RESPONSE = {"single_test": "test of response", "adjusted_test": "test of response, adjusted for the others"}
"""Measures of hypotheses, where these are of response and not of an endpoint."""
SECTIONS = {
    "safety": "Adverse events",
    "population": "Patients",
    "disposition": "Disposition",
    "baseline": "Baseline",
    "exposure": "Exposure",
    "multiple_testing": "Testing",
    "response": "Response",
    "response_subgroups": "Response",
    "reconstruction": "Reconstruction",
}
OF_ENDPOINTS = ("reconstruction", "multiple_testing")
"""Sections of their own whose numbers are of endpoints."""


def label(study, key):
    """A number in words: "Time to progression: median, Observation".

    Parameters
    ----------
    study : Study
    key : Key

    Returns
    -------
    str
    """
    return f"{subject(study, key)}: {label_within(study, key)}"


def label_within(study, key):
    """The same among numbers of one subject, without it: "median, Observation"."""
    when = "to" if key.measure in UP_TO else "at"
    at = "" if key.at is None else f" {when} {key.at:g} {study.time_unit}"
    return f"{_what(study, key)}{at}{_arms(study, key)}"


def counted(study, key):
    """What a count counts: "excluded: withdrew consent", "grade 3 or higher: Infection", "death"."""
    if key.measure in LEVELS:
        return LEVELS[key.measure].format(level=key.level, time_unit=study.time_unit)
    if key.measure == "adverse_event" or (key.section == "safety" and key.variant):
        return kind_in_words(key.variant, as_printed(key.level))
    if key.section == "safety":
        return as_printed(key.level or key.factor)
    if key.measure == "counted_in":
        return f"in {study.arms.named(key.level).label}, {study.populations[key.factor].label}"
    if key.measure == "stratum":
        factor = next(factor for factor in study.strata if factor.variable == key.factor)
        return f"{factor.label}: {as_printed(key.level)}"
    if key.section in study.described:
        return f"{characteristic_of(study, key).label}: {level_of(study, key)}"
    return f"excluded: {as_printed(key.level)}" if key.measure == "exclusion" else as_printed(key.level)


def level_of(study, key):
    """A level of a table that describes patients: as the parameters call it, or as it is recorded."""
    return (characteristic_of(study, key).levels or {}).get(key.level, as_printed(key.level))


def recorded_text(key):
    """The text of the data that a number is printed under in other letters; none where it is as recorded."""
    texts = [text for text in (key.factor, key.level) if as_printed(text) != text]
    return ", ".join(texts) if key.section != "population" or key.measure != "counted_in" else ""


def subgroup_level(study, subgroup, level):
    """A subgroup as it is printed: as the parameters call it, or as it is recorded."""
    label = level_label(study, subgroup, level)
    printed = as_printed(label) if label == level else label
    return printed.replace("<=", "≤").replace(">=", "≥")


def heading(of):
    """A variable with its unit, where it has one: "Age, years"."""
    unit = without_ratio_of_itself(of.unit) if of.unit else ""
    return f"{of.label}, {unit}" if unit else of.label


def characteristic_of(study, key):
    """What a number of a table that describes patients is about."""
    return next(each for each in study.described[key.section] if each.variable == key.factor)


def decimals_of(study, key):
    """Decimals that the parameters give a number, or None where its unit says them."""
    is_described = key.section in study.described and key.measure in STATISTICS
    return characteristic_of(study, key).decimals if is_described else None


def measure_words(measure):
    """What is measured, in words: "median follow-up"."""
    return WORDS.get(measure, measure.replace("_", " "))


def cause_of(study, key):
    """Which event a number about competing risks is of: "relapse", "death without relapse"."""
    return lower_first(cause_in_words(study, key.endpoint, key.variant or OF_CAUSES[key.measure]))


def subject(study, key):
    """What a number is about: "Time to progression", "Response"."""
    if key.section in ("time_to_event", "subgroups"):
        return study.endpoints[key.endpoint].label
    if key.section == "sensitivity":
        return f"Sensitivity of {sensitivity_subject(study, key)}"
    return SECTIONS.get(key.section, key.section)


def _what(study, key):
    if key.section == "sensitivity":
        times = f", hazard × {key.level}" if key.level else ""
        measured = study.response_scale.responders_in_words if key.measure == "rate" else measure_words(key.measure)
        return f"{lower_first(variant_label(study, key))}, {measured}{times}"
    if key.section == "subgroups":
        return f"{measure_words(key.measure)}, {_subgroup(study, key)}"
    if key.section == "response_subgroups":
        return f"{_visit(study, key)}, {measure_words(key.measure)}, {_subgroup(study, key)}"
    if key.measure == "passed_over":
        return f"assessments that do not count, {as_printed(key.level)}"
    if key.section == "response":
        return f"{_visit(study, key)}, {key.level or _measured(study, key)}"
    if key.section == "safety":
        of_line = [as_printed(key.factor), counted(study, key) if key.variant else as_printed(key.level)]
        line = ", ".join(filter(None, of_line))
        measure = OF_EVENTS.get(key.measure, key.measure.replace("_", " "))
        return f"{line}: {measure}" if line else measure
    if key.measure == "counted_in":
        return f"counted {counted(study, key)} population, randomised arm"
    if key.level:
        return counted(study, key)
    if key.section in study.described:
        return f"{measure_words(key.measure)}, {lower_first(characteristic_of(study, key).label)}"
    if key.section == "multiple_testing" and key.phase:
        return f"{OF_RESPONSE.get(key.measure, measure_words(key.measure))}, {_visit(study, key)}"
    if key.section in OF_ENDPOINTS:
        return f"{measure_words(key.measure)}, {lower_first(study.endpoints[key.endpoint].label)}"
    phase = next((lower_first(phase.label) for phase in study.phases if phase.id == key.phase), "")
    return f"{phase} {_measured(study, key)}".strip()


def _visit(study, key):
    return lower_first(next(visit.label for visit in study.response.visits if visit.id == key.phase))


def _subgroup(study, key):
    """The patients that a number of the subgroups is about."""
    if not key.factor:
        return "all patients"
    subgroup = next(each for each in study.subgroups if each.variable == key.factor)
    if not key.level:
        return lower_first(subgroup.label)
    unit = f" {subgroup.unit}" if subgroup.unit else ""
    return f"{lower_first(subgroup.label)} {subgroup_level(study, subgroup, key.level)}{unit}"


def _measured(study, key):
    if key.measure == "rate" and not key.variant:
        return study.response_scale.responders_in_words
    if key.measure == "survival" and key.section == "time_to_event":
        return lower_first(study.endpoints[key.endpoint].curve_label)
    if key.measure in OF_CAUSES:
        return f"{measure_words(key.measure)}, {cause_of(study, key)}"
    if (key.measure, key.variant) in VARIANTS:
        return VARIANTS[key.measure, key.variant]
    if key.measure == "adverse_event":
        return counted(study, key)
    return measure_words(key.measure) + (f", {key.variant}" if key.variant else "")


def _arms(study, key):
    """The arm; of a comparison both, where a study has more than one."""
    if not key.arm:
        return ""
    arm = study.arms.named(key.arm).label
    if not key.reference:
        return f", {arm}"
    return f", {arm} relative to {study.arms.named(key.reference).label}" if len(study.arms.pairs) > 1 else ""
