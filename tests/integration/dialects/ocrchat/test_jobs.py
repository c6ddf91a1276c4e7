"""OCR.chat's interface, field by field."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from pdf_maker import make_pdf

Invoice = Callable[..., bytes]


def submit(server: Any, data: bytes, name: str = "invoice.pdf", **fields: str) -> httpx2.Response:
    answer: httpx2.Response = server.client.post("/api/v1/ocr/", files={"file": (name, data)}, data=fields)
    return answer


def settled(server: Any, uuid: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (job := server.client.get(f"/api/v1/ocr/{uuid}/").json())["status"] in ("pending", "processing"):
        assert time.monotonic() < until, job
        time.sleep(0.05)
    return dict(job)


@pytest.fixture(scope="module")
def done(server: Any, invoice: Invoice) -> str:
    answer = submit(server, invoice())
    assert answer.status_code == 200, answer.text
    return str(answer.json()["uuid"])


def test_few_pages_are_answered_at_once(server: Any, invoice: Invoice) -> None:
    answer = submit(server, invoice(), language="auto")
    job = answer.json()
    assert (answer.status_code, job["status"], job["tier"], job["language"]) == (200, "done", "cpu", "auto")
    assert len(job["uuid"]) == 32 and job["page_count"] == 1 and 0 < job["mean_confidence"] <= 1
    assert job["text"].startswith("INVOICE 4711") and "215.00 USD" in job["markdown"]
    (page,) = job["pages"]
    assert page["index"] == 0 and "215.00 USD" in page["text"]
    # 400 x 300 points at the 200 dpi it is read at; the heading's baseline is 250 points from below
    assert (page["width"], page["height"], page["dpi"]) == (1111, 833, 200)
    block = page["blocks"][0]
    left, top, right, bottom = block["bbox"]
    assert block["text"].startswith("INVOICE") and 0 < block["confidence"] <= 1
    assert left == pytest.approx(139, abs=8) and left < right <= 1111 and 0 < top < 139 < bottom + 8
    assert job["progress"] == {"pages_done": 1, "pages_total": 1}
    assert "error" not in job


def test_boxes_of_pictures_are_in_their_pixels(server: Any, letter: bytes) -> None:
    job = submit(server, letter, "letter.png", language="en", tier="vlm").json()
    assert (job["status"], job["tier"], job["language"]) == ("done", "vlm", "en")
    (page,) = job["pages"]
    assert page["dpi"] is None and "Lindqvist" in page["text"]
    assert all(0 <= x <= page["width"] for block in page["blocks"] for x in block["bbox"][0::2])


def test_more_pages_are_polled_for(server: Any, invoice: Invoice) -> None:
    answer = submit(server, invoice(9))
    job = answer.json()
    assert answer.status_code == 202 and job["status"] in ("pending", "processing")
    assert (job["text"], job["markdown"], job["pages"], job["mean_confidence"]) == ("", "", [], None)
    job = settled(server, job["uuid"])
    assert [page["index"] for page in job["pages"]] == list(range(9))
    assert job["progress"] == {"pages_done": 9, "pages_total": 9}


@pytest.mark.parametrize("path", ["/api/v1/ocr/{}", "/api/v1/ocr/{}/", "//api/v1/ocr/{}/"])
def test_with_a_slash_and_without_with_dashes_and_without(server: Any, done: str, path: str) -> None:
    dashed = f"{done[:8]}-{done[8:12]}-{done[12:16]}-{done[16:20]}-{done[20:]}"
    for uuid in (done, dashed, dashed.upper()):
        answer = server.client.get(server.url + path.format(uuid))
        assert answer.status_code == 200 and answer.json()["uuid"] == done


def test_a_slashless_submit_is_no_redirect(server: Any, invoice: Invoice) -> None:
    answer = server.client.post("/api/v1/ocr", files={"file": ("a.pdf", invoice())}, follow_redirects=False)
    assert answer.status_code == 200 and answer.json()["status"] == "done"


STARTS = {
    "txt": b"INVOICE",
    "md": b"",
    "docx": b"PK",
    "pdf": b"%PDF",
    "csv": b"page,text",
    "json": b'{"schema_version"',
}


@pytest.mark.parametrize("format", [*STARTS, ""])
def test_downloads(server: Any, done: str, format: str) -> None:
    answer = server.client.get(f"/api/v1/ocr/{done}/download/", params={"format": format} if format else {})
    assert answer.status_code == 200 and answer.content.startswith(STARTS[format or "txt"])
    suffix = format or "txt"
    assert f"filename*=UTF-8''invoice.{suffix}" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")
    if format == "csv":
        assert "INVOICE 4711" in [row["text"] for row in csv.DictReader(io.StringIO(answer.text))]


def test_errors_have_a_short_message_and_the_documented_status(server: Any, done: str, invoice: Invoice) -> None:
    post, get = server.client.post, server.client.get
    gone = "0" * 32
    cases = [
        (400, post("/api/v1/ocr/", data={"tier": "cpu"}, files={"other": b"x"})),
        (400, post("/api/v1/ocr/", json={"file": "x"})),
        (400, submit(server, b"")),
        (400, submit(server, b"\x00\x01\x02\x03" * 9, "a.bin")),
        (400, submit(server, invoice(), tier="gpu")),
        (400, submit(server, invoice(), language="xx-none")),
        (400, submit(server, invoice(), tool="no-such-tool")),
        (400, get(f"/api/v1/ocr/{done}/download/?format=exe")),
        (400, get(f"/api/v1/ocr/{done}/download/?format=hocr")),
        (400, post(f"/api/v1/chat/{done}/", json={"message": ""})),
        (400, post(f"/api/v1/chat/{done}/", json=["x"])),
        (400, post(f"/api/v1/chat/{done}/", content=b"{")),
        (404, get(f"/api/v1/ocr/{gone}/")),
        (404, get("/api/v1/ocr/not-a-uuid/")),
        (404, get(f"/api/v1/ocr/{gone}/download/")),
        (404, post(f"/api/v1/chat/{gone}/", json={"message": "what?"})),
        (404, get(f"/api/v1/chat/{gone}/history/")),
        (404, get("/api/v1/nothing/")),
        (405, server.client.delete(f"/api/v1/ocr/{done}/")),
    ]
    for number, (status, answer) in enumerate(cases):
        assert answer.status_code == status, (number, answer.text)
        assert set(answer.json()) == {"error"} and answer.json()["error"], (number, answer.text)


def test_a_job_of_another_interface_is_none_of_this_one(server: Any, letter: bytes) -> None:
    id = server.client.post("/v1/jobs", files={"file": ("a.png", letter)}).json()["id"]
    assert server.client.get(f"/api/v1/ocr/{id}/").status_code == 404


def test_what_cannot_be_read_is_a_failed_job(server: Any) -> None:
    broken = make_pdf("")[:200]
    job = submit(server, broken).json()
    if job.get("status") in ("pending", "processing"):
        job = settled(server, job["uuid"])
    assert job["status"] == "failed" and job["error"] and job["text"] == ""
    assert server.client.get(f"/api/v1/ocr/{job['uuid']}/download/").status_code == 409


def test_downloads_and_questions_wait_for_the_end(server: Any, invoice: Invoice) -> None:
    uuid = submit(server, invoice(30)).json()["uuid"]
    early = server.client.get(f"/api/v1/ocr/{uuid}/download/?format=txt")
    asked = server.client.post(f"/api/v1/chat/{uuid}/", json={"message": "what?"})
    for answer in (early, asked):
        assert answer.status_code == 409 and set(answer.json()) == {"error"}
    settled(server, uuid)
    assert server.client.get(f"/api/v1/ocr/{uuid}/download/?format=txt").status_code == 200


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        *[("ch", ["zh-Hans"]), ("chinese_cht", ["zh-Hant"]), ("japan", ["ja"]), ("en,de", ["en", "de"]), ("latin", [])],
        *[("chi_sim", ["zh-Hans"]), ("English", ["en"]), ("deu", ["de"]), ("ChinesePRC", ["zh-Hans"]), ("", [])],
    ],
)
def test_languages_by_any_name(server: Any, letter: bytes, given: str, read_as: list[str]) -> None:
    job = submit(server, letter, "letter.png", language=given).json()
    assert job["language"] == (given or "auto")
    assert server.client.get(f"/v1/jobs/{job['uuid']}").json()["languages"] == read_as


def test_lists(server: Any) -> None:
    tools = server.client.get("/api/v1/tools/").json()["tools"]
    known = {tool["slug"]: tool for tool in tools}
    assert {"extract-tables", "handwriting-to-text", "translate"} <= known.keys()
    assert known["extract-tables"]["available"] and not known["translate"]["available"]
    found = {
        language["code"]: language["name"] for language in server.client.get("/api/v1/languages").json()["languages"]
    }
    assert len(found) > 100 and {"auto", "en", "ja", "ar", "de"} <= found.keys()
    assert "Chinese" in found["ch"]
    assert found["cha"] == "Chamorro"


def test_tools_are_presets(server: Any, invoice: Invoice) -> None:
    for slug in ("extract-tables", "extract-table"):
        uuid = submit(server, invoice(), tool=slug).json()["uuid"]
        answer = server.client.get(f"/api/v1/ocr/{uuid}/download/")
        assert answer.headers["content-disposition"].endswith("invoice.xlsx")
    assert submit(server, invoice(), tool="handwriting-to-text").json()["tier"] == "vlm"
    assert submit(server, invoice(), tool="handwriting-to-text", tier="cpu").json()["tier"] == "cpu"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"tool": "translate", "translate_to": "de"}, "a translator"),
        ({"translate_to": "de"}, "a translator"),
        ({"tool": "translate"}, "a translator"),
        ({"tool": "redact"}, "patterns or boxes"),
        ({"translate_to": "klingon?"}, "is not known"),
    ],
)
def test_what_is_missing_is_named(server: Any, letter: bytes, fields: dict[str, str], named: str) -> None:
    answer = submit(server, letter, "a.png", **fields)
    assert answer.status_code == 400 and named in answer.json()["error"]
