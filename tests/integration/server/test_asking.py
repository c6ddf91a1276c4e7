"""What dialects call, asked by a dialect of the tests' own."""

from __future__ import annotations

import asyncio
import base64
import io
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, Body, Depends
from pdf_maker import make_pdf, words
from peers import Peer, Request, ok, peer, status
from PIL import Image
from starlette.requests import Request as HttpRequest
from written import written

from legenda.server import app as application
from legenda.server import asking
from legenda.server.asking import Ask, Part
from legenda.server.auth import Caller, requires
from legenda.server.metrics import Metrics
from legenda.server.parts import Parts
from legenda.server.service import service_of
from legenda.settings import Settings

router = APIRouter()
Writes = Annotated[Caller, Depends(requires("write"))]


def shown(job: asking.Job) -> dict[str, Any]:
    failure = job.failure and {"code": job.failure.code, "part": job.failure.part, "message": job.failure.message}
    members = [[member.name, member.format, member.pages] for member in job.members]
    facts = {"id": job.id, "state": job.state, "pages": job.page_count, "failure": failure, "members": members}
    return facts | {"told": dict(job.request.told), "dialect": job.request.dialect, "sha256": job.request.source.sha256}


@router.post("/asker")
async def ask(request: HttpRequest, caller: Writes, given: Annotated[dict[str, Any], Body()]) -> Any:
    parts = [
        Part(part.get("name", ""), base64.b64decode(part["data"]) if "data" in part else None, part.get("url", ""))
        for part in given.pop("parts")
    ]
    seconds = given.pop("seconds", 30.0)
    try:
        job = await asking.submit(request, caller, Ask("asker", parts, **given))
    except asking.LegendaError as error:
        return {"error": error.code, "place": error.place}
    return shown(await asking.closed(request, job, seconds) if seconds else job)


@router.get("/asker/{id}")
async def look(request: HttpRequest, caller: Writes, id: str) -> Any:
    job = await asking.owned(request, caller, id)
    standing = await asking.standing(request, caller, id)
    assert standing.job == job
    document = await asking.page_documents(service_of(request), job)
    rows = await asyncio.to_thread(asking.rows, service_of(request), job)
    alone = [await asking.page_document(service_of(request), row) for row in rows]
    return shown(job) | {
        "position": standing.position,
        "texts": [asking.text([page], "txt") for page in document.pages],
        "problems": [[problem.code for problem in page.problems] for page in document.pages],
        "alone": [page and page.text for page in alone],
        "md": asking.text(document.pages, "md"),
        "whole": document.text,
    }


@router.get("/asker/{id}/standing")
async def standing(request: HttpRequest, caller: Writes, id: str) -> Any:
    found = await asking.standing(request, caller, id)
    return [found.job.state, found.position]


@router.post("/asker/{id}/cancel")
async def cancel(request: HttpRequest, caller: Writes, id: str) -> Any:
    return shown(await asking.cancel(request, caller, id))


@router.delete("/asker/{id}")
async def delete(request: HttpRequest, caller: Writes, id: str) -> None:
    await asking.delete(request, caller, id)


@router.get("/asker/{id}/changes")
async def changes(request: HttpRequest, caller: Writes, id: str) -> Any:
    job = await asking.owned(request, caller, id)
    return [found.state async for found in asking.changes(request, job)]


@router.get("/asker/{id}/{format}")
async def exported(request: HttpRequest, caller: Writes, id: str, format: str) -> Any:
    return (await asking.exported(request, await asking.owned(request, caller, id), format)).size


App = Callable[..., Awaitable[None]]
Call = Callable[..., httpx2.Response]


