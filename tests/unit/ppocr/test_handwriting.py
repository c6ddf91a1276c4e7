"""Handwriting: told from print, read, and marked; on real lines where they are at hand."""

from __future__ import annotations

import io
import zipfile
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from PIL import Image
from written import written

from legenda.engines.base import EngineOptions, Raster
from legenda.engines.ppocr import PPOCR, handwriting, models, weights
from legenda.engines.ppocr.strip import Strip, cut

LINES = Path(__file__).parents[4] / "shared" / "training" / "handwriting"
real = pytest.mark.skipif(not LINES.is_dir(), reason="no handwritten lines here")


def strip_of(pixels: Raster) -> Strip:
    height, width = pixels.shape[:2]
    return cut(pixels, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), squeeze=1.0)


def hand(name: str) -> Raster:
    with zipfile.ZipFile(LINES / "handwriting-0.zip") as archive:
        return np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("L"))


def printed() -> Raster:
    picture = written("Alle Menschen sind frei und gleich an Rechten", size=36)
    rows = np.flatnonzero((picture < 128).any(axis=1))
    return np.ascontiguousarray(picture[rows[0] - 5 : rows[-1] + 6])


def test_print_is_no_handwriting() -> None:
    seen = models.recogniser("tiny").look([strip_of(printed())])
    assert handwriting.likely(seen)[0] < 0.1
    assert handwriting.likely([]) == []
    (line,) = PPOCR().read(printed(), EngineOptions()).lines
    assert line.style is None or not line.style.handwritten


def test_pixels_are_what_the_network_was_trained_on() -> None:
    x = handwriting.pixels(strip_of(np.full((48, 100), 255, np.uint8)))
    assert x.shape == (1, 3, 48, 128)
    assert (x[..., :108] == 1).all() and (x[..., 108:] == 0).all()
    colour = np.zeros((48, 100, 3), np.uint8)
    assert (handwriting.pixels(strip_of(colour))[..., :100] == -1).all()


def test_positions_are_shares_of_the_strip() -> None:
    (reading,) = models.handwriting().read([strip_of(printed())])
    assert reading.characters
    assert (reading.starts <= reading.ends).all() and reading.ends.max() <= 1
    assert set(reading.characters) <= set(models.handwriting().head.alphabet)


@real
def test_a_handwritten_line_is_read_and_marked() -> None:
    (line,) = PPOCR().read(hand("copiste_00893.webp"), EngineOptions()).lines
    assert line.engine == handwriting.NAME
    assert line.style and line.style.handwritten and line.style.handwritten_confidence > 0.5
    assert SequenceMatcher(None, line.content, "Tommaso d'Ocre, dans les Abruzzes, Italie, et").ratio() > 0.85


@real
def test_handwriting_on_a_page_is_read_line_by_line() -> None:
    rows = [hand(f"copiste_{n:05}.webp") for n in (210, 893, 1078)] + [printed()]
    width = max(row.shape[1] for row in rows) + 80
    page = np.full((sum(row.shape[0] + 60 for row in rows) + 60, width), 255, np.uint8)
    top = 60
    for row in rows:
        page[top : top + row.shape[0], 40 : 40 + row.shape[1]] = row
        top += row.shape[0] + 60
    lines = sorted(PPOCR().read(page, EngineOptions()).lines, key=lambda line: line.polygon[1])
    written_ones = [line for line in lines if line.engine == handwriting.NAME]
    assert len(written_ones) >= 2 and all(line.style.handwritten for line in written_ones if line.style)
    assert lines[-1].engine != handwriting.NAME and lines[-1].content.startswith("Alle Menschen")


def test_trained_tensors_take_the_place_of_the_published_ones() -> None:
    model = onnx.load_from_string(weights.model_bytes("backbone-small"))
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    with np.load(io.BytesIO((files("legenda.data") / "handwriting_stage.npz").read_bytes())) as trained:
        assert len(trained.files) > 20
        for name in trained.files:
            assert (found[name] == trained[name].astype(np.float32)).all()
