"""What docs/dialects/lazarus.md shows; and an answer that waits no longer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from legenda.server.app import make_app
from legenda.server.dialects.lazarus import routes
from legenda.server.metrics import Metrics
from legenda.server.parts import Parts
from legenda.settings import Settings

PAGE, OURS = Path(__file__).parents[4] / "docs" / "dialects" / "lazarus.md", "http://127.0.0.1:8080"
HEADERS = {"orgId": "org1", "authKey": "key1"}


def sample(kind: str) -> str:
    (text,) = re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return text


def run(*command: str, **more: str) -> str:
    done = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_curl(server: Any, shelf: Any) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    code = sample("sh").replace(OURS, server.url).replace("https://example.com/document.pdf", shelf.url("/a.pdf"))
    answer = json.loads(run("sh", "-c", code, LEGENDA_KEY="any"))
    assert (answer["documentId"], answer["metadata"], answer["pages"]) == ("file1.pdf", {"order": 4711}, 3)


def test_python(server: Any, book: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "document.pdf").write_bytes(book)
    monkeypatch.chdir(tmp_path)
    printed = run(sys.executable, "-c", sample("python"), LEGENDA_KEY="any", BASE_URL=server.url)
    assert printed.startswith("INVOICE 42\n")


def test_whoever_asks_again_waits_for_the_same(server: Any, letter_uri: str) -> None:
    body = {"base64": [letter_uri] * 4, "metadata": {"patience": "none"}}
    calls = [body, body, body | {"version": 1}]
    with ThreadPoolExecutor() as pool:
        made = list(
            pool.map(lambda x: server.client.post("/api/forms/ocr", json=x, headers=HEADERS, timeout=60).json(), calls)
        )
    assert made[0]["id"] == made[1]["id"] != made[2]["id"] and made[0]["pages"] == 4


def test_nobody_waits_for_ever(tmp_path: Path, book64: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_WAIT_SECONDS", 0.0)
    app = make_app(Parts.opened(Settings(data_dir=tmp_path, workers=1)), Metrics())
    with TestClient(app, base_url=OURS, client=("127.0.0.1", 50000), headers=HEADERS) as client:
        for path, where in (("ocr", "ocr/results"), ("generic", "ocr/results"), ("ocr/zip", "ocr/zip/async")):
            answer = client.post(f"/api/forms/{path}", json={"base64": book64, "fileId": "a"})
            told = answer.json()
            assert (answer.status_code, told["status"], told["documentId"]) == (200, "RUNNING", "a")
            assert told["resultUrl"] == f"{OURS}/api/forms/{where}/{told['id']}"
            assert client.get(told["resultUrl"]).json()["status"] in ("RUNNING", "SUCCESS")
