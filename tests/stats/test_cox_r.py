"""Cox models beside R's `survival`, on real and on random patients, to 1e-8 relative.

Coefficients are compared relative to themselves or to their standard error, whichever is larger; residuals relative to
the largest of their kind or the spread of the covariate; likelihood-ratio statistics of two models relative to the
log-likelihoods that they are the difference of. Where R and we differ, and why:

* When the partial likelihood has no maximum, R returns the coefficient at which its iteration stopped, with a warning.
  Here it is not estimable. The score test and the likelihood-ratio test exist all the same, and are compared.
* Which of several covariates are redundant R judges by the information where its iteration stopped, so that it may drop
  one that grows without end, or keep one that says nothing, with a standard error of millions. Here it is judged at
  zero. Joint tests are compared where both find as many degrees of freedom.
* With late entry, and hazards more than e^12 apart, the sums over those at risk are in R differences of larger sums,
  that lose digits: a log-likelihood without maximum is off by as much as 3e-4 in these tables, a martingale residual
  by 2e-5. Here they are added up otherwise then. Tests of interaction are compared where every subgroup has a hazard
  ratio, and martingale residuals unless hazards are as far apart; `test_cox_independent.py` has the others.
* With no more clusters than covariates the robust variance has no inverse. R's Wald test takes a generalised
  one. Here the test is not estimable.
* A score statistic without variance is 0 in R, and not estimable here.
* `cox.zph` leaves out covariates that have no coefficient. Models that have such are not compared.
* R's log-rank test knows no late entry, but the score test with exact ties is that test. With late entry R goes through
  every choice of tied patients, so that exact ties are compared where there are few.
* `survSplit` does not merge times that differ by rounding alone, so that periods are compared in whole days.
"""

import numpy as np
import pandas as pd
import pytest
from cox_tables import growing_together, in_broken_months, public_cox_tables, random_cox_table, strong_table
from r_program import Agreement, run_r, stacked, unstacked

from smmlib import (
    cox_regression,
    cox_residuals,
    hazard_ratio,
    hazard_ratio_test,
    logrank_test,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    subgroup_hazard_ratios,
)

pytestmark = pytest.mark.other_package

RANDOM_TABLES = 200
FORMS = ["plain", "stratified", "late", "stratified late"]
PARTS = ["arm", "model", "zph", "limits", "parts", "breslow"]
NAMES = {"arm": "arm", "reference": "reference"}
COVARIATES = ["in_arm", "x", "w"]


def tables_for_r():
    days = public_cox_tables() | {f"random {seed}": random_cox_table(seed) for seed in range(RANDOM_TABLES)}
    months = {f"random {seed}, months": in_broken_months(random_cox_table(seed), seed) for seed in range(6, 54, 4)}
    strong = {f"strong {seed}": strong_table(seed) for seed in range(8)}
    return days | months | strong | {f"together {seed}": growing_together(seed) for seed in range(4)}


