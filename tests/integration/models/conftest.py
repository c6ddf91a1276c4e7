from __future__ import annotations

from collections.abc import Callable

import pytest
from model_pages import PAGES, Writer

from legenda.engines.base import Reading
from legenda.options import ReadOptions
from legenda.pipeline.models import read_with_model
from legenda.pipeline.routing import read_raster


@pytest.fixture(scope="session")
def engines() -> Callable[[str], Reading]:
    """What the engines read on a page; each page once."""
    known: dict[str, Reading] = {}

    def read(page: str) -> Reading:
        if page not in known:
            known[page] = read_raster(PAGES[page], ReadOptions(effort="accurate"))
        return known[page]

    return read


@pytest.fixture
def reading(engines: Callable[[str], Reading]) -> Callable[[str, Writer], Reading]:
    """What comes of a page that a model writes down."""

    def read(page: str, model: Writer) -> Reading:
        return read_with_model(PAGES[page], model, engines(page), ReadOptions(effort="vlm"))

    return read
