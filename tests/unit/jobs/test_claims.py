from __future__ import annotations

import threading
from collections import Counter

from jobs_made import LEASE, Clock, claimed, finish, pages, read, request, work

from legenda.jobs.record import Claim
from legenda.jobs.store import JobStore


def test_nothing_to_do(store: JobStore) -> None:
    assert store.claim("node", lease=LEASE) is None


def test_the_stages_of_a_job(store: JobStore) -> None:
    job, _ = store.submit(request(formats=("txt",)))
    done = list(work(store, pages=2))
    assert [(x.stage, x.pages) for x in done] == [
        ("prepare", ()), ("read", (1, 2)), ("read", (3,)), ("assemble", (1, 2, 3))
    ]  # fmt: skip
    assert done[-1].keys == tuple(f"pages/{job.id}/{n}" for n in (1, 2, 3))
    found = store.job(job.id)
    assert found is not None and found.state == "done"
    assert (found.pages_done, found.confidence, found.language) == (3, 0.9, "en")
    assert found.results["txt"].size == 5


def test_higher_priority_first_then_age(store: JobStore, clock: Clock) -> None:
    order = []
    for priority in (0, 5, -3, 5):
        job, _ = store.submit(request(digest=str(len(order)), priority=priority), pages(1))
        order.append(job.id)
        clock.pass_(1)
    assert [claimed(store).job.id for _ in range(4)] == [order[1], order[3], order[0], order[2]]


def test_many_pages_do_not_starve_few(store: JobStore) -> None:
    store.submit(request("big"), pages(1000))
    for _ in range(5):
        claimed(store)
    store.submit(request("small"), pages(1))
    assert "small" in [claimed(store).job.request.tenant for _ in range(2)]


def test_many_jobs_do_not_starve_few(store: JobStore, clock: Clock) -> None:
    for n in range(40):
        store.submit(request("big", str(n)), pages(1))
        clock.pass_(1)
    for _ in range(10):
        claimed(store)
    store.submit(request("small"), pages(1))
    assert "small" in [claimed(store).job.request.tenant for _ in range(2)]


def test_tenants_get_the_same_number_of_pages(store: JobStore) -> None:
    """Whether they come in large or small jobs."""
    store.submit(request("one"), pages(200))
    for n in range(100):
        store.submit(request("many", str(n)), pages(1))
    got = Counter[str]()
    for _ in range(60):
        claim = claimed(store)
        got[claim.job.request.tenant] += len(claim.pages)
    assert abs(got["one"] - got["many"]) <= 4


def test_a_short_job_does_not_wait_for_a_long_one_of_its_tenant(store: JobStore, clock: Clock) -> None:
    long, _ = store.submit(request(), pages(1000))
    for _ in range(20):
        claimed(store)
    clock.pass_(1)
    short, _ = store.submit(request(digest="1"))
    claim = claimed(store)
    assert (claim.stage, claim.job.id) == ("prepare", short.id)
    assert store.prepared(claim, pages(1))
    claim = claimed(store)
    assert (claim.stage, claim.job.id) == ("read", short.id)
    assert claimed(store).job.id == long.id
    assert store.page(claim, read(1))
    claim = claimed(store)
    assert (claim.stage, claim.job.id) == ("assemble", short.id)


def test_new_jobs_of_a_tenant_are_looked_at_before_long_ones_go_on(store: JobStore, clock: Clock) -> None:
    order = []
    for n in range(5):
        order.append(store.submit(request(digest=str(n)))[0].id)
        clock.pass_(1)
    seen = []
    for _ in range(10):
        claim = claimed(store)
        seen.append((claim.job.id, claim.stage))
        if claim.stage == "prepare":
            store.prepared(claim, pages(50))
    assert seen == [(id, stage) for id in order for stage in ("prepare", "read")]


def test_long_jobs_of_a_tenant_take_turns(store: JobStore, clock: Clock) -> None:
    first, _ = store.submit(request(), pages(1000))
    for _ in range(100):
        claimed(store)
    clock.pass_(1)
    second, _ = store.submit(request(digest="1"), pages(1000))
    got = Counter(claimed(store).job.id for _ in range(100))
    assert got[second.id] >= 60  # it catches up
    got = Counter(claimed(store).job.id for _ in range(20))
    assert got == {first.id: 10, second.id: 10}


def test_a_long_job_goes_on_however_many_short_ones_come(store: JobStore, clock: Clock) -> None:
    long, _ = store.submit(request(), pages(1000))
    for _ in range(100):
        claimed(store)
    got = Counter[str]()
    for n in range(600):
        clock.pass_(0.01)
        store.submit(request(digest=str(n + 1)), pages(1))
        got[claimed(store).job.id] += 1
    assert got[long.id] == 2


def test_waiting_earns_no_credit(store: JobStore) -> None:
    """Who was away while another was served does not get all turns after that."""
    store.submit(request("busy"), pages(500))
    store.submit(request("rare"), pages(1))
    for _ in range(60):
        claimed(store)
    store.submit(request("rare", "1"), pages(100))
    tenants = [claimed(store).job.request.tenant for _ in range(10)]
    assert 4 <= tenants.count("rare") <= 6


