"""Hazard ratios in parts of a trial: by subgroup of patients, and by period of follow-up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.checks import (
    check_arms,
    check_choice,
    check_cuts,
    check_indicator,
    check_same_order,
    check_strata,
    check_times,
    coded_labels,
)
from smmlib.stats.comparison.hazard_ratio import cox_model_in_words, estimate_from, hazard_ratio
from smmlib.stats.comparison.partial_likelihood import AnyRiskSets, monotone_direction, peak_or_end, risk_sets
from smmlib.stats.counts import as_int
from smmlib.stats.cox.model import cox_regression
from smmlib.stats.distributions import chi_square_tail
from smmlib.stats.event_table import EventTable, merged_with_entry, snap_to_ties
from smmlib.stats.results import NOT_ESTIMABLE, Estimate, HypothesisTest, SubgroupAnalysis, not_estimable
from smmlib.stats.two_arms import counts_of, two_arm_table
from smmlib.stats.types import (
    Arms,
    Booleans,
    ComparedCounts,
    Floats,
    Integers,
    Labels,
    PatientCounts,
    Ties,
    TiesOfCovariates,
)


class _Columns(TypedDict):
    """What models are stratified by, and when patients come under observation."""

    strata: Integers | None
    entry: Floats | None


class _Options(TypedDict):
    """Of the model of each subgroup."""

    ties: TiesOfCovariates
    arm: str
    reference: str
    conf_level: float


TIES: tuple[TiesOfCovariates, ...] = ("efron", "breslow")


def subgroup_hazard_ratios(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    subgroup: Labels,
    *,
    arm: str,
    reference: str,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    ties: TiesOfCovariates = "efron",
    conf_level: float = 0.95,
) -> SubgroupAnalysis:
    """Hazard ratio of the arm relative to the reference in each subgroup, and the test of interaction.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata, entry, conf_level
        As in `hazard_ratio`.
    subgroup : array-like, shape (n,)
        Subgroup of each patient, any labels. They come in the order of pandas categories, numbers or the alphabet.
    ties : {"efron", "breslow"}
        Partial likelihood at tied event times.

    Returns
    -------
    SubgroupAnalysis
        In the order of the labels. Each hazard ratio is from a Cox model of that subgroup alone, and not estimable
        where the subgroup lacks one of the arms. The test of interaction is the likelihood-ratio test of arm by
        subgroup, in a model of arm and subgroup. A subgroup without an event tells nothing of a hazard and is left out
        of the test, where R's `anova` counts a degree of freedom for it. Not estimable where fewer than two subgroups
        have events, and where none has a hazard ratio: a P value would then compare ratios that nobody can see.

    Raises
    ------
    ValueError
        As `hazard_ratio`, or if a patient has no subgroup.

    References
    ----------
    .. [1] Wang et al. (2007), N Engl J Med 357:2189-2194.

    Examples
    --------
    By hand: in subgroup a, the new arm has the events at 1 and 3 and the old arm that at 2. The likelihood is at its
    maximum where 2 = 2r/(2r + 1) + r/(r + 1) + 1, at r = √(1/2). In b the arms are swapped, which makes it √2. R's
    `anova` of the two Cox models gives an interaction of 0.196.

    >>> from smmlib import subgroup_hazard_ratios
    >>> time, event, in_arm = [1, 2, 3, 1, 2, 3], [1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0]
    >>> found = subgroup_hazard_ratios(time, event, in_arm, list("aaabbb"), arm="new", reference="old")
    >>> print([f"{label}: {ratio.value:.3f}" for label, ratio in zip(found.labels, found.hazard_ratios)])
    ['a: 0.707', 'b: 1.414']
    >>> print(f"{found.interaction_test.statistic:.3f}")
    0.196
    """
    check_choice(ties, TIES, "ties")
    given = {"time": time, "event": event, "in_arm": in_arm, "subgroup": subgroup, "strata": strata, "entry": entry}
    check_same_order(given)
    time = check_times(time)
    event, in_arm = check_indicator(event, "event", len(time)), check_arms(in_arm, len(time), arm, reference)
    code, subgroups = coded_labels(subgroup, "subgroup", len(time))
    late = None
    if entry is not None:
        time, late = merged_with_entry(time, check_times(entry, "entry"))
    columns: _Columns = {"strata": None if strata is None else check_strata(strata, len(time)), "entry": late}
    options: _Options = {"ties": ties, "arm": arm, "reference": reference, "conf_level": conf_level}
    labels = [str(label) for label in subgroups]
    ratios = [
        _ratio_among(code == one, label, time, event, in_arm, columns, options) for one, label in enumerate(labels)
    ]
    observed = {"time": time, "event": event, "in_arm": in_arm, "code": code}
    test = _interaction_test(observed, ratios, ties, columns)
    words = cox_model_in_words(ties, strata, entry)
    return SubgroupAnalysis(
        labels=tuple(labels),
        hazard_ratios=tuple(ratios),
        interaction_test=replace(test, arm=arm, reference=reference),
        method=f"{words} in each subgroup; likelihood-ratio test of arm by subgroup",
    )


def piecewise_hazard_ratios(
    time: ArrayLike,
    event: ArrayLike,
    in_arm: ArrayLike,
    *,
    cuts: ArrayLike,
    arm: str,
    reference: str,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> SubgroupAnalysis:
    """Hazard ratio of the arm relative to the reference in each period of follow-up, and the test of a change.

    Parameters
    ----------
    time, event, in_arm, arm, reference, strata, entry, ties, conf_level
        As in `hazard_ratio`.
    cuts : sequence of float
        Times that divide the follow-up, increasing and above zero, in the unit of `time`; an event at a cut belongs
        to the period that ends there. To be pre-specified, so there is no default.

    Returns
    -------
    SubgroupAnalysis
        A hazard ratio for each period, from the patients still at risk in it and the events within it; the test is
        the likelihood-ratio test of one hazard ratio throughout.

    Raises
    ------
    ValueError
        As `hazard_ratio`, or if the cuts are not increasing times above zero.

    References
    ----------
    .. [1] Therneau & Grambsch (2000), Modeling Survival Data, section 6.5.

    Examples
    --------
    Remission in Freireich 1963, before and after 10 weeks: 0.270 and 0.148, and a chi-square of 0.537 for the change,
    by R's `survSplit` and `coxph`.

    >>> from smmlib import analysis_data, piecewise_hazard_ratios
    >>> remission = analysis_data("freireich-1963").endpoint("remission")
    >>> columns = remission.time, remission.event, remission.arm == "6-mp"
    >>> found = piecewise_hazard_ratios(*columns, cuts=[10], arm="6-MP", reference="placebo")
    >>> print([f"{label}: {ratio.value:.3f}" for label, ratio in zip(found.labels, found.hazard_ratios)])
    ['0 to 10: 0.270', 'after 10: 0.148']
    >>> print(f"{found.interaction_test.statistic:.3f}")
    0.537
    """
    cuts = check_cuts(cuts)
    table = two_arm_table(time, event, in_arm, arm=arm, reference=reference, strata=strata, entry=entry)
    model = cox_model_in_words(ties, strata, entry)
    at = snap_to_ties(cuts, np.unique(np.concatenate([table.time, table.entry_time])))
    period, entered_in = np.searchsorted(at, table.time), np.searchsorted(at, table.entry_time, side="right")
    edges = [f"{edge:g}" for edge in (0, *cuts)]
    labels = [f"{start} to {end}" for start, end in pairwise(edges)] + [f"after {edges[-1]}"]
    names: Arms = {"arm": arm, "reference": reference}
    sets = [risk_sets(_rows_of(table, period == one), ties) for one in range(len(labels))]
    ratios = [
        estimate_from(
            one_set,
            f"{model}, period {label}",
            "wald",
            conf_level,
            {**names, **_counts_in(table, period, entered_in, one)},
        )
        for one, (label, one_set) in enumerate(zip(labels, sets, strict=True))
    ]
    words = f"{model} in each period; likelihood-ratio test of one hazard ratio throughout"
    counts: ComparedCounts = {**names, **counts_of(table)}
    test = _change_test(sets, risk_sets(table, ties), f"{model}, likelihood-ratio test of one hazard ratio", counts)
    return SubgroupAnalysis(labels=tuple(labels), hazard_ratios=tuple(ratios), interaction_test=test, method=words)


def _ratio_among(
    members: Booleans, label: str, time: Floats, event: Booleans, in_arm: Booleans, columns: _Columns, options: _Options
) -> Estimate:
    """The hazard ratio of one subgroup, or the reason why it has none."""
    for name, there in ((options["arm"], in_arm[members]), (options["reference"], ~in_arm[members])):
        if not there.any():
            method = not_estimable(f"Subgroup {label}", f"it has no patients of arm {name!r}")
            counts: PatientCounts = {"n": int(members.sum()), "events": int(event[members].sum())}
            names: Arms = {"arm": options["arm"], "reference": options["reference"]}
            return Estimate(NOT_ESTIMABLE, unit="ratio", **method, **names, **counts)
    strata, entry = (None if values is None else values[members] for values in (columns["strata"], columns["entry"]))
    ratio = hazard_ratio(time[members], event[members], in_arm[members], strata=strata, entry=entry, **options)
    return replace(ratio, method=f"Subgroup {label}: {ratio.method}")


def _dummies(code: Integers) -> dict[str, Booleans]:
    """A column for each subgroup but the first."""
    return {f"subgroup {one}": code == one for one in range(1, code.max() + 1)}


def _interaction_test(
    observed: Mapping[str, Any], ratios: Sequence[Estimate], ties: TiesOfCovariates, columns: _Columns
) -> HypothesisTest:
    """The test among the subgroups in which there are events: without one, its hazard is 0 whatever the arm does."""
    code, event = observed["code"], observed["event"]
    counts: PatientCounts = {"n": len(event), "events": int(event.sum())}
    with_events = np.unique(code[event])
    if len(with_events) < 2 or all(np.isnan(ratio.value) for ratio in ratios):
        few = len(with_events) < 2
        why = "events are in one subgroup at most" if few else "no subgroup has a hazard ratio that is estimable"
        missing = not_estimable("Cox model, likelihood-ratio test of arm by subgroup", why)
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 0, **missing, **counts)
    kept = np.isin(code, with_events)
    among: _Columns = {
        "strata": None if columns["strata"] is None else columns["strata"][kept],
        "entry": None if columns["entry"] is None else columns["entry"][kept],
    }
    subgroups = _dummies(np.searchsorted(with_events, code[kept]))
    observed = {name: values[kept] for name, values in observed.items()}
    return replace(_ratio_of_models(observed, subgroups, ties, among), **counts)


def _ratio_of_models(
    observed: Mapping[str, Any], subgroups: dict[str, Booleans], ties: TiesOfCovariates, columns: _Columns
) -> HypothesisTest:
    time, event, in_arm = (observed[name] for name in ("time", "event", "in_arm"))
    main = {"arm": in_arm, **subgroups}
    products = {f"arm by {name}": in_arm & members for name, members in subgroups.items()}
    without = cox_regression(time, event, main, ties=ties, **columns)
    with_products = cox_regression(time, event, main | products, ties=ties, **columns)
    method = f"{without.method}, likelihood-ratio test of arm by subgroup"
    df = with_products.likelihood_ratio_test.df - without.likelihood_ratio_test.df
    gain = 2 * (with_products.log_likelihood - without.log_likelihood)
    compared = not np.isnan(without.coefficients[0])
    return _ratio_test(gain, df if compared else 0, method, {"n": len(time), "events": int(event.sum())})


def _change_test(
    parts: Sequence[AnyRiskSets], whole_follow_up: AnyRiskSets, method: str, counts: ComparedCounts
) -> HypothesisTest:
    """Twice the gain in log-likelihood by a hazard ratio of its own in each period that tells one."""
    informative = [sets for sets in parts if monotone_direction(sets) != 0]
    highest = sum(sets.at(peak_or_end(sets))[0] for sets in informative)
    flat = sum(sets.at(0.0)[0] for sets in parts if monotone_direction(sets) == 0)
    gain = 2 * (highest + flat - whole_follow_up.at(peak_or_end(whole_follow_up))[0])
    df = len(informative) - 1 if monotone_direction(whole_follow_up) is None else 0
    return _ratio_test(gain, df, method, counts)


def _ratio_test(gain: float, df: int, method: str, counts: PatientCounts | ComparedCounts) -> HypothesisTest:
    if df < 1:
        missing = not_estimable(method, "events of both arms are compared in one part at most")
        return HypothesisTest(NOT_ESTIMABLE, NOT_ESTIMABLE, 0, **missing, **counts)
    statistic = max(float(gain), 0.0)
    return HypothesisTest(statistic, chi_square_tail(statistic, df), df, f"{method}, two-sided", **counts)


def _rows_of(table: EventTable, rows: Booleans) -> EventTable:
    """The rows of an event table that belong to a period; who is at risk at them stays the same."""
    counts = {name: getattr(table, name)[:, rows] for name in ("at_risk", "events", "censored")}
    return replace(table, time=table.time[rows], stratum=table.stratum[rows], **counts)


def _counts_in(table: EventTable, period: Integers, entered_in: Integers, one: int) -> PatientCounts:
    """Patients at risk in a period, who leave in it or later and do not enter after it, and its events."""
    leaving = (table.events + table.censored)[:, period >= one].sum()
    return {
        "n": as_int(leaving - table.entered[:, entered_in > one].sum()),
        "events": as_int(table.events[:, period == one].sum()),
    }
