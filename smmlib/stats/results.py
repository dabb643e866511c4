"""What an analysis says: frozen results that carry their method, their arms and their counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smmlib.stats.read_only import read_only
from smmlib.stats.types import ConfType, Counts, Floats, Integers, Method, Transform

if TYPE_CHECKING:
    from smmlib.stats.cox.likelihood import FittedPatients

NOT_ESTIMABLE = float("nan")


@dataclass(frozen=True)
class Estimate:
    """One estimated number with its confidence limits.

    Attributes
    ----------
    value, low, high : float
        Estimate and confidence limits; NaN where not estimable, with the reason in `method`.
    conf_level : float
        Two-sided confidence level of the limits; NaN where there are none.
    std_error : float
        Standard error, on the scale of `value`, or of its logarithm for a ratio.
    unit : str
        Unit of `value`: "months", "weeks", "proportion", "ratio" or what is counted.
    method : str
        One sentence, made from the arguments used.
    arm, reference : str
        The arm, and the arm it is compared with (empty where there is none).
    n, events : int
        Patients and events that the estimate rests on; floats where case weights do not add up to whole numbers, and
        NaN events of a count, which rests on none.
    at : float
        Time of a landmark, in the unit of the times; NaN where there is none.
    from_data : tuple of str
        Parts of `method` that come from the data and not from the arguments: why a value is not estimable, how many
        patients were left out. The sentence reads on without them, as it does where small counts are masked.

    Examples
    --------
    3 of 12 patients, a proportion of 1/4; nobody is compared with anybody, so that there is no reference.

    >>> from smmlib import response_rate
    >>> rate = response_rate(3, 12, arm="new")
    >>> rate.value, rate.unit, rate.conf_level, rate.n, rate.events, rate.arm, rate.reference
    (0.25, 'proportion', 0.95, 12, 3, 'new', '')
    >>> rate.method
    'Proportion, exact (Clopper-Pearson) 95 % interval'
    """

    value: float
    low: float = NOT_ESTIMABLE
    high: float = NOT_ESTIMABLE
    conf_level: float = NOT_ESTIMABLE
    std_error: float = NOT_ESTIMABLE
    unit: str = ""
    method: str = ""
    arm: str = ""
    reference: str = ""
    n: float = 0
    events: float = 0
    at: float = NOT_ESTIMABLE
    from_data: tuple[str, ...] = ()


@dataclass(frozen=True)
class HypothesisTest:
    """One test of a null hypothesis, two-sided.

    Attributes
    ----------
    statistic : float
        The test statistic, chi-square on `df` degrees of freedom under the null hypothesis; where that is 0, what
        `method` names: the odds ratio of an exact test, the largest |Z| of several tests.
    p_value : float
        Probability of a statistic at least as extreme; NaN where not estimable, with the reason in `method`.
    df : int
        Degrees of freedom; 0 for a test without a chi-square.
    method : str
        One sentence, made from the arguments used.
    arm, reference : str
        The arm and the arm it is compared with.
    n, events : int
        Patients and events that the test rests on; floats where case weights do not add up to whole numbers.
    from_data : tuple of str
        Parts of `method` that come from the data, as in `Estimate`.

    Examples
    --------
    One event among three patients, in the arm of one. By hand: 2/3 more than expected there, with a variance of 2/9; a
    chi-square of 2.

    >>> from smmlib import logrank_test
    >>> test = logrank_test([1, 2, 3], [1, 0, 0], [1, 0, 0], arm="new", reference="old")
    >>> print(f"{test.statistic:.2f} on {test.df} degree of freedom; {test.n} patients, {test.events} event")
    2.00 on 1 degree of freedom; 3 patients, 1 event
    """

    statistic: float
    p_value: float
    df: int
    method: str
    arm: str = ""
    reference: str = ""
    n: float = 0
    events: float = 0
    from_data: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
@read_only
class CoxModel:
    """A Cox model of several covariates, fitted.

    Attributes
    ----------
    names : tuple of str, length p
        The covariates; "stage[II]" is a level of the category "stage".
    coefficients, std_errors : ndarray, shape (p,)
        Logarithms of the hazard ratios, and their standard errors; NaN where not estimable.
    covariance : ndarray, shape (p, p)
        Of the coefficients.
    p_values : ndarray, shape (p,)
        Of the Wald test of each coefficient.
    hazard_ratios : tuple of Estimate, length p
        For one unit more of each covariate.
    log_likelihood, null_log_likelihood : float
        Log partial likelihood at the maximum, and with all coefficients zero.
    wald_test, score_test, likelihood_ratio_test : HypothesisTest
        Of no effect of any covariate.
    n, events : int
        Rows and events.
    method : str
        One sentence, made from the arguments used.
    fitted : FittedPatients
        What residuals and further tests are computed from.

    Examples
    --------
    The example of R's `coxph`: 7 patients with 5 events, and a likelihood-ratio test of 1.09.

    >>> from smmlib import cox_regression
    >>> time, event = [4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0]
    >>> model = cox_regression(time, event, {"x": [0, 2, 1, 1, 1, 0, 0]}, strata=list("mmmmfff"))
    >>> print(model.names, model.n, model.events, f"{model.likelihood_ratio_test.statistic:.2f}")
    ('x',) 7 5 1.09
    """

    names: tuple[str, ...]
    coefficients: Floats
    std_errors: Floats
    covariance: Floats
    p_values: Floats
    hazard_ratios: tuple[Estimate, ...]
    log_likelihood: float
    null_log_likelihood: float
    wald_test: HypothesisTest
    score_test: HypothesisTest
    likelihood_ratio_test: HypothesisTest
    n: int
    events: int
    method: str
    fitted: "FittedPatients" = field(repr=False)


@dataclass(frozen=True, eq=False)
@read_only
class PHTest:
    """A test of proportional hazards, for each covariate and for all together.

    Attributes
    ----------
    names : tuple of str, length p
        The covariates.
    statistic, p_value : ndarray, shape (p,)
        Chi-square on one degree of freedom for each covariate; NaN where not estimable.
    global_test : HypothesisTest
        Of all covariates together.
    transform, method : str
        As asked for, and in words.

    Examples
    --------
    Remission in Freireich 1963, with one covariate, so that its test and the global one are the same. R's `cox.zph`
    gives P = 0.88.

    >>> from smmlib import analysis_data, cox_regression, proportional_hazards_test
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> model = cox_regression(remission.time, remission.event, {"6-MP": remission.arm == "6-mp"})
    >>> test = proportional_hazards_test(model)
    >>> print(f"{test.names[0]}: P = {test.p_value[0]:.2f}; all: P = {test.global_test.p_value:.2f}")
    6-MP: P = 0.88; all: P = 0.88
    """

    names: tuple[str, ...]
    statistic: Floats
    p_value: Floats
    global_test: HypothesisTest
    transform: Transform
    method: str


@dataclass(frozen=True, eq=False)
@read_only
class SubgroupAnalysis:
    """Hazard ratios in parts of a trial, and the test of whether they differ.

    Attributes
    ----------
    labels : tuple of str
        Subgroups, or periods of follow-up.
    hazard_ratios : tuple of Estimate
        In the order of the labels.
    interaction_test : HypothesisTest
        Of one hazard ratio in all parts.
    method : str
        One sentence, made from the arguments used.

    Examples
    --------
    Two subgroups of three patients each, all with the event.

    >>> from smmlib import subgroup_hazard_ratios
    >>> time, event, in_arm = [1, 2, 3, 1, 2, 3], [1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0]
    >>> found = subgroup_hazard_ratios(time, event, in_arm, list("aaabbb"), arm="new", reference="old")
    >>> found.labels, [ratio.n for ratio in found.hazard_ratios], found.interaction_test.df
    (('a', 'b'), [3, 3], 1)
    """

    labels: tuple[str, ...]
    hazard_ratios: tuple[Estimate, ...]
    interaction_test: HypothesisTest
    method: str


@dataclass(frozen=True, eq=False)
@read_only
class SurvivalCurve:
    """A Kaplan-Meier curve: one entry for each distinct time at which someone had the event or was censored.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct times, increasing, in `time_unit`.
    survival, low, high : ndarray, shape (k,)
        Survival just after each time, and its pointwise confidence limits.
    std_error : ndarray, shape (k,)
        Greenwood's standard error of `survival`; NaN where nobody is left.
    at_risk, events, censored : ndarray, shape (k,)
        Patients at risk just before each time, and events and censorings at it; sums of case weights, when
        there are any.
    entry_time, entered : ndarray, shape (m,)
        Distinct times of late entry, and how many come under observation at each; empty when nobody enters
        late.
    conf_type, conf_level, time_unit, method, arm
        As asked for.

    Examples
    --------
    Four patients, of whom the first and the third have the event.

    >>> from smmlib import kaplan_meier
    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], arm="new")
    >>> curve.at_risk.tolist(), curve.events.tolist(), curve.censored.tolist()
    ([4, 3, 2, 1], [1, 0, 1, 0], [0, 1, 0, 1])
    >>> curve
    <SurvivalCurve new: 4 patients, 2 events, 4 times to 4 months; Kaplan-Meier estimate, ...>
    """

    time: Floats
    survival: Floats
    low: Floats
    high: Floats
    std_error: Floats
    at_risk: Counts
    events: Counts
    censored: Counts
    entry_time: Floats
    entered: Counts
    conf_type: ConfType
    conf_level: float
    time_unit: str
    method: str
    arm: str = ""

    def __repr__(self) -> str:
        of = f"{self.arm}: " if self.arm else ""
        counts = f"{self.events.sum() + self.censored.sum()} patients, {self.events.sum()} events"
        return (
            f"<SurvivalCurve {of}{counts}, {len(self.time)} times to {self.time[-1]:g} {self.time_unit}; {self.method}>"
        )


@dataclass(frozen=True, eq=False)
@read_only
class IntervalCensoredCurve:
    """A Turnbull estimate: one entry for each innermost interval with probability mass.

    Survival is unique from the `high` of one to the `low` of the next. Between `low` and `high` of one it falls by
    `mass`, the data do not tell where.

    Attributes
    ----------
    low, high : ndarray, shape (k,)
        Innermost intervals (low, high], increasing, in `time_unit`; a point where both are equal. The last `high`
        is infinite when patients were without the event at their last visit and nothing is known afterwards.
    mass : ndarray, shape (k,)
        Probability of the event in each, above zero.
    survival : ndarray, shape (k,)
        Survival at `high`, that is after each of them.
    n, events : int
        Patients, and those of them whose event was seen.
    log_likelihood : float
        Of the estimate.
    shortfall : float
        The log-likelihood lies below its maximum by no more than this.
    certified : bool
        Whether the Kuhn-Tucker conditions of the maximum hold, to 1e-9 relative to the number of patients.
    iterations : int
        Newton steps that it took.
    time_unit, method, arm
        As asked for.

    Examples
    --------
    Events in (0, 2], in (1, 3] and after 2. By hand: half of the probability in (1, 2], half in (2, 3], and a
    likelihood of 1/2 × 1 × 1/2.

    >>> from math import exp, inf
    >>> from smmlib import turnbull
    >>> curve = turnbull([0, 1, 2], [2, 3, inf])
    >>> print(curve.survival.tolist(), f"{exp(curve.log_likelihood):.2f}", curve.certified)
    [0.5, 0.0] 0.25 True
    """

    low: Floats
    high: Floats
    mass: Floats
    survival: Floats
    n: int
    events: int
    log_likelihood: float
    shortfall: float
    certified: bool
    iterations: int
    time_unit: str
    method: str
    arm: str = ""


@dataclass(frozen=True)
@read_only
class TippingPoint:
    """A result under ever stronger assumptions about what happened after censoring.

    Attributes
    ----------
    deltas : tuple of float
        Factors of the hazard after censoring.
    hazard_ratios : tuple of Estimate
        One for each.
    tipping_delta : float
        The smallest of the deltas at which the upper confidence limit is 1 or more; NaN when there is none, as `method`
        then says.
    imputations, seed : int
        Completed data sets for each, and the seed of the random numbers that all share.
    method : str
        One sentence, made from the arguments used.

    Examples
    --------
    By hand: everybody was followed to the end, so that nothing is imputed, and the upper limit is above 1 to begin
    with.

    >>> from smmlib import tipping_point
    >>> time, event, in_arm = [1, 2, 3], [1, 1, 1], [1, 0, 1]
    >>> how = {"followed_until": 3, "imputations": 2, "seed": 1}
    >>> found = tipping_point(time, event, in_arm, [1, 2], arm="new", reference="old", **how)
    >>> found.deltas, found.tipping_delta
    ((1.0, 2.0), 1.0)
    """

    deltas: tuple[float, ...]
    hazard_ratios: tuple[Estimate, ...]
    tipping_delta: float
    imputations: int
    seed: int
    method: str


@dataclass(frozen=True)
@read_only
class EventTimeShift:
    """A result with the events of one arm moved to ever earlier times.

    Attributes
    ----------
    shifts : tuple of float
        How much earlier, in the unit of the times.
    hazard_ratios : tuple of Estimate
        One for each.
    tipping_shift : float
        The smallest of the shifts at which the confidence interval includes 1; NaN when there is none, as `method` then
        says.
    method : str
        One sentence, made from the arguments used.

    Examples
    --------
    By hand: the interval of three patients includes 1 to begin with.

    >>> from smmlib import event_time_shift
    >>> found = event_time_shift([1, 2, 3], [1, 1, 1], [1, 0, 1], [0, 1], arm="new", reference="old", shifted="new")
    >>> found.shifts, found.tipping_shift
    ((0.0, 1.0), 0.0)
    """

    shifts: tuple[float, ...]
    hazard_ratios: tuple[Estimate, ...]
    tipping_shift: float
    method: str


def sentence(method: str, *endings: str, within: Sequence[str] = ()) -> Method:
    """The method of a result where part of it comes from the data.

    Parameters
    ----------
    method : str
        Made from the arguments, but for what is named under `within`.
    *endings : str
        What the data add to the end; empty where they add nothing.
    within : sequence of str
        Parts of `method` that come from the data.

    Returns
    -------
    dict
        `method` and `from_data` of the result.
    """
    return {"method": method + "".join(endings), "from_data": (*within, *filter(None, endings))}


def not_estimable(method: str, reason: str, within: Sequence[str] = ()) -> Method:
    """The method of a result that is not estimable, with the reason in the data; as `sentence`."""
    return sentence(method, f": not estimable, {reason}", within=within)


def percent(conf_level: float) -> str:
    """A confidence level in the words of a method: 95 %, 97.5 %."""
    return f"{100 * conf_level:.10g} %"


@dataclass(frozen=True, eq=False)
@read_only
class CumulativeIncidenceCurve:
    """Cumulative incidence of one cause: one entry for each distinct time at which someone left, for any reason.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct times, increasing, in `time_unit`.
    incidence, low, high : ndarray, shape (k,)
        Probability of an event of the cause by each time, itself included, and its pointwise confidence limits.
    std_error : ndarray, shape (k,)
        Aalen's standard error of `incidence`.
    at_risk, events, competing, censored : ndarray of int, shape (k,)
        Patients at risk just before each time, and events of the cause, events of other causes and censorings at
        it.
    cause : int
        The cause.
    conf_level, time_unit, method, arm
        As asked for.

    Examples
    --------
    Progression (1) at 1 and 3, death (2) at 2, and one censored at 4.

    >>> from smmlib import cumulative_incidence
    >>> curve = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], of=1)
    >>> curve.events.tolist(), curve.competing.tolist(), curve.censored.tolist()
    ([1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1])
    """

    time: Floats
    incidence: Floats
    low: Floats
    high: Floats
    std_error: Floats
    at_risk: Integers
    events: Integers
    competing: Integers
    censored: Integers
    cause: int
    conf_level: float
    time_unit: str
    method: str
    arm: str = ""
