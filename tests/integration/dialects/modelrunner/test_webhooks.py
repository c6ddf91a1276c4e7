"""Webhooks, verified as the vendor's client verifies them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from modelrunner_ai import webhooks
from peers import Request, peer, status
from serving import serving

from legenda.server.dialects.modelrunner.hook import ModelRunnerHook

APP = "stepfun-ai/got-ocr/v2"


def until(true: Callable[[], Any]) -> Any:
    """What it gives, once that is something."""
    end = time.monotonic() + 60
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def verified(secret: str, request: Request) -> dict[str, Any]:
    return dict(webhooks.verify_webhook(secret, request.headers, request.body))


def test_the_end_is_told(client: Any, http: Any, letter_uri: str) -> None:
    secret = client.get_webhook_secret()
    assert secret.startswith("whsec_") and client.get_webhook_secret() == secret
    with peer(status(200)) as receiver:
        url = receiver.url("/hook?a=b")
        handle = client.submit(APP, {"input_image_urls": [letter_uri]}, webhook_url=url, metadata={"order": "17"})
        (request,) = until(lambda: receiver.requests)
    assert request.line.startswith("POST /hook?a=b ") and request.headers["content-type"] == "application/json"
    told = verified(secret, request)
    assert told.pop("event") == "completed"
    result = http.get(handle.response_url).json()
    del result["logs"]
    assert told == result and told["metadata"] == {"order": "17"} and told["billingStatus"] == "charged"
    with pytest.raises(webhooks.WebhookVerificationError):
        webhooks.verify_webhook(secret, request.headers, request.body + b" ")


def test_the_start_is_told_if_it_is_asked_for(client: Any, http: Any, letter_uri: str) -> None:
    secret = client.get_webhook_secret()
    with peer(status(204)) as receiver:
        body = {"input_image_urls": [letter_uri], "webhook": receiver.url("/h")}
        made = http.post(f"/mr/queue/{APP}", json=body | {"webhook_events_filter": ["start", "completed"]}).json()
        assert made["webhook"] == receiver.url("/h") and made["webhook_events_filter"] == ["start", "completed"]
        until(lambda: len(receiver.requests) == 2)
    told = [verified(secret, request) for request in receiver.requests]
    assert {message["event"] for message in told} == {"start", "completed"}
    assert {message["id"] for message in told} == {made["request_id"]}
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 2


def test_failures_are_told(client: Any) -> None:
    broken = client.upload(b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png", "broken.png")
    with peer(status(200)) as receiver:
        client.submit(APP, {"input_image_urls": [broken]}, webhook_url=receiver.url())
        (request,) = until(lambda: receiver.requests)
    told = verified(client.get_webhook_secret(), request)
    assert (told["status"], told["billingStatus"], told["output"]) == ("COMPLETED", "failed", None) and told["error"]


def test_large_inputs_are_left_out(client: Any, letter_uri: str) -> None:
    with peer(status(200)) as receiver:
        client.submit(APP, {"input_image_urls": [letter_uri] * 20}, webhook_url=receiver.url())
        (request,) = until(lambda: receiver.requests)
    told = verified(client.get_webhook_secret(), request)
    assert list(told["input"]) == ["_elided"] and len(told["output"]["outputs"]) == 20


def test_deliveries_and_replay(client: Any, http: Any) -> None:
    with peer(status(410)) as receiver:
        made = client.submit(APP, {}, webhook_url=receiver.url())
        (first,) = until(lambda: receiver.requests)

        def listed(**params: Any) -> Any:
            answer = http.get(
                "/mr/rest/webhooks/deliveries", params={"requestId": made.request_id, "limit": 5} | params
            )
            return answer.json()["data"]

        (record,) = until(lambda: listed(status="failed"))  # 410 is the end
        assert record["id"] == first.headers["webhook-id"] and record["requestId"] == made.request_id
        assert (record["event"], record["attempts"], record["lastResponseStatus"]) == ("completed", 1, 410)
        assert record["lastError"] and record["deliveredAt"] is None and record["nextAttemptAt"] is None
        assert listed(event="start") == [] and listed(status="delivered") == [] and listed(requestId="x") == []
        again = http.post(f"/mr/rest/webhooks/deliveries/{record['id']}/replay")
        assert again.status_code == 200 and again.json()["id"] == record["id"]
        _, second = until(lambda: receiver.requests if len(receiver.requests) == 2 else None)
    assert second.headers["webhook-id"] == first.headers["webhook-id"] and second.body == first.body
    unknown = http.post("/mr/rest/webhooks/deliveries/nothing/replay")
    assert unknown.status_code == 404 and unknown.json()["statusCode"] == 404


def test_redirects_are_not_followed_but_tried_again(client: Any, http: Any) -> None:
    with peer(status(302, "Location: /elsewhere")) as receiver:
        made = client.submit(APP, {}, webhook_url=receiver.url("/h"))

        def tried() -> Any:
            found = http.get("/mr/rest/webhooks/deliveries", params={"requestId": made.request_id}).json()["data"]
            return found if found and found[0]["lastResponseStatus"] else None

        (record,) = until(tried)
        assert (record["status"], record["attempts"], record["lastResponseStatus"]) == ("pending", 1, 302)
        assert [request.line.split()[1] for request in receiver.requests] == ["/h"]
    waits = [ModelRunnerHook().delay(tries) for tries in range(1, 11)]
    assert waits == [5, 30, 120, 300, 600, 1200, 1800, 2700, 3600, None]


def test_both_secrets_sign_after_a_rotation(client: Any) -> None:
    before = client.get_webhook_secret()
    after = client.rotate_webhook_secret()
    assert after != before and client.get_webhook_secret() == after
    with peer(status(200)) as receiver:
        client.submit(APP, {}, webhook_url=receiver.url())
        (request,) = until(lambda: receiver.requests)
    for secret in (before, after, [before, after]):
        assert webhooks.verify_webhook(secret, request.headers, request.body)["event"] == "completed"


def test_strangers_learn_no_secret(tmp_path: Path) -> None:
    """Anonymous callers have no key whose secret could be theirs; the installation's signs for others, too."""
    command = [sys.executable, "-m", "legenda", "keys", "create", "acme", "--json"]
    environment = os.environ | {"LEGENDA_DATA_DIR": str(tmp_path)}
    made = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    with serving(tmp_path, workers="1", anonymous_pages="10") as server:
        for method, path in (("GET", "secret"), ("POST", "secret/rotate")):
            answer = server.client.request(method, f"/mr/rest/webhooks/default/{path}")
            assert answer.status_code == 403 and json.loads(answer.content)["statusCode"] == 403
        headers = {"Authorization": f"Key {made['secret']}"}
        mine = server.client.get("/mr/rest/webhooks/default/secret", headers=headers)
        assert mine.json() == {"key": made["webhook_secret"]}
        assert server.client.get("/mr/queue/requests", headers={"Authorization": "Key no"}).status_code == 401
