"""Requests and inputs meant to do harm: each is answered with a typed problem, and the server lives on."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import struct
import time
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from pdf_maker import make_pdf, words
from PIL import Image

EVALDATA = Path(__file__).parents[4] / "shared" / "evaldata"
FILES = sorted((EVALDATA / "hostile").glob("*")) + sorted((EVALDATA / "protected").glob("*.pdf"))
B = "boundary"
HEAD = f'--{B}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
END = f"\r\n--{B}--\r\n"
MULTIPART = f"multipart/form-data; boundary={B}"
JSON = "application/json"
PNG = b"\x89PNG\r\n\x1a\n"


def problem(answer: httpx2.Response) -> dict:
    """The problem an answer is; anything but a 4xx fails the test."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code and body["code"] and body["type"].endswith(body["code"])
    return body


def field(name: str, value: str | bytes) -> bytes:
    value = value.encode() if isinstance(value, str) else value
    return f'--{B}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


FORMS = {
    "empty": b"",
    "no boundary in it": b"hello",
    "another boundary": HEAD.replace(B, "other").encode() + b"x" + END.replace(B, "other").encode(),
    "cut off in its headers": HEAD.encode()[:40],
    "cut off in its data": HEAD.encode() + b"abc",
    "no last boundary": HEAD.encode() + b"abc\r\n--" + B.encode(),
    "a part without headers": f"--{B}\r\n\r\nabc{END}".encode(),
    "a part without a name": f"--{B}\r\nContent-Disposition: form-data\r\n\r\nabc{END}".encode(),
    "a part that is an attachment": f'--{B}\r\nContent-Disposition: attachment; name="file"\r\n\r\nabc{END}'.encode(),
    "a header that never ends": f"--{B}\r\nX: ".encode() + b"a" * 100_000,
    "a hundred headers": f"--{B}\r\n".encode() + b"X: a\r\n" * 100 + f"\r\nabc{END}".encode(),
    "a header with a null byte": f"--{B}\r\nX\x00: a\r\n\r\nabc{END}".encode(),
    "a thousand fields": b"".join(field(f"f{n}", "x") for n in range(1000)) + HEAD.encode() + END.encode(),
    "a field of a megabyte": field("tool", "a" * 2**20) + HEAD.encode() + END.encode(),
    "a field that is not UTF-8": field("tool", b"\xff\xfe") + HEAD.encode() + b"abc" + END.encode(),
    "a name that is not UTF-8": field("tool", "a").replace(b"tool", b"\xff") + HEAD.encode() + END.encode(),
    "no file": field("tier", "fast") + f"--{B}--\r\n".encode(),
    "two files": (HEAD + f"abc\r\n{HEAD}abc{END}").encode(),
    "an empty file": (HEAD + END).encode(),
    "an unknown field": field("nosuch", "1") + HEAD.encode() + PNG + END.encode(),
    "a field twice": field("tier", "fast") * 2 + HEAD.encode() + PNG + END.encode(),
    "dpi is not a number": field("dpi", "NaN") + HEAD.encode() + PNG + END.encode(),
    "dpi is negative": field("dpi", "-200") + HEAD.encode() + PNG + END.encode(),
    "dpi has a million digits": field("dpi", "9" * 60_000) + HEAD.encode() + PNG + END.encode(),
    "a priority beyond all": field("priority", "99999999999999999999") + HEAD.encode() + PNG + END.encode(),
    "metadata is no object": field("metadata", "[1]") + HEAD.encode() + PNG + END.encode(),
    "metadata is no JSON": field("metadata", "{") + HEAD.encode() + PNG + END.encode(),
    "metadata is nested": field("metadata", '{"a":' * 5000 + "1" + "}" * 5000) + HEAD.encode() + PNG + END.encode(),
    "metadata holds NaN": field("metadata", '{"a":NaN}') + HEAD.encode() + PNG + END.encode(),
    "metadata holds half a pair": field("metadata", '{"a":"\\ud800"}') + HEAD.encode() + PNG + END.encode(),
    "metadata is large": field("metadata", json.dumps({"a": "x" * 20_000})) + HEAD.encode() + PNG + END.encode(),
    "pages run backwards": field("pages", "3-1") + HEAD.encode() + PNG + b"abc" + END.encode(),
    "pages without end": field("pages", "1," * 5000) + HEAD.encode() + PNG + END.encode(),
    "pages of a program": field("pages", "$(reboot)") + HEAD.encode() + PNG + END.encode(),
    "a format that is a path": field("formats", "../../etc/passwd") + HEAD.encode() + PNG + END.encode(),
    "a language that is a path": field("languages", "../eng") + HEAD.encode() + PNG + END.encode(),
    "an engine that is a path": field("engine", "../cpu") + HEAD.encode() + PNG + END.encode(),
    "a webhook at home": field("webhook", "http://127.0.0.1/x") + HEAD.encode() + PNG + END.encode(),
    "a delivery to metadata": field("deliver", "http://169.254.169.254/") + HEAD.encode() + PNG + END.encode(),
    "a null byte in the name": field("name", "a\x00.png") + HEAD.encode() + PNG + END.encode(),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_broken_forms(server, body):
    assert problem(server.client.post("/v1/jobs", content=body, headers={"Content-Type": MULTIPART}))


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "b" * 5000,
        "multipart/mixed; boundary=boundary",
        "text/html",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-7",
        "",
    ],
)
def test_content_types_that_do_not_fit(server, kind):
    body = (HEAD + "abc" + END).encode()
    assert problem(server.client.post("/v1/jobs", content=body, headers={"Content-Type": kind}))


BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"url":"\xff"}',
    "UTF-16": '{"url":"http://example.org"}'.encode("utf-16"),
    "a number": b"1",
    "null": b"null",
    "a list": b"[]",
    "nested lists": b"[" * 200_000,
    "nested objects": b'{"a":' * 100_000,
    "a number of a million digits": b'{"url":"http://example.org","dpi":' + b"9" * 1_000_000 + b"}",
    "a number beyond all": b'{"url":"http://example.org","dpi":1e999}',
    "NaN": b'{"url":"http://example.org","dpi":NaN}',
    "a fraction": b'{"url":"http://example.org","dpi":200.5}',
    "neither": b"{}",
    "both": b'{"url":"http://example.org","base64":"AAAA"}',
    "base64 that is none": b'{"base64":"$$$$"}',
    "base64 cut off": b'{"base64":"iVBORw0KGgo"}',
    "base64 with a null": b'{"base64":"AAAA\\u0000"}',
    "base64 of noise": b'{"base64":"AAECAwABAgMAAQIDAAECAwABAgMAAQIDAAECAwABAgMAAQID"}',
    "base64 that is empty": b'{"base64":""}',
    "base64 that is too large": b'{"base64":"' + b"A" * 5_000_000 + b'"}',
    "a URL with credentials": b'{"url":"http://user:pass@example.org/"}',
    "a URL of this machine": b'{"url":"http://localhost/"}',
    "a URL in numbers": b'{"url":"http://2130706433/"}',
    "a URL with a line feed": b'{"url":"http://example.org/\\r\\nX: y"}',
    "a URL to a file": b'{"url":"file:///etc/passwd"}',
    "a URL without end": b'{"url":"http://example.org/' + b"a" * 100_000 + b'"}',
    "a password that is a list": b'{"base64":"AAAA","password":["x"]}',
    "languages without end": b'{"base64":"AAAA","languages":' + json.dumps(["en"] * 1000).encode() + b"}",
    "half a surrogate pair": b'{"base64":"AAAA","password":"\\ud800"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_broken_json(server, body):
    assert problem(server.client.post("/v1/jobs", content=body, headers={"Content-Type": JSON}))


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs/..%2f..%2fetc%2fpasswd",
        "/v1/jobs/%00",
        "/v1/jobs/" + "a" * 5000,
        "/v1/jobs/%ff%fe",
        "/v1/jobs/0123456789abcdef0123456789abcdeF",
        "/v1/jobs/' OR 1=1 --",
        "/v1/jobs/{job}/pages/0",
        "/v1/jobs/{job}/pages/-1",
        "/v1/jobs/{job}/pages/99999999999999999999",
        "/v1/jobs/{job}/pages/١",
        "/v1/jobs/{job}/pages/1e3",
        "/v1/jobs/{job}/pages?after=-1",
        "/v1/jobs/{job}/pages?limit=0",
        "/v1/jobs/{job}/pages?after=99999999999999999999",
        "/v1/jobs/{job}/result?format=../../secret.key",
        "/v1/jobs/{job}/result?format=%00",
        "/v1/jobs/{job}/result?format=" + "a" * 500,
        "/v1/jobs?after='",
        "/v1/jobs?limit=NaN",
        "/v1/jobs?state=all",
        "/v1/usage?period=2026-13",
        "/v1/usage?tenant=" + "a" * 100,
        "/v1/nosuch",
        "/v1/jobs/",
        "//v1/jobs",
    ],
)
def test_paths_that_lead_nowhere(server, known, path):
    assert problem(server.client.get(path.format(job=known)))


@pytest.fixture(scope="session")
def known(server, letter) -> str:
    """A job that is done."""
    return str(server.client.post("/v1/jobs", files={"file": ("a.png", letter)}).json()["id"])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_methods_nobody_offers(server, method):
    answer = server.client.request(method, "/v1/jobs")
    assert problem(answer)["status"] == 405 and answer.headers["allow"] == "GET, HEAD, POST"


