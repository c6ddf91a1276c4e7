"""Read 3.2 of Computer Vision, as its documentation has it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pdf_maker import make_pdf, words
from peers import ok, peer

JUNK = b"\x00\xff\x01\xfe" * 8  # neither a document nor text
BOOK = make_pdf(words("INVOICE 42"), words(""), words("page three"))
KEY = {"Ocp-Apim-Subscription-Key": "any"}
ANALYZE = "/vision/v3.2/read/analyze"


def finished(server: Any, taken: Any) -> dict[str, Any]:
    assert (taken.status_code, taken.content) == (202, b""), taken.text
    url = taken.headers["operation-location"]
    match = re.fullmatch(re.escape(server.url) + "/vision/v3.2/read/analyzeResults/([0-9a-f-]{36})", url)
    assert match
    server.settled(match[1].replace("-", ""))
    return dict(server.client.get(url, headers=KEY).json())


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/pdf", "json"])
def test_documents_come_in_every_form(server, kind):
    with peer(ok(BOOK)) as shelf:
        more = {"json": {"url": shelf.url("/a.pdf")}} if kind == "json" else {"content": BOOK}
        headers = KEY if kind == "json" else KEY | {"Content-Type": kind}
        body = finished(server, server.client.post(ANALYZE, headers=headers, **more))
    assert body.keys() == {"status", "createdDateTime", "lastUpdatedDateTime", "analyzeResult"}
    assert body["status"] == "succeeded"
    result = body["analyzeResult"]
    assert result["version"] == "3.2.0" and re.fullmatch(r"20..-..-..", result["modelVersion"])
    first, empty, last = result["readResults"]
    assert (first["page"], first["unit"], first["angle"]) == (1, "inch", 0) and empty["lines"] == []
    (line,) = first["lines"]
    assert line["text"] == "INVOICE 42" and [word["text"] for word in line["words"]] == ["INVOICE", "42"]
    assert len(line["boundingBox"]) == len(line["words"][0]["boundingBox"]) == 8
    assert line["appearance"]["style"]["name"] in ("other", "handwriting") and last["page"] == 3


def test_pages_and_language(server, letter):
    taken = server.client.post(f"{ANALYZE}?pages=3,1&language=en&readingOrder=natural", content=BOOK, headers=_pdf())
    assert [page["page"] for page in finished(server, taken)["analyzeResult"]["readResults"]] == [1, 3]
    headers = KEY | {"Content-Type": "image/png"}
    taken = server.client.post(f"{ANALYZE}?model-version=latest", content=letter, headers=headers)
    (page,) = finished(server, taken)["analyzeResult"]["readResults"]
    assert page["unit"] == "pixel" and isinstance(page["lines"][0]["boundingBox"][0], int)


def _pdf() -> dict[str, str]:
    return KEY | {"Content-Type": "application/pdf"}


def test_what_is_wrong_is_said(server):
    for more in (
        {"json": {}},
        {"json": {"url": ""}},
        {"json": {"url": "nonsense"}},
        {"content": JUNK, "headers": _pdf()},
        {"content": b"", "headers": _pdf()},
        {"content": BOOK, "headers": _pdf(), "params": {"pages": "x"}},
        {"content": BOOK, "headers": _pdf(), "params": {"language": "nonsense"}},
    ):
        answer = server.client.post(ANALYZE, **({"headers": KEY} | more))
        assert answer.status_code == 400 and answer.json()["error"].keys() == {"code", "message", "innererror"}


def test_operations_that_failed_or_are_unknown(server):
    body = finished(server, server.client.post(ANALYZE, content=b"%PDF-1.7 and nothing else", headers=_pdf()))
    assert body["status"] == "failed" and body["error"]["code"] == "InvalidRequest"
    answer = server.client.get("/vision/v3.2/read/analyzeResults/x", headers=KEY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


def test_microsofts_former_client(server, tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(BOOK)
    command = [sys.executable, str(Path(__file__).with_name("reader.py")), server.url, "any", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    pages = [[1, "inch", ["INVOICE 42"], "other"], [3, "inch", ["page three"], "other"]]
    assert json.loads(done.stdout) == {"status": "succeeded", "pages": pages}
