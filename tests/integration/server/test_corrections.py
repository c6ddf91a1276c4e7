"""Words put right, pictures of pages, accounts and keys, over HTTP."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from serving import Serving, serving


@pytest.fixture
def job(server: Serving, letter: bytes) -> str:
    answer = server.client.post("/v1/jobs", files={"file": ("letter.png", letter)}).json()
    return str(server.settled(answer["id"])["id"])


def test_results_follow_a_correction(server: Serving, job: str) -> None:
    path = f"/v1/jobs/{job}/pages/1"
    assert "Lindqvist" in server.client.get(f"/v1/jobs/{job}/result?format=md").text
    given = {"corrections": [{"word": 2, "was": "Lindqvist", "content": "  Lind  gren "}]}
    answer = server.client.post(f"{path}/corrections", json=given)
    assert answer.status_code == 200 and answer.json()["page"]["text"].startswith("Dear Ms Lind gren\n")
    assert server.client.get(path).json() == answer.json()
    for format in ("md", "txt", "json", "hocr"):
        assert "gren" in server.client.get(f"/v1/jobs/{job}/result?format={format}").text
    assert server.client.post(f"{path}/corrections", json=given).status_code == 409
    pages = server.client.get(f"/v1/jobs/{job}/pages").json()["pages"]
    assert pages[0]["characters"] == len(answer.json()["page"]["text"])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"corrections": []},
        {"corrections": [{"word": -1, "was": "a", "content": "b"}]},
        {"corrections": [{"word": 0, "was": "Dear", "content": "a\u0000b"}]},
        {"corrections": [{"word": 0, "was": "Dear", "content": "a" * 201}]},
        {"corrections": [{"word": 0, "was": "Dear"}]},
    ],
)
def test_corrections_that_cannot_be(server: Serving, job: str, wrong: object) -> None:
    assert server.client.post(f"/v1/jobs/{job}/pages/1/corrections", json=wrong).status_code == 422


def test_there_is_no_such_page(server: Serving, job: str) -> None:
    given = {"corrections": [{"word": 0, "was": "a", "content": "b"}]}
    assert server.client.post(f"/v1/jobs/{job}/pages/2/corrections", json=given).status_code == 404
    assert server.client.post(f"/v1/jobs/{'0' * 32}/pages/1/corrections", json=given).status_code == 404


def test_pictures_of_pages(server: Serving, job: str, book: bytes, letter: bytes) -> None:
    with Image.open(io.BytesIO(letter)) as picture:
        size = picture.size
    answer = server.client.get(f"/v1/jobs/{job}/pages/1/image")
    assert answer.headers["content-type"] == "image/jpeg" and "private" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.content)).size == size  # never more than there is
    small = server.client.get(f"/v1/jobs/{job}/pages/1/image?width=100").content
    assert Image.open(io.BytesIO(small)).width == 100
    assert server.client.get(f"/v1/jobs/{job}/pages/2/image").status_code == 404
    assert server.client.get(f"/v1/jobs/{job}/pages/1/image?width=99999").status_code == 422
    made = server.client.post("/v1/jobs", files={"file": ("book.pdf", book)}).json()["id"]
    server.settled(made)
    third = Image.open(io.BytesIO(server.client.get(f"/v1/jobs/{made}/pages/3/image?width=800").content))
    assert third.size == (800, 600)


def test_pictures_are_gone_with_the_input(server: Serving, letter: bytes) -> None:
    data = {"delete_input": "true"}
    made = server.client.post("/v1/jobs", files={"file": ("letter.png", letter)}, data=data).json()["id"]
    server.settled(made)
    codes = set()
    for _ in range(100):  # the input goes a moment later
        codes.add(server.client.get(f"/v1/jobs/{made}/pages/1/image").status_code)
        if codes & {409, 410}:
            break
    assert codes <= {200, 409, 410}


def test_the_account_and_the_keys(tmp_path: Path) -> None:
    with serving(tmp_path, workers="1", balances="true", plans='{"default": {"free_pages": 7}}') as server:
        client = server.client
        mine = client.get("/v1/account").json()
        assert mine["anonymous"] and mine["scopes"] == ["admin", "read", "write"]
        assert client.get("/v1/keys").json() == []
        assert client.post("/v1/keys", json={"name": "x", "scopes": ["all"]}).status_code == 422
        assert client.post("/v1/keys", json={"name": "x", "tenant": "no such:thing"}).status_code == 422
        made = client.post("/v1/keys", json={"name": "boss", "scopes": ["read", "write", "admin"]}).json()
        assert client.get("/v1/account").status_code in (401, 403)  # at once
        boss = {"Authorization": f"Bearer {made['secret']}"}
        mine = client.get("/v1/account", headers=boss).json()
        assert (mine["tenant"], mine["key"], mine["cap"], mine["used"]) == ("local", made["id"], 7, 0)
        other = client.post("/v1/keys", json={"name": "b", "tenant": "b"}, headers=boss).json()
        guest = {"X-API-Key": other["secret"]}
        assert client.get("/v1/account", headers=guest).json()["tenant"] == "b"
        for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", f"/v1/keys/{made['id']}")):
            assert client.request(method, path, headers=guest, json={} if method == "POST" else None).status_code == 403
        listed = client.get("/v1/keys", headers=boss)
        assert [key["name"] for key in listed.json()] == ["boss", "b"] and made["secret"] not in listed.text
        assert client.delete(f"/v1/keys/{other['id']}", headers=boss).status_code == 204
        assert client.get("/v1/account", headers=guest).status_code == 401
        assert client.delete(f"/v1/keys/{other['id']}", headers=boss).status_code == 404
