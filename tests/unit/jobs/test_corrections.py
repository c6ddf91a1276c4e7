from __future__ import annotations

from dataclasses import replace

from jobs_made import Clock, finish, pages, read, request

from legenda.jobs.names import corrected_key
from legenda.jobs.record import Stored
from legenda.jobs.store import JobStore


def key_of(store: JobStore, job: str, number: int = 1) -> str:
    found = store.page_of(job, number)
    assert found is not None
    return found.key


def test_a_page_put_right_counts_and_results_are_forgotten(store: JobStore) -> None:
    job, _ = store.submit(request(formats=("txt",)), pages(2))
    finish(store)
    was = store.page_of(job.id, 2)
    assert was is not None
    key = corrected_key(job.id, 2)
    before = store.job(job.id)
    assert before is not None and before.confidence is not None
    assert store.corrected(job.id, was.key, read(2, key, words=11, confidence=10.9, characters=56))
    after = store.job(job.id)
    assert after is not None and after.results == {}
    assert after.characters == before.characters + 6
    assert after.confidence == (9.0 + 10.9) / 21
    found = store.page_of(job.id, 2)
    assert found is not None and (found.key, found.words) == (key, 11)
    assert was.key in store.expire()


def test_the_second_of_two_at_once_is_refused(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(1))
    assert not store.corrected(job.id, "", read(1, corrected_key(job.id, 1)))  # not read yet
    finish(store)
    was = key_of(store, job.id)
    assert store.corrected(job.id, was, read(1, corrected_key(job.id, 1)))
    assert not store.corrected(job.id, was, read(1, corrected_key(job.id, 1)))
    store.delete(job.id)
    assert not store.corrected(job.id, was, read(1, corrected_key(job.id, 1)))


def test_exports_of_what_it_was_are_not_kept(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(1))
    finish(store)
    made = {"md": Stored("results/x/md", 5, "0" * 64)}
    key, was = corrected_key(job.id, 1), key_of(store, job.id)
    assert store.corrected(job.id, was, read(1, key))
    assert not store.exported(job.id, made, (was,))
    assert store.exported(job.id, made, (key,))


def test_another_job_of_the_same_input_is_read_anew(store: JobStore, clock: Clock) -> None:
    first, _ = store.submit(request(), pages(2))
    finish(store)
    assert store.corrected(first.id, key_of(store, first.id), read(1, corrected_key(first.id, 1)))
    clock.pass_(1)
    second, _ = store.submit(replace(request(), metadata={"again": 1}), pages(2))
    assert [page.key for page in store.pages(second.id)] == ["", key_of(store, first.id, 2)]
    assert key_of(store, second.id, 2) not in store.delete(first.id)


def test_jobs_by_name(store: JobStore) -> None:
    for name in ("Bill 100%.pdf", "bill 1000.pdf", "letter_a.pdf", "letterXa.pdf"):
        asked = request(digest=name[-9:-4].replace(" ", "").encode().hex())
        store.submit(replace(asked, source=replace(asked.source, name=name)), pages(1))
    assert [job.request.source.name for job in store.jobs("acme", named="BILL 100%")] == ["Bill 100%.pdf"]
    assert [job.request.source.name for job in store.jobs("acme", named="letter_")] == ["letter_a.pdf"]
    assert len(store.jobs("acme", named="bill")) == 2 and store.jobs("other", named="bill") == []
