from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from jobs_made import claimed, finish, pages, read, request, unread

from legenda.errors import ConflictError, InvalidOptionError, QueueFullError, TooLargeError
from legenda.jobs.record import Failure, Input, Job, Member, Prepared, Reading
from legenda.jobs.store import JobStore
from legenda.settings import Settings


def test_a_job_waits_to_be_looked_at(store: JobStore) -> None:
    asked = request(
        formats=("txt", "pdf"),
        metadata={"a": [1, "ä"]},
        pages="1-3",
        tool="x",
        reading=Reading("fast", languages=("de",)),
    )
    job, new = store.submit(asked)
    assert new
    assert (job.state, job.request, job.page_count, job.created) == ("queued", asked, 0, store._clock())
    assert store.job(job.id) == job
    assert store.waiting() == 1


def test_a_job_that_was_looked_at_runs(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(7))
    assert (job.state, job.page_count, job.format) == ("running", 7, "pdf")
    assert [(x.number, x.state) for x in store.pages(job.id)] == [(n, "queued") for n in range(1, 8)]
    assert store.waiting() == 7


def test_only_claims_have_secrets(store: JobStore) -> None:
    source = Input("a", url="https://signed.example/?sig=1")
    asked = request(source=source, password="geheim", webhook="https://hook", deliver="https://put")
    job, _ = store.submit(asked)
    assert (job.request.password, job.request.webhook, job.request.deliver, job.request.source.url) == (
        None,
        "",
        "",
        "",
    )
    assert claimed(store).job.request == asked


def test_no_such_job(store: JobStore) -> None:
    assert store.job("0" * 32) is None
    assert store.cancel("0" * 32) is None
    assert store.delete("0" * 32) == []


def test_the_same_key_is_the_same_job(store: JobStore) -> None:
    asked = request(idempotency_key="k", password="a")
    first, new = store.submit(asked)
    again, new_again = store.submit(replace(asked, key_id="other key of the tenant"[:32]))
    assert (new, new_again, again.id) == (True, False, first.id)
    assert store.submit(replace(asked, tenant="other"))[1]


@pytest.mark.parametrize(
    "change", [{"pages": "2"}, {"password": "b"}, {"webhook": "https://x"}, {"source": Input("a.pdf", "k", "f" * 64)}]
)
def test_the_same_key_for_another_request(store: JobStore, change: dict[str, object]) -> None:
    asked = request(idempotency_key="k", password="a")
    store.submit(asked)
    with pytest.raises(ConflictError):
        store.submit(replace(asked, **change))  # type: ignore[arg-type]


def test_an_uploaded_copy_is_the_same_request(store: JobStore) -> None:
    """Every upload has a key of its own; what counts is the content."""
    asked = request(idempotency_key="k")
    first, _ = store.submit(asked)
    again, new = store.submit(replace(asked, source=replace(asked.source, key="inputs/other")))
    assert (again.id, new) == (first.id, False)


def test_concurrent_submits_with_one_key_make_one_job(store: JobStore) -> None:
    barrier, found = threading.Barrier(8), list[tuple[Job, bool]]()

    def submit() -> None:
        barrier.wait()
        found.append(store.submit(request(idempotency_key="k"), pages(2)))

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job.id for job, _ in found}) == 1
    assert [new for _, new in found].count(True) == 1
    assert len(store.jobs(None)) == 1


def test_a_full_queue(store: JobStore, settings: Settings) -> None:
    settings.queue_pages = 10
    store.submit(request(), pages(9))
    store.submit(request(), pages(9))
    with pytest.raises(QueueFullError) as refused:
        store.submit(request())
    assert refused.value.retry_after > 0
    assert len(store.jobs(None)) == 2
    finish(store)
    assert store.submit(request())[1]


def test_an_input_nobody_has_looked_at_counts_by_its_size(store: JobStore, settings: Settings) -> None:
    settings.queue_pages = 10
    large = replace(request().source, size=1_500_000)
    store.submit(request(source=large))
    assert store.waiting() == 15
    with pytest.raises(QueueFullError):
        store.submit(request(digest="1"))
    store.prepared(claimed(store), pages(2))
    assert store.waiting() == 2
    settings.pages = 1000
    store.submit(request(digest="2", source=replace(large, size=400_000_000)))
    assert store.waiting() == 1002


def test_a_plan_is_held_to(store: JobStore, settings: Settings) -> None:
    settings.pages = 5
    with pytest.raises(TooLargeError):
        store.submit(request(), pages(6))
    assert store.jobs(None) == []


@pytest.mark.parametrize(
    "bad", [{"tenant": "x" * 65}, {"idempotency_key": "k\0"}, {"tool": "\ud800"}, {"pages": "1," * 600}]
)
def test_what_cannot_be_stored_is_refused(store: JobStore, bad: dict[str, str]) -> None:
    with pytest.raises(InvalidOptionError):
        store.submit(request(**bad))
    assert store.jobs(None) == []


