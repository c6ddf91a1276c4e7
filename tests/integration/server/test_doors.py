"""The ways in on a running server: TLS of its own, the CONNECT proxy, and who is let in without a key by them."""

from __future__ import annotations

import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest
from serving import Serving, serving

from legenda.server.dialects.hosts import VENDORS


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with every way in, and no key."""
    arguments = ("--tls", "auto", "--tls-port", "0", "--connect-proxy", str(free_port()))
    with serving(tmp_path_factory.mktemp("doors"), *arguments, workers="1") as server:
        server.ways = next(line for line in server.log if line["event"] == "listening")
        yield server
        assert not server.other_lines
        assert [line for line in server.log if line["level"] == "error"] == []


def through(server: Serving, *, trust: str | None = None, **options) -> httpx2.Client:
    """A client behind the CONNECT proxy."""
    context = ssl.create_default_context(cafile=trust or server.ways["bundle"])
    return httpx2.Client(proxy=server.ways["proxy"], verify=context, timeout=20, **options)


def test_every_vendors_host_leads_here(open_server):
    with through(open_server) as client:
        for host in VENDORS:
            answer = client.get(f"https://{host}/files/nosuch/nosuch.png")
            assert answer.status_code in (401, 403, 404), (host, answer.text)
            wanted = (200,) if VENDORS[host] == "own" else (404, 405)  # it may be the name of an application
            assert client.get(f"https://{host}/v1/jobs").status_code in wanted


@pytest.mark.parametrize(
    "target", ["example.org:443", "fal.run:80", "fal.run", "127.0.0.1:443", "fal.run.evil.example:443"]
)
def test_nothing_else_is_led_anywhere(open_server, target):
    assert connect(open_server, f"CONNECT {target} HTTP/1.1").startswith(b"HTTP/1.1 403 ")


def connect(server: Serving, line: str, rest: str = "") -> bytes:
    address = urlsplit(server.ways["proxy"])
    with socket.create_connection((address.hostname, address.port), timeout=10) as link:
        link.sendall(f"{line}\r\nHost: x\r\n{rest}\r\n".encode())
        return link.recv(65536)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET http://fal.run/ HTTP/1.1", b"405"),
        ("CONNECT fal.run:443", b"400"),
        ("CONNECT fal.run:443 HTTP/1.1\r\nX: " + "a" * 9000, b"400"),
        ("\x00\x01", b"400"),
    ],
)
def test_what_no_proxy_is_asked(open_server, line, status):
    assert connect(open_server, line)[9:12] == status


def test_data_before_the_tunnel_is_there(open_server):
    assert connect(open_server, "CONNECT fal.run:443 HTTP/1.1", "\r\nGET /v1/jobs HTTP/1.1")[9:12] == b"400"


def test_who_does_not_trust_the_authority_gets_no_further(open_server):
    with through(open_server, trust=__import__("certifi").where()) as client, pytest.raises(httpx2.ConnectError):
        client.get("https://ocr.chat/v1/jobs")
    assert open_server.client.get("/livez").status_code == 200


def test_tls_by_its_own_names(open_server):
    context = ssl.create_default_context(cafile=open_server.ways["authority"])
    port = urlsplit(open_server.ways["tls"]).port
    for host in ("127.0.0.1", "localhost"):
        assert httpx2.get(f"https://{host}:{port}/v1/jobs", verify=context).status_code == 200


def test_a_vendors_name_over_plain_http_is_foreign(open_server):
    """A page of whoever answers for the name on this network would be of the same origin as the server."""
    for host in ("ocr.chat", "fal.run", "queue.fal.run:8080"):
        path = "/v1/jobs" if host == "ocr.chat" else "/files/x/x"
        assert open_server.client.get(path, headers={"Host": host}).status_code in (403, 404)
    assert open_server.client.get("/v1/jobs", headers={"Host": "ocr.chat"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ocr.chat"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "evil.example"},
    ],
)
def test_no_page_and_no_proxy_comes_in_by_a_vendors_name(open_server, headers):
    with through(open_server) as client:
        assert client.get("https://ocr.chat/v1/jobs").status_code == 200
        assert client.get("https://ocr.chat/v1/jobs", headers=headers).status_code == 403
        assert client.get("https://ocr.chat/v1/jobs", headers=headers | {"X-API-KEY": "any"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Key any:thing"},
        {"Authorization": "Bearer any"},
        {"X-API-KEY": "any"},
        {"authKey": "any", "orgId": "org"},
        {"Ocp-Apim-Subscription-Key": "any"},
        {"api-key": "any"},
        {"apikey": "any"},
    ],
)
def test_without_keys_any_will_do_on_this_machine(open_server, headers):
    assert open_server.client.get("/v1/jobs", headers=headers).status_code == 200
    foreign = headers | {"Origin": "https://evil.example"}
    assert open_server.client.get("/v1/jobs", headers=foreign).status_code == 403


def test_the_environment_leads_clients_here(open_server):
    """What `legenda env` prints, used as it is: by curl, which trusts what `SSL_CERT_FILE` says."""
    exported = environment(open_server, "fal")
    assert exported.keys() == {"HTTPS_PROXY", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "FAL_KEY"}
    command = ["curl", "-sS", "-o", os.devnull, "-w", "%{http_code}", "https://ocr.chat/v1/jobs"]
    called = subprocess.run(command, env={"PATH": os.environ["PATH"]} | exported, capture_output=True, text=True)
    assert called.stdout == "200", called.stderr
    assert environment(open_server, "lazarus") == {"BASE_URL": open_server.url}
    assert environment(open_server, "modelrunner").keys() >= {"HTTPS_PROXY", "SSL_CERT_FILE", "MODELRUNNER_KEY"}
    elsewhere = environment(open_server, "fal", "--url", "https://ocr.example/")
    assert elsewhere["FAL_QUEUE_RUN_HOST"] == "ocr.example/queue" and "SSL_CERT_FILE" not in elsewhere


def environment(server: Serving, *arguments: str) -> dict[str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "legenda", "env", *arguments, "--data-dir", str(server.data_dir)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    lines = [shlex.split(line, comments=True) for line in run.stdout.splitlines()]
    pairs = [line[1].partition("=") for line in lines if line]
    return {name: re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value) for name, _, value in pairs}


def test_a_proxy_without_tls_is_refused(tmp_path):
    command = [
        sys.executable,
        "-m",
        "legenda",
        "serve",
        "--port",
        "0",
        "--connect-proxy",
        "1",
        "--data-dir",
        str(tmp_path),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "--tls auto" in run.stderr


def test_no_server_no_environment(tmp_path):
    command = [sys.executable, "-m", "legenda", "env", "fal", "--data-dir", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "legenda serve" in run.stderr
