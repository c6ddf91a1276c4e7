"""Which letters follow which in English and French, and the search for the likeliest text with that in mind.

Prefix beam search: Graves, "Sequence transduction with recurrent neural networks" (2012), Hwang and Sung,
"Character-level incremental speech recognition" (2016). The letters only weigh what the network holds possible; how
sure a character is, is told by the network alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.recognise import NOTHING, Reading

SHIFT = 7  # bits of a character in the number of a context
REACH = 5  # characters of a context
# of the letters' log probability, and for every letter; CER of 170 held-out lines .132 so, .130 to .135 at .4 to .7
WEIGHT, GAIN = 0.5, 1.5
BEAM = 8  # prefixes kept
LEAST, SURE = 0.004, 0.995  # probabilities: characters below are no candidates, blanks above are not asked about
FAR = 1e-4  # prefixes less likely than this, compared with the best, are dropped
REMEMBERED = 4000  # contexts, of half a kilobyte

_Chances = NDArray[np.float32]


class Letters:
    """Probabilities of the next character, from the longest contexts seen often enough, by Witten-Bell smoothing.

    Args:
        contexts: uint64, sorted: the characters' places in the alphabet, from 1, the last one lowest.
        sizes: uint8, how many followers each context has.
        followers: uint8, their places in the alphabet, from 1.
        shares: uint8, the root of their probability, 255 for 1; what they leave goes to the shorter context.
        alphabet: of the recogniser.
    """

    def __init__(
        self,
        contexts: NDArray[np.uint64],
        sizes: NDArray[np.uint8],
        followers: NDArray[np.uint8],
        shares: NDArray[np.uint8],
        alphabet: Sequence[str],
    ) -> None:
        self._contexts, self._followers = contexts, followers.astype(np.intp) - 1
        self._ends = np.cumsum(sizes, dtype=np.intp)
        self._shares = (shares.astype(np.float32) / 255) ** 2
        self._places = {character: place for place, character in enumerate(alphabet, 1)}
        self._weights: dict[int, list[float]] = {}

    def weights(self, text: str) -> list[float]:
        """What a character is worth after a text, by its place in the alphabet; a line begins as after a space."""
        number = 0
        for character in f" {text}"[-REACH:]:
            number = number << SHIFT | self._places[character]
        found = self._weights.get(number)
        if found is None:
            if len(self._weights) >= REMEMBERED:
                self._weights.clear()
            found = (np.exp(GAIN) * self.chances(number) ** WEIGHT).tolist()
            self._weights[number] = found
        return found

    def chances(self, number: int) -> _Chances:
        """Probability of each character of the alphabet after a context, by its number."""
        found = np.full(len(self._places), 1 / len(self._places), np.float32)
        for length in range(REACH + 1):
            context = number & ((1 << SHIFT * length) - 1)
            if length and context >> SHIFT * (length - 1) == 0:
                break  # the line begins here
            place = int(np.searchsorted(self._contexts, np.uint64(context)))
            if place == len(self._contexts) or int(self._contexts[place]) != context:
                break  # then longer ones are unknown, too
            part = slice(self._ends[place - 1] if place else 0, self._ends[place])
            shares = self._shares[part]
            found *= max(0.0, 1 - float(shares.sum()))
            found[self._followers[part]] += shares
        return found


@cache
def letters(alphabet: tuple[str, ...]) -> Letters:
    """Those the package carries, for its recogniser's alphabet."""
    with np.load(io.BytesIO((files("legenda.data") / "handwriting_letters.npz").read_bytes())) as stored:
        contexts = np.cumsum(stored["steps"], dtype=np.uint64)
        return Letters(contexts, stored["sizes"], stored["followers"], stored["shares"], alphabet)


