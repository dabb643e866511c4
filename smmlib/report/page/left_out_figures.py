"""Figures that would show nothing: forest plots without a single ratio."""

from smmlib.analysis.keys import Key
from smmlib.report.records.forest_rows import OF_SECTION


def left_out_figures(records):
    """Names of the forest plots of subgroups in which no ratio can be drawn; a sentence stands in their place.

    Parameters
    ----------
    records : mapping of Key to Record

    Returns
    -------
    set of str
    """
    drawn, all_of = set(), set()
    for key, record in records.items():
        if key.measure == OF_SECTION.get(key.section, ("",))[0]:
            all_of.add(_figure(key))
            if record.result.value > 0:
                drawn.add(_figure(key))
    return all_of - drawn


def _figure(key: Key) -> str:
    """The name of the plot that a ratio of a subgroup is a line of."""
    plot = f"{key.phase}-{key.arm}" if key.phase else key.arm
    return f"{key.endpoint or key.section}.forest-{plot}-{key.reference}"
