"""Make the synthetic cohort of a study and refuse it unless it gives back every published number.

python -m smmlib.synthetic.calibrate params/quiredex-2013.yaml
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from smmlib.synthetic.claims import ClaimError, check_design, check_measured, targets_of
from smmlib.synthetic.measures import measure_cohort
from smmlib.synthetic.responses import draw_responses
from smmlib.synthetic.search import goals_of, search
from smmlib.synthetic.tables import response_table, subject_table
from smmlib.synthetic.treatment import draw_treatment
from smmlib.trial.parameters.study import read_study


def calibrate(study):
    """Make a synthetic cohort that meets the claims of a study.

    Parameters
    ----------
    study : Study
        With a `synthetic` part; `published` are the claims.

    Returns
    -------
    dict of str to DataFrame
        `subjects` (ADSL) and `responses` (ADRS); dates are text, empty when missing.

    Raises
    ------
    ClaimError
        If the claims contradict the design, or are not met within the budget of the search.
    """
    design, targets = study.synthetic, targets_of(study.published)
    arms = {"arm": study.arms.arm.id, "reference": study.arms.reference.id}
    check_design(design, targets, arms)
    random = np.random.Generator(np.random.PCG64(design.seed))
    cohort = search(design, goals_of(design, targets, arms), random)
    patients, events = cohort.patients, cohort.events
    days = {phase.id: phase.days for phase in study.phases}
    treatment = draw_treatment(patients, events, design, days, random)
    responses = draw_responses(patients, events, treatment, design, random)
    tables = {
        "subjects": subject_table(study, patients, events, treatment),
        "responses": response_table(study, patients, responses),
    }
    check_measured(targets, measure_cohort(study, *map(_with_dates, tables.values()), targets))
    return tables


def read_plan(path):
    """The study of a parameters file, and the files that its tables go to, which need not exist yet.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    study : Study
    files : dict of str to Path
        By table, as `calibrate` names them.
    """
    study = read_study(path, with_files=False)
    if study.synthetic is None:
        raise ClaimError(f"{path} has no `synthetic` part: it does not say how synthetic patients are to be made.")
    return study, {name: Path(getattr(study.data, name)) for name in ("subjects", "responses")}


def write_cohort(path):
    """Calibrate the cohort of a parameters file and write its tables; nothing is written when a claim is missed.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict of str to Path
        The files written.
    """
    study, files = read_plan(path)
    tables = calibrate(study)
    for name, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(tables[name].to_csv(index=False, lineterminator="\n").encode())
    return files


def _with_dates(table):
    dates = [variable for variable in table if variable.endswith("DT")]
    return table.assign(**{variable: pd.to_datetime(table[variable].replace("", None)) for variable in dates})


def main(arguments):
    """Run from the command line; the only argument is the parameters file."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m smmlib.synthetic.calibrate PARAMETERS_FILE")
    try:
        files = write_cohort(arguments[0])
    except ValueError as error:
        raise SystemExit(f"error: {error}") from None
    print("\n".join(f"wrote {file}" for file in files.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
