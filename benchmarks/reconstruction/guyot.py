"""Guyot's reconstruction of 2012 as its paper describes it, and nothing more: what others are measured against.

It shares no line with smmlib. Loops that the paper leaves open are ended: a state that was seen before stops them.

References
----------
.. [1] Guyot P, Ades AE, Ouwens MJ, Welton NJ (2012). Enhanced secondary analysis of survival data: reconstructing the
   data from published Kaplan-Meier survival curves. BMC Medical Research Methodology 12:9.
"""

import numpy as np


def plain_guyot(curve, risk_table, events=None):
    """Times and events of patients, both shape (n,), from one digitised curve.

    Parameters
    ----------
    curve : pair of array-like, shape (k,)
        Times, increasing from 0, and survival at them.
    risk_table : pair of array-like, shape (m,)
        Times, increasing from 0, and the number at risk just before them; the first alone gives the patients.
    events : int, optional
        Total events, if published.
    """
    time, survival = (np.asarray(values, dtype=float) for values in curve)
    survival = np.minimum.accumulate(np.clip(survival, 0, 1))
    if time[0] > 0:
        time, survival = np.insert(time, 0, 0.0), np.insert(survival, 0, 1.0)
    table = Table(time, survival, *risk_table)
    for interval in range(len(table.first) - 1):
        table.fit_interval(interval)
    table.fit_last(events)
    return table.patients()


class Table:
    """Numbers at risk, deaths and censored at each digitised time, filled interval by interval."""

    def __init__(self, time, survival, risk_time, at_risk):
        self.time, self.survival = time, survival
        first = np.searchsorted(time, np.asarray(risk_time, dtype=float))
        used = (first < len(time)) & np.append(np.diff(first) > 0, True)
        self.first, self.published = first[used], np.asarray(at_risk, dtype=int)[used].copy()
        points = len(time)
        self.deaths, self.censored = np.zeros(points, int), np.zeros(points, int)
        self.at_risk = np.full(points + 1, self.published[0])
        # Kaplan-Meier by the patients made so far: it moves only where somebody dies (step 3 of the paper).
        self.estimate = np.ones(points + 1)

    def fit_interval(self, interval):
        """Steps 1 to 5: as many censored as make the next published number at risk come out."""
        start, stop = self.first[interval], self.first[interval + 1]
        left = self.survival[stop] / self.survival[start] if self.survival[start] > 0 else 0.0
        leaving = max(round(left * self.published[interval] - self.published[interval + 1]), 0)
        seen = set()
        while leaving not in seen:
            seen.add(leaving)
            self.fill(start, stop, leaving, self.time[stop])
            over = self.at_risk[stop] - self.published[interval + 1]
            leaving = max(leaving + over, 0)
        self.published[interval + 1] = min(self.published[interval + 1], self.at_risk[stop])

    def fit_last(self, events):
        """Steps 6 to 8: the last interval's censored by the rate before, then by the total of events."""
        start, stop = self.first[-1], len(self.time)
        leaving = min(self.expected_to_leave(start), self.at_risk[start])
        self.fill(start, stop, leaving, self.time[-1])
        if events is None:
            return
        before = self.deaths[:start].sum()
        if before >= events:
            self.deaths[start:] = self.censored[start:] = 0
            self.at_risk[start:] = self.at_risk[start]
            return
        seen = set()
        while leaving not in seen:
            seen.add(leaving)
            self.fill(start, stop, leaving, self.time[-1])
            leaving = min(max(leaving + self.deaths.sum() - events, 0), self.at_risk[start])

    def expected_to_leave(self, start):
        """Censored in the last interval at the rate of those before; none where there is one interval only."""
        length = self.time[start - 1] - self.time[0] if len(self.first) > 1 else 0
        if length <= 0:
            return 0
        return round(self.censored[:start].sum() * (self.time[-1] - self.time[start]) / length)

    def fill(self, start, stop, leaving, end):
        """Spread `leaving` patients evenly over the interval, and count deaths so that the curve is met."""
        evenly = self.time[start] + np.arange(1, leaving + 1) * (end - self.time[start]) / (leaving + 1)
        where = np.searchsorted(self.time[start:stop], evenly, side="right") - 1
        self.censored[start:stop] = np.bincount(where, minlength=stop - start)
        for point in range(start, stop):
            at_risk, estimate = self.at_risk[point], self.estimate[point]
            died = round(at_risk * (1 - self.survival[point] / estimate)) if at_risk > 0 and estimate > 0 else 0
            self.deaths[point] = 0 if point == 0 else max(died, 0)
            self.estimate[point + 1] = estimate * (1 - self.deaths[point] / at_risk) if at_risk > 0 else estimate
            self.censored[point] = min(self.censored[point], at_risk - self.deaths[point])
            self.at_risk[point + 1] = at_risk - self.deaths[point] - self.censored[point]

    def patients(self):
        """Deaths at their digitised time, censored half way to the next, the rest at the end."""
        middle = np.append((self.time[:-1] + self.time[1:]) / 2, self.time[-1])
        deaths, censored = np.repeat(self.time, self.deaths), np.repeat(middle, self.censored)
        rest = np.full(self.at_risk[-1], self.time[-1])
        event = np.repeat([1, 0], [len(deaths), len(censored) + len(rest)])
        return np.concatenate([deaths, censored, rest]), event
