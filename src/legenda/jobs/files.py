"""Files that callers upload, whole or in parts, to name them in jobs: whoever knows a file's id may read it.

A job that is given such a file keeps a blob of its own, so that the end of neither concerns the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from legenda.errors import ConflictError, InvalidOptionError, LimitError, NotFoundError, TooLargeError
from legenda.jobs import retention, schema
from legenda.jobs.names import INPUTS
from legenda.jobs.rows import readable

if TYPE_CHECKING:
    from legenda.jobs.database import Database
    from legenda.jobs.record import Stored

MOST_PARTS = 10_000
_MOST_FILES = 10_000  # of one tenant at a time
_MEGABYTE = 2**20

_files, _parts = schema.files.c, schema.file_parts.c
_MINE = sa.select(schema.files).where(_files.id == sa.bindparam("file"))
_LOCKED = _MINE.with_for_update()
_OF = sa.select(schema.file_parts).where(_parts.file_id == sa.bindparam("file")).order_by(_parts.number)


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file, or one to be.

    Attributes:
        id: 32 hexadecimal digits, not to be guessed.
        name, media_type: as the caller says.
        cap: most bytes.
        key: of the blob, empty until it is there.
        size: bytes.
        sha256: of them, hexadecimal.
        created, expires: seconds since 1970; it is deleted then.
    """

    id: str
    tenant: str
    name: str
    media_type: str
    cap: int
    key: str = field(repr=False)
    size: int
    sha256: str
    created: float
    expires: float


@dataclass(frozen=True, slots=True)
class FilePart:
    """A part of an upload: its number from 1, its blob, its bytes, their sha256."""

    number: int
    key: str
    size: int
    sha256: str


def file_key(file: str) -> str:
    """Where a blob of a file goes: another one each time, so that what takes another's place disturbs no reader."""
    return f"{INPUTS}/files/{file}/{uuid.uuid4().hex}"


