"""A project with a last good report, in which a notebook and the second implementation now hang when they are run."""

import os

from r_on_path import path_with_r
from report_project import ReportProject, contents

STUDY = "freireich-1963"
AFTER_PARAMETERS = 2
SLEEP, STOP = "time.sleep(1000)", "os.kill(os.getpid(), signal.SIGSTOP)"

_HANG = "import os, pathlib, signal, time; pathlib.Path(os.environ['HANGING'], {name!r}).touch(); {how}"


class HangingProject(ReportProject):
    """A cell of its notebook `remission` and the package lifelines of its folder hang as the variable `HOW` says.

    The notebook hangs before it imports anything, for it shows nothing here that would be worth the time.

    Parameters
    ----------
    folder : Path
        Empty.
    alone : bool
        Whether that is the only notebook, which it is for the same reason.
    """

    def __init__(self, folder, *, alone=True):
        super().__init__(folder)
        self.good = self.put_good_report(STUDY)
        if alone:
            self.run_alone("remission")
        how = "exec(os.environ['HOW'])"
        self.add_cell("time_to_event", _HANG.format(name="kernel", how=how), at=AFTER_PARAMETERS)
        lifelines = folder / "shadowed" / "lifelines"
        lifelines.mkdir(parents=True)
        (lifelines / "__init__.py").write_text(_HANG.format(name="verifier", how=how), encoding="utf-8")

    def hanging_r(self, folder):
        """The command line of which R alone hangs, its environment, and the file that is there when it does."""
        begun = folder / "r"
        path = path_with_r(folder / "bin", f"touch {begun}", "exec sleep 1000")
        search = f"{path}{os.pathsep}{os.environ['PATH']}"
        return self.command(STUDY), {"PATH": search, "HANGING": str(folder), "HOW": "pass"}, begun

    def hanging(self, kernels, folder, how, *, verifier=True):
        """The command line that hangs, its environment, and the files that are there when it does.

        Parameters
        ----------
        kernels : {"forked", "plain"}
        folder : Path
            Where those files are.
        how : str
            `SLEEP` or `STOP`.
        verifier : bool
            Whether the second implementation hangs too.
        """
        shadow = {"PYTHONPATH": str(self.folder / "shadowed")} if verifier else {}
        files = [folder / name for name in (["kernel", "verifier"] if verifier else ["kernel"])]
        command = [*self.command(STUDY), "--kernels", kernels, "--jobs", "2"]
        return command, {"HANGING": str(folder), "HOW": how, **shadow}, files

    def is_as_it_was(self):
        return contents(self.reports / STUDY) == self.good
