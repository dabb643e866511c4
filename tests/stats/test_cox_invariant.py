"""What must not change in a Cox model, or must change in a known way, whatever the patients are."""

import numpy as np
import pytest
from cox_tables import separated_table
from hypothesis import given, settings
from hypothesis import strategies as st

from smmlib import (
    cox_regression,
    cox_residuals,
    hazard_ratio,
    hazard_ratio_test,
    piecewise_hazard_ratios,
    proportional_hazards_test,
    subgroup_hazard_ratios,
)

pytestmark = pytest.mark.invariant

DAYS_A_MONTH = 365.25 / 12
NAMES = {"arm": "new", "reference": "old"}
SWAPPED = {"arm": "old", "reference": "new"}
# The information is that before the last step, of 1e-9 standard deviations at most.
OF_INFORMATION = 1e-8

reproducible = settings(deadline=None, derandomize=True, max_examples=40, database=None)


class Drawn:
    """Whole days, from 1, with ties; late entry; events; arms, both present; strata; two covariates."""

    def __init__(self, draw):
        size = draw(st.integers(2, 40))
        each = {"min_size": size, "max_size": size}
        latest = draw(st.sampled_from([3, 30, 2000]))
        self.time = np.array(draw(st.lists(st.integers(1, latest), **each)))
        self.entry = np.array([draw(st.integers(0, int(time) - 1)) for time in self.time])
        self.event = np.array(draw(st.lists(st.booleans(), **each)))
        self.in_arm = np.array(draw(st.lists(st.booleans(), **each)))
        self.in_arm[:2] = True, False
        self.strata = np.array(draw(st.lists(st.sampled_from("ab"), **each)))
        self.x = np.array(draw(st.lists(st.integers(-8, 8), **each))) / 4
        self.w = np.array(draw(st.lists(st.integers(0, 2), **each)))

    def model(self, rows=slice(None), **options):
        given = {"strata": self.strata[rows], "entry": self.entry[rows]} | options
        covariates = {"arm": self.in_arm[rows], "x": self.x[rows], "w": self.w[rows]}
        return cox_regression(self.time[rows], self.event[rows], covariates, **given)

    def ratio(self, verb=hazard_ratio, **options):
        given = {"strata": self.strata, "entry": self.entry} | NAMES | options
        return verb(self.time, self.event, self.in_arm, **given)


class Collinear(Drawn):
    """With an x that the arm and w determine, everywhere or at late times alone."""

    def __init__(self, draw):
        super().__init__(draw)
        of_arm, of_w = draw(st.sampled_from([-2, 0, 0.25, 1])), draw(st.sampled_from([-0.1, 0, 0.5, 1]))
        determined = self.time >= draw(st.sampled_from([0, 2, 10]))
        self.x = np.where(determined, of_arm * self.in_arm + of_w * self.w, self.x)


patients = st.composite(Drawn)
collinear_patients = st.composite(Collinear)


def same(ours, expected, rel=OF_INFORMATION):
    assert ours == pytest.approx(expected, rel=rel, abs=1e-9, nan_ok=True)


def numbers(estimate):
    return np.log([estimate.value, estimate.low, estimate.high]), estimate.std_error


def same_estimate(ours, expected):
    """Relative to the standard error, as limits are wide where little is known."""
    scale = 1 if np.isnan(expected.std_error) else expected.std_error
    same(numbers(ours)[0] / scale, numbers(expected)[0] / scale)
    same(ours.std_error, expected.std_error)


def same_model(ours, expected):
    same(ours.coefficients / expected.std_errors, expected.coefficients / expected.std_errors)
    same(ours.std_errors, expected.std_errors)
    if not np.isnan(expected.coefficients).any():
        same_tests(ours, expected)


def same_tests(ours, expected):
    same(ours.log_likelihood, expected.log_likelihood)
    for name in ("wald_test", "score_test", "likelihood_ratio_test"):
        same(getattr(ours, name).statistic, getattr(expected, name).statistic)


