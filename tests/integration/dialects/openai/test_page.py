"""What docs/dialects/openai.md shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pages import run, sample
from peers import ok, peer


def test_python(server: Any, letter: bytes, tmp_path: Path) -> None:
    (tmp_path / "invoice.png").write_bytes(letter)
    assert run(server, tmp_path, "python", sample("openai", "python")).startswith("Dear Ms Lindqvist")


def test_curl(server: Any, letter: bytes, tmp_path: Path) -> None:
    with peer(ok(letter)) as shelf:
        code = sample("openai", "sh").replace("https://example.com", shelf.url(""))
        assert '"content":"Dear Ms Lindqvist' in run(server, tmp_path, "sh", code)
