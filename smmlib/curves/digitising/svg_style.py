"""How an element of an SVG file looks: its attributes, the rules of `<style>` and its own `style`, in that order."""

import re
from dataclasses import dataclass
from functools import lru_cache

import tinycss2
from tinycss2.color3 import parse_color

INITIAL = {"fill": "black", "stroke": "none", "stroke-width": "1", "font-size": "12", "text-anchor": "start"}
# What a child takes over from its parent.
INHERITED = (*INITIAL, "stroke-dasharray", "stroke-opacity", "fill-opacity", "visibility", "color")
# No value that is searched for numbers is longer: searching takes the square of the length.
LONGEST = 500
LONGEST_SHEET = 1_000_000
READ = (*INHERITED, "display", "opacity", "clip-path", "font")


@dataclass(frozen=True)
class Rule:
    """A simple selector, or a chain of them for an element within others, and what it declares.

    Of each selector, the tag or None, and the classes and identifiers with the mark before them.
    """

    chain: tuple[tuple[str | None, tuple[str, ...]], ...]
    declared: dict[str, str]


def read_rules(texts):
    """The rules of all `<style>` elements.

    Parameters
    ----------
    texts : iterable of str
        Of the elements, in their order.

    Returns
    -------
    list of Rule
        Tags, classes, identifiers and elements within others; what else a selector may ask for is not read.

    Raises
    ------
    ValueError
        If there are more than any figure has.
    """
    rules, sheet = [], "\n".join(texts)
    if len(sheet) > LONGEST_SHEET:
        raise ValueError(f"style sheet of {len(sheet):,} letters")
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            declared = _declared(tinycss2.serialize(rule.content))
            selectors = tinycss2.serialize(rule.prelude).split(",")
            chains = [[_selector(text) for text in selector.split()] for selector in selectors]
            rules += [Rule(tuple(chain), declared) for chain in chains if chain and None not in chain]
    return rules


def _selector(text):
    """One selector in its parts; None where it asks for something else."""
    parts = re.fullmatch(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)", text)
    if not parts:
        return None
    return None if parts[1] == "*" else parts[1], tuple(re.findall(r"[.#][\w-]+", parts[2]))


def own_style(element, rules, ancestors):
    """What is declared for one element, as text by property."""
    style = {name: element.attrib[name] for name in READ if name in element.attrib}
    for rule in rules:
        if _applies(rule.chain, element, ancestors):
            style |= rule.declared
    style |= _declared(element.get("style", ""))
    if found := re.search(r"([\d.]+)(px|pt)", style.pop("font", "")[:LONGEST]):
        style.setdefault("font-size", found[1])
    return style


def inherited(style):
    """The part of a style that the children of the element take over."""
    return {name: style[name] for name in INHERITED if name in style}


def colour(style, kind):
    """Colour of "stroke" or "fill" like "#1f77b4"; None where nothing is seen of it."""
    text = style.get(kind, "none")
    parsed = parse_color(style.get("color", "black") if text.strip().lower() == "currentcolor" else text)
    if parsed is None or isinstance(parsed, str):
        # A gradient or pattern is seen too; which colour it has cannot be told.
        return "#000000" if text.strip().startswith("url(") else None
    seen = parsed.alpha * number(style.get(f"{kind}-opacity"), 1) * number(style.get("opacity"), 1)
    parts = [min(max(part, 0), 1) if part == part else 0 for part in parsed[:3]]
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts) if seen > 0 else None


def dash(style):
    """Lengths of the dashes and gaps; empty for a solid line."""
    lengths = tuple(float(text) for text in re.findall(r"[\d.]*\d", style.get("stroke-dasharray", "none")[:LONGEST]))
    return lengths if any(lengths) else ()


def number(text, default=0.0):
    """The number that a text begins with, whatever its unit; a percentage as a proportion."""
    found = re.match(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(%?)", text or "")
    if not found:
        return float(default)
    return float(found[1]) / (100 if found[2] else 1)


@lru_cache(maxsize=4096)
def _declared(css):
    parse = tinycss2.parse_declaration_list
    return {
        item.lower_name: tinycss2.serialize(item.value).strip()
        for item in parse(css, skip_comments=True, skip_whitespace=True)
        if item.type == "declaration" and item.lower_name in READ
    }


def _applies(chain, element, ancestors):
    if not _matches(chain[-1], element):
        return False
    above = iter(reversed(ancestors))
    return all(any(_matches(selector, ancestor) for ancestor in above) for selector in reversed(chain[:-1]))


def _matches(selector, element):
    tag, names = selector
    if tag is not None and tag != element.tag.rpartition("}")[2]:
        return False
    if not names:
        return True
    classes, identifier = element.get("class", "").split(), element.get("id")
    return all(name[1:] in classes if name[0] == "." else name[1:] == identifier for name in names)
