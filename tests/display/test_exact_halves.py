"""Halfway between two printed numbers is rounded away from zero, from the fraction and not from a float."""

import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from smmlib import cumulative_incidence, incidence_at, kaplan_meier, rate_difference, survival_at, survival_difference
from smmlib.display.formatting import value_text

pytestmark = pytest.mark.independent
TABLES = 2500


def printed(fraction):
    """A fraction in percent with one decimal, half away from zero: whole numbers throughout."""
    thousandths = abs(fraction) * 1000
    whole, rest = divmod(thousandths.numerator, thousandths.denominator)
    whole += 2 * rest >= thousandths.denominator
    sign = "\N{MINUS SIGN}" if fraction < 0 and whole else ""
    return f"{sign}{whole // 10}.{whole % 10}"


def random_arm(random_numbers):
    """Few patients in round numbers, so that halves are common, some of them censored."""
    patients = random_numbers.choice([8, 16, 20, 25, 32, 40, 48, 50, 64, 80])
    times = [10, *(random_numbers.randint(1, 9) for _ in range(patients - 1))]
    return times, [random_numbers.random() < 0.6 for _ in range(patients)], patients


def naive_survival(times, events, at):
    survival = Fraction(1)
    for time in sorted({time for time, event in zip(times, events, strict=True) if event and time <= at}):
        died = sum(event and each == time for each, event in zip(times, events, strict=True))
        survival *= 1 - Fraction(died, sum(each >= time for each in times))
    return survival


def naive_incidence(times, causes, at):
    incidence, survival = Fraction(0), Fraction(1)
    for time in sorted({time for time, cause in zip(times, causes, strict=True) if cause and time <= at}):
        at_risk = sum(each >= time for each in times)
        here = [cause for each, cause in zip(times, causes, strict=True) if each == time and cause]
        incidence += survival * Fraction(here.count(1), at_risk)
        survival *= 1 - Fraction(len(here), at_risk)
    return incidence


def is_half(fraction):
    return (fraction * 1000 % 1) == Fraction(1, 2)


def test_survival_of_forty_eight_patients_of_whom_three_died():
    curve = kaplan_meier([1, 2, 3] + [7] * 45, [1, 1, 1] + [0] * 45)
    assert value_text(survival_at(curve, 6)) == "93.8%"


def test_survival_and_its_differences():
    random_numbers, halves = random.Random(20131), 0
    for _ in range(TABLES):
        arms = [random_arm(random_numbers) for _ in range(2)]
        exact = [naive_survival(times, events, 5) for times, events, _ in arms]
        curves = [kaplan_meier(times, events) for times, events, _ in arms]
        for curve, fraction in zip(curves, exact, strict=True):
            assert value_text(survival_at(curve, 5)) == f"{printed(fraction)}%"
        difference = survival_difference(*curves, 5)
        assert value_text(difference) == printed(exact[0] - exact[1])
        halves += sum(map(is_half, [*exact, exact[0] - exact[1]]))
    assert halves > 50


def test_incidence_of_competing_causes():
    random_numbers, halves = random.Random(20132), 0
    for _ in range(TABLES):
        times, events, _ = random_arm(random_numbers)
        causes = [random_numbers.choice([1, 2]) if event else 0 for event in events]
        if 1 not in causes:
            continue
        exact = naive_incidence(times, causes, 5)
        assert value_text(incidence_at(cumulative_incidence(times, causes, of=1), 5)) == f"{printed(exact)}%"
        halves += is_half(exact)
    assert halves > 20


def test_rates_and_their_differences():
    random_numbers, halves = random.Random(20133), 0
    for _ in range(TABLES):
        patients = [random_numbers.choice([8, 16, 40, 80, 125, 400]) for _ in range(2)]
        responders = [random_numbers.randint(0, most) for most in patients]
        exact = Fraction(responders[0], patients[0]) - Fraction(responders[1], patients[1])
        difference = rate_difference(responders[0], patients[0], responders[1], patients[1])
        assert value_text(difference) == printed(exact)
        halves += is_half(exact)
    assert halves > 100


def test_the_naive_rounding_itself():
    for thousandths in range(-30, 31):
        for rest in (0, 1, 2, 3):
            fraction = Fraction(4 * thousandths + rest, 4000)
            by_decimal = (Decimal(fraction.numerator * 100) / Decimal(fraction.denominator)).quantize(
                Decimal("0.1"), ROUND_HALF_UP
            )
            text = str(by_decimal).replace("-0.0", "0.0").replace("-", "\N{MINUS SIGN}")
            assert printed(fraction) == text
