from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

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
