"""Make the report of each study, one after another, each whole or not at all."""

import sys

from smmlib.command_line import faults, signals
from smmlib.plain_text import NOT_UTF8, is_utf8, say
from smmlib.report.prepared import prepared_study
from smmlib.report.running import fork_server
from smmlib.report.running.sockets import SocketFolderError
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

NOTHING_RUN = "Nothing was run; the last good report is as it was."


def make_all(files, project, options, standing):
    """Make the reports.

    Parameters
    ----------
    files : list of Path
        Parameters of the studies.
    project : Path
        Folder that holds `notebooks` and `params`.
    options : argparse.Namespace
        `reports`, `jobs`, `kernels`, `job_timeout` and `again` of the command line.
    standing : list of str
        Names of further studies that were asked for, whose reports stand.

    Returns
    -------
    int
        The exit code of the command.
    """
    if not is_utf8(options.reports):
        say(f"{options.reports}: {NOT_UTF8}\n{NOTHING_RUN}")
        return BAD_INPUT
    try:
        if options.kernels == "forked":
            fork_server.start_fork_server()
        studies = [(file, prepared_study(file)) for file in files]
    except SocketFolderError as error:
        say(f"{error}.\n{NOTHING_RUN}")
        return faults.FAILED
    except ParametersError as error:
        say(f"{error}\n{NOTHING_RUN}")
        return BAD_INPUT
    names = [*standing, *(study.study for _, study in studies)]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        say(f"study: {repeated[0]} is the name of two studies; each report needs its own.")
        return BAD_INPUT
    return _make_each(studies, project, options)


def _make_each(studies, project, options):
    # rfc3987-syntax builds 35 grammars when imported, one to two seconds, and jsonschema works without it
    sys.modules.setdefault("rfc3987_syntax", None)
    # here, so that wrong parameters are told at once and the fork server imports meanwhile: papermill takes a second
    from smmlib.report.run import InputError, ReportError, Task, make_report

    asked = {name: getattr(options, name) for name in ("reports", "jobs", "kernels", "job_timeout", "again")}
    failures = []
    for file, study in studies:
        try:
            make_report(Task(file, study, project, **asked))
        except ReportError as error:
            say(f"{study.study}: no report.\n{error}")
            failures.append(BAD_INPUT if isinstance(error, InputError) else faults.FAILED)
        except KeyboardInterrupt as stopped:
            how = signals.how(stopped)
            say(f"\n{study.study}: {how}, no report; the last good one is as it was.")
            return signals.exit_code(stopped)
        except Exception as error:
            failures.append(faults.say(error, f"the report of {study.study} (the last good one is as it was)"))
    return max(failures, default=0)
