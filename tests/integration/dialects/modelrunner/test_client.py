"""ModelRunner's own client, unmodified, against a server."""

from __future__ import annotations

import asyncio
import io
import re
import time
from pathlib import Path
from typing import Any

import modelrunner_ai
import pytest
from modelrunner_ai import Completed, InProgress, Queued, StorageSettings
from modelrunner_ai.client import ModelrunnerClientHTTPError
from pdf_maker import make_pdf, words
from PIL import Image
from written import written

APP = "stepfun-ai/got-ocr/v2"
NANO = re.compile(r"[A-Za-z0-9_-]{21}")


def picture(*lines: str) -> Any:
    return Image.fromarray(written(*lines))


def test_a_run_gives_the_result(client: Any, letter_uri: str) -> None:
    result = client.run(APP, {"input_image_urls": [letter_uri], "do_format": True}, metadata={"a": "b"})
    (text,) = result["output"]["outputs"]
    assert text.startswith("Dear Ms Lindqvist")
    assert NANO.fullmatch(result["id"]) and result["modelEndpoint"] == APP
    assert (result["status"], result["billingStatus"], result["error"]) == ("COMPLETED", "charged", None)
    assert result["metadata"] == {"a": "b"} and set(result["input"]) == {"input_image_urls", "do_format"}
    assert result["createdAt"].endswith("Z") and result["createdAt"] <= result["updatedAt"]
    assert result["inferenceTime"] >= 0 and result["delayTime"] >= 0


def test_subscribe_tells_how_it_stands(client: Any) -> None:
    seen: list[Any] = []
    pages = [picture(f"page {n} of many") for n in range(6)]
    result = client.subscribe(
        APP, {"input_image_urls": pages}, with_logs=True, on_queue_update=seen.append, on_enqueue=seen.append
    )
    assert [text.split()[1] for text in result["output"]["outputs"]] == list("012345")
    assert NANO.fullmatch(seen[0]) and isinstance(seen[-1], Completed)
    assert {type(status) for status in seen[1:]} <= {Queued, InProgress, Completed}
    assert [line["message"] for line in seen[-1].logs][-1] == "Done" and seen[-1].metrics["inference_time"] > 0


def test_one_string_of_all_pages(client: Any) -> None:
    book = make_pdf(words("one"), words("two"))
    url = client.upload(book, "application/pdf", "book.pdf")
    assert client.run(APP, {"input_image_urls": [url]})["output"]["outputs"] == ["one", "two"]
    whole = client.run(APP, {"input_image_urls": [url], "multi_page": True, "do_format": True})
    assert whole["output"]["outputs"] == ["one\n\n---\n\ntwo"]
    assert client.run(APP, {})["output"] == {"outputs": []}


def test_submit_status_result(client: Any, letter_uri: str) -> None:
    handle = client.submit(
        APP,
        {"input_image_urls": [letter_uri]},
        hint="h",
        priority="low",
        lifecycle=StorageSettings(expires_in=3600),
        store_io=False,
    )
    assert NANO.fullmatch(handle.request_id)
    result = handle.get()
    assert result["input"] == {} and result["output"]["outputs"][0].startswith("Dear")
    assert client.result(APP, handle.request_id) == result
    status = client.status(APP, handle.request_id, with_logs=True)
    assert isinstance(status, Completed) and status.logs[-1]["message"] == "Done"


def test_files_are_uploaded(client: Any, letter: bytes, tmp_path: Path) -> None:
    file = tmp_path / "ein Brief ü.png"
    file.write_bytes(letter)
    url = client.upload_file(file, lifecycle=StorageSettings(expires_in="1h"))
    assert "%20" in url and url.isascii()
    assert client.run(APP, {"input_image_urls": [url]})["output"]["outputs"][0].startswith("Dear")
    # what is no URL is uploaded by the client itself
    assert client.run(APP, {"input_image_urls": [file]})["output"]["outputs"][0].startswith("Dear")
    drawing = client.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "a.svg")
    assert drawing.endswith("/a.svg")


