"""The files of a report in other formats than its page."""

from smmlib.report.document.from_page import document_of
from smmlib.report.document.pdf import pdf_of


def write_documents(folder, formats):
    """Write the report in other formats, read from its page, with the figures that lie beside it.

    Parameters
    ----------
    folder : Path
        The report folder, which has its page and its figures.
    formats : sequence of {"pdf"}
    """
    if not formats:
        return
    document = document_of((folder / "index.html").read_text(encoding="utf-8"))
    drawings = {file.stem: file.read_text(encoding="utf-8") for file in sorted((folder / "figures").glob("*.svg"))}
    (folder / "report.pdf").write_bytes(pdf_of(document, drawings))
