"""A page that brings its worker down: what is said of it, and that nobody else notices."""

from __future__ import annotations

import pytest
from pdf_maker import scanned
from traps import page
from work import Bench

from legenda.execute.base import UnitLostError
from legenda.jobs.record import PageDone

WHITE = page()


@pytest.mark.parametrize(
    ("trap", "cause", "detail"),
    [
        ("segfault", "crash", "SIGSEGV"),
        ("leave", "crash", "status 3"),
        ("abort", "out_of_memory", "could not get more memory"),
        ("gorge", "out_of_memory", "ran out of memory"),
        ("eat", "out_of_memory", "more than 300 MiB"),
        ("hang", "timed_out", "stopped after 3 s"),
        ("spin", "timed_out", "stopped after 3 s"),
        ("vanish", "lost", "was killed"),
    ],
)
def test_what_became_of_a_worker_is_told(bench: Bench, trap: str, cause: str, detail: str) -> None:
    bench.megabytes = 300 if trap == "eat" else 600
    bench.page_seconds = 3.0 if trap in ("hang", "spin") else 20.0
    job = bench.job(scanned(WHITE, page(trap), WHITE))
    done = []
    with pytest.raises(UnitLostError) as lost:
        for outcome in bench.executor.run(bench.unit("read", job, [1, 2, 3])):
            done += [outcome.number] if isinstance(outcome, PageDone) else []
    assert done == [1] and (lost.value.cause, detail in lost.value.detail) == (cause, True)
    assert [d.number for d in bench.read(job, [3])] == [3]
