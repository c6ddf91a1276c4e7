"""Read strips: features from the network, logits from the head's columns in play, greedy CTC decoding.

CTC: Graves et al., "Connectionist temporal classification" (2006). Every decoded character keeps the steps it came
from, which gives word boxes for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.charset import latin_classes
from legenda.engines.ppocr.strip import HEIGHT, Strip
from legenda.engines.ppocr.weights import Head
from legenda.runtime.session import Session

WIDTH_STEP = 64  # widths are padded to a multiple: a new shape costs OpenVINO 5 (tiny) to 15 ms (small)
FIXED = (1408, 1600)  # widths of the canvases of a page's worth of strips: full lines fit, little is left empty
_DEARER = 1.3  # what a column costs on canvases of many widths, compared with a fixed one (EPYC with bf16)
GAP = 8  # between neighbours on a canvas; wider ones cost spaces (receipts' word F1 .795 at 8, .784 at 32)
BLANK = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A decoded strip.

    Attributes:
        characters: one string a character.
        probabilities: float32 [n], of each character at its best step.
        starts: float32 [n], where each character begins, as a share (0..1) of the strip's width.
        ends: float32 [n], where it ends.
    """

    characters: tuple[str, ...]
    probabilities: NDArray[np.float32]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

    @property
    def text(self) -> str:
        """The characters, joined."""
        return "".join(self.characters)

    @property
    def mean(self) -> float:
        """Mean probability of the characters other than spaces, 0 when there are none."""
        shown = [p for p, c in zip(self.probabilities.tolist(), self.characters, strict=True) if c != " "]
        return sum(shown) / len(shown) if shown else 0.0


@dataclass(frozen=True, slots=True)
class Features:
    """What the body made of a strip.

    Attributes:
        steps: float32 [n, features].
        stretch: width of the steps / width of the strip.
        lead: where the strip begins after the first step's left edge, as a share of its width.
    """

    steps: NDArray[np.float32]
    stretch: float
    lead: float

    def middle(self, share: float) -> Features:
        """Those of the middle of the strip, a share (0..1) of it."""
        count = len(self.steps)
        return Features(self.steps[int(count * (0.5 - share / 2)) : math.ceil(count * (0.5 + share / 2))], 1.0, 0.0)

    def read(self, head: Head) -> Reading:
        """Read them with a cut of the head."""
        return decode(self.steps, head, self.stretch, self.lead)


NOTHING = Reading((), *(np.zeros(0, np.float32),) * 3)


class Recogniser:
    """A recogniser's body; which characters it may answer with is the head's business.

    Args:
        name: what lines read by it say about their engine.
        session: the body, from pixels scaled to -1..1 to features.
        head: loads the whole head.
        canvas: strips are packed side by side into canvases of this width; 0 runs each alone. The tiny body is
            convolutions only, so neighbours hardly disturb each other, and fewer, wider calls of fewer shapes cost it
            a fifth less; the small one has attention and is disturbed.
        fixed: opens the body for canvases of exactly so many columns, where that makes a column cheaper.
    """

    def __init__(
        self,
        name: str,
        session: Callable[[], Session],
        head: Callable[[], Head],
        canvas: int = 0,
        fixed: Callable[[int], Session] | None = None,
    ) -> None:
        self.name = name
        self._session, self._head, self._canvas, self._fixed = session, head, canvas, fixed
        full = head()
        self.latin = cut_head(full, latin_classes(full.alphabet))

    @cached_property
    def full(self) -> Head:
        """The whole head, 10 MB of the small one; many pages never need it."""
        return self._head()

    def read(self, strips: Sequence[Strip], head: Head) -> list[Reading]:
        """Read strips with one cut of the head; results in the order of the strips."""
        return [features.read(head) for features in self.look(strips)]

    def look(self, strips: Sequence[Strip]) -> list[Features]:
        """Run the body on strips; results in their order."""
        found: dict[int, Features] = {}
        # by width, so that the runtimes meet each shape once
        for canvas in sorted(self._canvases(strips), key=lambda c: c.width):
            session = self._fixed(canvas.width) if self._fixed and canvas.width in FIXED else self._session()
            steps = session(canvas.input(strips))[0].copy()
            step = canvas.width / len(steps)
            for index, left in canvas.items:
                width = strips[index].width
                a, b = int(left / step), min(len(steps), math.ceil((left + width + GAP / 2) / step))
                found[index] = Features(steps[a:b], (b - a) * step / width, (left - a * step) / width)
        return [found[index] for index in range(len(strips))]

    def _canvases(self, strips: Sequence[Strip]) -> list[_Canvas]:
        """Strips on canvases; on those of fixed width where that is cheaper, though more of them stays empty."""
        ways = [_packed(strips, self._canvas)]
        if self._fixed:
            ways += [_packed(strips, width, width) for width in FIXED]
        return min(ways, key=_cost)


