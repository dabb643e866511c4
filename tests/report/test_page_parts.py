"""Parts of the page that are folded, left out, or drawn for a phone; and numbers that are not estimable, in words."""

import re
from types import SimpleNamespace

import pytest
from project_files import PROJECT

from smmlib.analysis import Key
from smmlib.report.page.folded_lines import FEWEST_FOLDED, MOST_LINES, folded
from smmlib.report.page.left_out_figures import left_out_figures
from smmlib.report.page.narrow_curves import curves_for_a_phone
from smmlib.report.records.labels import label, recorded_text
from smmlib.report.verification.coverage import Coverage
from smmlib.stats.results import NOT_ESTIMABLE, Estimate
from smmlib.stats.survival.kaplan_meier import kaplan_meier
from smmlib.trial import read_study

pytestmark = pytest.mark.by_hand

QUIREDEX = read_study(PROJECT / "params" / "quiredex-2013.yaml")
EXAMPLE = read_study(PROJECT / "docs" / "example" / "example.yaml")


def lines(*terms_of_classes):
    """A line a class, each followed by so many terms."""
    found = []
    for place, terms in enumerate(terms_of_classes):
        found.append(Key("safety", "patients", factor=f"class {place}"))
        found += [Key("safety", "patients", factor=f"class {place}", level=f"term {k}") for k in range(terms)]
    return found


def test_the_rest_of_a_long_table_begins_with_a_class():
    given = lines(9, 7, 9, 9)
    first, rest = folded(given)
    assert (len(first), rest[0].level) == (18, "")
    assert first + rest == given


def test_a_table_that_is_hardly_longer_is_shown_whole():
    given = lines(MOST_LINES + FEWEST_FOLDED - 2)
    assert folded(given) == (given, [])


def test_one_long_class_is_cut_within():
    first, rest = folded(lines(60))
    assert (len(first), len(rest)) == (MOST_LINES, 61 - MOST_LINES)


def records_of(*values):
    of = {"endpoint": "os", "arm": "rd", "reference": "observation", "factor": "SEX"}
    keys = [Key("subgroups", "hazard_ratio", **of, level=str(place)) for place in range(len(values))]
    return {key: SimpleNamespace(result=Estimate(value, unit="ratio")) for key, value in zip(keys, values, strict=True)}


def test_a_forest_plot_without_a_ratio_is_left_out():
    assert left_out_figures(records_of(NOT_ESTIMABLE, NOT_ESTIMABLE)) == {"os.forest-rd-observation"}
    assert left_out_figures(records_of(NOT_ESTIMABLE, 0.4)) == set()


def test_the_curves_for_a_phone_have_axes_and_a_line_an_arm():
    """At half of the axis of 120 months a curve falls from 1 to 1/2: half way across and half way down."""
    times = QUIREDEX.analysis_of("os").axis_times
    half = (times[0] + times[-1]) / 2
    curves = {arm.id: kaplan_meier([half, 2 * half], [1, 0]) for arm in QUIREDEX.arms.levels}
    svg = curves_for_a_phone(QUIREDEX, "os", curves)
    across, down = 44 + (350 - 44 - 16) / 2, 10 + (270 - 10 - 34) / 2
    for place in (1, 2):
        path = re.search(f'<path class="curve arm-{place}" d="([^"]*)"', svg)[1]
        assert path.startswith(f"M44.0 10.0H{across:.1f}V{down:.1f}")
    assert ">100%<" in svg
    assert f">{times[0]:g}<" in svg


@pytest.mark.parametrize(
    ("recorded", "masked", "words"),
    [
        (1887, False, "1,887 numbers"),
        (2013, False, "1,887 of 2,013 numbers are estimable"),
        (2013, True, "1,887 of 2,013 numbers are shown and estimable"),
    ],
)
def test_numbers_that_are_not_estimable_are_told_beside_the_others(recorded, masked, words):
    covered = Coverage(1887, 1875, 1, largest=3e-11, recorded=recorded, masked=masked)
    assert covered.in_words().startswith(f"{words}: 1,875 computed again by other programs, 1 in part, 11 by none; ")


def test_a_term_in_capitals_is_printed_in_sentence_case_and_told_as_recorded():
    key = Key("safety", "patients", arm="rd", factor="CARDIAC DISORDERS", level="ATRIAL FIBRILLATION")
    assert label(QUIREDEX, key) == "Adverse events: Cardiac disorders, Atrial fibrillation: patients, Rd"
    assert recorded_text(key) == "CARDIAC DISORDERS, ATRIAL FIBRILLATION"
    assert recorded_text(Key("time_to_event", "reason", "os", "rd", level="death")) == ""


def test_where_a_patient_counts_is_said_with_the_population():
    key = Key("population", "counted_in", arm="new", factor="safety", level="standard")
    words = label(EXAMPLE, key)
    assert words.startswith("Patients: counted in Standard, ")
    assert words.endswith(" population, randomised arm, New")
