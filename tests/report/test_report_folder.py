"""A report replaces a report of its study and nothing else: whatever else is in its way, or beside it, stays."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from other_user import OTHER, as_other_user
from report_project import PROJECT, ReportProject
from small_trial import write_trial

from smmlib.ownership.report_mark import MARK, leaves
from smmlib.report import command, run

pytestmark = pytest.mark.by_hand

STUDY = "freireich-1963"
NOTHING_RUN = "Nothing was run; the last good report is as it was.\n"
# A run that makes no notebook run: what it would have built is one page, and a file in each folder of a report.
STUB = """
import pathlib, sys, types
sys.modules["rfc3987_syntax"] = None  # as the command does, before it imports what would import this for seconds
from smmlib.report import command, run
command.PROJECT = pathlib.Path({project!r})
def build(task, notebooks, standing, partial, *of_study):
    (partial / "index.html").write_text({page!r})
    for file in ("figures/os.svg", "analysis_data/made-from.json", "tables/remarks.csv"):
        (partial / file).parent.mkdir()
        (partial / file).write_text("<svg/>")
    {hook}
    return types.SimpleNamespace(ranges=None, entries=[], checks=[])
run._build = build
{before}
sys.exit(command.main())
"""


class Runs:
    """Runs of one study with a report that is quickly built, here or in processes of their own.

    Parameters
    ----------
    folder : Path
        Empty.
    monkeypatch, capfd
        Fixtures of pytest.
    """

    def __init__(self, folder, monkeypatch, capfd):
        self.project = ReportProject(folder)
        self.params = self.project.params(STUDY)
        self.reports = self.project.reports
        self.standing = self.reports / STUDY
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def run(self, page="new", hook=None, params=None):
        """Run here: the exit code, and what was said. The hook is called when the report is built."""

        def build(task, notebooks, standing, partial, *of_study):
            (partial / "index.html").write_text(page, encoding="utf-8")
            (partial / "figures").mkdir()
            (partial / "figures" / "os.svg").write_text("<svg/>", encoding="utf-8")
            if hook:
                hook()
            return SimpleNamespace(ranges=None, entries=[], checks=[])

        self._monkeypatch.setattr(run, "_build", build)
        self._monkeypatch.setattr(command, "PROJECT", self.project.folder)
        self._capfd.readouterr()
        code = command.main([str(params or self.params), "--reports", str(self.reports), "--kernels", "plain"])
        return code, self._capfd.readouterr().err

    def command(self, page="new", hook="pass", before=""):
        """The same as a command for a process of its own; the hook and what goes before are code."""
        script = STUB.format(project=str(self.project.folder), page=page, hook=hook, before=before)
        return [sys.executable, "-c", script, str(self.params), "--reports", str(self.reports), "--kernels", "plain"]

    def page(self):
        return (self.standing / "index.html").read_text(encoding="utf-8")

    def beside(self):
        """What is beside the report, but for the lock."""
        return sorted(path.name for path in self.reports.iterdir() if not path.name.startswith("."))


def ended(command):
    """The exit code of a process, and what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


def fails():
    raise run.DifferenceError("not reproduced")


@pytest.fixture
def runs(tmp_path, monkeypatch, capfd):
    return Runs(tmp_path, monkeypatch, capfd)


