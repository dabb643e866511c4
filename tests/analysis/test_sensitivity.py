"""Sensitivity analyses of small trials: by hand, and tipping points by a naive second program."""

from datetime import date, timedelta
from math import exp, isnan, log
from random import Random

import pytest
from reference_robustness import pooled
from small_trial import ARMS, write_trial

from smmlib.analysis import Key, possible_keys, study_numbers
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.trial import derive, read_study

START, CUTOFF = date(2010, 1, 1), date(2011, 6, 1)
RECORDED = {"label": "OS", "event_label": "Death", "curve_label": "Alive", "paramcd": "OS", "rule": "To death."}
RUN = {"runs": {"sensitivity": {"notebook": "sensitivity"}}}
GRACE, FACTORS, IMPUTATIONS, SEED = 20, [0.5, 1, 3, 200], 12, 1936


def key(measure, variant="", arm="a", reference="", **fields):
    return Key("sensitivity", measure, arm=arm, reference=reference, variant=variant, **fields)


# ---- tipping points


def patients():
    """Start, days, code of CNSR: 1 at the data cut-off, 2 lost, 3 withdrew; stratum."""
    draw = Random(3)
    for arm, mean in (("A", 420), ("B", 150)):
        for _ in range(32):
            began = draw.randrange(200)
            followed = (CUTOFF - START).days - began
            days, leaves = int(draw.expovariate(1 / mean)) + 1, int(draw.expovariate(1 / 500)) + 1
            last = min(days, leaves, followed)
            code = 0 if days == last else 1 if followed == last else draw.choice([2, 2, 3])
            yield arm, began, last, code, draw.choice(["old", "young"])


def write_tipping(folder, rows, **analysis):
    words = {0: "", 1: "end of study", 2: "lost", 3: "withdrew"}
    subjects = [
        {"USUBJID": f"p{at}", "TRT01P": arm, "RANDDT": START + timedelta(days=began), "AGEGR1": stratum}
        for at, (arm, began, _, _, stratum) in enumerate(rows)
    ]
    times = [
        {"USUBJID": f"p{at}", "PARAMCD": "OS", "AVAL": days, "CNSR": code, "CNSDTDSC": words[code]}
        | {"STARTDT": START + timedelta(days=began), "ADT": START + timedelta(days=began + days)}
        for at, (_, began, days, code, _) in enumerate(rows)
    ]
    tipping = {"factors": FACTORS, "imputations": IMPUTATIONS, "seed": SEED, "grace": GRACE, "reasons": ["lost"]}
    study = {
        "data_cutoff": CUTOFF,
        "strata": [{"variable": "AGEGR1", "label": "Age"}],
        "endpoints": {"os": RECORDED | {"analysis": analysis or None}},
        "sensitivity": {"endpoints": {"os": {"t": {"label": "Tipping point", "tipping_point": tipping}}}},
        **RUN,
    }
    return write_trial(folder, study, subjects=subjects, times=times)


@pytest.mark.independent
@pytest.mark.parametrize("primary", ["plain", "stratified"])
def test_tipping_point_is_that_of_a_naive_program(tmp_path, primary):
    """Of the same random numbers; only those lost more than the grace before the cut-off have their times imputed."""
    rows = list(patients())
    numbers = study_numbers(derive(read_study(write_tipping(tmp_path, rows, primary=primary))))
    table = []
    for arm, began, days, code, stratum in rows:
        followed = (CUTOFF - START).days - began
        imputed = code == 2 and days < followed - GRACE
        table.append(
            (days, code == 0, arm == "A", stratum if primary == "stratified" else 0, followed if imputed else days)
        )
    assert sum(end > time for time, _, in_arm, _, end in table if in_arm) >= 5
    tipped = []
    for factor in FACTORS:
        value, error, low, high = pooled(table, True, factor, IMPUTATIONS, SEED, 0.95)
        found = numbers[key("hazard_ratio", "t", reference="b", endpoint="os", level=f"{factor:g}")]
        assert [log(found.value), found.std_error] == pytest.approx([value, error], rel=1e-8)
        assert [log(found.low), log(found.high)] == pytest.approx([low, high], rel=1e-8, abs=1e-9)
        tipped += [factor] if exp(high) >= 1 else []
    factor = numbers[key("tipping_factor", "t", reference="b", endpoint="os")].value
    assert factor == tipped[0] if tipped else isnan(factor)


# ---- by hand


def dated(followed):
    """Patients randomised on one day: arm, days, died; followed for 100 days at most."""
    for at, (arm, days, died) in enumerate(followed):
        last = START + timedelta(days=days)
        yield {"USUBJID": f"p{at}", "TRT01P": arm, "RANDDT": START, "DTHDT": last if died else "", "LSTALVDT": last}


def os_numbers(folder, followed, **variants):
    study = {"sensitivity": {"endpoints": {"os": variants}}, **RUN}
    data = derive(read_study(write_trial(folder, study, subjects=list(dated(followed)))))
    numbers = study_numbers(data)
    assert list(numbers) == list(possible_keys(data.study))
    return numbers


FOLLOWED = [("A", 2, False), ("A", 4, True), ("B", 1, True), ("B", 3, False)]


