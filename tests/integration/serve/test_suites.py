"""The suites of `make load`, `make faults` and `make soak` in small: everything but times."""

from __future__ import annotations

from pathlib import Path

from benchmarks.serve import callers, faults, inputs, load, soak
from benchmarks.serve.report import replace, section
from benchmarks.serve.server import Server
from benchmarks.serve.waiting import closed, states

from legenda import Client


def test_polls_and_uploads_while_all_workers_are_busy(server: Server, client: Client) -> None:
    busy = client.submit(inputs.pdf(500), engine="spin")
    busy.counted()
    polls = callers.poll(server.url, f"/v1/jobs/{busy.id}", 4, 0.5)
    assert polls.statuses[200] > 20
    assert set(polls.statuses) == {200}
    answers = callers.submit(server.url, [inputs.picture() for _ in range(40)], {"engine": "pace", "priority": "5"})
    assert answers.count(2) == 40
    assert states(closed(client, [body["id"] for body in answers.bodies], 60)) == {"done": 40}
    busy.cancel()


def test_more_than_may_wait_is_refused(tmp_path: Path) -> None:
    with Server(tmp_path, seconds=0.2, workers=1, queue_pages=10) as server:
        assert load.refusals(server, 30).met


def test_every_page_is_read_once(tmp_path: Path) -> None:
    with Server(tmp_path, seconds=0.01, workers=2) as server, server.client() as client:
        jobs = [client.submit(inputs.pdf(9), engine="pace") for _ in range(4)]
        found = closed(client, [job.id for job in jobs], 60)
        assert states(found) == {"done": 4}
        assert server.reads() == 36


def test_killed_workers_lose_nothing(tmp_path: Path) -> None:
    found = faults.workers_killed(tmp_path, 8, 3)
    assert found.met, found


def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    found = faults.server_killed(tmp_path, 40, 1)
    assert found.met, found


def test_memory_suites_run(tmp_path: Path) -> None:
    few = soak.many_jobs(tmp_path / "jobs", 20)
    assert few.met is None
    assert " 0 failed, 0 errors" in few.found
    assert soak.long_document(tmp_path / "long", 40).found.endswith("40 pages streamed")


def test_a_section_takes_the_place_of_its_predecessor(tmp_path: Path) -> None:
    (report := tmp_path / "RESULTS.md").write_text(
        "# Results\n\n## Throughput\n\nfast\n\n## How this was measured\n\nso\n"
    )
    kept = {"date": "2026-01-01", "machine": "m", "wall": 60, "quick": False, "rows": []}
    replace(report, section("load", kept))
    replace(report, section("soak", kept))
    once = report.read_text()
    replace(report, section("load", kept | {"date": "2026-01-02"}))
    assert report.read_text() == once.replace("2026-01-01", "2026-01-02", 1)
    assert (
        once.index("Throughput")
        < once.index("## Server under load")
        < once.index("## Server over time")
        < once.index("## How")
    )
