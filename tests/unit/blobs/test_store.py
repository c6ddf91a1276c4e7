"""Blobs in a folder, in memory, and in a bucket of a server that speaks S3."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import buckets
import pytest

from legenda.blobs import BlobStore, checked, escaped
from legenda.errors import NotFoundError, StorageError, TooLargeError

LARGE = os.urandom(2**20) * 12


@pytest.fixture(params=["file", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    if request.param == "file":
        return BlobStore((tmp_path / "the blobs").as_uri())
    if request.param == "memory":
        return BlobStore("memory:///")
    for name, value in request.getfixturevalue("bucket").items():
        monkeypatch.setenv(name, value)
    return BlobStore(f"s3://legenda/{tmp_path.name}")


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with buckets.served() as variables:
        yield variables


@pytest.mark.parametrize("size", [0, 5, 5 * 2**20, len(LARGE)])
def test_what_is_put_comes_back(store: BlobStore, size: int, tmp_path: Path) -> None:
    data = LARGE[:size]
    (source := tmp_path / "source").write_bytes(data)
    for given in (data, source, io.BytesIO(data)):
        content = store.put("inputs/ab", given)
        assert (content.size, content.sha256) == (size, hashlib.sha256(data).hexdigest())
        assert store.get("inputs/ab") == data
        assert store.size("inputs/ab") == size
    assert b"".join(store.chunks("inputs/ab")) == data
    with store.path("inputs/ab") as path:
        assert path.read_bytes() == data
    with store.open("inputs/ab") as file:
        file.seek(-min(3, size), os.SEEK_END)
        assert file.read() == data[-3:]


def test_a_part_of_a_blob(store: BlobStore) -> None:
    store.put("a", LARGE)
    assert b"".join(store.chunks("a", 5, 2**22)) == LARGE[5 : 2**22]
    assert b"".join(store.chunks("a", 7)) == LARGE[7:]
    assert b"".join(store.chunks("a", 7, 2**40)) == LARGE[7:]
    assert not list(store.chunks("a", len(LARGE)))
    assert not list(store.chunks("a", 9, 9))


def test_what_is_not_there(store: BlobStore) -> None:
    for ask in (store.get, store.size, store.chunks):
        with pytest.raises(NotFoundError, match="no blob a/b"):
            ask("a/b")
    with pytest.raises(NotFoundError), store.path("a/b"):
        pass
    assert not store.exists("a/b")
    store.put("a/b", b"1")
    assert store.exists("a/b")
    assert not store.exists("a")
    store.delete(["a/b", "a/b", "never/was"])
    assert not store.exists("a/b")


def test_keys_under_a_prefix(store: BlobStore) -> None:
    for key in ("pages/aa/1.json", "pages/aa/2.json", "pages/aab/1.json", "results/x/txt"):
        store.put(key, b"{}")
    assert sorted(store.list("pages/aa/")) == ["pages/aa/1.json", "pages/aa/2.json"]
    assert len(list(store.list())) == 4
    assert not list(store.list("nothing"))


def test_keys_by_age(store: BlobStore) -> None:
    store.put("inputs/a", b"a")
    assert list(store.list("inputs", before=time.time() - 60)) == []
    assert list(store.list("inputs", before=time.time() + 60)) == ["inputs/a"]


def test_a_failing_source_leaves_what_was_there(store: BlobStore) -> None:
    class Capped(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 8 * 2**20:
                raise TooLargeError("too much")
            return super().read(size)

    store.put("a", b"before")
    with pytest.raises(TooLargeError):
        store.put("a", Capped(LARGE))
    assert store.get("a") == b"before"
    assert list(store.list()) == ["a"]


def test_only_one_creates(store: BlobStore) -> None:
    with ThreadPoolExecutor(8) as threads:
        created = list(threads.map(lambda n: store.create("done/7", b"%d" % n), range(8)))
    assert created.count(True) == 1
    assert store.get("done/7") == b"%d" % created.index(True)


def test_every_name_has_a_key_of_its_own() -> None:
    names = [
        "a b",
        "a=20b",
        "a/b",
        "a_b",
        ".a",
        "=2Ea",
        "ä",
        "..",
        "x" * 300,
        "x" * 301,
        "a/" * 40 + "b",
        "a/" * 40 + "c",
        "#",
    ]
    keys = [checked(escaped(name)) for name in names]
    assert len(set(keys)) == len(names)
    assert escaped("2026/scan-1.pdf") == "2026/scan-1.pdf"


NO_KEYS = ("", "/a", "a/", "a//b", "..", "../a", "a/../../b", "a/./b", ".hidden", "a\\b", "a\0", "a\n", "ä", "%2e%2e/a")


@pytest.mark.parametrize("key", [*NO_KEYS, "a b", "a#1", "C:a", "a" * 200, "/".join("a" * 17)])
def test_no_key_leads_out(tmp_path: Path, key: str) -> None:
    store = BlobStore((tmp_path / "in").as_uri())
    (tmp_path / "a").write_bytes(b"secret")
    asks = [store.get, store.size, store.chunks, store.exists, lambda k: store.put(k, b""), lambda k: store.delete([k])]
    for ask in asks:
        with pytest.raises(StorageError, match="no key"):
            ask(key)
    with pytest.raises(StorageError), store.path(key):
        pass
    assert {p.name for p in tmp_path.iterdir()} == {"in", "a"}


def test_a_folder_needs_no_copy_and_is_private(tmp_path: Path) -> None:
    store = BlobStore((tmp_path / "in").as_uri())
    store.put("a/b", b"1")
    with store.path("a/b") as path:
        assert path == tmp_path / "in" / "a" / "b"
    assert (tmp_path / "in").stat().st_mode & 0o077 == 0


def test_deleting_takes_along_what_a_killed_writer_left(tmp_path: Path) -> None:
    store = BlobStore(tmp_path.as_uri())
    store.put("pages/x/1.json", b"text")
    (tmp_path / "pages/x/1.json#1").write_bytes(b"te")
    assert list(store.list()) == ["pages/x/1.json"]
    store.delete(["pages/x/1.json"])
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_folders_that_empty_while_others_write(tmp_path: Path) -> None:
    store = BlobStore(tmp_path.as_uri())
    errors: list[BaseException] = []

    def churn(name: str) -> None:
        try:
            for _ in range(300):
                store.put(f"d/{name}", b"1")
                store.delete([f"d/{name}"])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=churn, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


@pytest.mark.parametrize("url", ["", "nothing", "ftp://host/x", "file:///dev/null/x"])
def test_a_url_of_no_store(url: str) -> None:
    with pytest.raises(StorageError, match="LEGENDA_BLOBS_URL"):
        BlobStore(url)