def test_any_name_and_metadata_can_be_stored(store: JobStore) -> None:
    source = replace(request().source, name="a\0b\ud800" + "x" * 300)
    job, _ = store.submit(request(source=source, metadata={"\ud800": "\0"}))
    assert job.request.source.name.startswith("ab?x") and len(job.request.source.name) == 255
    assert store.job(job.id) == job


def test_what_the_tenant_read_before_is_not_read_again(store: JobStore) -> None:
    store.submit(request(), pages(3))
    finish(store)
    job, _ = store.submit(request(), pages(5))
    states = {page.number: page.state for page in store.pages(job.id)}
    assert states == {1: "done", 2: "done", 3: "done", 4: "queued", 5: "queued"}
    assert (job.pages_done, job.confidence, job.characters) == (3, 0.9, 150)
    assert claimed(store).pages == (4, 5)


def test_nothing_is_left_to_read(store: JobStore) -> None:
    store.submit(request(), pages(3))
    finish(store)
    job, _ = store.submit(request(), pages(2))
    assert job.state == "assembling"
    claim = claimed(store)
    assert (claim.stage, claim.job.id, claim.pages) == ("assemble", job.id, (1, 2))
    assert all(claim.keys)


@pytest.mark.parametrize("other", [{"tenant": "other"}, {"digest": "1"}, {"reading": Reading(tier="accurate")}])
def test_what_is_not_the_same_is_read(store: JobStore, other: dict[str, str]) -> None:
    store.submit(request(), pages(3))
    finish(store)
    job, _ = store.submit(request(**other), pages(3))
    assert {page.state for page in store.pages(job.id)} == {"queued"}


def test_a_failed_page_is_read_again(store: JobStore) -> None:
    store.submit(request(), pages(2))
    claim = claimed(store)
    assert store.page(claim, read(1)) and store.page(claim, unread(2))
    finish(store)
    job, _ = store.submit(request(), pages(2))
    assert [page.state for page in store.pages(job.id)] == ["done", "queued"]


def test_pages_of_a_fetched_input_are_reused(store: JobStore) -> None:
    """Its sha256 is not known before it is prepared."""
    known = request()
    store.submit(known, pages(3))
    finish(store)
    job, _ = store.submit(request(source=Input("b", url="https://b")))
    assert store.prepared(claimed(store), replace(pages(3), source=known.source))
    found = store.job(job.id)
    assert found and (found.state, found.pages_done, found.request.source.sha256) == (
        "assembling",
        3,
        known.source.sha256,
    )


def test_expired_results_are_not_reused(store: JobStore) -> None:
    store.submit(request(), pages(1))
    finish(store)
    store._clock.pass_(2 * 86400)  # type: ignore[attr-defined]
    store.expire()
    job, _ = store.submit(request(), pages(1))
    assert job.state == "running"


def test_what_a_dialect_tells_comes_back(store: JobStore) -> None:
    told = {"do_format": True, "names": ["ä", "\ud800"], "n": 1.5}
    source = Input("", urls={0: "https://a", 11: "https://b"})
    job, _ = store.submit(request(source=source, dialect="fal", told=told, deliver_headers={"X-A": "b"}))
    assert job.request.told == told and store.jobs("acme")[0].request.told == told
    assert (job.request.source.urls, job.request.deliver_headers) == ({}, {})  # secrets are for who does the work
    claim = claimed(store)
    assert claim.job.request.source == source and claim.job.request.deliver_headers == {"X-A": "b"}
    assert not source.complete


def test_what_a_dialect_tells_is_part_of_what_an_idempotency_key_stands_for(store: JobStore) -> None:
    first, _ = store.submit(request(told={"a": 1}, idempotency_key="k"), pages(1))
    again, new = store.submit(request(told={"a": 1}, idempotency_key="k"), pages(1))
    assert (again.id, new) == (first.id, False)
    with pytest.raises(ConflictError):
        store.submit(request(told={"a": 2}, idempotency_key="k"), pages(1))
    parts = [request(source=Input("", urls={0: url}), idempotency_key="p") for url in ("https://a", "https://b")]
    store.submit(parts[0])
    with pytest.raises(ConflictError):
        store.submit(parts[1])


def test_too_much_told(store: JobStore) -> None:
    with pytest.raises(InvalidOptionError, match="256 KiB"):
        store.submit(request(told={"a": "x" * 2**18}))


def test_members_and_the_part_that_failed(store: JobStore) -> None:
    members = (Member("a.png", "png", 1), Member("ä.pdf", "pdf", 2))
    job, _ = store.submit(request(), Prepared("zip", (1, 2, 3), members=members))
    assert job.members == members
    other, _ = store.submit(request(source=Input("", urls={0: "https://a"}), priority=9))
    store.failed(claimed(store), Failure("unreachable", "It is away.", 0))
    assert (found := store.job(other.id)) and found.failure == Failure("unreachable", "It is away.", 0)
