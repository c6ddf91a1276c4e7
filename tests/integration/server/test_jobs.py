"""The whole way, over HTTP, against a real server process."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable

import httpx2
import pikepdf
import postgres
import pytest
from pdf_maker import make_pdf, words
from serving import Serving, serving

from legenda.document import from_json


def submit(server: Serving, data: bytes, name: str = "letter.png", wait: int | None = None, **fields: str):
    headers = {} if wait is None else {"Prefer": f"wait={wait}"}
    return server.client.post("/v1/jobs", files={"file": (name, data)}, data=fields, headers=headers)


def done(server: Serving, data: bytes, name: str = "letter.png", **fields: str) -> dict:
    answer = submit(server, data, name, **fields)
    assert answer.status_code in (200, 202), answer.text
    return server.settled(answer.json()["id"])


def test_a_picture_is_answered_when_it_is_read(server, letter):
    answer = submit(server, letter, name="Brief an Frau Lindqvist.png", metadata='{"order": 4711}', tier="fast")
    job = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["location"].endswith(f"/v1/jobs/{job['id']}")
    assert job["state"] == "done" and job["progress"] == {"pages": 1, "done": 1, "failed": 0}
    assert job["metadata"] == {"order": 4711} and job["tier"] == "fast" and job["format"] == "png"
    assert "lamps left our workshop" in job["document"]["text"]
    assert from_json(json.dumps(job["document"])).pages[0].number == 1


def test_the_document_of_an_answer_is_the_result_byte_for_byte(server):
    titled = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf(words("page number one of the book"), words("page number two")))) as pdf:
        pdf.docinfo["/Title"] = "The Lamps"
        pdf.save(titled)
    answer = submit(server, titled.getvalue(), "book.pdf")
    result = server.client.get(f"/v1/jobs/{answer.json()['id']}/result").content
    assert answer.status_code == 200 and b'"The Lamps"' in result
    assert answer.content.endswith(b',"document":' + result + b"}")


def test_head_is_get_without_the_body(server, letter):
    id = done(server, letter)["id"]
    paths = ("", "/pages", "/pages/1", "/result", "/result?format=md", "/events")
    for path in (*(f"/v1/jobs/{id}{path}" for path in paths), "/v1/jobs", "/v1/formats", "/livez"):
        with server.client.stream("GET", path) as answer:
            wanted = answer.status_code, dict(answer.headers)
        head = server.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        varying = {"date", "transfer-encoding"}
        assert {k: v for k, v in head.headers.items() if k not in varying} == {
            k: v for k, v in wanted[1].items() if k not in varying
        }
    assert server.client.head(f"/v1/jobs/{id}/result", headers={"Range": "bytes=0-4"}).headers["content-length"] == "5"
    assert server.client.head(f"/v1/jobs/{'0' * 32}").status_code == 404
    refused = server.client.head(f"/v1/jobs/{id}/cancel")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert server.client.put("/v1/jobs").headers["allow"] == "GET, HEAD, POST"


def test_every_format_can_be_downloaded_though_none_was_asked_for(server, letter):
    job = done(server, letter, name="Übersicht.png")
    found = {}
    for format in ("txt", "txt-layout", "md", "json", "hocr", "pdf"):
        answer = server.client.get(f"/v1/jobs/{job['id']}/result", params={"format": format})
        assert answer.status_code == 200, answer.text
        assert hashlib.sha256(answer.content).hexdigest() == answer.headers["etag"].strip('"')
        assert "filename*=UTF-8''%C3%9Cbersicht." in answer.headers["content-disposition"]
        found[format] = answer.content
    assert b"lamps left our workshop" in found["txt"]
    assert "lamps left" in from_json(found["json"]).text
    assert b"ocr_page" in found["hocr"]
    with pikepdf.open(__import__("io").BytesIO(found["pdf"])) as pdf:
        assert len(pdf.pages) == 1
    assert set(server.client.get(f"/v1/jobs/{job['id']}").json()["results"]) == set(found)


def test_parts_of_results(server, letter):
    job = done(server, letter)
    url = f"/v1/jobs/{job['id']}/result?format=txt"
    whole = server.client.get(url)
    part = server.client.get(url, headers={"Range": "bytes=5-8"})
    assert (part.status_code, part.content) == (206, whole.content[5:9])
    assert part.headers["content-range"] == f"bytes 5-8/{len(whole.content)}"
    assert server.client.get(url, headers={"Range": "bytes=-4"}).content == whole.content[-4:]
    assert server.client.get(url, headers={"Range": "bytes=5-8", "If-Range": '"other"'}).content == whole.content
    assert server.client.get(url, headers={"Range": "bytes=99999-"}).status_code == 416
    assert server.client.get(url, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("form", ["body", "base64"])
def test_other_forms_of_upload(server, letter, form):
    if form == "body":
        headers = {"Content-Type": "image/png"}
        answer = server.client.post("/v1/jobs?name=a.png&tier=fast", content=letter, headers=headers)
    else:
        sent = {"base64": base64.b64encode(letter).decode(), "name": "a.png", "tier": "fast"}
        answer = server.client.post("/v1/jobs", json=sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "a.png" and "Lindqvist" in answer.json()["document"]["text"]


def test_a_large_job_is_answered_at_once_and_its_pages_as_they_come(server, book):
    answer = submit(server, book, "book.pdf")
    job = answer.json()
    assert answer.status_code == 202 and "document" not in job
    assert server.settled(job["id"])["progress"]["done"] == 8
    listed = server.client.get(f"/v1/jobs/{job['id']}/pages", params={"limit": 5}).json()
    assert [page["number"] for page in listed["pages"]] == [1, 2, 3, 4, 5] and listed["next"] == 5
    page = server.client.get(f"/v1/jobs/{job['id']}/pages/7").json()
    assert page["state"] == "done" and page["page"]["text"] == "page number 7 of the book"
    assert server.client.get(f"/v1/jobs/{job['id']}/pages/9").status_code == 404


def test_some_pages_only(server, book):
    job = done(server, book, "book.pdf", pages="2,-1", formats="txt,md")
    assert job["progress"]["pages"] == 2 and {"txt", "md"} <= set(job["results"])
    text = server.client.get(f"/v1/jobs/{job['id']}/result?format=txt").text
    assert "number 2" in text and "number 8" in text and "number 3" not in text


def test_a_fetched_input_must_lie_where_it_may(server):
    for url in ("http://127.0.0.1:1/x.png", "http://169.254.169.254/latest", "http://0x7f.1/x", "http://[::1]:8/x"):
        answer = server.client.post("/v1/jobs", json={"url": url})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert server.client.post("/v1/jobs", json={"url": "file:///etc/passwd"}).status_code == 422


def events(server: Serving, id: str, last: int = 0) -> list[tuple[int, str, dict]]:
    headers = {"Last-Event-ID": str(last)}
    found = []
    with server.client.stream("GET", f"/v1/jobs/{id}/events", headers=headers) as answer:
        if answer.status_code == 204:
            return []
        assert answer.headers["content-type"].startswith("text/event-stream")
        for block in answer.read().decode("ascii").strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if fields:
                found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def test_events_tell_the_whole_story_and_go_on_where_they_broke_off(server, book):
    id = submit(server, book, "book.pdf", wait=0).json()["id"]
    story = events(server, id)
    states = [data["state"] for _, kind, data in story if kind == "state"]
    assert states[0] == "queued" and states[-1] == "done" and "running" in states
    assert sorted(data["number"] for _, kind, data in story if kind == "page") == list(range(1, 9))
    assert [number for number, _, _ in story] == sorted(number for number, _, _ in story)
    assert events(server, id, story[3][0]) == story[4:]
    assert events(server, id, story[-1][0]) == []


def test_cancelling_and_deleting(server, book):
    id = submit(server, book, "book.pdf", wait=0, text_layer="ignore").json()["id"]
    cancelled = server.client.post(f"/v1/jobs/{id}/cancel").json()
    assert cancelled["state"] == "cancelled"
    assert server.client.post(f"/v1/jobs/{id}/cancel").json()["state"] == "cancelled"
    answer = server.client.get(f"/v1/jobs/{id}/result")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_result")
    assert server.client.delete(f"/v1/jobs/{id}").status_code == 204
    assert server.client.get(f"/v1/jobs/{id}").status_code == 404
    assert server.client.delete(f"/v1/jobs/{id}").status_code == 404


def test_deleting_leaves_no_file(server, letter):
    id = done(server, letter, formats="txt,pdf")["id"]
    assert any(id in str(path) for path in server.data_dir.rglob("*"))
    server.client.delete(f"/v1/jobs/{id}")
    assert not any(id in str(path) for path in server.data_dir.rglob("*"))
    assert list((server.data_dir / "uploads").iterdir()) == []


def test_a_result_is_refused_before_it_is_there(server, book):
    id = submit(server, book, "book.pdf", wait=0, text_layer="ignore").json()["id"]
    answer = server.client.get(f"/v1/jobs/{id}/result")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_done")
    assert server.client.get(f"/v1/jobs/{id}/result?format=exe").status_code == 400
    server.client.delete(f"/v1/jobs/{id}")


def test_the_same_idempotency_key_gives_the_same_job(server, letter):
    headers = {"Idempotency-Key": "order-4711"}
    first, second = (
        server.client.post("/v1/jobs", files={"file": ("a.png", letter)}, headers=headers).json() for _ in range(2)
    )
    assert first["id"] == second["id"]
    other = server.client.post("/v1/jobs", files={"file": ("b.png", letter)}, data={"tier": "fast"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    inputs = [path for path in (server.data_dir / "blobs" / "inputs").rglob("*") if path.is_file()]
    assert len(inputs) == len(set(inputs)) and server.client.get(f"/v1/jobs/{first['id']}").status_code == 200


def test_jobs_are_listed_newest_first(server, letter):
    ids = [done(server, letter)["id"] for _ in range(3)]
    first = server.client.get("/v1/jobs", params={"limit": 2}).json()
    assert [job["id"] for job in first["jobs"]] == ids[:0:-1] and first["next"] == ids[1]
    following = server.client.get("/v1/jobs", params={"limit": 1, "after": first["next"]}).json()
    assert following["jobs"][0]["id"] == ids[0]
    assert server.client.get("/v1/jobs", params={"state": "queued"}).json()["jobs"] == []


def test_the_catalogue(server):
    formats = {row["name"]: row for row in server.client.get("/v1/formats").json()}
    assert formats["pdf"]["media_type"] == "application/pdf"
    assert any(row["code"] == "de" for row in server.client.get("/v1/languages").json())
    assert server.client.get("/v1/usage").json()["usage"]


def test_the_log_has_a_line_a_job_and_no_text(server, letter):
    id = done(server, letter, name="secret-name.png", metadata='{"note":"private"}')["id"]
    deadline = time.monotonic() + 10
    while not (lines := [line for line in server.log if line.get("job") == id]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(lines) == 1 and lines[0]["state"] == "done" and lines[0]["pages"] == 1
    assert not re.search("Lindqvist|secret-name|private|127.0.0.1:[^0-9]", json.dumps(server.log))


def test_a_restart_goes_on_with_what_was_there(tmp_path, letter, book):
    with serving(tmp_path, workers="1") as before:
        read = done(before, letter)
        waiting = submit(before, book, "book.pdf", wait=0, text_layer="ignore").json()["id"]
        assert before.stop() == 0
    with serving(tmp_path, workers="1") as after:
        assert "Lindqvist" in after.client.get(f"/v1/jobs/{read['id']}/result?format=txt").text
        assert after.settled(waiting, 120)["state"] == "done"


def test_the_end_waits_for_no_stream(tmp_path, book):
    with serving(tmp_path, workers="1") as server:
        id = submit(server, book, "book.pdf", wait=0, text_layer="ignore").json()["id"]
        ended = threading.Event()

        def follow() -> None:
            with contextlib.suppress(httpx2.HTTPError):
                events(server, id)
            ended.set()

        threading.Thread(target=follow, daemon=True).start()
        time.sleep(0.3)
        assert server.stop() == 0
        assert ended.wait(5)


def test_what_is_over_is_gone_from_everywhere(tmp_path, letter):
    with serving(tmp_path, retention_hours="0.004", workers="1") as server:
        job = done(server, letter, delete_input="true", formats="md", metadata='{"note": "private"}')
        url = f"/v1/jobs/{job['id']}/result?format="
        assert server.client.get(url + "txt").status_code == 200
        until(lambda: not list((tmp_path / "blobs").rglob("inputs/*/*")))
        answer = server.client.get(url + "pdf")
        assert (answer.status_code, answer.json()["code"]) == (410, "input_deleted")
        until(lambda: server.client.get(f"/v1/jobs/{job['id']}").json()["state"] == "expired")
        for path in ("/result", "/result?format=txt", "/pages/1"):
            answer = server.client.get(f"/v1/jobs/{job['id']}{path}")
            assert (answer.status_code, answer.json()["code"]) == (410, "expired")
        assert server.client.get(f"/v1/jobs/{job['id']}/events").status_code == 204
        until(lambda: not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()])
    with sqlite3.connect(tmp_path / "legenda.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for text in (b"Lindqvist", b"lamps", b"private", b"letter.png"):
        assert text not in left


def until(what: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.skipif(postgres.binaries() is None, reason="no Postgres here")
def test_on_postgres(tmp_path, letter, book):
    with postgres.cluster() as url, serving(tmp_path, database_url=url, workers="1") as server:
        job = submit(server, letter).json()
        assert job["state"] == "done" and "Lindqvist" in job["document"]["text"]
        assert server.client.get(f"/v1/jobs/{job['id']}/result?format=pdf").status_code == 200
        id = submit(server, book, "book.pdf", wait=0).json()["id"]
        story = events(server, id)
        assert sorted(data["number"] for _, kind, data in story if kind == "page") == list(range(1, 9))
        assert story[-1][2]["state"] == "done"
        assert server.client.delete(f"/v1/jobs/{id}").status_code == 204
        assert [found["id"] for found in server.client.get("/v1/jobs").json()["jobs"]] == [job["id"]]
        assert not server.other_lines and not [line for line in server.log if line["level"] == "error"]