def test_secrets_must_not_stand_in_urls(server, letter):
    headers = {"Content-Type": "image/png"}
    answer = server.client.post("/v1/jobs?password=hunter2", content=letter, headers=headers)
    assert "hunter2" not in answer.text and problem(answer)["status"] == 422


def test_values_are_never_repeated(server, letter):
    fields = {"password": "x" * 2000 + "hunter2", "webhook": "ftp://hunter2/"}
    answer = server.client.post("/v1/jobs", files={"file": ("a.png", letter)}, data=fields)
    assert problem(answer)["status"] == 422 and "hunter2" not in answer.text


@pytest.mark.parametrize("key", ["", "é", "a" * 256, "a\tb"])
def test_idempotency_keys_that_are_none(server, letter, key):
    headers = {"Idempotency-Key": key.encode()}
    assert problem(server.client.post("/v1/jobs", files={"file": ("a.png", letter)}, headers=headers))


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Key", "Negotiate"])
def test_authorizations_that_are_none(server, header):
    assert problem(server.client.get("/v1/jobs", headers={"Authorization": header}))["status"] == 401


def test_keys_that_differ(server):
    answer = server.client.get("/v1/jobs?api_token=a", headers={"Authorization": "Bearer b"})
    assert problem(answer)["status"] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "169.254.169.254"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-For": "203.0.113.7"},
    ],
)
def test_without_keys_others_do_not_get_in_through_this_machine(server, headers):
    assert problem(server.client.get("/v1/jobs", headers=headers))["status"] == 403


@pytest.mark.parametrize(
    "value", ["bytes=5-1", "bytes=a-b", "bytes=-", "bytes=0-0,5-9", "lines=1-2", "bytes=" + "9" * 30]
)
def test_ranges_without_sense_are_passed_over(server, known, value):
    answer = server.client.get(f"/v1/jobs/{known}/result?format=txt", headers={"Range": value})
    assert answer.status_code == 200


def test_an_upload_is_stopped_at_its_cap_though_it_says_nothing_of_its_size(server):
    sent = 0

    def endless():
        nonlocal sent
        for _ in range(1000):
            sent += 2**16
            yield bytes(2**16)

    for kind in ("application/octet-stream", MULTIPART):
        try:
            answer = server.client.post("/v1/jobs", content=endless(), headers={"Content-Type": kind})
        except httpx2.TransportError:
            continue  # the server hung up while it was being written to
        assert problem(answer)["status"] in (400, 413)
    assert sent < 2 * 1000 * 2**16
    assert list((server.data_dir / "uploads").iterdir()) == []


def test_a_body_larger_than_it_may_be_says_so_at_once(server):
    headers = {"Content-Type": "image/png", "Content-Length": str(10**12)}
    assert raw(server, "POST /v1/jobs HTTP/1.1", headers, b"abc").startswith(b"HTTP/1.1 413")


def raw(server, line: str, headers: dict[str, str], body: bytes = b"", *, wait: bool = True) -> bytes:
    """Bytes of an answer to bytes no client would send."""
    address = urlsplit(server.url)
    head = "".join(f"{name}: {value}\r\n" for name, value in ({"Host": address.netloc} | headers).items())
    with socket.create_connection((address.hostname, address.port), timeout=20) as link:
        link.sendall(f"{line}\r\n{head}\r\n".encode("latin-1") + body)
        return link.recv(65536) if wait else b""


@pytest.mark.parametrize(
    ("line", "headers", "body"),
    [
        ("GET / HTTP/9.9", {}, b""),
        ("GARBAGE", {}, b""),
        ("GET http://[::1 HTTP/1.1", {}, b""),
        ("GET /\xff\xfe HTTP/1.1", {}, b""),
        ("GET /livez HTTP/1.1", {"X": "a" * 60_000}, b""),
        ("GET /livez HTTP/1.1", {f"X-{n}": "a" * 50 for n in range(900)}, b""),
        ("GET /livez?" + "a" * 40_000 + " HTTP/1.1", {}, b""),
        ("POST /v1/jobs HTTP/1.1", {"Content-Length": "-5"}, b""),
        ("POST /v1/jobs HTTP/1.1", {"Content-Length": "5", "Transfer-Encoding": "chunked"}, b"0\r\n\r\n"),
        ("POST /v1/jobs HTTP/1.1", {"Transfer-Encoding": "chunked", "Content-Type": JSON}, b"zz\r\n\r\n"),
        ("POST /v1/jobs HTTP/1.1", {"Content-Type": JSON, "Content-Encoding": "gzip", "Content-Length": "2"}, b"{}"),
        ("POST /v1/jobs HTTP/1.1", {"Content-Length": "1", "Content-Length ": "2"}, b"ab"),
    ],
)
def test_broken_http(server, line, headers, body):
    assert raw(server, line, headers, body)[9:10] == b"4"


