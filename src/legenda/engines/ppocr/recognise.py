"""Read strips: features from the network, logits from the head's columns in play, greedy CTC decoding.

CTC: Graves et al., "Connectionist temporal classification" (2006). Every decoded character keeps the steps it came
from, which gives word boxes for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.charset import latin_classes
from legenda.engines.ppocr.session import Session
from legenda.engines.ppocr.strip import HEIGHT, Strip
from legenda.engines.ppocr.weights import Head

WIDTH_STEP = 32  # widths are padded to a multiple: fewer shapes, so less memory in the runtimes
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
        """Mean probability of the characters, 0 when there are none."""
        return float(self.probabilities.mean()) if len(self.characters) else 0.0


NOTHING = Reading((), *(np.zeros(0, np.float32),) * 3)


class Recogniser:
    """A recogniser's body; which characters it may answer with is the head's business.

    Args:
        name: what lines read by it say about their engine.
        session: the body, from uint8 strips scaled to -1..1 to features.
        head: the whole head.
        batch: strips of equal padded width run together. Four gain the tiny body a fifth of its time (one thread,
            116 lines); the small one gains nothing.
    """

    def __init__(self, name: str, session: Session, head: Head, batch: int = 1) -> None:
        self.name, self.batch = name, batch
        self._session = session
        self.full = head
        self.latin = cut_head(head, latin_classes(head.alphabet))

    def read(self, strips: Sequence[Strip], head: Head) -> list[Reading]:
        """Read strips with one cut of the head; results in the order of the strips."""
        readings = [NOTHING] * len(strips)
        # by width, so that the runtimes meet each shape once
        order = sorted(range(len(strips)), key=lambda i: strips[i].width)
        for padded, same in groupby(order, key=lambda i: _padded(strips[i].width)):
            for indices in batched(same, self.batch):
                features = self._session(_input([strips[i] for i in indices], padded))
                for index, one in zip(indices, features, strict=True):
                    readings[index] = decode(one, head, padded / strips[index].width)
        return readings


def batched(items: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    """Tuples of at most `size` items (`itertools.batched` comes with Python 3.12)."""
    iterator = iter(items)
    while chunk := tuple(islice(iterator, size)):
        yield chunk


def _padded(width: int) -> int:
    return -(-width // WIDTH_STEP) * WIDTH_STEP


def _input(strips: Sequence[Strip], padded: int) -> NDArray[np.float32]:
    x = np.zeros((len(strips), 3, HEIGHT, padded), np.float32)
    for plane, strip in zip(x, strips, strict=True):
        pixels = strip.pixels
        inside = plane[:, :, : pixels.shape[1]]
        # the models were trained on BGR
        np.multiply(pixels[None] if pixels.ndim == 2 else pixels[:, :, ::-1].transpose(2, 0, 1), 1 / 127.5, out=inside)
        inside -= 1
    return x


def cut_head(head: Head, keep: NDArray[np.bool_]) -> Head:
    """The head with only some classes; the blank always stays.

    Args:
        head: the whole head.
        keep: bool [classes].
    """
    chosen = np.flatnonzero(keep | (np.arange(len(keep)) == BLANK))
    alphabet = tuple(head.alphabet[i] for i in chosen)
    return Head(np.ascontiguousarray(head.matrix[:, chosen]), head.bias[chosen], alphabet)


def decode(features: NDArray[np.float32], head: Head, stretch: float = 1.0) -> Reading:
    """Greedy CTC decoding.

    Args:
        features: float32 [steps, n].
        head: the classes to choose from.
        stretch: padded width / width of the strip, so that positions are shares of the strip itself.
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
    top = logits.max(1)
    peaks = np.array([a + top[a:b].argmax() for a, b in zip(starts, ends, strict=True)])
    probabilities = 1 / np.exp(logits[peaks] - top[peaks, None]).sum(1)
    scale = stretch / len(best)
    return Reading(
        tuple(head.alphabet[k] for k in best[starts]),
        probabilities,
        np.minimum(starts * scale, 1).astype(np.float32),
        np.minimum(ends * scale, 1).astype(np.float32),
    )
