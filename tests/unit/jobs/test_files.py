from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from jobs_made import Clock, finish, pages, request

from legenda.errors import ConflictError, InvalidOptionError, LimitError, NotFoundError, TooLargeError
from legenda.jobs import schema
from legenda.jobs.files import File, file_key
from legenda.jobs.record import Input, Stored
from legenda.jobs.store import JobStore
from legenda.settings import Settings

MEGABYTE = 2**20
SECRET = "Zyzzyva"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"files_megabytes": 4})


def begun(store: JobStore, tenant: str = "acme", cap: int = 3 * MEGABYTE, name: str = "a.png") -> File:
    return store.files.begin(tenant, name, "image/png", cap=cap, seconds=3600)


def blob(file: File, size: int = 10, digest: str = "ab") -> Stored:
    return Stored(file_key(file.id), size, digest.rjust(64, "0"))


def swept(store: JobStore) -> set[str]:
    keys = store.expire()
    store.deleted(keys)
    return set(keys)


def test_a_file_is_there_once_it_was_put_until_its_time_is_over(store: JobStore, clock: Clock) -> None:
    file = begun(store)
    assert (file.key, file.size, file.expires) == ("", 0, clock.now + 3600)
    assert store.files.of("acme") == []
    stored = blob(file)
    put = store.files.put(file.id, stored)
    assert (put.key, put.size, put.sha256) == (stored.key, 10, stored.sha256)
    assert (put.name, put.media_type) == ("a.png", "image/png")
    assert store.files.get(file.id) == put and store.files.of("acme") == [put] and store.files.of("other") == []
    clock.pass_(3599)
    assert swept(store) == set()
    clock.pass_(2)
    assert store.files.get(file.id) is None and store.files.of("acme") == []
    with pytest.raises(NotFoundError):
        store.files.put(file.id, blob(file))
    assert swept(store) == {stored.key}
    with store.engine.connect() as db:
        assert db.execute(sa.select(schema.files)).all() == []


def test_a_file_is_kept_for_less_but_never_for_longer(store: JobStore, clock: Clock) -> None:
    file = begun(store)
    store.files.shorten(file.id, 7200)
    kept = store.files.get(file.id)
    assert kept is not None and kept.expires == file.expires
    store.files.shorten(file.id, 60)
    clock.pass_(61)
    assert store.files.get(file.id) is None


def test_what_takes_the_place_of_a_file_throws_it_away(store: JobStore) -> None:
    file = begun(store)
    first, second = blob(file), blob(file)
    store.files.put(file.id, first)
    assert store.files.put(file.id, second).key == second.key
    assert swept(store) == {first.key}
    assert not store.files.delete("other", file.id)
    assert store.files.delete("acme", file.id) and not store.files.delete("acme", file.id)
    assert swept(store) == {second.key}


def test_parts_become_one_file_and_go(store: JobStore) -> None:
    file = begun(store)
    first, again, second, joined = (blob(file, 5, str(n)) for n in range(4))
    store.files.put_part(file.id, 2, second)
    store.files.put_part(file.id, 1, first)
    store.files.put_part(file.id, 1, again)
    assert [(part.number, part.key) for part in store.files.parts(file.id)] == [(1, again.key), (2, second.key)]
    store.files.put(file.id, joined)
    assert store.files.parts(file.id) == []
    assert swept(store) == {first.key, again.key, second.key}
    with pytest.raises(ConflictError):
        store.files.put_part(file.id, 3, blob(file))
    for number in (0, 10_001):
        with pytest.raises(InvalidOptionError):
            store.files.put_part(begun(store).id, number, blob(file))


def test_parts_that_nobody_put_together_are_forgotten_too(store: JobStore, clock: Clock) -> None:
    file = begun(store, name=f"{SECRET}.png")
    part = blob(file, digest="c0ffee")
    store.files.put_part(file.id, 1, part)
    assert store.unknown([part.key, "inputs/files/stray/1"]) == ["inputs/files/stray/1"]
    clock.pass_(3601)
    assert swept(store) == {part.key}
    with store.engine.connect() as db:
        left = repr([db.execute(sa.select(table)).all() for table in schema.metadata.sorted_tables])
    assert SECRET not in left and "c0ffee" not in left


def test_caps_of_a_file_and_of_a_tenant(store: JobStore) -> None:
    file = begun(store)
    with pytest.raises(TooLargeError):
        store.files.put(file.id, blob(file, 3 * MEGABYTE + 1))
    store.files.put(file.id, blob(file, 3 * MEGABYTE))
    store.files.put(file.id, blob(file, 3 * MEGABYTE))  # the same again takes no more room
    split = begun(store)
    store.files.put_part(split.id, 1, blob(split, MEGABYTE - 1))
    with pytest.raises(LimitError, match="no room"):
        store.files.put_part(split.id, 2, blob(split, 2))
    store.files.put(split.id, blob(split, MEGABYTE - 1))  # the parts go when the whole comes
    with pytest.raises(LimitError, match="no room"):
        store.files.put(begun(store).id, blob(file, 2))
    other = begun(store, "other")
    store.files.put(other.id, blob(other, 3 * MEGABYTE))
    store.files.delete("acme", file.id)
    more = begun(store)
    store.files.put(more.id, blob(more, 3 * MEGABYTE))


def test_nobody_squeezes_through_at_once(store: JobStore) -> None:
    files = [begun(store) for _ in range(8)]
    refused: list[str] = []

    def put(file: File) -> None:
        try:
            store.files.put(file.id, blob(file, MEGABYTE))
        except LimitError:
            refused.append(file.id)

    threads = [threading.Thread(target=put, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4 and len(store.files.of("acme")) == 4


def test_a_job_and_a_file_of_the_same_bytes_do_not_concern_each_other(store: JobStore, clock: Clock) -> None:
    file = begun(store)
    stored = store.files.put(file.id, blob(file))
    source = Input("a.pdf", f"inputs/{stored.sha256}/1", stored.sha256, stored.size)
    store.submit(request(source=source), pages(1))
    finish(store)
    store.files.delete("acme", file.id)
    assert swept(store) == {stored.key}
    clock.pass_(25 * 3600)
    assert source.key in swept(store)
