"""Which counts a reader can add up, and which estimates give a count away, known from the keys of the numbers."""

from dataclasses import dataclass, field, replace

from smmlib.analysis.disposition import STEPS
from smmlib.analysis.exposure import PARTS
from smmlib.analysis.keys import Key
from smmlib.analysis.response import COMPARED, STRATIFIED


@dataclass(frozen=True)
class Margins:
    """What a reader can add up.

    Attributes
    ----------
    sums : list of (Key or int, list)
        Each total with its parts; a total given as a number is known to the reader.
    unshown : dict of tuple to int
        Counts that no record is, but that can be worked out from others: those without the event, say.
    behind : dict of Key to list
        Records that are no counts, with the counts that they give away: a rate, its responders.
    uncounted : list of Key
        Records that are shown without the patients and events that they rest on, whatever these are.
    """

    sums: list
    unshown: dict
    behind: dict
    uncounted: list = field(default_factory=list)


def population_margins(numbers, study):
    """Margins of the numbers of the population section.

    Parameters
    ----------
    numbers : mapping of Key to Estimate
    study : Study

    Returns
    -------
    Margins
    """
    if not numbers:
        return Margins([], {}, {})
    of, arms = _of_population, study.arms.levels
    steps = [step for step in STEPS if of(step) in numbers]
    sums = [(of(step), [of(step, arm.id) for arm in arms]) for step in steps]
    # every other section says how many of each arm are analysed
    sums += [(int(numbers[of("analysed", arm.id)].value), [of("analysed", arm.id)]) for arm in arms]
    if of("excluded") in numbers:
        sums.append((of("randomised"), [of("excluded"), of("analysed")]))
    unshown = {}
    for arm in arms:
        sums += _sums_of_arm(numbers, arm.id)
        for key in (key for key in numbers if key.measure == "adverse_event" and key.arm == arm.id):
            unshown["without", key] = numbers[key].n - int(numbers[key].value)
            sums.append((numbers[key].n, [key, ("without", key)]))
            any_event = replace(key, variant="any", level="")
            if numbers[any_event].value > numbers[key].value:
                unshown["only others", key] = int(numbers[any_event].value - numbers[key].value)
                sums.append((any_event, [key, ("only others", key)]))
    for key in (key for key in numbers if key.measure == "started"):
        sums.append((key, [replace(key, measure=part) for part in PARTS if part != "started"]))
    followed, behind = _of_follow_up(numbers)
    sums = [(total, parts) for total, parts in sums if parts]
    return Margins(sums, unshown | followed, behind, [key for key in (of("follow_up"),) if key in numbers])


def _of_population(measure, arm=""):
    return Key("population", measure, arm=arm)


def _sums_of_arm(numbers, arm):
    of = _of_population
    whole, parts = of("randomised", arm), [of("excluded", arm), of("analysed", arm)]
    if of("excluded") in numbers and numbers[whole].value == sum(numbers[part].value for part in parts):
        yield whole, parts  # not so where patients are analysed by the treatment that they received
    counted = [key for key in numbers if key.arm == arm]
    yield of("excluded", arm), [key for key in counted if key.measure == "exclusion"]
    strata = [key for key in counted if key.measure == "stratum"]
    for factor in dict.fromkeys(key.factor for key in strata):
        yield of("analysed", arm), [key for key in strata if key.factor == factor]


def _of_follow_up(numbers):
    """Counts behind the median follow-up, and behind its shortest and longest: one patient each."""
    median = _of_population("follow_up")
    if median not in numbers:
        return {}, {}
    counts = {key: numbers[key].n if key == median else 1 for key in numbers if key.measure == "follow_up"}
    behind = {key: [("patients of", key)] for key in counts}
    return {("patients of", key): count for key, count in counts.items()}, behind


def response_margins(numbers, study):
    """Margins of the numbers of the response section: categories add up to the patients, some to the responders.

    What compares two arms gives away the responders of one with those of the other. Assessments that were passed over
    are at least as many as their patients.

    Parameters
    ----------
    numbers : mapping of Key to Estimate or HypothesisTest
    study : Study

    Returns
    -------
    Margins
    """
    sums, unshown, behind = [], {}, {}
    for rate in (key for key in numbers if key.measure == "rate" and not key.variant):
        responders, others = ("responders", rate.phase, rate.arm), ("others", rate.phase, rate.arm)
        result = numbers[rate]
        unshown |= {responders: result.events, others: result.n - result.events}
        of_category = {name: replace(rate, measure="category", level=name) for name in study.response_scale.categories}
        sums.append((result.n, list(of_category.values())))
        sums.append((responders, [of_category[name] for name in study.response_scale.responders]))
        sums.append((result.n, [responders, others]))
        behind |= {replace(rate, variant=variant): [responders] for variant in ("", "wilson")}
    for key in (key for key in numbers if key.measure in (*COMPARED, *STRATIFIED)):
        behind[key] = [("responders", key.phase, arm) for arm in (key.arm, key.reference)]
    for key in (key for key in numbers if key.measure == "passed_over"):
        unshown["patients of", key] = int(numbers[key].value)
        behind[key] = [("patients of", key)]
    return Margins(sums, unshown, behind)


MARGINS = {"population": population_margins, "response": response_margins}
"""By section: what a reader can add up among its numbers. Endpoints share their patients, and are masked together."""
