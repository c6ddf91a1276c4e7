"""URLs that are given out: unguessable ones of files, and signed ones that may be used for a time without a key."""

from __future__ import annotations

import hmac
import math
import re
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from legenda.exports import EXPORTERS
from legenda.exports.names import plain_name
from legenda.server.problems import ProblemError

if TYPE_CHECKING:
    from legenda.jobs.files import File
    from legenda.jobs.record import Job
    from legenda.server.service import Service

_UPLOAD_SECONDS = 6 * 3600.0  # for so long an upload URL can be used: 100 GB need that at 40 Mbit/s


class Reached(Protocol):
    """How a caller reached the server (`legenda.server.dialects.doorway.Reached`)."""

    def base(self, role: str) -> str:
        """URL of a role without a slash at its end."""
        ...


def url_of(reached: Reached, file: File) -> str:
    """Where a file is served."""
    return f"{reached.base('own')}/files/{file.id}/{quote(file.name, safe='')}"


def upload_url(service: Service, reached: Reached, file: File) -> str:
    """Where a file is PUT."""
    until = _until(file)
    return f"{url_of(reached, file)}?exp={until}&sig={signature(service, 'put', file.id, until)}"


def upload_id(service: Service, file: File) -> str:
    """What an upload in parts is known by, and allowed by."""
    until = _until(file)
    return f"{until}-{signature(service, 'parts', file.id, until)}"


def part_url(reached: Reached, file: File, upload_id: str, number: int) -> str:
    """Where a part of an upload is PUT."""
    return f"{url_of(reached, file)}/multipart/{quote(upload_id, safe='')}/{number}"


def result_url(service: Service, reached: Reached, job: Job, format: str, *, seconds: float = 3600.0) -> str:
    """Where a result of a job can be downloaded by whoever knows the URL, for so many seconds and while it is kept."""
    until = int(min(job.expires or math.inf, time.time() + seconds))
    given = plain_name(job.request.source.name)
    stem = given.rpartition(".")[0] or given or "result"
    name = quote(stem + EXPORTERS[format].suffix, safe="")
    sig = signature(service, f"result-{format}", job.id, until)
    return f"{reached.base('own')}/files/results/{job.id}/{format}/{name}?exp={until}&sig={sig}"


def check(service: Service, what: str, id: str, until: str, given: str) -> None:
    """Whether a URL was given out for this, and can still be used.

    Raises:
        ProblemError: 403, it was not, or cannot.
    """
    if not re.fullmatch(r"[0-9]{1,12}", until) or int(until) < time.time():
        raise ProblemError(403, "forbidden", "The time of this URL is over; ask for another.")
    if not hmac.compare_digest(signature(service, what, id, int(until)).encode(), given.encode()):
        raise ProblemError(403, "forbidden", "This is not a URL that was given out here.")


def signature(service: Service, what: str, id: str, until: int) -> str:
    """What shows that a URL was given out for this, to be used until then."""
    text = f"{what} {id} {until}".encode()
    return hmac.digest(service.seal.derived("files"), text, sha256).hex()[:32]


def _until(file: File) -> int:
    return int(min(file.expires, file.created + _UPLOAD_SECONDS))
