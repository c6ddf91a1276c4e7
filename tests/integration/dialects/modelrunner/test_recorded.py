"""What ModelRunner's JavaScript client (1.3.0) sends, as it was recorded; and what else its interface has."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pdf_maker import make_pdf, words
from serving import Serving

APP = "/mr/queue/stepfun-ai/got-ocr/v2"
BOOK = make_pdf(words("one"), words("two"))


@pytest.fixture(scope="module")
def book(http: Any) -> str:
    """An uploaded PDF, as `storage.upload` does it."""
    begun = http.post(
        "/mr/rest/storage/upload/initiate", json={"content_type": "application/pdf", "file_name": "a.pdf"}
    )
    assert begun.status_code == 200
    put = http.put(begun.json()["upload_url"], content=BOOK, headers={"Content-Type": "application/pdf"})
    assert put.status_code == 200
    return str(begun.json()["file_url"])


def events(http: Any, url: str, **params: Any) -> Iterator[tuple[str, Any]]:
    """Events of a stream, with their names."""
    with http.stream("GET", url, params=params, headers={"Accept": "application/json, text/event-stream"}) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in answer.iter_lines():
            assert line.isascii()
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                yield kind, json.loads(line[6:])
                kind = ""


def finished(http: Any, made: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (status := http.get(made["status_url"], params={"logs": 1}).json())["status"] != "COMPLETED":
        assert time.monotonic() < until
        time.sleep(0.05)
    return dict(status)


def test_subscribe(http: Any, book: str) -> None:
    body = {"input_image_urls": [book], "do_format": True}
    made = http.post(APP, json=body, headers={"x-modelrunner-queue-priority": "normal"})
    assert made.status_code == 201
    told = made.json()
    assert re.fullmatch("[A-Za-z0-9_-]{21}", told["request_id"])
    assert made.headers["x-modelrunner-request-id"] == told["request_id"]
    assert (told["status"], told["logs"], told["metrics"]) == ("IN_QUEUE", [], {}) and told["queue_position"] >= 0
    here = f"{http.base_url}/mr/queue/stepfun-ai/got-ocr/requests/{told['request_id']}"
    assert (told["response_url"], told["status_url"], told["cancel_url"]) == (here, f"{here}/status", f"{here}/cancel")
    status = finished(http, told)
    assert status["logs"][0].keys() == {"timestamp", "level", "source", "message"}
    assert status["metrics"]["inference_time"] >= 0
    result = http.get(here).json()
    assert result["output"] == {"outputs": ["one", "two"]} and result["input"] == body
    assert {
        "id",
        "modelEndpoint",
        "status",
        "output",
        "input",
        "createdAt",
        "updatedAt",
        "inferenceTime",
        "delayTime",
        "logs",
        "error",
        "metadata",
        "billingStatus",
    } == result.keys()


def test_subscribe_by_streaming(http: Any, book: str) -> None:
    made = http.post(APP, json={"input_image_urls": [book]}).json()
    seen = [told for _, told in events(http, f"{made['status_url']}/stream", logs=0)]
    assert seen[-1]["status"] == "COMPLETED" and {told["request_id"] for told in seen} == {made["request_id"]}
    again = list(events(http, f"{made['status_url']}/stream", logs=1))
    assert len(again) == 1 and again[0][1]["logs"][-1]["message"] == "Done"


def test_run_gives_the_envelope(http: Any, book: str) -> None:
    made = http.post("/mr/run/stepfun-ai/got-ocr/v2", json={"input_image_urls": [book]})
    assert made.status_code == 201 and "/mr/queue/" in made.json()["response_url"]
    finished(http, made.json())


def test_early_results_are_refused(http: Any, letter_uri: str) -> None:
    made = http.post(APP, json={"input_image_urls": [letter_uri] * 12}).json()
    early = http.get(made["response_url"])
    assert early.status_code == 400 and early.json()["request_id"] == made["request_id"]
    assert http.put(made["cancel_url"]).json() == {"status": "CANCELLATION_REQUESTED"}
    assert http.put(made["cancel_url"]).json()["status"] == "COMPLETED"


def test_headers_and_reserved_keys(http: Any, book: str) -> None:
    headers = {
        "x-modelrunner-object-lifecycle-preference": '{"expiration_duration_seconds":3600}',
        "x-modelrunner-store-io": "0",
        "x-modelrunner-queue-priority": "low",
        "x-modelrunner-hint": "h",
    }
    made = http.post(APP, json={"input_image_urls": [book], "metadata": {"env": "prod"}}, headers=headers).json()
    finished(http, made)
    result = http.get(made["response_url"]).json()
    assert (result["metadata"], result["input"]) == ({"env": "prod"}, {})


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {f"k{n}": "v" for n in range(17)}},
        {"metadata": {"": "v"}},
        {"metadata": {"k" * 65: "v"}},
        {"metadata": {"k": "v" * 513}},
        {"metadata": {"k": 1}},
        {"metadata": "no"},
        {"webhook": "http://example.com/h"},
        {"webhook": "ftp://example.com/h"},
        {"webhook": "https://user:secret@example.com/h"},
        {"webhook": "https://10.0.0.1/h"},
        {"webhook": "https://example.com/" + "h" * 2048},
        {"webhook_events_filter": ["completed"]},
        {"webhook": "http://127.0.0.1:9/h", "webhook_events_filter": ["output"]},
        {"webhook": "http://127.0.0.1:9/h", "webhook_events_filter": []},
    ],
)
def test_limits_of_reserved_keys(http: Any, body: dict[str, Any]) -> None:
    answer = http.post(APP, json=body)
    told = answer.json()
    assert answer.status_code == told["statusCode"] == 400
    assert told["error"] and told["message"] and re.fullmatch("[A-Za-z0-9_-]{21}", told["request_id"])
    if isinstance(told["error"], list):
        assert all(issue.keys() == {"path", "message", "code"} for issue in told["error"])


def test_most_that_metadata_may_hold(http: Any) -> None:
    metadata = {f"{n:064}": "v" * 512 for n in range(16)}
    made = http.post(APP, json={"metadata": metadata})
    assert made.status_code == 201
    finished(http, made.json())
    assert http.get(made.json()["response_url"]).json()["metadata"] == metadata


@pytest.mark.parametrize(
    "headers",
    [
        {"x-modelrunner-store-io": "maybe"},
        {"x-modelrunner-object-lifecycle-preference": "{"},
        {"x-modelrunner-object-lifecycle-preference": '{"expiration_duration_seconds":59}'},
        {"x-modelrunner-object-lifecycle-preference": '{"expiration_duration_seconds":157680001}'},
        {"x-modelrunner-object-lifecycle-preference": '{"initial_acl":{"default":"allow"}}'},
    ],
)
def test_headers_that_cannot_be(http: Any, headers: dict[str, str]) -> None:
    assert http.post(APP, json={}, headers=headers).status_code == 400
    never = {"x-modelrunner-object-lifecycle-preference": '{"expiration_duration_seconds":null}'}
    assert http.post(APP, json={}, headers=never).status_code == 201


def test_uploads_in_parts(http: Any, server: Serving) -> None:
    file = {"content_type": "application/pdf", "file_name": "b ü.pdf", "size": len(BOOK)}
    begun = http.post("/mr/rest/storage/upload/initiate-multipart", json=file).json()
    assert begun.keys() == {"fileUrl", "uploadId", "uploadKey"}
    parts = []
    for number, start in enumerate(range(0, len(BOOK), 500), 1):
        asked = {"uploadKey": begun["uploadKey"], "uploadId": begun["uploadId"], "partNumber": number}
        url = http.get("/mr/rest/storage/upload/multipart-url", params=asked).json()["presignedUrl"]
        put = server.client.put(url, content=BOOK[start : start + 500])
        assert put.status_code == 200
        parts.append({"partNumber": number, "etag": put.headers["ETag"]})
    ended = {"uploadId": begun["uploadId"], "uploadKey": begun["uploadKey"], "parts": parts}
    done = http.post("/mr/rest/storage/upload/complete", json=ended)
    assert done.json() == {"fileUrl": begun["fileUrl"]} and server.client.get(begun["fileUrl"]).content == BOOK
    wrong = http.post("/mr/rest/storage/upload/complete", json=ended | {"uploadId": "1-x"})
    assert wrong.status_code == 403 and wrong.json()["statusCode"] == 403


def test_history(http: Any, book: str) -> None:
    made = [http.post(APP, json={"input_image_urls": [book], "metadata": {"batch": "h1", "n": n}}).json() for n in "ab"]
    for each in made:
        finished(http, each)

    def listed(**params: Any) -> Any:
        answer = http.get("/mr/queue/requests", params={"metadata": '{"batch":"h1"}'} | params)
        assert answer.status_code == 200
        return answer.json()

    whole = listed()
    assert [item["id"] for item in whole["data"]] == [each["request_id"] for each in reversed(made)]
    assert (whole["page"], whole["limit"], whole["total"], whole["totalPages"]) == (1, 10, 2, 1)
    item = whole["data"][0]
    assert item["output"] == {"outputs": ["one", "two"]} and item["metadata"] == {"batch": "h1", "n": "b"}
    assert (item["targetKind"], item["public"], item["payloadsPurgedAt"]) == ("model", False, None)
    assert listed(page=2, limit=1)["data"] == listed(offset=1)["data"] == [whole["data"][1]]
    assert listed(metadata='{"batch":"h1","n":"a"}')["total"] == 1 and listed(metadata='{"batch":"h2"}')["total"] == 0
    assert listed(status="COMPLETED")["total"] == 2 and listed(status="IN_QUEUE")["total"] == 0
    assert listed(status="CANCELLED")["total"] == 0
    assert listed(modelEndpoint="stepfun-ai/got-ocr/v2")["total"] == 2
    assert listed(modelEndpoint="stepfun-ai/other")["total"] == 0
    assert http.get(f"/mr/queue/requests/{made[0]['request_id']}").json() == whole["data"][1]
    assert http.get("/mr/queue/requests", params={"status": "DONE"}).status_code == 400
    assert http.get("/mr/queue/requests", params={"metadata": "[]"}).status_code == 400
    assert http.get("/mr/queue/requests/" + "A" * 21).status_code == 404


def test_history_as_it_happens(http: Any, book: str) -> None:
    seen: list[tuple[str, Any]] = []
    connected, over = threading.Event(), threading.Event()

    def watch() -> None:
        for kind, told in events(http, "/mr/queue/requests/stream"):
            seen.append((kind, told))
            connected.set()
            if kind == "update" and told["request"]["metadata"] == {"w": "1"} and told["request"]["output"]:
                break
        over.set()

    watching = threading.Thread(target=watch)
    watching.start()
    assert connected.wait(20)
    made = http.post(APP, json={"input_image_urls": [book], "metadata": {"w": "1"}}).json()
    assert over.wait(60)
    watching.join()
    assert seen[0][0] == "snapshot" and seen[0][1]["type"] == "snapshot"
    mine = [told["request"] for kind, told in seen if kind == "update" and told["request"]["id"] == made["request_id"]]
    assert mine[-1]["status"] == "COMPLETED" and mine[-1]["billingStatus"] == "charged"
    assert len({item["status"] for item in mine}) == len(mine)


def test_links_lead_back_the_way_the_caller_came(http: Any, book: str) -> None:
    target = {"x-modelrunner-target-url": "https://modelrunner.run/stepfun-ai/got-ocr/v2"}
    made = http.post("/api/modelrunner/proxy", json={"input_image_urls": [book]}, headers=target)
    assert made.status_code == 201
    url = made.json()["response_url"]
    assert url.startswith("https://queue.modelrunner.run/stepfun-ai/got-ocr/requests/")
    until = time.monotonic() + 60
    while (answer := http.get("/modelrunner/proxy", headers={"x-modelrunner-target-url": url})).status_code == 400:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert answer.json()["output"] == {"outputs": ["one", "two"]}
    bare = http.post("/stepfun-ai/got-ocr/v2", json={}).json()
    assert bare["status_url"].startswith(f"{http.base_url}/mr/queue/")


def test_tokens_and_realtime(http: Any, server: Serving, book: str) -> None:
    import msgpack
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    token = http.post("/mr/rest/tokens", json={"allowed_apps": ["got-ocr"], "token_expiration": 120}).json()
    assert isinstance(token, str)
    url = server.url.replace("http", "ws", 1) + "/mr/run/stepfun-ai/got-ocr/v2/realtime?modelrunner_jwt_token="
    with connect(url + token) as socket:
        socket.send(msgpack.packb({"input_image_urls": [book]}))
        assert msgpack.unpackb(socket.recv(timeout=60)) == {"outputs": ["one", "two"]}
        socket.send(json.dumps({"input_image_urls": 1}))
        told = json.loads(socket.recv(timeout=60))
        assert told["type"] == "x-modelrunner-error" and told["error"] and told["reason"]
    with pytest.raises(InvalidStatus):
        connect(url.replace("got-ocr/v2", "other") + token)