def tree(folder):
    """Everything in a folder: bytes of files, aims of links, and folders."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in sorted(folder.rglob("*"))
    }


# ---- refused before anything runs


@pytest.fixture
def refused(tmp_path, monkeypatch, capfd):
    """Run a study: it is refused, nothing is changed anywhere, and what is said is given."""
    project = ReportProject(tmp_path / "project")
    monkeypatch.setattr(command, "PROJECT", project.folder)

    def refused(params, reports):
        before = tree(tmp_path)
        assert command.main([str(params), "--reports", str(reports), "--kernels", "plain"]) == 2
        said = capfd.readouterr().err
        assert said.endswith(NOTHING_RUN)
        assert "REPORTS=" in said
        assert tree(tmp_path) == before
        return said

    refused.project = project
    return refused


PATIENTS = [
    {
        "USUBJID": f"{arm}{number}",
        "TRT01P": arm,
        "RANDDT": "2010-01-03",
        "DTHDT": dead,
        "LSTALVDT": dead or "2011-01-01",
    }
    for arm in "AB"
    for number, dead in enumerate(["2010-06-01", "", ""])
]


def trial_in(folder, changes=None):
    folder.mkdir(parents=True)
    return write_trial(folder, changes or {}, subjects=PATIENTS)


def test_the_folder_of_the_trial_is_not_its_report(refused, tmp_path):
    params = trial_in(tmp_path / "trials" / "small")
    (params.parent / "salt.txt").write_text("a secret of the trial", encoding="ascii")
    assert "small.yaml is in it" in refused(params, tmp_path / "trials")


@pytest.mark.parametrize("name", ["adsl.csv", "salt.txt"])
def test_a_folder_that_holds_a_table_or_the_salt_is_no_report(refused, tmp_path, name):
    """Also when only a link to it is there, and when the folder holds nothing else and carries the mark."""
    trial = tmp_path / "trial"
    params = trial_in(trial, {"data": {"salt": "small/salt.txt"}} if name == "salt.txt" else {})
    (trial / "small").mkdir()
    if name == "salt.txt":
        (trial / "small" / "salt.txt").write_text("a secret of the trial", encoding="ascii")
    else:
        (trial / "adsl.csv").rename(trial / "small" / "adsl.csv")
        (trial / "adsl.csv").symlink_to("small/adsl.csv")
    mark = {"study": "small", "files": [name]}
    (trial / "small" / MARK).write_text(json.dumps(mark), encoding="utf-8")
    assert f"{name} is in it" in refused(params, trial)


def test_a_folder_above_the_project_is_no_report(refused, tmp_path):
    """The study is called as the folder that the project is in."""
    params = trial_in(tmp_path / "trial", {"study": "project"})
    assert "is in it" in refused(params, tmp_path)


@pytest.mark.parametrize("part", ["notebooks", "params"])
def test_a_folder_of_the_project_is_no_report_and_holds_none(refused, tmp_path, part):
    params = trial_in(tmp_path / "trial", {"study": part})
    assert f"{part} is in it" in refused(params, refused.project.folder)
    other = trial_in(tmp_path / "other")
    assert f"is inside {os.path.relpath(refused.project.folder / part)}" in refused(
        other, refused.project.folder / part
    )


def notes(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")


def others_numbers(folder):
    folder.mkdir()
    (folder / "numbers.csv").write_text("patient,age\n1,50\n", encoding="utf-8")


def other_study(folder):
    folder.mkdir()
    (folder / MARK).write_text(json.dumps({"study": "aquila-2025", "files": []}), encoding="utf-8")


def garbled_mark(folder):
    folder.mkdir()
    (folder / MARK).write_bytes(b"\xff\x00{")


def mark_of_lists(folder):
    folder.mkdir()
    (folder / MARK).write_text("[" * 5000, encoding="utf-8")


def linked_mark(folder):
    notes(folder)
    (folder.parent / "mark").write_text(json.dumps({"study": STUDY, "files": ["notes.txt"]}), encoding="utf-8")
    (folder / MARK).symlink_to("../mark")


def notes_in_report(folder):
    notes(folder)
    (folder / "index.html").write_text("a report", encoding="utf-8")
    (folder / MARK).write_text(json.dumps({"study": STUDY, "files": ["index.html"]}), encoding="utf-8")


def empty_folder_in_report(folder):
    (folder / "mine").mkdir(parents=True)
    (folder / MARK).write_text(json.dumps({"study": STUDY, "files": []}), encoding="utf-8")


def earlier_version(folder):
    notes(folder)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (notes, "holds notes.txt: not made by smmlib as a report"),
        (others_numbers, "holds numbers.csv: not made"),
        (other_study, f"is the report of aquila-2025, by its {MARK}"),
        (garbled_mark, f"holds {MARK}: not made"),
        (mark_of_lists, f"holds {MARK}: not made"),
        (linked_mark, f"holds {MARK}, notes.txt: not made"),
        (notes_in_report, "holds notes.txt: not made"),
        (empty_folder_in_report, "holds mine: not made"),
        (earlier_version, "If it is a report of an earlier version and nothing in it is yours, delete the folder."),
        (lambda folder: folder.write_text("mine", encoding="utf-8"), "is no folder"),
        (lambda folder: folder.symlink_to("nowhere"), "is a link"),
        (lambda folder: (notes(folder.parent / "theirs"), folder.symlink_to("theirs")), "is a link"),
    ],
)
def test_what_the_package_did_not_make_is_named_and_left(refused, make, words):
    standing = refused.project.reports / STUDY
    standing.parent.mkdir()
    make(standing)
    said = refused(refused.project.params(STUDY), refused.project.reports)
    assert f"reports/{STUDY} " in said
    assert words in said


def test_reports_that_are_no_folder_are_refused(refused, tmp_path):
    (tmp_path / "reports").write_text("mine", encoding="utf-8")
    refused(refused.project.params(STUDY), tmp_path / "reports")


# ---- what is replaced


def committed_numbers(folder):
    shutil.copytree(
        PROJECT / "reports" / STUDY, folder, ignore=lambda place, names: {*names} - {"numbers.csv", "ledger.csv"}
    )


@pytest.mark.parametrize("make", [lambda folder: None, Path.mkdir, committed_numbers], ids=["none", "empty", "numbers"])
def test_no_report_an_empty_folder_and_the_numbers_that_git_keeps_are_replaced(runs, make):
    runs.reports.mkdir()
    make(runs.standing)
    assert runs.run()[0] == 0
    assert runs.page() == "new"
    assert runs.beside() == [STUDY]


def test_every_bundled_study_is_kept_in_git_as_numbers_that_are_replaced():
    for folder in (
        path for path in (PROJECT / "reports").iterdir() if path.is_dir() and (path / "ledger.csv").exists()
    ):
        numbers = [(folder / name).read_bytes() for name in ("numbers.csv", "ledger.csv")]
        assert [text.startswith(start) for text, start in zip(numbers, (b"record,run,", b"claim,"), strict=True)]


def test_the_mark_names_the_study_and_every_file_and_is_the_same_each_time(runs):
    marks = []
    for _ in range(2):
        assert runs.run()[0] == 0
        marks.append((runs.standing / MARK).read_bytes())
    mark = json.loads(marks[0])
    assert (mark["study"], mark["files"]) == (STUDY, ["figures/os.svg", "index.html", "notebooks"])
    assert marks[0] == marks[1]


def test_what_looking_into_a_folder_leaves_there_is_no_users(runs):
    assert runs.run(page="old")[0] == 0
    (runs.standing / ".DS_Store").write_text("", encoding="utf-8")
    (runs.standing / "notebooks" / ".ipynb_checkpoints").mkdir()
    (runs.standing / "notebooks" / ".ipynb_checkpoints" / "os.ipynb").write_text("", encoding="utf-8")
    assert runs.run()[0] == 0
    assert sorted(leaves(runs.standing)) == [MARK, "figures/os.svg", "index.html", "notebooks"]
    assert runs.beside() == [STUDY]


def test_a_file_that_is_put_into_the_old_report_during_the_run_is_kept_and_said(runs):
    assert runs.run(page="old")[0] == 0
    note = runs.standing / "notes.txt"
    code, said = runs.run(hook=lambda: note.write_text("mine", encoding="utf-8"))
    assert code == 1
    assert "holds notes.txt: not made by smmlib" in said
    assert "The partial output is in" in said
    assert (runs.page(), note.read_text(encoding="utf-8")) == ("old", "mine")


def test_a_folder_that_somebody_makes_there_during_the_run_stays(runs):
    assert runs.run(hook=lambda: notes(runs.standing))[0] == 1
    assert tree(runs.standing) == {"notes.txt": b"mine"}


# ---- what lies beside


def test_folders_of_the_user_beside_the_report_stay(runs):
    """Those that earlier versions used, copies of a report under names of ours, and such names without a mark."""
    assert runs.run(page="old")[0] == 0
    for name in ("previous", "partial", "previous-1234567890abcdef", "partial-1234567890abcdef"):
        notes(runs.reports / f"{STUDY}.{name}")
    for name in ("previous-20240101", "partial-copy", "previous-good"):
        shutil.copytree(runs.standing, runs.reports / f"{STUDY}.{name}")
    before = {name: tree(runs.reports / name) for name in runs.beside() if name != STUDY}
    assert runs.run(hook=fails)[0] == 1
    assert runs.run()[0] == 0
    assert runs.page() == "new"
    assert {name: tree(runs.reports / name) for name in runs.beside() if name != STUDY} == before


def partial_of(said):
    return Path(said.split("The partial output is in ")[1].split(";")[0])


def test_the_latest_failed_run_is_left_for_reading_until_one_succeeds(runs):
    assert runs.run(page="old")[0] == 0
    _, first = runs.run(hook=fails)
    assert (partial_of(first) / "index.html").read_text(encoding="utf-8") == "new"
    _, second = runs.run(hook=fails)
    assert runs.beside() == [STUDY, partial_of(second).name]
    assert partial_of(first) != partial_of(second)
    assert runs.page() == "old"
    assert runs.run()[0] == 0
    assert runs.beside() == [STUDY]


def test_a_full_disk_on_which_no_run_can_begin_leaves_nothing(runs, monkeypatch):
    """Nor does the output of an earlier run, which may be what fills it."""

    def no_space(*arguments, **named):
        raise OSError(28, "No space left on device")

    runs.run(hook=fails)
    with monkeypatch.context() as full:
        full.setattr("smmlib.report.folder.replacement.write_mark", no_space)
        code, said = runs.run()
    assert code == 1
    assert f"No space left on device\n{NOTHING_RUN}" in said
    assert [leaves(runs.reports / name) for name in runs.beside()] == [[]]
    assert runs.run()[0] == 0
    assert runs.beside() == [STUDY]


def test_a_file_that_the_user_put_into_a_failed_output_is_kept_and_said(runs):
    failed = partial_of(runs.run(hook=fails)[1])
    (failed / "notes.txt").write_text("mine", encoding="utf-8")
    code, said = runs.run()
    assert code == 0
    assert f"{failed}, of an earlier run, stays: smmlib did not make notes.txt in it." in said
    assert (failed / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (failed / "index.html").exists()


KILL = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def killed(runs, **named):
    code, said = ended(runs.command(**named))
    assert code == -signal.SIGKILL, said


def test_the_output_of_a_killed_run_goes_with_the_next(runs):
    killed(runs, hook=KILL)
    assert ["partial" in name for name in runs.beside()] == [True]
    assert runs.run()[0] == 0
    assert runs.beside() == [STUDY]


def test_a_file_that_the_user_put_into_the_output_of_a_killed_run_stays(runs):
    killed(runs, hook=KILL)
    (left,) = runs.beside()
    (runs.reports / left / "notes.txt").write_text("mine", encoding="utf-8")
    assert runs.run()[0] == 0
    assert sorted(leaves(runs.reports / left)) == [MARK, "notes.txt"]


# ---- killed, or kept from it, while one report replaces the other

KILLED_AT_RENAME = f"""
rename = pathlib.Path.rename
def renamed(self, target):
    if ".partial-" in self.name:
        {KILL}
    return rename(self, target)
