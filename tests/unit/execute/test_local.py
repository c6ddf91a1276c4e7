"""The executor of this machine: what its workers do, and what becomes of them."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pdf_maker import make_pdf, scanned, words
from traps import page
from work import Bench

from legenda.document import page_from_dict
from legenda.errors import CorruptSourceError, InvalidOptionError, NotFoundError, WrongPasswordError
from legenda.execute.base import Outcome, UnitLostError
from legenda.jobs.record import PageDone, Prepared

WHITE = page()


def asked(notes: Path) -> list[str]:
    return [line.split()[1] for line in notes.read_text().splitlines()]


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def below(pid: int) -> set[int]:
    found = set()
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (thread / "children").read_text().split()):
            found |= {child} | below(child)
    return found


def gone(pids: set[int]) -> bool:
    deadline = time.monotonic() + 10
    while any(map(running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(running, pids))


def until_noted(notes: Path, outcomes: Iterator[Outcome | None], trap: str) -> None:
    """Go on until a page is begun that is a trap."""
    for _ in outcomes:
        if trap in notes.read_text():
            return


def test_an_input_is_looked_at(bench: Bench) -> None:
    job = bench.job(make_pdf(words("one"), words("two"), words("three")), pages="2-")
    assert bench.done(bench.unit("prepare", job)) == [Prepared("pdf", (2, 3), {}, job.request.source)]


def test_pages_are_read_stored_and_counted(bench: Bench, notes: Path) -> None:
    job = bench.job(scanned(WHITE, WHITE, WHITE))
    done = bench.read(job, [1, 3])
    assert [(d.number, d.engine, d.words, d.confidence, d.characters, d.language) for d in done] == [
        (1, "trapped", 1, 0.9, 4, "en"),
        (3, "trapped", 1, 0.9, 4, "en"),
    ]
    stored = [page_from_dict(json.loads(bench.blobs.get(d.key))) for d in done]
    assert [(p.number, p.text, p.span) for p in stored] == [(1, "fine", (0, 4)), (3, "fine", (0, 4))]
    assert done[0].key != done[1].key and job.request.source.sha256 in done[0].key
    assert asked(notes) == ["none", "none"] and str(os.getpid()) not in notes.read_text()


@pytest.mark.parametrize(
    ("data", "request_", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n nothing more", {}, CorruptSourceError),
        (make_pdf(words("secret"), password="sesame"), {"password": "wrong"}, WrongPasswordError),
        (make_pdf(words("short")), {"pages": "7"}, InvalidOptionError),
    ],
)
def test_what_cannot_be_read_is_a_typed_error(bench: Bench, data: bytes, request_: dict[str, str], kind: type) -> None:
    job = bench.job(data, **request_)
    with pytest.raises(kind):
        bench.done(bench.unit("prepare", job))
    pids = bench.executor.pids()
    assert bench.read(bench.job(scanned(WHITE)), [1])[0].key
    assert bench.executor.pids() == pids  # the worker lives on


def test_an_input_that_is_gone_is_a_typed_error(bench: Bench) -> None:
    job = bench.job(scanned(WHITE))
    bench.blobs.delete([job.request.source.key])
    with pytest.raises(NotFoundError):
        bench.read(job, [1])


def test_an_engine_that_is_not_there_fails_the_job(bench: Bench) -> None:
    with pytest.raises(InvalidOptionError, match="no engine 'nobody'"):
        bench.read(bench.job(scanned(WHITE), engine="nobody"), [1])


def test_an_error_of_an_engine_is_the_failure_of_its_page(bench: Bench) -> None:
    first, second = bench.read(bench.job(scanned(page("complain"), WHITE)), [1, 2])
    assert first.failure and first.failure.code == "engine" and "unpleasant" in first.failure.message
    assert not first.key and second.key


def test_a_worker_is_nice_and_replaced_after_its_units(notes: Path, tmp_path: Path) -> None:
    bench = Bench(tmp_path / "blobs", units=2)
    job, pids = bench.job(scanned(WHITE)), set()
    for _ in range(5):
        bench.read(job, [1])
        pids |= set(bench.executor.pids())
        assert all(os.getpriority(os.PRIO_PROCESS, pid) >= 10 for pid in bench.executor.pids())
    bench.executor.close()
    assert len({line.split()[0] for line in notes.read_text().splitlines()}) == 3 and gone(pids)


def test_units_wait_for_a_worker_and_can_stop_waiting(bench: Bench, notes: Path) -> None:
    job = bench.job(scanned(page("hang"), WHITE))
    first = bench.executor.run(bench.unit("read", job, [1]))
    until_noted(notes, first, "hang")
    second = bench.executor.run(bench.unit("read", job, [2]))
    third = bench.executor.run(bench.unit("read", job, [2]))
    assert next(second) is None and next(third) is None
    second.close()
    first.close()
    assert [outcome.number for outcome in third if isinstance(outcome, PageDone)] == [2]


def test_a_unit_that_is_not_wanted_any_more_stops_with_all_its_processes(bench: Bench, notes: Path) -> None:
    outcomes = bench.executor.run(bench.unit("read", bench.job(scanned(WHITE, page("hang"))), [1, 2]))
    until_noted(notes, outcomes, "hang")
    (pid,) = bench.executor.pids()
    family = {pid} | below(pid)
    assert len(family) >= 4  # the worker, its zygote, the sandbox child, and what the engine started
    began = time.monotonic()
    outcomes.close()
    assert time.monotonic() - began < 5 and gone(family) and bench.executor.pids() == []


def test_a_worker_is_kept_if_it_is_done_with_its_page_soon(bench: Bench, notes: Path) -> None:
    outcomes = bench.executor.run(bench.unit("read", bench.job(scanned(*[WHITE] * 50)), range(1, 51)))
    until_noted(notes, outcomes, "none")
    pids = bench.executor.pids()
    outcomes.close()
    assert bench.executor.pids() == pids and len(asked(notes)) < 40
    assert bench.read(bench.job(scanned(WHITE)), [1])[0].key


def test_closing_ends_what_is_running(bench: Bench, notes: Path) -> None:
    outcomes = bench.executor.run(bench.unit("read", bench.job(scanned(page("hang"))), [1]))
    until_noted(notes, outcomes, "hang")
    pids = set(bench.executor.pids())
    closing = threading.Thread(target=bench.executor.close)
    closing.start()
    with pytest.raises(UnitLostError) as lost:
        list(outcomes)
    closing.join()
    assert lost.value.cause == "lost" and gone(pids)
    with pytest.raises(UnitLostError, match="closed"):
        bench.read(bench.job(scanned(WHITE)), [1])


def test_an_input_nobody_asks_for_is_closed(bench: Bench) -> None:
    bench.read(bench.job(scanned(WHITE)), [1])
    (pid,) = bench.executor.pids()

    def inputs() -> int:
        links = Path(f"/proc/{pid}/fd").iterdir()
        return sum("/blobs/inputs/" in str(link.readlink()) for link in links)

    assert inputs() == 1
    deadline = time.monotonic() + 15
    while inputs() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert inputs() == 0


def test_no_secret_is_on_a_command_line(bench: Bench) -> None:
    bench.read(bench.job(make_pdf(words("text"), password="sesame"), password="sesame"), [1])
    assert not any(b"sesame" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in bench.executor.pids())


def test_a_worker_that_died_idle_costs_no_unit(bench: Bench, notes: Path) -> None:
    job = bench.job(scanned(WHITE))
    for _ in range(3):
        bench.read(job, [1])
        os.kill(bench.executor.pids()[0], signal.SIGKILL)
    assert bench.read(job, [1])[0].key and asked(notes) == ["none"] * 4
