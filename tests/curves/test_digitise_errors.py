"""What `digitise` says to files, pages, axes and lines that it cannot read; and files made to hurt who opens them."""

import gzip
import re

import pytest
from drawn_curves import save
from hand_written_svg import BEGIN, CURVE, write, x_ticks, y_ticks
from matplotlib.figure import Figure
from project_files import FIGURES

from smmlib.curves.digitise import LARGEST_FILE, digitise
from smmlib.curves.digitising import pdf_page
from smmlib.curves.digitising.digitised_figure import DigitiseError
from smmlib.curves.digitising.printed_numbers import printed_number

pytestmark = [pytest.mark.by_hand, pytest.mark.usefixtures("figures_read_here")]
TWO_ARMS = (FIGURES / "two-arms.pdf").read_bytes()


def refused(said, path, **arguments):
    with pytest.raises(DigitiseError, match=said):
        digitise(path, **arguments)


def file(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---- files


@pytest.mark.parametrize("name", ["curve.png", "curve.JPG", "curve.tiff"])
def test_raster_file_is_left_to_other_tools(name, tmp_path):
    refused("is a raster picture: .* WebPlotDigitizer", tmp_path / name)


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_picture_within_a_vector_file_is_left_to_other_tools(kind, tmp_path):
    figure = Figure()
    figure.add_axes((0, 0, 1, 1)).imshow([[0, 1], [1, 0]])
    figure.axes[0].set_axis_off()
    refused("raster picture.*WebPlotDigitizer", save(figure, tmp_path / f"picture.{kind}"))


def test_other_kinds_of_file_are_refused(tmp_path):
    refused(r"curve\.eps is neither SVG nor PDF", tmp_path / "curve.eps")


def test_missing_file_is_refused(tmp_path):
    refused(r"none\.svg does not exist", tmp_path / "none.svg")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a well-formed SVG"),
        (b"<svg", "not a well-formed SVG"),
        (b"\xff\xfe\x00", "not a well-formed SVG"),
        (b"<html><svg/></html>", "holds <html> and no <svg>"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "draws no lines"),
        (BEGIN + '<g transform="matrix(1 2)"><path d="M0 0H1"/></g></svg>', "has a transform matrix"),
        (BEGIN + '<path d="M0 0L1" stroke="red"/></svg>', "has a <path> that cannot be read"),
        (BEGIN + '<polyline points="nan,inf" stroke="red"/></svg>', "draws no lines"),
    ],
)
def test_broken_svg_is_refused(content, said, tmp_path):
    refused(said, file(tmp_path, "broken.svg", content))


def test_broken_pdf_is_refused(tmp_path):
    refused(r"broken\.pdf cannot be read as PDF \(.*\): ", file(tmp_path, "broken.pdf", b"%PDF-1.7\n%%EOF"))


@pytest.mark.parametrize("content", [b"", b"\x00" * 1000, TWO_ARMS[:900]])
def test_pieces_of_a_pdf_are_refused(content):
    assert re.match("cannot be read as PDF|has 0 pages", pdf_page.answer(content, 1)["refused"])


def test_page_that_is_not_there_is_refused():
    assert pdf_page.answer(TWO_ARMS, 2) == {"refused": "has 1 pages and no page 2"}


@pytest.mark.parametrize("page", [0, -1, 1.5, "1"])
def test_page_is_a_whole_number(page):
    refused("page is .*: give a whole number from 1", FIGURES / "two-arms.pdf", page=page)


# ---- axes


def test_no_axes_is_said(tmp_path):
    path = file(tmp_path, "curve.svg", f"{BEGIN}{CURVE}</svg>")
    refused("No axes were found in curve.svg", path)


def test_unread_labels_are_asked_for():
    path = FIGURES / "two-arms-outlined.svg"
    refused("numbers at the 4 marks of the time axis cannot be read as text.*give them in order as time_ticks", path)


def test_other_number_of_labels_is_refused_with_the_number_of_marks(tmp_path):
    path = write(tmp_path, CURVE)
    refused("time_ticks gives 3 labels, and the time axis has 5 marks", path, time_ticks=[0, 20, 40])
    refused("survival_ticks gives 2 labels, and the survival axis has 3 marks", path, survival_ticks=[0, 1])


@pytest.mark.parametrize("ticks", [[0], [0, 10, 5], [0, float("nan")], [[0, 1], [2, 3]], [0, 0], "abc", 7])
def test_labels_rise(ticks, tmp_path):
    refused("time_ticks is .*two or more numbers in rising order", write(tmp_path, CURVE), time_ticks=ticks)


