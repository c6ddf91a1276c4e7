from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import buckets
import pytest

from legenda.blobs import Collection
from legenda.errors import NotFoundError, StorageError

NAMES = ("a b#1.pdf", "sub/ü+%20.png", "sub/deep/100%.txt")


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with buckets.served() as variables:
        yield variables


def check(collection: Collection) -> None:
    objects = dict(collection.objects())
    assert sorted(objects.values()) == [1, 2, 3] and len(objects) == 3
    found = {}
    for key, size in objects.items():
        with collection.path(key) as path:
            found[size] = path.read_bytes()
    assert found == {1: b"1", 2: b"22", 3: b"333"}


def test_a_folder(tmp_path: Path) -> None:
    for size, name in enumerate((*NAMES, ".hidden/x", "sub/.DS_Store"), 1):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(b"%d" % size * size)
    collection = Collection((tmp_path / "in").as_uri())
    assert [key for key, _ in collection.objects()] == list(NAMES)
    check(collection)


def test_a_bucket(bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in bucket.items():
        monkeypatch.setenv(name, value)
    for size, name in enumerate(("in/a%20b%231.pdf", "in/sub/%C3%BC%2B.png", "in/sub/deep/100%25.txt", "other/x"), 1):
        url, kind = f"{bucket['AWS_ENDPOINT_URL']}/legenda/{name}", {"Content-Type": "application/octet-stream"}
        urlopen(Request(url, b"%d" % size * size, kind, method="PUT")).close()
    collection = Collection("s3://legenda/in")
    check(collection)
    with pytest.raises(NotFoundError, match="deleted"), collection.path("gone.pdf"):
        pass


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        Collection((tmp_path / "none").as_uri())
    with pytest.raises(StorageError, match="cannot be opened"):
        Collection("ftp://x/y")
