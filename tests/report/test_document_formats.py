"""PDF, Word and RTF of a document, read back by other programs: every cell in its place, no text taken for code."""

import io
import re
import shutil
import subprocess
import zipfile

import docx
import pytest
from document_files import PageTables, readable_text, rtf_tables, said, word_tables
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTTextContainer
from PIL import Image
from skip_reasons import LIBREOFFICE_IS_MISSING

from smmlib.report.document import typesetting
from smmlib.report.document.from_page import document_of
from smmlib.report.document.pdf import pdf_of
from smmlib.report.document.rich_text import rich_text_of
from smmlib.report.document.word import word_of
from smmlib.report.document.write import write_documents

CODE = [
    '#import "x": *',
    r"\par {\b bold} \'e9 \u8364?",
    "<w:p><w:r/></w:p> & &amp;",
    "{{ study }} {% raw %}",
    "] [ $x$ #[*a*] _b_ `c` // d",
    '"quoted" \\" back\\slash',
    "Łódź, Göttingen, Hồ, Ωμέγα α ≥ β, Пациенты, 10²",
]
SVG = (
    '<svg width="72pt" height="36pt" viewBox="0 0 72 36" xmlns="http://www.w3.org/2000/svg">'
    '<rect width="9" height="9"/></svg>'
)


def page(cells, *, title="A or B", whose="Synthetic patients", above=""):
    """A page with one table: a head over two columns, then a row for each list of cells."""
    rows = "".join(
        f'<tr><td class="part">{first}</td><td class="figure">{second}</td><td class="figure">{third}</td></tr>'
        for first, second, third in cells
    )
    return (
        f'<body><aside class="banner">{whose}</aside><main><h1>{title}</h1><h2>Section</h2>{above}'
        "<table><caption><strong>Table 14.2.1.</strong> Patients by arm</caption><thead>"
        '<tr><th rowspan="2">Term</th><th colspan="2">Arm</th></tr><tr><th>n</th><th>share</th></tr></thead>'
        f'<tbody>{rows}</tbody></table><p class="footnote">Counted once.</p></main></body>'
    )


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


CELLS = [(f"row {number}", f"{number}.5", f"{number} ({number}.0%)") for number in range(1, 120)]


def positions(pdf):
    """Where each line of text of a PDF stands: page, height, and from the left its first letter and its point."""
    for number, layout in enumerate(extract_pages(io.BytesIO(pdf))):
        for box in layout:
            for line in box if isinstance(box, LTTextContainer) else ():
                letters = [letter for letter in line if isinstance(letter, LTChar) and said(letter.get_text())]
                point = next((letter.x0 for letter in letters if letter.get_text() == "."), 0)
                yield said(line.get_text()), (number, round(line.y0), letters[0].x0, point)


@pytest.mark.by_hand
def test_cells_of_a_pdf_stand_in_their_rows_and_columns():
    places = dict(positions(pdf_of(document_of(page(CELLS[:20])), {})))
    term, _, share = (places[word][2] for word in ("Term", "n", "share"))
    rows = [[places[cell] for cell in row] for row in CELLS[:20]]
    for found in rows:
        assert len({(at, height) for at, height, _, _ in found}) == 1
        assert found[0][2] == pytest.approx(term + 10, abs=1)  # set in by a step
        assert term < found[1][2] < share <= found[2][2] + 0.5
    for column in (1, 2):
        assert max(found[column][3] for found in rows) - min(found[column][3] for found in rows) < 0.01


@pytest.mark.by_hand
def test_word_and_rtf_have_every_cell_in_its_place():
    document = document_of(page(CELLS))
    (word,) = word_tables(word_of(document, {}))
    assert word == [["Term", "Arm", "Arm"], ["Term", "n", "share"], *map(list, CELLS)]
    (rich,) = rtf_tables(rich_text_of(document, {}))
    assert rich == [["Term", "Arm"], ["", "n", "share"], *map(list, CELLS)]


@pytest.mark.by_hand
def test_heads_repeat_rows_do_not_split_and_every_page_says_whose_data_it_shows():
    document = document_of(page(CELLS))
    pages = readable_text("x.pdf", pdf_of(document, {})).split("\f")[:-1]
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert "Synthetic patients" in text
        assert f"Page {number} of {len(pages)}" in text
        assert bool(re.search(r"^row", text, re.MULTILINE)) == bool(re.search(r"^share$", text, re.MULTILINE))
    word = readable_text("x.docx", word_of(document, {}))
    assert (word.count("<w:tblHeader/>"), word.count("<w:cantSplit/>")) == (2, 2 + len(CELLS))
    assert {" PAGE ", " NUMPAGES "} <= set(re.findall(r'w:instr="([^"]*)"', word))
    assert (
        "Synthetic patients" in docx.Document(io.BytesIO(word_of(document, {}))).sections[0].header.paragraphs[0].text
    )
    rich = readable_text("x.rtf", rich_text_of(document, {}))
    assert (rich.count(r"\trhdr"), rich.count(r"\trkeep")) == (2, 2 + len(CELLS))
    header = re.search(r"\{\\header (.*)\}\n", rich)[1]
    assert "Synthetic patients" in header
    assert r"\fldinst PAGE" in rich
    assert r"\fldinst NUMPAGES" in rich


