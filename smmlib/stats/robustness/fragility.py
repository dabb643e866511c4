"""On how many patients the significance of a difference of two proportions rests."""

from numbers import Real

from smmlib.stats.checks import shown
from smmlib.stats.counts import check_most
from smmlib.stats.distributions import fisher_p_value
from smmlib.stats.response.two_by_two import TwoByTwo, two_by_two
from smmlib.stats.results import Estimate
from smmlib.stats.types import Whole

# A P value of one tenth may come out a little smaller than the tenth it is compared with.
ROUNDING = 1e-12
MOST_PATIENTS = 100_000


def fragility_index(
    responders: Whole,
    patients: Whole,
    reference_responders: Whole,
    reference_patients: Whole,
    *,
    alpha: float = 0.05,
    arm: str = "",
    reference: str = "",
) -> Estimate:
    """How many patients with the other outcome would have made Fisher's test lose significance.

    One after the other, patients of the arm with fewer responders are changed to responders, until the two-sided P
    value is `alpha` or more. "Responders" are patients with whatever event is counted. The published definition does
    not provide for arms of unequal size. Where the arm with fewer responders has the higher rate, its responders are
    changed to non-responders instead, as more responders could only add to the difference. Where both arms have as
    many, patients of the larger one are changed.

    Parameters
    ----------
    responders, patients, reference_responders, reference_patients, arm, reference
        As in `rate_difference`.
    alpha : float
        Significance level, between 0 and 1.

    Returns
    -------
    Estimate
        A number of patients, without limits; 0 where the P value is `alpha` or more to begin with.

    Raises
    ------
    ValueError
        As `rate_difference`, or if `alpha` is not between 0 and 1, or if there are more than 100,000 patients.

    References
    ----------
    .. [1] Walsh, Srinathan, McAuley et al. (2014), J Clin Epidemiol 67:622-628.
    .. [2] Baer, Gaudino, Charlson et al. (2021), Proc Natl Acad Sci 118:e2105254118.

    Examples
    --------
    0 of 5 against 5 of 5. By hand: P = 2/252 as it is, 10/210 with one more event in the first arm, and 20/120 with
    two.

    >>> from smmlib import fragility_index
    >>> fragility_index(0, 5, 5, 5).value
    2.0
    """
    if isinstance(alpha, bool) or not isinstance(alpha, Real) or not 0 < alpha < 1:
        raise ValueError(f"alpha is {shown(alpha)}: give a number between 0 and 1, such as 0.05.")
    table = two_by_two(responders, patients, reference_responders, reference_patients)
    instead = "the index is found patient by patient, and tells nothing of a trial of such a size"
    check_most(table.counts["n"], "the number of all patients", MOST_PATIENTS, instead)
    in_arm = (table.responders, -table.patients) < (table.reference_responders, -table.reference_patients)
    changed, outcome = _changes_needed(table if in_arm else table.swapped(), alpha)
    name = arm if in_arm else reference
    whose = f"arm {name!r}" if name else "the arm" if in_arm else "the reference"
    method = (
        f"Fragility index: patients of {whose} who change to {outcome} until Fisher's exact test, two-sided, has a "
        f"P value of {alpha:.10g} or more"
    )
    return Estimate(float(changed), unit="patients", method=method, arm=arm, reference=reference, **table.counts)


def _changes_needed(table: TwoByTwo, alpha: float) -> tuple[int, str]:
    """How many of the first arm have to change, and to what outcome.

    Some number is enough: with each change the responders of the arm come nearer to the likeliest number given both
    margins, or keep their distance, by one at a time; and there the P value is 1.
    """
    fewer = table.responders * table.reference_patients <= table.reference_responders * table.patients
    responders, step, outcome = table.responders, *((1, "response") if fewer else (-1, "non-response"))
    rest = table.patients, table.reference_responders, table.reference_patients
    while fisher_p_value(two_by_two(responders, *rest)) < alpha * (1 - ROUNDING):
        responders += step
    return abs(responders - table.responders), outcome
