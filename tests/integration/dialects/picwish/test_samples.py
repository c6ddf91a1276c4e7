"""The samples of the relay's documentation, unchanged but for URLs and the key."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).with_name("samples")
PAGE, OURS = Path(__file__).parents[4] / "docs" / "dialects" / "picwish.md", "http://127.0.0.1:8080"
SEED = Path(__file__).parents[5] / "shared" / "seeds" / "004_d7257289f351ee68.txt"
ANSWER = json.loads((SAMPLES / "answer.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def document(kept: Callable[[bytes, str], str], paper: Callable[..., bytes]) -> str:
    """Its password is the one of the samples."""
    return kept(paper(password="123456"), "document.pdf")


def run(*command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sample(name: str, server: Any, document: str) -> str:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return text.replace("https://api.gpt.ge", server.url).replace("https://example.com/document.pdf", document)


def check(server: Any, answer: dict[str, Any]) -> None:
    """As in the documentation: the same members, of the same kinds, and the file is there."""
    assert answer.keys() == ANSWER.keys() and answer["status"] == 200
    task = answer["data"]
    assert list(task) == list(ANSWER["data"])
    for name, value in ANSWER["data"].items():
        assert type(task[name]) is type(value), name
    said = {name: task[name] for name in ("type", "state", "progress", "ocr_pages", "file_pages", "state_detail")}
    assert said == {name: ANSWER["data"][name] for name in said}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", task["task_id"])
    assert 0 < task["created_at"] <= task["processed_at"] <= task["completed_at"]
    file = server.client.get(task["file"])
    assert file.text == "page number 1 of the paper\n" and len(file.content) == task["output_size"]


def test_the_samples_are_those_of_the_documentation() -> None:
    if not SEED.exists():
        pytest.skip("the documentation is not at hand")
    seed = SEED.read_text(encoding="utf-8")
    for file in SAMPLES.iterdir():
        assert file.read_text(encoding="utf-8").strip() in seed


def test_curl(server: Any, document: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    check(server, json.loads(run("sh", "-c", sample("curl.txt", server, document))))


def test_python(server: Any, document: str) -> None:
    check(server, ast.literal_eval(run(sys.executable, "-c", sample("python.txt", server, document))))


def test_python_of_our_page(
    server: Any, tmp_path: Path, paper: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "document.pdf").write_bytes(paper())
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    url = run(sys.executable, "-W", "ignore", "-c", code.replace(OURS, server.url)).strip()
    assert server.client.get(url).content.startswith(b"PK")


def test_node(server: Any, document: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not installed")
    # what console.log shows is no JSON
    text = sample("node.txt", server, document).replace("console.log", "r => console.log(JSON.stringify(r))")
    (tmp_path / "sample.mjs").write_text(text, encoding="utf-8")
    check(server, json.loads(run(node, str(tmp_path / "sample.mjs"))))
