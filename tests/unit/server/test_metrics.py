from __future__ import annotations

import socket

import httpx2
import pytest

from legenda.errors import InvalidOptionError
from legenda.server.metrics import Metrics
from legenda.settings import Settings


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_metrics_are_at_their_address_only(port):
    close = Metrics().serve("127.0.0.2", port)
    try:
        assert "legenda_queue_pages" in httpx2.get(f"http://127.0.0.2:{port}/metrics").text
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"http://127.0.0.1:{port}/metrics")
    finally:
        close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_of_this_machine(host, port):
    with pytest.raises(InvalidOptionError, match="LEGENDA_METRICS_HOST"):
        Metrics().serve(host, port)


def test_metrics_are_on_loopback_unless_told_otherwise():
    assert Settings.model_fields["metrics_host"].default == "127.0.0.1"
