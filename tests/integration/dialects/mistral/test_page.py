"""What docs/dialects/mistral.md shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pages import run, sample
from pdf_maker import make_pdf, words
from peers import ok, peer

BOOK = make_pdf(words("INVOICE 42"), words("the end"))


def test_python(server: Any, tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(BOOK)
    assert run(server, tmp_path, "python", sample("mistral", "python")) == "INVOICE 42\nthe end\n"


def test_curl(server: Any, tmp_path: Path) -> None:
    with peer(ok(BOOK)) as shelf:
        code = sample("mistral", "sh").replace("https://example.com", shelf.url(""))
        assert '"markdown":"INVOICE 42"' in run(server, tmp_path, "sh", code)
