"""How response was categorised, in sentences made from the parameters."""

from collections.abc import Iterator

from smmlib.trial.dates import in_words
from smmlib.trial.parameters.response_plan import Response
from smmlib.trial.parameters.response_scale import Confirmation
from smmlib.trial.parameters.study import Study


def criteria_in_words(study: Study) -> list[str]:
    """How the categories came about, and what does not count.

    Parameters
    ----------
    study : Study
        With a response section.

    Returns
    -------
    list of str
        Sentences.

    Examples
    --------
    E3A06 takes responses as recorded. From the folder of the project:

    >>> from smmlib.trial import criteria_in_words, read_study
    >>> criteria_in_words(read_study("params/e3a06-2020.yaml"))[0]
    'Categories are as recorded; patients without an assessment count as not responding.'
    """
    response = study.response
    return [] if response is None else list(_sentences(response))


def _sentences(response: Response) -> Iterator[str]:
    without = "patients without an assessment count as not responding."
    if response.criteria == "imwg-2016":
        how = "derived from the laboratory values by the criteria IMWG 2016 and confirmed by a second assessment"
    elif response.criteria == "recist-1.1":
        how = "the best overall response by RECIST 1.1, derived from the overall response at each assessment"
    else:
        how = "as recorded"
    yield f"Categories are {how}; {without}"
    if response.confirmation is not None:
        yield from _of_recist(response.confirmation, response.stable_days)
    if response.start is not None and not response.is_from_laboratory:
        yield f"Assessments on or before the day of {in_words(response.start)} do not count."
    if response.new_therapy is not None:
        yield f"Assessments from {in_words(response.new_therapy)} on do not count."


def _of_recist(confirmation: Confirmation, stable_days: int | None) -> Iterator[str]:
    if confirmation.required:
        between = "" if confirmation.stable_between else ", without stable disease in between"
        yield f"Responses are confirmed {confirmation.days} days later or more{between}."
    else:
        yield "Responses need no confirmation."
    yield f"Stable disease takes {stable_days} days from the start."
