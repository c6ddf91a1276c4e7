"""`/api/forms/ocr`: every input, both versions of the answer, and what is refused how."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from pdf_maker import make_pdf, words
from peers import peer, status

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# what the vendor's documentation shows as a request and its answer, but for where the file is
PAYLOAD = """{
  "inputUrl": "string",
  "fileId": "file1.pdf",
  "forceBase64": false,
  "metadata": { },
  "webhook": "string",
  "webhookSendFull": true,
  "version": 1
}"""
ANSWER = """{ "status": "SUCCESS", "documentId": "string", "modelType": "string", "id": "string",
  "requestDateTime": "string", "startTime": 0, "endTime": 0, "pages": 0,
  "ocrResults": { "version": "string", "modelVersion": "string",
    "readResults": [ { "pageNumber": 0, "angle": 0, "width": 0, "height": 0, "unit": "string",
        "lines": [ { "content": "string", "polygon": [ 0 ], "spans": [ { "offset": 0, "length": 0 } ] } ],
        "words": [ { "content": "string", "polygon": [ 0 ], "confidence": 0, "span": { "offset": 0, "length": 0 } } ],
        "spans": [ { "offset": 0, "length": 0 } ], "kind": "string" } ],
    "readStyles": [ { "confidence": 0, "spans": [ { "offset": 0, "length": 0 } ], "isHandwritten": false } ],
    "rawText": "string" },
  "resultUrl": "string", "metadata": { }, "ocrVersion": "2" }"""


def alike(made: Any, sample: Any, where: str = "") -> None:
    """Everything the sample has, of the same types, and nothing else."""
    if isinstance(sample, dict):
        assert not sample or made.keys() == sample.keys(), where
        for name, value in sample.items():
            alike(made[name], value, f"{where}.{name}")
    elif isinstance(sample, list):
        assert isinstance(made, list), where
        for each in made:
            alike(each, sample[0], where + "[]")
    elif isinstance(sample, int) and not isinstance(sample, bool):
        assert isinstance(made, (int, float)) and not isinstance(made, bool), where
    else:
        assert isinstance(made, type(sample)), where


def spans_hold(results: dict[str, Any]) -> None:
    text = results["rawText"]
    for page in results["readResults"]:
        (span,) = page["spans"]
        whole = text[span["offset"] : span["offset"] + span["length"]]
        assert whole == "\n".join(line["content"] for line in page["lines"])
        for content, span in [(x["content"], x["spans"][0]) for x in page["lines"]] + [
            (x["content"], x["span"]) for x in page["words"]
        ]:
            assert text[span["offset"] : span["offset"] + span["length"]] == content != ""


def test_the_answer_of_version_2(post, book64):
    body = {"base64": book64, "fileId": "file1.pdf", "metadata": {"order": [4711]}, "version": 2}
    answer = post("/ocr", body)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    made = answer.json()
    alike(made, json.loads(ANSWER))
    assert (made["status"], made["documentId"], made["modelType"], made["pages"]) == ("SUCCESS", "file1.pdf", "OCR", 3)
    assert UUID.fullmatch(made["id"]) and re.fullmatch(r"20..-..-..T..:..:..\....Z", made["requestDateTime"])
    assert 1.6e12 < made["startTime"] <= made["endTime"] and made["metadata"] == {"order": [4711]}
    results = made["ocrResults"]
    assert (results["version"], made["ocrVersion"]) == ("2", "2")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", results["modelVersion"])
    assert results["rawText"] == "INVOICE 42\n=cmd 4.50\n" and results["readStyles"] == []
    spans_hold(results)
    pages = results["readResults"]
    assert [page["pageNumber"] for page in pages] == [1, 2, 3]
    assert [page["kind"] for page in pages] == ["document"] * 3 and {page["unit"] for page in pages} == {"inch"}
    assert (pages[2]["lines"], pages[2]["words"]) == ([], [])
    assert pages[2]["spans"] == [{"offset": 21, "length": 0}]
    assert [word["content"] for word in pages[0]["words"]] == ["INVOICE", "42"]


def test_the_result_stays(post, get, server, book64):
    made = post("/ocr", {"base64": book64}).json()
    assert made["resultUrl"] == f"{server.url}/api/forms/ocr/results/{made['id']}"
    assert UUID.fullmatch(made["documentId"]) and made["documentId"] != made["id"]
    path = made["resultUrl"].removeprefix(server.url)
    assert get(path).json() == made == get(path + "/").json()
    assert server.client.get(path).status_code == 403


def test_the_answer_of_version_1(post, book64):
    made = post("/ocr", {"base64": book64}, {"version": "1"}).json()
    assert made["ocrVersion"] == made["ocrResults"]["version"] == "1" and made["modelType"] == "OCR"
    assert made["ocrResults"].keys() == {"version", "modelVersion", "readResults", "rawText"}
    first = made["ocrResults"]["readResults"][0]
    assert first.keys() == {"page", "angle", "width", "height", "unit", "lines"}
    (line,) = first["lines"]
    assert line.keys() == {"boundingBox", "text", "appearance", "words"} and len(line["boundingBox"]) == 8
    assert line["text"] == "INVOICE 42" and line["appearance"]["style"]["name"] == "other"
    assert [word.keys() for word in line["words"]] == [{"boundingBox", "text", "confidence"}] * 2


def test_the_body_says_the_version_before_the_header(post, book64):
    assert post("/ocr", {"base64": book64, "version": 2}, {"version": "1"}).json()["ocrVersion"] == "2"
    assert post("/ocr", {"base64": book64, "version": 1}, {"version": "2"}).json()["ocrVersion"] == "1"


def test_the_payload_of_the_documentation(post, shelf):
    with peer(status(200)) as receiver:
        body = json.loads(PAYLOAD)
        body["inputUrl"], body["webhook"] = shelf.url("/a.pdf?sig=%20x"), receiver.url()
        made = post("/ocr", body).json()
    assert (made["documentId"], made["ocrVersion"], made["ocrResults"]["rawText"][:7]) == ("file1.pdf", "1", "INVOICE")


@pytest.mark.parametrize("name", ["inputUrl", "inputURL"])
def test_files_are_fetched(post, shelf, name):
    assert post("/ocr", {name: shelf.url("/a.pdf"), "forceBase64": True}).json()["pages"] == 3


def test_a_picture_is_in_pixels(post, letter):
    made = post("/ocr", files={"file": ("a.png", letter)}, data={"fileId": "scan"}).json()
    page = made["ocrResults"]["readResults"][0]
    assert page["unit"] == "pixel" and made["documentId"] == "scan"
    assert all(isinstance(value, int) for word in page["words"] for value in word["polygon"])
    assert "Lindqvist" in made["ocrResults"]["rawText"] and page["kind"] == "document"
    spans_hold(made["ocrResults"])


def test_forms_may_have_fields(post, book):
    fields = {"version": "1", "webhookSendFull": "false", "forceBase64": "true", "metadata": '{"a": 1}', "x": "y"}
    made = post("/ocr", files={"file": ("a.pdf", book)}, data=fields).json()
    assert (made["ocrVersion"], made["metadata"]) == ("1", {"a": 1})


def test_halves_of_characters_are_refused(post, book64):
    def escaped(**more: Any) -> Any:
        text = json.dumps({"base64": book64} | more)
        return post("/ocr", content=text, headers={"Content-Type": "application/json"})

    assert escaped(fileId="a\ud800").status_code == 400
    assert escaped(metadata={"a": "\ud800"}).status_code == 400


def test_several_files_are_one_document(post, book64, letter_uri):
    made = post("/ocr", {"base64": [book64, letter_uri, book64]}).json()
    pages = made["ocrResults"]["readResults"]
    assert [page["pageNumber"] for page in pages] == [1, 2, 3, 4, 5, 6, 7]
    assert [page["unit"] for page in pages] == [*["inch"] * 3, "pixel", *["inch"] * 3]
    spans_hold(made["ocrResults"])


def test_spans_count_what_is_asked_for(post, server):
    data = base64.b64encode(make_pdf(words("a"))).decode()
    for index in ("utf16CodeUnit", "textElements", "unicodeCodePoint"):
        assert post(f"/ocr?stringIndexType={index}", {"base64": data}).status_code == 200
        assert post("/ocr", {"base64": data, "stringIndexType": index}).status_code == 200
    assert post("/ocr?stringIndexType=bytes", {"base64": data}).status_code == 400


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Requests must include an uploaded file"),
        ({"fileId": "x"}, "Requests must include an uploaded file"),
        ({"base64": ""}, "Requests must include an uploaded file"),
        ({"base64": []}, "Requests must include an uploaded file"),
        ({"base64": "AAAA", "inputUrl": "https://a.example/a"}, "Requests must include an uploaded file"),
        ({"inputUrl": "https://a.example/a", "inputURL": "https://a.example/b"}, "Requests must include"),
        ({"base64": "not base64!"}, "base64"),
        ({"base64": "AP8B/gD/Af4A/wH+"}, "cannot be read"),
        ({"base64": 7}, "base64"),
        ({"base64": "AAAA", "version": 3}, "version"),
        ({"base64": "AAAA", "metadata": "x"}, "metadata"),
        ({"inputUrl": "file:///etc/passwd"}, ""),
        ({"inputUrl": "http://169.254.169.254/latest"}, "169.254.169.254"),
        ({"base64": "AAAA", "webhook": "http://10.0.0.1/"}, "10.0.0.1"),
        ([], ""),
    ],
)
def test_what_is_wrong_is_said(post, body, said):
    answer = post("/ocr", body)
    assert answer.status_code == 400, answer.text
    assert answer.json().keys() == {"status", "message"} and answer.json()["status"] == "FAILURE"
    assert said in answer.json()["message"] and answer.json()["message"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"version": "3"}, 400),
        ({"version": "x"}, 400),
        ({"apiVersion": "soon"}, 400),
        ({"apiVersion": "2025-02-31"}, 400),
        ({"subOrgId": "a b"}, 400),
        ({"apiVersion": "2025-05-22", "subOrgId": "a_B-1", "version": "2"}, 200),
        ({"orgId": ""}, 403),
        ({"authKey": ""}, 403),
        ({"orgId": "a/b"}, 403),
        ({"authKey": "a b"}, 403),
    ],
)
def test_headers(post, book64, headers, status):
    answer = post("/ocr", {"base64": book64}, headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json() == {"status": "AUTH_FAILURE", "message": "Invalid authentication"}


def test_bodies_that_are_none(post):
    assert post("/ocr").status_code == 400
    assert post("/ocr", content=b"{", headers={"Content-Type": "application/json"}).json()["status"] == "FAILURE"
    assert post("/ocr", data={"a": "b"}).status_code == 400
    assert post("/ocr", files={"other": ("a.pdf", b"x")}).json()["message"].startswith("Requests must include")


def test_files_that_cannot_be_fetched_or_read(post, get):
    with peer(status(404)) as nobody:
        answer = post("/ocr", {"inputUrl": nobody.url("/a.pdf")})
    assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE")
    broken = base64.b64encode(b"%PDF-1.7 and nothing else").decode()
    answer = post("/ocr", {"base64": broken})
    assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE"), answer.text


def test_nothing_here(post, get, server):
    for answer in (
        post("/nosuch", {}),
        get("/api/forms/ocr/results/5f1c0d2e-9b7a-4f63-a1d8-c4e7b2096f3a"),
        get("/api/forms/ocr/results/x"),
        post("/custom/abc", {}),
    ):
        assert (answer.status_code, answer.json()["status"]) == (404, "FAILURE"), answer.text
    assert post("/custom/abc", {}).json()["message"] == "Model id 'abc' is not valid."
    assert get("/api/forms/ocr").status_code == 405


def test_jobs_of_others_are_none_of_this_interface(get, server, book):
    job = server.client.post("/v1/jobs", files={"file": ("a.pdf", book)}).json()
    assert get(f"/api/forms/ocr/results/{job['id']}").status_code == 404
    assert get(f"/api/forms/ocr/async/{job['id']}").status_code == 404
