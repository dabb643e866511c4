"""Figures are read by a program of its own: what it gives back, and how it is ended."""

import sys
import zlib
from dataclasses import asdict, fields

import numpy as np
import pytest
from hand_written_svg import BEGIN
from project_files import FIGURES

from smmlib.curves.digitise import digitise
from smmlib.curves.digitising import apart
from smmlib.curves.digitising.digitised_figure import DigitiseError
from smmlib.curves.digitising.figure import read_figure

READ = [
    path.name for path in sorted(FIGURES.iterdir()) if path.suffix in (".svg", ".pdf") and "outlined" not in path.name
]
PAGE = """%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 600 400] /Contents 4 0 R >> endobj
4 0 obj << /Filter [{filters}] /Length {length} >> stream
"""


def bomb(folder, size):
    """A PDF whose content is blanks, compressed twice: a thousandth of a thousandth is left of it."""
    inner = zlib.compressobj(9)
    pieces = [inner.compress(b" " * 2**20) for _ in range(size // 2**20)]
    content = zlib.compress(b"".join(pieces) + inner.flush(), 9)
    path = folder / "bomb.pdf"
    page = PAGE.format(filters="/FlateDecode " * 2, length=len(content)).encode()
    path.write_bytes(page + content + b"\nendstream endobj\ntrailer << /Root 1 0 R >>\n%%EOF")
    return path


def parts(figure):
    curves, rows = [asdict(curve) for curve in figure.curves], dict(figure.risk_table)
    return {field.name: getattr(figure, field.name) for field in fields(figure)} | {
        "curves": curves,
        "risk_table": rows,
    }


@pytest.mark.invariant
@pytest.mark.parametrize("name", READ)
def test_a_figure_read_apart_is_the_same_to_the_last_bit(name):
    request = {"page": 1, "panel": None, "time_ticks": None, "survival_ticks": None}
    content = (FIGURES / name).read_bytes()
    here = read_figure(content, name=name, kind=name[-3:], **request)
    np.testing.assert_equal(parts(digitise(FIGURES / name)), parts(here))


@pytest.mark.invariant
def test_labels_given_reach_the_reader():
    ticks = {"time_ticks": (0, 50, 100, 150), "survival_ticks": np.linspace(0, 1, 6)}
    figure = digitise(FIGURES / "two-arms-outlined.svg", panel=np.int64(1), **ticks)
    assert figure.notes[0] == "The time axis is calibrated by 4 tick marks, given as 0 to 150."


@pytest.mark.by_hand
@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_figure_that_takes_too_long_is_given_up(kind, monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    with pytest.raises(DigitiseError, match=r"two-arms\.\w+ took more than 0\.01 s to read: keep the figure only"):
        digitise(FIGURES / f"two-arms.{kind}")


@pytest.mark.by_hand
@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to a limit of memory")
def test_a_figure_that_fills_the_memory_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "MEMORY", 600_000_000)
    path = bomb(tmp_path, 10**9)
    assert path.stat().st_size < 20_000
    with pytest.raises(DigitiseError, match=r"bomb\.pdf takes more memory to read than a figure may"):
        digitise(path)


@pytest.mark.by_hand
@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to a limit of memory")
def test_elements_that_fill_the_memory_are_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "MEMORY", 600_000_000)
    path = tmp_path / "attributes.svg"
    attributes = "".join(f" a{number}='1'" for number in range(2_000_000))
    path.write_text(f"{BEGIN}<path{attributes}/></svg>")
    with pytest.raises(DigitiseError, match=r"attributes\.svg takes more memory to read than a figure may"):
        digitise(path)


@pytest.mark.by_hand
def test_a_reader_that_ends_is_told(monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    with pytest.raises(DigitiseError, match=r"two-arms\.svg could not be read: the reader ended with 1"):
        digitise(FIGURES / "two-arms.svg")
