"""What the listener adds to HTTP: lines before slow answers, WebSockets, both also through TLS and the proxy."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

APP = Path(__file__).parents[2] / "plugins" / "slow_app.py"


@pytest.fixture(scope="module")
def ways(tmp_path_factory) -> Iterator[dict[str, str]]:
    """Where the server is found."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, str(APP), str(tmp_path_factory.mktemp("slow")), str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = process.stderr.readline()
        try:
            yield json.loads(line)
        finally:
            process.terminate()
            rest = process.stderr.read()
    assert process.returncode == 0 and not rest, rest


def spoken(ways: dict[str, str], agent: str, version: str = "1.1") -> bytes:
    """Every byte of an answer."""
    address = urlsplit(ways["url"])
    with socket.create_connection((address.hostname, address.port), timeout=10) as link:
        head = f"GET / HTTP/{version}\r\nHost: x\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n"
        link.sendall(head.encode())
        return b"".join(iter(lambda: link.recv(65536), b""))


@pytest.mark.parametrize(
    ("agent", "line"),
    [
        ("fal-client/1.0.3 (python)", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("@fal-ai/client/1.10.1", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("modelrunner-client/0.6.0 (python)", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("@modelrunner/client/1.3.0", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("node", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("OpenAI/Python 3.51.0", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("curl/7.88.1", b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("python-requests/2.34.2", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("Python-urllib/3.11", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_clients_that_stand_it_are_told_that_it_takes_longer(ways, agent, line):
    answer = spoken(ways, agent)
    assert answer.startswith(line * 3 + b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"\r\n\r\ndone")


@pytest.mark.parametrize(("agent", "version"), [("Mozilla/5.0", "1.1"), ("", "1.1"), ("curl/7.88.1", "1.0")])
def test_others_are_not(ways, agent, version):
    assert spoken(ways, agent, version).startswith(b"HTTP/1.1 200 OK\r\n")


def test_libraries_get_the_answer(ways):
    url = ways["url"]
    assert httpx2.get(url, headers={"User-Agent": "python-httpx/0.28.1"}).text == "done"
    assert requests.get(url, timeout=10).text == "done"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert (answer.status, answer.read()) == (200, b"done")
    assert subprocess.run(["curl", "-sS", url], capture_output=True, timeout=10).stdout == b"done"


def test_the_same_connection_goes_on(ways):
    with httpx2.Client(headers={"User-Agent": "python-httpx/0.28.1"}) as client:
        assert [client.get(ways["url"]).text for _ in range(3)] == ["done"] * 3


@pytest.mark.parametrize("way", ["plain", "tls", "proxy"])
def test_websockets(ways, way):
    trusted = ssl.create_default_context(cafile=ways["bundle"])
    url, options = {
        "plain": (ways["url"].replace("http", "ws"), {"proxy": None}),
        "tls": (ways["tls"].replace("http", "ws"), {"ssl": trusted, "proxy": None}),
        "proxy": ("wss://fal.run/fal-ai/got-ocr/v2/realtime", {"ssl": trusted, "proxy": ways["proxy"]}),
    }[way]
    with connect(url, **options) as link:
        link.send(b"\x80\x00")
        assert link.recv(10) == b"\x80\x00"
        link.send("ümlaut")
        assert link.recv(10) == "ümlaut"


def test_a_message_has_a_cap(ways):
    with connect(ways["url"].replace("http", "ws"), proxy=None, max_size=None) as link:
        with pytest.raises(ConnectionClosed) as closed:
            link.send(bytes(33 * 2**20))
            link.recv(10)
        assert closed.value.rcvd and closed.value.rcvd.code == 1009


def test_a_request_that_comes_with_the_end_of_the_handshake(ways):
    """As one piece, before the server's protocol has taken over from the tunnel's."""
    trusted, coming, going = ssl.create_default_context(cafile=ways["bundle"]), ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusted.wrap_bio(coming, going, server_hostname="fal.run")
    address = urlsplit(ways["proxy"])
    with socket.create_connection((address.hostname, address.port), timeout=10) as link:
        link.sendall(b"CONNECT fal.run:443 HTTP/1.1\r\nHost: fal.run:443\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 200 ")
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                link.sendall(going.read())
                coming.write(link.recv(65536))
        client.write(b"GET / HTTP/1.1\r\nHost: fal.run\r\nConnection: close\r\n\r\n")
        link.sendall(going.read())
        while True:
            coming.write(link.recv(65536))
            try:
                assert client.read(65536).startswith(b"HTTP/1.1 200 OK\r\n")
                break
            except ssl.SSLWantReadError:
                continue
