"""The last stage of a job, and of every format asked for later: pages in, files out, one page in memory at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from legenda.document import Page, Problem, Unit, page_from_dict
from legenda.document.jsonio import dumps, page_to_dict
from legenda.errors import InvalidOptionError, NotFoundError
from legenda.execute import converted
from legenda.execute.sheets import Kept, Sheet
from legenda.exports import EXPORTERS, Exporter, Origin
from legenda.exports.json import Json
from legenda.exports.table_breaks import continued
from legenda.jobs.names import result_key
from legenda.jobs.record import Claim, Stored
from legenda.layout.levels import Levels

if TYPE_CHECKING:
    from legenda.blobs import BlobStore

DOCUMENT = "json"
"""The format every job has: the document itself."""
_IN_MEMORY = 2**20


@dataclass(frozen=True, slots=True)
class _Piece:
    """A page of the document to be: its blob, or why there is none."""

    number: int
    key: str = ""
    problem: Problem | None = None


def assembled(claim: Claim, blobs: BlobStore, kept: Kept | None = None) -> Iterator[dict[str, Stored] | None]:
    """Write the formats asked for; the document itself, too, unless it is there.

    Pages that failed are there without text and with a problem, as in the library.

    Args:
        claim: of stage `assemble`; formats that `claim.job.results` has are not made again.
        blobs: where pages lie and results go.
        kept: pages that are at hand; they are used up.

    Yields:
        `None` after every page, and the results by format at the end.

    Raises:
        InvalidOptionError: there is no such format.
        LegendaError: the original cannot be read again, for those that keep it (`pdf`).
    """
    made = claim.job.results
    names = [name for name in dict.fromkeys((DOCUMENT, *claim.job.request.formats)) if name not in made]
    for name in names:
        if name not in EXPORTERS:
            raise InvalidOptionError(f"format {name!r} is not known", "", f"choose from {', '.join(EXPORTERS)}")
    with ExitStack() as stack:
        outs = {name: cast(BinaryIO, stack.enter_context(_spool())) for name in names}
        origin = _origin(claim, blobs, stack, names)
        exporters = [EXPORTERS[name](out, origin) for name, out in outs.items()]
        yield from _written(_pieces(claim), exporters, _Sheets(blobs, kept or {}))
        yield {name: _stored(claim.job.id, name, out, blobs) for name, out in outs.items()}


def _spool() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _written(pieces: Sequence[_Piece], exporters: Sequence[Exporter], sheets: _Sheets) -> Iterator[None]:
    documents = [exporter for exporter in exporters if isinstance(exporter, Json)]
    others = [exporter for exporter in exporters if not isinstance(exporter, Json)]
    offset, unit = 0, "pixel"
    breaks = _Breaks()
    for piece in pieces:
        page, written = breaks.marked(sheets.of(piece, unit))
        length, unit = len(page["text"]), page["unit"]
        if others:
            placed = page_from_dict(page).at(offset)
            for exporter in others:
                exporter.add(placed)
        for document in documents:
            document.add_written(page, written, offset)
        offset += length + 1
        yield None
    for exporter in exporters:
        exporter.close()


class _Breaks:
    """Marks tables that go on with those of the page before, and gives headings one level on all pages."""

    def __init__(self) -> None:
        self._before: Page | None = None
        self._levels = Levels()

    def marked(self, sheet: Sheet) -> Sheet:
        """The same sheet, written anew where its first table goes on, or a heading has another level."""
        if not any("table" in block or block["kind"] in ("title", "heading") for block in sheet.page["blocks"]):
            self._before = None
            return sheet
        page = page_from_dict(sheet.page)
        self._before = continued(self._before, self._levels.settled(page))
        if self._before is page:
            return sheet
        value = page_to_dict(self._before)
        return Sheet(value, dumps(value))


class _Sheets:
    """Pages as plain values, wherever they are."""

    def __init__(self, blobs: BlobStore, kept: Kept) -> None:
        self._blobs, self._kept = blobs, kept

    def of(self, piece: _Piece, unit: str) -> Sheet:
        """A page; one that failed has no size, but the `unit` of the one before it."""
        if piece.problem:
            value = page_to_dict(Page(piece.number, 0.0, 0.0, cast(Unit, unit), problems=(piece.problem,)))
            return Sheet(value, dumps(value))
        if sheet := self._kept.pop(piece.key, None):
            return sheet
        written = self._blobs.get(piece.key).decode()
        return Sheet(json.loads(written), written)


def _pieces(claim: Claim) -> list[_Piece]:
    read = [_Piece(number, key) for number, key in zip(claim.pages, claim.keys, strict=True)]
    failed = [_Piece(number, problem=Problem(why.code, why.message)) for number, why in claim.failures.items()]
    return sorted(read + failed, key=lambda piece: piece.number)


def _origin(claim: Claim, blobs: BlobStore, stack: ExitStack, names: Sequence[str]) -> Origin:
    job = claim.job
    data: Path | None = None
    kept = any(EXPORTERS[name].keeps_original for name in names)
    if kept and not job.request.source.key:
        raise NotFoundError("The input is deleted", "that was asked for when the job was made")
    if job.request.source.key and (kept or any(EXPORTERS[name].uses_original for name in names)):
        with suppress(*(() if kept else (NotFoundError,))):
            data = stack.enter_context(blobs.path(job.request.source.key))
            converted.recall(job, data, blobs)
    bare = job.request.reading.content not in ("auto", "text")
    return Origin(job.request.source.name, data, job.request.password, job.metadata, job.page_count, bare)


def _stored(job: str, name: str, out: BinaryIO, blobs: BlobStore) -> Stored:
    out.seek(0)
    key = result_key(job, name)
    content = blobs.put(key, out)
    return Stored(key, content.size, content.sha256)
