from __future__ import annotations

import gc
import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from legenda import sandbox
from legenda.errors import LegendaError, OutOfMemoryError, ParserCrashError, TimedOutError
from legenda.options import Limits
from legenda.sandbox import Child, jobs, launch, zygote
from legenda.sources import open_source
from legenda.sources.layers import pack

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the zygote is for Linux"),
    pytest.mark.usefixtures("isolation"),
]
LIMITS = Limits(memory=256 * 2**20)
FAULTS = "echo count abort die segfault leave loop hog refuse fail lie escape"


@pytest.fixture(autouse=True)
def faults(monkeypatch):
    monkeypatch.setattr(jobs, "ALLOWED", jobs.ALLOWED | {f"sandbox_faults:{name}" for name in FAULTS.split()})


@pytest.fixture
def child():
    with Child(limits=LIMITS, name="x.pdf") as child:
        yield child
        assert child._process is None or isinstance(child._process, zygote.Forked)


def run(child, name, seconds=20.0, **args):
    return child.call(f"sandbox_faults:{name}", args, seconds=seconds)


def running():
    """Process id of the zygote."""
    return zygote._state.zygote.process.pid


def picture(format="PNG"):
    data = io.BytesIO()
    Image.new("L", (60, 40), 200).save(data, format)
    return data.getvalue()


def descriptors(pid="self"):
    return {p.name: str(p.readlink()) for p in Path(f"/proc/{pid}/fd").iterdir() if p.is_symlink()}


def children():
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split())


def fault(child, job, seconds, args):
    with pytest.raises(LegendaError) as caught:
        run(child, job, seconds, **args)
    assert run(child, "echo", ok=1).args == {"ok": 1}
    return type(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("job", "seconds", "args", "error"),
    [
        ("abort", 20, {}, ParserCrashError),
        ("segfault", 20, {}, ParserCrashError),
        ("leave", 20, {}, ParserCrashError),
        ("fail", 20, {}, ParserCrashError),
        ("lie", 20, {}, ParserCrashError),
        ("loop", 0.3, {}, TimedOutError),
        ("die", 20, {"signal": int(signal.SIGXCPU)}, TimedOutError),
        ("die", 20, {"signal": int(signal.SIGKILL)}, ParserCrashError),
        ("hog", 20, {"bytes": 2**30}, OutOfMemoryError),
    ],
)
def test_a_fault_is_told_as_without_a_zygote(child, monkeypatch, job, seconds, args, error):
    forked = fault(child, job, seconds, args)
    child.close()
    monkeypatch.setattr(zygote, "fork", lambda *_: None)
    with Child(limits=LIMITS, name="x.pdf") as spawned:
        assert forked == fault(spawned, job, seconds, args)
        assert not isinstance(spawned._process, zygote.Forked)
    assert forked[0] is error


def test_a_forked_child_is_confined(child, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    victim = tmp_path / "victim"
    victim.touch()
    args = run(child, "escape", file=str(tmp_path / "new"), victim=str(victim)).args
    assert args["allowed"] == []
    assert "SECRET" not in args["environment"]
    pid = child._process.pid
    assert os.getsid(pid) == os.getpgid(pid) == pid
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (LIMITS.memory, LIMITS.memory)
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
    )
    assert (status["Seccomp"], status["NoNewPrivs"], status["Threads"]) == ("2", "1", "1")


def test_a_forked_child_holds_only_what_it_was_given(tmp_path):
    path = tmp_path / "in"
    path.write_bytes(b"x")
    with path.open("rb") as source, Child(source.fileno(), limits=LIMITS) as child, Child(limits=LIMITS) as other:
        run(other, "echo")
        run(child, "echo")
        held = list(descriptors(child._process.pid).values())
        assert held.count(str(path)) == 1
        assert not [d for d in held if d.startswith("socket")]
        # requests, complaints, replies, lifeline
        assert len([d for d in held if d.startswith("pipe")]) == 4
        assert not set(held) & {d for d in descriptors(other._process.pid).values() if d.startswith("pipe")}
        # the zygote keeps none of it
        assert not [d for d in descriptors(running()).values() if d.startswith("pipe") or d == str(path)]


def test_the_zygote_has_one_thread_and_not_the_users_environment(child):
    run(child, "echo")
    assert len(list(Path(f"/proc/{running()}/task").iterdir())) == 1
    variables = Path(f"/proc/{running()}/environ").read_text().split("\0")
    assert not {"PATH", "HOME", "USER"} & {variable.partition("=")[0] for variable in variables}


def read_one(data):
    with open_source(data) as source:
        assert source.page_count == 1
        source.page(1)
        return source.raster(1, 100).pixels.shape


