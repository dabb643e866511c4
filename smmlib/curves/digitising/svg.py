"""Reading an SVG file: what it paints, in its own coordinates with y turned upwards."""

from dataclasses import dataclass, replace
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from fontTools.misc.transform import Transform

from smmlib.curves.digitising import svg_geometry, svg_style
from smmlib.curves.digitising.digitised_figure import DigitiseError
from smmlib.curves.digitising.drawing import MOST_ITEMS, MOST_POINTS, Drawing, PaintedPath, is_on_a_page
from smmlib.curves.digitising.svg_text import words

DEEPEST = 100
# Each thing that is drawn has two, and much else of a file has some too.
MOST_TAGS = 5 * MOST_ITEMS
ADVICE = "keep the figure only, and delete the rest in a drawing program"
RULES_A_STEP = 20
SHAPES = ("path", "line", "polyline", "polygon", "rect", "circle", "ellipse")
GROUPS = ("svg", "g", "a", "switch", "symbol")
LINK = ("href", "{http://www.w3.org/1999/xlink}href")


def read_svg(content, name):
    """What an SVG file paints.

    Parameters
    ----------
    content : bytes
    name : str
        Of the file, for messages.

    Returns
    -------
    Drawing

    Raises
    ------
    DigitiseError
        If it is no well-formed SVG, declares entities, or draws more, or nests it deeper, than can be looked at.
    """
    if content.count(b"<") > MOST_TAGS:
        raise DigitiseError(f"{name} draws more than {MOST_ITEMS:,} things: {ADVICE}.")
    try:
        root = fromstring(content, forbid_entities=True)
    except DefusedXmlException as error:
        raise DigitiseError(
            f"{name} declares XML entities ({type(error).__name__}), which are not expanded: "
            f"save it again as plain SVG, for instance with Inkscape."
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise DigitiseError(f"{name} is not a well-formed SVG file ({error}): save or export it again.") from None
    if _tag(root) != "svg":
        raise DigitiseError(f"{name} holds <{_tag(root)}> and no <svg>: save or export it again as SVG.")
    try:
        return _Painter(root, name).paint()
    except RecursionError:  # of blocks within blocks of a style sheet
        raise DigitiseError(f"{name} nests the parts of a style too deep: export the figure again.") from None


@dataclass(frozen=True)
class _Place:
    """Where in the tree an element stands: what it takes over from above."""

    matrix: Transform
    style: dict
    ancestors: tuple = ()
    clip: tuple | None = None


class _Painter:
    """Walks the tree in drawing order; `<use>` is followed within the file only, and a budget bounds it all."""

    def __init__(self, root, name):
        self.root, self.name = root, name
        self.rules = self.read(
            svg_style.read_rules, [element.text or "" for element in root.iter() if _tag(element) == "style"]
        )
        self.named = {element.get("id"): element for element in root.iter() if element.get("id")}
        self.paths, self.words, self.pictures = [], [], 0
        self.visited = self.points = 0

    def paint(self):
        # The file's y points downwards.
        self.visit(self.root, _Place(Transform(1, 0, 0, -1, 0, 0), dict(svg_style.INITIAL)))
        return Drawing(self.paths, self.words, self.pictures)

    def visit(self, element, place):
        self.count(1)
        if len(place.ancestors) > DEEPEST:
            raise DigitiseError(f"{self.name} nests things more than {DEEPEST} deep: {ADVICE}.")
        tag = _tag(element)
        if tag not in (*SHAPES, *GROUPS, "use", "text", "image"):
            return
        place = self.within(element, place)
        if place.style.get("display") == "none" or svg_style.number(place.style.get("opacity"), 1) == 0:
            return
        if tag in SHAPES:
            self.shape(element, place)
        elif tag == "text":
            self.count(len(element))
            found = words(element, place.matrix, place.style, self.rules, place.ancestors)
            self.words += [word for word in found if is_on_a_page(word.box, word.size)]
        elif tag == "image":
            self.pictures += 1
        else:
            self.children(element, tag, place)

    def count(self, elements):
        """Take elements off the budget; each rule is tried on each of them."""
        self.visited += elements * (1 + len(self.rules) // RULES_A_STEP)
        if self.visited > MOST_ITEMS:
            raise DigitiseError(f"{self.name} draws more than {MOST_ITEMS:,} things: {ADVICE}.")

    def read(self, reader, text):
        """What a reader makes of a text, or a DigitiseError with its reason."""
        try:
            return reader(text)
        except ValueError as error:
            raise DigitiseError(f"{self.name} has a {error} that cannot be read: export the figure again.") from None

    def within(self, element, place):
        own = svg_style.own_style(element, self.rules, place.ancestors)
        style = svg_style.inherited(place.style) | own
        matrix = place.matrix.transform(self.read(svg_geometry.transform, element.get("transform")))
        clip = _both(place.clip, self.clip_box(own.get("clip-path"), matrix))
        return _Place(matrix, style, (*place.ancestors, element), clip)

    def children(self, element, tag, place):
        if tag == "use":
            self.use(element, place)
        elif tag != "symbol" or _tag(place.ancestors[-2]) == "use":
            for child in element:
                self.visit(child, place)

    def use(self, element, place):
        link = next((element.get(name) for name in LINK if element.get(name)), "")
        target = self.named.get(link.removeprefix("#")) if link.startswith("#") else None
        if target is not None and target not in place.ancestors:
            x, y = (svg_style.number(element.get(name)) for name in ("x", "y"))
            self.visit(target, replace(place, matrix=place.matrix.translate(x, y)))

    def shape(self, element, place):
        style = place.style
        if style.get("visibility") in ("hidden", "collapse"):
            return
        stroke, fill = svg_style.colour(style, "stroke"), svg_style.colour(style, "fill")
        matrix = place.matrix
        scale = abs(matrix.xx * matrix.yy - matrix.xy * matrix.yx) ** 0.5
        width = svg_style.number(style.get("stroke-width"), 1) * scale
        for points, straight in self.outline(element):
            # A line of two points encloses nothing that a fill could paint.
            filled = fill if len(points) > 2 else None
            painted, moved = (stroke if width > 0 else None, filled), _moved(points, place.matrix)
            if painted != (None, None) and is_on_a_page(moved, width):
                self.paths.append(PaintedPath(moved, *painted, width, svg_style.dash(style), straight, place.clip))

    def outline(self, element):
        try:
            found = svg_geometry.subpaths(element)
        except (ValueError, IndexError, TypeError) as error:
            shown = str(error)[:80]
            raise DigitiseError(
                f"{self.name} has a <{_tag(element)}> that cannot be read ({shown}): export the figure again."
            ) from None
        self.points += sum(len(points) for points, _ in found)
        if self.points > MOST_POINTS:
            raise DigitiseError(f"{self.name} draws paths of more than {MOST_POINTS:,} points: {ADVICE}.")
        return found

    def clip_box(self, reference, matrix):
        """The box of a clip path; None where there is none or it cannot be told."""
        name = (reference or "").strip().removeprefix("url(").removesuffix(")").strip("'\" ")
        target = self.named.get(name.removeprefix("#"))
        if target is None or _tag(target) != "clipPath" or target.get("clipPathUnits") == "objectBoundingBox":
            return None
        self.count(len(target))
        corners = [_moved(points, matrix) for shape in target for points, _ in self.outline(shape)]
        if not corners:
            return None
        corners = np.concatenate(corners)
        return (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())


def _both(first, second):
    if first is None or second is None:
        return first or second
    return (*np.maximum(first[:2], second[:2]).tolist(), *np.minimum(first[2:], second[2:]).tolist())


def _moved(points, matrix):
    return np.array(matrix.transformPoints(points.tolist()))


def _tag(element):
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