def test_logarithmic_axis_is_refused(tmp_path):
    axes = x_ticks(("1", "10", "100", "1000", "10000")) + y_ticks()
    refused("not evenly spaced", write(tmp_path, CURVE, axes=axes))


@pytest.mark.parametrize("labels", [("0", "100", "200"), ("-1", "0", "1")])
def test_axis_of_something_else_is_refused(labels, tmp_path):
    refused("neither proportions nor percent", write(tmp_path, CURVE, axes=x_ticks() + y_ticks(labels)))


def test_several_panels_are_asked_about(tmp_path):
    figure = Figure(figsize=(8, 3))
    for axes in figure.subplots(1, 2):
        axes.plot([0, 10, 20, 30], [1, 0.8, 0.6, 0.4], drawstyle="steps-post")
    path = save(figure, tmp_path / "panels.svg")
    refused("has 2 panels: say which one, as panel=1 to panel=2", path)
    for panel in (0, 3, 1.5):
        refused(rf"panel = {panel}, but panels\.svg has 2 panel", path, panel=panel)


# ---- lines


def test_no_curve_is_said(tmp_path):
    refused("No step curve was found", write(tmp_path, ""))


def test_smoothed_line_alone_is_said(tmp_path):
    line = '<polyline points="100,100 150,120 200,160 300,200 400,250 500,260" fill="none" stroke="red"/>'
    refused(r"1 line\(s\) run from the start without steps", write(tmp_path, line))


# ---- files made to hurt


def test_entities_are_not_expanded(tmp_path):
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + BEGIN + "<text>&b;</text></svg>"
    refused("declares XML entities", file(tmp_path, "laughs.svg", laughs))


def test_nothing_outside_of_the_file_is_read(tmp_path):
    """Neither by an entity, nor by a document type, nor by a reference to another file."""
    other = write(tmp_path, CURVE).rename(tmp_path / "other.svg")
    entity = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{other}">]>{BEGIN}&x;</svg>'
    refused("declares XML entities", file(tmp_path, "entity.svg", entity))
    kind = f'<!DOCTYPE svg SYSTEM "{tmp_path}/none.dtd">{BEGIN}<use href="other.svg#c"/></svg>'
    refused("draws no lines", file(tmp_path, "reference.svg", kind))


def test_elements_that_use_each_other_end(tmp_path):
    loop = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'
    assert len(digitise(write(tmp_path, loop, CURVE)).curves) == 1


def test_elements_that_multiply_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("smmlib.curves.digitising.svg.MOST_ITEMS", 5000)
    groups = "".join(f'<g id="g{k}">' + f'<use href="#g{k + 1}"/>' * 10 + "</g>" for k in range(9))
    path = write(tmp_path, f"<defs>{groups}<g id='g9'>{CURVE}</g></defs><use href='#g0'/>")
    refused("draws more than 5,000 things", path)


def test_number_of_step_lines_is_bounded(tmp_path):
    steps = "".join(f'<path d="M100 100H{x}V200H500" stroke="#00{x:04x}" fill="none"/>' for x in range(150, 300))
    refused("More than 100 step lines were found", write(tmp_path, steps))


def test_long_attributes_are_refused(tmp_path):
    refused("has a transform of 60000 letters", write(tmp_path, f'<g transform="{"a" * 60000}">{CURVE}</g>'))


def test_depth_is_bounded(tmp_path):
    refused("nests things more than 100 deep", write(tmp_path, "<g>" * 150 + CURVE + "</g>" * 150))


def test_size_of_the_file_is_bounded(tmp_path):
    path = tmp_path / "large.svg"
    with path.open("wb") as large:
        large.truncate(LARGEST_FILE + 1)
    refused("large.svg has more than 50 MiB", path)


def test_points_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("smmlib.curves.digitising.svg.MOST_POINTS", 7)
    refused("draws paths of more than 7 points", write(tmp_path, CURVE))
    monkeypatch.setattr(pdf_page, "MOST_POINTS", 10)
    assert pdf_page.answer(TWO_ARMS, 1) == {"refused": "draws paths of more than 10 points"}


def test_tags_are_counted_before_they_are_read(tmp_path):
    path = file(tmp_path, "tags.svg", f"{BEGIN}{'<a/>' * 2_000_001}</svg>")
    refused("draws more than 400,000 things", path)