def test_many_sources_leave_nothing_behind():
    read_one(picture())
    gc.collect()
    pid, before = running(), (descriptors().keys(), children())
    for _ in range(50):
        assert read_one(picture()) == (40, 60)
    assert running() == pid
    assert (descriptors().keys(), children()) == before


def test_threads_share_it():
    shapes = []

    def read():
        shapes.extend(read_one(picture("JPEG")) for _ in range(6))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == [(40, 60)] * 24


def test_a_killed_zygote_is_replaced_and_its_children_go_on(child):
    run(child, "count")
    pid = running()
    os.kill(pid, signal.SIGKILL)
    assert run(child, "count").args == {"calls": 2}
    with Child(limits=LIMITS) as second:
        run(second, "echo")
        assert isinstance(second._process, zygote.Forked)
    assert running() != pid
    assert str(pid) not in children()


def test_an_interrupt_from_the_terminal_leaves_it_running(child):
    run(child, "echo")
    os.kill(running(), signal.SIGINT)
    pid = running()
    child.close()
    run(child, "echo")
    assert running() == pid


def test_an_interrupted_request_leaves_no_child(child, monkeypatch):
    zygote.close()
    before = descriptors().keys(), children()

    def interrupted(self, settings, descriptors):
        zygote.socket.send_fds(self._socket, [json.dumps(settings).encode()], descriptors)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(zygote._Zygote, "ask", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(child, "echo")
    assert (descriptors().keys(), children()) == before
    assert run(child, "echo", ok=1).args == {"ok": 1}


def test_a_zygote_that_hangs_is_replaced(child, monkeypatch):
    run(child, "echo")
    child.close()
    pid = running()
    zygote._state.zygote._socket.settimeout(0.1)
    monkeypatch.setattr(zygote, "_FAREWELL", 0.1)
    os.kill(pid, signal.SIGSTOP)
    assert run(child, "echo", ok=1).args == {"ok": 1}
    assert running() != pid and str(pid) not in children()


def test_without_a_zygote_children_are_started_anew(child, monkeypatch):
    zygote.close()
    monkeypatch.setattr(zygote, "_PREPARE", "raise SystemExit(1)")
    monkeypatch.setattr(launch, "_state", launch._State())
    monkeypatch.setattr(zygote, "_state", zygote._State())
    with Child(limits=LIMITS) as spawned:
        assert run(spawned, "echo", ok=1).args == {"ok": 1}
        assert not isinstance(spawned._process, zygote.Forked)


def test_a_copy_of_this_process_makes_its_own(child):
    run(child, "echo")
    pid = running()
    copy = os.fork()
    if not copy:
        status = 1
        try:
            with Child(limits=LIMITS) as own:
                run(own, "echo")
                status = 0 if running() != pid and isinstance(own._process, zygote.Forked) else 2
            zygote.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 0
    child.close()
    run(child, "echo")
    assert running() == pid


def test_the_zygote_and_its_children_end_with_this_process(isolation):
    program = (
        "import sys; sys.path.append(sys.argv[1])\n"
        "from legenda.sandbox import Child, bubblewrap, jobs, launch, zygote\n"
        "bubblewrap.CODE.append(sys.argv[1] + '/sandbox_faults.py')\n"
        "if sys.argv[2] == 'alone': bubblewrap.program = lambda: None\n"
        "jobs.ALLOWED |= {'sandbox_faults:echo', 'sandbox_faults:loop'}\n"
        "first, second = Child(), Child()\n"
        "for child in (first, second): child.call('sandbox_faults:echo', {}, seconds=20)\n"
        "assert isinstance(second._process, zygote.Forked) and not launch._state.refused\n"
        "print(zygote._state.zygote.process.pid, second._process.pid, flush=True)\n"
        "second.call('sandbox_faults:loop', {}, seconds=60)\n"
    )
    plugins = str(Path(__file__).parents[2] / "plugins")
    with subprocess.Popen([sys.executable, "-c", program, plugins, isolation], stdout=subprocess.PIPE) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    until = time.monotonic() + 10
    while any(lives(pid) for pid in pids):
        assert time.monotonic() < until, "one lives on"
        time.sleep(0.01)


def lives(pid):
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_it_imports_what_is_asked_for_and_no_more():
    zygote.close()
    read_one(picture())
    pid = running()
    assert "_imaging" in mapped(pid)
    assert not [name for name in ("pdfium", "qpdf") if name in mapped(pid)]
    out = io.BytesIO()
    layer = pack({"number": 1, "width": 60, "height": 40, "whole": True, "added": 0, "part": None, "lines": []})
    sandbox.call("legenda.sources.pdf_layer:write", {}, [layer], source=picture(), output=out)
    assert out.getvalue().startswith(b"%PDF-")
    assert running() == pid
    assert "qpdf" in mapped(pid)


def mapped(pid):
    return Path(f"/proc/{pid}/maps").read_text()
