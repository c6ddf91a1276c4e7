"""Translators of the OPUS-MT project (Marian), out of packages that carry them, run by CTranslate2 in int8.

Tiedemann and Thottingal, "OPUS-MT: Building open translation services for the World" (2020). The weights were published
for PyTorch; they are turned into CTranslate2's form once, when they are added.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from legenda.desk.translate.opus_packages import PIECE, PIECES, TRANSLATORS, Member, Translator
from legenda.errors import MissingComponentError, OutputError
from legenda.runtime.fetching import fetched
from legenda.runtime.models import folder

__all__ = ["TRANSLATORS", "Opus", "described", "fetch", "installed"]

_SUMS = "sha256.json"
_CHUNK = 2**20
_END = "</s>"
_AT_ONCE = 16  # sentences of a batch
_BEAM = 2  # on 16 paragraphs chrF is 79.6, with 1 78.8, with 4 79.8 for a third more time
_LIBRARIES = ("ctranslate2", "sentencepiece")


def installed(name: str) -> bool:
    """Whether a translator was added, and what runs it is installed."""
    return (_place(TRANSLATORS[name]) / _SUMS).is_file() and all(find_spec(library) for library in _LIBRARIES)


def described() -> list[dict[str, Any]]:
    """As `legenda models list` shows them."""
    return [
        {"name": x.name, "does": x.does, "size": x.size, "licence": x.licence, "installed": installed(x.name)}
        for x in TRANSLATORS.values()
    ]


def fetch(name: str) -> Path:
    """Fetch a translator's packages, check them, and turn its weights into what is run.

    Raises:
        MissingComponentError: the packages cannot be had, are not those we know, or what converts them is not here.
        OutputError: it cannot be written.
    """
    if missing := [library for library in _LIBRARIES if not find_spec(library)]:
        raise MissingComponentError(
            f"{name} cannot be run", f"{missing[0]} is missing", "pip install 'legenda[translate]'"
        )
    translator = TRANSLATORS[name]
    place = _place(translator)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            made = Path(scratch) / "made"
            _make(translator, Path(scratch), made)
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)
    except OSError as error:
        raise OutputError(
            f"{place} cannot be written", error.strerror or str(error), "set LEGENDA_MODELS_DIR"
        ) from error
    return place


def _place(translator: Translator) -> Path:
    """Its name carries the digest of the weights it was made of."""
    return folder() / f"{translator.name}-{translator.members['pytorch_model.bin'].sha256[:16]}"


def _make(translator: Translator, scratch: Path, made: Path) -> None:
    from legenda.desk.translate.marian import converted

    files = {}
    with (scratch / "pieces").open("w+b") as archive:
        for number in translator.pieces:
            archive.write(fetched(PIECES[number]))
        for name, member in translator.members.items():
            files[name] = scratch / name
            with files[name].open("wb") as out:
                _unpack(translator.name, archive, member, member.start - translator.pieces.start * PIECE, out)
    converted(files["pytorch_model.bin"], files["config.json"], files["vocab.json"], made)
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(files[name], made / name)
    sums = {path.name: _sum(path) for path in sorted(made.iterdir())}
    (made / _SUMS).write_text(json.dumps(sums, indent=1), "utf-8")


def _unpack(name: str, archive: IO[bytes], member: Member, start: int, out: IO[bytes]) -> None:
    """Take a member out of a ZIP whose directory is in another piece, and check it."""
    archive.seek(start)
    header = archive.read(30)
    archive.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    inflate, digest, left = zlib.decompressobj(-zlib.MAX_WBITS), hashlib.sha256(), member.size
    while left and not inflate.eof and (data := archive.read(_CHUNK)):
        unpacked = inflate.decompress(data, left)
        while unpacked:
            out.write(unpacked)
            digest.update(unpacked)
            left -= len(unpacked)
            unpacked = inflate.decompress(inflate.unconsumed_tail, left) if left and inflate.unconsumed_tail else b""
    if digest.hexdigest() != member.sha256:
        raise MissingComponentError(f"{name} was not added", "a file of its packages is not the one we know", "")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Opus:
    """A translator of one direction. Thread safe.

    Args:
        name: of it, as `legenda models add` has it.
    """

    name: str

    def __call__(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence in the other language."""
        translator, source, target, alone = _running(self.name)
        found: list[str] = []
        for batch in _batches([[*source.encode_as_pieces(sentence), _END] for sentence in sentences]):
            with alone:
                results = translator.translate_batch(batch, beam_size=_BEAM, max_decoding_length=512)
            found += [target.decode_pieces(result.hypotheses[0]) for result in results]
        return found


def _batches(rows: Sequence[list[str]]) -> Iterator[Sequence[list[str]]]:
    yield from (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


@cache
def _running(name: str) -> tuple[Any, Any, Any, threading.Lock]:
    place = _place(TRANSLATORS[name])
    _check(name, place)
    from ctranslate2 import Translator as Engine
    from sentencepiece import SentencePieceProcessor

    engine = Engine(str(place), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1)
    source, target = (SentencePieceProcessor(model_file=str(place / f"{side}.spm")) for side in ("source", "target"))
    return engine, source, target, threading.Lock()


def _check(name: str, place: Path) -> None:
    try:
        sums: Mapping[str, str] = json.loads((place / _SUMS).read_text("utf-8"))
        wrong = [file for file, digest in sums.items() if _sum(place / file) != digest]
    except (OSError, ValueError):
        wrong = [_SUMS]
    if wrong:
        raise MissingComponentError(f"{name} is not whole", f"{wrong[0]} is another file", f"legenda models add {name}")
