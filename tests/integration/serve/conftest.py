from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.serve.server import Server

from legenda import Client


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the engines of the suites."""
    with Server(tmp_path_factory.mktemp("server"), workers=2) as running:
        yield running
        assert running.alive
        complaints = running.complaints()
    assert not complaints


@pytest.fixture(scope="package")
def client(server: Server) -> Iterator[Client]:
    with server.client() as client:
        yield client
