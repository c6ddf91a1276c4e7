"""Text in every script comes back from office files as it went in, by libraries and by LibreOffice."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legenda.document import Block, Line, Page, compose, from_box
from legenda.document.text import printable

Export = Callable[..., bytes]
_FULLWIDTH = 900.0


@pytest.fixture(scope="module")
def book(written: Any, scripts: dict[str, Any]) -> list[Page]:
    """A page in each script."""
    return [written(script, number)[1] for number, script in enumerate(scripts, 1)]


def words_of_docx(data: bytes) -> Iterator[str]:
    for paragraph in docx.Document(io.BytesIO(data)).paragraphs:
        yield from paragraph.text.split()


def lines_of_xlsx(data: bytes) -> list[str]:
    rows = openpyxl.load_workbook(io.BytesIO(data))["Text"].iter_rows(min_row=2, min_col=2, values_only=True)
    return [str(cell) for row in rows for cell in row if cell is not None]


def lines_of_pptx(data: bytes) -> list[str]:
    shapes = (shape for slide in pptx.Presentation(io.BytesIO(data)).slides for shape in slide.shapes)
    return [p.text for shape in shapes if shape.has_text_frame for p in shape.text_frame.paragraphs]


def test_libraries_read_back_what_went_in(export: Export, book: list[Page]) -> None:
    lines = [line.content for page in book for line in page.lines]
    assert list(words_of_docx(export("docx", book))) == " ".join(lines).replace("挙 さ", "挙さ").split()
    assert lines_of_xlsx(export("xlsx", book)) == lines
    assert lines_of_pptx(export("pptx", book)) == lines


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4))
def test_any_text_comes_back(export: Export, texts: list[str]) -> None:
    """Control characters, halves of pairs, `_x0041_` and mark-up included; none of it breaks the XML."""
    lines = tuple(Line(text, from_box(0, 40 * row, _FULLWIDTH, 40 * row + 20), 0.5) for row, text in enumerate(texts))
    page = compose(Page(1, 1000, 1400, "pixel"), [Block("code", from_box(0, 0, 900, 200), lines)])
    shown = [printable(text) for text in texts if text.strip()]
    made = docx.Document(io.BytesIO(export("docx", [page])))
    assert [paragraph.text for paragraph in made.paragraphs] == shown
    # tabs and line feeds are none of a line's characters; libraries differ about them
    flat = ["".join(text.split()) for text in shown]
    assert ["".join(text.split()) for text in lines_of_xlsx(export("xlsx", [page]))] == flat
    assert ["".join(text.split()) for text in lines_of_pptx(export("pptx", [page]))] == flat


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """LibreOffice: a file in, the same as another kind out."""
    program = shutil.which("soffice")
    if not program:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")

    def convert(name: str, data: bytes, kind: str) -> bytes:
        (folder / name).write_bytes(data)
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
        done = subprocess.run(
            [*command, "--outdir", str(folder), str(folder / name)], check=True, capture_output=True, timeout=180
        )
        made = (folder / name).with_suffix("." + kind.partition(":")[0])
        assert made.is_file(), done.stderr
        return made.read_bytes()

    return convert


def test_libreoffice_reads_back_what_went_in(office: Callable[..., bytes], export: Export, book: list[Page]) -> None:
    lines = [line.content for page in book for line in page.lines]
    text = office("book.docx", export("docx", book), "txt:Text (encoded):UTF8").decode("utf-8-sig")
    assert text.split() == " ".join(lines).replace("挙 さ", "挙さ").split()
    rows = csv.reader(
        io.StringIO(office("book.xlsx", export("xlsx", book), "csv:Text - txt - csv (StarCalc):44,34,76").decode())
    )
    assert [row[1] for row in rows][1:] == lines


def test_libreoffice_shows_slides_as_pages(
    office: Callable[..., bytes], export: Export, written: Any, tmp_path: Path
) -> None:
    picture, page = written("latin")
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(150, 150))
    (tmp_path / "made.pdf").write_bytes(office("made.pptx", export("pptx", [page, page], file.getvalue()), "pdf"))
    text = subprocess.run(["pdftotext", str(tmp_path / "made.pdf"), "-"], capture_output=True, text=True, check=True)
    assert text.stdout.split() == 2 * page.text.split()
    about = subprocess.run(["pdfinfo", str(tmp_path / "made.pdf")], capture_output=True, text=True, check=True).stdout
    size = [float(word) for word in about.partition("Page size:")[2].split()[:3:2]]
    assert size == pytest.approx([480, 192], abs=0.1)  # 1000 by 400 pixels at 150 dpi


def test_libreoffice_keeps_rows_columns_and_spans(
    office: Callable[..., bytes], export: Export, page: Callable[..., Page], merged: Block
) -> None:
    from lxml import html

    for name in ("docx", "xlsx"):
        made = html.fromstring(office(f"table.{name}", export(name, [page(merged)]), "html"))
        table = next(made.iter("table"))
        rows = [
            [(" ".join(cell.text_content().split()), cell.get("colspan")) for cell in row.iter("td")]
            for row in table.iter("tr")
        ]
        assert rows == [
            [("Part", None), ("Price in 2025 and in 2026", "2")],
            [("Lamp", None), ("12.50", None), ("13.75", None)],
            [("Sum", None), ("", None), ("1,013.75", None)],
        ]
