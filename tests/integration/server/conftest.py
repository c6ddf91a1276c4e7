from __future__ import annotations

import io
import uuid
from collections.abc import Iterator

import pytest
from pdf_maker import make_pdf, words
from PIL import Image
from serving import Serving, serving
from written import written


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for all tests that do not stop it; nothing any of them does may bring it down."""
    settings = {"upload_megabytes": "3", "inline_seconds": "20", "page_seconds": "20", "workers": "1"}
    with serving(tmp_path_factory.mktemp("server"), **settings) as server:
        yield server
        assert server.process.poll() is None
        assert server.client.get("/livez").status_code == 200
        assert not server.other_lines
        assert [line for line in server.log if line["level"] == "error"] == []


@pytest.fixture(scope="session")
def letter() -> bytes:
    """A picture with two lines of text."""
    out = io.BytesIO()
    Image.fromarray(written("Dear Ms Lindqvist", "the lamps left our workshop")).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def book() -> bytes:
    """A PDF of eight pages with text of their own; another one for every test, so that nothing of it is known yet."""
    pages = make_pdf(*(words(f"page number {n} of the book") for n in range(1, 9)))
    return pages + f"\n% {uuid.uuid4()}\n".encode()