@pytest.mark.by_hand
def test_numbers_of_worst_and_best_case(tmp_path):
    """Main: at the events, 1 and 4, A has 2 of the 4 at risk, then 1 of 1: no event of A while B is at risk, no ratio.

    Worst: that of A dies at 2, and that of B lives on. At 1, 2 and 4 A has 2 of 4, 2 of 3 and 1 of 2, and
    2r/(2r + 2) + 2r/(2r + 1) + r/(r + 1) = 2. Best: that of A lives on, and that of B dies at 3. At 1, 3 and 4
    A has 2 of 4, 2 of 3, 2 of 2: again no event of A while B is at risk.
    """
    worst, best = ({"label": way, f"{way}_case": {"followed_until": 100}} for way in ("worst", "best"))
    numbers = os_numbers(tmp_path, FOLLOWED, worst=worst, best=best)
    found = {
        variant: [numbers[key("events", variant, arm, endpoint="os")].value for arm in "ab"]
        for variant in ("", "worst", "best")
    }
    assert found == {"": [1, 1], "worst": [2, 1], "best": [1, 2]}
    ratio = numbers[key("hazard_ratio", "worst", reference="b", endpoint="os")].value
    assert 2 * ratio / (ratio + 1) + 2 * ratio / (2 * ratio + 1) == pytest.approx(2, rel=1e-9)
    for variant in ("", "best"):
        assert isnan(numbers[key("hazard_ratio", variant, reference="b", endpoint="os")].value)
    assert numbers[key("median", "worst", endpoint="os")].value == 3  # flat at one half from 2 to 4


@pytest.mark.by_hand
def test_methods_say_what_differs_and_what_stays(tmp_path):
    numbers = os_numbers(tmp_path, FOLLOWED, worst={"label": "Worst", "worst_case": {"followed_until": 100}})
    method = numbers[key("logrank", "worst", reference="b", endpoint="os")].method
    assert method.startswith(
        "Patients censored before the end of follow-up count as having the event when censored; with b"
    )
    assert method.endswith("Log-rank test, two-sided")
    assert numbers[key("logrank", reference="b", endpoint="os")].method == "Log-rank test, two-sided"


RESPONSE = {"visits": [{"id": "best", "visit": "BEST", "label": "Best", "denominator": "analysed"}]}
WAYS = ("responders", "non-responders", "left out", "best case", "worst case")


def responses_study():
    """Of A 3 respond, 2 do not and 1 cannot be evaluated; of B 1, 2 and 2, of whom one has no row."""
    categories = {"A": ["PR", "CR", "VGPR", "SD", "PD", "NE"], "B": ["PR", "SD", "SD", "NE", ""]}
    named = [(f"{arm}{at}", arm, category) for arm, of in categories.items() for at, category in enumerate(of)]
    subjects = [
        {"USUBJID": name, "TRT01P": arm, "RANDDT": START, "DTHDT": "", "LSTALVDT": START} for name, arm, _ in named
    ]
    rows = [{"USUBJID": name, "AVISIT": "BEST", "AVALC": category} for name, _, category in named if category]
    return subjects, rows


@pytest.fixture
def response_file(tmp_path):
    subjects, rows = responses_study()
    asked = {"responses": {"best": {way.replace(" ", "-"): {"label": way, "missing": way} for way in WAYS}}}
    study = {"response": RESPONSE, "sensitivity": asked, "arms": ARMS, **RUN}
    return write_trial(tmp_path, study, subjects=subjects, responses=rows)


@pytest.mark.by_hand
def test_who_counts_as_responder(response_file):
    numbers = study_numbers(derive(read_study(response_file)))
    found = {
        variant: [(rate.events, rate.n) for arm in "ab" for rate in [numbers[key("rate", variant, arm, phase="best")]]]
        for variant in ("", *(way.replace(" ", "-") for way in WAYS))
    }
    assert found == {
        "": [(3, 6), (1, 5)],
        "responders": [(4, 6), (3, 5)],
        "non-responders": [(3, 6), (1, 5)],
        "left-out": [(3, 5), (1, 3)],
        "best-case": [(4, 6), (1, 5)],
        "worst-case": [(3, 6), (3, 5)],
    }
    difference = numbers[key("rate_difference", "worst-case", reference="b", phase="best")]
    assert difference.value == pytest.approx(3 / 6 - 3 / 5)


@pytest.mark.other_package
def test_other_programs_agree_on_response_and_on_extreme_cases(response_file, tmp_path):
    ours = study_numbers(derive(read_study(response_file)))
    theirs = second_implementation(response_file, None)
    assert len(theirs) == 2 * 6 * 3
    for each, quantity, value, _ in theirs:
        assert getattr(ours[each], quantity) == pytest.approx(value, rel=1e-9)
    file = write_tipping(tmp_path, list(patients()))
    parts = file.read_text(encoding="utf-8")
    lost = "{label: Worst, worst_case: {grace: 20, reasons: [lost]}}"
    file.write_text(parts.replace("      t:\n", f"      w: {lost}\n      t:\n"), encoding="utf-8")
    ours, compared = study_numbers(derive(read_study(file))), 0
    for each, quantity, value, _ in second_implementation(file, None):
        compared += each.variant == "w"
        if each in ours:
            assert getattr(ours[each], quantity) == pytest.approx(value, rel=1e-7, nan_ok=True)
    assert compared > 10
