"""What callers are told when something is wrong, in fal's words."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import fal_client
import httpx2
import pytest
from fal_client import FalClientHTTPError, SyncClient
from peers import Peer, ok, peer, status
from serving import Serving, serving

APP = "fal-ai/got-ocr/v2"
NOT_AN_IMAGE = "data:application/octet-stream;base64,AAECAwQFBgcICQ=="


def refused(client: SyncClient, *urls: str, app: str = APP, **given: Any) -> FalClientHTTPError:
    with pytest.raises(FalClientHTTPError) as error:
        client.run(app, {"input_image_urls": list(urls)} | given)
    assert error.value.response_headers["x-fal-request-id"]
    return error.value


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://10.0.0.1/x.png", "file_download_error"),
        ("ftp://example.org/x.png", "file_download_error"),
        ("nope", "file_download_error"),
        (NOT_AN_IMAGE, "unsupported_image_format"),
        ("data:image/png;base64,iVBORw0KGgoAAAAAAAA", "image_load_error"),
        ("data:image/png;base64,", "image_load_error"),
        ("data:image/png;base64,%%%", "value_error"),
    ],
)
def test_an_image_that_cannot_be_read(client: SyncClient, letter_uri: str, url: str, kind: str) -> None:
    error = refused(client, letter_uri, url)
    detail: Any = error.message
    assert error.status_code == 422 and len(detail) == 1
    assert detail[0]["loc"] == ["body", "input_image_urls", 1] and detail[0]["type"] == kind
    assert detail[0]["url"] == f"https://docs.fal.ai/errors#{kind}" and detail[0]["msg"]
    assert detail[0]["input"].startswith(url[:20])
    assert error.response_headers["x-fal-needs-retry"] == error.response_headers["x-fal-retryable"] == "false"


@pytest.fixture
def absent() -> Any:
    with peer(status(404)) as found:
        yield found


def test_what_is_fetched_and_not_there(client: SyncClient, absent: Peer, letter_uri: str) -> None:
    """In the queue, that is an error of the result: the status is COMPLETED."""
    handle = client.submit(APP, {"input_image_urls": [letter_uri, absent.url("/a.png")]})
    for found in handle.iter_events():
        last = found
    assert last.error_type == "file_download_error" and last.error  # type: ignore[attr-defined]
    with pytest.raises(FalClientHTTPError) as error:
        handle.get()
    detail: Any = error.value.message
    assert (error.value.status_code, detail[0]["loc"], detail[0]["type"]) == (
        422,
        ["body", "input_image_urls", 1],
        "file_download_error",
    )
    assert detail[0]["input"] == absent.url("/a.png")


def test_images_are_fetched(client: SyncClient, letter: bytes) -> None:
    with peer(ok(letter, "Content-Type: image/png")) as found:
        outputs = client.run(APP, {"input_image_urls": [found.url("/a.png"), found.url("/b.png")]})["outputs"]
    assert len(outputs) == 2 and all("lamps" in output for output in outputs)


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        (b'{"input_image_urls": 5}', ["body", "input_image_urls"], "list_type"),
        (b'{"input_image_urls": [5]}', ["body", "input_image_urls", 0], "string_type"),
        (b'{"do_format": "maybe"}', ["body", "do_format"], "bool_parsing"),
        (b'{"tier": "best"}', ["body", "tier"], "literal_error"),
        (b"[]", ["body"], "model_type"),
        (b"{", ["body", 0], "json_invalid"),
        (b"\xff", ["body", 0], "json_invalid"),
    ],
)
@pytest.mark.parametrize("role", ["run", "queue"])
def test_an_input_that_is_none(server: Serving, role: str, body: bytes, place: list[Any], kind: str) -> None:
    answer = httpx2.post(f"{server.url}/{role}/{APP}", content=body, headers={"Content-Type": "application/json"})
    detail = answer.json()["detail"][0]
    assert (answer.status_code, detail["loc"], detail["type"]) == (422, place, kind)
    assert answer.headers["x-fal-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "code", "detail"),
    [
        ("POST", "/run/fal-ai/other", 404, "Application 'fal-ai/other' not found"),
        ("POST", "/queue/fal-ai/other/v2", 404, "Application 'fal-ai/other' not found"),
        ("POST", "/fal-ai/other", 404, "Application 'fal-ai/other' not found"),
        ("POST", "/run/fal-ai/got-ocr/v3", 404, "Path /v3 not found"),
        ("POST", "/run/fal-ai/got-ocr/v2/other", 404, "Path /v2/other not found"),
        ("GET", "/queue/fal-ai/got-ocr/requests/nope/status", 404, "Request not found"),
        ("GET", "/queue/fal-ai/got-ocr/requests/nope", 404, "Request not found"),
        ("GET", "/queue/fal-ai/other/requests/nope", 404, "Application 'fal-ai/other' not found"),
        ("GET", "/run/fal-ai/got-ocr/v2", 405, "Method not allowed"),
        ("GET", "/rest/nothing", 404, "Path /rest/nothing not found"),
    ],
)
def test_what_is_not_there(server: Serving, method: str, path: str, code: int, detail: str) -> None:
    answer = server.client.request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["detail"]) == (code, detail)
    assert answer.headers["x-fal-request-id"]


def test_jobs_of_other_interfaces_are_none_of_ours(server: Serving, letter: bytes) -> None:
    job = server.client.post("/v1/jobs", content=letter, headers={"Content-Type": "image/png"}).json()["id"]
    path = f"/queue/fal-ai/got-ocr/requests/{uuid.UUID(job)}"
    assert server.client.get(path).status_code == 404
    assert server.client.put(f"{path}/cancel").json() == {"status": "NOT_FOUND"}


def test_keys(tmp_path_factory: pytest.TempPathFactory, letter_uri: str) -> None:
    folder = tmp_path_factory.mktemp("keys")
    with serving(folder, workers="1") as server:
        command = [sys.executable, "-m", "legenda", "keys", "create", "a", "--json"]
        environment = os.environ | {"LEGENDA_DATA_DIR": str(folder)}
        key, reader = (
            json.loads(subprocess.check_output([*command, *more], env=environment))["secret"]
            for more in ([], ["--scope", "read"])
        )
        until = time.monotonic() + 10
        while (answer := httpx2.post(f"{server.url}/run/{APP}", json={})).status_code != 401:
            assert time.monotonic() < until
        assert answer.json() == {"detail": "Authentication is required to access this application."}
        answer = httpx2.post(f"{server.url}/run/{APP}", json={}, headers={"Authorization": "Key id:wrong"})
        assert answer.status_code == 401
        assert answer.json() == {"detail": 'Cannot access application "fal-ai/got-ocr". Authentication failed.'}
        answer = httpx2.post(f"{server.url}/run/{APP}", json={}, headers={"Authorization": f"Key {reader}"})
        assert answer.status_code == 403
        headers = {"Authorization": f"Key {key}"}
        assert httpx2.post(f"{server.url}/run/{APP}", json={}, headers=headers).json() == {"outputs": []}
        token = httpx2.post(
            f"{server.url}/rest/tokens/", json={"allowed_apps": ["got-ocr"], "token_expiration": 120}, headers=headers
        ).json()
        other = httpx2.post(f"{server.url}/rest/tokens/", json={"allowed_apps": ["else"]}, headers=headers).json()
        told = httpx2.post(f"{server.url}/rest/storage/auth/token", json={}, headers=headers).json()
        path = f"{server.url}/run/{APP}/stream?fal_jwt_token="
        body = {"input_image_urls": [letter_uri]}
        assert "lamps" in httpx2.post(path + token, json=body).text
        for wrong in (other, token[:-2], told["token"], "a.b.c"):
            assert httpx2.post(path + wrong, json=body).status_code == 401
        assert server.client.get("/v1/jobs", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        bearer = {"Authorization": f"Bearer {told['token']}", "X-Fal-File-Name": "a.png"}
        assert httpx2.post(f"{server.url}/cdn/files/upload", content=b"x", headers=bearer).status_code == 200
        bearer["Authorization"] = f"Bearer {token}"
        assert httpx2.post(f"{server.url}/cdn/files/upload", content=b"x", headers=bearer).status_code == 401


def test_a_run_asked_again_is_one_job(server: Serving, pages: Any) -> None:
    """As a client does whose patience is over: it closes the connection, and asks the same once more."""
    body = json.dumps({"input_image_urls": [fal_client.encode(pages(80), "image/tiff")]})
    before = {job["id"] for job in server.client.get("/v1/jobs", params={"limit": 200}).json()["jobs"]}
    address = urlsplit(server.url)
    for _ in range(2):
        with socket.create_connection((address.hostname or "", address.port or 0)) as impatient:
            head = f"POST /run/{APP} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            impatient.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            time.sleep(0.3)
    answer = httpx2.post(
        f"{server.url}/run/{APP}", content=body, headers={"Content-Type": "application/json"}, timeout=60
    )
    assert len(answer.json()["outputs"]) == 80
    after = {job["id"] for job in server.client.get("/v1/jobs", params={"limit": 200}).json()["jobs"]}
    assert len(after - before) == 1
