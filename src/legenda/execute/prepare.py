"""The first stage of a job: get its input and look at it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from legenda.jobs.record import Claim, Input, Prepared
from legenda.options import page_numbers

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.sources import Source


def fetched(given: Input, key: str, blobs: BlobStore, megabytes: float, allow: Iterable[str]) -> Input:
    """Fetch an input from its URL into the blob store.

    Args:
        given: with `url`; its name stands if it has one.
        key: where it goes.
        blobs: the store.
        megabytes: most it may have.
        allow: own hosts that may be spoken to though they are private.

    Raises:
        LegendaError: as `net.fetch.fetch`, and `StorageError`.
    """
    from legenda.net.fetch import fetch

    with tempfile.NamedTemporaryFile(prefix="legenda-") as file:
        found = fetch(given.url, cast(BinaryIO, file), megabytes=megabytes, allow=allow)
        file.flush()
        blobs.put(key, Path(file.name))
    return replace(given, name=given.name or found.name, key=key, sha256=found.sha256, size=found.size, url="")


def looked_at(claim: Claim, source: Source) -> Prepared:
    """What an open input is, and the pages of it that are wanted.

    Raises:
        InvalidOptionError: none of the pages asked for is there.
    """
    request = claim.job.request
    wanted = tuple(page_numbers(request.pages, source.page_count))
    return Prepared(source.format, wanted, dict(source.metadata), request.source)
