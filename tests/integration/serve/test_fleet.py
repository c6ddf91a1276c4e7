"""Two servers that read nothing and two workers that serve nothing, on one Postgres and one bucket."""

from __future__ import annotations

import time
from collections.abc import Iterator

import postgres
import pytest
from benchmarks.serve import inputs
from fleet import Fleet, fleet

from legenda.errors import RemoteError

pytestmark = pytest.mark.skipif(postgres.binaries() is None, reason="Postgres is not installed")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet(tmp_path_factory.mktemp("fleet")) as found:
        yield found


def test_a_job_made_on_one_server_is_followed_and_called_off_on_the_other(shared: Fleet) -> None:
    one, other = (shared.server(name, executor="none") for name in ("one", "other"))
    worker = shared.worker("worker")
    with one.client() as here, other.client() as there:
        made = here.submit(inputs.pdf(9), engine="pace")
        seen = there.job(made.id)  # polled
        assert [page.number for page in seen.pages()] == list(range(1, 10))  # streamed
        assert seen.refresh().state == "done"
        assert worker.reads == 9 and not one.reads() and not other.reads()
        long = here.submit(inputs.pdf(400), engine="pace")
        while there.job(long.id).pages_done < 3:
            time.sleep(0.02)
        there.job(long.id).cancel()
        with pytest.raises(RemoteError, match="cancelled"):
            here.job(long.id).wait()
        deadline = time.monotonic() + 20  # the worker finds out that nobody wants the rest
        reads = 0
        while reads != worker.reads:
            assert time.monotonic() < deadline
            reads = worker.reads
            time.sleep(1)
        assert reads < 200
        assert here.submit(inputs.pdf(1), engine="pace").wait().state == "done"
    assert worker.stop() == 0
    assert not one.complaints() and not other.complaints()


def test_a_killed_worker_is_replaced_by_the_others(shared: Fleet) -> None:
    server = shared.server("server", executor="none")
    killed, lives = shared.worker("killed", seconds=0.2), shared.worker("lives")
    with server.client() as client:
        job = client.submit(inputs.pdf(20), engine="pace")
        while not killed.reads or job.refresh().pages_done < 5:
            time.sleep(0.02)
        killed.kill()
        began = time.monotonic()
        found = job.wait()
        assert (found.state, found.pages_done) == ("done", 20)
        assert time.monotonic() - began < 60
        assert killed.reads + lives.reads <= 28  # but for the two units it may have held, nothing is read twice
