"""What the other programs are asked: the same patients and the same numbers as the notebooks record."""

from types import SimpleNamespace

import pytest
from small_trial import write_trial

from smmlib.analysis import study_numbers
from smmlib.report.verification.second_implementation import second_implementation
from smmlib.report.verification.verify import AGREES, DIFFERS, verify
from smmlib.stats.results import Estimate
from smmlib.trial import derive, read_study
from smmlib.trial.analysis_files import write_analysis_data

pytestmark = pytest.mark.by_hand

FOLLOWED = [("A", 10, ""), ("A", 20, "dead"), ("A", 40, ""), ("B", 25, "dead"), ("B", 30, ""), ("B", 50, "")]
"""Arm, days of follow-up, and whether they ended with death."""


def patients():
    for number, (arm, days, dead) in enumerate(FOLLOWED):
        day = f"2010-01-{days + 1:02d}" if days < 31 else f"2010-02-{days - 30:02d}"
        died = day if dead else ""
        yield {"USUBJID": f"p{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": died, "LSTALVDT": day}


@pytest.mark.parametrize(
    ("estimator", "program", "median", "shortest", "longest"),
    [
        ("reverse-kaplan-meier", "lifelines", 40, 10, 50),
        ("survivors", "pandas", 35, 10, 50),
        ("observed", "pandas", 27.5, 10, 50),
    ],
)
def test_follow_up(tmp_path, estimator, program, median, shortest, longest):
    """Alive at 10, 30, 40, 50: reverse survival 5/6, then 5/6 * 2/3 at 30 and half of it, below one half, at 40."""
    follow_up = {"endpoint": "os", "estimator": estimator}
    file = write_trial(tmp_path, {"follow_up": follow_up}, subjects=list(patients()))
    numbers = second_implementation(file, None)
    found = {key.name: (value, by) for key, quantity, value, by in numbers if quantity == "value"}
    assert found["population.follow_up"] == (median, program)
    assert found["population.follow_up.shortest"] == (shortest, "pandas")
    assert found["population.follow_up.longest"] == (longest, "pandas")


def many(events):
    """Thirty patients of arm A of whom every other died, and some of arm B, of whom the first few did."""
    for number in range(34):
        arm, day = ("A", f"2010-{1 + number // 10:02d}-{2 + number % 10:02d}") if number < 30 else ("B", "2010-03-05")
        died = day if (number % 2 if arm == "A" else number - 30 < events) else ""
        yield {"USUBJID": f"p{number}", "TRT01P": arm, "RANDDT": "2010-01-01", "DTHDT": died, "LSTALVDT": day}


@pytest.mark.parametrize("events", [0, 2])
def test_a_hazard_ratio_of_an_arm_without_an_event_is_held_against_no_last_step(tmp_path, events):
    file = write_trial(tmp_path, {}, subjects=list(many(events)))
    data = derive(read_study(file))
    (tmp_path / "report").mkdir()
    write_analysis_data(data, tmp_path / "report" / "analysis_data")
    records = {key: SimpleNamespace(result=result) for key, result in study_numbers(data).items()}
    checks = verify(records, second_implementation(file, tmp_path / "report" / "analysis_data"))
    ratios = [check for check in checks if check.key.measure == "hazard_ratio"]
    assert {check.quantity for check in ratios} == (set() if events == 0 else {"value", "low", "high"})
    assert {check.verdict for check in checks} == {AGREES}


@pytest.mark.parametrize(
    ("value", "other", "verdict"),
    [(0.0, 3.5e-18, AGREES), (3.5e-18, 0.0, AGREES), (0.0, 1e-9, DIFFERS), (1e-9, 1.1e-9, DIFFERS), (0.3, 0.3, AGREES)],
)
def test_zero_is_zero_but_for_rounding(value, other, verdict):
    record = SimpleNamespace(result=Estimate(0.1, low=value, high=0.2))
    (check,) = verify({"rate": record}, [("rate", "low", other, "statsmodels")])
    assert check.verdict == verdict
