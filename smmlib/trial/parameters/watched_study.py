"""A study that notes which of its parameters are read: a notebook is run again only when one of these has changed."""

from collections.abc import Set
from types import FunctionType
from typing import Any

from smmlib.trial.parameters.study import Study

PARAMETERS = frozenset(Study.model_fields)
DERIVED = frozenset(name for name, kind in vars(Study).items() if isinstance(kind, property | FunctionType))
"""What a study works out from its parameters; these are noted as it reads them."""
UNREAD = DERIVED | {"__class__"}
_read: set[str] = set()


class WatchedStudy(Study):
    """A study whose parameters, once read in this process, are known to `parameters_read`.

    Whatever else is asked of it, such as a copy or a dump, counts as reading all of them.
    """

    def __getattribute__(self, name: str) -> Any:
        """Note the parameter, and read it."""
        if name in PARAMETERS:
            _read.add(name)
        elif name not in UNREAD:
            _read.update(PARAMETERS)
        return super().__getattribute__(name)


def watched(study: Study) -> WatchedStudy:
    """The same study, watched.

    Parameters
    ----------
    study : Study

    Returns
    -------
    WatchedStudy
    """
    return WatchedStudy.model_construct(_fields_set=study.model_fields_set, **dict(study))


def parameters_read() -> Set[str]:
    """Names of the parameters of watched studies that this process has read."""
    return frozenset(_read)
