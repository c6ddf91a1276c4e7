"""The public surface: what is in it, and that having it costs nothing until it is used."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import legenda

SURFACE = (
    "Block",
    "Client",
    "Document",
    "Limits",
    "Line",
    "Page",
    "ReadOptions",
    "Reader",
    "Span",
    "Word",
    "__version__",
    "errors",
    "read",
)


def test_the_surface_is_what_was_promised() -> None:
    assert tuple(legenda.__all__) == SURFACE
    assert set(SURFACE) <= set(dir(legenda))


@pytest.mark.parametrize("name", SURFACE)
def test_every_name_is_there(name: str) -> None:
    assert getattr(legenda, name) is getattr(legenda, name)


def test_names_are_those_of_their_modules() -> None:
    assert legenda.Document is importlib.import_module("legenda.document").Document
    assert legenda.errors.LegendaError is importlib.import_module("legenda.errors").LegendaError


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'write'"):
        legenda.write  # noqa: B018


def test_importing_loads_nothing_heavy() -> None:
    heavy = "numpy, cv2, PIL, onnxruntime, openvino, pikepdf, pypdfium2, rich, typer, httpx2"
    code = f"import sys, legenda; print([m for m in '{heavy}'.split(', ') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
