"""What an analysis returned stays what it was: nobody writes into it, or changes it through what it was made from."""

import copy
import pickle
from dataclasses import is_dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hand_written_svg import CURVE, write
from project_files import PROJECT

import smmlib
from smmlib import (
    cox_regression,
    cox_residuals,
    cumulative_incidence,
    digitise,
    event_time_shift,
    kaplan_meier,
    proportional_hazards_test,
    reconstruct,
    subgroup_hazard_ratios,
    tipping_point,
    turnbull,
)
from smmlib.curves.reconstruct import compare_reconstructions, reconstruct_competing
from smmlib.stats.event_table import event_table
from smmlib.trial import read_study, read_tables, response_at, time_to_event

pytestmark = pytest.mark.invariant

NAMES = {"arm": "new", "reference": "old"}
SIZE = 40
CAUSE = np.arange(SIZE) % 3
IN_ARM = np.arange(SIZE) % 2 == 0


def columns():
    """Floats, booleans and whole numbers of the types that need no conversion, in an order of their own."""
    rng = np.random.default_rng(8)
    return {
        "time": 5 + rng.exponential(size=SIZE),
        "event": CAUSE == 1,
        "x": rng.normal(size=SIZE),
        "y": rng.normal(size=SIZE),
        "entry": rng.random(SIZE),
        "weights": 1 + rng.random(SIZE),
        "strata": np.arange(SIZE) // 20,
        "followed": np.full(SIZE, 9.0),
    }


def fitted(given, **options):
    return cox_regression(given["time"], given["event"], {name: given[name] for name in ("x", "y")}, **options)


def late(given):
    return fitted(given, entry=given["entry"], strata=given["strata"])


def reconstructed(given):
    return reconstruct((np.array([0.0, 1, 3, 4]), np.array([1, 0.75, 0.375, 0.375])), n=4, arm="new", events=2)


VERBS = {
    "SurvivalCurve": lambda given: kaplan_meier(given["time"], given["event"]),
    "SurvivalCurve, weighted": lambda given: kaplan_meier(
        given["time"], given["event"], weights=given["weights"], entry=given["entry"]
    ),
    "CumulativeIncidenceCurve": lambda given: cumulative_incidence(given["time"], CAUSE, of=1),
    "CoxModel": fitted,
    "CoxModel, late": late,
    "CoxModel, tied": lambda given: fitted(given | {"time": np.floor(2 * given["time"])}),
    "PHTest": lambda given: proportional_hazards_test(fitted(given)),
    "SubgroupAnalysis": lambda given: subgroup_hazard_ratios(
        given["time"], given["event"], IN_ARM, given["strata"], **NAMES
    ),
    "IntervalCensoredCurve": lambda given: turnbull(given["time"], np.where(given["event"], given["time"], np.inf)),
    "TippingPoint": lambda given: tipping_point(
        given["time"],
        given["event"],
        IN_ARM,
        [1, 2],
        followed_until=given["followed"],
        imputations=2,
        seed=1,
        **NAMES,
    ),
    "EventTimeShift": lambda given: event_time_shift(
        given["time"], given["event"], IN_ARM, [0, 1], shifted="new", **NAMES
    ),
    "EventTable": lambda given: event_table(given["time"], given["event"], IN_ARM.view(np.int8)),
    "Reconstruction": reconstructed,
    "ReconstructionComparison": lambda given: compare_reconstructions(
        reconstructed(given), reconstruct(([0, 1, 3], [1, 0.5, 0.25]), n=4, arm="old")
    ),
    "CompetingReconstruction": lambda given: reconstruct_competing(
        {"relapse": ([0, 1, 4], [0, 0.25, 0.25]), "death": ([0, 3, 4], [0, 0.25, 0.25])}, n=4
    ),
}


def arrays_of(value):
    """Every array that can be reached, through results, tuples and mappings; lists and dicts are none of them."""
    assert not isinstance(value, (list, dict, set)), value
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        for item in vars(value).values():
            yield from arrays_of(item)
    elif isinstance(value, tuple | MappingProxyType):
        for item in value.values() if isinstance(value, MappingProxyType) else value:
            yield from arrays_of(item)


def assert_read_only(result):
    for array in arrays_of(result):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_every_kind_of_result_is_looked_at():
    """Those without arrays aside."""
    kinds = {name for name in smmlib.__all__ if is_dataclass(getattr(smmlib, name))}
    assert kinds - {name.split(",")[0] for name in VERBS} == {
        "Estimate",
        "FlemingHarrington",
        "HypothesisTest",
        "ModestlyWeighted",
        "SummaryStatistics",
    }


@pytest.mark.parametrize("verb", VERBS)
def test_results_are_read_only(verb):
    assert_read_only(VERBS[verb](columns()))


@pytest.mark.parametrize("verb", VERBS)
def test_copies_are_read_only(verb):
    """Also those that another process sends."""
    result = VERBS[verb](columns())
    for again in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result), replace(result)):
        assert type(again) is type(result)
        assert_read_only(again)
        for ours, theirs in zip(arrays_of(again), arrays_of(result), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("verb", VERBS)
def test_results_own_what_they_hold(verb):
    """What the caller gave can still be written to, and no result has a part in it."""
    given = columns()
    result = VERBS[verb](given)
    for array in given.values():
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in arrays_of(result))


@pytest.mark.parametrize("fit", [fitted, late])
def test_model_stays_as_it_was_fitted(fit):
    """Whoever changes the patients in place afterwards does not change its tests or residuals."""

    def told(model):
        tests = [
            proportional_hazards_test(model, transform=transform).statistic
            for transform in ("km", "rank", "identity", "log")
        ]
        residuals = [np.ravel(cox_residuals(model, kind=kind)) for kind in ("martingale", "score", "schoenfeld")]
        return np.concatenate([*tests, *residuals])

    given = columns()
    model = fit(given)
    before = told(model)
    for name in ("time", "entry", "x", "y"):
        given[name][:] = given[name][::-1].copy() * 3
    given["event"][:] = True
    np.testing.assert_array_equal(told(model), before)


def test_digitised_figure_is_read_only(tmp_path):
    figure = digitise(write(tmp_path, CURVE))
    held = replace(figure, risk_table={"new": (np.array([0.0, 10]), np.array([4, 3]))}, notes=["one", "two"])
    for result in (figure, held, pickle.loads(pickle.dumps(held)), copy.deepcopy(held)):
        assert_read_only(result)
    assert held.risk_table["new"][1].tolist() == [4, 3]
    with pytest.raises(TypeError):
        held.risk_table["old"] = ()


def test_quality_of_a_reconstruction_is_read_only():
    quality = reconstructed(None).quality
    assert quality.kmdata_points == {"events": 3}
    with pytest.raises(TypeError):
        quality.kmdata_points["events"] = 0


def test_derived_endpoints_are_read_only():
    study = read_study(PROJECT / "params" / "quiredex-2013.yaml")
    tables = read_tables(study)
    results = [time_to_event(study, tables, next(iter(study.endpoints)))]
    results.append(response_at(study, tables, study.response.visits[0]))
    for result in results:
        arrays = [value for value in vars(result).values() if isinstance(value, np.ndarray)]
        assert arrays
        assert not any(array.flags.writeable for array in arrays)
        assert isinstance(result.derivation, pd.DataFrame)
