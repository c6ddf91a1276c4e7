"""The samples of OCR.chat's documentation, unchanged but for the server's URL and the token."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

SAMPLES = Path(__file__).with_name("samples")
PAGE, OURS = Path(__file__).parents[4] / "docs" / "dialects" / "ocrchat.md", "http://127.0.0.1:8080"
SEED = Path(__file__).parents[5] / "shared" / "seeds" / "003_8e56effb16ba48f5.txt"


def sample(name: str, server: Any) -> str:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return text.replace("https://ocr.chat", server.url).replace("YOUR_API_TOKEN", "any-token")


def run(*command: str, folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=[1, 7])
def folder(request: pytest.FixtureRequest, tmp_path: Path, invoice: Callable[..., bytes]) -> Path:
    """With an invoice that is answered at once, and one that is polled for."""
    (tmp_path / "invoice.pdf").write_bytes(invoice(request.param))
    return tmp_path


def test_the_samples_are_those_of_the_documentation() -> None:
    if not SEED.exists():
        pytest.skip("the documentation is not at hand")
    seed = SEED.read_text(encoding="utf-8")
    for name in ("python.txt", "node.txt", "curl.txt"):
        assert (SAMPLES / name).read_text(encoding="utf-8").strip() in seed
    for command in (SAMPLES / "single.txt").read_text(encoding="utf-8").split("\n\n"):
        assert command.strip() in seed


def test_python(server: Any, folder: Path) -> None:
    said = run(sys.executable, "-c", sample("python.txt", server), folder=folder)
    assert "INVOICE 4711" in said
    made = docx.Document(io.BytesIO((folder / "result.docx").read_bytes()))
    assert "INVOICE 4711" in [paragraph.text for paragraph in made.paragraphs]


def test_python_of_our_page(server: Any, tmp_path: Path, invoice: Callable[..., bytes]) -> None:
    (tmp_path / "invoice.pdf").write_bytes(invoice())
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert "INVOICE 4711" in run(sys.executable, "-c", code.replace(OURS, server.url), folder=tmp_path)
    assert (tmp_path / "result.docx").stat().st_size


def test_node(server: Any, folder: Path) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not installed")
    (folder / "sample.mjs").write_text(sample("node.txt", server), encoding="utf-8")
    assert "INVOICE 4711" in run(node, "sample.mjs", folder=folder)


def test_curl_in_three_steps(server: Any, folder: Path) -> None:
    curl = shutil.which("curl")
    if not curl:
        pytest.skip("curl is not installed")
    text = sample("curl.txt", server)
    submit, poll, download = re.findall(r"^curl .*?(?=\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    job = json.loads(run("sh", "-c", submit, folder=folder))
    while job["status"] in ("pending", "processing"):
        job = json.loads(run("sh", "-c", poll.replace("UUID", job["uuid"]), folder=folder))
    assert job["status"] == "done" and job["text"].startswith("INVOICE 4711")
    run("sh", "-c", download.replace("UUID", job["uuid"]), folder=folder)
    assert "INVOICE 4711" in (folder / "result.md").read_text(encoding="utf-8")


def test_each_curl_by_itself(server: Any, folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    submit, *others = sample("single.txt", server).strip().split("\n\n")
    job = json.loads(run("sh", "-c", submit, folder=folder))
    server.settled(job["uuid"])
    said = []
    for command in others:
        said.append(run("sh", "-c", command.replace("9f2c1b7e4a...", job["uuid"]), folder=folder))
    status, _, answer = said
    assert json.loads(status)["status"] == "done"
    assert (folder / "result.docx").read_bytes().startswith(b"PK")
    message = json.loads(answer)["message"]
    assert message["role"] == "assistant" and "215.00 USD" in message["content"]
    assert message["citations"][0]["page"] == 1 and "(p. 1)" in message["content"]
