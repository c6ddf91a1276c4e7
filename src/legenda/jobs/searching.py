"""Looking for jobs of a dialect: by how they stand, and by the caller's own metadata."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from legenda.jobs import schema
from legenda.jobs.record import Job
from legenda.jobs.rows import job_of
from legenda.jobs.seal import Seal

Phase = Literal["waiting", "begun", "ended", "broken"]
"""Nobody has begun it; it is being worked on; it is closed; it is closed, and failed for no reason of the caller's."""

_jobs = schema.jobs.c


@dataclass(frozen=True, slots=True)
class Sought:
    """Which jobs are looked for.

    Attributes:
        dialect: that asked for them.
        phase: how they stand; any, if it is `None`.
        forgiven: codes of failures that do not make a job `broken`.
        metadata: of the caller; each of these is exactly as it says. Names have neither quotes nor backslashes.
    """

    dialect: str
    phase: Phase | None = None
    forgiven: Collection[str] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


def search(
    db: sa.Connection, seal: Seal, tenant: str, sought: Sought, limit: int, offset: int = 0
) -> tuple[list[Job], int]:
    """Jobs of a tenant, the newest first, from the one at `offset` on; and how many there are in all."""
    where = [_jobs.tenant == tenant, _jobs.dialect == sought.dialect, *_phase(sought)]
    for name, value in sought.metadata.items():
        # SQLite compares names as they are written, and they are written in ASCII
        written = json.dumps(name)[1:-1] if db.dialect.name == "sqlite" else name
        where.append(_jobs.caller_metadata[written].as_string() == value)
    count = db.execute(sa.select(sa.func.count()).select_from(schema.jobs).where(*where)).scalar_one()
    query = sa.select(schema.jobs).where(*where).order_by(_jobs.created.desc(), _jobs.id.desc())
    return [job_of(row, seal) for row in db.execute(query.limit(limit).offset(offset))], int(count)


def _phase(sought: Sought) -> list[sa.ColumnElement[Any]]:
    broken = sa.and_(_jobs.state == "failed", _jobs.failure_code.not_in(tuple(sought.forgiven)))
    match sought.phase:
        case "waiting":
            return [_jobs.finished.is_(None), _jobs.started.is_(None)]
        case "begun":
            return [_jobs.finished.is_(None), _jobs.started.is_not(None)]
        case "ended":
            return [_jobs.finished.is_not(None), sa.not_(broken)]
        case "broken":
            return [broken]
    return []
