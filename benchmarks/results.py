"""The measurements as one table, and where each goal stands, in Markdown."""

import os
import platform
from dataclasses import dataclass

import peers

COLUMNS = ("argsort", "lifelines", "statsmodels", "scikit-survival", "R")
HEAD = """# Speed

Written by `make bench`. Each column is a peer's time as a multiple of ours: above 1, we are faster; the column argsort
is numpy's sort of the times alone, so that 0.5 there means that we take two of them. Empty: the peer is not installed,
does not do it, or would take minutes. Medians of five.
"""


@dataclass(frozen=True)
class Measurement:
    """Our seconds for a work on so many patients, and those of others by name."""

    work: str
    patients: int | None
    kind: str
    ours: float
    others: dict

    def times_ours(self, name):
        return self.others[name] / self.ours if name in self.others else None

    def __str__(self):
        ratios = ", ".join(f"{name} {length / self.ours:.2f}x" for name, length in self.others.items())
        return f"{self.work}, {self.patients or ''} {self.kind}: {in_units(self.ours)}; {ratios}"


def write_results(file, measurements, memory):
    """Write the tables; they are returned too."""
    statistics = [one for one in measurements if one.kind]
    programs = [one for one in measurements if not one.kind]
    parts = [
        HEAD,
        machine(),
        statistics_table(statistics),
        programs_table(programs),
        goals(statistics, programs, memory),
    ]
    text = "\n".join(parts)
    file.write_text(text)
    return text


def machine():
    found = ", ".join(f"{name} {version}" for name, version in peers.versions().items())
    where = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    return f"{where}, Python {platform.python_version()}; {found}.\n"


def statistics_table(measurements):
    rows = [
        [
            one.work,
            f"{one.patients:,}",
            one.kind,
            in_units(one.ours),
            *(multiple(one.times_ours(name)) for name in COLUMNS),
        ]
        for one in measurements
    ]
    return table(["work", "patients", "times", "ours", *COLUMNS], rows)


def programs_table(measurements):
    rows = [
        [one.work, in_units(one.ours), ", ".join(f"{name} {multiple(one.times_ours(name))}" for name in one.others)]
        for one in measurements
    ]
    return table(["whole process", "ours", "others, as a multiple of ours"], rows)


def goals(statistics, programs, memory):
    """Each goal, what was measured at its worst, and whether it is met."""
    rows = [
        ["Kaplan-Meier: no slower than the fastest peer", *no_slower(statistics, "Kaplan-Meier with limits")],
        ["Kaplan-Meier, 1,000,000: under 2 argsorts", *argsorts(statistics, "Kaplan-Meier with limits", 2)],
        ["log-rank: no slower than the fastest peer", *no_slower(statistics, "log-rank, two arms")],
        ["Cox, arm only, 1,000,000: under 3 argsorts", *argsorts(statistics, "Cox, arm only", 3)],
        [
            "Cox, two covariates, 1,000,000: under 0.4 s",
            *under(statistics, "Cox, two covariates, Efron", 1_000_000, 0.4),
        ],
        ["Cox, two covariates, 119: under 0.5 ms", *under(statistics, "Cox, two covariates, Efron", 119, 0.0005)],
        ["Cox, two covariates, 10,000,000: peak under 96 bytes a row", f"{memory:.0f} bytes", met(memory < 96)],
        ["import smmlib: under 0.4 s", *under(programs, "import smmlib", None, 0.4)],
    ]
    return table(["goal", "worst measured", "met"], rows)


def of(measurements, work, patients=None):
    return [one for one in measurements if one.work == work and patients in (None, one.patients)]


def no_slower(measurements, work):
    """The smallest multiple of any peer at any size."""
    multiples = [
        (one.times_ours(name), f"{name}, {one.patients:,} {one.kind}")
        for one in of(measurements, work)
        for name in COLUMNS[1:]
        if name in one.others
    ]
    least, where = min(multiples)
    return f"{least:.2f} times ours ({where})", met(least >= 1)


def argsorts(measurements, work, most):
    taken = max(1 / one.times_ours("argsort") for one in of(measurements, work, 1_000_000))
    return f"{taken:.2f} argsorts", met(taken < most)


def under(measurements, work, patients, limit):
    longest = max(one.ours for one in of(measurements, work, patients))
    return in_units(longest), met(longest < limit)


def met(fulfilled):
    return "yes" if fulfilled else "**no**"


def multiple(ratio):
    return "" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def in_units(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def table(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
