"""What every statistic checks of its arguments: each error names the argument, the first bad value and its place."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smmlib.stats.types import AnyArray, Booleans, Floats, Integers, Labels, ResponseTimes

LARGEST_WEIGHT = 1e15
"""Weights stand for patients; squares of larger ones overflow."""
LONGEST_SHOWN = 10**30
MISSING_MARKS = ("", "NA", "NaN", "nan", "<NA>", ".")
"""What files hold, and programs write, where a label is missing; blanks around them do not count."""
BITS_A_DIGIT = 3.3219  # the logarithm of 10 to base 2


def check_times(time: ArrayLike, name: str = "time", *, endless: bool = False) -> Floats:
    """Times as floats, or a ValueError that names the first that is not a time; infinity is one when `endless`."""
    given = as_array(time)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"{name} must be one-dimensional and hold at least one time, but has shape {given.shape}.")
    values = as_floats(given)
    smallest = values.min()
    if smallest == 0:
        values = values + 0.0  # which makes a negative zero a zero
    if not (smallest >= 0 and (endless or values.max() < np.inf)):  # so that NaN fails too
        bad = np.flatnonzero(~((values >= 0) & (endless | np.isfinite(values))))
        a_time = "a number, zero or more, or infinity" if endless else "a finite number, zero or more"
        value = given[bad[0]]
        raise ValueError(f"{name}[{bad[0]}] is {shown(value)}: a time is {a_time}.{_as_a_number(value)}")
    return values


def _as_a_number(value: object) -> str:
    """What to do with a duration or a date."""
    if isinstance(value, (np.timedelta64, timedelta)):
        return " Divide durations by their unit, such as numpy.timedelta64(1, 'D')."
    if isinstance(value, (np.datetime64, date)):
        return " Subtract the date of the start, and divide by a unit, such as numpy.timedelta64(1, 'D')."
    return ""


def check_positive(values: ArrayLike, name: str) -> Floats:
    """Numbers as floats, or a ValueError that names the first that is not above zero."""
    given = as_array(values)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"{name} must be one-dimensional and hold at least one number, but has shape {given.shape}.")
    numbers = as_floats(given)
    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers > 0)))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {shown(given[bad[0]])}: give finite numbers above zero.")
    return numbers


def check_response_times(response_time: ResponseTimes, length: int) -> Floats:
    """Times of response as floats, NaN where there is none, or a ValueError that names the first that is neither."""
    given = as_array(response_time)
    if given.shape != (length,):
        raise ValueError(
            f"response_time has shape {given.shape}, but time has {length} patients: give one value a patient."
        )
    values = as_floats(given)
    no_time = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    bad = [index for index in no_time if not _is_missing(given[index])]
    if bad:
        raise ValueError(
            f"response_time[{bad[0]}] is {shown(given[bad[0]])}: "
            "a time of response is a finite number, zero or more, or NaN where there is none."
        )
    return values


def check_measurements(values: ArrayLike, name: str) -> Floats:
    """Numbers of either sign as floats, NaN where missing, or a ValueError that names the first that is neither."""
    given = as_array(values)
    if given.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, but has shape {given.shape}.")
    numbers = as_floats(given)
    for place in np.flatnonzero(~np.isfinite(numbers)):
        if not _is_missing(given[place]):
            what = "give finite numbers, and NaN where a value is missing"
            raise ValueError(f"{name}[{place}] is {shown(given[place])}: {what}.")
    return numbers


def check_before(entry: Floats, time: Floats) -> None:
    """Nobody leaves before coming under observation, or at that moment."""
    bad = np.flatnonzero(entry >= time)
    if len(bad):
        at = bad[0]
        raise ValueError(
            f"entry[{at}] is {entry[at]:g} and time[{at}] is {time[at]:g}: "
            "a patient comes under observation before the event or censoring."
        )


def check_weights(weights: ArrayLike, length: int) -> Floats:
    """Case weights as floats, or a ValueError that names the first that is not above zero."""
    given = as_array(weights)
    if given.shape != (length,):
        raise ValueError(f"weights has shape {given.shape}, but time has {length} patients: give one value a patient.")
    values = as_floats(given)
    bad = np.flatnonzero(~((values > 0) & (values <= LARGEST_WEIGHT)))  # so that NaN fails too
    if len(bad):
        of = "a finite number above zero" if not values[bad[0]] > LARGEST_WEIGHT else f"at most {LARGEST_WEIGHT:.0e}"
        raise ValueError(f"weights[{bad[0]}] is {shown(given[bad[0]])}: a weight is {of}.")
    return values


def check_landmark(time: ArrayLike, name: str = "time", what: str = "a landmark") -> float:
    """One time as a float, or a ValueError that names it."""
    value = as_floats(as_array(time))
    if value.shape or not 0 <= value < np.inf:
        raise ValueError(f"{name} is {shown(time)}: {what} is one finite number, zero or more.")
    return float(value)


def check_indicator(indicator: ArrayLike, name: str, length: int, of: str = "time") -> Booleans:
    """A boolean array as long as the argument `of`, or a ValueError that names the first value not boolean or 0/1."""
    values = as_array(indicator)
    if values.shape != (length,):
        raise ValueError(f"{name} has shape {values.shape}, but {of} has {length} patients: give one value a patient.")
    if values.dtype == bool:
        return values.astype(bool, copy=False)
    numbers = as_floats(values, booleans=True)
    bad = np.flatnonzero((numbers != 0) & (numbers != 1))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {shown(values[bad[0]])}: code it as True/False or as 1/0.")
    return numbers.astype(bool)


def check_causes(cause: ArrayLike, length: int) -> Floats:
    """Causes as numbers, or a ValueError that names the first that is not 0, 1, 2, ..."""
    given = as_array(cause)
    if given.shape != (length,):
        raise ValueError(f"cause has shape {given.shape}, but time has {length} patients: give one value a patient.")
    values = as_floats(given)
    bad = np.flatnonzero(~((values >= 0) & (values < np.inf) & (values == np.floor(values))))
    if len(bad):
        index = bad[0]
        raise ValueError(f"cause[{index}] is {shown(given[index])}: code it 0 where censored and 1, 2, ... by cause.")
    return values


def check_cause(of: ArrayLike) -> int:
    """The cause of interest as an int, or a ValueError when it is none."""
    value = as_floats(as_array(of))
    if value.shape or not (1 <= value < np.inf and value == np.floor(value)):
        raise ValueError(f"of is {shown(of)}: a cause is one whole number, 1 or more; 0 is censored.")
    return int(value)


def check_arms(in_arm: ArrayLike, length: int, arm: str, reference: str, of: str = "time") -> Booleans:
    """Membership of the arm as a boolean array, or a ValueError when it cannot be or an arm is empty."""
    for name, given in (("arm", arm), ("reference", reference)):
        if not isinstance(given, str):
            raise ValueError(f"{name} is {shown(given)}: give its name, as text; who belongs to it is said by in_arm.")
    if arm == reference:
        raise ValueError(f"arm and reference are both {arm!r}: give them names of their own.")
    in_arm = check_indicator(in_arm, "in_arm", length, of)
    in_the_arm = np.count_nonzero(in_arm)
    for name, members in ((arm, in_the_arm), (reference, length - in_the_arm)):
        if not members:
            raise ValueError(f"arm {name!r} has no patients: in_arm must hold both 1 ({arm!r}) and 0 ({reference!r}).")
    return in_arm


def check_same_order(columns: Mapping[str, object]) -> None:
    """A ValueError when columns of one table come in different orders: same index labels, other places.

    `columns` maps names to arrays, which are taken by place; labels are compared where pandas gives some.
    """
    labelled = [(name, index) for name, values in columns.items() if (index := _row_labels(values)) is not None]
    for name, index in labelled[1:]:
        first_name, first = labelled[0]
        if len(index) == len(first) and not index.equals(first) and set(index) == set(first):
            place = next(place for place, (one, other) in enumerate(zip(first, index, strict=True)) if one != other)
            raise ValueError(
                f"{name} and {first_name} hold the same rows in different orders: at place {place} {name} has row "
                f"{shown(index[place])}, {first_name} row {shown(first[place])}. Bring them into one order."
            )


def _row_labels(values: object) -> Any:
    """The index of a pandas Series or DataFrame; a list has an `index` too, which finds things."""
    index = getattr(values, "index", None)
    return index if hasattr(index, "equals") else None


def check_choice(value: str, known: Collection[str], name: str) -> None:
    """A ValueError that lists what is known, when an option is none of it."""
    if value not in known:
        raise ValueError(f"{name} is {value!r}: choose one of {', '.join(map(repr, known))}.")


def check_kind(result: object, kind: type, name: str, maker: str) -> None:
    """A ValueError when an argument is not the result of another verb that it should be."""
    if not isinstance(result, kind):
        given = type(result).__name__
        raise ValueError(f"{name} is of type {given}: give a {kind.__name__}, which {maker} returns.")


def check_conf_level(conf_level: float) -> float:
    """The confidence level, or a ValueError when it is not between 0 and 1."""
    if not isinstance(conf_level, Real) or not 0 < conf_level < 1:
        raise ValueError(f"conf_level is {shown(conf_level)}: give a number between 0 and 1, such as 0.95.")
    return float(conf_level)


def check_cuts(cuts: ArrayLike) -> Floats:
    """Increasing times above zero, or a ValueError."""
    times = check_times(cuts, "cuts")
    bad = np.flatnonzero(np.diff(times, prepend=0) <= 0)
    if len(bad):
        raise ValueError(f"cuts[{bad[0]}] is {times[bad[0]]:g}: give times above zero, each later than the one before.")
    return times


def check_whole(number: object, name: str, least: int) -> None:
    """A ValueError unless it is a whole number, not below the least."""
    if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)) or number < least:
        raise ValueError(f"{name} is {shown(number)}: give a whole number, {least} or more.")


def check_probability(q: float) -> float:
    """A probability between 0 and 1, both excluded, or a ValueError."""
    if isinstance(q, bool) or not isinstance(q, Real) or not 0 < q < 1:
        raise ValueError(f"q is {shown(q)}: give a number between 0 and 1, such as 0.25.")
    return float(q)


def check_strata(strata: Labels, length: int, of: str = "time") -> Integers:
    """Strata as 0, 1, ..., by the order of their labels; `of` is the argument that says how many patients there are."""
    return check_labels(strata, "strata", length, of)


def check_labels(labels: Labels, name: str, length: int, of: str = "time") -> Integers:
    """Labels as 0, 1, ..., by their order; a patient without a label is refused."""
    return coded_labels(labels, name, length, of)[0]


def coded_labels(labels: Labels, name: str, length: int, of: str = "time") -> tuple[Integers, list[object]]:
    """Labels as 0, 1, ..., and what each number stands for: in the order of categories, of numbers, of the alphabet."""
    # A list is not made an array of text, in which a missing label would be the word 'nan'.
    values = as_array(labels) if hasattr(labels, "dtype") else np.asarray(labels, dtype=object)
    if values.shape != (length,):
        raise ValueError(f"{name} has shape {values.shape}, but {of} has {length} patients: give one label a patient.")
    categories = category_codes(labels)
    if categories is not None:
        codes, levels = categories
        marks = [code for code, level in enumerate(levels) if is_missing_mark(level)]
        _refuse_missing_label(name, values, np.flatnonzero((codes < 0) | np.isin(codes, marks)))
        present, codes = np.unique(codes, return_inverse=True)
        return codes, [levels[code] for code in present]
    if values.dtype.kind in "iuSU":
        present, codes = np.unique(values, return_inverse=True)
        missing = [code for code, label in enumerate(present.tolist()) if is_missing_mark(label)]
        _refuse_missing_label(name, values, np.flatnonzero(np.isin(codes, missing)))
        return codes, present.tolist()
    listed = list(values) if values.dtype.kind in "mM" else values.tolist()  # which would make numbers of dates
    distinct = set(listed)
    if any(_has_no_label(label) for label in distinct):
        _refuse_missing_label(name, listed, [index for index, label in enumerate(listed) if _has_no_label(label)])
    in_order = _in_order(distinct, name)
    code_of = {label: code for code, label in enumerate(in_order)}
    return np.fromiter(map(code_of.__getitem__, listed), dtype=np.intp, count=length), in_order


def category_codes(values: object) -> tuple[Integers, list[object]] | None:
    """Codes of a pandas Categorical, -1 where missing, and its categories; None for anything else."""
    dtype: Any = getattr(values, "dtype", None)  # of pandas, which is not imported here
    if not (hasattr(dtype, "categories") and hasattr(dtype, "ordered")):
        return None
    categorical: Any = getattr(values, "cat", values)
    return np.asarray(categorical.codes), list(dtype.categories)


def _refuse_missing_label(name: str, labels: Sequence[object] | AnyArray, missing: Sequence[int] | Integers) -> None:
    if not len(missing):
        return
    label = labels[missing[0]]
    mark = ", the mark of a missing value" if isinstance(label, str) and label.strip() else ""
    raise ValueError(f"{name}[{missing[0]}] is {shown(label)}{mark}: every patient needs a label.")


def _in_order(distinct: set[Any], name: str) -> list[Any]:
    """Labels that can be compared in their order, otherwise in that of their texts, which must differ."""
    by_text = sorted(distinct, key=str)
    for one, other in pairwise(by_text):
        if str(one) == str(other):
            raise ValueError(f"{name} holds both {shown(one)} and {shown(other)}: write each label in one way.")
    try:
        return sorted(distinct)
    except TypeError:
        return by_text


def _is_missing(label: object) -> bool:
    """None, NaN, NaT or pandas' NA, whose comparisons have no truth value."""
    try:
        return label is None or bool(label != label)
    except TypeError:
        return True