@pytest.mark.by_hand
@pytest.mark.parametrize("words", CODE)
def test_words_that_look_like_code_stay_words(words):
    given = page([(escaped(words), "1", "2")], title=escaped(words), above=f"<p>{escaped(words)}</p>")
    document = document_of(given)
    assert document.title == words
    wanted = "".join(said(words).split())
    text = "".join(readable_text("x.pdf", pdf_of(document, {})).split())
    assert text.count(wanted) >= 3 or sum(part in text for part in words.split()) == len(words.split())
    word = docx.Document(io.BytesIO(word_of(document, {})))
    assert words in [paragraph.text for paragraph in word.paragraphs]
    assert word_tables(word_of(document, {}))[0][2] == [said(words), "1", "2"]
    assert rtf_tables(rich_text_of(document, {}))[0][2] == [said(words), "1", "2"]


@pytest.mark.by_hand
def test_letters_that_no_font_here_has(monkeypatch):
    """A PDF gives their number, and never a box; Word and RTF have the letters, for the fonts of the reader."""
    monkeypatch.setattr(typesetting, "_letters_of_machine", frozenset)
    document = document_of(page([("中文 𝛼", "1", "2")]))
    assert "[U+4E2D][U+6587] [U+1D6FC]" in said(readable_text("x.pdf", pdf_of(document, {})))
    assert word_tables(word_of(document, {}))[0][2][0] == "中文 𝛼"
    (rich,) = rtf_tables(rich_text_of(document, {}))
    assert rich[2][0].encode("utf-16", "surrogatepass").decode("utf-16") == "中文 𝛼"


@pytest.fixture
def folder(tmp_path):
    return report_folder(tmp_path / "one")


def report_folder(folder):
    (folder / "figures").mkdir(parents=True)
    figure = '<figure><div role="img" aria-label="a square"><svg data-figure="os.survival"></svg></div></figure>'
    (folder / "index.html").write_text(page(CELLS, above=figure), encoding="utf-8")
    (folder / "figures" / "os.survival.svg").write_text(SVG, encoding="utf-8")
    Image.new("RGB", (300, 150)).save(folder / "figures" / "os.survival.png")
    return folder


FILES = ["report.docx", "report.pdf", "report.rtf", "tables/table-14.2.1.docx", "tables/table-14.2.1.rtf"]


def made(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".pdf", ".docx", ".rtf"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.invariant
def test_same_page_gives_the_same_bytes_in_another_folder(folder, tmp_path, monkeypatch):
    other = report_folder(tmp_path / "another")
    write_documents(folder, ["pdf", "docx", "rtf"])
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    write_documents(other, ["rtf", "docx", "pdf"])
    assert list(made(folder)) == FILES
    assert made(folder) == made(other)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("formats", "files"), [([], []), (["pdf"], FILES[1:2]), (["rtf"], [FILES[2], FILES[4]]), (["docx"], FILES[::3])]
)
def test_formats_that_are_asked_for_are_made(folder, formats, files):
    write_documents(folder, formats)
    assert list(made(folder)) == files


@pytest.mark.by_hand
def test_figure_is_in_each_document_as_large_as_it_was_drawn(folder):
    write_documents(folder, ["pdf", "docx", "rtf"])
    with zipfile.ZipFile(folder / "report.docx") as package:
        xml = package.read("word/document.xml").decode("utf-8")
    assert f'<wp:extent cx="{72 * 12700}" cy="{36 * 12700}"/>' in xml
    assert 'descr="a square"' in xml
    assert r"\pngblip\picwgoal1440\pichgoal720 89504e47" in (folder / "report.rtf").read_text(encoding="ascii")
    assert b"a square" in (folder / "report.pdf").read_bytes() or b"/Figure" in (folder / "report.pdf").read_bytes()


@pytest.mark.independent
@pytest.mark.end_to_end
def test_tables_of_a_report_say_what_its_page_says(shared_reports):
    folder = shared_reports.report("quiredex-2013")
    of_page = PageTables((folder / "index.html").read_text(encoding="utf-8")).tables
    checks = next(number for number, rows in of_page.items() if ("There", 1) in rows[0])
    del of_page[checks]  # it is on the page alone
    names = {number: folder / "tables" / number.lower().replace(" ", "-") for number in of_page}
    files = {file.stem for file in (folder / "tables").glob("table-*.docx")}
    assert files == {name.name for name in names.values()}
    for number, rows in of_page.items():
        wide = [[text for text, columns in row for _ in range(columns)] for row in rows]
        assert word_tables(names[number].with_suffix(".docx").read_bytes()) == [wide], number
        assert rtf_tables(names[number].with_suffix(".rtf").read_bytes()) == [
            [[text for text, _ in row] for row in rows]
        ]
    pdf = "".join(readable_text("x.pdf", (folder / "report.pdf").read_bytes()).replace("\u2007", "").split())
    for text in {text for rows in of_page.values() for row in rows for text, _ in row}:
        words = text.split()
        assert "".join(words) in pdf or all(word in pdf for word in words), text


@pytest.mark.other_package
@pytest.mark.skipif(shutil.which("soffice") is None, reason=LIBREOFFICE_IS_MISSING)
def test_libreoffice_opens_word_and_rtf(folder, tmp_path):
    write_documents(folder, ["docx", "rtf"])
    for ending in ("docx", "rtf"):
        out = tmp_path / ending
        profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            out,
            folder / f"report.{ending}",
        ]
        subprocess.run(command, check=True, capture_output=True)
        pages = readable_text("x.pdf", (out / "report.pdf").read_bytes()).split("\f")[:-1]
        assert len(pages) > 2
        text = "".join("".join(pages).split())  # which figure spaces are no longer told from others in
        assert all("".join(cell.split()) in text for row in CELLS for cell in row)
        for number, each in enumerate(pages, start=1):
            assert "Synthetic patients" in each
            assert f"Page {number} of {len(pages)}" in said(each)
            assert ending == "rtf" or "share" in each  # LibreOffice repeats no heads of RTF; Word does
