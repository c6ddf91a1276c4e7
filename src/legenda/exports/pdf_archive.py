"""Searchable PDF of an archive: one is made of each member, and then they are put together.

Members of which nothing can be shown are left out. What was encrypted with the password stays so.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from legenda import sandbox
from legenda.errors import EmptySourceError, LegendaError
from legenda.exports.base import Origin
from legenda.options import Limits
from legenda.sources.archive import Archive
from legenda.sources.archive_parts import Piece, join
from legenda.sources.layers import Layer, pack, unpack

_LAYER = "legenda.sources.pdf_layer:write"
_JOIN = "legenda.sources.pdf_join:write"


def write(
    archive: Archive,
    records: bytes | memoryview,
    out: BinaryIO,
    origin: Origin,
    title: str,
    *,
    archival: bool = False,
) -> None:
    """Write it.

    Args:
        archive: open.
        records: layers of the pages (`legenda.sources.layers`), by their numbers in the archive.
        out: takes the PDF.
        origin: its password opens members.
        title: of the PDF.
        archival: make it PDF/A-2b.

    Raises:
        EmptySourceError: there is nothing to be shown.
        LegendaError: a member cannot be parsed again.
    """
    with tempfile.TemporaryDirectory(prefix="legenda-") as folder:
        pieces: list[Piece] = []
        for index, layers in groupby(unpack(records), lambda layer: archive.place(layer["number"])[0]):
            file = Path(folder) / str(index)
            args = {"password": origin.password, "title": None, "archival": archival}
            if archive.members[index].format and _made(archive, index, list(layers), file, args):
                pieces.append(Piece(len(pieces), "", file.stat().st_size, file))
        if not pieces:
            raise EmptySourceError("No searchable PDF can be made", "nothing in the archive can be shown")
        whole = Path(folder) / "whole"
        with whole.open("wb") as file_:
            join(pieces, file_)
        limits = Limits(bytes=max(Limits().bytes, whole.stat().st_size), pages=100 * archive.page_count)
        args = {"password": origin.password, "title": title, "archival": archival}
        sandbox.call(_JOIN, args, source=whole, output=out, limits=limits)


def _made(archive: Archive, index: int, layers: Sequence[Layer], file: Path, args: dict[str, Any]) -> bool:
    """Make the PDF of a member; `False` if there is none, and nothing was read in it either."""
    descriptor = target = -1
    records = b"".join(pack(_renumbered(layer, archive.place(layer["number"])[1])) for layer in layers)
    try:
        descriptor = archive.printable(index)
        target = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        limits, name = Limits(), archive.members[index].name
        with sandbox.Child(descriptor, target, limits=limits, name=name) as child:
            seconds = limits.open_seconds + archive.members[index].pages * limits.page_seconds
            child.call(_LAYER, args, [records], seconds=seconds)
    except LegendaError:
        if any(layer["lines"] for layer in layers):
            raise
        return False
    finally:
        for opened in (number for number in (descriptor, target) if number >= 0):
            os.close(opened)
    return True


def _renumbered(layer: Layer, number: int) -> Layer:
    renumbered = layer.copy()
    renumbered["number"] = number
    return renumbered