# ---- units and order


@reproducible
@given(patients(), st.integers(0, 100_000))
def test_days_and_months_badly_divided(drawn, start):
    """Ties that rounding breaks are ties, of entries too, and ranks are those of ties."""
    starts = start + np.arange(len(drawn.time)) * 37
    months = [(starts + days) / DAYS_A_MONTH - starts / DAYS_A_MONTH for days in (drawn.time, drawn.entry)]
    time, entry = months[0], np.maximum(months[1], 0)
    columns = {"arm": drawn.in_arm, "x": drawn.x, "w": drawn.w}
    in_days = drawn.model()
    in_months = cox_regression(time, drawn.event, columns, strata=drawn.strata, entry=entry)
    same_model(in_months, in_days)
    for kind in ("martingale", "score", "schoenfeld"):
        if not np.isnan(in_days.coefficients).any():
            same(cox_residuals(in_months, kind=kind), cox_residuals(in_days, kind=kind))
    for ties in ("efron", "exact"):
        options = {"strata": drawn.strata, "entry": entry, "ties": ties}
        broken = hazard_ratio(time, drawn.event, drawn.in_arm, **options, **NAMES)
        same_estimate(broken, drawn.ratio(ties=ties))
    plain_days = drawn.model(strata=None, entry=None)
    plain_months = cox_regression(time, drawn.event, columns)
    for transform in ("km", "rank", "identity", "log"):
        ours, expected = (proportional_hazards_test(model, transform=transform) for model in (plain_months, plain_days))
        if transform != "log" and np.isfinite(expected.statistic).all() and not np.isnan(plain_days.coefficients).any():
            same(ours.statistic, expected.statistic, rel=1e-6)


@reproducible
@given(patients() | collinear_patients(), st.randoms(use_true_random=False))
def test_order_of_the_rows(drawn, random):
    rows = list(range(len(drawn.time)))
    random.shuffle(rows)
    shuffled, given_order = drawn.model(rows), drawn.model()
    same_model(shuffled, given_order)
    for one, other in zip(shuffled.hazard_ratios, given_order.hazard_ratios, strict=True):
        assert one.method == other.method
    assert shuffled.score_test.df == given_order.score_test.df
    if np.isnan(given_order.coefficients).any():
        return
    for kind in ("martingale", "score"):
        same(cox_residuals(shuffled, kind=kind), cox_residuals(given_order, kind=kind)[rows])


# Where rounding decided, in one order of the rows or another, what grows without end and what is not told beside it.
@pytest.mark.parametrize("seed", [162, 608, 646, 1269, 1733, 2756, 2994, 3149, 3473, 3782, *range(40)])
def test_order_of_the_rows_where_hazards_grow_without_end(seed):
    table, rng = separated_table(seed), np.random.default_rng(1)

    def fitted(rows):
        shuffled = table.iloc[rows]
        covariates = shuffled[["in_arm", "x", "w"]].reset_index(drop=True)
        columns = (shuffled[name].to_numpy() for name in ("time", "event"))
        return cox_regression(
            *columns, covariates, strata=shuffled["stratum"].to_numpy(), entry=shuffled["entry"].to_numpy()
        )

    expected = fitted(np.arange(len(table)))
    for _ in range(6):
        ours = fitted(rng.permutation(len(table)))
        same(ours.coefficients / expected.std_errors, expected.coefficients / expected.std_errors)
        same(ours.std_errors, expected.std_errors)
        same_tests(ours, expected)
        for one, other in zip(ours.hazard_ratios, expected.hazard_ratios, strict=True):
            assert one.method == other.method


