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
    parser.add_argument("folder", type=Path, help="folder for its parameters and tables; made when there is none")
    options = parser.parse_args(arguments)
    try:
        files = new_study(options.name, options.folder)
    except (SmmlibError, ValueError) as error:
        say(error)
        return BAD_INPUT
    except OSError as error:
        say(f"{error.filename} cannot be written: {error.strerror}; choose another folder.")
        return BAD_INPUT
    for file in files:
        say(f"wrote {visible(file)}", sys.stdout)
    then = shell_command("make", "check", f"PARAMS={files[0]}")
    say(f"Fill the tables, say in {files[0].name} what was pre-specified, then: {then}", sys.stdout)
    return 0


def new_study(name: str, folder: str | Path) -> list[Path]:
    """Write a commented parameters file, the headers of the tables that it names, and a salt.

    Parameters
    ----------
    name : str
        Letters, digits, - and _.
    folder : Path

    Returns
    -------
    list of Path
        The files written, the parameters first.

    Raises
    ------
    ValueError
        If the name is not one, or that of the folder is not in UTF-8.
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
    texts = {f"{name}.yaml": _parameters(name, folder), **_headers()}
    there = [str(folder / file) for file in (*texts, SALT) if lexists(folder / file)]
    if there:
        raise StudyExistsError(f"{', '.join(there)}: there already; choose another folder. Nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        with (folder / file).open("x", encoding="utf-8") as stream:
            stream.write(text)
    make_salt(folder / SALT)
    return [folder / file for file in (*texts, SALT)]


def _parameters(name: str, folder: Path) -> str:
    schema = quote(os.fsencode(Path(relpath(SCHEMA, folder)).as_posix()))
    return TEMPLATE.read_text(encoding="utf-8").replace("SCHEMA", schema).replace("study: NAME", f"study: {name}")


def _headers() -> dict[str, str]:
    """The header of each table that the template names: what its endpoints and populations need."""
    study = read_study(TEMPLATE, with_files=False)
    return {
        Path(getattr(study.data, table)).name: ",".join(["STUDYID", *columns]) + "\n"
        for table, columns in needed_columns(study).items()
    }
