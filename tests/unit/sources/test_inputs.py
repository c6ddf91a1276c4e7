from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from legenda.errors import NotFoundError, TooLargeError
from legenda.options import Limits
from legenda.sources import Input, expand


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("b.png", "a.PDF", "notes.txt", "sub/c.tiff", "sub/.hidden/d.png", ".e.png", "[x].jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*arguments: str) -> list[str]:
    return [given.name for given in expand(arguments)]


def test_a_file_is_taken_whatever_it_is_called(tree):
    assert expand(["notes.txt"]) == [Input("notes.txt", Path("notes.txt"))]


def test_a_folder_is_searched_for_readable_files(tree):
    assert names(".") == ["[x].jpg", "a.PDF", "b.png", str(Path("sub") / "c.tiff")]


def test_patterns(tree):
    assert names("*.p*") == ["b.png"]
    assert names("**/*.tiff") == [str(Path("sub") / "c.tiff")]
    assert names(str(tree / "*.PDF")) == [str(tree / "a.PDF")]
    assert names("[x].jpg") == ["[x].jpg"]  # a file of that name comes before the pattern


def test_order_is_kept_and_nothing_is_read_twice(tree):
    assert names("b.png", "a.PDF", "b.png", "*.png") == ["b.png", "a.PDF"]


def test_a_missing_file_fails_when_it_is_opened_so_that_others_are_read(tree):
    assert names("none.png", "b.png") == ["none.png", "b.png"]


@pytest.mark.parametrize("argument", ["*.xyz", "empty", ""])
def test_nothing_found(tree, argument):
    (tree / "empty").mkdir()
    with pytest.raises(NotFoundError):
        expand([argument])


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"data")))
    assert expand(["-"]) == [Input("standard input", b"data")]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"data")))
    with pytest.raises(TooLargeError):
        expand(["-"], Limits(bytes=3))
