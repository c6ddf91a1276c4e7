"""What docs/dialects/azure.md shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pdf_maker import make_pdf, words
from peers import ok, peer

PAGE, OURS = Path(__file__).parents[4] / "docs" / "dialects" / "azure.md", "http://127.0.0.1:8080"
BOOK = make_pdf(words("INVOICE 42"))


def sample(kind: str) -> str:
    (text,) = re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return text


def run(*command: str) -> str:
    environment = os.environ | {"LEGENDA_KEY": "any"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_python(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "document.pdf").write_bytes(BOOK)
    monkeypatch.chdir(tmp_path)
    printed = run(sys.executable, "-c", sample("python").replace(OURS, server.url))
    assert printed.splitlines() == ["1 ['INVOICE 42']", "INVOICE 42"]


def test_curl(server: Any) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    first, _, second = sample("sh").partition("# 202")
    with peer(ok(BOOK)) as shelf:
        code = first.replace(OURS, server.url).replace("https://example.com/document.pdf", shelf.url("/a.pdf"))
        taken = run("sh", "-c", code)
        match = re.search(r"(?im)^operation-location: (\S+/)([0-9a-f-]{36})\r?$", taken)
        assert taken.startswith("HTTP/1.1 202") and match
        server.settled(match[2].replace("-", ""))
    code = second.partition("\n")[2].replace(OURS, server.url).replace("/ID", f"/{match[2]}")
    assert '"text":"INVOICE 42"' in run("sh", "-c", code)
