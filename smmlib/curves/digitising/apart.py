"""A figure read by a program of its own, which is ended when it takes too much time or memory.

A file of a stranger may be made to hang or to fill whoever reads it. This module is both sides of it: what starts the
program, and the program.
"""

import json
import math
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from smmlib.command_line.killed_with_parent import be_killed_with_parent
from smmlib.curves.digitising.digitised_figure import DigitisedCurve, DigitisedFigure, DigitiseError

SECONDS = 120
MEMORY = 2 * 1024**3
ROOT = Path(__file__).parents[3]
ADVICE = "keep the figure only, delete the rest in a drawing program, and try again"


def read_apart(content, **request):
    """Read a figure as `smmlib.curves.digitising.figure.read_figure` does, in bounds of time and memory.

    Parameters
    ----------
    content : bytes
        Of the file.
    **request
        The other arguments of `read_figure`.

    Returns
    -------
    DigitisedFigure

    Raises
    ------
    DigitiseError
        As `digitise`.
    """
    name = request["name"]
    asked = json.dumps(request, default=_plain).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__, str(SECONDS), str(MEMORY)],
            input=asked + b"\n" + content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        raise DigitiseError(f"{name} took more than {SECONDS} s to read: {ADVICE}.") from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise DigitiseError(f"{name} could not be read: the reader ended with {last or done.returncode}: {ADVICE}.")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise DigitiseError(answer["refused"])
    return _figure(**answer)


def _environment():
    """The program finds this package where this process found it, and starts no threads, which take memory."""
    paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}


def _plain(value):
    """What JSON has no form for."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else repr(value)


def _figure(curves, risk_table, **rest):
    """The figure from its JSON."""
    rows = {name: (np.array(times, dtype=float), np.array(numbers, dtype=int)) for name, (times, numbers) in risk_table}
    read = tuple(DigitisedCurve(**{name: _array(value) for name, value in curve.items()}) for curve in curves)
    return DigitisedFigure(read, risk_table=rows, **{name: tuple(value) for name, value in rest.items()})


def _array(value):
    return np.array(value, dtype=float) if isinstance(value, list) else value


# ---- the program


def main(seconds, memory):
    """Read what is asked for from standard input, and write the figure, or why there is none."""
    be_killed_with_parent()
    from smmlib.curves.digitising.figure import read_figure

    _bound(math.ceil(float(seconds)), int(memory))
    asked, _, content = sys.stdin.buffer.read().partition(b"\n")
    print(json.dumps(_answer(read_figure, content, json.loads(asked)), default=_plain))


def _answer(read_figure, content, request):
    try:
        figure = read_figure(content, **request)
    except DigitiseError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"{request['name']} takes more memory to read than a figure may: {ADVICE}."}
    except RecursionError:
        return {"refused": f"{request['name']} nests its parts too deep to be read: {ADVICE}."}
    plain = {field.name: getattr(figure, field.name) for field in fields(figure)}
    return plain | {"curves": list(map(asdict, figure.curves)), "risk_table": list(figure.risk_table.items())}


def _bound(seconds, memory):
    """No more time and memory than that, where the system can hold a program to it.

    The process that started this one ends it as well, and so does, on Linux, that process's own end.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
