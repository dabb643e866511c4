"""What one page of a PDF paints: its paths, letters and pictures."""

from io import BytesIO

from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import apply_matrix_pt, apply_matrix_rect

from smmlib.curves.digitising.drawing import MOST_ITEMS, MOST_POINTS

# Colour spaces in which one is full ink and zero none.
INKS = ("Separation", "DeviceN")


class Refusal(Exception):
    """The page is not read; the message is for the reader."""


class Page(PDFLayoutAnalyzer):
    """Collects paths, letters and pictures as they are painted; `clip` is set by the interpreter."""

    def __init__(self, resources):
        super().__init__(resources)
        self.paths, self.letters, self.pictures, self.points = [], [], 0, 0
        self.clip = None

    def begin_page(self, page, ctm):
        """Nothing is kept but what is painted."""

    def end_page(self, page):
        """As `begin_page`."""

    def begin_figure(self, name, bbox, matrix):
        """Forms are painted as if their content stood in the page."""

    def end_figure(self, name):
        """As `begin_figure`."""

    def render_image(self, name, stream):  # noqa: ARG002 (the names are pdfminer's)
        self.pictures += 1

    def paint_path(self, gstate, stroke, fill, evenodd, path):  # noqa: ARG002 (the names are pdfminer's)
        look = {
            "stroke": colour(gstate.scolor, gstate.scs) if stroke else None,
            "fill": colour(gstate.ncolor, gstate.ncs) if fill else None,
            "width": gstate.linewidth,
            "dash": dash(gstate.dash),
            "clip": self.clip,
        }
        found = subpaths(path)
        self.points += sum(len(points) for points, _ in found)
        if self.points > MOST_POINTS:
            raise Refusal(f"draws paths of more than {MOST_POINTS:,} points")
        for points, straight in found:
            moved = [apply_matrix_pt(self.ctm, point) for point in points]
            self.paths.append({"points": moved, "straight": straight, **look})
        if len(self.paths) > MOST_ITEMS:
            raise Refusal(f"draws more than {MOST_ITEMS} paths")

    def render_char(self, matrix, font, fontsize, scaling, rise, cid, ncs, graphicstate):  # noqa: ARG002 (the names are pdfminer's)
        width = font.char_width(cid) * fontsize * scaling
        try:
            text = whole_characters(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            text = "\ufffd"
        low = rise + font.get_descent() * fontsize
        self.letters.append(
            {
                "text": text,
                "start": apply_matrix_pt(matrix, (0, rise)),
                "end": apply_matrix_pt(matrix, (width, rise)),
                "box": apply_matrix_rect(matrix, (0, low, width, low + fontsize)),
                "size": abs(fontsize) * (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5,
                "color": colour(graphicstate.ncolor, graphicstate.ncs),
            }
        )
        if len(self.letters) > MOST_ITEMS:
            raise Refusal(f"holds more than {MOST_ITEMS} letters")
        return width


class Interpreter(PDFPageInterpreter):
    """Also keeps the box of the clip path, and hands colour and clip on to forms, as markers need them."""

    inherited = None

    def init_state(self, ctm):
        super().init_state(ctm)
        self.graphicstate, clip = self.inherited or (PDFGraphicState(), None)
        self.clips = []
        self.set_clip(clip)

    def set_clip(self, clip):
        self.clip = self.device.clip = clip

    def subinterp(self):
        inner = super().subinterp()
        inner.inherited = (self.graphicstate.copy(), self.clip)
        return inner

    def do_Do(self, xobjid_arg):
        super().do_Do(xobjid_arg)
        self.device.set_ctm(self.ctm)
        self.device.clip = self.clip

    def do_q(self):
        super().do_q()
        self.clips.append(self.clip)

    def do_Q(self):
        super().do_Q()
        if self.clips:
            self.set_clip(self.clips.pop())

    def do_W(self):
        corners = [apply_matrix_pt(self.ctm, point) for points, _ in subpaths(self.curpath) for point in points]
        if corners:
            across, up = zip(*corners, strict=True)
            box = (min(across), min(up), max(across), max(up))
            old = self.clip or box
            self.set_clip((*map(max, old[:2], box[:2]), *map(min, old[2:], box[2:])))

    def do_W_a(self):
        self.do_W()


def whole_characters(text):
    """A text without halves of surrogate pairs, which no file in UTF-8 can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def subpaths(path):
    """(points, whether all segments are straight) of each subpath; a closed one ends where it began."""
    found = []
    for operator, *values in path:
        if operator == "m":
            found.append([[tuple(values)], True])
        elif found and operator == "h":
            found[-1][0].append(found[-1][0][0])
        elif found:
            found[-1][0].append(tuple(values[-2:]))
            found[-1][1] &= operator == "l"
    return found


def colour(values, space):
    """A colour like "#1f77b4"; of a pattern, or where it cannot be told, black."""
    parts = list(values) if isinstance(values, (tuple, list)) else [values]
    if not parts or not all(isinstance(part, (int, float)) for part in parts):
        return "#000000"
    if space is not None and space.name in INKS:
        parts = [1 - max(parts)]
    if len(parts) == 4:
        parts = [(1 - part) * (1 - parts[3]) for part in parts[:3]]
    parts = parts * 3 if len(parts) == 1 else parts[:3]
    return "#" + "".join(f"{round(255 * min(max(part, 0), 1)):02x}" for part in parts)


def dash(pattern):
    """Lengths of dashes and gaps, empty for a solid line."""
    lengths = pattern[0] if pattern else ()
    if not isinstance(lengths, list) or not any(isinstance(length, (int, float)) and length for length in lengths):
        return ()
    return [float(length) for length in lengths if isinstance(length, (int, float))]


def read_page(content, number):
    """What is painted on one page, as plain lists.

    Raises
    ------
    Refusal
        If there is no such page, or it paints too much.
    """
    document = PDFDocument(PDFParser(BytesIO(content)))
    pages = 0
    for pages, page in enumerate(PDFPage.create_pages(document), start=1):
        if pages == number:
            device = Page(resources := PDFResourceManager())
            Interpreter(resources, device).process_page(page)
            return {"paths": device.paths, "letters": device.letters, "pictures": device.pictures}
    raise Refusal(f"has {pages} pages and no page {number}")


def answer(content, number):
    """The page as `read_page` gives it, or why it cannot be read, under "refused"."""
    try:
        return read_page(content, number)
    except Refusal as refusal:
        return {"refused": str(refusal)}
    except PDFPasswordIncorrect:
        return {"refused": "is protected by a password"}
    except MemoryError:
        raise
    except Exception as error:  # The parser raises many kinds on a broken file, and none is ours to tell apart.
        return {"refused": f"cannot be read as PDF ({type(error).__name__}: {str(error)[:100]})"}
