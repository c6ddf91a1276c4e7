"""What was asked and answered about what a job has read. Sealed, and forgotten with the job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from legenda.errors import LimitError
from legenda.jobs import closing, schema

if TYPE_CHECKING:
    from legenda.jobs.database import Database
    from legenda.jobs.seal import Seal

Box = tuple[float, ...]
_MOST = 1000  # messages of one job

_chats = schema.chats.c
_LAST = sa.select(sa.func.coalesce(sa.func.max(_chats.number), 0)).where(_chats.job_id == sa.bindparam("job"))
_OF = sa.select(schema.chats).where(_chats.job_id == sa.bindparam("job")).order_by(_chats.number)


@dataclass(frozen=True, slots=True)
class Citation:
    """What an answer rests on: a page (1-based), the text on it, and boxes around that in page units, one a line."""

    page: int
    snippet: str
    boxes: tuple[Box, ...] = ()
    value_boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A message: whose, what it says, what it rests on, and when it was (seconds since 1970; set when it is kept)."""

    role: Literal["user", "assistant"]
    content: str
    citations: tuple[Citation, ...] = ()
    at: float = 0.0


class Chats:
    """The conversations about all jobs, one each. Thread safe; every method is one transaction.

    Args:
        database: of the store.
        seal: of the installation.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], float]) -> None:
        self._database, self._seal, self._clock = database, seal, clock

    def add(self, job: str, said: Sequence[Said]) -> bool:
        """Keep what was said; `False`: there is no such job any more.

        Raises:
            LimitError: there is too much of it.
        """
        now = self._clock()
        with self._database.write() as db:
            row = closing.locked(db, job)
            if row is None or row.state == "expired":
                return False
            last = int(db.execute(_LAST, {"job": job}).scalar_one())
            if last + len(said) > _MOST:
                raise LimitError("The conversation is too long", f"it may have {_MOST} messages", "make another job")
            db.execute(sa.insert(schema.chats), [self._row(job, last + n, one, now) for n, one in enumerate(said, 1)])
            return True

    def of(self, job: str) -> list[Said]:
        """What was said about a job, in order."""
        with self._database.read() as db:
            rows = db.execute(_OF, {"job": job}).all()
        return [self._said(row) for row in rows]

    def _row(self, job: str, number: int, said: Said, now: float) -> dict[str, Any]:
        value = asdict(said)
        del value["at"]
        return {"job_id": job, "number": number, "said": self._seal.seal(value), "at": now}

    def _said(self, row: Any) -> Said:
        value = self._seal.open(row.said)
        citations = tuple(_cited(citation) for citation in value.pop("citations"))
        return Said(**value, citations=citations, at=row.at)


def _cited(value: dict[str, Any]) -> Citation:
    """A citation as it was kept; older ones have no boxes."""
    boxes, marked = (tuple(map(tuple, value.get(name, ()))) for name in ("boxes", "value_boxes"))
    return Citation(value["page"], value["snippet"], boxes, marked)
