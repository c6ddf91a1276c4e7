"""Stores on one Postgres hear of one another's changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from jobs_made import finish, pages, request

from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings


@pytest.fixture
def listening(postgres_store: str, settings: Settings) -> Iterator[Callable[[], JobStore]]:
    with ExitStack() as stack:

        def opened() -> JobStore:
            store = JobStore(postgres_store, Seal(b"k" * 32), settings)
            stack.callback(store.close)
            version = store.changed.version
            store.listen()
            assert store.changed.wait(version, 10) != version, "it looks once when it begins to listen"
            return store

        yield opened


def test_a_change_is_heard_by_the_others(listening: Callable[[], JobStore]) -> None:
    one, other = listening(), listening()
    version = other.changed.version
    one.submit(request(digest="7"), pages(1))
    assert other.changed.wait(version, 10) > version
    finish(one)


def test_nobody_hears_himself(listening: Callable[[], JobStore]) -> None:
    """Else two processes would wake each other forever."""
    one, other = listening(), listening()
    version = other.changed.version
    one.submit(request(digest="8"), pages(1))
    assert other.changed.wait(version, 10) > version
    here, there = one.changed.version, other.changed.version
    assert (one.changed.wait(here, 0.5), other.changed.wait(there, 0.5)) == (here, there)
    finish(one)


def test_listeners_come_back_after_the_database_was_away(listening: Callable[[], JobStore]) -> None:
    one, other = listening(), listening()
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query LIKE '%pg_notify%'"
    )
    version = other.changed.version
    with other.engine.connect() as db:
        db.execute(sa.text(kill + " AND pid <> pg_backend_pid()"))
    version = other.changed.wait(version, 10)  # it looks, since it may have missed something
    one.submit(request(digest="9"), pages(1))
    assert other.changed.wait(version, 10) > version
    finish(one)


def test_sqlite_has_no_news(settings: Settings) -> None:
    store = JobStore(settings.database, Seal(b"k" * 32), settings)
    store.listen()
    version = store.changed.version
    store.submit(request(), pages(1))
    assert store.changed.version > version
    store.close()
