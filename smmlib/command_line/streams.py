"""Standard output and error that may be closed, full or read by nobody, without an end of the command."""

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Stream(io.FileIO):
    """A standard stream on which what cannot be written is lost, and is no error."""

    lost: OSError | None = None

    def write(self, data: "ReadableBuffer") -> int:
        try:
            written = super().write(data)
        except OSError as error:
            self.lost = error
            written = None
        return memoryview(data).nbytes if written is None else written


def keep_standard_streams() -> None:
    """Let no write to a standard stream fail, and open closed ones on the null device.

    Otherwise the next file that is opened would take the number of a closed stream, and be written into.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stdout = _forgiving(sys.stdout, 1)
    sys.stderr = _forgiving(sys.stderr, 2)


def say_what_was_lost() -> None:
    """Standard output that could not be written is not whole; that its reader has gone, as `head` does, is no loss."""
    stream: Any = sys.stdout  # made by `keep_standard_streams`
    stream.flush()
    lost = stream.buffer.raw.lost
    if lost and lost.errno != errno.EPIPE:
        print(f"Standard output is not whole: {lost.strerror}.", file=sys.stderr)


def _forgiving(stream: Any, number: int) -> io.TextIOWrapper:
    if isinstance(getattr(getattr(stream, "buffer", None), "raw", None), _Stream):
        return stream
    if stream is not None:
        stream.flush()
    raw = _Stream(number, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=number == 2 or raw.isatty(),
    )