def test_a_head_that_never_ends_is_cut(server):
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as link:
        link.sendall(b"GET / HTTP/1.1\r\nX: ")
        received = b""
        with contextlib.suppress(OSError):
            for _ in range(400):
                link.sendall(b"a" * 4096)
                time.sleep(0.001)
        try:
            received = link.recv(1000)
        except OSError:
            received = b"HTTP/1.1 431"  # it hung up before we looked
        assert received.startswith(b"HTTP/1.1 431")


def test_callers_who_leave_while_they_send(server, letter):
    for length, body in ((10**6, b"abc"), (10**6, HEAD.encode() + b"a" * 300_000), (50, b"")):
        raw(
            server,
            "POST /v1/jobs HTTP/1.1",
            {"Content-Type": MULTIPART, "Content-Length": str(length)},
            body,
            wait=False,
        )
    chunked = {"Content-Type": MULTIPART, "Transfer-Encoding": "chunked"}
    raw(server, "POST /v1/jobs HTTP/1.1", chunked, b"5\r\nabcde\r\n", wait=False)
    until = time.monotonic() + 10
    while list((server.data_dir / "uploads").iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list((server.data_dir / "uploads").iterdir()) == []
    assert server.client.get("/livez").status_code == 200


def test_callers_who_leave_while_they_listen(server, book):
    answer = server.client.post("/v1/jobs", files={"file": ("a.pdf", book)}, headers={"Prefer": "wait=0"})
    id = answer.json()["id"]
    for _ in range(20):
        raw(server, f"GET /v1/jobs/{id}/events HTTP/1.1", {}, wait=False)
        raw(server, f"GET /v1/jobs/{id}/result HTTP/1.1", {}, wait=False)
    assert server.settled(id)["state"] == "done"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes) -> bytes:
    return PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + data + chunk(b"IEND", b"")


def picture(kind: str, **options) -> bytes:
    out = io.BytesIO()
    Image.new("L", (60, 40), 200).save(out, kind, **options)
    return out.getvalue()


INPUTS = {
    "a picture that says it is huge": png(2**31 - 1, 2**31 - 1, chunk(b"IDAT", zlib.compress(b""))),
    "a bomb": png(30_000, 30_000, chunk(b"IDAT", zlib.compress(bytes(2_000_000), 9) * 50)),
    "a picture without pixels": png(0, 0, b""),
    "a head and nothing else": PNG,
    "a JPEG that ends": picture("JPEG")[:200],
    "a GIF that ends": picture("GIF")[:20],
    "a WEBP that ends": picture("WEBP")[:30],
    "a BMP that lies": picture("BMP")[:18] + b"\xff" * 8 + picture("BMP")[26:],
    "a TIFF in a circle": b"II*\x00\x08\x00\x00\x00\x01\x00" + bytes(12) + b"\x08\x00\x00\x00",
    "a PDF that is a head": b"%PDF-1.7",
    "a PDF of nulls": b"%PDF-1.7\n" + bytes(5000),
    "a PDF that eats itself": make_pdf(words("x")).replace(b"/Kids [", b"/Kids [ 2 0 R "),
    "a PDF with a picture as large as a house": make_pdf(
        "q 400 0 0 300 0 0 cm BI /W 60000 /H 60000 /BPC 8 /CS /RGB ID x EI Q"
    ),
    "a PDF without sense": make_pdf(words("x"))[:200] + b"\x00" * 300,
}


@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS)
def test_inputs_that_cannot_be_read(server, data):
    read_or_refused(server, data)


@pytest.mark.skipif(not FILES, reason="no evaluation data here")
def test_collected_files(server):
    for path in FILES:
        if path.is_file() and path.stat().st_size < 3_000_000:
            read_or_refused(server, path.read_bytes())


def read_or_refused(server, data: bytes) -> None:
    """A problem at the door, or a job that closes with typed failures or with what could be read."""
    answer = server.client.post(
        "/v1/jobs?tier=fast", content=data, headers={"Content-Type": "application/octet-stream"}
    )
    if answer.status_code >= 400:
        problem(answer)
        return
    job = server.settled(answer.json()["id"], 120)
    assert job["state"] in ("done", "partial", "failed")
    if job["state"] == "failed":
        assert job["failure"]["code"] not in ("", "internal", "engine"), job["failure"]
        assert problem(server.client.get(f"/v1/jobs/{job['id']}/result"))["code"] == "no_result"
