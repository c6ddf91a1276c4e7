from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from jobs_made import pages, request

from legenda.jobs.database import Database, reading
from legenda.jobs.keys import Keys
from legenda.jobs.record import Job
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore


def test_a_new_file_is_for_its_owner_and_lasts(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'a.db'}")
    with database.read() as db:
        told = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert told == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    with database.write() as db:
        db.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    folder = tmp_path / "new"
    assert [file.name for file in (folder, *folder.iterdir()) if file.stat().st_mode & 0o077] == []
    database.close()


def test_an_exception_undoes_a_transaction(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(ZeroDivisionError), database.write() as db:
        db.execute(sa.text("CREATE TABLE t (a INTEGER)"))
        _ = 1 / 0
    with database.read() as db:
        assert not sa.inspect(db).has_table("t")
    database.close()


def test_readers_wait_for_no_writer(store: JobStore) -> None:
    """Neither polls nor wrong keys."""
    job, _ = store.submit(request(), pages(3))
    keys = Keys(store.engine, Seal(b"k" * 32))
    found: list[Job | None] = []

    def look() -> None:
        found.append(store.job(job.id))
        store.pages(job.id), store.events(job.id), store.position(job), store.seconds_left(job), store.waiting()
        assert keys.verify("lgd_wrong") is None
        with reading(store.engine).connect() as db:
            store.meter.usage(db)

    with store._database.write() as db:
        db.execute(sa.text("UPDATE jobs SET name = 'b.pdf'"))
        reader = threading.Thread(target=look)
        reader.start()
        reader.join(20)
        assert not reader.is_alive()
    assert found and found[0] is not None and found[0].request.source.name == "a.pdf"


def test_errors_do_not_tell_what_was_stored(store: JobStore) -> None:
    with pytest.raises(sa.exc.IntegrityError) as error, store.engine.begin() as db:
        db.execute(sa.text("INSERT INTO keys (id, tenant) VALUES (:id, :tenant)"), {"id": "Zyzzyva", "tenant": None})
    assert "parameters hidden" in str(error.value)
