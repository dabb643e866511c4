"""What every message must be: a sentence that a person would write, whatever it was put together from."""

import re

QUOTED = re.compile(r"'[^']*'|`[^`]*`|\"[^\"]*\"")
GARBLED = {
    "two blanks": re.compile(r"\S  "),
    "a word twice": re.compile(r"\b([A-Za-z]+) \1\b", re.IGNORECASE),
    "words run together": re.compile(r"must be\w|\b(is|be|but|not)(is|but|must|withheld)\b"),
    "two expectations": re.compile(r"but must .*but must"),
    "a blank before a mark": re.compile(r"\s[,;:.!?](\s|$)"),
    "two marks": re.compile(r"[,;:]{2}(?!\S)|[,;:]\s[,;:]\s|(?<!\.)\.\.(?!\.)|\. \."),
    "words of a program": re.compile(
        r"Input should|Value error|Field required|\[key\]|<class|object at|Traceback|Error:|\b(None|nan)\b"
    ),
    "no end": re.compile(r"[,;:\-(]$"),
    "an empty list": re.compile(r"\b(one of|must be|or|and)\s*[.;:]?$"),
}


def garbled(message):
    """What is wrong with the English of a message, each with the line.

    Parameters
    ----------
    message : str

    Returns
    -------
    list of (str, str)
    """
    found = []
    for line in message.splitlines():
        words = QUOTED.sub("X", line)
        found += [(fault, line) for fault, pattern in GARBLED.items() if pattern.search(words)]
    return found
