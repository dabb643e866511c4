"""Multiple imputation of event times after censoring, and Rubin's rules.

The hazard after censoring is that of the Kaplan-Meier curve of a group of patients, times a factor. Each imputation
draws the group anew with replacement, so that the uncertainty of the curve is in the results (approximate Bayesian
bootstrap). What is random is drawn once and serves every factor, so that a larger factor never brings a later event.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from smmlib.stats.distributions import student_quantile
from smmlib.stats.types import Booleans, Floats, Integers


@dataclass(frozen=True, eq=False)
class Imputation:
    """What is drawn for `k` patients in `m` imputations.

    Attributes
    ----------
    patients : ndarray of int, shape (k,)
        Whose time is imputed.
    followed_until : ndarray, shape (k,)
        Time at which each is censored unless the event comes by then.
    moments : ndarray, shape (j,)
        Times of the group's events, increasing.
    cumulative_hazard : ndarray, shape (m, j)
        Minus the logarithm of the Kaplan-Meier curve of each sample of the group just after each moment.
    at_censoring : ndarray, shape (m, k)
        The same at the censoring of each patient.
    reach : ndarray, shape (m, k)
        Cumulative hazard after censoring at which each has the event: exponential with mean one.
    """

    patients: Integers
    followed_until: Floats
    moments: Floats
    cumulative_hazard: Floats
    at_censoring: Floats
    reach: Floats


def draw(
    time: Floats,
    event: Booleans,
    group: Integers,
    patients: Integers,
    followed_until: Floats,
    imputations: int,
    seed: int,
) -> Imputation:
    """Draw samples of the group and how far each patient reaches, from one seed.

    Parameters
    ----------
    time, event : ndarray, shape (n,)
        Of everybody.
    group, patients : ndarray of int
        The patients whose curve it is, and the patients to impute, both in an order that does not depend on the
        order of the rows.
    followed_until : ndarray, shape (n,)
    imputations, seed : int

    Returns
    -------
    Imputation

    References
    ----------
    .. [1] Rubin & Schenker (1986), J Am Stat Assoc 81:366-374.
    .. [2] Taylor, Murray & Hsu (2002), Stat Probab Lett 58:221-232.
    """
    random = np.random.default_rng(seed)
    copies = random.multinomial(len(group), np.full(len(group), 1 / len(group)), size=imputations)
    moments, cumulative_hazard = _cumulative_hazards(time[group], event[group], copies)
    before = np.searchsorted(moments, time[patients], side="right")
    return Imputation(
        patients=patients,
        followed_until=followed_until[patients],
        moments=moments,
        cumulative_hazard=cumulative_hazard,
        at_censoring=np.insert(cumulative_hazard, 0, 0.0, axis=1)[:, before],
        reach=random.exponential(size=(imputations, len(patients))),
    )


def _cumulative_hazards(time: Floats, event: Booleans, copies: Integers) -> tuple[Floats, Floats]:
    """Minus the logarithm of each sample's Kaplan-Meier curve, at each time at which the group has an event."""
    order = np.argsort(time, kind="stable")
    distinct, starts = np.unique(time[order], return_index=True)
    leaving = np.add.reduceat(copies[:, order], starts, axis=1)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    events = np.add.reduceat(copies[:, order] * event[order], starts, axis=1)
    seen = np.add.reduceat(event[order].astype(int), starts) > 0
    share = np.divide(events, at_risk, out=np.zeros(events.shape), where=at_risk > 0)
    with np.errstate(divide="ignore"):  # infinite where all of a sample who are left have the event
        return distinct[seen], np.cumsum(-np.log1p(-share[:, seen]), axis=1)


def completed(drawn: Imputation, factor: float, time: Floats, event: Booleans) -> Iterator[tuple[Floats, Booleans]]:
    """Times and events of everybody, once an imputation, with the hazard after censoring multiplied by `factor`.

    A patient has the event at the first moment at which the cumulative hazard since censoring, times the factor, is
    at least `reach`, if that is not after the end of follow-up; otherwise the time is censored there.
    """
    for hazard, before, reach in zip(drawn.cumulative_hazard, drawn.at_censoring, drawn.reach, strict=True):
        # A reach too small to show beside the hazard so far still takes a later moment; where nobody of the sample
        # is left at the censoring, there is none.
        row = np.maximum(np.searchsorted(hazard, before + reach / factor), np.searchsorted(hazard, before, "right"))
        happens = np.append(drawn.moments, np.inf)[row]
        time, event = time.copy(), event.copy()
        time[drawn.patients] = np.minimum(happens, drawn.followed_until)
        event[drawn.patients] = happens <= drawn.followed_until
        yield time, event


def combined(
    values: Sequence[float], std_errors: Sequence[float], conf_level: float
) -> tuple[float, float, float, float]:
    """Mean, standard error and limits by Rubin's rules, with his degrees of freedom.

    They are those of Barnard and Rubin for an estimate that is normal without imputation, as a coefficient of Cox's
    model is taken to be.

    References
    ----------
    .. [1] Rubin (1987), Multiple Imputation for Nonresponse in Surveys, eq. 3.1.2 to 3.1.6.
    .. [2] Barnard & Rubin (1999), Biometrika 86:948-955.
    """
    imputations = len(values)
    within, between = float(np.mean(np.square(std_errors))), (1 + 1 / imputations) * float(np.var(values, ddof=1))
    df = (imputations - 1) * (1 + within / between) ** 2 if between > 0 else np.inf
    mean, std_error = float(np.mean(values)), float(np.sqrt(within + between))
    margin = student_quantile(conf_level, df) * std_error
    return mean, std_error, mean - margin, mean + margin