@reproducible
@given(patients(), st.sampled_from([1e-6, 0.1, 7, 1e6]), st.sampled_from([-1e4, 0, 3.5, 1e6]))
def test_units_of_a_covariate(drawn, scale, shift):
    """x becomes scale * x + shift: its coefficient is divided by the scale, and nothing else changes."""
    columns = {"arm": drawn.in_arm, "w": drawn.w}
    before = cox_regression(drawn.time, drawn.event, {"x": drawn.x} | columns, strata=drawn.strata, entry=drawn.entry)
    # Of the quarters that x is made of, this share is lost to rounding.
    lost = 1e-15 * abs(shift) / (scale / 4)
    changed = {"x": scale * drawn.x + shift} | columns
    after = cox_regression(drawn.time, drawn.event, changed, strata=drawn.strata, entry=drawn.entry)
    if np.isnan(before.coefficients).any():
        assert np.isnan(after.coefficients).any()
        return
    factor = np.array([scale, 1, 1])
    rel = max(OF_INFORMATION, 10 * lost)
    same(factor * after.coefficients / before.std_errors, before.coefficients / before.std_errors, rel)
    same(factor * after.std_errors, before.std_errors, rel)
    same(after.log_likelihood, before.log_likelihood, rel)


# ---- the arms, swapped


@reproducible
@given(patients(), st.sampled_from(["wald", "profile", "score"]), st.sampled_from(["efron", "breslow", "exact"]))
def test_swapped_arms_invert_the_ratio(drawn, interval, ties):
    there = drawn.ratio(interval=interval, ties=ties)
    options = {"strata": drawn.strata, "entry": drawn.entry, "interval": interval, "ties": ties}
    back = hazard_ratio(drawn.time, drawn.event, ~drawn.in_arm, **options, **SWAPPED)
    scale = 1 if np.isnan(there.std_error) else there.std_error
    (value, low, high), (back_value, back_low, back_high) = numbers(there)[0], numbers(back)[0]
    same(-np.array([back_value, back_high, back_low]) / scale, np.array([value, low, high]) / scale, rel=1e-7)
    for kind in ("wald", "score", "likelihood-ratio"):
        test = drawn.ratio(hazard_ratio_test, kind=kind, ties=ties)
        swapped = hazard_ratio_test(
            drawn.time,
            drawn.event,
            ~drawn.in_arm,
            kind=kind,
            ties=ties,
            strata=drawn.strata,
            entry=drawn.entry,
            **SWAPPED,
        )
        same((swapped.statistic, swapped.p_value), (test.statistic, test.p_value))


@reproducible
@given(patients())
def test_swapped_arms_leave_the_tests_of_parts(drawn):
    options = {"strata": drawn.strata, "entry": drawn.entry}
    for verb, more in ((subgroup_hazard_ratios, {"subgroup": drawn.w}), (piecewise_hazard_ratios, {"cuts": [2, 10]})):
        there = verb(drawn.time, drawn.event, drawn.in_arm, **more, **options, **NAMES)
        back = verb(drawn.time, drawn.event, ~drawn.in_arm, **more, **options, **SWAPPED)
        same(back.interaction_test.statistic, there.interaction_test.statistic, rel=1e-7)
        assert back.interaction_test.df == there.interaction_test.df
        for one, other in zip(there.hazard_ratios, back.hazard_ratios, strict=True):
            same(np.log(other.value), -np.log(one.value))


# ---- the same patients, written otherwise


