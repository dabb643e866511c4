"""Figures as PNG and PDF: what their SVG draws, at 300 dots per inch, the same bytes each time, whatever the words."""

import io
from types import SimpleNamespace

import matplotlib as mpl
import pytest
from document_files import readable_text
from matplotlib.figure import Figure
from PIL import Image

from smmlib.display.figures import STYLE, svg_text, write_note
from smmlib.report.document import typesetting
from smmlib.report.document.drawing_files import write_drawing

pytestmark = pytest.mark.by_hand

INCHES = (4.0, 2.0)


def drawing(words, alt="a line"):
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=INCHES)
        write_note(figure, words)
    return SimpleNamespace(name="os.survival", svg=svg_text(figure), alt=alt)


def written(folder, one):
    folder.mkdir()
    write_drawing(folder, one)
    return {file.suffix: file.read_bytes() for file in sorted(folder.iterdir())}


def test_picture_has_300_dots_per_inch_and_says_so(tmp_path):
    files = written(tmp_path / "figures", drawing("Synthetic patients"))
    with Image.open(io.BytesIO(files[".png"])) as picture:
        assert picture.size == tuple(300 * inches for inches in INCHES)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert (picture.mode, picture.getpixel((0, 0))) == ("RGB", (255, 255, 255))
        assert picture.convert("L").getextrema()[0] < 200  # the note is drawn


@pytest.mark.parametrize(
    "words",
    [
        "Łódź, Göttingen, Ho Chi Minh: Hồ",
        "α ≥ β, χ² → ∞",
        "Пациенты",
        '#import "x"',
        r"\par {\b }",
        "$x$ [a] *b* <w:p>",
    ],
)
def test_words_of_a_figure_are_in_its_pdf_as_they_are(tmp_path, words):
    files = written(tmp_path / "figures", drawing(words, alt=words))
    assert words.replace(" ", "") in "".join(readable_text("x.pdf", files[".pdf"]).split())


def test_a_letter_that_no_font_has_is_given_by_its_number(tmp_path, monkeypatch):
    monkeypatch.setattr(typesetting, "_letters_of_machine", frozenset)
    files = written(tmp_path / "figures", drawing("中 of the trial"))
    assert "[U+4E2D] of the trial" in readable_text("x.pdf", files[".pdf"])


def test_same_figure_is_the_same_bytes_in_another_folder(tmp_path):
    one = drawing("Synthetic patients")
    assert written(tmp_path / "first", one) == written(tmp_path / "second", one)
