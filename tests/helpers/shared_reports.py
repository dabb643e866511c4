"""Whole reports that many tests read: each is made once in a run of the tests, by whichever process asks first."""

import shutil

from end_to_end import notebooks_are_run
from report_project import ReportProject

from smmlib.ownership.lock import lock

PATIENCE = 3600
"""Seconds to wait for another process of the tests that is making the report."""


class SharedReports:
    """Reports of bundled studies in one project folder, only to be read; who wants to change one takes a copy.

    Parameters
    ----------
    folder : Path
        That all processes of this run of the tests share, and no other run.
    """

    def __init__(self, folder):
        self._folder = folder
        folder.mkdir(exist_ok=True)
        with lock(folder / "lock", patience=PATIENCE):
            new = not (folder / "project").exists()
            self.project = ReportProject(folder / "project", copy=new)

    def report(self, study):
        """The folder of the report of a bundled study."""
        notebooks_are_run()
        with lock(self._folder / "lock", patience=PATIENCE):
            report = self.project.reports / study
            return report if report.exists() else self.project.make(study)

    def copy(self, study, project):
        """Put a copy of the report among the reports of another project, as if it had been made there."""
        return shutil.copytree(self.report(study), project.reports / study)


def shared_folder(tmp_path_factory, config):
    """The folder for what all processes of a run of the tests share: that of pytest, above those of its workers."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if hasattr(config, "workerinput") else own) / "shared-reports"
