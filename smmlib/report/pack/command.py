"""Pack a report for a reviewer: with what it was made from, as far as that may leave, in one zip file."""

import argparse
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from smmlib.plain_text import say
from smmlib.report.folder.outputs_check import NoManifestError
from smmlib.report.folder.shown_path import shown
from smmlib.report.pack.contents import layout_of, report_files
from smmlib.report.pack.inputs import Inputs, PackError, inputs_of
from smmlib.report.pack.research_object import codecheck, crate
from smmlib.report.pack.texts import makefile, readme
from smmlib.report.pack.zip_file import write_zip
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

NOTHING_WRITTEN = "Nothing was written."


def main(arguments: Sequence[str] | None = None) -> int:
    """Pack a report.

    Returns
    -------
    int
        0 when the zip file is written; 2 when it is no report, not as it was made, or cannot be packed or written.
    """
    options = _parse(arguments)
    report = options.report
    file = options.to or report.absolute().with_name(f"{report.absolute().name}.zip")
    try:
        said = pack(report, file, with_tables=options.with_tables)
    except (NoManifestError, PackError, ParametersError) as error:
        say(f"{error}\n{NOTHING_WRITTEN}")
        return BAD_INPUT
    except FileExistsError:
        say(f"{shown(file)} is there: move it away, or name another file with --to.\n{NOTHING_WRITTEN}")
        return BAD_INPUT
    except OSError as error:
        say(f"{shown(file)} cannot be written: {error.strerror}; name another file with --to.\n{NOTHING_WRITTEN}")
        return BAD_INPUT
    say(said)
    return 0


def pack(report: Path, file: Path, *, with_tables: bool) -> str:
    """Write a report and what it was made from into a zip file.

    Parameters
    ----------
    report : Path
        Its folder.
    file : Path
        The zip file; must not be there.
    with_tables : bool
        Whether tables of patients that do not come with the package go in.

    Returns
    -------
    str
        What was packed, in a sentence or two.

    Raises
    ------
    NoManifestError, PackError, ParametersError
        If it cannot be packed.
    OSError
        If the file cannot be written, or is there.
    """
    if file.exists():
        raise FileExistsError
    inputs = inputs_of(report)
    refuse_what_may_not_leave(inputs, with_tables=with_tables)
    layout = layout_of(inputs, with_tables=with_tables)
    absent = [name for name in layout.tables if name not in layout.files]
    files = {**report_files(report), **layout.files}
    contents = {name: path.read_bytes() for name, path in files.items()}
    contents["README.md"] = readme(inputs, layout, absent).encode()
    contents["Makefile"] = makefile(inputs, layout).encode()
    contents["codecheck.yml"] = codecheck(inputs, contents).encode()
    contents["ro-crate-metadata.json"] = crate(
        inputs, layout, {name: len(content) for name, content in contents.items()}
    ).encode()
    contents["manifest.json"] = _manifest(inputs, contents).encode()
    write_zip(file, {f"{inputs.study.study}/{name}": content for name, content in contents.items()})
    return _said(inputs, file, len(contents), absent)


def refuse_what_may_not_leave(inputs: Inputs, *, with_tables: bool) -> None:
    """Refuse to pack what would tell what the report hides.

    Raises
    ------
    PackError
        Tables, in which masked counts can be counted, or parameters that name patients, where the report does not.
    """
    study = inputs.study
    if with_tables and study.suppress_below is not None:
        raise PackError("suppress_below masks small counts, which the tables would tell: leave --with-tables out.")
    if study.data.accept and inputs.has_secret and not with_tables:
        raise PackError(
            "The parameters name patients under data.accept, and the report names them by hashes: pack with "
            "--with-tables, if identifiers may leave."
        )


def _manifest(inputs: Inputs, contents: dict[str, bytes]) -> str:
    """Hashes of all files, and what made the report."""
    told = {name: inputs.manifest.get(name) for name in ("study", "origin", "made", "commit", "lock", "versions")}
    return json.dumps({**told, "files": _hashes(contents)}, indent=1) + "\n"


def _hashes(contents: dict[str, bytes]) -> dict[str, str]:
    return {name: sha256(contents[name]).hexdigest() for name in sorted(contents)}


def _said(inputs: Inputs, file: Path, count: int, absent: Sequence[str]) -> str:
    size = file.stat().st_size / 1e6
    first = f"{shown(file)}: {count} files, {size:.1f} MB."
    if absent:
        left_out = f"The tables are left out ({len(absent)})"
        way = "" if inputs.study.suppress_below else ": --with-tables takes them in, if they may leave"
        return f"{first} {left_out}{way}. `make verify` in it checks the report."
    if inputs.has_secret:
        return f"{first} `make report` in it gives the same numbers, but other names of patients: the salt stays here."
    return f"{first} `make report` in it gives the same bytes."


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="smmlib pack",
        description="Pack a report for a reviewer, with what it was made from, in one zip file.",
    )
    parser.add_argument("report", type=Path, help="folder of the report")
    parser.add_argument("--to", type=Path, help="the zip file; beside the report when left out")
    parser.add_argument(
        "--with-tables", action="store_true", help="take in the tables of patients; bundled ones always are"
    )
    return parser.parse_args(arguments)
