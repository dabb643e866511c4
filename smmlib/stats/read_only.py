"""Results that nobody changes by accident: what a frozen dataclass holds cannot be written to either."""

from copy import copy
from dataclasses import is_dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def read_only(cls: type[T]) -> type[T]:
    """Close what a dataclass holds, when it is made, copied or unpickled; it stands below `@dataclass(frozen=True)`.

    Arrays become views that cannot be written to, so that nothing is copied and an array that somebody else holds stays
    as it is; a result must not hold one that its caller may change. Lists become tuples, mappings read-only ones.
    """
    for name, method in {"__post_init__": _close, "__getstate__": _state, "__setstate__": _restore}.items():
        setattr(cls, name, method)
    return cls


def _close(result: object) -> None:
    fields = vars(result)
    for name, value in fields.items():
        if not isinstance(value, (str, float, int)):
            fields[name] = _closed(value)


def _state(result: object) -> dict[str, object]:
    """What is pickled and copied; a read-only mapping cannot be."""
    return {name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in vars(result).items()}


def _restore(result: object, state: dict[str, object]) -> None:
    """An array forgets on its way that it was read-only."""
    vars(result).update(state)
    _close(result)


def _closed(value: object) -> object:
    if isinstance(value, np.ndarray):
        view = value.view()
        view.setflags(write=False)
        return view
    if isinstance(value, dict):
        return MappingProxyType({key: _closed(item) for key, item in value.items()})
    if type(value) is list or type(value) is tuple:
        return tuple(map(_closed, value))
    if is_dataclass(value) and any(isinstance(item, np.ndarray) for item in vars(value).values()):
        value = copy(value)
        _close(value)
    return value
