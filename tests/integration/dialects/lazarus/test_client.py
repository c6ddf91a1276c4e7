"""The vendor's own client, as it is, led here by its environment; keys; what it calls besides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peers import peer, status
from serving import Serving, serving

READER = Path(__file__).with_name("reader.py")


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that wants keys, and the key it wants."""
    folder = tmp_path_factory.mktemp("lazarus")
    command = [sys.executable, "-m", "legenda", "keys", "create", "ann", "--scope", "read,write", "--json"]
    environment = os.environ | {"LEGENDA_DATA_DIR": str(folder)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    with serving(folder, workers="1", allow_hosts="127.0.0.1", lazarus_version="1") as server:
        server.key = json.loads(made.stdout)["secret"]
        yield server
        assert not server.other_lines


def run(base: str, key: str, kind: str, value: str, model: str = "") -> dict[str, Any]:
    command = [sys.executable, str(READER), "org1", key, model, kind, value]
    environment = os.environ | {"BASE_URL": base}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", ["FILE_PATH", "URL", "BASE64"])
def test_inputs_of_three_kinds(keyed, shelf, book, book64, tmp_path, kind, slash):
    file = tmp_path / "letter.pdf"
    file.write_bytes(book)
    value = {"FILE_PATH": str(file), "URL": shelf.url("/a.pdf"), "BASE64": book64}[kind]
    answer = run(keyed.url + slash, keyed.key, kind, value)["answer"]
    assert answer["rawText"] == "INVOICE 42\n=cmd 4.50\n" and answer["status"] == "SUCCESS"
    assert (answer["documentId"], answer["modelType"], answer["pages"]) == ("fid", "Forms", 3)
    assert answer["keyValuePairs"] == answer["tablesExtracted"] == answer["entitiesExtracted"] == []
    assert answer["isUrgent"] is False and "ocrResults" not in answer and answer["startTime"] <= answer["endTime"]
    # of a form the client sends the keys of the metadata alone
    assert answer["metadata"] == ({} if kind == "FILE_PATH" else {"a": "b"})


def test_models_are_tiers(keyed, book64):
    assert run(keyed.url, keyed.key, "BASE64", book64, "fast")["answer"]["pages"] == 3
    error = run(keyed.url, keyed.key, "BASE64", book64, "abc")
    assert (error["error"], error["code"], error["message"]) == ("APIError", 404, "Model id 'abc' is not valid.")


def test_errors(keyed):
    error = run(keyed.url, keyed.key, "BASE64", "AP8B/gD/Af4A/wH+")
    assert (error["error"], error["status"], error["code"]) == ("APIError", "FAILURE", 400)
    assert run(keyed.url, "wrong", "BASE64", "AP8B/gD/Af4A/wH+")["error"] == "InvalidAuthError"


def test_keys(keyed, book64):
    path, body = "/api/forms/ocr", {"base64": book64}
    ok = {"orgId": "org1", "authKey": keyed.key}
    assert keyed.client.post(path, json=body, headers=ok).json()["ocrVersion"] == "1"  # so configured
    assert keyed.client.post(path, json=body, headers=ok | {"authKey": f"id:{keyed.key}"}).status_code == 200
    wrong = [{}, {"orgId": "org1"}, {"authKey": keyed.key}, ok | {"authKey": "lgd_nosuch"}]
    for headers in [*wrong, {"orgId": "org1", "Authorization": f"Bearer {keyed.key}"}]:
        answer = keyed.client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()) == (
            403,
            {"status": "AUTH_FAILURE", "message": "Invalid authentication"},
        )


def test_the_empty_request_by_which_the_client_tries_its_key(keyed):
    headers = {"orgId": "org1", "authKey": keyed.key}
    assert keyed.client.post("/api/forms/generic", headers=headers).status_code == 400
    assert keyed.client.post("/api/forms/generic", headers=headers | {"authKey": "wrong"}).status_code == 403


def test_forms_with_what_was_read(post, book64):
    made = post("/generic", {"base64": book64, "returnOCR": True, "returnConfidence": True}).json()
    assert made["ocrResults"]["rawText"] == made["rawText"] and made["ocrResults"]["readResults"][0]["words"]
    assert post("/ocr", {"base64": book64}).json()["modelType"] == "OCR"


def test_metrics_are_thrown_away(server):
    headers = {"orgId": "org1", "authKey": "key1"}
    for path in ("forms-python", "forms-python/abc"):
        body = {"endpoint": "forms", "response": {"rawText": "secret"}}
        answer = server.client.post(f"/api/library-metrics/{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {})
    assert server.client.post("/api/library-metrics/forms-python", json={}).status_code == 403


def test_what_developers_ask(server):
    headers = {"orgId": "org1", "authKey": "key1"}
    answer = server.client.get("/api/developer/api-version", headers=headers)
    assert answer.json() == {"apiVersion": "2025-02-27", "status": "SUCCESS"}
    with peer(status(204)) as hook:
        answer = server.client.post("/api/developer/webhook", json={"webhook": hook.url("/h")}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS")
    (request,) = hook.requests
    assert json.loads(request.body)["organization"] == "org1" and request.headers["webhook-signature"]
    with peer(status(500)) as hook:
        answer = server.client.post("/api/developer/webhook", json={"webhook": hook.url()}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE")
    for url in ("http://10.0.0.1/", "nonsense", ""):
        answer = server.client.post("/api/developer/webhook", json={"webhook": url}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE")


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ({}, ""),
        ({"Host": "api.lazarusai.com"}, "http://api.lazarusai.com"),
        ({"Host": "ocr.example:81"}, "http://ocr.example:81"),
    ],
)
def test_links_begin_as_the_caller_came(keyed, book64, host, base):
    headers = {"orgId": "org1", "authKey": keyed.key} | host
    made = keyed.client.post("/api/forms/ocr", json={"base64": book64}, headers=headers).json()
    assert made["resultUrl"] == f"{base or keyed.url}/api/forms/ocr/results/{made['id']}"
