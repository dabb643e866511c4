"""Where the project, and what the tests compare with, are."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PROJECT = TESTS.parent
DATASETS = PROJECT / "smmlib" / "datasets"
FIGURES = TESTS / "figures"
ORACLES = TESTS / "oracles"
PARAMS = PROJECT / "params"
TABLES = TESTS / "tables"