def search(chances: _Chances, alphabet: Sequence[str], known: Letters) -> str:
    """The likeliest text.

    Args:
        chances: float32 [steps, classes], class 0 the blank.
        alphabet: the character of each class; the first is not used.
        known: what letters are worth after others.
    """
    beams = {"": (1.0, 0.0)}  # of each text, the probability of paths that end in a blank, and in its last character
    for row, blank in zip(chances, chances[:, 0].tolist(), strict=True):
        if blank > SURE:
            beams = {text: (b + i, 0.0) for text, (b, i) in beams.items()}
            continue
        found = [(int(k), float(row[k])) for k in np.flatnonzero(row > LEAST) if k]
        grown = _grown(beams, blank, found, alphabet, known)
        kept = sorted(((b + i, text, b, i) for text, (b, i) in grown.items()), reverse=True)[:BEAM]
        best = kept[0][0]
        beams = {text: (b / best, i / best) for total, text, b, i in kept if total > FAR * best}
    return max(beams.items(), key=lambda item: sum(item[1]))[0]


def _grown(
    beams: dict[str, tuple[float, float]],
    blank: float,
    found: Sequence[tuple[int, float]],
    alphabet: Sequence[str],
    known: Letters,
) -> dict[str, list[float]]:
    """All texts after one more step."""
    grown: dict[str, list[float]] = {}
    for text, (b, i) in beams.items():
        same = grown.setdefault(text, [0.0, 0.0])
        same[0] += (b + i) * blank
        weights = known.weights(text)
        for k, chance in found:
            character, before = alphabet[k], b + i
            if text[-1:] == character:  # without a blank between them they are one
                same[1] += i * chance
                before = b
            if before:
                grown.setdefault(text + character, [0.0, 0.0])[1] += before * chance * weights[k - 1]
    return grown


def aligned(chances: _Chances, text: str, alphabet: Sequence[str], stretch: float) -> Reading:
    """The reading that is a text: where the likeliest path through the steps has each character.

    Args:
        chances: float32 [steps, classes].
        text: its characters are in the alphabet.
        alphabet: the character of each class.
        stretch: width of the steps / width of the strip.
    """
    if not text:
        return NOTHING
    place = {character: k for k, character in enumerate(alphabet)}
    labels = np.zeros(2 * len(text) + 1, np.intp)  # a blank before, between and after
    labels[1::2] = [place[character] for character in text]
    at = _path(np.log(np.maximum(chances[:, labels], 1e-9)), labels)
    ink = np.flatnonzero(at % 2)
    starts = ink[np.searchsorted(at[ink], np.arange(1, 2 * len(text), 2))]
    ends = ink[np.searchsorted(at[ink], np.arange(1, 2 * len(text), 2), side="right") - 1] + 1
    sure = [chances[a:b, k].max() for a, b, k in zip(starts, ends, labels[1::2], strict=True)]
    scale = stretch / len(chances)
    return Reading(
        tuple(text),
        np.array(sure, np.float32),
        np.clip(starts * scale, 0, 1).astype(np.float32),
        np.clip(ends * scale, 0, 1).astype(np.float32),
    )


def _path(scores: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of each step, the label it is at on the likeliest path from the first or second to the last or last but one."""
    count, width = scores.shape
    leap = np.zeros(width, bool)  # a blank may be left out between two different characters
    leap[2:] = (labels[2:] != 0) & (labels[2:] != labels[:-2])
    total = np.full(width, -np.inf, np.float32)
    total[:2] = scores[0, :2]
    came = np.zeros((count, width), np.int8)
    for step in range(1, count):
        ways = np.full((3, width), -np.inf, np.float32)
        ways[0], ways[1, 1:] = total, total[:-1]
        ways[2, 2:] = np.where(leap[2:], total[:-2], -np.inf)
        came[step] = ways.argmax(0)
        total = ways.max(0) + scores[step]
    at = np.empty(count, np.intp)
    at[-1] = width - 1 if total[-1] >= total[-2] else width - 2
    for step in range(count - 1, 0, -1):
        at[step - 1] = at[step] - came[step, at[step]]
    return at
