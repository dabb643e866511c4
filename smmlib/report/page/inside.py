"""What the one file of a page holds besides: files of the report, packed, and who may run what in it."""

import base64
import hashlib
import re
import zlib

from markupsafe import Markup

PACKED = Markup('<script type="text/plain" data-file="{}">{}</script>')
STYLE_ATTRIBUTE = re.compile(r'\s+style=(?:"([^"]*)"|\'([^\']*)\')')
STYLE_ELEMENT = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL | re.IGNORECASE)
LEVEL = 9


def packed(name, text):
    """A file as an element of the page: compressed (zlib), and in base64.

    Parameters
    ----------
    name : str
        By which the page finds it.
    text : str

    Returns
    -------
    Markup
    """
    return PACKED.format(name, base64.b64encode(zlib.compress(text.encode("utf-8"), LEVEL)).decode("ascii"))


def content_security_policy(style, script):
    """A policy under which the page runs its own script and style, and nothing else: no request, no form, no frame.

    Parameters
    ----------
    style, script : str
        The one style sheet and the one script, to the last character.

    Returns
    -------
    str
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def without_styles(html):
    """HTML of a notebook without styles of its own, which the policy forbids.

    Parameters
    ----------
    html : str

    Returns
    -------
    str
    """
    return STYLE_ATTRIBUTE.sub("", STYLE_ELEMENT.sub("", html))


def with_presentation_attributes(svg):
    """A figure whose properties are attributes of their own and not a style, which the policy forbids.

    Parameters
    ----------
    svg : str

    Returns
    -------
    str
    """
    return STYLE_ATTRIBUTE.sub(_attributes, STYLE_ELEMENT.sub("", svg))


def css_string(text):
    """A text between quotes as a style sheet has it, such that nothing of it can end the quotes or the sheet."""
    return "".join(letter if letter.isalnum() or letter == " " else f"\\{ord(letter):x} " for letter in text)


def _attributes(found):
    declared = (found[1] or found[2] or "").split(";")
    pairs = (part.split(":", 1) for part in declared if ":" in part)
    return "".join(f' {name.strip()}="{_plain(value)}"' for name, value in pairs)


def _plain(value):
    return value.strip().replace('"', "'")


def _hash(text):
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
