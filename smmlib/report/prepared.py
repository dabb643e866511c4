"""A study that can be run: its claims are about numbers that it can have, and its tables are there."""

from smmlib.analysis.claims import ClaimError, claims_by_key
from smmlib.analysis.keys import RepeatedNameError
from smmlib.trial.parameters.study import read_study
from smmlib.trial.parameters.yaml_source import ParametersError


def prepared_study(params_file):
    """Read a study; where its patients come from curves, reconstruct them if anything of that has changed.

    Parameters
    ----------
    params_file : str or Path

    Returns
    -------
    Study

    Raises
    ------
    ParametersError
        If the parameters cannot be used, or the curves, or a claim is about no number of the study; with every
        problem, its file and its line.
    """
    study = read_study(params_file, with_files=False)
    _check_claims(params_file, study)
    if study.data.curves:
        # here, for only curves need what reconstruction imports, and wrong parameters are told without waiting for it
        from smmlib.curves.reconstructed_tables import make_tables

        make_tables(params_file)
    return read_study(params_file)


def _check_claims(params_file, study):
    try:
        claims_by_key(study)
    except ClaimError as error:
        raise ParametersError(error.within(params_file)) from None
    except RepeatedNameError as error:
        raise ParametersError(f"{params_file}: {error}.") from None
