"""fal's Python client without a change, by what `legenda env fal` prints; names that were configured; links."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import fal_client
import fal_client.client
import httpx2
import pytest
from serving import Serving, serving

ALIASES = {"acme/ocr": "fal-ai/got-ocr/v2", "acme/deep/er": "fal-ai/got-ocr/v2", "v1/ocr": "fal-ai/got-ocr/v2"}
PROGRAM = """
import json, sys
import fal_client
image, app = sys.stdin.read(), "fal-ai/got-ocr/v2"
given = {"input_image_urls": [image]}
url = fal_client.upload(b"x" * 100, "text/plain", "x.txt")
handle = fal_client.submit(app, given)
with fal_client.realtime(app) as connection:
    connection.send(given)
    spoken = connection.recv()
stream = [event for event in fal_client.stream(app, given)][-1]
print(json.dumps([fal_client.run(app, given), fal_client.subscribe(app, given), handle.get(), stream, spoken]))
print(url, handle.status_url)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    arguments = ("--tls", "auto", "--tls-port", "0", "--connect-proxy", str(free_port()))
    settings = {"apps": json.dumps(ALIASES), "workers": "1", "queue_pages": "20"}
    with serving(tmp_path_factory.mktemp("ways"), *arguments, **settings) as server:
        yield server
        assert not server.other_lines
        assert [line for line in server.log if line["level"] == "error"] == []


def test_everything_by_the_proxy(open_server: Serving, letter_uri: str) -> None:
    printed = subprocess.check_output(
        [sys.executable, "-m", "legenda", "env", "fal", "--data-dir", str(open_server.data_dir)], text=True
    )
    exported = dict(word.split("=", 1) for word in shlex.split(printed) if "=" in word)
    left = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=left | exported, input=letter_uri, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    outputs, links = run.stdout.splitlines()
    assert json.loads(outputs) == [{"outputs": ["Dear Ms Lindqvist\nthe lamps left our workshop"]}] * 5
    file, status = links.split()
    assert file.startswith("https://v3.fal.media/files/")
    assert re.fullmatch(r"https://queue\.fal\.run/fal-ai/got-ocr/requests/[0-9a-f-]{36}/status", status)


def test_more_names(open_server: Serving, letter_uri: str) -> None:
    url, body = open_server.url, {"input_image_urls": [letter_uri]}
    for path in ("/run/acme/ocr", "/acme/ocr", "/run/acme/deep/er", "/run/123-name", "/run/workflows/a/b"):
        answer = httpx2.post(url + path, json=body)
        assert answer.status_code == (200 if "acme" in path else 404), path
    submitted = httpx2.post(f"{url}/queue/acme/deep/er", json=body).json()
    assert submitted["status_url"].startswith(f"{url}/queue/acme/deep/requests/")
    assert httpx2.get(submitted["status_url"]).status_code in (200, 202)
    assert "acme/ocr" in httpx2.get(f"{url}/models/acme/ocr/llms.txt").text
    assert httpx2.get(f"{url}/v1/ocr").status_code == 405  # our own paths stay ours


def test_links_lead_back_the_way_the_caller_came(open_server: Serving, letter_uri: str) -> None:
    client, body = open_server.client, {"input_image_urls": [letter_uri]}
    target = {"x-fal-target-url": "https://queue.fal.run/fal-ai/got-ocr/v2"}
    ways = {
        f"{open_server.url}/queue": client.post("/queue/fal-ai/got-ocr/v2", json=body),
        "https://queue.fal.run": client.post("/api/fal/proxy", json=body, headers=target),
    }
    for base, answer in ways.items():
        assert answer.json()["response_url"].startswith(f"{base}/fal-ai/got-ocr/requests/")
    bare = client.post("/fal-ai/got-ocr/v2?fal_webhook=", json=body)
    assert bare.json()["status"] == "IN_QUEUE"
    assert client.get(f"/fal-ai/got-ocr/requests/{bare.json()['request_id']}/status").status_code in (200, 202)
    begun = client.post(
        "/api/fal/proxy",
        json={"file_name": "a.png", "content_type": "image/png"},
        headers={"x-fal-target-url": "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3"},
    ).json()
    assert begun["upload_url"].startswith(f"{open_server.url}/files/")
    assert client.post("/api/fal/proxy", json=body, headers={"x-fal-target-url": "https://e.org/"}).status_code == 400


def test_a_full_queue_is_asked_again(
    open_server: Serving, pages: Callable[[int], bytes], letter_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{open_server.url}/queue/fal-ai/got-ocr/v2"
    book = fal_client.encode(pages(40), "image/tiff")
    busy = httpx2.post(url, json={"input_image_urls": [book]}).json()
    until = time.monotonic() + 60
    while (answer := httpx2.post(url, json={"input_image_urls": [letter_uri]})).status_code == 200:
        assert time.monotonic() < until
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0 and answer.json()["detail"]
    monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{open_server.url}/queue/")
    client = fal_client.SyncClient(key="any")
    handle = client.submit("fal-ai/got-ocr/v2", {"input_image_urls": [letter_uri]})
    assert "lamps" in handle.get()["outputs"][0]
    client._client.close()
    httpx2.put(busy["cancel_url"])


def test_pages_in_browsers(open_server: Serving) -> None:
    page = {"Origin": "https://app.example"}
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-fal-runner-hint",
    }
    preflight = open_server.client.options("/run/fal-ai/got-ocr/v2", headers=page | asked)
    assert preflight.status_code == 204
    assert "x-fal-runner-hint" in preflight.headers["access-control-allow-headers"]
    answer = open_server.client.post("/rest/tokens", json={}, headers=page | {"Authorization": "Key k"})
    for name in ("x-fal-request-id", "x-fal-error-type", "x-fal-needs-retry", "x-fal-billable-units", "etag"):
        assert name in answer.headers["access-control-expose-headers"]
