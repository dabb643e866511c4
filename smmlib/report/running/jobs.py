"""Jobs run in parallel threads, each within the longest time that it may take."""

import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

LONGEST_JOB = 3600.0
"""Seconds that a notebook or the second implementation may take when nothing else is said."""

LOOK_AGAIN, LAST_RESORT, PATIENCE = 0.2, 1.0, 5.0
"""Seconds between two looks at the jobs, until `last_resort` is called, and until a job is left behind."""


class OverdueError(Exception):
    """Jobs that took longer than they may.

    Parameters
    ----------
    names : list of str
    longest : float
        In seconds.
    """

    def __init__(self, names, longest):
        self.names, self.longest = names, longest
        super().__init__(f"{', '.join(names)}: not done after {longest:g} s")


class Jobs:
    """Threads for jobs, and a clock for each.

    Parameters
    ----------
    longest : float
        Seconds that a job may take.
    give_up, last_resort : callable
        End what jobs are waiting for, so that they fail; called until they have, the second if the first is not enough.
    """

    def __init__(self, longest, give_up, last_resort):
        self._longest, self._give_up, self._last_resort = longest, give_up, last_resort
        self._threads, self._names, self._started = [], {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """End every job that still runs; one that outlasts even `last_resort` is left behind."""
        for threads in self._threads:
            threads.shutdown(wait=False, cancel_futures=True)
        begun = time.monotonic()
        while (running := self._running()) and (elapsed := time.monotonic() - begun) < PATIENCE:
            self._give_up()
            if elapsed > LAST_RESORT:
                self._last_resort()
            wait(running, timeout=LOOK_AGAIN)

    def start(self, jobs, at_a_time):
        """Start jobs.

        Parameters
        ----------
        jobs : mapping of str to callable
        at_a_time : int

        Returns
        -------
        list of Future
        """
        threads = ThreadPoolExecutor(at_a_time)
        self._threads.append(threads)
        futures = {threads.submit(self._timed, name, job): name for name, job in jobs.items()}
        self._names.update(futures)
        return list(futures)

    def results(self, futures):
        """What jobs return, in their order; the first that fails ends the wait.

        Raises
        ------
        OverdueError
            If any job takes too long, these or others.
        """
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            self._refuse_overdue()
        return [future.result() for future in futures]

    def _timed(self, name, job):
        self._started[name] = time.monotonic()
        return job()

    def _running(self):
        return {future: name for future, name in self._names.items() if not future.done()}

    def _refuse_overdue(self):
        now = time.monotonic()
        overdue = [name for name in self._running().values() if now - self._started.get(name, now) > self._longest]
        if overdue:
            raise OverdueError(overdue, self._longest)
