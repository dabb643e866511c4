"""The ledger: a claim is met when the number, rounded as the claim is printed, reads the same."""

import pytest

from smmlib.analysis.claims import ClaimError
from smmlib.analysis.keys import Key
from smmlib.report.claims.ledger import ledger
from smmlib.report.disclosure.masked_results import masked
from smmlib.report.records.record import Record
from smmlib.stats.results import Estimate, HypothesisTest
from smmlib.trial.parameters.claim import Claim

NOT_A_NUMBER = float("nan")
NUMBER = Key("time_to_event", "x", "ttp")


def verdict(result, **claim):
    claim = Claim(number="ttp.x", source="paper", confidence="verified", **claim)
    entry = ledger([(NUMBER, claim)], {NUMBER: Record(NUMBER, result, 3)}, "patients")[0]
    return entry.shown, entry.verdict


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("value", "published", "shown", "expected"),
    [
        (0.175, "0.18", "0.18", "reproduced"),
        (0.1749999, "0.18", "0.17", "different"),
        (0.185, "0.18", "0.19", "different"),
        (0.1849999, "0.18", "0.18", "reproduced"),
        (0.94499, "94%", "94%", "reproduced"),
        (0.945, "94%", "95%", "different"),
        (0.7894736842, "79 %", "79 %", "reproduced"),
        (20.5, "21", "21", "reproduced"),
        (20.49, "21", "20", "different"),
        (-0.305, "-0.31", "-0.31", "reproduced"),
        (NOT_A_NUMBER, "not reached", "not reached", "reproduced"),
        (48.25, "not reached", "48.25", "different"),
        (NOT_A_NUMBER, "21", "not estimable", "different"),
    ],
)
def test_value_at_printed_precision(value, published, shown, expected):
    assert verdict(Estimate(value), value=published) == (shown, expected)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("p_value", "published", "shown", "expected"),
    [
        (1e-9, "<0.001", "<0.001", "reproduced"),
        (0.001, "<0.001", "0.001", "different"),
        (0.00009999, "<0.0001", "<0.0001", "reproduced"),
        (0.0001, "< 0.0001", "0.0001", "different"),
        (0.495, "0.50", "0.50", "reproduced"),
        (0.5049, "0.50", "0.50", "reproduced"),
        (0.505, "0.50", "0.51", "different"),
        (0.9649, "0.96", "0.96", "reproduced"),
        (0.0695, "0.070", "0.070", "reproduced"),
        (0.0349, "0.03", "0.03", "reproduced"),
        (0.035, "0.03", "0.04", "different"),
        (NOT_A_NUMBER, "<0.001", "not estimable", "different"),
    ],
)
def test_p_value(p_value, published, shown, expected):
    assert verdict(HypothesisTest(1.0, p_value, 1, ""), p_value=published) == (shown, expected)


@pytest.mark.by_hand
@pytest.mark.parametrize("result", [Estimate(0.7), HypothesisTest(4.0, 0.05, 1, "Fisher's exact test")])
def test_what_is_masked_is_not_compared(result):
    claim = {"value": "0.7"} if isinstance(result, Estimate) else {"p_value": "0.05"}
    assert verdict(result, **claim)[1] == "reproduced"
    assert verdict(masked(result, 5), **claim) == ("masked", "not compared")


@pytest.mark.by_hand
def test_value_and_interval_are_one_claim():
    inside, outside = Estimate(0.1751, 0.0943, 0.3249), Estimate(0.1751, 0.0943, 0.3251)
    claim = {"value": "0.18", "interval": ["0.09", "0.32"]}
    assert verdict(inside, **claim) == ("0.18 (0.09 to 0.32)", "reproduced")
    assert verdict(outside, **claim) == ("0.18 (0.09 to 0.33)", "different")


@pytest.mark.by_hand
def test_statistic_and_coefficient():
    assert verdict(HypothesisTest(16.7929, 4e-5, 1, ""), statistic="16.79") == ("16.79", "reproduced")
    assert verdict(Estimate(4.8168739), value="1.572", scale="log") == ("1.572", "reproduced")


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.86, "reproduced"), (0.8548, "within tolerance"), (0.8501, "within tolerance"), (0.8499, "different")],
)
def test_tolerance_is_in_the_printed_unit(value, expected):
    assert verdict(Estimate(value), value="86%", tolerance="1%", tolerance_reason="no k of 62")[1] == expected


@pytest.mark.by_hand
def test_full_precision_stays_in_the_ledger():
    claim = Claim(number="ttp.x", value="0.18", source="paper", confidence="secondary")
    entry = ledger([(NUMBER, claim)], {NUMBER: Record(NUMBER, Estimate(0.17512345678901234), 3)}, "synthetic")[0]
    assert (entry.published, entry.reproduced, entry.confidence) == (
        "0.18",
        "0.17512345678901234",
        "secondary",
    )


@pytest.mark.by_hand
def test_a_claim_about_nothing_is_refused():
    records, other = {NUMBER: Record(NUMBER, Estimate(0.2), 1)}, Key("time_to_event", "y", "ttp")
    known = Claim(number="ttp.x", value="0.2", source="paper", confidence="verified")
    unrecorded = Claim(number="ttp.y", value="0.2", source="paper", confidence="verified")
    with pytest.raises(ClaimError, match=r"'ttp.y', which no notebook records") as refused:
        ledger([(NUMBER, known), (other, unrecorded)], records, "patients")
    assert refused.value.index == 1
    p_value = Claim(number="ttp.x", p_value="0.03", source="paper", confidence="verified")
    with pytest.raises(ClaimError, match=r"p_value of 'ttp.x', which has none"):
        ledger([(NUMBER, p_value)], records, "patients")
