"""Days as cells hold them: the calendar day that stands there, refused where a time zone decides which day it is."""

import re
from datetime import date, datetime, timedelta

FIRST_YEAR = 1900
SAS_DAY_0, EXCEL_DAY_0 = date(1960, 1, 1), date(1899, 12, 30)
MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<clock>(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?))?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\s*"
)
"""A day of ISO 8601, with what programs write behind it: a clock, decimals of a second, a zone, blanks."""
MIDNIGHT = re.compile(r"00:00(:00(\.0+)?)?")


def day_of(text: str) -> date | None:
    """The calendar day of a cell.

    Parameters
    ----------
    text : str
        "2020-02-29", with or without a time of day, decimals of its second and a zone.

    Returns
    -------
    date or None
        None for an empty cell.

    Raises
    ------
    ValueError
        Saying what the cell must be: a complete date that the calendar has, not in the future, and one that is the
        same day whatever the zone.
    """
    if not text:
        return None
    moment = MOMENT.fullmatch(text)
    if moment is None:
        raise ValueError(f"must be {_advice(text)}")
    try:
        day = date.fromisoformat(moment["day"])
    except ValueError:
        raise ValueError("must be a day that the calendar has, YYYY-MM-DD") from None
    if day.year < FIRST_YEAR:
        raise ValueError(f"must be a date from {FIRST_YEAR} on")
    if day > date.today():
        raise ValueError("must be a date that has been: this one lies in the future")
    if _zone_moves_the_day(day, moment["clock"], moment["zone"]):
        raise ValueError(
            "must be a day that no time zone moves: at the site it may have been the day before or after; "
            "export the column as local dates, without a zone"
        )
    return day


def _zone_moves_the_day(day: date, clock: str | None, zone: str | None) -> bool:
    """Whether the same moment is another day elsewhere: for UTC, on the clocks of the sites, which are not known."""
    if zone is None or clock is None:
        return False
    offset = _offset(zone)
    if not offset:
        return MIDNIGHT.fullmatch(clock) is None  # midnight in UTC is how programs write a day without a time
    hour, minute = clock.split(":")[:2]
    local = datetime(day.year, day.month, day.day, int(hour), int(minute))
    return (local - offset).date() != day


def _offset(zone: str) -> timedelta:
    """What local clocks are ahead of UTC."""
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
    ahead = timedelta(hours=hours, minutes=minutes)
    return -ahead if zone[0] == "-" else ahead


def _advice(text: str) -> str:
    """What a date must be, by what stands there instead of one."""
    if re.fullmatch(r"\d{4}(-\d{1,2})?-?", text):
        return "a whole date, YYYY-MM-DD: complete it by the rule of the protocol before the analysis"
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        days = timedelta(days=int(float(text)))
        return (
            f"a date, YYYY-MM-DD, and not a number of days: it would be {EXCEL_DAY_0 + days} as Excel counts "
            f"and {SAS_DAY_0 + days} as SAS does; export the column with a date format"
        )
    return "a date, YYYY-MM-DD, or nothing"
