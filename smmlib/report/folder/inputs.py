"""What a report is made from, which must be the same when its last part is made as it was when the first was."""

from pathlib import Path

from smmlib.errors import SmmlibError
from smmlib.hashes import hash_of_files
from smmlib.report.folder.shown_path import shown
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError


class ChangedError(SmmlibError):
    """Parameters, tables or notebooks that were changed while a report was made from them."""


def input_hashes(study, notebooks):
    """Hash of each table, curve and notebook of a report.

    Parameters
    ----------
    study : Study
    notebooks : iterable of Path

    Returns
    -------
    dict of Path to str
        None instead for a file that cannot be read.
    """
    files = {*map(Path, (*study.data.tables.values(), *study.data.given_files.values())), *notebooks}
    return {file: _hash(file) for file in sorted(files)}


def refuse_changes(params_file, study, hashes):
    """Refuse what was changed since it was read.

    Parameters
    ----------
    params_file : Path
    study : Study
        As it was read from there.
    hashes : dict of Path to str
        From `input_hashes`.

    Raises
    ------
    ChangedError
        Naming the files.
    """
    changed = [file for file, hash_of_file in hashes.items() if _hash(file) != hash_of_file]
    if not _says_the_same(params_file, study):
        changed.append(params_file)
    if changed:
        raise ChangedError(f"{', '.join(map(shown, changed))}: changed while the report was made; make it again.")


def _says_the_same(params_file, study):
    try:
        return read_study(params_file, with_files=False) == study
    except ParametersError:
        return False


def _hash(file):
    try:
        return hash_of_files(file)
    except OSError:
        return None
