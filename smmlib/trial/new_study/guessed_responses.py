"""Which rows of ADRS are the responses, by which scale, and whether tumours were measured."""

import re
from dataclasses import dataclass

import pandas as pd

from smmlib.trial.categories import NOT_EVALUABLE, SCALES, ScaleName
from smmlib.trial.new_study.found_tables import FoundTables
from smmlib.trial.new_study.guessed_arms import GuessedArms
from smmlib.trial.new_study.guessed_patients import inside_arms

SCALE_ORDER: tuple[ScaleName, ...] = ("recist-1.1", "imwg", "yes-no")
"""Bundled scales in the order in which they are tried: that of Lugano has no category that RECIST's has not."""
NO_ASSESSMENT = "MISSING"
"""What some tables record for a patient without an assessment, which no scale has."""
SUM_OF_DIAMETERS = re.compile(r"\bsum of (?:the )?(?:longest )?diameters?\b", re.IGNORECASE)
STARTS = ("RANDDT", "TRTSDT")


@dataclass(frozen=True)
class GuessedResponses:
    """The responses as the parameters will name them.

    Attributes
    ----------
    paramcd : str or None
        PARAMCD of the rows; None where the table has one parameter or none.
    param : str
        What the table calls it.
    scale : str or None
        A bundled scale; None where the categories are none of them.
    categories : list of str
        Those of the table, best first by AVALN.
    without : list of str
        Values of AVALC of rows that record no assessment, which are to be left out.
    visits : list of str
        Values of AVISIT, where rows have no days.
    start : str or None
        Date up to which assessments are baseline.
    others : list of str
        Other parameters that hold responses.
    sum_of_diameters : str or None
        PARAMCD of the sums in the table of tumours.
    """

    paramcd: str | None
    param: str
    scale: ScaleName | None
    categories: list[str]
    without: list[str]
    visits: list[str]
    start: str | None
    others: list[str]
    sum_of_diameters: str | None


def guess_responses(tables: FoundTables, arms: GuessedArms) -> GuessedResponses | None:
    """The responses of ADRS: the best one of each patient where it is recorded, else that of each assessment.

    Parameters
    ----------
    tables : FoundTables
    arms : GuessedArms

    Returns
    -------
    GuessedResponses or None
        None where there is no such table, or nothing in it reads like a response.
    """
    rows = tables.frames.get("responses")
    if rows is None or not {"USUBJID", "AVALC"} <= set(rows):
        return None
    inside = inside_arms(tables, arms)
    codes = tables.column("responses", "PARAMCD")
    by_code = {str(code): rows[codes == code] for code in codes.unique()}
    ranks = {code: rank for code, group in by_code.items() if (rank := _rank(code, group)) is not None}
    if not ranks:
        return None
    code = min(ranks, key=lambda each: ranks[each])
    chosen = by_code[code][by_code[code]["USUBJID"].isin(inside["USUBJID"])]
    visits = _visits(chosen[~chosen["AVALC"].isin([NO_ASSESSMENT, ""])])
    if visits is None:
        return None
    return GuessedResponses(
        paramcd=code if len(by_code) > 1 else None,
        param=_name(code, chosen),
        scale=_scale(chosen),
        categories=_categories(chosen),
        without=[mark for mark in (NO_ASSESSMENT, "") if mark in set(chosen["AVALC"])],
        visits=visits,
        start=next((name for name in STARTS if name in inside and (inside[name] != "").all()), None),
        others=[each for each in ranks if each != code],
        sum_of_diameters=_sum_of_diameters(tables),
    )


def _rank(code: str, rows: pd.DataFrame) -> tuple[bool, bool, bool] | None:
    """What is a better guess of the responses comes first; None for what is none."""
    name = f"{code} {_name(code, rows)}".lower()
    if code and "respon" not in name and "remission" not in name:
        return None
    scale = _scale(rows)
    is_best = "best" in name and "confirm" not in name.replace("confirmation not required", "")
    return scale is None, scale == "yes-no", not is_best


def _name(code: str, rows: pd.DataFrame) -> str:
    return str(rows["PARAM"].iloc[0]) if "PARAM" in rows and len(rows) and rows["PARAM"].iloc[0] else code


def _scale(rows: pd.DataFrame) -> ScaleName | None:
    held = set(rows["AVALC"]) - {"", NO_ASSESSMENT, NOT_EVALUABLE}
    fitting = (name for name in SCALE_ORDER if held <= set(SCALES[name].categories))
    return next(fitting, None) if held else None


def _categories(rows: pd.DataFrame) -> list[str]:
    held = rows.loc[~rows["AVALC"].isin(["", NO_ASSESSMENT, NOT_EVALUABLE])].drop_duplicates("AVALC")
    if "AVALN" in held:
        held = held.assign(number=pd.to_numeric(held["AVALN"], errors="coerce")).sort_values("number", kind="stable")
    return held["AVALC"].tolist()


def _visits(rows: pd.DataFrame) -> list[str] | None:
    """Empty where rows have days, the visits where they have those alone, and None where they have neither."""
    if "ADT" in rows and (rows["ADT"] != "").all():
        return []
    if "AVISIT" in rows and (rows["AVISIT"] != "").all() and not rows.duplicated(["USUBJID", "AVISIT"]).any():
        return _in_order(rows)
    return None


def _in_order(rows: pd.DataFrame) -> list[str]:
    """Visits in the order of AVISITN, in that of the table where it is not there."""
    if "AVISITN" in rows:
        numbers = pd.to_numeric(rows["AVISITN"], errors="coerce").groupby(rows["AVISIT"]).transform("min")
        rows = rows.assign(number=numbers).sort_values("number", kind="stable")
    return rows["AVISIT"].unique().tolist()


def _sum_of_diameters(tables: FoundTables) -> str | None:
    rows = tables.frames.get("tumours")
    if rows is None or not {"PARAMCD", "PARAM", "ADT", "AVAL"} <= set(rows):
        return None
    named = rows.loc[rows["PARAM"].str.contains(SUM_OF_DIAMETERS), "PARAMCD"]
    return str(named.iloc[0]) if len(named) else None
