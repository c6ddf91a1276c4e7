"""Which packages carry OPUS-MT's translators: a ZIP cut into pieces, one a package, and where in it each file lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from legenda.runtime.models import Model

PIECE = 94_371_840
"""Bytes of each piece but the last."""
_LICENCE = "CC-BY-4.0 (Helsinki-NLP, OPUS-MT)"
_SUMS = (
    "78bc422b94f6a04271ed9dd188048a634747786400fb0743f7df861730f25d0c",
    "5ddcc50e7ea3ef3854de82a7177e2c446b756cfe292db17c00841a4e6e727834",
    "0520ecda30079d8ac6a436becd2ee0d47a0a8863e316ef92ac5d2a4c773b301b",
    "14ff7df658672615eb157a75162a33f28ae7dff795876292a9a6539046f17fd6",
    "b0c24f357f05b8845dca3ad8f629f81e9c17bdcec900ce9b0bf15f16fc75c836",
    "47a9318418ef8855412ec6ec3bfa6203527d6496e78cc5224ffaa68f6f82a25f",
    "eb93fd26d17336b343571590663b9ba4666eb47e65b78bfe8e32654b4ce6980a",
)
_FIRST = 9  # piece, of 16, that has something of a translator

PIECES: Mapping[int, Model] = {
    number - 1: Model(
        f"piece {number}",
        "translation",
        "pypi",
        f"aait-store-cut-part-{number:03}",
        "0.0.1",
        f"aait_store_cut-part_{number:03}/input/aait_store.zip.{number:03}",
        digest,
        PIECE,
        _LICENCE,
    )
    for number, digest in enumerate(_SUMS, _FIRST)
}
"""The pieces by their place in the ZIP, from 0."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the ZIP.

    Attributes:
        start: of its header, bytes from the start of the ZIP.
        packed: bytes it takes there, less its header.
        size: bytes of the file.
        sha256: of the file, hexadecimal.
    """

    start: int
    packed: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Translator:
    """A translator of one direction.

    Attributes:
        name: as `legenda models add` has it.
        pair: languages, from and to.
        does: what it is for.
        size: bytes once it is added.
        members: files it is made of, by name.
    """

    name: str
    pair: tuple[str, str]
    does: str
    size: int
    members: Mapping[str, Member]
    licence: str = _LICENCE

    @property
    def pieces(self) -> range:
        """Numbers of the pieces its files lie in."""
        ends = [member.start + member.packed for member in self.members.values()]
        return range(min(member.start for member in self.members.values()) // PIECE, max(ends) // PIECE + 1)


TRANSLATORS: Mapping[str, Translator] = {
    translator.name: translator
    for translator in (
        Translator(
            "translate-en-fr",
            ("en", "fr"),
            "English to French (OPUS-MT; 380 MB are fetched)",
            78_000_000,
            {
                "pytorch_model.bin": Member(
                    829_837_755,
                    278_801_364,
                    300_827_685,
                    "cc1de10b49342ad2f33e06bc4474ddd6eaca278474903c4a8636ce15680d64de",
                ),
                "config.json": Member(
                    829_836_655, 545, 1_416, "df92c371911b45282caac6101fe7e7f5d5e9af7f9a99356067ffe306278ce72b"
                ),
                "source.spm": Member(
                    1_108_639_203, 366_077, 778_395, "173e9f493a668fe396d599e28d414a201193094e6ffd7a4678e5aab0f6d3d838"
                ),
                "target.spm": Member(
                    1_109_005_357, 372_480, 802_397, "78d0e717c77053f1c4b856d8661d9cb87c64f083a35418c087b9146300e4f585"
                ),
                "vocab.json": Member(
                    1_109_378_039,
                    383_450,
                    1_339_166,
                    "945c604346ce15ce4aff9001001e7f925e336d942c4087017f191871162cbdc4",
                ),
            },
        ),
        Translator(
            "translate-fr-en",
            ("fr", "en"),
            "French to English (OPUS-MT; 380 MB are fetched)",
            78_000_000,
            {
                "pytorch_model.bin": Member(
                    1_109_762_733,
                    278_609_523,
                    300_827_685,
                    "599b819e3488f0fb888fef09511370ce4c0388b6f0f6beeb49a1f4b19043bebc",
                ),
                "config.json": Member(
                    1_109_761_633, 545, 1_416, "b3be13d046d9899d7aab8cf4ed624d9a79f5776038ba793f6b4d2ce3e02192f7"
                ),
                "source.spm": Member(
                    1_388_372_340, 372_480, 802_397, "78d0e717c77053f1c4b856d8661d9cb87c64f083a35418c087b9146300e4f585"
                ),
                "target.spm": Member(
                    1_388_744_897, 366_077, 778_395, "173e9f493a668fe396d599e28d414a201193094e6ffd7a4678e5aab0f6d3d838"
                ),
                "vocab.json": Member(
                    1_389_111_176,
                    383_450,
                    1_339_166,
                    "945c604346ce15ce4aff9001001e7f925e336d942c4087017f191871162cbdc4",
                ),
            },
        ),
    )
}
