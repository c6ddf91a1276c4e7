from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from leftovers import left_open
from pdf_maker import make_pdf, words
from PIL import Image

import legenda
from legenda.engines import registry
from legenda.engines.base import Engine, Raster


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Engine], str]:
    """Make an engine known by its name, as an entry point would."""

    def add(engine: Engine) -> str:
        monkeypatch.setitem(registry._engines, engine.name, engine)
        return engine.name

    return add


@pytest.fixture(scope="session")
def png() -> Callable[[Raster], bytes]:
    """The file of a picture."""

    def save(picture: Raster) -> bytes:
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "PNG")
        return out.getvalue()

    return save


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Whatever the test did, no descriptor, child or thread stays behind."""
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    for _ in range(2):  # the second child is the first that comes from the zygote
        legenda.read(make_pdf(words("text")))  # what is opened once for the life of the process
    before = left_open()
    yield
    assert left_open() == before


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Engines of a third party, installed."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "plugins" / "engines")
    monkeypatch.setattr(registry, "_engines", {})
    registry._entries.cache_clear()
    yield
    registry._entries.cache_clear()
    sys.modules.pop("legenda_test_engines", None)
