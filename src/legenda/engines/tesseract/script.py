"""Tell the script of a page: orientation and script detection proposes, trial reading of sample lines decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legenda.engines.base import Raster
from legenda.engines.scripts import scripts
from legenda.engines.tesseract import recognise, upright
from legenda.engines.tesseract.languages_told import pack_told
from legenda.engines.tesseract.library import pack_named, tesserocr
from legenda.engines.tesseract.packs import LATIN, SCRIPT_PACKS, candidates, general, probe
from legenda.engines.tesseract.pool import Pool

SAMPLES = 3
FINALISTS = 3  # the right script is among the first three of 31 on every one of 47 pages in 32 scripts
MOST_RIVALS = 6
_DENSITY = 0.6  # letters a square of the line's height
_LONG, _SHORT = 16, 8  # width of a sample over its height: enough letters to tell, no more than needed
_SURE = 78.0  # with orientation and script detection agreeing; wrong packs reach 73
# the Thai pack reads every script as Thai at 57 to 81, Thai itself at 93
_THAI, _THAI_SURE, _HANDICAP = "Thai", 88.0, 0.5
_CLEAR = 12.0  # a lead over the next script that needs no further trial
_MAYBE = 35.0  # Amharic and Thaana read rightly at 42 to 55
_VIETNAMESE = ("vie", "script/Vietnamese")
_VIETNAMESE_LEAD = 6.0  # 18 on a Vietnamese page, 1 at most on 45 in other languages
# what Tesseract calls the scripts it tells apart
_NAMES = {name: code for code, (name, _) in SCRIPT_PACKS.items()} | {
    "Han": "Hans",
    "Korean": "Kore",
    "Katakana": "Jpan",
    "Hiragana": "Jpan",
}
# characters by which a reading is known to be in the script its pack is for
_MEMBERS = {
    "Hans": {"Hani"},
    "Hant": {"Hani"},
    "Jpan": {"Hani", "Hira", "Kana"},
    "Kore": {"Hang"},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The script of some lines.

    Attributes:
        script: ISO 15924, with `Hans`, `Hant`, `Jpan` and `Kore` for mixtures; empty when it cannot be told.
        packs: installed packs that read it, best first for `+`; empty when there is none.
        score: mean certainty (0..100) of the sample lines read with them.
    """

    script: str = ""
    packs: tuple[str, ...] = ()
    score: float = 0.0


def detect_script(page: Raster, pool: Pool, seen: upright.Guess | None) -> Choice:
    """Tell the script of a page.

    Args:
        page: grey and upright.
        pool: where API objects come from.
        seen: what orientation and script detection said, if anything.
    """
    samples = _samples(_lines(page, pool))
    if not samples:
        return Choice()
    proposed = _NAMES.get(seen.script, "") if seen else ""
    if proposed and (first := _tried(proposed, samples, pool)).score >= _SURE:
        return first
    found = [_tried(script, samples, pool) for script in _ranked(samples[0], pool)]
    best = max(found, key=lambda choice: choice.score, default=Choice())
    if best.score >= _MAYBE and best.packs:
        return best
    # no installed pack reads it: where detection knows a script without a pack, that is the one to install
    return Choice(proposed) if proposed and not candidates(proposed) else Choice()


def packs_in(script: str, crops: Sequence[Raster], pool: Pool) -> tuple[str, ...]:
    """The installed pack that reads lines of a known script, of several the one that reads these best; or none."""
    packs, samples = candidates(script), _samples(crops)
    if len(packs) < 2 or not samples:
        return packs[:1]
    if packs[:1] == general(script):
        return tuple(filter(None, (_told(script, packs[0], samples, pool), packs[0])))[:1]
    return _tried(script, samples, pool).packs or packs[:1]


def _tried(script: str, samples: Sequence[Raster], pool: Pool) -> Choice:
    """Read all samples with the packs of a script, and take the best."""
    packs = candidates(script)
    if script == LATIN:
        return _latin(packs, samples, pool)
    # the pack of a script reads all its languages; without it, its languages' packs stand against each other
    rivals = packs[:1] if packs[:1] == general(script) else packs[:MOST_RIVALS]
    scored = [(_score(script, pack, samples, pool), pack) for pack in rivals]
    score, pack = max(scored, default=(0.0, ""))
    return Choice(script, (pack,) if pack else (), score)