@reproducible
@given(patients() | collinear_patients(), st.data())
def test_row_cut_in_two_changes_nothing(drawn, data):
    """A patient at risk in (entry, time] is one at risk in (entry, cut] without the event, and then in (cut, time]."""
    row = data.draw(st.integers(0, len(drawn.time) - 1))
    entry, time = float(drawn.entry[row]), float(drawn.time[row])
    cut = entry + (time - entry) * data.draw(st.sampled_from([0.125, 0.5, 0.75]))
    columns = {"arm": drawn.in_arm, "x": drawn.x, "w": drawn.w}
    longer = {name: np.append(values, values[row]) for name, values in columns.items()}
    times, entries = np.append(drawn.time, cut).astype(float), np.append(drawn.entry, entry).astype(float)
    entries[row] = cut
    strata = np.append(drawn.strata, drawn.strata[row])
    events = np.append(drawn.event, False)
    whole, halves = drawn.model(), cox_regression(times, events, longer, strata=strata, entry=entries)
    same_model(halves, whole)
    for ties in ("efron", "breslow", "exact"):
        ratio = hazard_ratio(times, events, longer["arm"], strata=strata, entry=entries, ties=ties, **NAMES)
        same_estimate(ratio, drawn.ratio(ties=ties))
    if not np.isnan(whole.coefficients).any():
        residuals = cox_residuals(halves, kind="martingale")
        residuals[row] += residuals[-1]
        same(residuals[:-1], cox_residuals(whole, kind="martingale"))
        identity = [proportional_hazards_test(model, transform="identity") for model in (halves, whole)]
        if np.isfinite(identity[1].statistic).all():
            same(identity[0].statistic, identity[1].statistic, rel=1e-6)
        clustered = cox_regression(
            times, events, longer, strata=strata, entry=entries, cluster=np.append(np.arange(len(drawn.time)), row)
        )
        alone = drawn.model(cluster=np.arange(len(drawn.time)))
        same(
            clustered.covariance / np.outer(whole.std_errors, whole.std_errors),
            alone.covariance / np.outer(whole.std_errors, whole.std_errors),
            rel=1e-7,
        )


@reproducible
@given(patients())
def test_everybody_twice_halves_the_variance(drawn):
    """By Breslow's rule, which knows no ties; the robust variance of pairs of twins stays what it was."""
    once = drawn.model(ties="breslow")
    columns = {"arm": drawn.in_arm, "x": drawn.x, "w": drawn.w}
    doubled = {name: np.tile(values, 2) for name, values in columns.items()}
    options = {"strata": np.tile(drawn.strata, 2), "entry": np.tile(drawn.entry, 2), "ties": "breslow"}
    twice = cox_regression(np.tile(drawn.time, 2), np.tile(drawn.event, 2), doubled, **options)
    same(twice.coefficients / once.std_errors, once.coefficients / once.std_errors)
    same(twice.std_errors * np.sqrt(2), once.std_errors)
    if not np.isnan(once.coefficients).any():
        twins = np.tile(np.arange(len(drawn.time)), 2)
        pairs = cox_regression(np.tile(drawn.time, 2), np.tile(drawn.event, 2), doubled, cluster=twins, **options)
        alone = drawn.model(ties="breslow", cluster=np.arange(len(drawn.time)))
        spread = np.outer(once.std_errors, once.std_errors)
        same(pairs.covariance / spread, alone.covariance / spread, rel=1e-7)


@reproducible
@given(patients())
def test_stratum_without_events_changes_nothing(drawn):
    more = {"arm": [1, 0, 1], "x": [50.0, 0.0, -20.0], "w": [9, 9, 0]}
    columns = {"arm": drawn.in_arm, "x": drawn.x, "w": drawn.w}
    wider = {name: np.append(values, more[name]) for name, values in columns.items()}
    times, events = np.append(drawn.time, [1, 2, 3000]), np.append(drawn.event, [False] * 3)
    strata, entry = np.append(drawn.strata, ["c"] * 3), np.append(drawn.entry, [0, 1, 2])
    same_model(cox_regression(times, events, wider, strata=strata, entry=entry), drawn.model())


@reproducible
@given(patients())
def test_patients_who_leave_before_the_first_event_change_nothing(drawn):
    """However extreme their covariates are."""
    columns = {"arm": drawn.in_arm, "x": drawn.x, "w": drawn.w}
    wider = {name: np.append(values, [1e9, -1e6]) for name, values in columns.items()}
    times, events = np.append(drawn.time + 10, [1, 2]), np.append(drawn.event, [False] * 2)
    same_model(cox_regression(times, events, wider), cox_regression(drawn.time + 10, drawn.event, columns))


