"""Lines of YAML as a person would write them: short mappings in braces, texts quoted where YAML would misread them."""

import json
import re
from collections.abc import Mapping, Sequence

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_+<>/()' -]*[A-Za-z0-9_+)]|[A-Za-z]")
MISREAD = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"}
COMMENT_COLUMN = 40


def scalar(value: object) -> str:
    """A value: numbers as they are, texts in quotes unless they are plain words."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g}"
    text = str(value)
    if PLAIN.fullmatch(text) and text.lower() not in MISREAD:
        return text
    return json.dumps(text, ensure_ascii=False)


def flow(value: object) -> str:
    """A mapping, a sequence or a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def line(text: str, comment: str = "") -> str:
    """A line with a comment at its end."""
    return f"{text:<{COMMENT_COLUMN}}  # {comment}".rstrip() if comment else text
