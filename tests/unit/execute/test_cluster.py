"""Without a cluster: it is not there, or Ray is not installed. `make cluster` has the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pdf_maker import make_pdf, words
from work import Bench

from legenda.execute.base import UnitLostError
from legenda.execute.cluster import Cluster, RayExecutor
from legenda.jobs.record import Prepared

NOWHERE = Cluster("127.0.0.1:1")


def test_units_are_done_here_while_the_cluster_is_away(bench: Bench) -> None:
    executor = RayExecutor(NOWHERE, 2)
    assert (executor.capacity("cpu"), executor.capacity("vlm")) == (3, 0)
    unit = bench.unit("prepare", bench.job(make_pdf(words("one"), words("two"))))
    (prepared,) = [outcome for outcome in executor.run(unit) if outcome]
    assert isinstance(prepared, Prepared) and prepared.pages == (1, 2)
    executor.close()
    with pytest.raises(UnitLostError, match="closed"):
        next(executor.run(unit))


def test_what_wants_a_gpu_waits_for_one(bench: Bench) -> None:
    executor = RayExecutor(NOWHERE, 2)
    job = bench.job(make_pdf(words("one")))
    slow = replace(job.request, reading=replace(job.request.reading, tier="vlm"))
    unit = bench.unit("read", replace(job, request=slow), [1])
    assert unit.lane == "vlm" and bench.unit("read", job, [1]).lane == "cpu"
    waiting = executor.run(unit)
    assert [next(waiting) for _ in range(3)] == [None] * 3
    waiting.close()
    executor.close()


def test_more_than_there_are_processes_wait_for_the_cluster_or_a_place(bench: Bench) -> None:
    executor = RayExecutor(NOWHERE, 1)
    unit = bench.unit("prepare", bench.job(make_pdf(words("one"))))
    first, second = executor.run(unit), executor.run(unit)
    next(first)
    assert next(second) is None
    first.close()
    assert [outcome for outcome in second if outcome]
    executor.close()
