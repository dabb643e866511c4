"""The files of a report in other formats than its page."""

from smmlib.report.document.blocks import Document
from smmlib.report.document.from_page import document_of
from smmlib.report.document.pdf import pdf_of
from smmlib.report.document.rich_text import rich_text_of
from smmlib.report.document.word import word_of

OF_TABLES = {"docx": word_of, "rtf": rich_text_of}
"""Formats in which each table has a file of its own, and what writes a document in each."""


def write_documents(folder, formats):
    """Write the report in other formats, read from its page, with the figures that lie beside it.

    Parameters
    ----------
    folder : Path
        The report folder, which has its page and its figures.
    formats : sequence of {"pdf", "docx", "rtf"}
    """
    if not formats:
        return
    document = document_of((folder / "index.html").read_text(encoding="utf-8"))
    if "pdf" in formats:
        drawings = {file.stem: file.read_text(encoding="utf-8") for file in (folder / "figures").glob("*.svg")}
        (folder / "report.pdf").write_bytes(pdf_of(document, drawings))
    pictures = {file.stem: file for file in (folder / "figures").glob("*.png")}
    for ending in OF_TABLES.keys() & formats:
        (folder / f"report.{ending}").write_bytes(OF_TABLES[ending](document, pictures))
        _write_tables(folder / "tables", document, ending)


def _write_tables(folder, document, ending):
    """A file for each table, named by its number."""
    folder.mkdir(exist_ok=True)
    for table in document.tables:
        alone = Document(document.title, document.whose, (table,))
        name = table.number.lower().replace(" ", "-")
        (folder / f"{name}.{ending}").write_bytes(OF_TABLES[ending](alone, {}))
