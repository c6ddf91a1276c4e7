"""The examples of docs/server.md, run in their order against a real server with the real engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.serve.server import Server
from pdf_maker import make_pdf, words

import legenda

PAGE = (Path(__file__).parents[2] / "docs" / "server.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    shutil.copy(Path(legenda.__file__).parent / "data" / "example.png", folder / "scan.png")
    (folder / "book.pdf").write_bytes(make_pdf(*(words(f"Page {n} of the harbour report", 20, 250) for n in "123")))
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), workers=1) as running:
        yield running
    assert not running.complaints()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def test_curl(server: Server, folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    strict = 'set -eu\ncurl() { command curl --fail-with-body -w "\\n%{http_code}\\n" "$@"; }\n'
    script = strict + "".join(blocks("sh")).replace("http://127.0.0.1:8080", server.url)
    script = re.sub(r"^.*example\.org.*\n", "", script, flags=re.M)  # tests need no network
    script = re.sub(r"(> job\.json)", r"| head -n 1 \1", script)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEGENDA_")}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert set(re.findall(rb"^(\d{3})$", done.stdout, re.M)) <= {b"200", b"202", b"204"}
    assert b"Invoice" in done.stdout
    assert done.stdout.count(b"event: page") == 3
    assert b"Page 3 of the harbour report" in done.stdout
    assert (folder / "book.searchable.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((folder / "job.json").read_text())["metadata"] == {"order": 4711}


def test_python(server: Server, folder: Path) -> None:
    (example,) = blocks("python")
    code = example.replace("http://127.0.0.1:8080", server.url)
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Invoice" in done.stdout
    assert done.stdout.splitlines()[-3:] == ["1 28", "2 28", "3 28"]
    assert (folder / "searchable.pdf").read_bytes().startswith(b"%PDF")
