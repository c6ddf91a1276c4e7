"""Requests that no client sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

APP = "/mr/queue/stepfun-ai/got-ocr/v2"
HALF = "\ud800"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b"null",
        b'"x"',
        b"\xff",
        b'{"input_image_urls": [1]}',
        b'{"input_image_urls": null}',
        json.dumps({"metadata": {HALF: "v"}}).encode(),
        json.dumps({"webhook": f"https://{HALF}.com/"}).encode(),
        json.dumps({"input_image_urls": [f"http://{HALF}/"]}).encode(),
        b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
        json.dumps({"input_image_urls": ["data:;base64,AAAA"] * 5000}).encode(),
    ],
)
def test_bodies(http: Any, body: bytes) -> None:
    answer = http.post(APP, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == answer.json()["statusCode"] == 400
    assert answer.json()["error"] and answer.headers["x-modelrunner-request-id"]


def test_inputs_that_cannot_be_repeated(http: Any) -> None:
    for body in ({"note": HALF}, {HALF: 1}, {"deep": json.loads("[" * 90 + "]" * 90)}, {"n": 10**400}):
        made = http.post(APP, content=json.dumps(body), headers={"Content-Type": "application/json"})
        assert made.status_code in (201, 400)
        if made.status_code == 201:
            while (result := http.get(made.json()["response_url"])).json().get("error") == "Request is not completed":
                pass
            assert result.status_code == 200 and result.json()["output"] == {"outputs": []}


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("path", ["/mr/queue", "/mr/queue/x", "/mr/run/a/b/c/d", "/mr/rest/nothing", "/mr/queue/..%2f"])
def test_paths(http: Any, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert answer.status_code in (400, 404, 405) and answer.json()["statusCode"] == answer.status_code
