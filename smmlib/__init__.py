"""Reproducible analysis of two-arm randomised trials: survival, response and the way of a number to the page."""

from smmlib.stats.comparison import hazard_ratio, logrank_test, survival_difference
from smmlib.stats.counts import patient_count
from smmlib.stats.response import response_rate
from smmlib.stats.results import Estimate, HypothesisTest, SurvivalCurve
from smmlib.stats.survival import kaplan_meier, median_follow_up, median_survival, risk_table, survival_at

__version__ = "0.1.0"

__all__ = [
    "Estimate",
    "HypothesisTest",
    "SurvivalCurve",
    "hazard_ratio",
    "kaplan_meier",
    "logrank_test",
    "median_follow_up",
    "median_survival",
    "patient_count",
    "response_rate",
    "risk_table",
    "survival_at",
    "survival_difference",
]
