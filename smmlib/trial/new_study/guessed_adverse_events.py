"""Whether the table of adverse events has what they are counted by."""

from smmlib.trial.new_study.found_tables import FoundTables

NEEDED = (("AEDECOD",), ("AETOXGR", "AESEV"), ("AESER",))
"""Columns of which one each must be there."""


def lacking_columns(tables: FoundTables) -> list[str]:
    """Columns that are needed and are not in the table of adverse events, which is there."""
    there = tables.frames["adverse_events"].columns
    return [" or ".join(names) for names in NEEDED if not any(name in there for name in names)]


def counts_adverse_events(tables: FoundTables) -> bool:
    """Whether there is a table of adverse events that can be counted."""
    return "adverse_events" in tables.frames and not lacking_columns(tables)
