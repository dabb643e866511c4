"""Score limits of the difference, the ratio and the odds ratio of two proportions.

Each measure is h(p) of the arm minus h(p) of the reference: h(p) is p for the difference, log p for the ratio and
logit p for the odds ratio. Where the measure is held at a value, the likelihood is largest at the rates with

    responders - patients p = +multiplier h'(p) p (1 - p)     in the arm,
                              -multiplier h'(p) p (1 - p)     in the reference,

and the score statistic is chi-square = multiplier^2 V, V being the sum over the arms of h'(p)^2 p (1 - p) / patients.
As the multiplier grows from zero, the measure falls from its estimate and chi-square grows, so that the lower limit is
one root in the multiplier. The rates follow from it by a quadratic, where the usual way, from the value to the rates,
solves a cubic that loses half its digits at an empty cell. The upper limit is the lower one of the arms swapped.

References
----------
.. [1] Miettinen & Nurminen (1985), Stat Med 4:213-226, whose appendix has the cubic.
.. [2] Mee (1984), Biometrics 40:1175-1176.
.. [3] Koopman (1984), Biometrics 40:513-517.
"""

from math import exp, sqrt

from smmlib.stats.distributions import root_of_increasing, two_sided_quantile
from smmlib.stats.response.two_by_two import TwoByTwo
from smmlib.stats.types import Limits


def plain_chi_square(conf_level: float) -> float:
    """Chi-square at the limits of Mee and of Koopman: the square of the normal quantile."""
    return two_sided_quantile(conf_level) ** 2


def corrected_chi_square(table: TwoByTwo, conf_level: float) -> float:
    """Chi-square at the limits of Miettinen and Nurminen, whose variance has a factor N / (N - 1)."""
    total = table.patients + table.reference_patients
    return two_sided_quantile(conf_level) ** 2 * total / (total - 1)


def lowest_difference(table: TwoByTwo, chi_square: float) -> float:
    """Difference below the observed one at which the score statistic is `chi_square`; -1 if it is -1."""
    if table.responders == 0 and table.reference_others == 0:
        return -1.0

    def rates(log_multiplier: float) -> tuple[Limits, Limits]:
        multiplier = exp(log_multiplier)
        arm = _rate_of_difference(table.responders, table.others, multiplier)
        return arm, _rate_of_difference(table.reference_responders, table.reference_others, -multiplier)

    def excess(log_multiplier: float) -> float:
        (p, q), (p0, q0) = rates(log_multiplier)
        variance = p * q / table.patients + p0 * q0 / table.reference_patients
        return exp(log_multiplier) ** 2 * variance - chi_square

    (p, q), (p0, q0) = rates(root_of_increasing(excess))
    return p - p0 if p + p0 < 1 else q0 - q


def _rate_of_difference(responders: int, others: int, multiplier: float) -> Limits:
    """Rate p, and 1 - p, with responders - patients p = multiplier p (1 - p), written so that nothing cancels."""
    patients = responders + others
    if multiplier > 0:
        root = sqrt((patients - multiplier) ** 2 + 4 * multiplier * others)
    else:
        root = sqrt((patients + multiplier) ** 2 - 4 * multiplier * responders)
    return _quadratic(responders, patients + multiplier, root, multiplier), _quadratic(
        others, patients - multiplier, root, -multiplier
    )


def _quadratic(constant: float, linear: float, root: float, quadratic: float) -> float:
    """The solution between 0 and 1 of quadratic p^2 - linear p + constant = 0, by the form that does not cancel."""
    return 2 * constant / (linear + root) if linear > 0 else (linear - root) / (2 * quadratic)


def lowest_ratio(table: TwoByTwo, chi_square: float) -> float:
    """Ratio below the observed one at which the score statistic is `chi_square`; 0 if nobody responded in the arm."""
    if table.responders == 0:
        return 0.0
    if table.others == 0:
        # The arm's rate stays 1 until the multiplier is the number of its patients, and falls at that multiplier.
        pooled = table.patients + table.reference_responders
        reached = table.patients**2 * table.reference_others / (table.reference_patients * pooled)
        if reached <= chi_square:
            rate = table.patients / (table.patients + chi_square - reached)
            return rate * (table.patients + table.reference_patients) / pooled

    def excess(logit: float) -> float:
        moved, kept = _parts(table.responders, logit)
        of_arm = table.others / (table.patients * kept)
        of_reference = table.reference_others / (table.reference_patients * (table.reference_responders + moved))
        return moved**2 * (of_arm + of_reference) - chi_square

    moved, kept = _parts(table.responders, root_of_increasing(excess))
    reference_rate = (table.reference_responders + moved) / (table.reference_patients + moved)
    return kept / (table.others + kept) / reference_rate


def lowest_odds_ratio(table: TwoByTwo, chi_square: float) -> float:
    """Odds ratio below the observed one at which the score statistic is `chi_square`; 0 if it is 0.

    The multiplier is the number of responders that move from the arm to the reference, the margins staying.
    """
    most = min(table.responders, table.reference_others)
    if most == 0:
        return 0.0

    def cells(logit: float) -> tuple[float, float, float, float]:
        moved, kept = _parts(most, logit)
        return (
            table.responders - most + kept,
            table.others + moved,
            table.reference_responders + moved,
            table.reference_others - most + kept,
        )

    def excess(logit: float) -> float:
        moved, _ = _parts(most, logit)
        return moved**2 * sum(1 / cell for cell in cells(logit)) - chi_square

    responders, others, reference_responders, reference_others = cells(root_of_increasing(excess))
    return responders * reference_others / (others * reference_responders)


def _parts(whole: int, logit: float) -> tuple[float, float]:
    """Two positive parts of a whole, each to full relative precision: the first grows with `logit`."""
    return whole / (1 + exp(-logit)), whole / (1 + exp(logit))
