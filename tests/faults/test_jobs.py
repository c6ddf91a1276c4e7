"""Workers die, hang and are killed, and so is the dispatcher: no job is lost, and little is done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from node import NODE, Node
from pdf_maker import make_pdf, scanned, words
from traps import page
from work import ENGINES

from legenda.document import from_json
from legenda.jobs import losses
from legenda.jobs.record import Input, JobRequest, Prepared, Reading

WHITE = page()


def asked(notes: Path) -> Counter[str]:
    """How often pages were begun, by their traps."""
    return Counter(line.split()[1] for line in notes.read_text().splitlines())


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(something: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not something() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.02)
    assert something()  # type: ignore[operator]


@pytest.mark.parametrize("trap", ["segfault", "gorge"])
def test_a_page_that_brings_every_worker_down_fails_alone(
    node: Node, notes: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr(losses, "FALLBACK", "trapped")  # which is asked for already, so there is no other
    job = node.closed(node.submit(scanned(WHITE, WHITE, page(trap), WHITE, WHITE)))
    pages = node.store.pages(job.id)
    assert (job.state, [p.state for p in pages]) == ("partial", ["done", "done", "failed", "done", "done"])
    failure = pages[2].failure
    assert failure and failure.code == ("engine" if trap == "segfault" else "out_of_memory")
    assert asked(notes)[trap] <= 1 + 3  # in its unit, and three times alone
    assert asked(notes)["none"] == 4
    document = from_json(node.blobs.get(job.results["json"].key))
    assert [p.text for p in document.pages] == ["fine", "fine", "", "fine", "fine"]
    assert document.pages[2].problems[0].code == failure.code and document.text == "fine\nfine\n\nfine\nfine"


def test_another_engine_reads_what_the_first_dies_of(node: Node, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "FALLBACK", "echo")
    job = node.closed(node.submit(scanned(WHITE, page("leave"))))
    assert job.state == "done" and job.pages_done == 2
    assert asked(notes)["leave"] == 1 + 3
    document = from_json(node.blobs.get(job.results["json"].key))
    assert [[problem.code for problem in read.problems] for read in document.pages] == [[], ["fallback"]]


def test_killed_workers_lose_nothing_and_repeat_little(node: Node, notes: Path) -> None:
    chance = random.Random(7)
    ids = [node.submit(scanned(*[WHITE] * 12))]
    # each is another input: the same of one tenant would not be read again
    ids += [node.submit(scanned(WHITE) + b"%%%d" % n, tenant=f"t{n % 3}") for n in range(30)]
    killed = 0
    while killed < 6 and any(not job.final for id in ids if (job := node.store.job(id))):
        time.sleep(chance.uniform(0.2, 0.6))
        if pids := node.executor.pids():
            os.kill(chance.choice(pids), signal.SIGKILL)
            killed += 1
    jobs = [node.closed(id) for id in ids]
    assert {job.state for job in jobs} == {"done"}, [job.failure for job in jobs]
    assert killed and 42 <= asked(notes)["none"] <= 42 + killed
    assert all(page.state == "done" for id in ids for page in node.store.pages(id))


def test_a_killed_dispatcher_is_followed_by_one_that_goes_on(notes: Path, tmp_path: Path) -> None:
    before = Node(tmp_path)
    id = before.submit(scanned(*[WHITE] * 60))
    program = Path(__file__).parents[1] / "plugins" / "node.py"
    path = os.pathsep.join((str(ENGINES), str(ENGINES.parent)))
    process = subprocess.Popen([sys.executable, program, tmp_path], env=os.environ | {"PYTHONPATH": path})
    before.until(id, lambda job: job.pages_done >= 10)
    process.kill()
    process.wait()
    workers = {int(line.split()[0]) for line in notes.read_text().splitlines()}
    wait_for(lambda: not any(map(running, workers)))
    done = before.store.job(id).pages_done  # type: ignore[union-attr]
    assert 10 <= done < 60
    before.dispatcher.start()
    assert before.closed(id).state == "done"
    assert asked(notes)["none"] <= 60 + 2 * 2  # of each worker the page it read, and one not yet reported
    before.close()


def test_a_cancelled_job_stops_what_it_is_doing(node: Node, notes: Path) -> None:
    id = node.submit(scanned(WHITE, page("hang")))
    wait_for(lambda: asked(notes)["hang"])
    worker = int(next(line.split()[0] for line in notes.read_text().splitlines() if "hang" in line))
    node.store.cancel(id)
    wait_for(lambda: not running(worker), 10)
    job = node.closed(id)
    assert (job.state, job.pages_done) == ("cancelled", 1)
    assert node.closed(node.submit(scanned(WHITE))).state == "done"


def test_draining_gives_back_what_it_cannot_finish(notes: Path, tmp_path: Path) -> None:
    first = Node(tmp_path)
    first.dispatcher.start()
    id = first.submit(scanned(page("hang")), Prepared("pdf", (1,)))
    wait_for(lambda: asked(notes)["hang"])
    first.close()
    second = Node(tmp_path)
    (left,) = second.store.pages(id)
    assert (left.state, left.tries) == ("queued", 0)
    assert second.store.claim(NODE, lease=60) is not None
    second.close()


def test_draining_lets_units_end(notes: Path, tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.dispatcher.start()
    id = node.submit(scanned(*[WHITE] * 30))
    node.until(id, lambda job: job.pages_done > 0)
    node.close(60)
    after = Node(tmp_path)
    assert {p.state for p in after.store.pages(id)} <= {"queued", "done"}
    assert asked(notes)["none"] == sum(p.state == "done" for p in after.store.pages(id))
    after.close()


def test_what_is_no_document_fails_its_job_with_a_reason(node: Node) -> None:
    nothing = node.closed(node.submit(b"\0no document"))
    locked = node.closed(node.submit(make_pdf(words("secret"), password="sesame"), password="wrong"))
    assert (nothing.state, nothing.failure and nothing.failure.code) == ("failed", "unsupported_format")
    assert (locked.state, locked.failure and locked.failure.code) == ("failed", "wrong_password")


def test_formats_asked_for_are_there_at_the_end(node: Node) -> None:
    job = node.closed(
        node.submit(make_pdf(words("Some text"), words("and more")), engine="auto", formats=("txt", "pdf"))
    )
    assert job.state == "done" and set(job.results) == {"json", "txt", "pdf"}
    assert node.blobs.get(job.results["txt"].key) == b"Some text\n\f\nand more\n"
    assert node.blobs.get(job.results["pdf"].key).startswith(b"%PDF")
    assert [p["number"] for p in json.loads(node.blobs.get(job.results["json"].key))["pages"]] == [1, 2]


class Server(BaseHTTPRequestHandler):
    """Gives a PDF, slowly or not at all."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/book.pdf" else 404)
        self.end_headers()
        if self.path == "/book.pdf":
            self.wfile.write(make_pdf(words("Fetched")))

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(("name", "state", "code"), [("book.pdf", "done", ""), ("nothing", "failed", "unreachable")])
def test_an_input_is_fetched(notes: Path, tmp_path: Path, name: str, state: str, code: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    node = Node(tmp_path, allow_hosts=("127.0.0.1",))
    node.dispatcher.start()
    url = f"http://127.0.0.1:{server.server_port}/{name}"
    request = JobRequest("t", Input("", url=url), reading=Reading(engine="auto"))
    job = node.closed(node.store.submit(request)[0].id)
    server.shutdown()
    server.server_close()
    assert (job.state, job.failure.code if job.failure else "") == (state, code)
    assert job.characters == (7 if state == "done" else 0)
    assert list(node.blobs.list("inputs")) == ([f"inputs/{job.id}"] if state == "done" else [])
    node.close()


class SlowServer(Server):
    """Begins to answer, and then says nothing for long."""

    ended = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"%PDF")
        self.wfile.flush()
        self.ended.wait(60)


def test_slow_servers_keep_nobody_from_working(notes: Path, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    node = Node(tmp_path, allow_hosts=("127.0.0.1",), workers=1)
    node.dispatcher.start()
    source = Input("slow", url=f"http://127.0.0.1:{server.server_port}/slow")
    slow = [node.store.submit(JobRequest("t", source))[0].id for _ in range(6)]
    for id in slow:
        node.until(id, lambda job: job.state == "preparing")
    assert node.closed(node.submit(scanned(WHITE))).state == "done"
    node.dispatcher.drain(0)
    assert [node.store.job(id).state for id in slow] == ["queued"] * 6  # type: ignore[union-attr]
    SlowServer.ended.set()
    server.shutdown()
    server.server_close()
    for thread in threading.enumerate():
        if thread.name == "fetch":
            thread.join()
    node.store.close()
