"""A project folder of its own for tests that run reports: its notebooks can be broken and its reports thrown away."""

import csv
import math
import shutil
import sys
from html.parser import HTMLParser

import nbformat
import yaml
from end_to_end import notebooks_are_run
from project_files import PROJECT

from smmlib.ownership.report_mark import write_mark
from smmlib.report.run import Task, make_report
from smmlib.report.running import fork_server
from smmlib.trial.parameters.study import read_study

STUDIES = ("quiredex-2013", "freireich-1963")


class ReportProject:
    """A copy of the project's notebooks and parameters in a temporary folder.

    Parameters
    ----------
    folder : Path
        Empty, unless nothing is to be copied.
    copy : bool
        Whether the folder is to be filled: not where another process of the tests has done that.
    """

    def __init__(self, folder, *, copy=True):
        self.folder, self.reports = folder, folder / "reports"
        if copy:
            shutil.copytree(PROJECT / "notebooks", folder / "notebooks")
            shutil.copytree(PROJECT / "params", folder / "params")
            (folder / "smmlib").symlink_to(PROJECT / "smmlib")

    def params(self, study):
        return self.folder / "params" / f"{study}.yaml"

    def replace(self, study, *changes):
        """Change texts in the parameters of a study; each must occur once."""
        text = self.params(study).read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must occur once in {study}"
            text = text.replace(old, new)
        self.params(study).write_text(text, encoding="utf-8")

    def add_cell(self, notebook, source, at=None):
        """Add a code cell to a notebook: before the one that writes the records, or as the cell of that number."""
        file = self.folder / "notebooks" / f"{notebook}.ipynb"
        content = nbformat.read(file, as_version=4)
        position = len(content.cells) - 1 if at is None else at
        content.cells.insert(position, nbformat.v4.new_code_cell(source, id="added"))
        nbformat.write(content, file)

    def put_good_report(self, study):
        """A last good report, of one page: for tests in which it must stay what it is. Gives what `contents` does."""
        good = self.reports / study
        good.mkdir(parents=True)
        (good / "index.html").write_text("the last good report", encoding="utf-8")
        write_mark(good, study, sealed=True)
        return contents(good)

    def run_alone(self, run, study="freireich-1963"):
        """Leave one run of a study, and the claims about its numbers: for what one notebook shows as well as two."""
        parameters = yaml.safe_load(self.params(study).read_text(encoding="utf-8"))
        parameters["runs"] = {run: parameters["runs"][run]}
        parameters["published"] = [claim for claim in parameters["published"] if claim["number"].startswith(f"{run}.")]
        self.params(study).write_text(yaml.safe_dump(parameters, sort_keys=False), encoding="utf-8")

    def make(self, study, kernels="forked", reports=None):
        """Make a report in this process, among those of the project unless others are named, and give its folder."""
        if kernels == "forked":
            fork_server.start_fork_server()
        file, reports = self.params(study), reports or self.reports
        make_report(Task(file, read_study(file), self.folder, reports, jobs=2, kernels=kernels))
        return reports / study

    def command(self, *studies):
        """The command line of a report run of this project, for a process of its own."""
        notebooks_are_run()
        start = (
            "import pathlib; from smmlib.report import command; from smmlib.command_line.run import run_command; "
            f"command.PROJECT = pathlib.Path({str(self.folder)!r}); run_command(command.main)"
        )
        files = [str(self.params(study)) for study in studies]
        return [sys.executable, "-c", start, *files, "--reports", str(self.reports)]


def contents(folder):
    """Bytes of every file of a report, by its path, but for the manifest, which holds a clock."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rows(file):
    """Rows of a table in CSV, each as a dict of texts."""
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def numbers_of(report):
    """Rows of the numbers of a report, by their record."""
    return {row["record"]: row for row in rows(report / "numbers.csv")}


def same_number(old, new):
    """Whether two cells of a report say the same; another processor may change the last digit of a number."""
    try:
        return math.isclose(float(old), float(new), rel_tol=1e-9)
    except ValueError:
        return old == new or all(map(same_number, old.split("; "), new.split("; "))) if ";" in new else old == new


class Page(HTMLParser):
    """Links, sources, identifiers and visible text of a page."""

    def __init__(self, file):
        super().__init__()
        self.addresses, self.ids, self.text, self._hidden = [], set(), [], 0
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.addresses += [named[name] for name in ("href", "src", "xlink:href") if name in named]
        self.ids.add(named.get("id"))
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data):
        if not self._hidden:
            self.text.append(data)
