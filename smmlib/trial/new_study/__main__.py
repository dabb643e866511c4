"""`python -m smmlib.trial.new_study my-trial FOLDER`: start the analysis of a trial of one's own."""

import argparse
import re
import secrets
import sys
from os.path import relpath
from pathlib import Path

from smmlib.command_line.run import run_command
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.columns import needed_columns
from smmlib.trial.tables.problems import BAD_INPUT

TEMPLATE = Path(__file__).with_name("study.yaml")
SCHEMA = Path(__file__).parents[3] / "params" / "schema.json"


def main(arguments=None):
    """Write the files of a new study; nothing that is there already is touched."""
    parser = argparse.ArgumentParser(prog="python -m smmlib.trial.new_study", description="Start a study of your own.")
    parser.add_argument("name", help="name of the study: letters, digits, - and _")
    parser.add_argument("folder", type=Path, help="folder for its parameters and tables; made when there is none")
    options = parser.parse_args(arguments)
    try:
        files = new_study(options.name, options.folder)
    except (FileExistsError, ParametersError, ValueError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    print("\n".join(f"wrote {file}" for file in files))
    print(f"Fill the tables, say in {files[0].name} what was pre-specified, then: make check PARAMS={files[0]}")
    return 0


def new_study(name, folder):
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
        If the name is not one.
    FileExistsError
        If one of the files is there already: nothing is written then.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ValueError(f"name is {name!r}: use letters, digits, - and _.")
    folder = Path(folder)
    texts = {f"{name}.yaml": _parameters(name, folder), "salt.txt": secrets.token_hex(32) + "\n", **_headers()}
    there = [str(folder / file) for file in texts if (folder / file).exists()]
    if there:
        raise FileExistsError(f"{', '.join(there)}: there already; choose another folder. Nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return [folder / file for file in texts]


def _parameters(name, folder):
    schema = Path(relpath(SCHEMA, folder)).as_posix()
    return TEMPLATE.read_text(encoding="utf-8").replace("SCHEMA", schema).replace("study: NAME", f"study: {name}")


def _headers():
    """The header of each table that the template names: what its endpoints and populations need."""
    study = read_study(TEMPLATE, with_files=False)
    return {
        Path(getattr(study.data, table)).name: ",".join(["STUDYID", *columns]) + "\n"
        for table, columns in needed_columns(study).items()
    }


if __name__ == "__main__":
    run_command(main)
