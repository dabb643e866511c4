"""What each section of a page is called."""

TITLES = {
    "population": "Patients",
    "disposition": "Disposition",
    "baseline": "Baseline characteristics",
    "exposure": "Exposure to treatment",
    "multiple_testing": "Hypotheses tested together",
    "response": "Response",
    "response_subgroups": "Response in subgroups",
    "sensitivity": "Sensitivity analyses",
    "safety": "Adverse events",
    "reconstruction": "Reconstruction",
}
OF_ENDPOINTS = {"time_to_event": "{}", "subgroups": "{} in subgroups"}


def section_title(study, run):
    """The title of the section of a run.

    Parameters
    ----------
    study : Study
    run : str
        Its name; also the title of a section of one's own.

    Returns
    -------
    str
    """
    asked = study.runs[run]
    if asked.title is not None:
        return asked.title
    if asked.notebook in OF_ENDPOINTS:
        return OF_ENDPOINTS[asked.notebook].format(study.endpoints[str(asked.parameters["endpoint"])].label)
    return TITLES.get(asked.notebook, run)
