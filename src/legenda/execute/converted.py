"""The PDF that LibreOffice made of a job's input: a blob of the job, so that it is made once, whoever reads its pages.

Of what a password opens none is kept: it would lie there without one.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from legenda.errors import NotFoundError
from legenda.jobs.names import converted_key

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.jobs.record import Job
    from legenda.sources import Source


def keep(job: Job, source: Source, blobs: BlobStore) -> None:
    """Store what was made of an input, if anything was.

    Raises:
        StorageError: it cannot be stored.
    """
    if not _is_kept(job, source.format) or not source.shown:
        return
    with open(source.descriptor, "rb", closefd=False) as made:
        made.seek(0)
        blobs.put(converted_key(job.id), made)


def recall(job: Job, given: Path, blobs: BlobStore) -> None:
    """Have `open_source` find what was made before.

    Args:
        job: whose input it is.
        given: the input.
        blobs: where what was made of it lies, if it does.
    """
    from legenda.sources import conversions

    if _is_kept(job, job.format):
        with suppress(NotFoundError), blobs.open(converted_key(job.id)) as made, given.open("rb") as file:
            conversions.keep(conversions.key_of(file.fileno(), None), made.fileno(), job.format)


def _is_kept(job: Job, format: str) -> bool:
    from legenda.sources.libreoffice import FILTERS

    return format in FILTERS and job.request.password is None
