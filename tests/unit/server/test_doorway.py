"""Where requests go, by all their ways in, and what links they get."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from legenda.server.dialects.doorway import Doorway, reached
from legenda.settings import Settings


def entered(path: str, host: str = "127.0.0.1:8080", query: str = "", scheme: str = "http", **settings: Any) -> Any:
    """What the application sees, and what was answered instead of it."""
    headers = settings.pop("headers", {})
    scope = {
        "type": "http",
        "method": settings.pop("method", "POST"),
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in headers.items())],
        "client": (settings.pop("client", "127.0.0.1"), 1),
        "server": ("127.0.0.1", 8080),
    }
    seen: list[Any] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(HTTPConnection(scope))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Doorway(app, Settings(**settings))(scope, None, send))  # type: ignore[arg-type]
    return (seen[0] if seen else None), sent


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("fal.run", "/fal-ai/got-ocr/v2", "/run/fal-ai/got-ocr/v2"),
        ("falrun.com", "/fal-ai/got-ocr/v2", "/run/fal-ai/got-ocr/v2"),
        ("FAL.run:8443", "/fal-ai/got-ocr/v2/stream", "/run/fal-ai/got-ocr/v2/stream"),
        ("queue.fal.run", "/fal-ai/got-ocr/requests/1/status", "/queue/fal-ai/got-ocr/requests/1/status"),
        ("queue.falrun.com", "/fal-ai/got-ocr/v2", "/queue/fal-ai/got-ocr/v2"),
        ("rest.fal.ai", "/tokens/", "/rest/tokens"),
        ("rest.alpha.fal.ai", "/storage/upload/initiate", "/rest/storage/upload/initiate"),
        ("v3.fal.media", "/files/upload", "/cdn/files/upload"),
        ("v3.fal.media", "/files/upload/multipart", "/cdn/files/upload/multipart"),
        ("fal.media", "/files/abc/a.png", "/files/abc/a.png"),
        ("modelrunner.run", "/stepfun-ai/got-ocr/v2", "/mr/run/stepfun-ai/got-ocr/v2"),
        ("api.modelrunner.run", "/storage/upload/initiate", "/mr/rest/storage/upload/initiate"),
        ("modelrunner.run", "/webhooks/default/secret", "/mr/rest/webhooks/default/secret"),
        ("queue.modelrunner.run", "/requests", "/mr/queue/requests"),
        ("media.modelrunner.ai", "/files/abc/a.png", "/files/abc/a.png"),
        ("api.lazarusai.com", "//api/forms/generic", "/api/forms/generic"),
        ("ocr.chat", "/api/v1/ocr/", "/api/v1/ocr"),
        ("techsz.aoscdn.com", "/api/tasks/document/ocr", "/api/tasks/document/ocr"),
        ("queue.ocr.example", "/fal-ai/got-ocr/v2", "/queue/fal-ai/got-ocr/v2"),
        ("queue.ocr.example", "/run/fal-ai/got-ocr/v2", "/queue/fal-ai/got-ocr/v2"),
        ("queue.mr.ocr.example", "/stepfun-ai/got-ocr/v2", "/mr/queue/stepfun-ai/got-ocr/v2"),
        ("queue.modelrunner.example", "/requests", "/mr/queue/requests"),
        ("queue.ocr.example", "/livez", "/livez"),
        ("ocr.example", "/run/fal-ai/got-ocr/v2", "/run/fal-ai/got-ocr/v2"),
        ("ocr.example", "/rest/tokens/", "/rest/tokens"),
        ("ocr.example", "/fal-ai/got-ocr/v2", "/run/fal-ai/got-ocr/v2"),
        ("ocr.example", "/fal-ai/got-ocr/requests/1/status", "/queue/fal-ai/got-ocr/requests/1/status"),
        ("ocr.example", "/stepfun-ai/got-ocr/v2", "/mr/run/stepfun-ai/got-ocr/v2"),
        ("ocr.example", "/stepfun-ai/got-ocr/requests/1", "/mr/queue/stepfun-ai/got-ocr/requests/1"),
        ("ocr.example", "/fal-ai", "/fal-ai"),
        ("ocr.example", "/v1/jobs/", "/v1/jobs/"),
        ("ocr.example", "/", "/"),
        ("evil.fal.run", "/fal-ai/got-ocr/v2", "/run/fal-ai/got-ocr/v2"),
        ("evil.fal.run", "/v1/jobs", "/v1/jobs"),
    ],
)
def test_one_path_whatever_the_way(host, path, expected):
    request, _ = entered(path, host)
    assert request.scope["path"] == expected


@pytest.mark.parametrize(("query", "headers"), [("fal_webhook=https%3A%2F%2Fa", {}), ("", {"x-fal-queue": "1"})])
def test_a_bare_run_that_asks_for_the_queue(query, headers):
    request, _ = entered("/fal-ai/got-ocr/v2", query=query, headers=headers)
    assert request.scope["path"] == "/queue/fal-ai/got-ocr/v2"


@pytest.mark.parametrize(
    ("path", "target", "expected", "query"),
    [
        ("/api/fal/proxy", "https://queue.fal.run/fal-ai/got-ocr/v2?a=%2F&b", "/queue/fal-ai/got-ocr/v2", b"a=%2F&b"),
        ("/fal/proxy", "https://fal.run/fal-ai/got-ocr/v2", "/run/fal-ai/got-ocr/v2", b""),
        ("/api/fal/proxy/", "https://rest.fal.ai:443/tokens/", "/rest/tokens", b""),
        ("/api/modelrunner/proxy", "https://modelrunner.run/tokens", "/mr/rest/tokens", b""),
    ],
)
def test_targets_in_a_header(path, target, expected, query):
    name = "x-modelrunner-target-url" if "modelrunner" in path else "x-fal-target-url"
    request, _ = entered(path, query="own=1", headers={name: target})
    assert (request.scope["path"], request.scope["query_string"]) == (expected, query)
    assert reached(request).base("fal-queue") == "https://queue.fal.run"
    assert reached(request).base("mr-rest") == "https://modelrunner.run"
    assert reached(request).base("fal-cdn") == "http://127.0.0.1:8080/cdn"
    assert reached(request).base("own") == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://evil.example/fal-ai/got-ocr/v2",
        "http://fal.run/fal-ai/got-ocr/v2",
        "https://fal.run:8080/",
        "https://fal.run@evil.example/",
        "https://evil.example@fal.run/",
        "https://modelrunner.run/x/y",
        "https://api.lazarusai.com/api/forms/ocr",
        "https://fal.run:x/",
        "https://[::1/",
        "//fal.run/x",
    ],
)
def test_targets_that_are_none(target):
    request, sent = entered("/api/fal/proxy", headers={} if target is None else {"x-fal-target-url": target})
    assert request is None
    assert sent[0]["status"] == 400 and sent[1]["body"] == b'"Invalid request"'


@pytest.mark.parametrize(
    ("host", "scheme", "bases"),
    [
        (
            "127.0.0.1:8080",
            "http",
            {
                "own": "http://127.0.0.1:8080",
                "fal-run": "http://127.0.0.1:8080/run",
                "mr-queue": "http://127.0.0.1:8080/mr/queue",
            },
        ),
        ("[::1]:80", "https", {"own": "https://[::1]:80", "fal-rest": "https://[::1]:80/rest"}),
        ("fal.run", "https", {"own": "https://fal.run", "fal-queue": "https://queue.fal.run"}),
        (
            "rest.fal.ai:8443",
            "https",
            {"own": "https://rest.fal.ai:8443", "fal-cdn": "https://v3.fal.media:8443"},
        ),
        ("queue.modelrunner.run", "https", {"mr-queue": "https://queue.modelrunner.run"}),
        (
            "queue.ocr.example",
            "https",
            {"own": "https://ocr.example", "fal-queue": "https://ocr.example/queue"},
        ),
        ("a b<script>", "http", {"own": "http://127.0.0.1:8080"}),
    ],
)
def test_links_lead_back_the_way_a_request_came(host, scheme, bases):
    request, _ = entered("/fal-ai/got-ocr/v2", host, scheme=scheme)
    assert {role: reached(request).base(role) for role in bases} == bases


def test_a_configured_address_stands_in_links():
    request, _ = entered("/run/fal-ai/got-ocr/v2", public_url="https://ocr.example/base/")
    assert reached(request).base("fal-queue") == "https://ocr.example/base/queue"


@pytest.mark.parametrize(
    ("client", "headers", "expected"),
    [
        ("127.0.0.1", {"x-forwarded-host": "evil.example"}, ("127.0.0.1", "http://127.0.0.1:8080")),
        (
            "10.0.0.2",
            {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "ocr.example"},
            ("203.0.113.7", "https://ocr.example"),
        ),
        (
            "10.0.0.2",
            {"x-forwarded-for": "6.6.6.6, 203.0.113.7, 10.0.0.9", "x-forwarded-proto": "https"},
            ("203.0.113.7", "https://127.0.0.1:8080"),
        ),
        (
            "10.0.0.2",
            {"forwarded": 'for="[2001:db8::1]:4711";proto=https;host=ocr.example, for=10.0.0.9'},
            ("2001:db8::1", "https://ocr.example"),
        ),
        ("10.0.0.2", {"forwarded": "for=unknown;host=a/b"}, ("10.0.0.2", "http://127.0.0.1:8080")),
        ("10.0.0.2", {}, ("10.0.0.2", "http://127.0.0.1:8080")),
    ],
)
def test_only_trusted_proxies_are_believed(client, headers, expected):
    request, _ = entered("/x", client=client, headers=headers, trusted_proxies=("10.0.0.0/8",))
    assert (request.client.host, reached(request).own) == expected


PAGE = {"origin": "https://app.example"}
ASKING = PAGE | {"access-control-request-method": "POST", "access-control-request-headers": "authorization,x-fal-a"}


def shared(sent: list[Any]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}


def test_a_preflight_is_answered_without_a_key():
    request, sent = entered("/run/fal-ai/got-ocr/v2", method="OPTIONS", headers=ASKING)
    headers = shared(sent)
    assert request is None and sent[0]["status"] == 204
    assert headers["access-control-allow-origin"] == "https://app.example"
    assert headers["access-control-allow-headers"] == "authorization,x-fal-a"
    assert {"GET", "POST", "PUT"} <= set(headers["access-control-allow-methods"].split(", "))


@pytest.mark.parametrize(
    ("path", "query", "headers", "settings", "allowed"),
    [
        ("/run/a/b", "", {}, {}, False),
        ("/run/a/b", "", {"authorization": "Key x"}, {}, True),
        ("/api/v1/ocr", "", {"x-api-key": "x"}, {}, True),
        ("/run/a/b", "fal_jwt_token=x", {}, {}, True),
        ("/run/a/b", "x=sig", {}, {}, False),
        ("/files/a/b", "", {}, {}, True),
        ("/run/a/b", "", {}, {"allow_origins": ("https://app.example",)}, True),
        ("/run/a/b", "", {}, {"allow_origins": ("https://other.example",)}, False),
    ],
)
def test_pages_read_answers_if_they_bring_a_key(path, query, headers, settings, allowed):
    _, sent = entered(path, query=query, headers=PAGE | headers, **settings)
    found = shared(sent)
    assert ("access-control-allow-origin" in found) == allowed and found["vary"] == "Origin"
    assert not allowed or "x-fal-request-id" in found["access-control-expose-headers"]
    _, sent = entered(path, query=query, headers=headers, **settings)
    assert sent[0]["headers"] == []
