from __future__ import annotations

from jobs_made import Clock, claimed, finish, pages, request

from legenda.jobs.record import Failure
from legenda.jobs.searching import Sought
from legenda.jobs.store import JobStore


def make(store: JobStore, clock: Clock, digest: str, dialect: str = "mr", **metadata: str) -> str:
    clock.pass_(1)
    return store.submit(request(digest=digest, dialect=dialect, metadata=metadata), pages(1))[0].id


def test_newest_first_by_dialect_and_tenant(store: JobStore, clock: Clock) -> None:
    made = [make(store, clock, str(n)) for n in range(5)]
    make(store, clock, "5", "fal")
    store.submit(request("other", digest="6", dialect="mr"), pages(1))
    found, count = store.search("acme", Sought("mr"), limit=2)
    assert ([job.id for job in found], count) == ([made[4], made[3]], 5)
    found, count = store.search("acme", Sought("mr"), limit=2, offset=4)
    assert ([job.id for job in found], count) == ([made[0]], 5)
    assert store.search("nobody", Sought("mr")) == ([], 0)


def test_by_metadata(store: JobStore, clock: Clock) -> None:
    first = make(store, clock, "0", batch="a1", n="1")
    make(store, clock, "1", batch="a1", n="2")
    make(store, clock, "2")
    assert store.search("acme", Sought("mr", metadata={"batch": "a1"}))[1] == 2
    (job,), count = store.search("acme", Sought("mr", metadata={"batch": "a1", "n": "1"}))
    assert (job.id, count) == (first, 1)
    for strange in ("a.b", "$", "ü'--", "[0]", "*", "%s", ":x"):
        id = make(store, clock, strange, **{strange: "yes"})
        (job,), _ = store.search("acme", Sought("mr", metadata={strange: "yes"}))
        assert job.id == id
    assert store.search("acme", Sought("mr", metadata={"batch": "' OR 1=1"})) == ([], 0)


def test_by_phase(store: JobStore, clock: Clock) -> None:
    def ids(phase: object, *forgiven: str) -> list[str]:
        return [job.id for job in store.search("acme", Sought("mr", phase, forgiven))[0]]  # type: ignore[arg-type]

    done = make(store, clock, "0")
    finish(store)
    broken = []
    for code in ("corrupt", "engine"):
        clock.pass_(1)
        broken.append(store.submit(request(digest=code, dialect="mr"))[0].id)
        claim = store.claim("n", lease=60)
        assert claim is not None and store.failed(claim, Failure(code, "why"))
    begun = make(store, clock, "1")
    claimed(store)
    waiting = make(store, clock, "2")
    assert (ids("waiting"), ids("begun")) == ([waiting], [begun])
    assert ids("broken") == broken[::-1] and ids("ended") == [done]
    assert ids("broken", "corrupt") == [broken[1]] and ids("ended", "corrupt") == [broken[0], done]