def is_missing_mark(label: object) -> bool:
    """Whether a label is a text such as "NA", with which programs write that there is none."""
    return isinstance(label, str) and label.strip() in MISSING_MARKS


def _has_no_label(label: object) -> bool:
    return _is_missing(label) or is_missing_mark(label)


def as_array(values: Labels) -> AnyArray:
    """Values as an array, in which a masked one is None."""
    if isinstance(values, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(values), np.array(None), values.data)
    return np.asarray(values)


def as_floats(values: AnyArray, booleans: bool = False) -> Floats:
    """Numbers as floats, NaN for what is no number: text, dates and durations are not read as one."""
    if values.dtype.kind in "iuf":
        return values.astype(float, copy=False)
    if booleans and values.dtype.kind == "b":
        return values.astype(float)
    if values.dtype.kind not in "Ob":
        return np.full(values.shape, np.nan)
    return np.array([_as_float(value, booleans) for value in values.flat], dtype=float).reshape(values.shape)


def _as_float(value: Any, booleans: bool) -> float:
    if isinstance(value, (bool, np.bool_)):
        return float(value) if booleans else np.nan
    try:
        return float(value) if isinstance(value, (Real, Decimal)) else np.nan
    except OverflowError:  # a whole number of more than 308 digits
        return np.inf if value > 0 else -np.inf


def shown(value: object) -> str:
    """A value as the caller typed it: 2, not np.int64(2)."""
    if isinstance(value, (np.timedelta64, np.datetime64)):
        return str(value)
    if isinstance(value, int) and abs(value) > LONGEST_SHOWN:
        return f"a whole number of some {round(value.bit_length() / BITS_A_DIGIT)} digits"
    return repr(value.item() if isinstance(value, np.generic) else value)