# ---- one verb and another


@reproducible
@given(patients(), st.sampled_from(["efron", "breslow"]))
def test_model_of_the_arm_alone_is_the_hazard_ratio(drawn, ties):
    options = {"strata": drawn.strata, "entry": drawn.entry, "ties": ties}
    model = cox_regression(drawn.time, drawn.event, {"arm": drawn.in_arm}, **options)
    ratio = drawn.ratio(ties=ties)
    if not np.isnan(ratio.value):
        same_estimate(model.hazard_ratios[0], ratio)
    assert np.isnan(model.coefficients[0]) == np.isnan(ratio.value)
    for kind, theirs in (
        ("wald", model.wald_test),
        ("score", model.score_test),
        ("likelihood-ratio", model.likelihood_ratio_test),
    ):
        test = drawn.ratio(hazard_ratio_test, kind=kind, ties=ties)
        same((test.statistic, test.p_value), (theirs.statistic, theirs.p_value))


@reproducible
@given(patients())
def test_residuals_add_up_to_zero(drawn):
    for ties in ("efron", "breslow"):
        model = drawn.model(ties=ties)
        if np.isnan(model.coefficients).any():
            continue
        martingale = cox_residuals(model, kind="martingale")
        for stratum in set(drawn.strata):
            same(martingale[drawn.strata == stratum].sum(), 0)
        same(cox_residuals(model, kind="score").sum(axis=0), np.zeros(3))
        same(cox_residuals(model, kind="schoenfeld").sum(axis=0), np.zeros(3))


@reproducible
@given(patients(), st.sampled_from(["efron", "breslow"]))
def test_mirrored_patients_show_no_effect(drawn, ties):
    """Each patient again, in the other arm and with the sign of x changed, in the same strata: no effect at all."""
    columns = {"arm": np.append(drawn.in_arm, ~drawn.in_arm), "x": np.append(drawn.x, -drawn.x)}
    time, event = np.tile(drawn.time, 2), np.tile(drawn.event, 2)
    options = {"strata": np.tile(drawn.strata, 2), "entry": np.tile(drawn.entry, 2), "ties": ties}
    model = cox_regression(time, event, columns, **options)
    ratio = hazard_ratio(time, event, columns["arm"], **options, **NAMES)
    for coefficient in (*model.coefficients, np.log(ratio.value)):
        assert np.isnan(coefficient) or abs(coefficient) < 1e-9
    if model.score_test.df:
        same(model.score_test.statistic, 0)


@reproducible
@given(patients())
def test_cut_after_the_last_time_is_no_cut(drawn):
    whole = drawn.ratio()
    parts = drawn.ratio(piecewise_hazard_ratios, cuts=[5000])
    same_estimate(parts.hazard_ratios[0], whole)
    assert (parts.hazard_ratios[0].n, parts.hazard_ratios[0].events) == (whole.n, whole.events)
    assert (parts.hazard_ratios[1].n, parts.hazard_ratios[1].events) == (0, 0)


@reproducible
@given(patients(), st.sampled_from(["profile", "score", "wald"]))
def test_higher_confidence_widens(drawn, interval):
    narrow, wide = (drawn.ratio(interval=interval, conf_level=level) for level in (0.8, 0.99))
    assert not narrow.low < wide.low * (1 - 1e-12)
    assert not narrow.high > wide.high * (1 + 1e-12)


@reproducible
@given(patients())
def test_inputs_are_not_changed(drawn):
    before = {name: values.copy() for name, values in vars(drawn).items()}
    drawn.model(cluster=np.arange(len(drawn.time)))
    drawn.ratio(interval="profile")
    drawn.ratio(piecewise_hazard_ratios, cuts=[2])
    subgroup_hazard_ratios(drawn.time, drawn.event, drawn.in_arm, drawn.w, **NAMES)
    assert all((values == before[name]).all() for name, values in vars(drawn).items())
