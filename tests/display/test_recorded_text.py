"""Texts of the data as they are printed."""

import pytest

from smmlib.display.recorded_text import as_printed, without_ratio_of_itself

pytestmark = pytest.mark.by_hand


@pytest.mark.parametrize(
    ("recorded", "printed"),
    [
        ("SKIN AND SUBCUTANEOUS TISSUE DISORDERS", "Skin and subcutaneous tissue disorders"),
        ("ECG QT PROLONGED", "ECG QT prolonged"),
        ("HER2 POSITIVE", "HER2 positive"),
        ("BLACK OR AFRICAN AMERICAN", "Black or African American"),
        ("NON-HODGKIN LYMPHOMA", "Non-Hodgkin lymphoma"),
        ("STAGE IV", "Stage IV"),
        ("LOST TO FOLLOW-UP", "Lost to follow-up"),
        ("WHITE", "White"),
        ("F", "F"),
        ("NYHA", "NYHA"),
        ("sCR", "sCR"),
        ("ECOG 1", "ECOG 1"),
        ("<=65", "<=65"),
        ("I/E Not Met", "I/E Not Met"),
        ("", ""),
    ],
)
def test_what_is_recorded_in_capitals_is_printed_in_sentence_case(recorded, printed):
    assert as_printed(recorded) == printed


@pytest.mark.parametrize(("unit", "printed"), [("mg/mg", ""), ("kg/m²", "kg/m²"), ("mg", "mg"), ("%", "%")])
def test_a_quantity_per_itself_has_no_unit(unit, printed):
    assert without_ratio_of_itself(unit) == printed