@dataclass(slots=True)
class _Canvas:
    """Strips side by side: index and left edge of each, the width used, the step it is padded to, the least width."""

    items: list[tuple[int, int]]
    used: int
    step: int
    least: int

    @property
    def width(self) -> int:
        return max(self.least, -(-self.used // self.step) * self.step)

    def input(self, strips: Sequence[Strip]) -> NDArray[np.float32]:
        """Pixels as the models were trained on them: BGR, -1..1, the rest 0; float32 [1, 3, 48, width]."""
        x = np.zeros((1, 3, HEIGHT, self.width), np.float32)
        for index, left in self.items:
            pixels = strips[index].pixels
            right = left + pixels.shape[1]
            planes = pixels[None] if pixels.ndim == 2 else pixels[:, :, ::-1].transpose(2, 0, 1)
            np.multiply(planes, 1 / 127.5, out=x[0, :, :, left:right])
            x[0, :, :, left:right] -= 1
            # paper goes on to the neighbour, and a little beyond the last
            x[0, :, :, right : right + GAP] = x[0, :, :, right - 1 : right]
        return x


def _cost(canvases: Sequence[_Canvas]) -> float:
    return sum(canvas.width * (1 if canvas.width in FIXED else _DEARER) for canvas in canvases)


def _packed(strips: Sequence[Strip], canvas: int, least: int = 0) -> list[_Canvas]:
    """First fit, widest first; a strip wider than the canvas has one of its own, which others fill up."""
    canvases: list[_Canvas] = []
    step = 2 * WIDTH_STEP if canvas else WIDTH_STEP
    for index in sorted(range(len(strips)), key=lambda i: -strips[i].width):
        width = strips[index].width
        room = next((c for c in canvases if canvas and c.used + GAP + width <= max(canvas, c.width)), None)
        if room is None:
            canvases.append(_Canvas([(index, 0)], width, step, least))
        else:
            room.items.append((index, room.used + GAP))
            room.used += GAP + width
    return canvases


def cut_head(head: Head, keep: NDArray[np.bool_]) -> Head:
    """The head with only some classes; the blank always stays.

    Args:
        head: the whole head.
        keep: bool [classes].
    """
    chosen = np.flatnonzero(keep | (np.arange(len(keep)) == BLANK))
    alphabet = tuple(head.alphabet[i] for i in chosen)
    return Head(np.ascontiguousarray(head.matrix[:, chosen]), head.bias[chosen], alphabet)


def decode(features: NDArray[np.float32], head: Head, stretch: float = 1.0, lead: float = 0.0) -> Reading:
    """Greedy CTC decoding.

    Args:
        features: float32 [steps, n].
        head: the classes to choose from.
        stretch: padded width / width of the strip, so that positions are shares of the strip itself.
        lead: where the strip begins after the first step's left edge, as a share of its width.
    """
    logits = features @ head.matrix
    logits += head.bias
    best = logits.argmax(1)
    runs = np.flatnonzero(np.concatenate(([True], best[1:] != best[:-1])))
    ends = np.append(runs[1:], len(best))
    inked = best[runs] != BLANK
    starts, ends = runs[inked], ends[inked]
    if not len(starts):
        return NOTHING
    # the softmax is needed at one step a character: where its logit is highest
    top = logits[np.arange(len(best)), best]
    highest = np.flatnonzero(top == np.repeat(np.maximum.reduceat(top, runs), np.diff(runs, append=len(best))))
    peaks = highest[np.searchsorted(highest, starts)]
    probabilities = 1 / np.exp(logits[peaks] - top[peaks, None]).sum(1)
    scale = stretch / len(best)
    return Reading(
        tuple([head.alphabet[k] for k in best[starts].tolist()]),
        probabilities,
        np.clip(starts * scale - lead, 0, 1).astype(np.float32),
        np.clip(ends * scale - lead, 0, 1).astype(np.float32),
    )
