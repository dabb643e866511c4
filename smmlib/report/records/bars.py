"""The bars of the figure of response, from recorded numbers."""

from dataclasses import replace

from smmlib.analysis.keys import Key
from smmlib.display.formatting import estimate_text


def response_bars(study, records):
    """What the figure of response shows: a bar a visit and reported arm.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Estimate

    Returns
    -------
    list of (str, dict of str to Estimate, str)
        Label of the visit, patients in each category, and the rate in words.
    """
    scale, bars = study.response_scale, []
    for visit in study.response.visits:
        for arm in study.response_arms:
            rate = Key("response", "rate", arm=arm.id, phase=visit.id)
            split = patients_by_category(study, records, rate)
            bars.append((visit.label, split, f"{scale.responders_in_short} {estimate_text(records[rate])}"))
    return bars


def patients_by_category(study, records, rate):
    """Patients in each category of response, the best first, of those whom a rate is of.

    Parameters
    ----------
    study : Study
    records : mapping of Key to Estimate
    rate : Key

    Returns
    -------
    dict of str to Estimate
    """
    return {name: records[replace(rate, measure="category", level=name)] for name in study.response_scale.categories}
