"""The text of a file in UTF-8; any other encoding is refused, with the line and the byte, rather than guessed."""

import codecs
from typing import BinaryIO

from smmlib.trial.tables.cell_table import refuse

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def utf8_text(file: str, stream: BinaryIO) -> str:
    """The text of a file, without the mark of UTF-8 that Excel writes before it.

    Parameters
    ----------
    file : str
        As messages name it.
    stream : file object
        Open for reading bytes.

    Returns
    -------
    str

    Raises
    ------
    DataError
        If the file is in another encoding or holds NUL bytes.
    """
    raw = stream.read()
    if raw.startswith(UTF_16):
        refuse(file, "is in UTF-16: save it as UTF-8")
    if (nul := raw.find(b"\0")) >= 0:
        refuse(file, "holds a NUL byte, so it is not text in UTF-8: export it again as UTF-8", _line(raw, nul))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(file, _not_utf8(error), _line(raw, error.start))


def _line(raw: bytes, position: int) -> str:
    return f"line {len(raw[: position + 1].splitlines())}"


def _not_utf8(error: UnicodeDecodeError) -> str:
    byte = error.object[error.start : error.start + 1]
    if error.reason == "unexpected end of data":
        return (
            "ends in the middle of a character: the file seems cut short, or is not in UTF-8; export it again as UTF-8"
        )
    letter = byte.decode("windows-1252", errors="replace")
    return (
        f"holds the byte 0x{byte.hex().upper()}, which is not UTF-8 (in Windows-1252 it is {letter!r}): "
        "save the file as UTF-8, 'CSV UTF-8' in Excel"
    )
