from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from legenda.errors import (
    CorruptSourceError,
    EmptySourceError,
    NotFoundError,
    OutOfMemoryError,
    ParserCrashError,
    SourceError,
    TimedOutError,
    TooLargeError,
)
from legenda.options import Limits
from legenda.sandbox import Child, call, jobs

pytestmark = pytest.mark.usefixtures("isolation")
LIMITS = Limits(memory=256 * 2**20)
FAULTS = "echo count abort die segfault leave loop sleep hog complain refuse fail lie copy flood escape"


@pytest.fixture(autouse=True)
def faults(monkeypatch):
    monkeypatch.setattr(jobs, "ALLOWED", jobs.ALLOWED | {f"sandbox_faults:{name}" for name in FAULTS.split()})


@pytest.fixture
def child():
    with Child(limits=LIMITS, name="x.pdf") as child:
        yield child


def run(child, name, seconds=20.0, **args):
    return child.call(f"sandbox_faults:{name}", args, seconds=seconds)


def test_json_and_buffers_go_there_and_back(child):
    buffers = [b"", bytes(range(256)) * 5000]
    reply = child.call("sandbox_faults:echo", {"word": "ü𝔸", "number": 1.5}, buffers, seconds=20)
    assert reply.args == {"word": "ü𝔸", "number": 1.5}
    assert [bytes(b) for b in reply.buffers] == buffers


def test_state_stays_between_calls(child):
    assert [run(child, "count").args["calls"] for _ in range(3)] == [1, 2, 3]


def test_only_known_jobs_run(child):
    with pytest.raises(ValueError, match="not a job"):
        child.call("os:getcwd", {}, seconds=1)


@pytest.mark.parametrize(
    ("job", "error", "why"),
    [
        ("abort", ParserCrashError, "SIGABRT"),
        ("segfault", ParserCrashError, "SIGSEGV"),
        ("leave", ParserCrashError, "status 3"),
        ("fail", ParserCrashError, "ZeroDivisionError"),
        ("lie", ParserCrashError, "nonsense"),
        ("refuse", CorruptSourceError, "a byte is missing"),
    ],
)
def test_a_fault_is_a_typed_error_and_the_next_call_works(child, job, error, why):
    with pytest.raises(error, match=why):
        run(child, job)
    assert run(child, "echo", ok=1).args == {"ok": 1}


def test_killed_from_outside(child):
    with pytest.raises(ParserCrashError, match=r"x\.pdf.*SIGKILL"):
        run(child, "die", signal=int(signal.SIGKILL))


def test_time_is_limited(child):
    with pytest.raises(TimedOutError, match=r"x\.pdf"):
        run(child, "loop", seconds=0.5)
    assert run(child, "echo", ok=1).args == {"ok": 1}


def test_cpu_time_is_limited_too(child):
    with pytest.raises(TimedOutError):
        run(child, "die", signal=int(signal.SIGXCPU))


def test_memory_is_limited(child):
    with pytest.raises(OutOfMemoryError, match="256 MiB"):
        run(child, "hog", bytes=2**30)
    assert run(child, "hog", bytes=2**20).args == {"bytes": 2**20}


def test_prints_and_complaints_neither_break_frames_nor_block(child):
    assert run(child, "complain").args == {"done": True}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the filter is for Linux")
def test_a_compromised_parser_is_confined(child, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    victim = tmp_path / "victim"
    victim.touch()
    args = run(child, "escape", file=str(tmp_path / "new"), victim=str(victim)).args
    assert args["allowed"] == []
    assert "SECRET" not in args["environment"]
    assert victim.exists() and not (tmp_path / "new").exists()


def test_calls_from_threads_wait_for_one_another(child):
    replies: dict[int, object] = {}

    def ask(number: int) -> None:
        replies[number] = run(child, "echo", number=number).args["number"]

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == {i: i for i in range(8)}


def test_an_interrupt_leaves_no_half_read_answer(child, monkeypatch):
    run(child, "echo")

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("legenda.sandbox.process.unpack", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(child, "echo", number=1)
    assert run(child, "echo", number=2).args == {"number": 2}


def test_closing_ends_the_process(child):
    run(child, "echo")
    pid = child._process.pid
    child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    child.close()


def descriptors() -> set[str]:
    return {p.name for p in Path("/proc/self/fd" if sys.platform.startswith("linux") else "/dev/fd").iterdir()}


def test_no_descriptor_is_left_behind():
    def once() -> None:
        with Child(limits=LIMITS) as child:
            run(child, "echo")
            with pytest.raises(ParserCrashError):
                run(child, "abort")
            run(child, "echo")

    once()
    before = descriptors()
    once()
    assert descriptors() == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the lifeline is for Linux")
@pytest.mark.parametrize("way", ["forked", "started anew"])
def test_the_child_dies_with_its_parent(isolation, way):
    program = (
        "import sys, os, threading; sys.path.append(sys.argv[1])\n"
        "from legenda.sandbox import Child, bubblewrap, jobs, zygote\n"
        "bubblewrap.CODE.append(sys.argv[1] + '/sandbox_faults.py')\n"
        "if sys.argv[2] == 'alone': bubblewrap.program = lambda: None\n"
        "if sys.argv[3] != 'forked': zygote.fork = lambda _: None\n"
        "jobs.ALLOWED |= {'sandbox_faults:echo', 'sandbox_faults:loop'}\n"
        "child = Child(); child.call('sandbox_faults:echo', {}, seconds=20)\n"
        "print(child._process.pid, flush=True)\n"
        "child.call('sandbox_faults:loop', {}, seconds=60)\n"
    )
    plugins = str(Path(__file__).parents[2] / "plugins")
    command = [sys.executable, "-c", program, plugins, isolation, way]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            break
        if state == "Z":
            break
        time.sleep(0.01)
    else:
        pytest.fail("the child lives on")


def test_call_hands_over_input_and_output(tmp_path):
    path = tmp_path / "in"
    path.write_bytes(b"hello")
    for source in (path, b"hello"):
        out = io.BytesIO()
        assert call("sandbox_faults:copy", {}, source=source, output=out).args == {"size": 5}
        assert out.getvalue() == b"olleh"


def test_output_is_limited():
    out = io.BytesIO()
    with pytest.raises(ParserCrashError):
        call("sandbox_faults:flood", {}, output=out, limits=Limits(bytes=2**20, memory=256 * 2**20))
    assert out.getvalue() == b""


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda p: p / "none", NotFoundError),
        (lambda p: p, SourceError),
        (lambda p: b"", EmptySourceError),
        (lambda p: b"x" * 2000, TooLargeError),
        (lambda p: p / "nul\0", NotFoundError),
    ],
)
def test_inputs_that_cannot_be_opened(tmp_path, make, error):
    with pytest.raises(error):
        call("sandbox_faults:copy", {}, source=make(tmp_path), output=io.BytesIO(), limits=Limits(bytes=1000))


def test_a_pipe_is_read_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    thread = threading.Thread(target=path.write_bytes, args=(b"hello",))
    thread.start()
    out = io.BytesIO()
    call("sandbox_faults:copy", {}, source=path, output=out)
    thread.join()
    assert out.getvalue() == b"olleh"


def test_the_child_imports_little():
    program = "import sys, legenda.sandbox.child; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "ctypes", "subprocess", "dataclasses", "inspect", "PIL", "cv2"} & set(loaded)
