"""The registries of dialects, and errors in their shapes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.server import dialects, problems
from legenda.server.dialects import shape_of
from legenda.server.guard import HEAD_BYTES, Guard
from legenda.server.metrics import Metrics
from legenda.server.problems import told


def shape(request: HTTPConnection, error: Exception) -> Response | None:
    found = told(error)
    return None if found.status == 418 else JSONResponse({"said": found.code}, found.status)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(request: HTTPConnection, error: Exception) -> Response:
        raise ValueError("a fault of the shape itself")

    monkeypatch.setattr(dialects, "SHAPES", {"/other": shape, "/other/broken": other})


@pytest.mark.parametrize(
    ("path", "shaped"),
    [("/other", True), ("/other/a/b", True), ("/othern", False), ("/", False), ("", False), ("/v1/other", False)],
)
def test_the_longest_prefix_that_fits(path, shaped):
    assert (shape_of(path) is not None) == shaped


def asked(path: str, method: str = "GET", headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], Any]:
    """Ask an application with some faults, behind the guard."""
    router = APIRouter()

    @router.get("/other/bug")
    def bug() -> None:
        raise KeyError("hunter2")

    @router.get("/other/teapot")
    def teapot() -> None:
        raise HTTPException(418)

    app = FastAPI()
    app.include_router(router)
    app.state.routes = router.routes
    app.add_middleware(Guard, metrics=Metrics())
    app.add_exception_handler(HTTPException, problems.handler)
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def call() -> None:
        with contextlib.suppress(KeyError):  # Starlette raises bugs once more, for whoever runs it
            await app(scope | {"headers": raw, "scheme": "http"}, receive, send)

    asyncio.run(call())
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, json.loads(sent[1]["body"])


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/other/nosuch", "GET", 404, "not_found"),
        ("/other/bug", "POST", 405, "method_not_allowed"),
        ("/other/bug", "GET", 500, "internal"),
    ],
)
def test_errors_nobody_raised_for_the_dialect_have_its_shape(path, method, status, code):
    found = asked(path, method)
    assert (found[0], found[2]) == (status, {"said": code})
    assert status != 405 or found[1]["allow"] == "GET, HEAD"


def test_a_head_too_large():
    assert asked("/other/x", headers={"x": "a" * HEAD_BYTES})[2] == {"said": "head_too_large"}


@pytest.mark.parametrize(("path", "status"), [("/other/teapot", 418), ("/elsewhere", 404)])
def test_what_a_shape_leaves_is_a_problem(path, status):
    found = asked(path)
    assert found[0] == status and found[1]["content-type"] == "application/problem+json"


def test_a_shape_with_a_fault_does_not_keep_callers_from_an_answer():
    found = asked("/other/broken/x")
    assert found[0] == 500 and found[2]["code"] == "internal"
