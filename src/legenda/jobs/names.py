"""Names that say what something is of: hashes of requests and readings, keys of blobs."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from legenda.jobs.record import Job, JobRequest, Reading

if TYPE_CHECKING:  # workers, which name blobs, need no settings and no cryptography
    from legenda.jobs.seal import Seal

INPUTS = "inputs"
"""Prefix of the keys of all inputs."""


def reading_hash(reading: Reading) -> str:
    """The same for readings that give the same result of the same page."""
    return _hash(asdict(reading))


def request_hash(request: JobRequest, seal: Seal) -> str:
    """The same for requests that ask for the same; keyed, because it covers passwords and signed URLs."""
    told = asdict(request)
    for name in ("key_id", "caller", "pages_reserved"):
        del told[name]
    told["source"] = request.source.sha256, request.source.url, sorted(request.source.urls.items())
    return seal.pseudonym("requests", json.dumps(told, sort_keys=True, default=str))


CORRECTED = "corrected/"
"""Prefix of the keys of pages that a person put right: no other job is given them for what was read."""


def corrected_key(job: str, number: int) -> str:
    """Where the blob of a page goes that was put right: another one each time."""
    return f"{CORRECTED}{job}/{number}-{uuid.uuid4().hex}.json"


def input_key(job: str) -> str:
    """Where the blob of an input goes that is fetched from its URL."""
    return f"{INPUTS}/{job}"


def upload_key(sha256: str) -> str:
    """Where the blob of an upload goes: of one job alone, so that no other one's end can take it away."""
    return f"{INPUTS}/{sha256}/{uuid.uuid4().hex}"


def page_key(job: Job, number: int) -> str:
    """Where the blob of a page goes.

    The job is a part of it, so that a page read twice for one job is one blob, and deleting what an old job left never
    meets what a new one has just written. Other jobs of the tenant refer to the same blob instead of reading again.
    """
    return page_key_of(job.id, job.request.source.sha256, reading_hash(job.request.reading), number)


def page_key_of(job: str, sha256: str, reading: str, number: int) -> str:
    """The same from its parts."""
    return f"pages/{sha256 or 'none'}/{reading[:16]}/{job}/{number}.json"


def result_key(job: str, format: str) -> str:
    """Where the blob of an export goes."""
    return f"results/{job}/{format}"


def converted_key(job: str) -> str:
    """Where the blob of the PDF goes that was made of an input."""
    return f"converted/{job}"


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
