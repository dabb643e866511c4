"""A label that stands for a missing value is none, however it came into the array."""

import numpy as np
import pandas as pd
import pytest

from smmlib import hazard_ratio, logrank_test, stratified_rate_difference, subgroup_hazard_ratios

pytestmark = pytest.mark.by_hand

TIME, EVENT, IN_ARM = [1, 2, 3, 4, 5, 6, 7, 8], [1] * 8, [0, 1] * 4
NAMES = {"arm": "A", "reference": "B"}
MARKS = ["", " ", "NA", "NaN", "nan", "<NA>", ".", None, np.nan, pd.NA]
CALLS = {
    "strata": lambda labels: logrank_test(TIME, EVENT, IN_ARM, strata=labels, **NAMES),
    "strata of a hazard ratio": lambda labels: hazard_ratio(TIME, EVENT, IN_ARM, strata=labels, **NAMES),
    "strata of rates": lambda labels: stratified_rate_difference([1, 0, 0, 1] * 2, IN_ARM, labels, **NAMES),
    "subgroup": lambda labels: subgroup_hazard_ratios(TIME, EVENT, IN_ARM, labels, **NAMES),
}
FORMS = {
    "list": list,
    "array of objects": lambda labels: np.array(labels, dtype=object),
    "Series": lambda labels: pd.Series(labels, dtype=object),
    "categories": lambda labels: pd.Series(labels).astype("category"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mark", MARKS, ids=str)
@pytest.mark.parametrize("call", CALLS)
def test_a_missing_label_is_refused_by_its_place(call, mark, form):
    labels = ["x", "x", mark, "x", "y", "y", "y", "y"]
    with pytest.raises(ValueError, match=rf"^{call.split()[0]}\[2\] is .*: every patient needs a label\.$"):
        CALLS[call](FORMS[form](labels))


def test_an_array_in_which_numpy_wrote_the_missing_label_out():
    labels = np.array(["x", "x", "nan", "x", "y", "y", "y", "y"])
    with pytest.raises(ValueError, match=r"strata\[2\] is 'nan', the mark of a missing value: every patient needs"):
        CALLS["strata"](labels)


def test_labels_that_only_begin_like_a_mark_are_labels():
    assert CALLS["strata"](["NAB", "NAB", "n/a", "n/a", "x.", "x.", "0", "0"]).method
