"""Covariates of a model as columns of numbers: of a category, an indicator of each level but the first."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from smmlib.stats.checks import as_array, as_floats, category_codes, is_missing_mark, shown
from smmlib.stats.types import AnyArray, Floats, Integers, Labels

CURE = "make a pandas.Categorical of text or labels, whose first category is the reference"


class Covariates(Protocol):
    """A mapping of names to arrays, or a DataFrame."""

    def items(self) -> Iterable[tuple[Hashable, Labels]]: ...


@dataclass(frozen=True, eq=False)
class Covariate:
    """One column of a model.

    Attributes
    ----------
    name : str
        Of a level "II" of the category "stage": "stage[II]".
    values : ndarray, shape (n,)
    reference : str
        The name of the level that it is compared with; empty for a number.
    """

    name: str
    values: Floats
    reference: str = ""


def read_covariates(covariates: Covariates, length: int) -> list[Covariate]:
    """Columns of a model, or a ValueError that names the first value that is neither a number nor of a category.

    Parameters
    ----------
    covariates : mapping of str to array-like, or DataFrame
    length : int
        How many values each must have.

    Returns
    -------
    list of Covariate
    """
    if not hasattr(covariates, "items") or getattr(covariates, "ndim", 2) != 2:
        kind = type(covariates).__name__
        raise ValueError(f"covariates is of type {kind}: give a mapping of names to arrays, or a DataFrame.")
    columns = [column for name, values in covariates.items() for column in _columns(str(name), values, length)]
    if not columns:
        raise ValueError("covariates is empty: give at least one, by its name.")
    names = [column.name for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"covariates has {names.count(name)} columns named {name!r}: give each a name of its own.")
    return columns


def _columns(name: str, values: Any, length: int) -> list[Covariate]:
    if np.shape(values) != (length,):
        raise ValueError(
            f"covariates[{name!r}] has shape {np.shape(values)}, but time has {length} patients: "
            "give one value a patient."
        )
    categories = category_codes(values)
    if categories is not None:
        return _indicators(name, *categories)
    kind = getattr(getattr(values, "dtype", None), "type", None)
    if getattr(kind, "__name__", "") == "CategoricalDtypeType":  # Arrow's, whose levels come in no order
        raise ValueError(f"covariates[{name!r}] is a {values.dtype}: {CURE}.")
    return [Covariate(name, _numbers(name, as_array(values)))]


def _numbers(name: str, values: AnyArray) -> Floats:
    numbers = as_floats(values, booleans=True)
    if not (numbers.min() > -np.inf and numbers.max() < np.inf):  # so that NaN fails too
        bad = np.flatnonzero(~np.isfinite(numbers))[0]
        raise ValueError(
            f"covariates[{name!r}][{bad}] is {shown(values[bad])}: a covariate is a finite number; {CURE}."
        )
    return numbers


def _refuse_missing_mark(name: str, codes: Integers, levels: Sequence[object]) -> None:
    marks = [code for code, level in enumerate(levels) if is_missing_mark(level)]
    for bad in np.flatnonzero(np.isin(codes, marks))[:1]:
        held = f"{shown(levels[codes[bad]])}, the mark of a missing value"
        raise ValueError(f"covariates[{name!r}][{bad}] is {held}: every patient needs one of the categories.")


def _indicators(name: str, codes: Integers, levels: Sequence[object]) -> list[Covariate]:
    """Treatment contrasts: each level that occurs against the first of them, in the order of the categories."""
    if codes.min() < 0:
        bad = np.flatnonzero(codes < 0)[0]
        raise ValueError(f"covariates[{name!r}][{bad}] is missing: every patient needs one of the categories.")
    first, *others = np.unique(codes)
    _refuse_missing_mark(name, codes, levels)
    if not others:
        raise ValueError(
            f"covariates[{name!r}] is {shown(levels[first])} for every patient: "
            "a category needs two levels at least, to compare them."
        )
    reference = f"{name}[{levels[first]}]"
    return [Covariate(f"{name}[{levels[code]}]", (codes == code).astype(float), reference) for code in others]
