"""The tables of a study whose patients are reconstructed from published curves."""

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from smmlib.curves.reconstructed_curves import CurveError, reconstruct_curves
from smmlib.ownership.files import RECONSTRUCTED, NotOursError, is_made_up, is_stamp, refuse_to_overwrite, write_whole
from smmlib.ownership.lock import LockError, lock
from smmlib.places import params_file
from smmlib.plain_text import say
from smmlib.trial.parameters.curve_contradictions import flag_of
from smmlib.trial.parameters.reconstructed_files import is_up_to_date, remove_stamp, stamp_file, write_stamp
from smmlib.trial.parameters.study import place_in, read_study
from smmlib.trial.parameters.yaml_source import ParametersError
from smmlib.trial.tables.problems import BAD_INPUT

PATIENCE = 60
"""Seconds that another process may take to write the same tables."""


def make_tables(params_file: str | Path) -> list[str]:
    """Reconstruct the patients of a study's curves and write its tables, unless they are up to date.

    Parameters
    ----------
    params_file : str or Path

    Returns
    -------
    list of str
        The files written; none when the tables are up to date, or the study has no curves.

    Raises
    ------
    ParametersError
        With every curve that cannot be used, and its line, tables that are there then stay as they are; or if the
        tables cannot be written.
    """
    study = read_study(params_file, with_files=False)
    if study.data.curves is None or is_up_to_date(study):
        return []
    _refuse_to_overwrite(study)
    try:
        reconstructed = reconstruct_curves(study)
    except CurveError as error:
        told = [f"{place_in(params_file, *place)}: {'.'.join(place)}: {what}" for place, what in error.problems]
        raise ParametersError(*told) from None
    try:
        _write_tables(study, {"subjects": subject_rows(study), "times": time_rows(study, reconstructed)})
    except OSError as error:
        raise ParametersError(
            f"{error.filename}: the reconstructed tables cannot be written: {error.strerror}."
        ) from None
    except LockError as error:
        raise ParametersError(f"{_lock_file(study)} {error}: the reconstructed tables cannot be written.") from None
    return list(study.data.tables.values())


def subject_rows(study):
    """ADSL: as many patients an arm as the endpoint with most of them has.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of dict
        Each with a flag an endpoint: Y for as many patients as its curve has.
    """
    rows = []
    for arm in study.arms.levels:
        sizes = {name: curves[arm.id].patients for name, curves in study.data.curves.items()}
        for number in range(1, max(sizes.values()) + 1):
            flags = {flag_of(study.endpoints[name]): "Y" if number <= size else "N" for name, size in sizes.items()}
            rows.append(_identity(study, arm, number) | {study.arms.variable: arm.value} | flags)
    return rows


def time_rows(study, reconstructed):
    """ADTTE: a row a patient and endpoint, the shortest time first.

    Endpoints are reconstructed separately. Which time of one goes to which patient of another is not known, so each
    is numbered in its own order, and a row of one says nothing of the patient's other rows.

    Parameters
    ----------
    study : Study
    reconstructed : dict of str to dict of str to ReconstructedArm

    Returns
    -------
    list of dict
    """
    return [
        row
        for name, arms in reconstructed.items()
        for arm in study.arms.levels
        for row in _times_of_arm(study, study.endpoints[name], arm, arms[arm.id].patients)
    ]


def _times_of_arm(study, endpoint, arm, patients):
    order = np.lexsort((~patients.event, patients.time))
    for number, (time, event) in enumerate(zip(patients.time[order], patients.event[order], strict=True), start=1):
        yield _identity(study, arm, number) | {
            "PARAMCD": endpoint.paramcd,
            "PARAM": endpoint.label,
            "AVAL": repr(float(time)),
            "AVALU": study.time_unit.upper(),
            "CNSR": 0 if event else 1,
            "EVNTDESC": f"{endpoint.event_label}, reconstructed" if event else "",
            "CNSDTDSC": "" if event else "reconstructed",
        }


def _identity(study, arm, number):
    return {"STUDYID": f"{study.study}-{RECONSTRUCTED}", "USUBJID": f"RECON-{arm.id}-{number:03d}"}


def _write_tables(study, tables):
    """All of them or none that counts, unless another process has: the stamp goes first and comes back last."""
    Path(study.data.subjects).parent.mkdir(parents=True, exist_ok=True)
    with lock(_lock_file(study), patience=PATIENCE):
        if is_up_to_date(study):
            return
        _refuse_to_overwrite(study)
        remove_stamp(study)
        for name, rows in tables.items():
            _write(Path(study.data.tables[name]), rows)
        write_stamp(study)


def _lock_file(study):
    folder = Path(study.data.subjects).parent
    return folder.with_name(f".{folder.name}.lock")


def _refuse_to_overwrite(study):
    try:
        refuse_to_overwrite(map(Path, study.data.tables.values()), partial(is_made_up, label=RECONSTRUCTED))
        refuse_to_overwrite([stamp_file(study)], is_stamp)
    except NotOursError as error:
        raise ParametersError(str(error)) from None


def _write(file, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(file, text.getvalue().encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the only argument is the parameters file. The exit code of bad input is 2."""
    parser = argparse.ArgumentParser(prog="smmlib curves", description="Make the patients of published curves.")
    parser.add_argument("params", type=params_file, help="parameters file of a study, or the name of a bundled one")
    try:
        files = make_tables(parser.parse_args(arguments).params)
    except ParametersError as error:
        say(f"{error}\nNothing was written.")
        return BAD_INPUT
    say("\n".join(f"wrote {file}" for file in files) or "The tables are up to date.", sys.stdout)
    return 0