def fits_for_r(names):
    """A form or two of the arm alone for each table; of the rest, which takes R longer, one form, and not for all."""
    lines = []
    for number, name in enumerate(names):
        form, other = FORMS[number % 4], FORMS[(number + 1) % 4]
        days = not name.endswith("months")  # in months, R would cut between times that are equal but for rounding
        parts = {"zph": number % 3 == 0 or not days, "limits": number % 50 == 7, "parts": number % 5 == 0 and days}
        lines.append({"table": name, "form": form, "arm": 1, "model": 1, "breslow": number // 4 % 2} | parts)
        lines.append({"table": name, "form": other, "arm": number % 2, "breslow": 1})
    return pd.DataFrame(lines).fillna(0).astype(dict.fromkeys(PARTS, int))


def cuts_of(table):
    """At an observed time, and between two."""
    return sorted({float(table["time"].quantile(0.3, "lower")), float(np.floor(table["time"].quantile(0.7))) + 0.5})


class Beside:
    """R's numbers by table and group, and the patients that they are of."""

    def __init__(self, folder):
        given = tables_for_r()
        cuts = pd.DataFrame([(name, cut) for name, table in given.items() for cut in cuts_of(table)])
        cuts.columns = ["table", "cut"]
        self.results = run_r("cox", folder, rows=stacked(given), fits=fits_for_r(given), cuts=cuts)
        self.tables = unstacked(folder / "data.csv")

    def of(self, what):
        """Table name, its patients, the parts of the group, and R's numbers, for each that R computed."""
        for (name, verb, group), numbers in self.results.items():
            if verb == what:
                yield name, self.tables[name], group.split("|"), numbers

    def fits(self, what, *more):
        """The same for each fitted model, with the three tables of numbers of it in one dict."""
        for (name, verb, group), numbers in self.results.items():
            if verb == what and group.endswith(" coefficients"):
                key = group.removesuffix(" coefficients")
                others = {kind: self.results[name, verb, f"{key} {kind}"] for kind in ("covariance", "tests")}
                yield name, self.tables[name], key.split("|"), {"coefficients": numbers} | others

    def analyses(self, what):
        """Table name, form, rule for ties and patients of each analysis by parts whose test R computed."""
        for name, table, (form, ties, *more), _ in self.of(what):
            if more == ["test"]:
                yield name, form, ties, table

    def parts(self, what, name, form, ties):
        """The fitted models of the parts of one analysis, by the label of the part."""
        start = f"{form}|{ties}|"
        for (table, verb, group), numbers in self.results.items():
            if (table, verb) == (name, what) and group.startswith(start) and group.endswith(" coefficients"):
                yield group.removesuffix(" coefficients").removeprefix(start).split("|"), {"coefficients": numbers}

    def test(self, what, name, form, ties):
        return self.results[name, what, f"{form}|{ties}|test"].loc[0]


def options(table, form):
    """Strata and late entry of a form."""
    return {
        "strata": table["stratum"] if "stratified" in form else None,
        "entry": table["entry"] if "late" in form else None,
    }


def arms_of(table, form):
    return (table["time"], table["event"], table["in_arm"]), options(table, form) | NAMES


class Compared(Agreement):
    """Agreement of arrays as a whole: differences relative to the largest of R's numbers, or to `unit` if larger.

    A residual or a covariance of zero is one only up to the rounding error of the sums that it is a difference of.
    """

    values = 0

    def array(self, label, ours, theirs, unit=0.0):
        ours, theirs = np.ravel(ours).astype(float), np.ravel(theirs).astype(float)
        assert ours.shape == theirs.shape, label
        self.values += len(ours)
        scale = max(np.abs(theirs).max(initial=0), unit)
        self.add(label, 1 + (ours - theirs) / scale, 1)


def compare_fit(agreement, label, ours, theirs):
    """Coefficients, standard errors, covariance, likelihoods and tests of a CoxModel."""
    scale = 1 / ours.std_errors
    agreement.array(label, ours.coefficients * scale, theirs["coefficients"]["coefficient"] * scale, unit=1)
    agreement.array(label, ours.std_errors, theirs["coefficients"]["std_error"])
    covariance = theirs["covariance"]["value"].to_numpy().reshape(ours.covariance.shape)
    agreement.array(label, ours.covariance * np.outer(scale, scale), covariance * np.outer(scale, scale))
    tests = theirs["tests"].loc[0]
    likelihoods = [ours.log_likelihood, ours.null_log_likelihood]
    agreement.array(label, likelihoods, [tests.log_likelihood, tests.null], unit=1)
    chi_squares = [ours.score_test.statistic, ours.wald_test.statistic]
    agreement.array(label, chi_squares, [tests.score, tests.wald], unit=1)
    assert ours.score_test.df == tests.df, label


def test_hazard_ratio(beside):
    agreement, not_estimable = Compared(), 0
    for name, table, (form, ties), theirs in beside.fits("hazard_ratio"):
        label, (columns, given) = (name, form, ties), arms_of(table, form)
        ours, numbers, tests = (
            hazard_ratio(*columns, ties=ties, **given),
            theirs["coefficients"].loc[0],
            theirs["tests"].loc[0],
        )
        statistics = [
            hazard_ratio_test(*columns, kind=kind, ties=ties, **given).statistic
            for kind in ("score", "wald", "likelihood-ratio")
        ]
        if np.isnan(ours.value):
            not_estimable += 1
            monotone_direction = np.isfinite([ours.low, ours.high]).any()
            if monotone_direction:
                assert abs(numbers.coefficient) > 10, label
                agreement.array(label, statistics[0], tests.score, unit=1)
                agreement.array(label, statistics[2], 2 * (tests.log_likelihood - tests.null), unit=1)
            else:
                assert not numbers.std_error > 0 or numbers.std_error > 1e4, (label, numbers)
            continue
        agreement.array(label, np.log(ours.value) / ours.std_error, numbers.coefficient / ours.std_error, unit=1)
        agreement.array(label, ours.std_error, numbers.std_error)
        expected = [tests.score, tests.wald, 2 * (tests.log_likelihood - tests.null)]
        agreement.array(label, statistics, expected, unit=1)
    agreement.check()


def test_logrank_test_with_late_entry(beside):
    """R has none, but its score test with exact ties is the log-rank test."""
    agreement = Compared()
    for name, table, (form, ties), theirs in beside.fits("hazard_ratio"):
        if ties == "exact":
            columns, given = arms_of(table, form)
            ours, expected = logrank_test(*columns, **given), theirs["tests"].loc[0]
            if np.isnan(ours.statistic):
                assert not expected.score > 1e-12, (name, form)
                continue
            agreement.array((name, form), ours.statistic, expected.score, unit=1)
    agreement.check()


def test_profile_and_score_limits(beside):
    agreement = Compared()
    for name, table, (form, ties, interval), numbers in beside.of("limits"):
        columns, given = arms_of(table, form)
        ours = hazard_ratio(*columns, ties=ties, interval=interval, **given)
        low, high = numbers.loc[0, ["low", "high"]]
        agreement.array((name, form, ties, interval), np.log([ours.low, ours.high]), [low, high])
    agreement.check()


def fitted(table, form, ties, **more):
    return cox_regression(table["time"], table["event"], table[COVARIATES], ties=ties, **options(table, form), **more)


def test_cox_regression(beside):
    agreement, not_estimable = Compared(), 0
    for name, table, (form, ties), theirs in beside.fits("cox_regression"):
        label, ours, numbers = (name, form, ties), fitted(table, form, ties), theirs["coefficients"]
        known = ~np.isnan(ours.coefficients)
        if known.all():
            compare_fit(agreement, label, ours, theirs)
            continue
        not_estimable += 1
        assert not any(exists_in_r(numbers, table)[~known]), label
        scale = 1 / ours.std_errors[known]
        agreement.array(label, ours.coefficients[known] * scale, numbers["coefficient"][known] * scale, unit=1)
        agreement.array(label, ours.std_errors[known], numbers["std_error"][known])
        tests = theirs["tests"].loc[0]
        agreement.array(label, ours.null_log_likelihood, tests.null, unit=1)
        if ours.score_test.df == tests.df > 0:
            agreement.array(label, ours.score_test.statistic, tests.score, unit=1)
        if not np.isnan(ours.wald_test.statistic):
            agreement.array(label, ours.wald_test.statistic, tests.wald, unit=1)
            agreement.array(label, ours.log_likelihood, tests.log_likelihood, unit=1)
    agreement.check()
    assert not_estimable > 20


def exists_in_r(numbers, table):
    """Whether R's coefficients are numbers, and not where its iteration stopped on its way to infinity."""
    spread = table[COVARIATES].std()
    coefficients, std_errors = numbers["coefficient"].to_numpy() * spread, numbers["std_error"].to_numpy() * spread
    return (abs(coefficients) < 6) & (std_errors > 0) & (std_errors < 100)


def test_robust_standard_errors(beside):
    agreement = Compared()
    for name, table, (form, ties), theirs in beside.fits("robust"):
        ours = fitted(table, form, ties, cluster=table["cluster"])
        if np.isnan(ours.coefficients).any():
            continue
        covariance = theirs["covariance"]["value"].to_numpy()
        agreement.array((name, form, ties), ours.covariance, covariance)
        if np.isnan(ours.wald_test.statistic):
            assert table["cluster"].nunique() <= len(COVARIATES), (name, form, ties)
            continue
        agreement.array((name, form, ties), ours.wald_test.statistic, theirs["tests"].loc[0, "wald"], unit=1)
    agreement.check()


def test_cox_residuals(beside):
    agreement = Compared()
    for name, table, (form, ties, kind), numbers in beside.of("residuals"):
        model = fitted(table, form, ties)
        if np.isnan(model.coefficients).any():  # R's are of where its iteration stopped
            continue
        if name.startswith("strong") and "late" in form and kind == "martingale":  # differences of sums in R
            continue
        ours = cox_residuals(model, kind=kind)
        if ours.ndim == 1:
            agreement.array((name, form, ties, kind), ours, numbers["value"], unit=1)
            continue
        theirs = numbers["value"].to_numpy().reshape(3, -1).T
        for index, covariate in enumerate(COVARIATES):
            label = (name, form, ties, kind, covariate)
            agreement.array(label, ours[:, index], theirs[:, index], unit=table[covariate].std() + 1e-9)
    agreement.check()


def test_proportional_hazards_test(beside):
    agreement = Compared()
    for name, table, (form, ties, transform), numbers in beside.of("zph"):
        model = fitted(table, form, ties)
        if np.isnan(model.coefficients).any():  # R's are of where its iteration stopped
            continue
        label, ours = (name, form, ties, transform), proportional_hazards_test(model, transform=transform)
        agreement.array(label, [*ours.statistic, ours.global_test.statistic], numbers["statistic"], unit=1)
        agreement.array(label, [*ours.p_value, ours.global_test.p_value], numbers["p_value"])
        assert ours.global_test.df == numbers["df"].iloc[-1]
    agreement.check()


# ---- parts of a trial


def compare_part(agreement, label, ours, theirs):
    numbers = theirs["coefficients"].loc[0]
    if np.isnan(ours.value):
        assert not (abs(numbers.coefficient) < 8 and 0 < numbers.std_error < 100), label
        return
    agreement.array(label, np.log(ours.value) / ours.std_error, numbers.coefficient / ours.std_error, unit=1)
    agreement.array(label, ours.std_error, numbers.std_error)


def compare_test(agreement, label, analysis, theirs):
    """A difference of two log-likelihoods is known to the rounding error of these."""
    if not any(np.isnan(part.value) for part in analysis.hazard_ratios):
        ours, unit = analysis.interaction_test, max(1, abs(theirs.log_likelihood))
        agreement.array((*label, "test"), ours.statistic, theirs.statistic, unit=unit)
        assert ours.df == theirs.df, label


def test_subgroup_hazard_ratios(beside):
    agreement = Compared()
    for name, form, ties, table in beside.analyses("subgroup"):
        columns, given = arms_of(table, form)
        ours = subgroup_hazard_ratios(*columns, table["w"], ties=ties, **given)
        parts = dict(zip(ours.labels, ours.hazard_ratios, strict=True))
        for (label, *_), theirs in beside.parts("subgroup", name, form, ties):
            compare_part(agreement, (name, form, ties, label), parts[f"{float(label):g}"], theirs)
        compare_test(agreement, (name, form, ties), ours, beside.test("subgroup", name, form, ties))
    agreement.check()


def test_piecewise_hazard_ratios(beside):
    agreement = Compared()
    for name, form, ties, table in beside.analyses("period"):
        columns, given = arms_of(table, form)
        ours = piecewise_hazard_ratios(
            *columns, cuts=beside.results[name, "cuts", ""]["cut"].unique(), ties=ties, **given
        )
        for (period, *_), theirs in beside.parts("period", name, form, ties):
            part = ours.hazard_ratios[int(period) - 1]
            compare_part(agreement, (name, form, ties, period), part, theirs)
            counts = beside.results[name, "period", f"{form}|{ties}|{period}|counts"].loc[0]
            assert (part.n, part.events) == (counts.n, counts.events), (name, form, period)
        compare_test(agreement, (name, form, ties), ours, beside.test("period", name, form, ties))
    agreement.check()
