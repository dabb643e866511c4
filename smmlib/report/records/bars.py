"""The bars of the figure of response, from recorded numbers."""

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
            about = {"section": "response", "arm": arm.id, "phase": visit.id}
            split = {name: records[Key(measure="category", **about, level=name)] for name in scale.categories}
            rate = estimate_text(records[Key(measure="rate", **about)])
            bars.append((visit.label, split, f"{scale.responders_in_short} {rate}"))
    return bars
