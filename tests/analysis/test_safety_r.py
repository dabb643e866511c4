"""Adverse events by kind, class and term beside R, which counts the rows of the same tables by its own means."""

import pandas as pd
import pytest
from adverse_event_tables import SAFETY, STUDY, tables
from r_program import Agreement, r_is_here, run_r
from skip_reasons import R_IS_MISSING
from small_trial import read_trial

from smmlib.analysis import study_numbers
from smmlib.trial import derive

pytestmark = [pytest.mark.other_package, pytest.mark.skipif(not r_is_here(), reason=R_IS_MISSING)]

GRADED = ["any", ""]


def line_of(key):
    """How the script of R calls the line of a key."""
    return key.variant or " / ".join(filter(None, [key.factor.lower(), key.level.lower()]))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_count_and_rate_is_that_of_r(tmp_path, seed):
    rows = tables(seed)
    theirs = run_r("adverse_events", tmp_path, subjects=_texts(rows["subjects"]), events=_texts(rows["adverse_events"]))
    study = STUDY | {"safety": SAFETY | {"frequent": 0}}
    numbers = study_numbers(derive(*read_trial(tmp_path, study, **rows)))
    ours = {(line_of(key), key.measure, key.arm): result for key, result in numbers.items() if key.section == "safety"}
    agreement = Agreement()
    for (line, measure, arm), fields in theirs.items():
        graded = measure.startswith("worst_grade")
        if graded and line in ("serious", "grade_3", "related", "stopped", "fatal"):
            continue
        for field in fields.columns.drop("at"):
            agreement.add(
                f"{line} {measure} {arm} {field}", getattr(ours[line, measure, arm], field), fields[field].iloc[0]
            )
    assert agreement.compared > 700
    assert {found for found in ours if found[1] not in ("difference", "population")} <= set(theirs)
    agreement.check()


def _texts(rows):
    return pd.DataFrame(rows).astype(str)
