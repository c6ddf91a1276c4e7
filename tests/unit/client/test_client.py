"""The client against a server that is busy, breaks connections, redirects and answers nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from legenda import Client, errors
from legenda.client import transport
from legenda.client.problem import error

ID = "0" * 32
Answer = tuple[int, dict[str, str], bytes]


def said(status: int, value: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return status, {"Content-Type": "application/problem+json", **named}, json.dumps(value).encode()


class Script:
    """A server that answers as it is told, one answer after another; `None` breaks the connection."""

    def __init__(self) -> None:
        self.answers: list[Answer | None] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self._body()
                script.requests.append((self.command, self.path, dict(self.headers), body))
                answer = script.answers.pop(0)
                self.close_connection = True
                if answer is None:
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(content))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def _body(self) -> bytes:
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                return body

            do_GET = do_POST = do_DELETE = _serve

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    monkeypatch.setattr(transport, "_backoff", lambda tries: 0.01)
    script = Script()
    thread = threading.Thread(target=script.server.serve_forever, args=(0.01,))
    thread.start()
    yield script
    script.server.shutdown()
    thread.join()
    script.server.server_close()


def test_a_job_is_handed_in_once_however_often_it_is_sent(server: Script, tmp_path: Path) -> None:
    (path := tmp_path / "scan.png").write_bytes(b"picture" * 100_000)
    server.answers = [None, said(429, {}, Retry_After="0"), said(503, {}), said(202, {"id": ID, "state": "queued"})]
    sent: list[int] = []
    with Client(server.url, "lgd_secret") as client:
        job = client.submit(
            path,
            tier="fast",
            languages=["de", "fr"],
            metadata={"a": 1},
            password=None,
            sent=lambda n, of: sent.append(n),
        )
    assert (job.id, job.state, job.page_count) == (ID, "queued", 0)
    assert len(server.requests) == 4
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in server.requests}) == 1
    for method, at, headers, body in server.requests:
        assert (method, at, headers["Authorization"]) == ("POST", "/v1/jobs", "Bearer lgd_secret")
        assert b"picture" * 100_000 in body
        assert b'filename="scan.png"' in body
        assert b"password" not in body
        for part in (b'name="tier"\r\n\r\nfast', b'name="languages"\r\n\r\nde,fr', b'name="metadata"\r\n\r\n{"a":1}'):
            assert part in body
    assert max(sent) == path.stat().st_size
    assert len([n for n in sent if n == 65536]) >= 1  # in pieces


def test_a_url_is_sent_as_such(server: Script) -> None:
    server.answers = [said(202, {"id": ID})]
    with Client(server.url + "/under/this") as client:
        client.submit("https://example.org/a.pdf", pages="1-3")
    (method, path, headers, body) = server.requests[0]
    assert (method, path) == ("POST", "/under/this/v1/jobs")
    assert json.loads(body) == {"url": "https://example.org/a.pdf", "pages": "1-3"}
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (
            said(422, {"code": "wrong_password", "detail": "It does not open."}),
            errors.WrongPasswordError,
            "wrong_password",
        ),
        (said(402, {"code": "balance", "detail": "d", "used": 5, "cap": 5}), errors.BalanceError, "balance"),
        (said(401, {"code": "unauthorized", "detail": "d"}), errors.RemoteError, "unauthorized"),
        (said(500, {"code": "internal", "title": "t"}), errors.LegendaError, "internal"),
        ((404, {"Content-Type": "text/html"}, b"<html>"), errors.RemoteError, "remote"),
        ((301, {"Location": "https://elsewhere.example/"}, b""), errors.RemoteError, "remote"),
        ((200, {}, b"<html>"), errors.ServerUnreachableError, "server_unreachable"),
        ((200, {}, b"[]"), errors.ServerUnreachableError, "server_unreachable"),
        ((200, {}, b'{"id": "../../x"}'), errors.RemoteError, "remote"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), errors.ServerUnreachableError, "server_unreachable"),
    ],
)
def test_answers_that_are_none_become_typed_errors(server: Script, answer: Answer, kind: type, code: str) -> None:
    server.answers = [answer]
    with Client(server.url, "key") as client, pytest.raises(kind) as raised:
        client.submit(b"x")
    assert raised.value.code == code
    assert len(server.requests) == 1
    if code == "balance":
        assert (raised.value.used, raised.value.cap) == (5, 5)


def test_every_typed_error_survives_the_wire() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LegendaError)]
    assert len(kinds) > 20
    for kind in kinds:
        found = error(kind.code, "what failed")
        assert isinstance(found, kind)
        assert (found.code, str(found)) == (kind.code, "what failed.")


def test_patience_ends(server: Script) -> None:
    server.answers = [said(429, {"code": "queue_full", "detail": "full", "retry_after": 9}, Retry_After="9")]
    with Client(server.url, patience=1.0) as client, pytest.raises(errors.QueueFullError) as raised:
        client.submit(b"x")
    assert raised.value.retry_after == 9


def test_nobody_there(server: Script) -> None:
    server.answers = [None] * transport.TRIES
    with Client(server.url) as client, pytest.raises(errors.ServerUnreachableError, match=server.url):
        client.job(ID)
    assert len(server.requests) == transport.TRIES


@pytest.mark.parametrize("url", ["", "nothing", "ftp://host", "http://", "http://[::1", "file:///etc/passwd"])
def test_no_address_of_a_server(url: str, server: Script) -> None:
    with pytest.raises(errors.ServerUnreachableError), Client(url) as client:
        client.job(ID)


def test_a_missing_file_is_said_before_anything_is_sent(server: Script, tmp_path: Path) -> None:
    with Client(server.url) as client, pytest.raises(errors.NotFoundError, match=r"none\.png"):
        client.submit(tmp_path / "none.png")
    assert not server.requests


def test_a_download_that_breaks_off_leaves_nothing(server: Script, tmp_path: Path) -> None:
    server.answers = [said(200, {"id": ID, "state": "done"}), (200, {"Content-Length": "100"}, b"half")]
    with Client(server.url) as client, pytest.raises(errors.ServerUnreachableError):
        client.job(ID).download("pdf", tmp_path / "out.pdf")
    assert not list(tmp_path.iterdir())


def test_a_download_goes_where_a_link_leads(server: Script, tmp_path: Path) -> None:
    """As files written by the command do."""
    (tmp_path / "link").symlink_to(tmp_path / "new" / "out.pdf")
    server.answers = [said(200, {"id": ID, "state": "done"}), (200, {"Content-Length": "5"}, b"whole")]
    with Client(server.url) as client:
        client.job(ID).download("pdf", tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "new" / "out.pdf").read_bytes() == b"whole"


def test_deleting_what_is_gone_is_no_error(server: Script) -> None:
    server.answers = [said(200, {"id": ID}), None, said(404, {"code": "not_found", "detail": "d"})]
    with Client(server.url) as client:
        client.job(ID).delete()
    assert [method for method, *_ in server.requests] == ["GET", "DELETE", "DELETE"]


def moves(*steps: tuple[str, int]) -> Callable[[], list[Answer | None]]:
    return lambda: [
        said(200, {"id": ID, "state": state, "progress": {"pages": 3, "done": done, "failed": 0}})
        for state, done in steps
    ]


def test_waiting_tells_of_every_move_once(server: Script) -> None:
    server.answers = moves(("queued", 0), ("queued", 0), ("running", 1), ("running", 1), ("done", 3))()
    seen: list[Any] = []
    with Client(server.url) as client:
        client.job(ID).wait(lambda job: seen.append((job.state, job.pages_done)))
    assert seen == [("queued", 0), ("running", 1), ("done", 3)]


def test_a_failed_job_raises_its_error(server: Script) -> None:
    failure = {"code": "password_required", "message": "a.pdf is encrypted."}
    server.answers = [said(200, {"id": ID, "state": "failed", "failure": failure})]
    with Client(server.url) as client, pytest.raises(errors.PasswordRequiredError, match="is encrypted"):
        client.job(ID).wait()


def test_waiting_can_have_an_end(server: Script) -> None:
    server.answers = moves(*[("running", 0)] * 50)()
    with Client(server.url) as client, pytest.raises(TimeoutError):
        client.job(ID).wait(timeout=0.3)
