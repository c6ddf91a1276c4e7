from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from leftovers import left_open
from node import Node
from pdf_maker import make_pdf, words
from work import ENGINES, Bench

import legenda


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Engines of a third party, installed; and the file in which one notes its processes and pages."""
    monkeypatch.syspath_prepend(ENGINES)
    path = tmp_path / "notes"
    path.touch()
    monkeypatch.setenv("LEGENDA_TEST_NOTES", str(path))
    return path


@pytest.fixture
def bench(notes: Path, tmp_path: Path) -> Iterator[Bench]:
    """An executor with one worker; nothing of it may be left in the end."""
    made = Bench(tmp_path / "blobs")
    made.blobs.put("first", b"")  # starts what lives as long as the process, and so does the library
    legenda.read(make_pdf(words("text")))
    before = left_open() if sys.platform.startswith("linux") else None
    yield made
    made.executor.close()
    if before:
        assert left_open() == before


@pytest.fixture
def node(notes: Path, tmp_path: Path) -> Iterator[Node]:
    """A dispatcher at work, with two workers."""
    made = Node(tmp_path / "data", page_seconds=20.0)
    made.dispatcher.start()
    yield made
    made.close()