pathlib.Path.rename = renamed
"""


def test_killed_between_two_renames_the_next_run_puts_the_last_good_report_back(runs):
    assert runs.run(page="old")[0] == 0
    killed(runs, before=KILLED_AT_RENAME)
    assert not runs.standing.exists()
    (aside,) = (name for name in runs.beside() if ".previous-" in name)
    code, said = runs.run(hook=fails)
    assert code == 1
    assert f"while it replaced the last good report, which is back from {runs_path(runs, aside)}." in said
    assert said.endswith("the last good report is as it was.\n")
    assert runs.page() == "old"
    assert aside not in runs.beside()


def runs_path(runs, name):
    return os.path.relpath(runs.reports / name)


def test_killed_while_the_numbers_of_git_are_replaced_they_come_back(runs):
    runs.reports.mkdir()
    committed_numbers(runs.standing)
    before = tree(runs.standing)
    killed(runs, before=KILLED_AT_RENAME)
    assert not runs.standing.exists()
    runs.run(hook=fails)
    assert tree(runs.standing) == before


def test_killed_after_both_renames_nothing_is_left_by_the_next(runs):
    assert runs.run(page="old")[0] == 0
    killed(runs, before=f"def set_aside(standing): {KILL}\nrun.set_aside = set_aside")
    assert runs.page() == "new"
    assert len(runs.beside()) == 2
    assert runs.run(page="newer")[0] == 0
    assert runs.beside() == [STUDY]
    assert runs.page() == "newer"


@pytest.fixture
def broken_disk(runs, monkeypatch):
    """A disk on which folders of such names cannot be renamed."""
    rename = Path.rename

    def broken_disk(*kinds):
        def renamed(self, target):
            if any(kind in self.name for kind in kinds):
                raise OSError(5, "Input/output error")
            return rename(self, target)

        return lambda: monkeypatch.setattr(Path, "rename", renamed)

    yield broken_disk
    monkeypatch.setattr(Path, "rename", rename)


def test_a_report_that_cannot_be_put_there_leaves_the_last_good_one(runs, broken_disk):
    assert runs.run(page="old")[0] == 0
    code, said = runs.run(hook=broken_disk(".partial-"))
    assert code == 1
    assert "Input/output error" in said
    assert said.endswith("the last good report is as it was.\n")
    assert (partial_of(said) / "index.html").read_text(encoding="utf-8") == "new"
    assert runs.page() == "old"


def test_where_it_cannot_be_put_back_either_is_said_and_the_next_run_does(runs, broken_disk):
    assert runs.run(page="old")[0] == 0
    code, said = runs.run(hook=broken_disk(".partial-", ".previous-"))
    assert code == 1
    (aside,) = (name for name in runs.beside() if ".previous-" in name)
    assert f"the last good report is in {runs_path(runs, aside)}, and the next run puts it back." in said
    repaired = broken_disk()
    repaired()
    runs.run(hook=fails)
    assert runs.page() == "old"


# ---- reports of another user


@pytest.fixture
def shared(monkeypatch, capfd):
    """Runs in a folder that every user can read and the other user can write to."""
    folder = Path(tempfile.mkdtemp(prefix="smmlib-"))
    folder.chmod(0o755)
    runs = Runs(folder, monkeypatch, capfd)
    runs.reports.mkdir()
    os.chown(runs.reports, OTHER, OTHER) if os.geteuid() == 0 else None
    yield runs
    shutil.rmtree(folder)


def test_a_report_of_another_user_is_replaced_and_what_cannot_be_deleted_is_said(shared):
    """The folder of reports is ours, so the old one can be renamed; its files are not, so it cannot be emptied."""
    as_other_user([])
    assert shared.run(page="root's")[0] == 0
    code, said = ended(as_other_user(shared.command(before="assert command.main() == 0")))
    assert code == 0, said
    assert shared.page() == "new"
    (aside,) = (name for name in shared.beside() if name != STUDY)
    told = f"{runs_path(shared, aside)}, of an earlier run, cannot be removed: Permission denied. Remove it yourself."
    assert said.count(told) == 2


BEGIN = """
import pathlib, sys
from smmlib.report.folder.replacement import begin, one_run
from smmlib.report.folder.place import PlaceError
try:
    with one_run(pathlib.Path(sys.argv[1])):
        begin(pathlib.Path(sys.argv[1]))
