"""Typst, with the fonts that are bundled: what is typeset from the same source is the same bytes on every machine."""

import json
from functools import cache
from pathlib import Path

import typst
from matplotlib.ft2font import FT2Font

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Source Sans 3"
INVISIBLE = "\n\t\u00ad\u200b\u2060"
"""What no font needs a letter for."""


def typeset(source, output, *, dots_per_inch=300):
    """Typeset a source of Typst.

    Parameters
    ----------
    source : str
    output : {"pdf", "png"}
        A PNG is of the one page that there is.
    dots_per_inch : int
        Of a PNG.

    Returns
    -------
    bytes
    """
    fonts = _fonts(has_other_letters(source))
    compiler = typst.Compiler(source.encode("utf-8"), font_paths=fonts, ignore_system_fonts=True)
    return compiler.compile(format=output, ppi=dots_per_inch)


def quoted(text):
    """A text as a string of Typst, in which nothing is code.

    Letters that no font of this machine has are given by their number, as [U+4E2D]: a box would say nothing.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return json.dumps("".join(map(_printable, text)), ensure_ascii=False)


def has_other_letters(text):
    """Whether a text has letters that the bundled fonts lack, such as Chinese ones."""
    return not set(text) <= _bundled_letters()


def _printable(letter):
    if letter in _bundled_letters() or ord(letter) in _letters_of_machine():
        return letter
    return f"[U+{ord(letter):04X}]"


@cache
def _fonts(with_those_of_machine):
    return typst.Fonts(
        include_system_fonts=with_those_of_machine,
        include_embedded_fonts=False,
        font_paths=[FONTS],
    )


@cache
def _bundled_letters():
    return frozenset(map(chr, bundled_font().get_charmap())) | set(INVISIBLE)


@cache
def _letters_of_machine():
    """Letters of the fonts that the machine has besides; looked at only where a text has others than the bundled."""
    letters = set()
    for path in {font.path for font in _fonts(True).fonts() if font.path}:
        letters |= set(FT2Font(path).get_charmap())
    return letters


@cache
def bundled_font():
    """The upright bundled font, whose letters the others have, too."""
    return FT2Font(str(FONTS / "SourceSans3-Regular.otf"))