class Interim:
    """Puts what a listener would put into requests, and counts."""

    def __init__(self, app: App) -> None:
        self.app, self.sent = app, 0

    async def send(self) -> None:
        self.sent += 1

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        scope.setdefault("extensions", {})["legenda.interim"] = self.send
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, httpx2.AsyncClient, Interim]]:
    """The whole server but for its socket."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("asking"), workers=1, upload_megabytes=1, allow_hosts=("127.0.0.1",)
    )
    app = application.make_app(Parts.opened(settings), Metrics())
    app.include_router(router)
    interim = Interim(app)
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(interim),
            base_url="http://127.0.0.1",
            timeout=60.0,  # type: ignore[arg-type]
        )
        yield runner, client, interim
        runner.run(lifespan.__aexit__(None, None, None))


@pytest.fixture
def call(running: tuple[asyncio.Runner, httpx2.AsyncClient, Interim]) -> Call:
    runner, client, _ = running
    return lambda method, path, **more: runner.run(client.request(method, path, **more))


def png(*lines: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(written(*lines)).save(out, "PNG")
    return out.getvalue()


def part(data: bytes, name: str = "") -> dict[str, str]:
    return {"name": name, "data": base64.b64encode(data).decode()}


def book(*lines: str) -> bytes:
    return make_pdf(*(words(line) for line in lines))


@pytest.fixture(scope="module")
def files() -> Iterator[Peer]:
    def answer(sock: socket.socket, request: Request) -> None:
        path = request.line.split()[1]
        found = {"/a.pdf": book("fetched", "and its second page"), "/large": bytes(2**20)}.get(path)
        sock.sendall(ok(found) if found else status(404))

    with peer(answer) as made:
        yield made


def test_one_input(call: Call) -> None:
    asked = {"parts": [part(book("one", "two"), "a.pdf")], "told": {"do_format": True}, "formats": ["txt"]}
    job = call("POST", "/asker", json=asked).json()
    assert (job["state"], job["dialect"], job["told"], job["members"]) == ("done", "asker", {"do_format": True}, [])
    found = call("GET", f"/asker/{job['id']}").json()
    assert (found["texts"], found["alone"], found["whole"]) == (["one", "two"], ["one", "two"], "one\ntwo")
    assert "one" in found["md"] and found["position"] is None
    assert call("GET", f"/asker/{job['id']}/txt").json() == len("one\n\f\ntwo\n")
    assert call("GET", f"/asker/{job['id']}/md").json() > 0
    assert call("GET", f"/asker/{job['id']}/changes").json() == ["done"]
    assert call("DELETE", f"/asker/{job['id']}").status_code == 200
    assert call("GET", f"/asker/{job['id']}").status_code == 404


def test_several_inputs_some_of_them_elsewhere(call: Call, files: Peer) -> None:
    parts = [
        part(book("first"), "a.pdf"),
        {"url": files.url("/a.pdf")},
        part(b"\0no picture", "b.png"),
        part(png("Dear Ms Lindqvist"), "c.png"),
        {"url": files.url("/a.pdf")},
    ]
    job = call("POST", "/asker", json={"parts": parts, "tier": "fast"}).json()
    assert (job["state"], job["pages"]) == ("partial", 7), job
    assert [member[1:] for member in job["members"]] == [["pdf", 1], ["pdf", 2], ["", 1], ["png", 1], ["pdf", 2]]
    assert [member[0] for member in job["members"]] == ["a.pdf", "a.pdf", "b.png", "c.png", "a.pdf"]
    found = call("GET", f"/asker/{job['id']}").json()
    assert found["texts"][:4] == ["first", "fetched", "and its second page", ""]
    assert "Lindqvist" in found["texts"][4] and found["texts"][5:] == ["fetched", "and its second page"]
    assert found["problems"][3] == ["unsupported_format"]
    assert found["alone"][3] is None


def test_pictures_need_no_look(call: Call) -> None:
    parts = [part(png("Dear Ms"), "a.png"), part(png("Lindqvist"), "b.png")]
    job = call("POST", "/asker", json={"parts": parts, "seconds": 0, "tier": "fast"}).json()
    assert (job["state"], job["pages"]) == ("running", 2)
    assert job["members"] == [["a.png", "png", 1], ["b.png", "png", 1]]
    again = call("POST", "/asker", json={"parts": parts, "tier": "fast"}).json()
    assert again["state"] == "done" and again["sha256"] == job["sha256"]
    texts = call("GET", f"/asker/{again['id']}").json()["texts"]
    assert "Dear" in texts[0] and "Lindqvist" in texts[1]


def test_an_input_that_cannot_be_fetched(call: Call, files: Peer) -> None:
    parts = [{"url": files.url("/a.pdf")}, part(book("x")), {"url": files.url("/none")}, {"url": files.url("/a.pdf")}]
    job = call("POST", "/asker", json={"parts": parts}).json()
    assert (job["state"], job["failure"]["code"], job["failure"]["part"]) == ("failed", "unreachable", 2)
    one = call("POST", "/asker", json={"parts": parts[2:3]}).json()
    assert (one["failure"]["code"], one["failure"]["part"]) == ("unreachable", None)


def test_urls_that_are_refused(call: Call) -> None:
    parts = [part(book("x")), {"url": "http://10.0.0.1/a"}]
    assert call("POST", "/asker", json={"parts": parts}).json() == {"error": "url_refused", "place": 1}


def test_inputs_that_are_too_large_together(call: Call, files: Peer) -> None:
    large = [part(book("x") + bytes(600_000)) for _ in range(2)]
    assert call("POST", "/asker", json={"parts": large}).json()["error"] == "too_large"
    for parts in (
        [large[0], {"url": files.url("/large")}],
        [{"url": files.url("/large")}, {"url": files.url("/a.pdf")}],
    ):
        job = call("POST", "/asker", json={"parts": parts}).json()
        assert (job["state"], job["failure"]["code"]) == ("failed", "too_large")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"tier": "best"}, "invalid_request"),
        ({"pages": "x"}, "invalid_request"),
        ({"metadata": {"a": "x" * 20_000}}, "invalid_request"),
        ({"webhook": "ftp://a"}, "invalid_request"),
    ],
)
def test_options_that_cannot_be(call: Call, wrong: dict[str, Any], code: str) -> None:
    answer = call("POST", "/asker", json={"parts": [part(book("x"))]} | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"parts": [{"data": ""}] * 1001}, "invalid_option"),
        ({"parts": [part(b"")]}, "empty"),
        ({"parts": [part(b"\0hello")]}, "unsupported_format"),
        ({"languages": ["xx-nonsense"]}, "invalid_option"),
        ({"formats": ["exe"]}, "invalid_option"),
        ({"told": {"a": "x" * 2**18}}, "invalid_option"),
    ],
)
def test_what_cannot_be_asked_for(call: Call, wrong: dict[str, Any], code: str) -> None:
    answer = call("POST", "/asker", json={"parts": [part(book("x"))]} | wrong)
    assert answer.json()["error"] == code


def test_a_job_of_nothing_is_done_at_once_with_no_pages(call: Call) -> None:
    made = call("POST", "/asker", json={"parts": []}).json()
    assert (made["state"], made["pages"]) == ("done", 0)
    assert call("GET", f"/asker/{made['id']}").json()["texts"] == []


def test_the_same_asked_twice_is_one_job(call: Call, files: Peer) -> None:
    asked = {"parts": [{"url": files.url("/a.pdf")}, part(book("x"))], "idempotency": "k", "told": {"a": 1}}
    first, second = (call("POST", "/asker", json=asked).json() for _ in range(2))
    assert first["id"] == second["id"]
    assert call("POST", "/asker", json=asked | {"told": {"a": 2}}).json()["error"] == "conflict"


def test_all_pages_failed(call: Call) -> None:
    job = call("POST", "/asker", json={"parts": [part(b"\0a"), part(b"\0b")]}).json()
    assert job["state"] == "failed"
    found = call("GET", f"/asker/{job['id']}").json()
    assert (found["texts"], found["problems"]) == (["", ""], [["unsupported_format"]] * 2)


def test_those_who_wait_are_told_that_somebody_is_there(
    call: Call,
    running: tuple[asyncio.Runner, httpx2.AsyncClient, Interim],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "INTERIM_SECONDS", 0.05)

    def answer(sock: socket.socket, request: Request) -> None:
        time.sleep(1.0)
        sock.sendall(ok(book("late")))

    before = running[2].sent
    with peer(answer) as slow:
        job = call("POST", "/asker", json={"parts": [{"url": slow.url("/a.pdf")}], "seconds": 0.3}).json()
        assert job["state"] in ("queued", "preparing")
        assert 2 <= running[2].sent - before <= 6
        assert call("POST", f"/asker/{job['id']}/cancel").json()["state"] == "cancelled"


def test_a_zip_of_the_callers_own(call: Call, tmp_path: Path) -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letters/1.pdf", book("eins"))
        archive.writestr("letters/2.pdf", book("zwei", "drei"))
    job = call("POST", "/asker", json={"parts": [part(out.getvalue(), "a.zip")], "formats": ["txt"]}).json()
    assert (job["state"], job["pages"]) == ("done", 3)
    assert job["members"] == [["letters/1.pdf", "pdf", 1], ["letters/2.pdf", "pdf", 2]]
    assert call("GET", f"/asker/{job['id']}").json()["texts"] == ["eins", "zwei", "drei"]


def test_how_a_job_stands_is_never_old_news(call: Call) -> None:
    answers = []

    def answer(sock: socket.socket, request: Request) -> None:
        time.sleep(0.5)
        sock.sendall(ok(book("late")))

    with peer(answer) as slow:
        jobs = [
            call("POST", "/asker", json={"parts": [{"url": slow.url(f"/{n}")}], "seconds": 0}).json() for n in range(3)
        ]
        for job in jobs:
            answers += [call("GET", f"/asker/{job['id']}/standing").json()[0] for _ in range(3)]
        assert set(answers) <= {"queued", "preparing"}
        assert call("POST", f"/asker/{jobs[0]['id']}/cancel").json()["state"] == "cancelled"
        assert call("GET", f"/asker/{jobs[0]['id']}/standing").json() == ["cancelled", None]
        until = time.monotonic() + 20
        while call("GET", f"/asker/{jobs[1]['id']}/standing").json()[0] != "done":
            assert time.monotonic() < until
    assert call("DELETE", f"/asker/{jobs[0]['id']}").status_code == 200
    for id in (jobs[0]["id"], "0" * 32, "x", "%00"):
        assert call("GET", f"/asker/{id}/standing").status_code == 404
