"""What docs/dialects/modelrunner.md shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pages import run, sample
from peers import ok, peer


def test_python(server: Any, letter: bytes, tmp_path: Path) -> None:
    (tmp_path / "example-document.png").write_bytes(letter)
    assert run(server, tmp_path, "python", sample("modelrunner", "python")).startswith("['Dear Ms Lindqvist")


def test_curl(server: Any, letter: bytes, tmp_path: Path) -> None:
    with peer(ok(letter)) as shelf:
        code = sample("modelrunner", "sh").replace("https://example.com", shelf.url(""))
        assert json.loads(run(server, tmp_path, "sh", code))["status"] == "IN_QUEUE"