def _told(script: str, pack: str, samples: Sequence[Raster], pool: Pool) -> str:
    """The installed pack of the language that letters of the samples tell; or empty."""
    with pool.lend(pack) as api:
        lines = [line.content for sample in samples for line in recognise.line(api, sample).lines]
    return pack_named(pack_told(script, " ".join(lines)))


def _latin(packs: Sequence[str], samples: Sequence[Raster], pool: Pool) -> Choice:
    """Latin or Vietnamese, whose double accents the Latin pack lacks: CER .219 against .001."""
    usual = Choice(LATIN, tuple(packs[:1]), _score(LATIN, packs[0], samples, pool)) if packs else Choice(LATIN)
    other = next(filter(None, map(pack_named, _VIETNAMESE)), "")
    if not other or (score := _score(LATIN, other, samples, pool)) < usual.score + _VIETNAMESE_LEAD:
        return usual
    return Choice(LATIN, (other,), score)


def _ranked(sample: Raster, pool: Pool) -> list[str]:
    """The likeliest scripts, by the beginning of one line read with a small pack of every script."""
    beginning = np.ascontiguousarray(sample[:, : _SHORT * sample.shape[0]])
    scores = {script: _score(script, probe(script), [beginning], pool) for script in SCRIPT_PACKS if probe(script)}
    order = sorted(scores, key=lambda script: -scores[script])[:FINALISTS]
    clear = len(order) > 1 and scores[order[0]] > max(_SURE, scores[order[1]] + _CLEAR)
    return order[:1] if clear else order


def _score(script: str, pack: str, samples: Sequence[Raster], pool: Pool) -> float:
    """Mean certainty (0..100) of samples, less where letters are missing or belong to other scripts."""
    with pool.lend(pack) as api:
        readings = [recognise.line(api, sample) for sample in samples]
    total = 0.0
    for sample, reading in zip(samples, readings, strict=True):
        found = scripts("".join(line.content for line in reading.lines))
        own = sum(found[member] for member in _MEMBERS.get(script, {script}))
        purity = own / max(1, found.total())
        # Thai reads single letters out of anything at a certainty of 80; no script has fewer than Han's one a square
        filled = min(1.0, own / (_DENSITY * sample.shape[1] / sample.shape[0]))
        total += reading.score * purity * filled
    mean = total / len(samples)
    return mean * _HANDICAP if script == _THAI and mean < _THAI_SURE else mean


def _samples(crops: Sequence[Raster]) -> list[Raster]:
    """The longest lines, cut to the length that tells."""
    lines = sorted(crops, key=lambda crop: -crop.shape[1] / crop.shape[0])[:SAMPLES]
    return [np.ascontiguousarray(crop[:, : _LONG * crop.shape[0]]) for crop in lines if min(crop.shape) >= 8]


def _lines(page: Raster, pool: Pool) -> list[Raster]:
    """Lines cut out of a page by Tesseract's layout analysis."""
    level = tesserocr().RIL
    with pool.lend("") as api:
        api.SetPageSegMode(tesserocr().PSM.AUTO)
        api.SetImageBytes(page.tobytes(), page.shape[1], page.shape[0], 1, page.shape[1])
        it = api.AnalyseLayout()
        boxes = [x.BoundingBox(level.TEXTLINE) for x in tesserocr().iterate_level(it, level.TEXTLINE)] if it else []
    heights = sorted(box[3] - box[1] for box in boxes if box)
    usual = heights[len(heights) // 2] if heights else 0
    kept = [box for box in boxes if box and 0.6 * usual <= box[3] - box[1] <= 1.8 * usual]
    # boxes are tight to the ink, and lose marks above and below
    edge = usual // 8
    return [
        np.ascontiguousarray(page[max(0, top - edge) : bottom + edge, max(0, left - edge) : right + edge])
        for left, top, right, bottom in kept
    ]
