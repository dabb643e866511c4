"""What a study asks of its report before anything runs: a notebook for each run, and the numbers of its claims."""

from os.path import lexists
from pathlib import Path

from smmlib.analysis.claims import ClaimError, claims_by_key
from smmlib.analysis.sections import BUNDLED_NOTEBOOKS
from smmlib.report.folder.shown_path import relative
from smmlib.report.running.execute import NotebookError, check_parameters
from smmlib.trial.parameters.study import place_in
from smmlib.trial.regular_file import UnusableFileError, check_regular


def notebooks_of(study, params_file, project):
    """The notebook of each run.

    Parameters
    ----------
    study : Study
    params_file : Path
    project : Path
        Folder that holds `notebooks`.

    Returns
    -------
    dict of str to Path

    Raises
    ------
    NotebookError
        With a line for each run whose notebook is not there or does not fit its parameters.
    """
    folders = [project / "notebooks", *([params_file.parent / study.notebooks] if study.notebooks else [])]
    notebooks = {name: _notebook_file(folders, run.notebook) for name, run in study.runs.items()}
    problems = []
    for name, file in notebooks.items():
        try:
            _check_notebook(name, study.runs[name], file, folders)
        except NotebookError as error:
            problems.append(f"{place_in(params_file, 'runs', name)}: {error}")
    if problems:
        raise NotebookError("\n".join(problems))
    return notebooks


def _notebook_file(folders, notebook):
    """A notebook of one's own where it has the name, if no bundled one has; else the bundled one."""
    files = [folder / f"{notebook}.ipynb" for folder in folders]
    return files[0] if notebook in BUNDLED_NOTEBOOKS or lexists(files[0]) else files[-1]


def _check_notebook(name, run, file, folders):
    try:
        check_regular(file)
    except UnusableFileError as error:
        known = sorted({path.stem for folder in folders for path in folder.glob("*.ipynb") if path.is_file()})
        there_are = f"there is no notebook {run.notebook!r}; there are {', '.join(known)}"
        what = there_are if error.is_absent else f"the notebook {run.notebook!r} {error}"
        raise NotebookError(f"runs.{name}: {what}.") from None
    check_parameters(name, relative(file, Path.cwd()), run.parameters)


def check_claims(study, params_file, notebooks, numbers):
    """Refuse a claim about a number that the study does not have, unless a notebook of one's own may yet record it.

    Parameters
    ----------
    study : Study
    params_file : Path
    notebooks : dict of str to Path
        From `notebooks_of`.
    numbers : iterable of Key

    Raises
    ------
    ClaimError
    """
    own = any(file.stem not in BUNDLED_NOTEBOOKS for file in notebooks.values())
    try:
        claims_by_key(study, None if own else numbers)
    except ClaimError as error:
        raise ClaimError(error.index, error.within(params_file)) from None
