"""How fast the library and a report are, against what a user would pick instead, in one run on one machine.

`make bench` prints one table and writes it to RESULTS.md beside this file. Peers are timed on the same arrays; a peer
that is not installed, or would take minutes, has no number.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import peers
from results import Measurement, write_results

from smmlib import cox_regression, hazard_ratio, kaplan_meier, logrank_test

HERE = Path(__file__).parent
PROJECT = HERE.parent
STUDY = "params/quiredex-2013.yaml"
ARMS = {"arm": "a", "reference": "b"}
SIZES = (119, 10_000, 1_000_000)
LARGEST = 10_000_000
# A peer that would take longer than this, going by the patients before, is not asked.
LONGEST = 60.0


def main():
    measurements = []
    before = {}
    for patients in SIZES:
        for kind in ("days", "continuous"):
            measurements += compare_statistics(patients, kind, before)
    measurements += compare_statistics(LARGEST, "days", before)
    memory = peak_bytes_a_row(LARGEST)
    measurements += compare_programs()
    text = write_results(HERE / "RESULTS.md", measurements, memory)
    print(text)


def compare_statistics(patients, kind, before):
    """Each statistic by us and by all peers, on whole days (many ties) or on times without ties.

    `before` holds the seconds a patient that each work last took a peer.
    """
    data = sample(patients, kind)
    ours = {
        "Kaplan-Meier with limits": lambda: kaplan_meier(data.time, data.event),
        "log-rank, two arms": lambda: logrank_test(data.time, data.event, data.in_arm, **ARMS),
        "Cox, arm only": lambda: hazard_ratio(data.time, data.event, data.in_arm, **ARMS),
        "Cox, two covariates, Efron": lambda: cox_regression(data.time, data.event, data.covariates),
    }

    def bearable(work, name):
        return before.get((work, kind, name), 0) * patients < LONGEST

    argsort = seconds(lambda: np.argsort(data.time))
    of_r = peers.r_seconds(data, [work for work in ours if bearable(work, "R")])
    for work, call in ours.items():
        taken = {"argsort": argsort, **of_r.get(work, {})}
        for name, peer in peers.of(work, data).items():
            if bearable(work, name):
                taken[name] = seconds(peer)
        before |= {(work, kind, name): length / patients for name, length in taken.items()}
        yield shown(Measurement(work, patients, kind, seconds(call), taken))


def compare_programs():
    """Whole processes: a report and its pieces by papermill's own command, and the import."""
    with tempfile.TemporaryDirectory() as folder:
        report = [sys.executable, "-m", "smmlib", "report", STUDY, "--reports", folder]
        papermill = [
            [sys.executable, "-m", "papermill", f"{name}.ipynb", f"{folder}/{run}.ipynb", *parameters]
            for name, run, parameters in (
                ("population", "population", []),
                ("time_to_event", "ttp", ["-p", "endpoint", "ttp"]),
                ("time_to_event", "os", ["-p", "endpoint", "os"]),
                ("response", "response", []),
            )
        ]
        plain = seconds(lambda: call([*report, "--kernels", "plain"]))
        by_papermill = seconds(lambda: [call(command, PROJECT / "notebooks") for command in papermill])
        taken = {"plain kernels": plain, "papermill commands, without page": by_papermill}
        yield shown(Measurement("report of quiredex-2013", 119, "", seconds(lambda: call(report)), taken))
    taken = {name: seconds(lambda name=name: call([sys.executable, "-c", f"import {name}"])) for name in peers.IMPORTS}
    yield shown(
        Measurement("import smmlib", None, "", seconds(lambda: call([sys.executable, "-c", "import smmlib"])), taken)
    )


def peak_bytes_a_row(patients):
    """Memory of a Cox model of two covariates at its highest, the data not counted, in bytes a patient."""
    data = sample(patients, "continuous")
    tracemalloc.start()
    cox_regression(data.time, data.event, data.covariates)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / patients


def sample(patients, kind):
    """An arm that halves the hazard and an age; a third are censored. Whole days have ties as in a trial."""
    random = np.random.default_rng(119)
    in_arm = random.random(patients) < 0.5
    age = random.normal(65, 10, patients)
    progression = random.exponential(np.where(in_arm, 1200.0, 600.0) * np.exp(-0.02 * (age - 65)))
    followed = random.uniform(300, 1500, patients)
    end = np.minimum(progression, followed)
    covariates = {"arm": in_arm.astype(float), "age": age}
    return peers.Data(np.ceil(end) if kind == "days" else end, progression <= followed, in_arm, covariates)


def seconds(work):
    """Median of five after one that warms up, or of one where one takes longer than two seconds."""
    taken = []
    for _ in range(6):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
        if taken[-1] > 2:
            return taken[-1]
    return statistics.median(taken[1:])


def shown(measurement):
    """The measurement, told at once, because the whole takes minutes."""
    print(measurement, file=sys.stderr, flush=True)
    return measurement


def call(command, folder=PROJECT):
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
