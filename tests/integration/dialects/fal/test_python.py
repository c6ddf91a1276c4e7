"""fal-client 1.0.3, which is the newest, unmodified."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fal_client
import httpx2
import pytest
from fal_client import Completed, FalClientHTTPError, InProgress, Queued, SyncClient
from fal_client.client import RealtimeError
from httpx_sse import SSEError
from PIL import Image
from serving import Serving

APP = "fal-ai/got-ocr/v2"
TEXT = "Dear Ms Lindqvist\nthe lamps left our workshop"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def given(*urls: str, **more: Any) -> dict[str, Any]:
    return {"input_image_urls": list(urls)} | more


def ended(handle: Any, seconds: float = 60.0) -> Completed:
    until = time.monotonic() + seconds
    while not isinstance(status := handle.status(with_logs=True), Completed):
        assert time.monotonic() < until
        time.sleep(0.05)
    return status


def test_run(client: SyncClient, letter_uri: str) -> None:
    assert client.run(APP, given(letter_uri, letter_uri), start_timeout=30, hint="h1") == {"outputs": [TEXT, TEXT]}
    assert client.run(APP, {}) == {"outputs": []}
    assert client.run(APP, given(letter_uri, letter_uri, multi_page=True)) == {"outputs": [f"{TEXT}\n\n{TEXT}"]}
    formatted = client.run(APP, given(letter_uri, letter_uri, multi_page=True, do_format=True))["outputs"]
    assert len(formatted) == 1 and formatted[0].count("\n\n---\n\n") == 1


def test_unknown_members_and_pages_of_documents(client: SyncClient, pages: Callable[[int], bytes]) -> None:
    url = fal_client.encode(pages(3), "image/tiff")
    outputs = client.run(APP, given(url, seed=4, language="en"))["outputs"]
    assert [output.split("\n")[0] for output in outputs] == [f"page {n} of 3" for n in (1, 2, 3)]


def test_subscribe_with_logs(client: SyncClient, pages: Callable[[int], bytes]) -> None:
    seen: list[Any] = []
    ids: list[str] = []
    url = fal_client.encode(pages(4), "image/tiff")
    result = client.subscribe(
        APP, given(url), with_logs=True, on_queue_update=seen.append, on_enqueue=ids.append, priority="low"
    )
    assert len(result["outputs"]) == 4 and UUID.fullmatch(ids[0])
    assert isinstance(seen[0], Queued | InProgress) and isinstance(seen[-1], Completed)
    lines = [log["message"] for log in seen[-1].logs]
    assert [line for line in lines if line.startswith("page ")] == [f"page {n}/4" for n in (1, 2, 3, 4)]
    assert {log["level"] for log in seen[-1].logs} == {"INFO"} and {log["source"] for log in seen[-1].logs} == {"USER"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", seen[-1].logs[0]["timestamp"])
    assert seen[-1].metrics["inference_time"] > 0 and seen[-1].error is None


def test_submit_status_result(client: SyncClient, letter_uri: str, server: Serving) -> None:
    handle = client.submit(APP, given(letter_uri), hint="abc", priority="low", start_timeout=20)
    here = f"{server.url}/queue/fal-ai/got-ocr/requests/{handle.request_id}"
    assert UUID.fullmatch(handle.request_id)
    assert (handle.response_url, handle.status_url, handle.cancel_url) == (here, f"{here}/status", f"{here}/cancel")
    assert [status for status in handle.iter_events(with_logs=True)][-1].logs is not None
    assert handle.get() == handle.get() == {"outputs": [TEXT]}
    assert client.result(APP, handle.request_id) == {"outputs": [TEXT]}
    assert client.status(APP, handle.request_id).logs is None
    assert client.get_handle(APP, handle.request_id).get() == {"outputs": [TEXT]}


@pytest.fixture
def raw() -> Iterator[httpx2.Client]:
    with httpx2.Client(headers={"Authorization": "Key k"}) as client:
        yield client


def test_what_the_queue_answers(raw: httpx2.Client, client: SyncClient, pages: Callable[[int], bytes]) -> None:
    handle = client.submit(APP, given(fal_client.encode(pages(6), "image/tiff")))
    status = raw.get(handle.status_url)
    assert status.status_code == 202 and status.headers["x-fal-request-id"] == handle.request_id
    body = status.json()
    assert body["status"] in ("IN_QUEUE", "IN_PROGRESS") and body["gateway_request_id"] == handle.request_id
    assert ("queue_position" in body) if body["status"] == "IN_QUEUE" else (body["logs"] is None)
    early = raw.get(handle.response_url)
    assert (early.status_code, early.json()) == (400, {"detail": "Request is still in progress"})
    ended(handle)
    status = raw.get(handle.status_url, params={"logs": "1"})
    assert status.status_code == 200 and status.json()["status"] == "COMPLETED" and status.json()["logs"]
    result = raw.get(handle.response_url)
    assert result.headers["x-fal-billable-units"] == "6" and result.headers["x-fal-request-id"] == handle.request_id
    cancelled = raw.put(handle.cancel_url)
    assert (cancelled.status_code, cancelled.json()) == (400, {"status": "ALREADY_COMPLETED"})
    unknown = raw.put(handle.cancel_url.replace(handle.request_id, "4a0f7a6c-4a51-4b3e-9a40-000000000000"))
    assert (unknown.status_code, unknown.json()) == (404, {"status": "NOT_FOUND"})


def test_cancel(client: SyncClient, pages: Callable[[int], bytes]) -> None:
    first = client.submit(APP, given(fal_client.encode(pages(20), "image/tiff")))
    second = client.submit(APP, given(fal_client.encode(pages(20), "image/tiff")), priority="low")
    assert isinstance(second.status(), Queued)
    for handle in (second, first):
        handle.cancel()
        status = ended(handle)
        assert (status.error, status.error_type) == ("Request was cancelled", "client_cancelled")
        with pytest.raises(FalClientHTTPError) as refused:
            handle.get()
        assert (refused.value.status_code, refused.value.error_type) == (499, "client_cancelled")
        with pytest.raises(FalClientHTTPError, match="ALREADY_COMPLETED"):
            handle.cancel()


@contextmanager
def busy(client: SyncClient, pages: Callable[[int], bytes]) -> Iterator[None]:
    """Something else is being read."""
    handle = client.submit(APP, given(fal_client.encode(pages(120), "image/tiff")))
    until = time.monotonic() + 60
    while not any("page" in line["message"] for line in getattr(handle.status(with_logs=True), "logs", None) or ()):
        assert time.monotonic() < until
    yield
    handle.cancel()


def test_whoever_is_not_begun_in_time_is_told(
    client: SyncClient, pages: Callable[[int], bytes], letter_uri: str
) -> None:
    with busy(client, pages):
        handle = client.submit(APP, given(letter_uri), priority="low", start_timeout=1.01)
        with pytest.raises(fal_client.FalClientTimeoutError):
            client.subscribe(APP, given(letter_uri), priority="low", client_timeout=1.01)
        assert ended(handle).error_type == "request_timeout"
        with pytest.raises(FalClientHTTPError) as refused:
            handle.get()
        assert (refused.value.status_code, refused.value.error_type) == (504, "request_timeout")
        assert refused.value.response_headers["x-fal-request-timeout-type"] == "user"


def test_a_queue_that_is_too_long(
    client: SyncClient, server: Serving, pages: Callable[[int], bytes], letter_uri: str
) -> None:
    with busy(client, pages):
        waiting = client.submit(APP, given(letter_uri), priority="low")
        answers = [
            httpx2.post(f"{server.url}/queue/{APP}?fal_max_queue_length={most}", json=given(letter_uri))
            for most in (1, 100)
        ]
        assert [answer.status_code for answer in answers] == [429, 200]
        assert int(answers[0].headers["retry-after"]) > 0
        waiting.cancel()


def test_stream(client: SyncClient, pages: Callable[[int], bytes]) -> None:
    events = list(client.stream(APP, given(fal_client.encode(pages(3), "image/tiff"))))
    *partial, last = events
    assert [(event["page"], event["pages"], event["partial"]) for event in partial] == [(n, 3, True) for n in (1, 2, 3)]
    assert last == {"outputs": [event["outputs"][0] for event in partial]}
    assert list(client.stream(APP, {})) == [{"outputs": []}]
    with pytest.raises(SSEError, match="application/json"):  # that is how the client says that it was refused
        list(client.stream(APP, given("data:application/octet-stream;base64,AAECAwQFBgcICQ==")))


def test_encoded_files(client: SyncClient, letter: bytes, tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_bytes(letter)
    picture = Image.open(tmp_path / "letter.png")
    for url in (fal_client.encode_file(tmp_path / "letter.png"), fal_client.encode_image(picture, "png")):
        assert client.run(APP, given(url)) == {"outputs": [TEXT]}


def test_realtime(client: SyncClient, letter_uri: str) -> None:
    with client.realtime(APP) as connection:
        for _ in range(2):
            connection.send(given(letter_uri))
            assert connection.recv() == {"outputs": [TEXT]}
        connection.send({"input_image_urls": 1})
        with pytest.raises(RealtimeError, match="INVALID_REQUEST"):
            connection.recv()
        connection.send(given("data:application/octet-stream;base64,AAECAwQFBgcICQ=="))
        with pytest.raises(RealtimeError, match="UNSUPPORTED"):
            connection.recv()


def test_what_nobody_waits_for_is_called_off(
    client: SyncClient, server: Serving, pages: Callable[[int], bytes]
) -> None:
    url = fal_client.encode(pages(60), "image/tiff")
    with client.realtime(APP) as connection:
        connection.send(given(url))
        spoken = newest(server)
    stream = client.stream(APP, given(fal_client.encode(pages(120), "image/tiff")))
    assert next(stream)["page"] == 1  # type: ignore[call-overload]
    streamed = newest(server)
    assert streamed != spoken
    stream.close()  # type: ignore[attr-defined]
    assert [server.settled(job)["state"] for job in (spoken, streamed)] == ["cancelled", "cancelled"]


def newest(server: Serving) -> str:
    """The job that was just made and is being read."""
    until = time.monotonic() + 30
    while (job := server.client.get("/v1/jobs", params={"limit": 1}).json()["jobs"][0])["finished"]:
        assert time.monotonic() < until
    return str(job["id"])


def test_the_same_without_waiting(redirected: None, letter_uri: str, letter: bytes) -> None:
    client = fal_client.AsyncClient(key="id:secret")

    async def everything() -> list[Any]:
        handle = await client.submit(APP, given(letter_uri))
        url = await client.upload(letter, "image/png", "letter.png")
        async with client.realtime(APP) as connection:
            await connection.send(given(letter_uri))
            spoken = await connection.recv()
        found = [
            await client.run(APP, given(url)),
            await client.subscribe(APP, given(letter_uri)),
            await handle.get(),
            spoken,
            [event async for event in client.stream(APP, given(letter_uri))][-1],
        ]
        await (await client._client).aclose()
        return found

    assert asyncio.run(everything()) == [{"outputs": [TEXT]}] * 5
