"""Runs of the last good report that would only be repeated: their notebooks are not executed again.

A run rests on its notebook, its own parameters, the parameters of the study that the notebook read, the analysis data
and the programs at work. Nothing is kept where small counts are masked, for a hash of their analysis data would prove a
guess, nor of notebooks of one's own, which may read what nobody here knows.
"""

import json
import os
import shutil

import nbformat

from smmlib.analysis.sections import BUNDLED_NOTEBOOKS
from smmlib.hashes import hash_of, hash_of_files
from smmlib.report.folder.outputs_check import MANIFEST
from smmlib.report.folder.standing import programs_at_work
from smmlib.report.running.execute import run_of
from smmlib.trial.analysis_files import hash_of_analysis_data

RUNS, NOTEBOOKS = "runs", "notebooks"


class Repeatable:
    """The runs of a study that can be kept, and what each rests on.

    Parameters
    ----------
    task : Task
    notebooks : dict of str to Path
        The notebook of each run.
    data_folder : Path
        Where the run keeps its analysis data.
    """

    def __init__(self, task, notebooks, data_folder):
        masked = task.study.suppress_below is not None
        bundled = {name: file for name, file in notebooks.items() if file.stem in BUNDLED_NOTEBOOKS}
        self._notebooks = {} if masked else bundled
        self._task = task
        self._common = () if masked else (hash_of_analysis_data(data_folder), programs_at_work())

    def kept(self, standing, partial):
        """What is taken over from the last good report, whose executed notebooks are copied.

        Parameters
        ----------
        standing, partial : Path
            Folder of the last good report, and of the one that is made.

        Returns
        -------
        dict of str to ExecutedRun
        """
        found = {name: self._kept(name, standing) for name in self._notebooks} if not self._task.again else {}
        found = {name: run for name, run in found.items() if run is not None}
        for name in found:
            shutil.copyfile(standing / _executed(name), partial / _executed(name))
        return found

    def _kept(self, name, standing):
        try:
            said = json.loads((standing / MANIFEST).read_text(encoding="utf-8"))
            reads, rests_on = said[RUNS][name]["reads"], said[RUNS][name]["rests_on"]
            file = standing / _executed(name)
            if rests_on == self._rests_on(name, reads) and said["outputs"][_executed(name)] == hash_of_files(file):
                return run_of(name, nbformat.read(file, as_version=4), tuple(reads))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return None

    def stamps(self, runs):
        """What the manifest tells of each run that can be kept.

        Parameters
        ----------
        runs : list of ExecutedRun

        Returns
        -------
        dict of str to dict
        """
        known = [run for run in runs if run.name in self._notebooks and run.reads]
        return {run.name: {"reads": list(run.reads), "rests_on": self._rests_on(run.name, run.reads)} for run in known}

    def _rests_on(self, name, reads):
        study, notebook = self._task.study, self._notebooks[name]
        paths = {*study.data.tables, "salt"}
        read = study.model_dump(mode="json", include=set(reads), exclude={"data": paths})
        given = [study.runs[name].parameters, read]
        place = os.path.relpath(self._task.params_file, notebook.parent)
        texts = [name, hash_of_files(notebook), place, json.dumps(given, sort_keys=True), *self._common]
        return hash_of(*map(os.fsencode, texts))


def _executed(name):
    return f"{NOTEBOOKS}/{name}.ipynb"
