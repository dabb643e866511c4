"""Labels of tables as running text: title case and capitals become sentence case, acronyms and names stay."""

import pytest

from smmlib.plain_text import lower_first
from smmlib.trial.new_study.sentence_case import sentence_case

pytestmark = pytest.mark.by_hand


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("Time to First Dermatologic Event", "Time to first dermatologic event"),
        ("Progression-Free Survival", "Progression-free survival"),
        ("PFS by Investigator", "PFS by investigator"),
        ("Time to CNS Progression or HIV Infection", "Time to CNS progression or HIV infection"),
        ("OVERALL SURVIVAL", "Overall survival"),
        ("TIME TO CNS PROGRESSION", "Time to CNS progression"),
        ("Time to Karnofsky Decline", "Time to Karnofsky decline"),
        ("Time to Crohn's Relapse", "Time to Crohn's relapse"),
        ("Time to first event", "Time to first event"),
        ("Time to HbA1c Above 7", "Time to HbA1c above 7"),
        ("Time to Hepatitis B Infection", "Time to hepatitis B infection"),
        ("OS", "OS"),
        ("Death", "Death"),
    ],
)
def test_a_label_in_title_case_is_written_as_a_sentence(label, sentence):
    assert sentence_case(label) == sentence


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Time to event", "time to event"),
        ("PFS by investigator", "PFS by investigator"),
        ("HbA1c above 7", "HbA1c above 7"),
        ("Progression-Free survival", "progression-Free survival"),
        ("", ""),
    ],
)
def test_only_the_first_word_is_lowered_and_no_acronym(label, within):
    assert lower_first(label) == within