def test_large_files_are_uploaded_in_parts(client: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = io.BytesIO()
    picture("large enough for parts").save(pixels, "BMP")
    monkeypatch.setattr("modelrunner_ai.client.MULTIPART_THRESHOLD", 10_000)
    monkeypatch.setattr("modelrunner_ai.client.MULTIPART_CHUNK_SIZE", 20_000)
    assert len(pixels.getvalue()) > 40_000  # three parts
    url = client.upload(pixels.getvalue(), "image/bmp", "a.bmp", lifecycle=StorageSettings(expires_in=60))
    assert server.client.get(url).content == pixels.getvalue()
    assert client.run(APP, {"input_image_urls": [url]})["output"]["outputs"] == ["large enough for parts"]


def test_pages_are_streamed(client: Any) -> None:
    book = client.upload(make_pdf(words("one"), words("two")), "application/pdf", "book.pdf")
    events = list(client.stream(APP, {"input_image_urls": [book]}))
    assert [event["output"]["outputs"] for event in events] == [["one"], ["two"], ["one", "two"]]
    assert [event.get("page") for event in events] == [1, 2, None] and events[-1]["status"] == "COMPLETED"


def test_a_request_is_called_off(client: Any, http: Any) -> None:
    handle = client.submit(APP, {"input_image_urls": [picture(f"number {n}") for n in range(40)]})
    looked = http.get(handle.cancel_url).json()
    assert looked["status"] in ("IN_QUEUE", "IN_PROGRESS")  # a GET calls nothing off
    handle.cancel()
    status = http.get(handle.status_url)
    assert status.status_code == 200
    told = status.json()
    assert (told["status"], told["billingStatus"], told["error"]) == ("COMPLETED", "failed", "Request was cancelled")
    with pytest.raises(ModelrunnerClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 422
    handle.cancel()  # is no error


def test_what_cannot_be_read_has_no_output(client: Any, http: Any) -> None:
    broken = client.upload(b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png", "broken.png")
    handle = client.submit(APP, {"input_image_urls": [broken]})
    with pytest.raises(ModelrunnerClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 422
    told = http.get(handle.response_url).json()
    assert (told["status"], told["billingStatus"], told["output"]) == ("COMPLETED", "failed", None)
    assert told["request_id"] == told["id"] == handle.request_id and told["error"] == told["message"]
    assert told["details"]["code"] == "INVALID_OUTPUT"
    assert told["details"]["validationErrors"][0]["instancePath"] == "/outputs/0"


def test_what_could_be_read_is_given_with_what_could_not(client: Any) -> None:
    broken = client.upload(b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png", "broken.png")
    result = client.run(APP, {"input_image_urls": [picture("a good one"), broken]})
    assert result["output"]["outputs"] == ["a good one", ""]
    assert result["billingStatus"] == "partial" and result["error"]


@pytest.mark.parametrize(
    ("app", "arguments", "status"),
    [
        ("nobody/knows", {}, 404),
        ("stepfun-ai/got-ocr/v3", {}, 404),
        (APP, {"input_image_urls": "no list"}, 400),
        (APP, {"input_image_urls": ["data:image/png;base64,?"]}, 400),
        (APP, {"input_image_urls": ["data:image/png;base64,AAAA"]}, 400),
        (APP, {"input_image_urls": ["http://10.0.0.1/a.png"]}, 400),
    ],
)
def test_errors(client: Any, app: str, arguments: Any, status: int) -> None:
    with pytest.raises(ModelrunnerClientHTTPError) as caught:
        client.submit(app, arguments)
    assert caught.value.status_code == status
    assert NANO.fullmatch(caught.value.response_headers["x-modelrunner-request-id"])


def test_unknown_requests(client: Any) -> None:
    for id in ("A" * 21, "x", "0" * 32):
        with pytest.raises(ModelrunnerClientHTTPError) as caught:
            client.status(APP, id)
        assert caught.value.status_code == 404


def test_async(redirected: None, letter: bytes) -> None:
    async def run() -> Any:
        client = modelrunner_ai.AsyncClient(key="any")
        try:
            url = await client.upload(letter, "image/png", "a.png")
            handle = await client.submit(APP, {"input_image_urls": [url]})
            async for _ in handle.iter_events(with_logs=True):
                pass
            assert [event async for event in client.stream(APP, {"input_image_urls": [url]})]
            return await client.run(APP, {"input_image_urls": [url]})
        finally:
            await client._client.aclose()

    assert asyncio.run(run())["output"]["outputs"][0].startswith("Dear")


def test_a_request_that_is_given_up_is_failed(tmp_path: Path, letter_uri: str) -> None:
    from serving import serving

    with serving(tmp_path, workers="1", page_seconds="0.01", tries="1") as server:
        http = server.client
        body = {"input_image_urls": [letter_uri]}
        made = http.post(f"/mr/queue/{APP}", json=body).json()
        until = time.monotonic() + 60
        while (answer := http.get(made["status_url"])).json()["status"] in ("IN_QUEUE", "IN_PROGRESS"):
            assert answer.status_code == 200 and time.monotonic() < until
            time.sleep(0.05)
        assert answer.status_code == 400
        assert answer.json()["status"] == "FAILED" and answer.json()["error"]
        assert http.get(made["response_url"]).status_code == 422
        listed = http.get("/mr/queue/requests", params={"status": "FAILED"}).json()
        assert [item["id"] for item in listed["data"]] == [made["request_id"]]
        assert http.get("/mr/queue/requests", params={"status": "COMPLETED"}).json()["total"] == 0
