"""What a document consists of, whatever its format: headings, paragraphs, lists, tables and figures."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """A piece of text of one look; a line break within it is a new line.

    Attributes
    ----------
    text : str
    bold, italic : bool
    place : {"", "sub", "super"}
        Below or above the line.
    """

    text: str
    bold: bool = False
    italic: bool = False
    place: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading.

    Attributes
    ----------
    level : int
        2 for a section of the report, as on its page, where 1 is the title.
    runs : tuple of Run
    """

    level: int
    runs: tuple


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a note is smaller."""

    runs: tuple
    is_note: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list, of numbers where it is ordered; each item is a tuple of Run."""

    items: tuple
    is_ordered: bool = False


@dataclass(frozen=True)
class Definitions:
    """Pairs of what is defined and what is said of it, each a tuple of Run."""

    pairs: tuple


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    runs : tuple of Run
    columns, rows : int
        Over how many of each it goes.
    indent : int
        Steps that it is set in.
    is_figure : bool
        Whether it is of a column of numbers.
    """

    runs: tuple = ()
    columns: int = 1
    rows: int = 1
    indent: int = 0
    is_figure: bool = False

    @property
    def text(self):
        """What it says."""
        return text_of(self.runs)


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    number, title : str
        "Table 14.2.1" and what it shows; empty for a small one that stands in the text.
    head, body : tuple of tuple of Cell
        Rows from left to right, without the places that a cell of a row above goes over.
    footnotes : tuple of tuple of Run
    """

    number: str
    title: str
    head: tuple
    body: tuple
    footnotes: tuple = ()

    @property
    def rows(self):
        """Rows of the head, then of the body."""
        return self.head + self.body

    @property
    def width(self):
        """Number of columns."""
        return max((place + cell.columns for row in placed(self.rows) for place, cell in row), default=0)


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes
    ----------
    name : str
        By which its drawing is known.
    caption : tuple of Run
    alt : str
        What it shows, in words.
    """

    name: str
    caption: tuple
    alt: str = ""


@dataclass(frozen=True)
class Cards:
    """Short answers that may stand side by side, each a tuple of blocks."""

    cards: tuple


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes
    ----------
    title : str
    whose : str
        Whose data it shows, at the head of each page; empty for patients.
    blocks : tuple
    """

    title: str
    whose: str
    blocks: tuple = field(default=())

    @property
    def is_table_alone(self):
        """Whether it is one table, whose caption is title enough."""
        return len(self.blocks) == 1 and isinstance(self.blocks[0], Table)

    @property
    def tables(self):
        """Tables that have a number."""
        return [block for block in self.blocks if isinstance(block, Table) and block.number]


def text_of(runs):
    """What runs say."""
    return "".join(run.text for run in runs)


def placed(rows):
    """Each row as pairs of a column and the cell that begins there.

    Parameters
    ----------
    rows : sequence of sequence of Cell

    Returns
    -------
    list of list of (int, Cell)
    """
    taken, found = set(), []
    for index, row in enumerate(rows):
        column, pairs = 0, []
        for cell in row:
            while (index, column) in taken:
                column += 1
            pairs.append((column, cell))
            taken |= {(index + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
            column += cell.columns
        found.append(pairs)
    return found
