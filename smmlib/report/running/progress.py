"""What a run says while it works: a line a notebook, and in a terminal the time that passes."""

import sys
import threading
import time


class Progress:
    """Lines of progress on standard error; as a context manager it also shows the notebooks that are running.

    Parameters
    ----------
    total : int
        Number of runs.
    width : int
        Length of the longest name.
    """

    def __init__(self, total, width):
        self._total, self._width = total, width
        self._done, self._started = 0, {}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._live = sys.stderr.isatty()

    def __enter__(self):
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        if self._live:
            self._ticker.start()
        return self

    def __exit__(self, *exception):
        self._stop.set()
        if self._live:
            self._ticker.join()
            self._write("\r\x1b[K")

    def start(self, name):
        with self._lock:
            self._started[name] = time.monotonic()

    def finish(self, name, outcome="done"):
        """Say how a run ended; not of one that is ended with the others, after the run that failed."""
        if self._stop.is_set():
            return
        with self._lock:
            elapsed = time.monotonic() - self._started.pop(name)
            self._done += 1
            clear = "\r\x1b[K" if self._live else ""
            self._write(f"{clear}  {name:{self._width}}  {outcome}  {elapsed:5.1f} s  {self._done} / {self._total}\n")

    def _tick(self):
        while not self._stop.wait(0.2):
            with self._lock:
                now = time.monotonic()
                running = ", ".join(f"{name} {now - start:.0f} s" for name, start in self._started.items())
                self._write(f"\r\x1b[K  {running}")

    def _write(self, text):
        sys.stderr.write(text)
        sys.stderr.flush()
