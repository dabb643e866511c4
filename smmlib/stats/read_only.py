"""Results that nobody changes by accident: what a frozen dataclass holds cannot be written to either."""

from copy import copy
from dataclasses import is_dataclass
from types import MappingProxyType

import numpy as np


def read_only(cls):
    """Close what a dataclass holds, when it is made, copied or unpickled; it stands below `@dataclass(frozen=True)`.

    Arrays become views that cannot be written to, so that nothing is copied and an array that somebody else holds stays
    as it is; a result must not hold one that its caller may change. Lists become tuples, mappings read-only ones.
    """
    cls.__post_init__ = _close
    cls.__getstate__ = _state
    cls.__setstate__ = _restore
    return cls


def _close(result):
    fields = vars(result)
    for name, value in fields.items():
        if not isinstance(value, (str, float, int)):
            fields[name] = _closed(value)


def _state(result):
    """What is pickled and copied; a read-only mapping cannot be."""
    return {name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in vars(result).items()}


def _restore(result, state):
    """An array forgets on its way that it was read-only."""
    vars(result).update(state)
    _close(result)


def _closed(value):
    if isinstance(value, np.ndarray):
        view = value.view()
        view.setflags(write=False)
        return view
    if isinstance(value, dict):
        return MappingProxyType({key: _closed(item) for key, item in value.items()})
    if type(value) in (list, tuple):
        return tuple(map(_closed, value))
    if is_dataclass(value) and any(isinstance(item, np.ndarray) for item in vars(value).values()):
        value = copy(value)
        _close(value)
    return value
