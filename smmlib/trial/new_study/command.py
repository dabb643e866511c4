"""Start the analysis of a trial of one's own: its parameters, the headers of its tables, and a salt."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from os.path import lexists, relpath
from pathlib import Path
from urllib.parse import quote

from smmlib.errors import SmmlibError
from smmlib.places import project_folder
from smmlib.plain_text import NOT_UTF8, is_utf8, say, shell_command, visible
from smmlib.trial.new_study.filled import filled_parameters
from smmlib.trial.parameters.study import read_study
from smmlib.trial.salt import make_salt
from smmlib.trial.tables.columns import needed_columns
from smmlib.trial.tables.problems import BAD_INPUT

TEMPLATE = Path(__file__).with_name("study.yaml")
SCHEMA = project_folder() / "params" / "schema.json"
SALT = "salt.txt"


class StudyExistsError(SmmlibError):
    """Files where those of a new study would be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files of a new study; nothing that is there already is touched."""
    parser = argparse.ArgumentParser(prog="smmlib new", description="Start a study of your own.")
    parser.add_argument("name", help="name of the study: letters, digits, - and _")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        help="folder for its parameters and tables, made when there is none; that of --tables when left out",
    )
    parser.add_argument(
        "--tables", type=Path, metavar="FOLDER", help="fill the parameters from the ADaM tables in this folder"
    )
    options = parser.parse_args(arguments)
    if options.folder is None and options.tables is None:
        parser.error("give a folder, or --tables with the folder of your tables")
    folder = options.tables if options.folder is None else options.folder
    try:
        files = new_study(options.name, folder, options.tables)
    except (SmmlibError, ValueError) as error:
        say(error)
        return BAD_INPUT
    except OSError as error:
        say(f"{error.filename} cannot be written: {error.strerror}; choose another folder.")
        return BAD_INPUT
    for file in files:
        say(f"wrote {visible(file)}", sys.stdout)
    then = shell_command(*_check_of(files[0]))
    to_do = "Read what is marked CHECK in" if options.tables else "Fill the tables, say what was pre-specified in"
    say(f"{to_do} {files[0].name}, then: {then}", sys.stdout)
    return 0


def _check_of(file: Path) -> list[str]:
    """The command that checks a study, by make where make has started this one."""
    if "SMMLIB_NAME" in os.environ:
        return ["make", "check", f"PARAMS={file}"]
    return ["smmlib", "check", f"./{file}" if str(file).startswith("-") else str(file)]


def new_study(name: str, folder: str | Path, tables: str | Path | None = None) -> list[Path]:
    """Write a parameters file and a salt; without tables also the headers of those that the parameters name.

    Parameters
    ----------
    name : str
        Letters, digits, - and _.
    folder : Path
    tables : Path, optional
        Folder of ADaM tables, in `folder` or the same: the parameters are filled from them. Without it they are an
        example to change.

    Returns
    -------
    list of Path
        The files written, the parameters first.

    Raises
    ------
    ValueError
        If the name is not one, or that of the folder is not in UTF-8, or the tables lie outside of the folder or tell
        no subjects, arms or endpoints.
    DataError
        If a table cannot be read.
    StudyExistsError
        If one of the files is there already: nothing is written then.
    OSError
        If the folder cannot be written to.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ValueError(f"name is {name!r}: use letters, digits, - and _.")
    folder = Path(folder)
    if not is_utf8(folder):
        raise ValueError(f"{folder}: {NOT_UTF8}")
    texts = _example(name, folder) if tables is None else _filled(name, folder, Path(tables))
    keeps_salt = tables is not None and lexists(folder / SALT)  # that of another study of the same tables
    files = [*texts] if keeps_salt else [*texts, SALT]
    there = [str(folder / file) for file in files if lexists(folder / file)]
    if there:
        raise StudyExistsError(f"{', '.join(there)}: there already; choose another folder. Nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        with (folder / file).open("x", encoding="utf-8") as stream:
            stream.write(text)
    if not keeps_salt:
        make_salt(folder / SALT)
    return [folder / file for file in files]


def _example(name: str, folder: Path) -> dict[str, str]:
    text = TEMPLATE.read_text(encoding="utf-8").replace("SCHEMA", _schema(folder))
    return {f"{name}.yaml": text.replace("study: NAME", f"study: {name}"), **_headers()}


def _filled(name: str, folder: Path, tables: Path) -> dict[str, str]:
    if not tables.is_dir():
        raise ValueError(f"{tables} is no folder: give that of your tables.")
    if not tables.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{tables} lies outside of {folder}: parameters lie beside their tables, or above them.")
    text = filled_parameters(name, folder.resolve(), tables.resolve())
    return {f"{name}.yaml": text.replace("SCHEMA", _schema(folder), 1)}


def _schema(folder: Path) -> str:
    return quote(os.fsencode(Path(relpath(SCHEMA, folder)).as_posix()))


def _headers() -> dict[str, str]:
    """The header of each table that the template names: what its endpoints and populations need."""
    study = read_study(TEMPLATE, with_files=False)
    return {
        Path(getattr(study.data, table)).name: ",".join(["STUDYID", *columns]) + "\n"
        for table, columns in needed_columns(study).items()
    }
