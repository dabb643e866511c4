"""Published numbers of response (`oracles/response.json`), each at the precision to which it was printed."""

import json
from math import isnan

import pytest
import reference_response as reference
from project_files import ORACLES
from response_tables import patients_of

import smmlib
from smmlib import (
    cochran_mantel_haenszel_test,
    fisher_test,
    odds_ratio,
    rate_difference,
    rate_ratio,
    response_rate,
    stratified_odds_ratio,
    stratified_rate_difference,
    stratified_rate_ratio,
)
from smmlib.display.formatting import rounded

pytestmark = pytest.mark.oracle

PUBLISHED = json.loads((ORACLES / "response.json").read_text())
NAMES = {"arm": "arm", "reference": "reference"}
LIMITS = ("low", "high")
COUNTS = ("responders", "patients", "reference_responders", "reference_patients")


def of(verb):
    """The published rows of a verb, named by their counts and method."""
    rows = PUBLISHED[verb]
    names = [" ".join(str(row[key]) for key in (*COUNTS, "method") if key in row) for row in rows]
    return pytest.mark.parametrize("row", rows, ids=names)


def as_printed(result, printed):
    """The fields of a result that were printed, with as many decimals."""
    values = {name: getattr(result, name) for name in printed}
    return {
        name: None if isnan(value) else rounded(value, len(printed[name].partition(".")[2]))
        for name, value in values.items()
    }


def printed_in(row, fields=LIMITS):
    return {name: row[name] for name in fields}


def counts(row):
    return [row[name] for name in COUNTS]


@of("response_rate")
def test_response_rate(row):
    estimate = response_rate(row["responders"], row["patients"], method=row["method"])
    assert as_printed(estimate, printed_in(row)) == printed_in(row)


@of("rate_difference")
def test_rate_difference(row):
    assert as_printed(rate_difference(*counts(row), method=row["method"]), printed_in(row)) == printed_in(row)


@of("rate_ratio")
def test_rate_ratio(row):
    assert as_printed(rate_ratio(*counts(row), method=row["method"]), printed_in(row)) == printed_in(row)


@of("odds_ratio")
def test_odds_ratio(row):
    assert as_printed(odds_ratio(*counts(row), method=row["method"]), printed_in(row)) == printed_in(row)


@of("fisher_test")
def test_fisher_test(row):
    expected = printed_in(row, ["p_value"])
    assert as_printed(fisher_test(*counts(row)), expected) == expected


# ---- strata


def published_for(verb, method=""):
    """Patients, arms, strata and what was printed, for each published study that has it."""
    studies = [study for study in PUBLISHED["stratified"] if f"{verb.__name__}{method}" in study]
    assert studies
    return [(patients_of(study["strata"]), study[f"{verb.__name__}{method}"]) for study in studies]


def test_stratified_rate_difference():
    for patients, expected in published_for(stratified_rate_difference):
        assert as_printed(stratified_rate_difference(*patients, **NAMES), expected) == expected


def test_stratified_score_limits():
    for patients, expected in published_for(stratified_rate_difference, " miettinen-nurminen"):
        estimate = stratified_rate_difference(*patients, method="miettinen-nurminen", **NAMES)
        assert as_printed(estimate, expected) == expected


def test_stratified_rate_ratio():
    for patients, expected in published_for(stratified_rate_ratio):
        assert as_printed(stratified_rate_ratio(*patients, **NAMES), expected) == expected


def test_stratified_odds_ratio():
    for patients, expected in published_for(stratified_odds_ratio):
        assert as_printed(stratified_odds_ratio(*patients, **NAMES), expected) == expected


def test_cochran_mantel_haenszel_test():
    for patients, expected in published_for(cochran_mantel_haenszel_test):
        assert as_printed(cochran_mantel_haenszel_test(*patients, **NAMES), expected) == expected


# ---- the second implementations


@of("response_rate")
def test_second_response_rate(row):
    limits = reference.ONE_RATE[row["method"]](row["responders"], row["patients"], 0.95)
    estimate = smmlib.Estimate(0.0, *limits)
    assert as_printed(estimate, printed_in(row)) == printed_in(row)


@pytest.mark.parametrize("verb", ["rate_difference", "rate_ratio", "odds_ratio"])
def test_second_comparisons(verb):
    for row in PUBLISHED[verb]:
        limits = reference.TWO_RATES[verb][row["method"]](*counts(row), 0.95)
        estimate = smmlib.Estimate(0.0, *limits)
        assert as_printed(estimate, printed_in(row)) == printed_in(row), row
