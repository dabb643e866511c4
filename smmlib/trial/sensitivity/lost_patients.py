"""Patients who are taken for lost: with the event at once, free of it to the end, or with times to be imputed."""

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smmlib.trial.parameters.endpoint_rules import AnyEndpoint
from smmlib.trial.parameters.sensitivity import CensoredEarly, Variant
from smmlib.trial.parameters.study import Study
from smmlib.trial.present import present
from smmlib.trial.sensitivity.reasons import with_reasons
from smmlib.trial.tables.problems import DataError, Problem
from smmlib.trial.units import DAYS_PER_UNIT, days_of, in_unit

HALF_A_DAY = 0.5
AS_EVENT, AS_FREE = "taken for lost", "censored: taken to be followed to the end"


def with_lost_patients(study: Study, name: tuple[str, str], rows: pd.DataFrame, variant: Variant) -> pd.DataFrame:
    """The patients of the main analysis, with those who are taken for lost changed, or marked for imputation.

    Parameters
    ----------
    study : Study
    name : (str, str)
    rows : DataFrame
        The derivation of the endpoint.
    variant : Variant
        With `best_case`, `worst_case` or `tipping_point`.

    Returns
    -------
    DataFrame
        The same patients. In the worst case those lost have the event when they were censored in every arm but the
        reference, and in the reference none until the end of their follow-up; in the best case the other way round, and
        so it is with an event that is hoped for. For a tipping point all stay as they are, and `followed_until` says
        until when the event is to be imputed.

    Raises
    ------
    DataError
        If a reason does not occur, or the end of follow-up of a patient is not known.
    """
    lost = present(variant.lost)
    followed = _followed_days(study, name, rows, lost)
    early = _are_early(study, name, rows, lost, followed)
    if variant.tipping_point is not None:
        until = np.where(early, in_unit(followed, study.time_unit), rows["time"].to_numpy(dtype=float))
        return rows.assign(followed_until=until)
    in_reference = (rows["arm"] == study.arms.reference).to_numpy()
    have_event = early & (in_reference == events_in_reference(study.endpoints[name[0]], variant))
    return _free_to_the_end(study, _with_event(rows, have_event), early & ~have_event, followed)


def events_in_reference(endpoint: AnyEndpoint, variant: Variant) -> bool:
    """Whether it is in the reference that patients lost have the event, in a best or a worst case."""
    return (variant.best_case is not None) != endpoint.favourable_event


def _followed_days(study: Study, name: tuple[str, str], rows: pd.DataFrame, lost: CensoredEarly) -> NDArray[np.float64]:
    """Days from the start to the end of follow-up of each patient; missing of those whom the endpoint leaves out."""
    if lost.followed_until is not None:
        return np.full(len(rows), lost.followed_until * DAYS_PER_UNIT[study.time_unit])
    cutoff = present(study.endpoints[name[0]].data_cutoff or study.data_cutoff)
    counted = rows["time"].notna()
    if (counted & rows["start"].isna()).any():
        what = f"{'.'.join(name)} of sensitivity needs STARTDT of every patient, or followed_until, a time"
        raise DataError([Problem(study.data.times or study.data.subjects, "", "", what)])
    days = [
        (cutoff - start).days if is_counted else np.nan
        for start, is_counted in zip(rows["start"], counted, strict=True)
    ]
    return np.array(days, dtype=float)


def _are_early(
    study: Study, name: tuple[str, str], rows: pd.DataFrame, lost: CensoredEarly, followed: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Who is censored before the end of follow-up for one of the reasons."""
    days = days_of(rows["time"].to_numpy(dtype=float), study.time_unit)
    grace = lost.grace * DAYS_PER_UNIT[study.time_unit]
    return with_reasons(study, name, rows, lost.reasons, events=False) & (days < followed - grace - HALF_A_DAY)


def _with_event(rows: pd.DataFrame, members: NDArray[np.bool_]) -> pd.DataFrame:
    explanation = rows["explanation"].where(~members, rows["explanation"] + "; taken for lost: the event then")
    return rows.assign(
        event=rows["event"].where(~members, True),
        reason=rows["reason"].where(~members, AS_EVENT),
        explanation=explanation,
    )


def _free_to_the_end(
    study: Study, rows: pd.DataFrame, members: NDArray[np.bool_], followed: NDArray[np.float64]
) -> pd.DataFrame:
    free = "; taken for lost: free of the event to the end of follow-up"
    ends = [
        start + timedelta(days=int(days)) if is_member and start is not None else end
        for is_member, start, days, end in zip(members, rows["start"], followed, rows["end"], strict=True)
    ]
    return rows.assign(
        time=np.where(members, in_unit(followed, study.time_unit), rows["time"].to_numpy(dtype=float)),
        end=pd.Series(ends, index=rows.index, dtype=object),
        reason=rows["reason"].where(~members, AS_FREE),
        explanation=rows["explanation"].where(~members, rows["explanation"] + free),
    )
