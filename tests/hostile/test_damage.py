"""Damaged and hostile files give a result or a typed error; nothing else, and not forever."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from pdf_maker import make_pdf, words
from PIL import Image

from legenda.errors import (
    CorruptSourceError,
    EmptySourceError,
    LegendaError,
    OutOfMemoryError,
    TooLargeError,
    UnsupportedFormatError,
)
from legenda.options import Limits
from legenda.sources import open_source

EVALDATA = Path(__file__).parents[3] / "shared" / "evaldata"
HOSTILE = sorted((EVALDATA / "hostile").glob("*")) + sorted((EVALDATA / "protected").glob("*.pdf"))


def read_all(data: Path | bytes, name: str = "", pages: int = 3, **options) -> list[object]:
    """Pages, rasters and typed errors of an input; anything else raised fails the test."""
    results: list[object] = []
    try:
        with open_source(data, name=name, **options) as source:
            for number in range(1, min(source.page_count, pages) + 1):
                for job in (source.page, lambda n: source.raster(n, 150)):
                    try:
                        results.append(job(number))
                    except LegendaError as error:
                        results.append(error)
    except LegendaError as error:
        results.append(error)
    for result in results:
        if isinstance(result, LegendaError):
            assert result.what and str(result).endswith(".")
    return results


def sample(kind: str) -> bytes:
    if kind == "PDF":
        return make_pdf(words("some words to read"), "q 400 0 0 300 0 0 cm /Im Do Q")
    noise = np.random.default_rng(1).integers(0, 255, (60, 80), np.uint8)
    out = io.BytesIO()
    pictures = [Image.fromarray(noise), Image.fromarray(noise[::-1])]
    options = {"save_all": True, "append_images": pictures[1:]} if kind in ("TIFF", "GIF", "WEBP") else {}
    pictures[0].save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP", "JPEG2000", "AVIF", "PDF"])
def test_truncated_anywhere(kind):
    data = sample(kind)
    offsets = {0, 1, 7, 30, *(len(data) * k // 12 for k in range(1, 12)), len(data) - 1}
    outcomes = {offset: read_all(data[:offset], f"x.{kind}") for offset in sorted(offsets)}
    assert isinstance(outcomes[0][0], EmptySourceError)
    assert all(outcomes.values())
    assert not any(isinstance(r, LegendaError) for r in read_all(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_bytes_changed_anywhere(kind):
    data = sample(kind)
    random = np.random.default_rng(2)
    for _ in range(12):
        changed = bytearray(data)
        for at in random.integers(0, len(data), 8):
            changed[at] = int(random.integers(0, 256))
        assert read_all(bytes(changed), f"x.{kind}")


def test_a_wrong_suffix_does_not_matter(tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(sample("PNG"))
    with open_source(path) as source:
        assert source.format == "png"
    path = tmp_path / "letter.png"
    path.write_bytes(sample("PDF"))
    with open_source(path) as source:
        assert source.format == "pdf"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_picture_that_says_it_is_huge():
    header = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(TooLargeError, match="raise the limit"):
        open_source(png)


def test_a_picture_that_would_not_fit_in_memory():
    out = io.BytesIO()
    Image.new("L", (11_000, 11_000)).save(out, "PNG", compress_level=1)
    with open_source(out.getvalue(), limits=Limits(memory=100 * 2**20)) as source, pytest.raises(OutOfMemoryError):
        source.raster(1, 200)


def test_a_pdf_with_a_bomb_in_it_stays_within_memory():
    content = "q 400 0 0 300 0 0 cm BI /W 60000 /H 60000 /BPC 8 /CS /RGB ID x EI Q"
    assert len(read_all(make_pdf(content), limits=Limits(memory=300 * 2**20))) == 2


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (0, 0, -5, 1e9), (1e30, 0, 2e30, 5), (0, 0, 1e-9, 1e-9), (5, 5, 1, 1)])
def test_page_boxes_without_sense(box):
    data = make_pdf(words("x")).replace(b"[ 0 0 400 300 ]", str(list(box)).replace(",", "").encode())
    assert len(read_all(data)) >= 1


def test_rendering_that_takes_forever_is_stopped():
    content = "q " + "0 0 14400 14400 re f " * 400_000 + "Q"
    start = time.monotonic()
    results = read_all(make_pdf(content, words("x"), box=(0, 0, 14400, 14400)), limits=Limits(page_seconds=1))
    assert len(results) == 4 and not isinstance(results[2], LegendaError)  # the second page goes on
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("part", ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"])
def test_office_files_without_content_are_refused_with_a_sentence(part):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "<x/>")
    with pytest.raises((CorruptSourceError, EmptySourceError)) as refused:
        open_source(out.getvalue(), name="letter.docx")
    assert "letter.docx" in str(refused.value)


@pytest.mark.parametrize("data", [b"\0" * 100, b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 5000, b"\x89PNG\r\n\x1a\n"])
def test_headers_and_nothing_else(data):
    with pytest.raises((CorruptSourceError, UnsupportedFormatError)):
        open_source(data)


@pytest.mark.skipif(not HOSTILE, reason="no evaluation data here")
@pytest.mark.parametrize("path", HOSTILE, ids=lambda p: p.name)
def test_collected_files(path):
    start = time.monotonic()
    assert read_all(path)
    assert time.monotonic() - start < 30
