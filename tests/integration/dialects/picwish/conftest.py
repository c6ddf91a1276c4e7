from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pdf_maker import make_pdf, words


@pytest.fixture(scope="session")
def paper() -> Callable[..., bytes]:
    """A PDF; another one every time, so that nothing of it is known yet."""

    def make(pages: int = 1, password: str | None = None) -> bytes:
        contents = [words(f"page number {number} of the paper") for number in range(1, pages + 1)]
        return make_pdf(*contents, password=password) + f"\n% {uuid.uuid4()}\n".encode()

    return make


@pytest.fixture(scope="session")
def kept(server: Any) -> Callable[[bytes, str], str]:
    """Upload a file to the server; its URL there."""

    def keep(data: bytes, name: str) -> str:
        asked = {"file_name": name, "content_type": "application/pdf"}
        begun = server.client.post("/rest/storage/upload/initiate", json=asked).json()
        assert server.client.put(begun["upload_url"], content=data).status_code == 200
        return str(begun["file_url"])

    return keep