class Files:
    """The files of all tenants. Thread safe; every method is one transaction.

    Args:
        database: of the store.
        clock: seconds since 1970.
        megabytes: most that the files of one tenant may take; 0 for any.
    """

    def __init__(self, database: Database, clock: Callable[[], float], megabytes: int) -> None:
        self._database, self._clock, self._most = database, clock, megabytes * _MEGABYTE

    def begin(self, tenant: str, name: str, media_type: str, *, cap: int, seconds: float) -> File:
        """A file to be uploaded.

        Args:
            tenant: whose.
            name: of the file, for people.
            media_type: it is served with.
            cap: most bytes.
            seconds: until it is deleted.

        Raises:
            LimitError: the tenant has too many files, or they take all the room there is.
        """
        now = self._clock()
        row: dict[str, Any] = {"id": uuid.uuid4().hex, "tenant": tenant, "name": readable(name, 255)}
        row |= {"media_type": media_type[:127], "cap": cap, "created": now, "expires": now + seconds}
        with self._database.write() as db:
            count, used = self._used(db, tenant)
            if count >= _MOST_FILES:
                raise LimitError("There are too many files", f"at most {_MOST_FILES} are kept", "delete some, or wait")
            self._check(used, 1)
            db.execute(sa.insert(schema.files).values(row))
            return _file(db.execute(_MINE, {"file": row["id"]}).one())

    def get(self, id: str) -> File | None:
        """A file that is not past its time."""
        with self._database.read() as db:
            row = db.execute(_MINE, {"file": id}).one_or_none()
        return _file(row) if row is not None and row.expires > self._clock() else None

    def of(self, tenant: str, *, limit: int = 100, before: float | None = None) -> list[File]:
        """Those of a tenant that are there, the newest first; made before a time, if it is given."""
        query = sa.select(schema.files).where(_files.tenant == tenant, schema.KEPT, _files.expires > self._clock())
        if before is not None:
            query = query.where(_files.created < before)
        with self._database.read() as db:
            return [_file(row) for row in db.execute(query.order_by(_files.created.desc(), _files.id).limit(limit))]

    def put(self, id: str, stored: Stored) -> File:
        """The file is there; what was there before, and parts of it, are thrown away.

        Raises:
            NotFoundError: there is no such file to be uploaded.
            TooLargeError: it is beyond its cap.
            LimitError: the tenant's files take too much.
        """
        now = self._clock()
        with self._database.write() as db:
            row = self._place(db, id)
            parts = [_part(part) for part in db.execute(_OF, {"file": id})]
            self._fit(db, row, stored.size - row.size - sum(part.size for part in parts), stored.size)
            new = {"key": stored.key, "size": stored.size, "sha256": stored.sha256}
            db.execute(sa.update(schema.files).where(_files.id == id).values(new))
            db.execute(sa.delete(schema.file_parts).where(_parts.file_id == id))
            retention.throw(db, [part.key for part in parts] + ([row.key] if row.key else []), now)
            return _file(db.execute(_MINE, {"file": id}).one())

    def put_part(self, id: str, number: int, stored: Stored) -> None:
        """A part is there, in place of what had its number before.

        Raises:
            InvalidOptionError: its number is not 1..10,000.
            NotFoundError, TooLargeError, LimitError: as `put`.
            ConflictError: the file is whole already.
        """
        if not 1 <= number <= MOST_PARTS:
            raise InvalidOptionError(f"{number} is no number of a part", f"they go from 1 to {MOST_PARTS}")
        new = {"key": stored.key, "size": stored.size, "sha256": stored.sha256}
        with self._database.write() as db:
            row = self._place(db, id)
            if row.key:
                raise ConflictError("The file is whole already", "", "begin another upload")
            parts = {part.number: part for part in map(_part, db.execute(_OF, {"file": id}))}
            before = parts.pop(number, None)
            total = sum(part.size for part in parts.values()) + stored.size
            self._fit(db, row, stored.size - (before.size if before else 0), total)
            if before:
                mine = _parts.file_id == id, _parts.number == number
                db.execute(sa.update(schema.file_parts).where(*mine).values(new))
                retention.throw(db, [before.key], self._clock())
            else:
                db.execute(sa.insert(schema.file_parts).values(new | {"file_id": id, "number": number}))

    def parts(self, id: str) -> Sequence[FilePart]:
        """What is there of a file that comes in parts, by number."""
        with self._database.read() as db:
            return [_part(row) for row in db.execute(_OF, {"file": id})]

    def shorten(self, id: str, seconds: float) -> None:
        """A file is kept for so many seconds from now, if that is less than it was to be."""
        until = self._clock() + seconds
        with self._database.write() as db:
            db.execute(sa.update(schema.files).where(_files.id == id, _files.expires > until).values(expires=until))

    def delete(self, tenant: str, id: str) -> bool:
        """Delete a file of a tenant; its blobs go with what else is forgotten. `False`: there is none."""
        with self._database.write() as db:
            row = db.execute(_LOCKED, {"file": id}).one_or_none()
            if row is None or row.tenant != tenant:
                return False
            retention.drop_files(db, [id], self._clock())
            return True

    def _place(self, db: sa.Connection, id: str) -> Any:
        row = db.execute(_LOCKED, {"file": id}).one_or_none()
        if row is None or row.expires <= self._clock():
            raise NotFoundError("There is no such file", "its time is over, or it was deleted", "begin another upload")
        return row

    def _fit(self, db: sa.Connection, row: Any, more: int, size: int) -> None:
        if size > row.cap:
            raise TooLargeError("The file is too large", f"at most {row.cap // _MEGABYTE} MiB are allowed")
        if more > 0:
            self._check(self._used(db, row.tenant)[1], more)

    def _check(self, used: int, more: int) -> None:
        if self._most and used + more > self._most:
            why = f"all of them may take {self._most // _MEGABYTE} MiB"
            raise LimitError("There is no room for the file", why, "delete some, or wait until they expire")

    @staticmethod
    def _used(db: sa.Connection, tenant: str) -> tuple[int, int]:
        """Files of a tenant and the bytes of them and of all parts, which nobody changes until the transaction ends."""
        if db.dialect.name == "postgresql":
            db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"files {tenant}", 0))))
        whole = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_files.size), 0))
        count, used = db.execute(whole.where(_files.tenant == tenant)).one()
        split = sa.select(sa.func.coalesce(sa.func.sum(_parts.size), 0)).join(schema.files)
        return int(count), int(used) + int(db.execute(split.where(_files.tenant == tenant)).scalar_one())


def _file(row: Any) -> File:
    return File(
        row.id,
        row.tenant,
        row.name,
        row.media_type,
        row.cap,
        row.key,
        row.size,
        row.sha256,
        row.created,
        row.expires,
    )


def _part(row: Any) -> FilePart:
    return FilePart(row.number, row.key, row.size, row.sha256)
