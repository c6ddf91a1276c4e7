"""Several inputs as one: a ZIP of ours, not compressed, whose members `0000-name` lie in the order of their places."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

MOST = 1000
"""Inputs of one job."""

_NUMBERED = re.compile(r"(\d{4})-(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """An input.

    Attributes:
        place: among the others, from 0.
        name: of the file; may be empty.
        size: in bytes.
        data: the bytes, a file that has them, or what opens one.
    """

    place: int
    name: str
    size: int
    data: bytes | Path | Callable[[], IO[bytes]]


def join(pieces: Iterable[Piece], out: BinaryIO) -> None:
    """Write inputs into one file; the same ones give the same bytes.

    Args:
        pieces: in any order.
        out: seekable.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for piece in sorted(pieces, key=lambda piece: piece.place):
            member = zipfile.ZipInfo(f"{piece.place:04d}-{piece.name}")
            member.file_size = piece.size
            with archive.open(member, "w") as into, _opened(piece.data) as data:
                shutil.copyfileobj(data, into, 2**20)


def _opened(data: bytes | Path | Callable[[], IO[bytes]]) -> IO[bytes]:
    if isinstance(data, bytes):
        return BytesIO(data)
    return data.open("rb") if isinstance(data, Path) else data()


@contextmanager
def split(path: Path) -> Iterator[list[Piece]]:
    """What `join` wrote, as long as the file is open. For files of ours only: this parses in this process."""
    with zipfile.ZipFile(path) as archive:
        pieces = []
        for info in archive.infolist():
            match = _NUMBERED.fullmatch(info.filename)
            assert match  # noqa: S101  (it is ours)
            pieces.append(Piece(int(match[1]), match[2], info.file_size, partial(archive.open, info)))
        yield pieces


def own_names(names: Sequence[str]) -> list[str]:
    """Names of members as people know them: without the numbers that `join` put before them."""
    numbered = [_NUMBERED.fullmatch(name) for name in names]
    if all(match and int(match[1]) == place for place, match in enumerate(numbered)):
        return [match[2] for match in numbered if match]
    return list(names)
