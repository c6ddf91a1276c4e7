"""Processes that share one database: nobody gets another's page, and what a killed one held is done again, once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from jobs_made import finish, pages, request
from postgres import binaries, cluster

from legenda.jobs import schema
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings

_WORKER = """
import json, sys, time
from legenda.jobs.record import PageDone
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings

url, node, halts = sys.argv[1:4]
store = JobStore(url, Seal(b"k" * 32), Settings())
idle = 0
while idle < 10:
    claim = store.claim(node, lease=60, pages=3)
    if claim is None:
        idle += 1
        time.sleep(0.01)
        continue
    print(json.dumps([claim.stage, claim.job.id, claim.pages]), flush=True)
    if claim.stage == "assemble":
        store.assembled(claim, {})
        continue
    for number in claim.pages:
        store.page(claim, PageDone(number, f"pages/{node}/{claim.job.id}/{number}"))
        if halts == "halts":
            time.sleep(3600)
store.close()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shared.db'}"
        return
    if binaries() is None:
        pytest.skip("Postgres is not installed")
    with cluster() as found:
        yield found


def start(url: str, node: str, how: str = "runs") -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _WORKER, url, node, how], stdout=subprocess.PIPE, text=True)


def test_processes_never_get_the_same_page(url: str, tmp_path: Path) -> None:
    store = JobStore(url, Seal(b"k" * 32), Settings(data_dir=tmp_path))
    jobs = [store.submit(request(f"t{n % 3}", str(n)), pages(15))[0].id for n in range(8)]
    workers = [start(url, f"node{n}") for n in range(3)]
    said = [json.loads(line) for worker in workers for line in worker.communicate(timeout=120)[0].splitlines()]
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    claimed = Counter((job, number) for stage, job, numbers in said if stage == "read" for number in numbers)
    assert claimed == Counter((job, number) for job in jobs for number in range(1, 16))
    assert Counter(job for stage, job, _ in said if stage == "assemble") == Counter(jobs)
    assert {job.state for job in store.jobs(None)} == {"done"}
    store.close()


def test_a_killed_process(url: str, tmp_path: Path) -> None:
    """Its finished page is not done again; the others of its unit are, at once when the node comes back."""
    store = JobStore(url, Seal(b"k" * 32), Settings(data_dir=tmp_path))
    job, _ = store.submit(request(), pages(3))
    killed = start(url, "killed", "halts")
    assert killed.stdout is not None
    assert json.loads(killed.stdout.readline()) == ["read", job.id, [1, 2, 3]]
    while not any(page.state == "done" for page in store.pages(job.id)):
        store.changed.wait(store.changed.version, 0.02)
    killed.kill()
    killed.communicate()
    assert store.claim("other", lease=60) is None
    assert store.recover("killed") == 2
    finish(store)
    found = store.job(job.id)
    assert found is not None and (found.state, found.pages_done) == ("done", 3)
    assert [page.key.split("/")[1] for page in store.pages(job.id)] == ["killed", job.id, job.id]
    with store.engine.connect() as db:
        counted = db.execute(sa.select(schema.events.c.data).where(schema.events.c.kind == "page")).scalars()
        assert sorted(event["number"] for event in counted) == [1, 2, 3]
    store.close()