def test_a_claimed_page_is_not_claimed_again(store: JobStore) -> None:
    store.submit(request(), pages(6))
    assert [claimed(store).pages for _ in range(2)] == [(1, 2, 3, 4), (5, 6)]
    assert store.claim("node", lease=LEASE) is None
    assert store.waiting() == 0


def test_a_report_counts_once_and_only_with_its_token(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(2))
    claim = claimed(store)
    stranger = Claim("read", claim.job, "f" * 32, claim.pages)
    assert not store.page(stranger, read(1))
    assert store.page(claim, read(1))
    assert not store.page(claim, read(1))
    found = store.job(job.id)
    assert found is not None and (found.pages_done, found.characters) == (1, 50)
    assert [event.data["number"] for event in store.events(job.id) if event.kind == "page"] == [1]


def test_a_lease_that_is_kept(store: JobStore, clock: Clock) -> None:
    store.submit(request(), pages(1))
    claim = claimed(store)
    for _ in range(5):
        clock.pass_(LEASE - 1)
        assert store.beat(claim, LEASE)
        assert store.claim("other", lease=LEASE) is None
    assert store.page(claim, read(1))
    assert not store.beat(claim, LEASE)


def test_a_lease_that_ran_out(store: JobStore, clock: Clock) -> None:
    """The work goes to another node, and what the first says after that counts for nothing."""
    job, _ = store.submit(request(), pages(1))
    late = claimed(store)
    clock.pass_(LEASE + 1)
    taken = claimed(store, node="other")
    assert (taken.pages, taken.solo) == ((1,), True)
    assert not store.beat(late, LEASE)
    assert not store.page(late, read(1, "pages/late"))
    assert store.page(taken, read(1, "pages/good"))
    assert [page.key for page in store.pages(job.id)] == ["pages/good"]


def test_leases_of_whole_jobs_run_out(store: JobStore, clock: Clock) -> None:
    store.submit(request())
    late = claimed(store)
    clock.pass_(LEASE + 1)
    taken = claimed(store, node="other")
    assert taken.stage == "prepare"
    assert not store.prepared(late, pages(1))
    assert store.prepared(taken, pages(1))
    assert store.page(claimed(store), read(1))
    late = claimed(store)
    clock.pass_(LEASE + 1)
    taken = claimed(store)
    assert taken.stage == "assemble"
    assert not store.assembled(late, {})
    assert store.assembled(taken, {})


def test_released_pages_are_as_they_were(store: JobStore) -> None:
    store.submit(request(), pages(3))
    claim = claimed(store)
    assert store.page(claim, read(1))
    store.release(claim, (1, 2, 3))
    assert store.waiting() == 2
    again = claimed(store)
    assert (again.pages, again.solo) == ((2, 3), False)
    assert not store.page(claim, read(2))


def test_a_released_preparation(store: JobStore) -> None:
    job, _ = store.submit(request())
    store.release(claimed(store), ())
    found = store.job(job.id)
    assert found is not None and found.state == "queued"
    assert claimed(store).stage == "prepare"


def test_recovery_of_a_node(store: JobStore) -> None:
    """Only what it held, at once, and without blame."""
    store.submit(request("a"), pages(4))
    store.submit(request("b"), pages(1))
    store.submit(request("c"))
    dead = [claimed(store, node="dead"), claimed(store, node="dead")]
    alive = claimed(store, node="alive")
    assert store.recover("dead") == sum(max(1, len(claim.pages)) for claim in dead)
    again = [claimed(store), claimed(store)]
    assert {(x.stage, x.job.id, x.pages, x.solo) for x in again} == {(x.stage, x.job.id, x.pages, False) for x in dead}
    assert store.beat(alive, LEASE)
    assert not any(store.beat(claim, LEASE) for claim in dead)


def test_threads_never_get_the_same_page(store: JobStore) -> None:
    """And of every page one result counts, though every one is reported twice."""
    jobs = [store.submit(request(f"t{n % 3}", str(n)), pages(20))[0].id for n in range(6)]
    claims, counted = list[Claim](), list[tuple[str, int]]()

    def run() -> None:
        idle = 0
        while idle < 20:
            claim = store.claim("node", lease=LEASE, pages=3)
            if claim is None:
                idle += 1
                continue
            claims.append(claim)
            if claim.stage == "assemble":
                store.assembled(claim, {})
            for number in claim.pages if claim.stage == "read" else ():
                for _ in range(2):
                    if store.page(claim, read(number)):
                        counted.append((claim.job.id, number))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish(store)
    every = {(job, number) for job in jobs for number in range(1, 21)}
    given = [(claim.job.id, number) for claim in claims if claim.stage == "read" for number in claim.pages]
    assert sorted(given) == sorted(every)
    assert sorted(counted) == sorted(every)
    assert all((job := store.job(id)) and job.state == "done" and job.pages_done == 20 for id in jobs)
