"""What a pack says of itself, and the two commands in it."""

import os
import shlex
from collections.abc import Iterable

from smmlib.report.folder.program import LOCK
from smmlib.report.pack.contents import REPORT, SOURCE, Layout
from smmlib.report.pack.inputs import Inputs

AGAIN = "again"
SAME_BYTES = """With the same Python and the same R, on such a machine, every file has the same bytes but
`manifest.json`, which tells when it was made. Another version of Python or R is told on the page, and another processor
may change the last digit of a number. `make report BASE_PYTHON=python3.12` names the Python."""
OTHER_NAMES = """Patients are named by hashes, which need a secret that is not here. `make report` makes one of its own:
patients have other names, and rows another order. Numbers are compared, and agree but for the last digits of some."""


def makefile(inputs: Inputs, layout: Layout) -> str:
    """The Makefile of a pack.

    Parameters
    ----------
    inputs : Inputs
    layout : Layout

    Returns
    -------
    str
    """
    program = _word(layout.program)
    params = _word(os.path.relpath(layout.parameters, layout.program))
    again = f"{AGAIN}/{inputs.study.study}"
    python = f'PYTHONPATH={program} "$(or $(PYTHON),{layout.program}/.venv/bin/python)"'
    if inputs.has_secret:
        compare = f"{python} -m smmlib compare {REPORT} {again}"
    else:
        compare = (
            f'diff -r -x manifest.json {REPORT} {again} && echo "{again} has the same bytes as {REPORT}, file by file."'
        )
    return (
        "# `make report` makes the report again and compares it, `make verify` checks the one that is here.\n"
        ".PHONY: report verify\n\n"
        "report:\n"
        f'\t@$(MAKE) --no-print-directory -C {program} report PARAMS={params} REPORTS="$(CURDIR)/{AGAIN}"\n'
        f"\t@{compare}\n\n"
        "verify:\n"
        f"\t@$(MAKE) --no-print-directory -C {program} environment\n"
        f"\t@{python} -m smmlib verify {REPORT}\n"
    )


def _word(text: str) -> str:
    """A path as a word of a recipe: quoted for the shell, and a $ for make."""
    return shlex.quote(text).replace("$", "$$")


def readme(inputs: Inputs, layout: Layout, absent: Iterable[str]) -> str:
    """The README of a pack.

    Parameters
    ----------
    inputs : Inputs
    layout : Layout
    absent : iterable of str
        Tables that the pack does not hold, by the paths where they would be.

    Returns
    -------
    str
    """
    study, versions, missing = inputs.study, inputs.manifest["versions"], list(absent)
    parts = [
        f"# {study.title}",
        f"{study.trial}.\n\n{study.data.description}",
        _commands(inputs, missing),
        _same_bytes(inputs, versions),
        _files(inputs, layout),
        *([_absent(inputs, missing)] if missing else []),
    ]
    return "\n\n".join(parts) + "\n"


def _commands(inputs: Inputs, missing: list[str]) -> str:
    once = ", once the tables named below are in their places" if missing else ""
    return f"""## Check it

Open `{REPORT}/index.html` in a browser: it needs nothing beside it. With Python, make and a network from which pip
installs, type in this folder:

- `make verify`: were files of the report changed, and does R, where it is, compute its numbers again?
- `make report`: makes the report again in `{AGAIN}/{inputs.study.study}` and compares it with `{REPORT}/`{once}.

Both make a virtual environment from `{LOCK}` first, which takes a minute and some hundred megabytes."""


def _same_bytes(inputs: Inputs, versions: dict[str, str]) -> str:
    other = f"R {inputs.r_version}" if inputs.r_version else "no R"
    return f"""## What is the same

The report was made with Python {versions["python"]} and {other}, on {inputs.manifest["platform"]}.
{OTHER_NAMES if inputs.has_secret else SAME_BYTES}"""


def _files(inputs: Inputs, layout: Layout) -> str:
    rows = {
        f"{REPORT}/": "the report: the page, numbers, ledger, figures, executed notebooks"
        + ("" if inputs.study.suppress_below else ", analysis data, the script in R"),
        layout.parameters: "the parameters",
        f"{layout.program}/": f"the program; `{LOCK}` in it names every package that it needs, with hashes",
        "manifest.json": "SHA-256 of every file here, and the commit of the program",
        "codecheck.yml": "for a CODECHECK: the outputs to be checked; the checker fills in the rest",
        "ro-crate-metadata.json": "what is here, for programs: RO-Crate 1.1",
        "Makefile": "the two commands",
    }
    lines = "\n".join(f"| `{name}` | {what} |" for name, what in rows.items())
    return f"""## What is here

| file | what it is |
|---|---|
{lines}

`{SOURCE}/` holds the inputs as they lay to one another, so that paths between them are the same."""


def _absent(inputs: Inputs, missing: list[str]) -> str:
    told = {os.path.basename(path): inputs.manifest["data"].get(name) for name, path in _tables(inputs)}
    masked = inputs.study.suppress_below is not None
    lines = "\n".join(
        f"- `{path}`"
        + (f", SHA-256 `{told[os.path.basename(path)]}`" if not masked and told.get(os.path.basename(path)) else "")
        for path in missing
    )
    return f"## What is not here\n\nTables of patients, which their owner may give you:\n\n{lines}"


def _tables(inputs: Inputs) -> list[tuple[str, str]]:
    return [(str(name), path) for name, path in inputs.study.data.tables.items()]
