"""Adverse events under `suppress_below`: no small count is shown, and none follows from those that are."""

import pytest
from adverse_event_tables import STUDY, tables
from small_trial import read_trial

from smmlib.analysis import Key, study_numbers
from smmlib.report.disclosure.hidden_events import hidden_events
from smmlib.report.disclosure.masked_numbers import masked_numbers
from smmlib.stats.counts import event_count, patient_count
from smmlib.trial import derive

LIMIT, PATIENTS = 5, 60
ARMS = ("high", "low", "placebo")
MASKED = STUDY | {"population": "safety", "suppress_below": LIMIT, "privacy": "hashed"}


# ---- one arm, a few lines


def line(kind="", system_organ_class="", term="", measure="patients"):
    return Key("safety", measure, arm="new", variant=kind, factor=system_organ_class, level=term)


def numbers_of(**counts):
    """Numbers of one arm from patients and events of each line: `skin` is a class, `skin_rash` a term of it."""
    numbers = {Key("safety", "population", arm="new"): patient_count(PATIENTS, what="patients")}
    for name, (patients, events) in counts.items():
        kind = name if name in ("any", "serious", "fatal") else ""
        of_class, _, term = ("", "", "") if kind else name.partition("_")
        numbers[line(kind, of_class, term)] = patient_count(patients, what=name, of=PATIENTS)
        numbers[line(kind, of_class, term, "events")] = event_count(events, what=name, of=PATIENTS)
    return numbers


def hidden(**counts):
    """What is hidden, as "skin_rash patients"."""
    found = hidden_events(numbers_of(**counts), LIMIT)
    return {f"{key.variant or '_'.join(filter(None, [key.factor, key.level]))} {key.measure}" for key in found}


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ({"any": (30, 60)}, set(), "nothing is small"),
        ({"any": (4, 9)}, {"any patients", "any events"}, "four patients"),
        ({"any": (0, 0)}, {"any patients", "any events"}, "nobody, or the mask would say that there was somebody"),
        ({"any": (57, 90)}, {"any patients", "any events"}, "three patients without any event"),
        ({"any": (30, 33)}, {"any events"}, "three events more than patients: at most three patients had several"),
        ({"any": (30, 60), "serious": (27, 40)}, {"serious patients", "serious events"}, "three had no serious event"),
        ({"any": (30, 60), "serious": (30, 40)}, set(), "all had a serious one: the difference is nobody"),
        ({"any": (30, 60), "serious": (20, 57)}, {"serious events"}, "three events were not serious"),
        (
            {"any": (30, 60), "skin": (25, 50), "skin_rash": (22, 30)},
            {"skin_rash patients", "skin_rash events"},
            "three patients of the class did not have the term",
        ),
        (
            {"any": (30, 60), "skin": (25, 50), "skin_rash": (15, 47)},
            {"skin events"},
            "three events of the class are of terms that are not shown: few patients had those",
        ),
        (
            {"any": (30, 60), "skin": (25, 50), "skin_rash": (15, 48), "skin_itch": (2, 2)},
            {"skin_itch patients", "skin_itch events", "skin events"},
            "the two events of the hidden term are those of the class less those of the term shown",
        ),
        (
            {"any": (30, 60), "skin": (15, 48), "skin_rash": (15, 48), "skin_itch": (0, 0)},
            {"skin_itch patients", "skin_itch events", "skin events"},
            "that nothing is left tells that nobody had the hidden term",
        ),
        (
            {"any": (30, 60), "skin": (20, 57)},
            {"any events"},
            "three events are of classes that are not shown",
        ),
    ],
)
def test_what_is_hidden(counts, expected, why):
    assert hidden(**counts) == expected, why


@pytest.mark.by_hand
def test_worst_grades_are_shown_all_or_none():
    """They add up to the patients of the line."""
    numbers = numbers_of(any=(30, 60))
    for name, counts in {"none": (15, 15, 0), "all": (15, 13, 2)}.items():
        grades = {line("any", measure=f"worst_grade_{grade}"): count for grade, count in enumerate(counts, start=1)}
        graded = numbers | {key: patient_count(count, what="graded", of=PATIENTS) for key, count in grades.items()}
        assert hidden_events(graded, LIMIT) == (set() if name == "none" else set(grades)), name


