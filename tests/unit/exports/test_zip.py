from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from legenda.document import Page
from legenda.exports import EXPORTERS
from legenda.exports.zip import FORMATS


def test_it_holds_what_each_format_gives(export: Callable[..., bytes], written: Any) -> None:
    image, page = written("latin")
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(150, 150))
    with zipfile.ZipFile(io.BytesIO(export("zip", [page], file.getvalue(), name="scans/../letter a.png"))) as archive:
        assert archive.namelist() == [f"letter a{EXPORTERS[name].suffix}" for name in FORMATS]
        assert archive.testzip() is None
        assert archive.read("letter a.txt") == export("txt", [page])
        assert archive.read("letter a.pdf").startswith(b"%PDF")


def test_what_cannot_be_made_of_the_original_is_left_out(
    export: Callable[..., bytes], page: Callable[..., Page]
) -> None:
    with zipfile.ZipFile(io.BytesIO(export("zip", [page()], b"%PDF-1.7 and no more", name="a.pdf"))) as archive:
        assert archive.namelist() == [f"a{EXPORTERS[name].suffix}" for name in FORMATS if name != "pdf"]


def test_without_the_original_there_is_no_pdf(export: Callable[..., bytes], page: Callable[..., Page]) -> None:
    with zipfile.ZipFile(io.BytesIO(export("zip", [page()], name="\u202egpj..\\..\\"))) as archive:
        names = archive.namelist()
    assert len(names) == len(FORMATS) - 1
    assert not any("/" in name or "\\" in name or "\u202e" in name or name.startswith(".") for name in names)
