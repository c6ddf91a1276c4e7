"""What an executor is. It holds no state: if it is lost with all its workers, leases run out and nothing else is."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Protocol

from legenda.jobs.record import Cause, Claim, PageDone, Prepared, Stored
from legenda.options import Limits

Outcome = Prepared | PageDone | dict[str, Stored]
"""Of a unit: `Prepared` once; `PageDone` for each page, as it is done; the exports of an assembly by format, once."""

TICK = 0.25
"""Seconds after which an executor hands the caller the turn, whether there is an outcome or not."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Work for one worker; everything it needs to know, fit to be sent to another machine.

    Attributes:
        claim: what to do.
        blobs: URL of the blob store.
        megabytes: most memory.
        page_seconds: most wall clock and most CPU time for a page.
        limits: every input is held to.
    """

    claim: Claim
    blobs: str
    megabytes: int
    page_seconds: float
    limits: Limits = field(default_factory=Limits)

    @property
    def lane(self) -> str:
        """What it is for: `vlm` for pages of that tier, which want a GPU, else `cpu`."""
        claim = self.claim
        return "vlm" if claim.stage == "read" and claim.job.request.reading.tier == "vlm" else "cpu"

    @property
    def seconds(self) -> float:
        """Most time between one outcome and the next; an assembly writes all its pages after the last of them."""
        return self.page_seconds + len(self.claim.keys)


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
        """How many units may be given to a lane (`cpu`) at once; one more than run, so that none waits for work."""
        ...

    def run(self, unit: Unit) -> Generator[Outcome | None]:
        """Run a unit; may be called from any number of threads, which wait for their turn.

        Yields:
            An outcome as soon as there is one, and `None` every `TICK` without one: the caller looks whether the unit
            is still wanted, and closes the generator if not, which stops the unit.

        Raises:
            UnitLostError: while iterating; what was yielded before stands.
            OSError: the unit was not begun, for want of processes or memory.
            LegendaError: the unit as a whole cannot be done (unreadable input, wrong password): trying again is no use.
        """
        ...

    def close(self) -> None:
        """Stop all workers and wait for them; units being run raise `UnitLostError`."""
        ...
