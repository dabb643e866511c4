"""Text of HTML as runs: bold, italic, below or above the line, with white space as a browser shows it."""

import re
from dataclasses import replace

from bs4 import Comment, NavigableString

from smmlib.report.document.blocks import Run

LEFT_OUT = {
    "screen",
    "on-screen",
    "narrow",
    "explorer",
    "switch",
    "made",
    "range",
    "of-ranges",
    "contents",
    "small-curve",
}
"""Classes of what makes no sense on paper, or is only shown when asked for."""
NOT_READ = {"nav", "aside", "script", "style", "svg", "dialog", "button", "input", "small", "caption"}
NEW_LINE = {"p", "div", "li", "ul", "ol", "table", "tr", "dd"}
BLOCK_CLASSES = {"differs"}
WHITE = re.compile(r"[ \t\n\r\f]+")
AROUND_BREAK = re.compile(r" ?\n ?")
BREAK = "\v"
"""Stands for a new line while white space is made single."""


def classes(element):
    """Classes of an element."""
    return set(element.get("class") or ())


def is_left_out(element):
    """Whether an element is not for paper."""
    return element.name in ("nav", "aside") or element.has_attr("hidden") or bool(classes(element) & LEFT_OUT)


def runs_of(element, *, bold=False):
    """What an element says.

    Parameters
    ----------
    element : Tag or NavigableString
    bold : bool
        Whether all of it is bold.

    Returns
    -------
    tuple of Run
        Without white space at either end, and none that is empty.
    """
    inner = [element] if isinstance(element, NavigableString) else element.children
    return _tidied([run for child in inner for run in _runs(child, Run("", bold=bold))])


def _runs(node, look):
    if isinstance(node, Comment):
        return
    if isinstance(node, NavigableString):
        yield replace(look, text=str(node).replace(BREAK, " "))
    elif node.name == "br":
        yield replace(look, text=BREAK)
    elif node.name not in NOT_READ and not is_left_out(node):
        is_block = node.name in NEW_LINE or classes(node) & BLOCK_CLASSES
        if is_block:
            yield replace(look, text=BREAK)
        for child in node.children:
            yield from _runs(child, _look(node, look))
        if node.name in ("td", "th"):
            yield replace(look, text=" ")
        if is_block:
            yield replace(look, text=BREAK)


def _look(element, look):
    if element.name in ("strong", "b"):
        return replace(look, bold=True)
    if element.name in ("em", "i") or "unpublished" in classes(element):
        return replace(look, italic=True)
    return replace(look, place={"sub": "sub", "sup": "super"}.get(element.name, look.place))


def _tidied(runs):
    """Runs with single white space, none beside a new line, and neighbours of one look joined."""
    joined = []
    for run in runs:
        text = WHITE.sub(" ", run.text)
        if joined and joined[-1].text.endswith((" ", BREAK)):
            text = text.lstrip(" ")
        if text.startswith(BREAK) and joined:
            joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip(" "))
            text = text if not joined[-1].text.endswith(BREAK) else text.lstrip(BREAK)
        if joined and replace(run, text="") == replace(joined[-1], text=""):
            joined[-1] = replace(run, text=joined[-1].text + text)
        else:
            joined.append(replace(run, text=text))
        joined = [each for each in joined if each.text]
    return _without_ends(joined)


def _without_ends(runs):
    ends = " " + BREAK
    while runs and not runs[0].text.strip(ends):
        runs = runs[1:]
    while runs and not runs[-1].text.strip(ends):
        runs = runs[:-1]
    if not runs:
        return ()
    runs[0] = replace(runs[0], text=runs[0].text.lstrip(ends))
    runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip(ends))
    return tuple(replace(run, text=run.text.replace(BREAK, "\n")) for run in runs)
