"""Requests, reports, and work done on a store of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legenda.jobs.record import Claim, Failure, Input, JobRequest, PageDone, Prepared, Stored
from legenda.jobs.store import JobStore

LEASE = 60.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


def request(tenant: str = "acme", digest: str = "0", **more: Any) -> JobRequest:
    """A job for an input that is already there."""
    sha256 = digest.rjust(64, "0")
    source = Input("a.pdf", f"inputs/{sha256}/{tenant}", sha256, 1000)
    return JobRequest(**{"tenant": tenant, "source": source, **more})


def pages(count: int) -> Prepared:
    return Prepared("pdf", tuple(range(1, count + 1)))


def read(number: int, key: str = "", **more: Any) -> PageDone:
    """A page as it was read."""
    more = {"engine": "cpu", "words": 10, "confidence": 9.0, "characters": 50, "language": "en", "seconds": 0.2} | more
    return PageDone(number, key or f"pages/{number}", **more)


def unread(number: int) -> PageDone:
    return PageDone(number, failure=Failure("engine", f"Page {number} is hopeless."))


def claimed(store: JobStore, pages: int = 4, node: str = "node") -> Claim:
    """The next claim; there must be one."""
    claim = store.claim(node, lease=LEASE, pages=pages)
    assert claim is not None
    return claim


def work(store: JobStore, pages: int = 4) -> Iterator[Claim]:
    """Do what there is to be done, well; gives every claim after it was reported."""
    while claim := store.claim("node", lease=LEASE, pages=pages):
        if claim.stage == "prepare":
            assert store.prepared(claim, Prepared("pdf", (1, 2, 3)))
        elif claim.stage == "read":
            for number in claim.pages:
                assert store.page(claim, read(number, f"pages/{claim.job.id}/{number}"))
        else:
            results = {
                name: Stored(f"results/{claim.job.id}/{name}", 5, "0" * 64) for name in claim.job.request.formats
            }
            assert store.assembled(claim, results)
        yield claim


def finish(store: JobStore) -> None:
    """Do all there is."""
    for _ in work(store):
        pass
