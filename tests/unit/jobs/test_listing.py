from __future__ import annotations

from jobs_made import Clock, claimed, finish, pages, read, request

from legenda.jobs.store import JobStore


def test_newest_first_page_by_page(store: JobStore, clock: Clock) -> None:
    made = []
    for n in range(7):
        made.append(store.submit(request(digest=str(n)), pages(1))[0].id)
        clock.pass_(n // 5)  # some in the same moment
    store.submit(request("other"), pages(1))
    seen: list[str] = []
    while found := store.jobs("acme", after=seen[-1] if seen else "", limit=3):
        seen += [job.id for job in found]
    assert sorted(seen) == sorted(made)
    assert seen[0] == made[-1]
    assert len(store.jobs(None)) == 8


def test_by_state(store: JobStore) -> None:
    store.submit(request(), pages(1))
    finish(store)
    job, _ = store.submit(request(digest="1"))
    assert [x.id for x in store.jobs("acme", state="queued")] == [job.id]
    assert len(store.jobs("acme", state="done")) == 1


def test_pages_from_number_to_number(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(10))
    assert [page.number for page in store.pages(job.id, after=3, limit=4)] == [4, 5, 6, 7]
    page = store.page_of(job.id, 10)
    assert page is not None and page.number == 10
    assert store.page_of(job.id, 11) is None


def test_position(store: JobStore, clock: Clock) -> None:
    made = []
    for priority in (0, 0, 5, 0):
        made.append(store.submit(request(digest=str(len(made)), priority=priority), pages(1))[0])
        clock.pass_(1)
    assert [store.position(job) for job in made] == [1, 2, 0, 3]
    claimed(store)
    now = sorted(store.jobs(None), key=lambda job: job.created)
    assert [store.position(job) for job in now] == [0, 1, 0, 2]


def test_position_among_tenants(store: JobStore, clock: Clock) -> None:
    """One that sent many does not stand before one that sent few."""
    many = []
    for n in range(20):
        many.append(store.submit(request("many", str(n)), pages(1))[0])
        clock.pass_(1)
    few = []
    for n in range(2):
        few.append(store.submit(request("few", str(n)), pages(1))[0])
        clock.pass_(1)
    places = {job.id: store.position(job) for job in (*many, *few)}
    assert [places[job.id] for job in few] == [0, 2]
    assert [places[job.id] for job in many[:4]] == [0, 2, 4, 5]
    order = [claimed(store).job.id for _ in range(22)]
    assert all(abs(order.index(id) - place) <= 1 for id, place in places.items())


def test_seconds_left_of_a_new_job_beside_long_ones(store: JobStore, clock: Clock) -> None:
    store.submit(request("big"), pages(5000))
    store.submit(request("acme"), pages(1000))
    for _ in range(10):
        claim = claimed(store)
        clock.pass_(4)
        assert all(store.page(claim, read(number)) for number in claim.pages)
    job, _ = store.submit(request(digest="1"), pages(3))
    left = store.seconds_left(job)
    assert left is not None and 6 <= left <= 12  # three pages of its own, of the long one and of the others


def test_seconds_left(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(), pages(10))
    assert store.seconds_left(job) is None
    claim = claimed(store)
    clock.pass_(8)
    assert all(store.page(claim, read(number)) for number in claim.pages)
    now = store.job(job.id)
    assert now is not None and store.seconds_left(now) == 12.0  # two seconds a page, six left
    other, _ = store.submit(request("other"), pages(3))
    left = store.seconds_left(other)
    assert left is not None and left > 0
    finish(store)
    now = store.job(job.id)
    assert now is not None and store.seconds_left(now) == 0.0
