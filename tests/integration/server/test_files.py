"""Uploads as dialects hand them out: begun by a route, PUT without a key, named in jobs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.testclient import TestClient

from legenda.errors import LegendaError
from legenda.server import asking, files
from legenda.server.app import make_app
from legenda.server.auth import Caller, requires
from legenda.server.dialects.doorway import reached
from legenda.server.metrics import Metrics
from legenda.server.parts import Parts
from legenda.server.service import service_of
from legenda.settings import Settings

Writes = Annotated[Caller, Depends(requires("write"))]
router = APIRouter()


@router.post("/try/begin")
def begin(request: Request, caller: Writes, name: str, type: str, parts: bool = False) -> dict[str, Any]:
    """As a dialect begins an upload."""
    start = files.begin_parts if parts else files.begin
    begun = start(service_of(request), caller, reached(request), name, type, seconds=3600)
    return {"upload_url": begun.upload_url, "file_url": begun.file_url, "id": begun.upload_id, "file": begun.file.id}


@router.post("/try/receive")
async def receive(request: Request, caller: Writes, name: str) -> dict[str, Any]:
    """As a dialect takes a body."""
    file = await files.receive(request, caller, name, request.headers["content-type"])
    return {"url": files.url_of(reached(request), file), "expires": file.expires - file.created}


@router.post("/try/job")
async def job(request: Request, caller: Writes, url: str) -> dict[str, Any]:
    """As a dialect takes inputs."""
    try:
        made = await asking.submit(request, caller, asking.Ask("try", [asking.Part(url=url)]))
    except LegendaError as error:
        return {"code": error.code, "place": error.place}
    made = await asking.closed(request, made, 60)
    document = await asking.page_documents(service_of(request), made)
    link = files.result_url(service_of(request), reached(request), made, "txt")
    return {"state": made.state, "name": made.request.source.name, "text": document.text, "link": link}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("files"), upload_megabytes=3, files_megabytes=30, workers=1, public_url=""
    )
    parts = Parts.opened(settings)
    app = make_app(parts, Metrics())
    app.include_router(router)
    with TestClient(app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture(scope="module")
def stored(client: TestClient) -> Path:
    folder: Path = client.app.state.service.blobs.folder  # type: ignore[attr-defined]
    return folder / "inputs" / "files"


def begun(client: TestClient, name: str = "a b ü.png", type: str = "image/png", parts: bool = False) -> dict[str, str]:
    answer = client.post("/try/begin", params={"name": name, "type": type, "parts": parts})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_file_is_put_served_and_read(client: TestClient, letter: bytes) -> None:
    urls = begun(client)
    assert urls["file_url"].startswith("http://127.0.0.1:8080/files/")
    assert urls["file_url"].endswith("/a%20b%20%C3%BC.png")
    assert client.get(urls["file_url"]).status_code == 404
    put = client.put(urls["upload_url"], content=letter, headers={"Authorization": "Key whatever"})
    assert put.status_code == 200 and put.headers["etag"] == put.json()["etag"]
    got = client.get(urls["file_url"])
    assert got.content == letter and got.headers["content-type"] == "image/png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"].startswith("inline;")
    assert client.get(urls["file_url"], headers={"If-None-Match": got.headers["etag"]}).status_code == 304
    head = client.head(urls["file_url"])
    assert head.status_code == 200 and head.headers["content-length"] == str(len(letter)) and not head.content
    for url in (urls["file_url"], urls["file_url"].replace("127.0.0.1:8080", "legenda.example")):
        read = client.post("/try/job", params={"url": url}).json()
        assert read["state"] == "done" and "Lindqvist" in read["text"] and read["name"] == "a b ü.png"


def test_results_by_links_that_need_no_key(client: TestClient, letter: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = begun(client)
    client.put(urls["upload_url"], content=letter)
    link = client.post("/try/job", params={"url": urls["file_url"]}).json()["link"]
    assert "/a%20b%20%C3%BC.txt?exp=" in link
    got = client.get(link)
    assert got.status_code == 200 and "Lindqvist" in got.text and "attachment" in got.headers["content-disposition"]
    for wrong in (link[:-1], link.replace("/txt/", "/json/"), link.partition("?")[0], link.replace("exp=", "exp=1")):
        assert client.get(wrong).status_code == 403
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert client.get(link).status_code == 403


def test_the_job_has_its_own_copy(client: TestClient, letter: bytes) -> None:
    url = client.post("/try/receive", params={"name": "x.png"}, content=letter, headers={"Content-Type": "image/png"})
    assert url.json()["expires"] == 24 * 3600
    first = client.post("/try/job", params={"url": url.json()["url"]}).json()
    service = client.app.state.service  # type: ignore[attr-defined]
    (file,) = [file for file in service.store.files.of("local") if file.name == "x.png"]
    assert service.store.files.delete("local", file.id)
    service.blobs.delete(service.store.expire())
    assert first["state"] == "done" and client.get(url.json()["url"]).status_code == 404
    assert client.post("/try/job", params={"url": url.json()["url"]}).json() == {"code": "unreachable", "place": 0}


def test_urls_that_are_none_of_ours_go_the_usual_way(client: TestClient) -> None:
    other = f"http://10.0.0.1/files/{'0' * 32}/a.png"
    assert client.post("/try/job", params={"url": other}).json()["code"] == "url_refused"
    mine = f"http://127.0.0.1:8080/files/{'0' * 32}/a.png"
    assert client.post("/try/job", params={"url": mine}).json()["code"] == "unreachable"
    assert client.post("/try/job", params={"url": "http://127.0.0.1:8080/livez"}).json()["code"] == "url_refused"


def test_upload_urls_are_for_one_file_and_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, split = begun(client), begun(client), begun(client, parts=True)
    query = one["upload_url"].partition("?")[2]
    for url in (
        one["file_url"],
        f"{other['file_url']}?{query}",
        one["upload_url"][:-1],
        one["upload_url"].replace("exp=", "exp=9"),
        one["upload_url"].replace("exp=", "exp=é"),
        f"{one['file_url']}/multipart/{split['id']}/1",
        f"{split['file_url']}/multipart/{query.replace('exp=', '').replace('&sig=', '-')}/1",
    ):
        assert client.put(url, content=b"x").status_code == 403, url
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 7 * 3600)
    assert client.put(one["upload_url"], content=b"x").status_code == 403
    assert client.put(f"{split['upload_url']}/1", content=b"x").status_code == 403


def test_parts_in_any_order_become_one_file(client: TestClient, stored: Path) -> None:
    data = bytes(range(256)) * 8000  # 2 MB
    urls = begun(client, "big.pdf", "application/pdf", parts=True)
    assert urls["upload_url"] == f"{urls['file_url']}/multipart/{urls['id']}"
    pieces = {3: data[1_500_000:], 1: data[:700_000], 2: data[700_000:1_500_000]}
    etags = {}
    client.put(f"{urls['upload_url']}/2", content=b"first try")
    for number, piece in pieces.items():
        answer = client.put(f"{urls['upload_url']}/{number}", content=piece)
        assert answer.json() == {"partNumber": number, "etag": answer.headers["etag"]}
        etags[number] = answer.headers["etag"]
    told = [{"partNumber": n, "etag": etags[n]} for n in (2, 1, 3)]
    end = f"{urls['upload_url']}/complete"
    for wrong in (
        [told[0], told[0]],
        [{"partNumber": 1, "etag": '"0"'}],
        [{"partNumber": 4, "etag": ""}],
        [],
    ):
        assert client.post(end, json={"parts": wrong}).status_code == 422
    for _ in range(2):  # the second time is a client that did not hear the answer
        assert client.post(end, json={"parts": told}).status_code == 200
    assert client.get(urls["file_url"]).content == data
    service = client.app.state.service  # type: ignore[attr-defined]
    service.blobs.delete(service.store.expire())
    left = [file.read_bytes() for file in (stored / urls["file"]).iterdir()]
    assert [hashlib.sha256(one).hexdigest() for one in left] == [hashlib.sha256(data).hexdigest()]


def test_caps(client: TestClient) -> None:
    urls, split = begun(client), begun(client, parts=True)
    beyond = b"x" * (3 * 2**20 + 1)
    assert client.put(urls["upload_url"], content=beyond).status_code == 413
    assert client.put(urls["upload_url"], content=iter([beyond])).status_code == 413
    half = b"x" * (2 * 2**20)
    assert client.put(f"{split['upload_url']}/1", content=half).status_code == 200
    assert client.put(f"{split['upload_url']}/2", content=half).status_code == 413
    for number in ("0", "10001", "-1", "x"):
        assert client.put(f"{split['upload_url']}/{number}", content=b"x").status_code in (400, 422)


def test_room_for_a_tenant(client: TestClient) -> None:
    answers = []
    for _ in range(16):
        body = b"x" * (3 * 2**20)
        answers.append(client.post("/try/receive", params={"name": "x"}, content=body, headers={"Content-Type": "a/b"}))
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 413 and "no room" in answers[-1].json()["detail"]
    service = client.app.state.service  # type: ignore[attr-defined]
    found = service.store.files.of("local", limit=1000)
    for file in found:
        service.store.files.delete("local", file.id)
    service.blobs.delete(service.store.expire())


@pytest.mark.parametrize(
    ("given", "type", "kind"),
    [
        ("image/png", "image/png", "inline"),
        ("text/plain; charset=utf-8", "text/plain", "inline"),
        ("text/html", "text/html", "attachment"),
        ("image/svg+xml", "image/svg+xml", "attachment"),
        ("IMAGE/SVG+XML", "image/svg+xml", "attachment"),
        ("application/xhtml+xml", "application/xhtml+xml", "attachment"),
        ("no type\r\nX: y", "application/octet-stream", "attachment"),
        ("", "application/octet-stream", "attachment"),
    ],
)
def test_what_a_browser_may_show(client: TestClient, given: str, type: str, kind: str) -> None:
    urls = begun(client, '../../..\\a"b\r\n.x', given)
    assert urls["file_url"].rpartition("/")[2] == "a_b%20.x"
    client.put(urls["upload_url"], content=b"<script>")
    got = client.get(urls["file_url"])
    assert got.headers["content-type"].partition(";")[0] == type
    assert got.headers["content-disposition"] == f"{kind}; filename*=UTF-8''a_b%20.x"
    assert "sandbox" in got.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["", "..", "/", "a/."])
def test_names_that_are_none(client: TestClient, name: str) -> None:
    assert begun(client, name)["file_url"].endswith("/file")


def test_nobody_changes_the_files_of_others(client: TestClient) -> None:
    service = client.app.state.service  # type: ignore[attr-defined]
    urls = begun(client)
    client.put(urls["upload_url"], content=b"x")
    assert not service.store.files.delete("other", urls["file"])
    assert client.get(urls["file_url"]).status_code == 200
    assert client.get(urls["file_url"].replace("/files/", "/files/x")).status_code == 404
