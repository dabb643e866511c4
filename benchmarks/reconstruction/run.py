"""How well curves give back the patients they were drawn from: every method, data set and condition, in one run.

`python -m benchmarks.reconstruction.run` prints each trial's errors and writes the tables of docs/reconstruction.md and
its figure. The draws are seeded: only the seconds differ from run to run.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from benchmarks.reconstruction.accuracy import Errors, errors
from benchmarks.reconstruction.conditions import CONDITIONS
from benchmarks.reconstruction.drawing import draw_trial
from benchmarks.reconstruction.ensembles import coverage
from benchmarks.reconstruction.figure import write_figure
from benchmarks.reconstruction.flat_tail import deaths_in_tail, flat_figures, flat_tail
from benchmarks.reconstruction.methods import LIMIT, METHODS, patients
from benchmarks.reconstruction.page import write_page
from benchmarks.reconstruction.trials import read_trials
from smmlib.curves.reconstruction.reconstructed import ReconstructionError


@dataclass(frozen=True)
class Result:
    """One trial under one condition by one method; seconds are those of both arms."""

    condition: str
    trial: str
    method: str
    errors: Errors
    seconds: float

    def __str__(self):
        shown = self.errors
        return (
            f"{self.condition:34} {self.trial:12} {self.method:17} log HR {shown.log_hazard_ratio:.4f}"
            f"  S(t) {shown.survival:.5f}  RMST {shown.restricted_mean:.5f}  events {shown.events:.4f}"
            f"  {self.seconds:.2f} s"
        )


def main():
    trials = read_trials()
    results = []
    for terms in CONDITIONS:
        for trial, arms in trials.items():
            for result in compare(terms, trial, arms):
                results.append(result)
                print(result, flush=True)
    write_figure(trials, results)
    print(write_page(trials, results, tail_deaths(), coverage(trials)))


def compare(terms, trial, arms):
    """Each method on the same drawing of both arms; a method that refuses it gives no result."""
    figures = draw_trial(terms, trial, arms)
    for method in METHODS:
        if method == LIMIT and terms.dots_per_inch:
            continue
        start = perf_counter()
        try:
            made = [patients(method, figure, arm) for figure, arm in zip(figures, arms, strict=True)]
        except ReconstructionError as refusal:
            print(f"{terms.label:34} {trial:12} {method:17} refused: {refusal}", flush=True)
            continue
        seconds = perf_counter() - start
        found = errors(arms, made, [np.unique(figure.curve[0]) for figure in figures])
        yield Result(terms.label, trial, method, found, seconds)


def tail_deaths():
    """Total deaths and those invented in the flat tail, as {printed: {method: (total, in the tail)}}."""
    arm = flat_tail()
    found = {}
    for printed, figure in flat_figures().items():
        for method in METHODS:
            if method != LIMIT:
                time, event = patients(method, figure, arm)
                found.setdefault(printed, {})[method] = int(np.sum(event)), deaths_in_tail(arm, time, event)
    return found


if __name__ == "__main__":
    main()