@pytest.mark.parametrize(
    "drawn",
    [
        f"<text>{'<tspan/>' * 6000}</text>",
        f'<clipPath id="c">{"<g/>" * 60}</clipPath>' + '<path clip-path="url(#c)" d="M0 0H1"/>' * 100,
    ],
)
def test_what_is_looked_at_again_counts_again(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr("smmlib.curves.digitising.svg.MOST_ITEMS", 5000)
    monkeypatch.setattr("smmlib.curves.digitising.svg.MOST_TAGS", 50_000)
    refused("draws more than 5,000 things", write(tmp_path, drawn))


def test_style_sheet_is_bounded(tmp_path):
    sheet = "<style>" + ".a{fill:red}" * 100_000 + "</style>"
    refused("has a style sheet of 1,200,000 letters", write(tmp_path, sheet, CURVE))


@pytest.mark.parametrize(
    "style",
    [f"<style>{'a{' * 20_000}</style>", f"<style>a{{b:{'(' * 20_000}</style>", f'<g style="fill:{"[" * 20_000}"/>'],
)
def test_blocks_within_blocks_of_a_style_are_refused(style, tmp_path):
    refused("nests the parts of a style too deep", write(tmp_path, style, CURVE))


@pytest.mark.parametrize("half", [b"&#xD800;", b"&#xDFFF;", b"\xed\xa0\x80"])
def test_half_a_surrogate_pair_is_refused(half, tmp_path):
    content = BEGIN.encode() + b"<text>" + half + b"</text></svg>"
    refused("not a well-formed SVG file", file(tmp_path, "half.svg", content))


def test_half_a_surrogate_pair_of_a_pdf_is_replaced():
    assert pdf_page.whole_characters("a\ud800b\ud83d\ude00") == "a\ufffdb\U0001f600"


def test_compressed_svg_is_refused(tmp_path):
    refused("figure.svg is compressed with gzip", file(tmp_path, "figure.svg", gzip.compress(CURVE.encode())))


@pytest.mark.parametrize("far", ["1e308", "1e150", "-1e9"])
def test_what_is_on_no_page_is_not_seen(far, tmp_path):
    """Numbers whose square overflows, as coordinate, as width, as size of a font and as colour."""
    drawn = [
        f'<path d="M0 0H{far}" stroke="black"/>',
        f'<path d="M0 0H1" stroke="black" stroke-width="{far}"/>',
        f'<g transform="scale({far})"><path d="M0 0H{far}" stroke="black"/></g>',
        f'<text font-size="{far}">5</text>',
        f'<path d="M300 50H310" stroke="rgb({far},{far}%,0)"/><path d="M300 50H310" stroke="hsl({far},1%,1%)"/>',
    ]
    assert len(digitise(write(tmp_path, *drawn, CURVE)).curves) == 1


def test_numbers_at_risk_of_more_than_all_people_are_no_row(tmp_path):
    numbers = "".join(f'<text x="{x}" y="350" text-anchor="middle">{"9" * 25}</text>' for x in range(100, 501, 100))
    assert not digitise(write(tmp_path, CURVE, '<text x="20" y="350">Arm</text>', numbers)).risk_table


def test_pdf_that_paints_too_much_is_given_up(monkeypatch):
    monkeypatch.setattr(pdf_page, "MOST_ITEMS", 10)
    assert pdf_page.answer(TWO_ARMS, 1) == {"refused": "draws more than 10 paths"}


def test_pdf_with_a_password_is_refused():
    encrypted = TWO_ARMS.replace(b"/Root ", ENCRYPTED + b"/Root ", 1)
    assert pdf_page.answer(encrypted, 1) == {"refused": "is protected by a password"}


ENCRYPTED = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (" + b"o" * 32 + b") /U (" + b"u" * 32 + b") >> /ID [(a) (a)] "
)


# ---- numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("0.25", 0.25), (".5", 0.5), ("0,25", 0.25), ("0·25", 0.25), ("80%", 80), ("80 %", 80),
        ("\u22121", -1), ("1,000", 1000), ("12 000", 12000), ("0,125", 0.125), ("1.5", 1.5),
        ("", None), ("Months", None), ("12 (3)", None), ("1.2.3", None), ("1,00,0", None), ("1e3", None), ("12m", None),
    ],
)  # fmt: skip
def test_printed_numbers(text, number):
    assert printed_number(text) == number
