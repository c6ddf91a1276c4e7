"""Pages that did not lie flat, and sheets whose back shows through."""

from __future__ import annotations

import io
from collections.abc import Sequence
from difflib import SequenceMatcher

import cv2
import numpy as np
import pytest
from PIL import Image
from written import written

import legenda
from legenda.document import Line, bounds
from legenda.engines.base import EngineOptions, Raster
from legenda.engines.registry import get_engine
from legenda.options import ReadOptions
from legenda.pipeline.scan import read_scan
from legenda.pipeline.scan_bend import bend_of
from legenda.pipeline.scan_faint import is_faint, joined, sureness
from legenda.pipeline.scan_through import pale_lines

LINES = (
    "The harbour board met on Friday the twentieth of",
    "November in the old customs house. Present were the",
    "chairman, both of the wardens, and nine members who",
    "had sent word that they would come by the late ferry.",
    "The minutes of the last meeting were read, and after",
    "some talk about the price of rope they were approved.",
    "A letter from the lighthouse keeper was laid before",
    "the board. He asks for oil, for two new windows, and",
    "for a boat that does not leak. The wardens will look",
    "at the boat. Oil was granted, the windows were not,",
    "since those of last year have not been paid for yet.",
    "Then the treasurer told how much had been taken in.",
    "It was more than in the spring, but less than he had",
    "hoped. Nobody had any question, and so at nine in the",
    "evening the chairman closed the meeting and went home.",
)
BACK = tuple(" ".join(reversed(line.split())) for line in reversed(LINES))


@pytest.fixture(scope="module")
def page() -> Raster:
    return padded(written(*LINES, size=26), 120)


def padded(raster: Raster, margin: int) -> Raster:
    return np.pad(raster, margin, constant_values=255)


def curled(page: Raster, amount: float = 0.045) -> Raster:
    """As a page of a thick book on the glass: towards the spine, at the left, lines rise and it gets dark."""
    height, width = page.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    away = np.exp(-x / width / 0.18)
    bent = cv2.remap(page, x, (y - amount * height * away).astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(bent * (1 - 0.4 * np.exp(-x / width / 0.06)), np.uint8)


def downwards(lines: Sequence[Line]) -> str:
    return " ".join(line.content for line in sorted(lines, key=lambda line: line.polygon[1]))


def likeness(text: str, lines: tuple[str, ...] = LINES) -> float:
    return SequenceMatcher(None, text.split(), " ".join(lines).split(), autojunk=False).ratio()


def test_a_curled_page_is_read_as_a_flat_one(page: Raster) -> None:
    bent, file = curled(page, 0.09), io.BytesIO()
    Image.fromarray(bent).save(file, "PNG")
    plain = downwards(get_engine("cpu").read(bent, EngineOptions("fast")).lines)
    read = legenda.read(file.getvalue(), effort="fast").pages[0]
    assert likeness(plain) < 0.8 and likeness(read.text) > 0.97
    for word in read.words:  # on the page as it was given
        left, top, right, bottom = (max(0, round(value)) for value in bounds(word.polygon))
        part = bent[top : bottom + 1, left : right + 1]
        assert (part < 0.6 * np.median(part)).mean() > 0.04, word.content


@pytest.mark.parametrize("quarter", range(4))
def test_flat_pages_are_left_alone_whichever_way_up(page: Raster, quarter: int) -> None:
    assert bend_of(np.ascontiguousarray(np.rot90(page, quarter))) is None


def test_tilted_pages_are_flat(page: Raster) -> None:
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), 3, 1)
    assert bend_of(np.asarray(cv2.warpAffine(page, turn, page.shape[::-1], borderValue=255))) is None


def test_of_two_pages_side_by_side_each_is_straightened(page: Raster) -> None:
    both = np.hstack([np.ascontiguousarray(curled(np.ascontiguousarray(page[:, ::-1]))[:, ::-1]), curled(page)])
    bend = bend_of(both)
    assert bend is not None
    read = get_engine("cpu").read(bend.flattened(both), EngineOptions("fast")).lines
    middle = both.shape[1] / 2
    for side in (True, False):
        assert likeness(downwards([line for line in read if (line.polygon[0] < middle) is side])) > 0.95


def test_noise_is_no_page() -> None:
    chance = np.random.default_rng(5)
    assert bend_of(chance.integers(0, 255, (900, 700), dtype=np.uint8)) is None
    assert bend_of(np.full((900, 700), 255, np.uint8)) is None


def test_what_shows_through_is_not_read(page: Raster) -> None:
    short = page.copy()
    short[page.shape[0] // 3 :] = 255  # the back is written on farther down
    back = cv2.GaussianBlur(padded(written(*BACK, size=26), 120), (0, 0), 1.4)
    back = cv2.resize(back, short.shape[::-1])[:, ::-1]
    seen = np.clip(short.astype(np.float32) - 0.3 * (255 - back.astype(np.float32)), 0, 255).astype(np.uint8)
    options = ReadOptions(effort="fast")
    plain = get_engine("cpu").read(seen, EngineOptions("fast")).lines
    assert pale_lines(seen, plain)
    sheet = read_scan(seen, options)
    text = downwards(sheet.reading.lines)
    assert likeness(text, LINES[:4]) > 0.9 and len(sheet.reading.lines) <= 6 < len(plain)


def test_pale_writing_of_the_front_stays(page: Raster) -> None:
    front = page.copy()
    half = page.shape[0] // 2
    front[half:] = 255 - (255 - page[half:]) // 3
    text = downwards(read_scan(front, ReadOptions(effort="fast")).reading.lines)
    assert likeness(text) > 0.95


def test_dots_of_a_worn_ribbon_are_joined(page: Raster) -> None:
    line = Line("", (0, 0, 9, 0, 9, 9, 0, 9), 0.0, unreadable=True)
    read = Line("read well", (0, 0, 9, 0, 9, 9, 0, 9), 0.9)
    x, y = np.meshgrid(np.arange(page.shape[1]), np.arange(page.shape[0]))
    dots = (x + y) % 2 == 0
    faint = np.where(dots & (page < 128), 195, 235).astype(np.uint8)
    assert is_faint(faint, [line, line, read])
    assert not is_faint(faint, [line, read, read]) and not is_faint(faint, []) and not is_faint(page, [line])
    done = joined(faint)
    assert done.min() < 40 and np.median(done) >= 240
    assert sureness([read, line]) == pytest.approx(0.45) and sureness([line]) == 0 == sureness([])
    assert likeness(downwards(read_scan(faint, ReadOptions(effort="fast")).reading.lines)) > 0.9