@pytest.mark.by_hand
def test_what_another_section_hides_is_hidden():
    found = hidden_events(numbers_of(any=(30, 60)), LIMIT, [line("any")])
    assert found == {line("any"), line("any", measure="events")}


# ---- a whole trial, and what a reader works out from it


@pytest.fixture(scope="module", params=[1, 2, 3])
def trial(request, tmp_path_factory):
    data = derive(*read_trial(tmp_path_factory.mktemp("trial"), MASKED, **tables(request.param)))
    shown = {key: result.value for key, result in masked_numbers(data).items()}
    return study_numbers(data), {key: value for key, value in shown.items() if value == value}


@pytest.mark.independent
def test_no_small_count_is_shown(trial):
    true, shown = trial
    of_events = [key for key in shown if key.section == "safety"]
    assert len(of_events) > 40
    assert [key.name for key in of_events if shown[key] != true[key].value] == []
    counted = [key for key in of_events if key.measure in ("patients", "events")]
    assert [key.name for key in counted if shown[key] < LIMIT] == []
    assert [key.name for key in counted if key.measure == "patients" and true[key].n - shown[key] < LIMIT] == []


def lines(shown, measure, arm):
    found = {
        (key.variant, key.factor, key.level): value
        for key, value in shown.items()
        if key.measure == measure and key.arm == arm
    }
    return {names: value for names, value in found.items() if any(names)}


@pytest.mark.independent
@pytest.mark.parametrize("arm", ARMS)
def test_no_difference_of_nested_counts_is_small(trial, arm):
    """A class and any event hold the patients of a term; the section of the patients tells of the same."""
    _, shown = trial
    patients = lines({key: value for key, value in shown.items() if key.section == "safety"}, "patients", arm)
    inside = [(("any", "", ""), names) for names in patients if names != ("any", "", "")]
    inside += [(("", factor, ""), ("", factor, level)) for _, factor, level in patients if factor and level]
    of_population = {
        key.variant: value for key, value in shown.items() if key.measure == "adverse_event" and key.arm == arm
    }
    differences = [patients[outer] - patients[inner] for outer, inner in inside if outer in patients]
    differences += [of_population["any"] - value for value in of_population.values() if "any" in of_population]
    assert differences
    assert [each for each in differences if 0 < each < LIMIT] == []


@pytest.mark.independent
@pytest.mark.parametrize("arm", ARMS)
def test_what_is_left_of_the_events_is_not_small(trial, arm):
    true, shown = trial
    events, all_lines = lines(shown, "events", arm), lines(true, "events", arm)
    classes = [names for names in all_lines if names[1] and not names[2]]
    totals = {("any", "", ""): classes}
    totals |= {(_, name, ""): [names for names in all_lines if names[1] == name and names[2]] for _, name, _ in classes}
    for total, parts in totals.items():
        if total in events and parts:
            rest = events[total] - sum(events.get(part, 0) for part in parts)
            assert rest >= LIMIT or (rest == 0 and all(part in events for part in parts)), total


@pytest.mark.independent
def test_both_sections_hide_the_same_patients(trial):
    _, shown = trial
    for key in [key for key in trial[0] if key.measure == "adverse_event"]:
        same = Key("safety", "patients", arm=key.arm, variant=key.variant)
        assert (key in shown) == (same in shown), key.name


@pytest.mark.independent
def test_lines_of_few_patients_are_not_listed(trial):
    true, _ = trial
    listed = {(key.factor, key.level) for key in true if key.section == "safety" and key.level}
    most = {
        names: max(true[Key("safety", "patients", arm=arm, factor=names[0], level=names[1])].value for arm in ARMS)
        for names in listed
    }
    assert min(most.values()) >= LIMIT
