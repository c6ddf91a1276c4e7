"""Webhooks, verified as fal's docs tell receivers to."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64decode
from typing import Any

import fal_client
import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fal_client import SyncClient
from peers import Peer, Request, ok, peer
from serving import Serving

APP = "fal-ai/got-ocr/v2"


def verified(server: Serving, request: Request) -> dict[str, Any]:
    """The message, if one of the public keys signed it."""
    keys = httpx2.get(f"{server.url}/.well-known/jwks.json").json()
    assert keys == httpx2.get(f"{server.url}/rest/.well-known/jwks.json").json()
    found = request.headers
    parts = [found[f"x-fal-webhook-{name}"] for name in ("request-id", "user-id", "timestamp")]
    text = "\n".join([*parts, hashlib.sha256(request.body).hexdigest()]).encode()
    assert abs(time.time() - int(parts[2])) < 300 and parts[1]
    for key in keys["keys"]:
        assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
        public = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(key["x"] + "="))
        public.verify(bytes.fromhex(found["x-fal-webhook-signature"]), text)
    assert found["content-type"].startswith("application/json")
    return dict(json.loads(request.body))


def received(found: Peer, count: int = 1) -> list[Request]:
    until = time.monotonic() + 30
    while len(found.requests) < count:
        assert time.monotonic() < until
        time.sleep(0.02)
    return found.requests


def test_outputs_are_sent(client: SyncClient, server: Serving, letter_uri: str) -> None:
    with peer(ok(b"")) as found:
        handle = client.submit(APP, {"input_image_urls": [letter_uri]}, webhook_url=found.url("/hook?x=1&y=2"))
        told = verified(server, received(found)[0])
        assert found.requests[0].line.startswith("POST /hook?x=1&y=2 ")
    assert told == {
        "request_id": handle.request_id,
        "gateway_request_id": handle.request_id,
        "status": "OK",
        "payload": handle.get(),
        "error": None,
    }
    assert "lamps" in told["payload"]["outputs"][0]


def test_errors_and_nothing_are_sent(client: SyncClient, server: Serving, letter_uri: str) -> None:
    broken = fal_client.encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image/png")
    with peer(ok(b"")) as found:
        client.submit(APP, {"input_image_urls": [letter_uri, broken]}, webhook_url=found.url())
        told = verified(server, received(found)[0])
        assert (told["status"], told["error"]) == ("ERROR", "Invalid status code: 422")
        assert told["payload"]["detail"][0]["loc"] == ["body", "input_image_urls", 1]
        client.submit(APP, {}, webhook_url=found.url())
        assert verified(server, received(found, 2)[1])["payload"] == {"outputs": []}


def test_addresses_that_are_not_public_are_refused(client: SyncClient, server: Serving) -> None:
    answer = httpx2.post(f"{server.url}/queue/{APP}?fal_webhook=http%3A%2F%2F10.0.0.1%2F", json={})
    assert answer.status_code == 422 and answer.json()["detail"][0]["msg"]
