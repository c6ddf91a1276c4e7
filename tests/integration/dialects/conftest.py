"""One server for the dialects: their clients are strangers to each other, as on any server."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from serving import Serving, serving
from written import written


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Nothing that any client does may bring it down, or be a fault of the server's own."""
    settings = {"workers": "1", "page_seconds": "20", "allow_hosts": "127.0.0.1", "upload_megabytes": "200"}
    with serving(tmp_path_factory.mktemp("dialects"), **settings) as server:
        yield server
        assert server.process.poll() is None
        assert not server.other_lines
        assert [line for line in server.log if line["level"] == "error"] == []


@pytest.fixture(scope="session")
def letter() -> bytes:
    """A picture with two lines of text."""
    out = io.BytesIO()
    Image.fromarray(written("Dear Ms Lindqvist", "the lamps left our workshop")).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def letter_uri(letter: bytes) -> str:
    """The same as it stands in JSON."""
    return "data:image/png;base64," + base64.b64encode(letter).decode()
