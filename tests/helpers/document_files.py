"""What a reader of other programs finds in the files of a report: PDF by pdfminer, Word by its XML, RTF by its text."""

import io
import re
import zipfile
from html.parser import HTMLParser

import docx
from pdfminer.high_level import extract_text


def readable_text(name, content):
    """Text of a file; of a PNG, which draws what its SVG says, nothing."""
    if name.endswith(".png"):
        return ""
    if name.endswith(".pdf"):
        return extract_text(io.BytesIO(content))
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(part).decode("utf-8") for part in archive.namelist() if part.endswith("xml"))
    text = content.decode("utf-8")
    return re.sub(r"\\u(-?\d+)\?", lambda found: chr(int(found[1]) % 65536), text) if name.endswith(".rtf") else text


def said(text):
    """A text without what only sets it: figure spaces, and white space of any length."""
    return " ".join(text.replace("\u2007", "").split())


def word_tables(content):
    """Cells of each table of a Word document, read by python-docx; a cell over several columns stands in each."""
    document = docx.Document(io.BytesIO(content))
    return [[[said(cell.text) for cell in row.cells] for row in table.rows] for table in document.tables]


CONTROL = re.compile(r"\\u(-?\d+) ?\?|\\([a-z]+)(-?\d+)? ?|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]")


def rtf_tables(content):
    """Cells of each table of an RTF document, by a reader of its own; paragraphs between them part tables."""
    tables, row, text, in_row = [[]], [], "", False
    for letter, word, _, literal, _, plain in CONTROL.findall(content.decode("ascii")):
        text += chr(int(letter) % 65536) if letter else literal or plain
        if word == "trowd":
            in_row, row, text = True, [], ""
        elif word == "cell":
            row.append(said(text))
            text = ""
        elif word == "row":
            tables[-1].append(row)
            in_row, text = False, ""
        elif word == "line":
            text += " "
        elif word == "par" and not in_row and tables[-1]:
            tables.append([])
    return [table for table in tables if table]


class PageTables(HTMLParser):
    """Cells of each table of a page that has a caption, by the caption's number: text, and how many columns."""

    SILENT = ("range", "screen")

    def __init__(self, page):
        super().__init__()
        self.tables, self._depth, self._silent, self._cell, self._table = {}, [], None, None, None
        self.feed(re.sub(r"<script.*?</script>|<svg.*?</svg>", "", page, flags=re.DOTALL))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag not in ("br", "input", "meta", "link"):
            self._depth.append(tag)
        if self._silent is None and (tag == "small" or set((named.get("class") or "").split()) & set(self.SILENT)):
            self._silent = len(self._depth)
        if tag == "caption":
            self._table, self._caption = [], ""
        elif tag == "tr" and self._table is not None:
            self._table.append([])
        elif tag in ("td", "th") and self._table is not None:
            self._cell = [int(named.get("colspan") or 1), ""]
        elif tag in ("br", "span") and self._cell:
            self._cell[1] += " " if tag == "br" or named.get("class") == "differs" else ""

    def handle_endtag(self, tag):
        if self._silent == len(self._depth):
            self._silent = None
        self._depth.pop()
        if tag in ("td", "th") and self._cell:
            self._table[-1].append((said(self._cell[1]), self._cell[0]))
            self._cell = None
        elif tag == "table" and self._table is not None:
            self.tables[self._caption] = self._table
            self._table = None

    def handle_data(self, data):
        if self._silent is None and self._cell:
            self._cell[1] += data
        elif "caption" in self._depth and "strong" in self._depth and self._table is not None:
            self._caption += data.removesuffix(".")
