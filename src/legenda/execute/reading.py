"""The stage between: read a page, store it, say how it went."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from legenda.document import Page, Problem
from legenda.document.jsonio import dumps, page_to_dict
from legenda.errors import EngineError, InvalidOptionError, LegendaError, MissingComponentError, OutOfMemoryError
from legenda.execute.base import Unit
from legenda.execute.sheets import Kept, Sheet
from legenda.jobs.names import page_key
from legenda.jobs.record import Failure, PageDone
from legenda.options import ReadOptions
from legenda.pipeline.page import attempt_page

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.sources import Source

_MESSAGE = 1000
_COMPLAINTS = ("bad_alloc", "out of memory", "cannot allocate", "memory allocation", "insufficient memory")
"""How native code says that memory ran out, once an exception of its own has become one of Python's."""


class MemoryRanOutError(Exception):
    """An engine ran out of memory: the process it left behind is not to be used again."""


def options_of(unit: Unit) -> ReadOptions:
    """What the library is asked for. Raises `InvalidOptionError` for what cannot be asked for."""
    claim = unit.claim
    reading = claim.job.request.reading
    return ReadOptions(
        effort=reading.tier,
        engine=claim.engine or reading.engine,
        languages=tuple(reading.languages),
        password=claim.job.request.password,
        text_layer=reading.text_layer,
        structure=reading.structure,
        dpi=reading.dpi,
        box=reading.box,
        color=reading.color,
        content=reading.content,
        limits=unit.limits,
    )


def read(source: Source, number: int, unit: Unit, blobs: BlobStore, kept: Kept) -> PageDone:
    """Read a page and store it; what fails on it is its failure.

    Raises:
        InvalidOptionError, MissingComponentError: what is asked for holds for every page and cannot be had.
        StorageError: it cannot be stored.
        MemoryRanOutError: as it says.
    """
    began = time.perf_counter()
    try:
        page = _page(source, number, unit)
    except (InvalidOptionError, MissingComponentError):
        raise
    except LegendaError as error:
        failure = Failure(error.code, str(error)[:_MESSAGE])
        return PageDone(number, seconds=time.perf_counter() - began, failure=failure)
    key = page_key(unit.claim.job, number)
    value = page_to_dict(page)
    sheet = Sheet(value, dumps(value))
    blobs.put(key, sheet.written.encode())
    kept.clear()
    kept[key] = sheet
    return _counted(page, key, time.perf_counter() - began)


def _page(source: Source, number: int, unit: Unit) -> Page:
    try:
        page = attempt_page(source, number, options_of(unit))
    except OutOfMemoryError:  # in the sandbox, which is nobody's worry any more
        raise
    except Exception as error:
        if isinstance(error, MemoryError) or any(words in str(error).lower() for words in _COMPLAINTS):
            raise MemoryRanOutError(f"reading page {number} ran out of memory") from error
        if isinstance(error, LegendaError):
            raise
        raise EngineError(f"page {number} could not be read", f"{type(error).__name__}: {error}") from error
    if unit.claim.engine:
        what = f"Page {number} was read by {unit.claim.engine}: the engine asked for did not survive it."
        page = replace(page, problems=(*page.problems, Problem("fallback", what)))
    return page


def _counted(page: Page, key: str, seconds: float) -> PageDone:
    words = [word.confidence for line in page.lines if line.content for word in (line.words or (line,))]
    spoken: Counter[str] = Counter()
    for line in page.lines:
        spoken[line.language] += len(line.content)
    del spoken[""]
    language = max(spoken, key=lambda name: spoken[name], default="")
    return PageDone(page.number, key, page.engine, len(words), sum(words), len(page.text), language, seconds)
