"""A study whose tables are there: those of published curves are reconstructed first."""

from smmlib.trial.parameters.study import read_study


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
        If the parameters cannot be used, or the curves; with every problem, its file and its line.
    """
    if read_study(params_file, with_files=False).data.curves:
        # here, for only curves need what reconstruction imports, and wrong parameters are told without waiting for it
        from smmlib.curves.reconstructed_tables import make_tables

        make_tables(params_file)
    return read_study(params_file)
