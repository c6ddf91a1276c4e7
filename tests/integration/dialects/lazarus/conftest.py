from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pdf_maker import make_pdf, words
from peers import Peer, ok, peer

HEADERS = {"orgId": "org1", "authKey": "key1"}
BOOK = make_pdf(words("INVOICE 42"), words("=cmd 4.50"), words(""))
Post = Callable[..., httpx2.Response]


@pytest.fixture(scope="session")
def book() -> bytes:
    """A PDF of three pages, the last of them empty."""
    return BOOK


@pytest.fixture(scope="session")
def book64() -> str:
    return base64.b64encode(BOOK).decode()


@pytest.fixture(scope="session")
def shelf() -> Iterator[Peer]:
    """Where the book lies."""
    with peer(ok(BOOK, "Content-Type: application/pdf")) as shelf:
        yield shelf


@pytest.fixture
def post(server: Any) -> Post:
    """POST to a path below `/api/forms`, as somebody with a key."""

    def call(path: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> httpx2.Response:
        more = more if body is None else more | {"json": body}
        return server.client.post(f"/api/forms{path}", headers=HEADERS | (headers or {}), **more)

    return call


@pytest.fixture
def get(server: Any) -> Post:
    return lambda path: server.client.get(path, headers=HEADERS)
