"""`/api/forms/ocr/zip`: what is in it, where it is brought, and how one hears of it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from peers import Peer, peer, status

HEADER = "page,line,word,content,confidence,x1,y1,x2,y2,x3,y3,x4,y4,unit,offset,length,isHandwritten"


# what the vendor's documentation shows as a request, but for where things are
PAYLOAD = """{
  "inputURL": "string",
  "statusId": "string",
  "outputURL": "string",
  "outputURLHeaders": { },
  "fileId": "string",
  "forceBase64": false,
  "metadata": { },
  "webhook": "string",
  "webhookSendFull": true,
  "version": 1
}"""


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def until(true: Callable[[], Any]) -> Any:
    import time

    for _ in range(600):
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def told(receiver: Peer) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in receiver.requests]


def test_its_members(post, shelf, book):
    answer = post("/ocr/zip", {"inputURL": shelf.url("/folder/letter%20a.pdf?sig=secret"), "fileId": "order/7"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert 'filename="7.zip"' in answer.headers["content-disposition"]
    members = opened(answer.content)
    assert list(members) == ["7.csv", "7.json", "7.txt", "letter a.pdf"]
    assert members["letter a.pdf"] == book and members["7.txt"] == members["7.json"]
    whole = json.loads(members["7.json"])
    assert (whole["documentId"], whole["ocrVersion"], whole["pages"]) == ("order/7", "2", 3)


def test_the_payload_of_the_documentation(post, shelf):
    with peer(status(200)) as store, peer(status(200)) as hook:
        where = {"inputURL": shelf.url("/a.pdf"), "outputURL": store.url("/put"), "webhook": hook.url("/hook")}
        answer = post("/ocr/zip", json.loads(PAYLOAD) | where)
        until(lambda: store.requests and hook.requests)
    assert list(opened(answer.content)) == ["string.csv", "string.json", "string.txt", "a.pdf"]
    assert (told(hook)[0]["statusId"], told(hook)[0]["ocrVersion"]) == ("string", "1")


def test_words_as_rows(post, book64):
    members = opened(post("/ocr/zip", {"base64": book64, "fileId": "a"}).content)
    assert members["a.csv"].startswith(b"\xef\xbb\xbf" + HEADER.encode() + b"\r\n")
    rows = list(csv.DictReader(io.StringIO(members["a.csv"].decode("utf-8-sig"), newline="")))
    assert [(row["page"], row["line"], row["word"], row["content"]) for row in rows] == [
        ("1", "1", "1", "INVOICE"),
        ("1", "1", "2", "42"),
        ("2", "1", "1", "'=cmd"),
        ("2", "1", "2", "4.50"),
    ]
    text = json.loads(members["a.json"])["ocrResults"]["rawText"]
    for row in rows:
        offset, length = int(row["offset"]), int(row["length"])
        assert text[offset : offset + length] == row["content"].removeprefix("'")
        assert (row["unit"], row["isHandwritten"]) == ("inch", "false") and 0 <= float(row["confidence"]) <= 1
        assert float(row["x1"]) < float(row["x2"]) and float(row["y1"]) < float(row["y4"])


def test_without_a_name_it_is_called_by_the_time(post, book64, letter_uri):
    members = opened(post("/ocr/zip?async=false", {"base64": book64, "version": 1}).content)
    stem = next(iter(members)).removesuffix(".csv")
    assert stem.isdecimal() and list(members) == [f"{stem}.csv", f"{stem}.json", f"{stem}.txt", f"{stem}.pdf"]
    assert json.loads(members[f"{stem}.json"])["ocrVersion"] == "1"


def test_several_files_are_all_in_it(post, book, book64, letter, letter_uri):
    members = opened(post("/ocr/zip?async=null", {"base64": [book64, letter_uri], "fileId": "a"}).content)
    assert list(members) == ["a.csv", "a.json", "a.txt", "a-1.pdf", "a-2.png"]
    assert (members["a-1.pdf"], members["a-2.png"]) == (book, letter)


def test_names_of_originals_do_no_harm(post, shelf):
    for name, kept in (("a.json", "original-a.json"), ("..%2F..%2Fx.pdf", "x.pdf"), ("A.CSV", "original-A.CSV")):
        assert list(opened(post("/ocr/zip", {"inputURL": shelf.url(f"/{name}"), "fileId": "a"}).content))[3] == kept


def test_it_is_brought_as_well(post, book64):
    with peer(status(200)) as store:
        body = {
            "base64": book64,
            "outputURL": store.url("/put?sig=1"),
            "outputURLHeaders": {"x-ms-blob-type": "BlockBlob"},
        }
        answer = post("/ocr/zip", body)
        assert answer.headers["content-type"] == "application/zip"
        until(lambda: store.requests)
    (put,) = store.requests
    assert put.line == "PUT /put?sig=1 HTTP/1.1" and put.headers["x-ms-blob-type"] == "BlockBlob"
    assert put.headers["content-type"] == "application/zip" and int(put.headers["content-length"]) == len(put.body)
    assert [opened(put.body)[name] for name in opened(put.body)] == list(opened(answer.content).values())


@pytest.mark.parametrize(("api", "word"), [("2025-02-27", "RUNNING"), ("2025-05-22", "SUBMITTED")])
def test_asynchronously(post, get, server, book64, api, word):
    name = f"my status, {api}"
    with peer(status(200)) as store, peer(status(200)) as hook:
        body = {
            "base64": book64,
            "statusId": name,
            "outputURL": store.url("/put"),
            "outputURLHeaders": {"X-Extra": "1"},
            "fileId": "file1.pdf",
            "metadata": {"a": 1},
            "webhook": hook.url("/hook"),
        }
        answer = post("/ocr/zip?async=true", body, {"apiVersion": api})
        began = answer.json()
        assert (answer.status_code, began["status"], began["statusId"]) == (200, word, name)
        assert began["documentId"] == "file1.pdf" and "/api/forms/ocr/zip/async/" in began["resultUrl"]
        standing = until(
            lambda: (found := get(f"/api/forms/ocr/zip/async/{name}").json())["status"] == "SUCCESS" and found
        )
        until(lambda: len(hook.requests) == 2)
        assert post("/ocr/zip?async=true", body, {"apiVersion": api}).json()["id"] == began["id"]
        assert post("/ocr/zip?async=true", body | {"fileId": "x"}, {"apiVersion": api}).status_code == 400
    assert {key: standing[key] for key in ("documentId", "id", "model", "apiVersion", "code", "message", "error")} == {
        "documentId": "file1.pdf",
        "id": began["id"],
        "model": "OCR",
        "apiVersion": api,
        "code": 200,
        "message": None,
        "error": None,
    }
    assert standing["startTime"] <= standing["endTime"]
    assert get(f"/api/forms/ocr/async/{began['id']}").json() == standing
    (put,) = store.requests
    assert put.headers["x-extra"] == "1" and len(opened(put.body)) == 4
    common = {"statusId": name, "documentId": "file1.pdf", "id": began["id"], "model": "OCR", "apiVersion": api}
    common |= {"metadata": {"a": 1}, "organization": "org1", "provider": "legenda"}
    first, last = sorted(told(hook), key=lambda message: message["status"] == "SUCCESS")
    assert {key: first[key] for key in common} == common and first["status"] == word and "pages" not in first
    assert {key: last[key] for key in common} == common and (last["code"], last["pages"]) == (200, 3)
    assert last["ocrResults"] == json.loads(opened(put.body)["file1.pdf.json"])["ocrResults"]
    assert all("webhook-signature" in request.headers for request in hook.requests)


def test_webhooks_with_the_status_alone(post, book64):
    with peer(status(200)) as hook:
        body = {"base64": book64, "webhook": hook.url(), "webhookSendFull": False, "metadata": {"b": 2}}
        made = post("/ocr", body).json()
        until(lambda: hook.requests)
    (message,) = told(hook)
    assert message.keys() == {
        *("status", "statusId", "documentId", "id", "model", "apiVersion", "metadata", "organization", "provider"),
        "startTime",
    }
    assert (message["status"], message["id"], message["statusId"]) == ("SUCCESS", made["id"], made["id"])


def test_webhooks_of_failures(post, get, server):
    broken = base64.b64encode(b"%PDF-1.7 and nothing else").decode()
    with peer(status(200)) as hook, peer(status(200)) as store:
        body = {"base64": broken, "webhook": hook.url(), "outputURL": store.url()}
        began = post("/ocr/zip?async=true", body).json()
        until(lambda: len(hook.requests) == 2)
    last = next(message for message in told(hook) if message["status"] == "FAILURE")
    assert last["code"] == 400 and last["message"] == last["error"] and last["endTime"] >= last["startTime"]
    standing = get(f"/api/forms/ocr/zip/async/{began['statusId']}").json()
    assert (standing["status"], standing["code"], standing["message"]) == ("FAILURE", 400, last["message"])
    assert not store.requests


def test_zips_that_are_not_taken_are_warned_of(post, book64):
    with peer(status(410)) as store, peer(status(200)) as hook:
        url = store.url("/put?sig=secret")
        began = post("/ocr/zip?async=true", {"base64": book64, "webhook": hook.url(), "outputURL": url}).json()
        until(lambda: len(hook.requests) == 3)
    warning = next(message["warning"] for message in told(hook) if "warning" in message)
    assert warning["outputURL"] == store.url("/put") and "410" in warning["message"] and warning["code"] == 400
    assert sorted(message["status"] for message in told(hook)) == ["RUNNING", "SUCCESS", "SUCCESS"]
    assert {message["id"] for message in told(hook)} == {began["id"]}


@pytest.mark.parametrize(
    ("query", "body", "said"),
    [
        ("?async=true", {"base64": "AAAA"}, "Request body is missing required field(s): outputURL"),
        ("?async=maybe", {"base64": "AAAA"}, "async must be true or false."),
        ("", {}, "Requests must include an uploaded file"),
        ("", {"base64": "AAAA", "outputURL": "http://10.0.0.1/"}, "10.0.0.1"),
        ("", {"base64": "AAAA", "outputURL": "https://a.example", "outputURLHeaders": {"Host": "b"}}, "Host"),
        ("", {"base64": "AAAA", "outputURL": "https://a.example", "outputURLHeaders": {"a": 1}}, "outputURLHeaders"),
        ("", {"base64": "AAAA", "outputURLHeaders": {f"a{n}": "1" for n in range(33)}}, "32"),
    ],
)
def test_what_is_wrong_is_said(post, query, body, said):
    answer = post(f"/ocr/zip{query}", body)
    assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE"), answer.text
    assert said in answer.json()["message"]


def test_forms_are_not_taken(post, book):
    assert post("/ocr/zip", files={"file": ("a.pdf", book)}).status_code == 400


def test_statuses_that_are_unknown(get):
    for id in ("nosuch", "5f1c0d2e-9b7a-4f63-a1d8-c4e7b2096f3a"):
        answer = get(f"/api/forms/ocr/zip/async/{id}")
        assert (answer.status_code, answer.json()["status"]) == (404, "FAILURE")


def test_the_original_as_it_came(post, letter):
    data = base64.b64encode(letter).decode()
    members = opened(post("/ocr/zip", {"base64": data, "fileId": "scan"}).content)
    assert hashlib.sha256(members["scan.png"]).digest() == hashlib.sha256(letter).digest()
