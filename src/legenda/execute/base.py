"""What an executor is. It holds no state: if it is lost with all its workers, leases run out and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from legenda.jobs.record import Cause, Claim, PageDone, Prepared, Stored

Outcome = Prepared | PageDone | dict[str, Stored]
"""Of a unit: `Prepared` once; `PageDone` for each page, as it is done; the exports of an assembly by format, once."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Work for one worker; everything it needs to know, fit to be sent to another machine.

    Attributes:
        claim: what to do.
        blobs: URL of the blob store.
        megabytes: most memory.
        page_seconds: most wall clock and most CPU time for a page.
    """

    claim: Claim
    blobs: str
    megabytes: int
    page_seconds: float


class UnitLostError(Exception):
    """A unit did not come back whole; pages already yielded are done.

    Args:
        cause: what became of its worker.
        detail: for the log and the page's problem, without text of the document.
    """

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(cause, detail)
        self.cause, self.detail = cause, detail


class Executor(Protocol):
    """Runs units somewhere."""

    def capacity(self, lane: str) -> int:
        """How many units may run at once in a lane (`cpu`)."""
        ...

    def run(self, unit: Unit) -> Iterator[Outcome]:
        """Run a unit; may be called from as many threads as there is capacity.

        Raises:
            UnitLostError: while iterating; what was yielded before stands.
            LegendaError: the unit as a whole cannot be done (unreadable input, wrong password): trying again is no use.
        """
        ...

    def close(self) -> None:
        """Stop all workers and wait for them; units being run raise `UnitLostError`."""
        ...