except PlaceError as error:
    sys.exit(str(error))
"""


def refused_to_other_user(runs):
    """What is said to the other user who begins a run; nothing is begun."""
    before = tree(runs.reports)
    code, said = ended(as_other_user([sys.executable, "-c", BEGIN, str(runs.standing)]))
    assert code == 1
    assert said.endswith("choose another folder with REPORTS=.\n")
    assert tree(runs.reports) == before
    return said


def test_a_report_that_cannot_be_renamed_is_refused_before_anything_runs(shared):
    """In a folder with the sticky bit, as /tmp, only the owner of a report may rename it."""
    as_other_user([])
    assert shared.run()[0] == 0
    os.chown(shared.reports, 0, 0)
    shared.reports.chmod(0o1777)
    assert "cannot be made or replaced: Operation not permitted" in refused_to_other_user(shared)


@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_a_folder_that_may_not_be_written_is_refused_before_anything_runs(shared, mode):
    as_other_user([])
    os.chown(shared.reports, 0, 0)
    shared.reports.chmod(mode)
    assert "Permission denied" in refused_to_other_user(shared)


def test_a_report_that_may_not_be_read_is_refused(shared):
    as_other_user([])
    assert shared.run()[0] == 0
    shared.standing.chmod(0o700)
    assert f"reports/{STUDY} cannot be read: Permission denied" in refused_to_other_user(shared)


# ---- what a report is made from


@pytest.mark.parametrize("name", ["params/freireich-1963.yaml", "notebooks/population.ipynb"])
def test_what_is_changed_while_the_report_is_made_is_in_no_report(runs, name):
    assert runs.run(page="old")[0] == 0
    file = runs.project.folder / name
    text = file.read_text(encoding="utf-8")
    changed = text.replace("conf_level: 0.95", "conf_level: 0.5").replace("# Who", "# People")
    assert changed != text
    code, said = runs.run(hook=lambda: file.write_text(changed, encoding="utf-8"))
    assert code == 1
    assert f"{os.path.relpath(file)}: changed while the report was made; make it again." in said
    assert runs.page() == "old"


def test_a_table_that_is_changed_while_the_report_is_made_is_in_no_report(runs, tmp_path):
    params = trial_in(tmp_path / "trial")
    table = params.parent / "adsl.csv"
    changed = table.read_text(encoding="utf-8").replace("2010-06-01", "2010-06-02")
    code, said = runs.run(hook=lambda: table.write_text(changed, encoding="utf-8"), params=params)
    assert code == 1
    assert "adsl.csv: changed while the report was made; make it again." in said
    assert not (runs.reports / "small").exists()
