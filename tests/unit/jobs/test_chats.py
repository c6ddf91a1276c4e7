from __future__ import annotations

import pytest
import sqlalchemy as sa
from jobs_made import Clock, finish, request

from legenda.errors import LimitError
from legenda.jobs import schema
from legenda.jobs.chats import Citation, Said
from legenda.jobs.store import JobStore

SECRET = "Zyzzyva"
ASKED = Said("user", f"Who is {SECRET}?")
ANSWERED = Said("assistant", f"{SECRET} (p. 2)", (Citation(2, f"I am {SECRET}."),))


def rows(store: JobStore) -> str:
    with store.engine.connect() as db:
        return repr(db.execute(sa.select(schema.chats)).all())


def test_what_was_said_is_kept_in_order_and_sealed(store: JobStore, clock: Clock) -> None:
    job, other = (store.submit(request(digest=digest))[0].id for digest in "ab")
    assert store.chats.add(job, (ASKED, ANSWERED))
    first = clock.now
    clock.pass_(10)
    assert store.chats.add(job, (ASKED,))
    found = store.chats.of(job)
    assert [(said.role, said.content, said.citations) for said in found] == [
        ("user", ASKED.content, ()),
        ("assistant", ANSWERED.content, ANSWERED.citations),
        ("user", ASKED.content, ()),
    ]
    assert [said.at for said in found] == [first, first, first + 10]
    assert store.chats.of(other) == []
    assert SECRET not in rows(store)


def test_it_is_forgotten_with_the_job(store: JobStore, clock: Clock) -> None:
    deleted, expired = (store.submit(request(digest=digest))[0].id for digest in "ab")
    finish(store)
    for job in (deleted, expired):
        assert store.chats.add(job, (ASKED, ANSWERED))
    store.delete(deleted)
    assert store.chats.of(deleted) == []
    clock.pass_(25 * 3600)
    store.expire()
    assert rows(store) == "[]"
    assert not store.chats.add(expired, (ASKED,)) and not store.chats.add(deleted, (ASKED,))


def test_a_conversation_does_not_grow_without_end(store: JobStore) -> None:
    job = store.submit(request())[0].id
    assert store.chats.add(job, [ASKED] * 1000)
    with pytest.raises(LimitError):
        store.chats.add(job, (ASKED,))
    assert len(store.chats.of(job)) == 1000
