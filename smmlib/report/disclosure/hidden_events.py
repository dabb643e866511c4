"""Counts of adverse events that are not shown, because a small count could be read or worked out from them.

The counts of patients are nested and are no sums: who has an event of a term has one of its class, and any event. So in
each arm, line after line of the tables, a count of patients is shown only if neither it, nor the rest of the patients,
nor its difference to a count shown before in which it is contained is small. Events do add up: those of the terms to
those of their class, these to all. Where what is left of such a sum is small, its total is not shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from smmlib.analysis.keys import Key
from smmlib.analysis.safety.keys import SECTION, WORST_GRADES
from smmlib.stats.results import Estimate

ALL = "any"


def hidden_events(numbers: Mapping[Key, Estimate], limit: int, hidden_elsewhere: Iterable[Key] = ()) -> set[Key]:
    """The numbers of adverse events that are not shown.

    Parameters
    ----------
    numbers : mapping of Key to Estimate
        Those of the section of adverse events.
    limit : int
        Counts under it are not shown.
    hidden_elsewhere : iterable of Key
        Counts of patients that another section has as well and does not show.

    Returns
    -------
    set of Key
    """
    hidden: set[Key] = set()
    for arm in dict.fromkeys(key.arm for key in numbers if key.measure == "population"):
        lines = [key for key in numbers if key.measure == "patients" and key.arm == arm]
        unshown = _hidden_patients(numbers, lines, limit, set(hidden_elsewhere))
        hidden |= {_of(measure, line) for line in unshown for measure in ("patients", "rate")}
        hidden |= {_of("events", line) for line in _without_events(numbers, lines, unshown, limit)}
        hidden |= {grade for line in lines for grade in _hidden_grades(numbers, line, line in unshown, limit)}
    compared = [key for key in numbers if key.measure == "difference"]
    hidden |= {key for key in compared if any(_of("patients", key, arm) in hidden for arm in (key.arm, key.reference))}
    return hidden & numbers.keys()


def _of(measure: str, line: Key, arm: str = "") -> Key:
    """Another number of the same line of the tables."""
    return replace(line, measure=measure, arm=arm or line.arm, reference="")


def _hidden_patients(
    numbers: Mapping[Key, Estimate], lines: list[Key], limit: int, hidden_elsewhere: set[Key]
) -> set[Key]:
    """Lines of an arm whose patients are not shown; containing ones come before those contained."""
    shown: list[Key] = []
    for line in lines:
        count, of = numbers[line].value, numbers[line].n
        differences = [abs(numbers[other].value - count) for other in shown if _contains(other, line)]
        safe = count >= limit and of - count >= limit and not any(0 < each < limit for each in differences)
        if safe and line not in hidden_elsewhere:
            shown.append(line)
    return set(lines) - set(shown)


def _contains(line: Key, other: Key) -> bool:
    """Whether patients of the other line are among those of a line; of two kinds, which might be, it is taken so."""
    if line.variant:
        return line.variant == ALL or bool(other.variant)
    return bool(line.factor) and not line.level and line.factor == other.factor


def _without_events(numbers: Mapping[Key, Estimate], lines: list[Key], unshown: set[Key], limit: int) -> set[Key]:
    """Lines whose number of events is not shown: those of few further events, totals with a small rest, close kinds."""
    further = {line: _events(numbers, line) - numbers[line].value for line in lines}
    hidden = unshown | {line for line in lines if 0 < further[line] < limit}
    classes = [line for line in lines if line.factor and not line.level]
    terms = [line for line in lines if line.level]
    for total in classes:
        parts = [line for line in terms if line.factor == total.factor]
        hidden |= _total_with_small_rest(numbers, total, parts, hidden, limit)
    for total in (line for line in lines if line.variant == ALL):
        hidden |= _total_with_small_rest(numbers, total, classes or terms, hidden, limit)
        rest = {line: _events(numbers, total) - _events(numbers, line) for line in lines if line.variant}
        hidden |= {line for line in rest if total not in hidden and 0 < rest[line] < limit}
    return hidden


def _total_with_small_rest(
    numbers: Mapping[Key, Estimate], total: Key, parts: list[Key], hidden: set[Key], limit: int
) -> set[Key]:
    """The total of some parts, where the events of those that are not shown or not listed are few; else nothing."""
    rest = _events(numbers, total) - sum(_events(numbers, part) for part in parts if part not in hidden)
    all_shown = rest == 0 and hidden.isdisjoint(parts)
    return set() if rest >= limit or all_shown or not parts else {total}


def _events(numbers: Mapping[Key, Estimate], line: Key) -> float:
    return numbers[_of("events", line)].value


def _hidden_grades(numbers: Mapping[Key, Estimate], line: Key, is_unshown: bool, limit: int) -> set[Key]:
    """The worst grades of a line, all of them or none: they add up to its patients."""
    grades = {_of(measure, line) for measure in WORST_GRADES.values()} & numbers.keys()
    small = any(0 < numbers[grade].value < limit for grade in grades)
    return grades if is_unshown or small else set()


def hidden_in_population(
    numbers: Mapping[Key, Estimate], hidden: set[Key], population: Mapping[Key, Estimate], limit: int
) -> set[Key]:
    """Counts of adverse events in the section of the patients that are not shown, because of this section.

    Parameters
    ----------
    numbers : mapping of Key to Estimate
        Those of the section of adverse events.
    hidden : set of Key
        From `hidden_events`.
    population : mapping of Key to Estimate
        Those of the section of the patients.
    limit : int

    Returns
    -------
    set of Key
        Those of the same patients, and severe events of a term that nearly all patients with the term have.
    """
    found = set()
    for key in (key for key in population if key.measure == "adverse_event"):
        same = Key(SECTION, "patients", arm=key.arm, variant=key.variant)
        of_term = [
            line
            for line in numbers
            if line.measure == "patients" and line.level.casefold() == key.level.casefold() and line.arm == key.arm
        ]
        near = any(0 < numbers[line].value - population[key].value < limit for line in of_term if line not in hidden)
        if (same in hidden and not key.level) or (key.level and near):
            found.add(key)
    return found
