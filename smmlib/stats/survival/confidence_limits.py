"""Pointwise limits of a survival curve, symmetric on one of five scales.

Each function takes survival, the standard error of its logarithm, and the normal quantile; where survival is 0
or 1, limits that need its logarithm or its odds do not exist and are NaN, as in R's `survfit`.
"""

from collections.abc import Callable

import numpy as np

from smmlib.stats.checks import check_choice
from smmlib.stats.types import ConfType, Floats

LimitFunction = Callable[[Floats, Floats, float], tuple[Floats, Floats]]


def limit_function(conf_type: ConfType) -> LimitFunction:
    functions: dict[ConfType, LimitFunction] = {
        "log-log": _log_log_limits,
        "log": _log_limits,
        "plain": _plain_limits,
        "logit": _logit_limits,
        "arcsine": _arcsine_limits,
    }
    check_choice(conf_type, functions, "conf_type")
    return functions[conf_type]


def _plain_limits(survival: Floats, std_error_log: Floats, z: float) -> tuple[Floats, Floats]:
    margin = z * survival * std_error_log
    return np.maximum(survival - margin, 0), np.minimum(survival + margin, 1)


def _log_limits(survival: Floats, std_error_log: Floats, z: float) -> tuple[Floats, Floats]:
    survival = np.where(survival == 0, np.nan, survival)
    return survival * np.exp(-z * std_error_log), np.minimum(survival * np.exp(z * std_error_log), 1)


def _log_log_limits(survival: Floats, std_error_log: Floats, z: float) -> tuple[Floats, Floats]:
    log_survival = np.log(np.where((survival == 0) | (survival == 1), np.nan, survival))
    factor = np.exp(z * std_error_log / -log_survival)
    return np.exp(log_survival * factor), np.exp(log_survival / factor)


def _logit_limits(survival: Floats, std_error_log: Floats, z: float) -> tuple[Floats, Floats]:
    survival = np.where((survival == 0) | (survival == 1), np.nan, survival)
    odds, factor = survival / (1 - survival), np.exp(z * std_error_log / (1 - survival))
    return odds / (odds + factor), odds * factor / (1 + odds * factor)


def _arcsine_limits(survival: Floats, std_error_log: Floats, z: float) -> tuple[Floats, Floats]:
    survival = np.where((survival == 0) | (survival == 1), np.nan, survival)
    angle = np.arcsin(np.sqrt(survival))
    margin = z / 2 * std_error_log * np.sqrt(survival / (1 - survival))
    return np.sin(np.maximum(angle - margin, 0)) ** 2, np.sin(np.minimum(angle + margin, np.pi / 2)) ** 2
