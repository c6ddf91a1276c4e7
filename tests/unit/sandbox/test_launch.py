from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from legenda.options import Limits
from legenda.sandbox import Child, bubblewrap, jobs, launch, zygote
from legenda.sources import open_source

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap is for Linux")
LIMITS = Limits(memory=256 * 2**20)


@pytest.fixture(autouse=True)
def faults(monkeypatch):
    monkeypatch.setattr(
        jobs, "ALLOWED", jobs.ALLOWED | {f"sandbox_faults:{name}" for name in ("count", "echo", "look")}
    )
    monkeypatch.setattr(launch, "_state", launch._State())
    zygote.close()
    yield
    zygote.close()


@pytest.fixture
def works(faults):
    if why := launch.obstacle():
        pytest.skip(f"bubblewrap: {why}")


@pytest.fixture(params=["forked", "started anew"])
def child(request, monkeypatch):
    if request.param == "started anew":
        monkeypatch.setattr(zygote, "fork", lambda _: None)
    with Child(limits=LIMITS) as child:
        yield child
        assert isinstance(child._process, zygote.Forked) == (request.param == "forked")


def run(child, name, **args):
    return child.call(f"sandbox_faults:{name}", args, seconds=20).args


def status(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def stand_in(path, monkeypatch, script):
    """Something else in the place of bwrap."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "program", lambda: str(path))


@pytest.mark.usefixtures("works")
def test_a_child_sees_no_network_but_its_own_loopback(child):
    run(child, "echo")
    pid = child._process.pid
    interfaces = [line.split(":")[0].strip() for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]]
    assert interfaces == ["lo"]
    for name in ("net", "ipc", "uts", "mnt"):
        assert Path(f"/proc/{pid}/ns/{name}").readlink() != Path(f"/proc/self/ns/{name}").readlink()


@pytest.mark.usefixtures("works")
def test_a_child_sees_no_files_but_the_interpreter_and_its_packages(child, tmp_path):
    secret = tmp_path / "jobs.sqlite"
    secret.write_text("text of others")
    library = str(Path(os.__file__))
    hidden = [str(secret), "/etc/passwd", "/etc/hostname", "/proc/self/environ", str(Path(__file__)), "/bin/sh"]
    seen = run(child, "look", files=[*hidden, library], folders=["/", "/home", "/tmp", "/etc", str(Path.home())])
    assert seen["opened"] == [library]
    parents = {Path(path).parts[1] for path in bubblewrap.python()}
    assert set(seen["listed"]["/"]) <= parents | {"tmp", "dev"}
    assert set(seen["listed"].get("/etc", [])) <= {"alternatives", "ld.so.cache"}
    own = {Path(path).relative_to(Path.home()).parts[0] for path in bubblewrap.python() if within(path, Path.home())}
    assert set(seen["listed"].get(str(Path.home()), [])) <= own
    for folder in ("/home", "/tmp"):
        own = {Path(path).parts[2] for path in bubblewrap.python() if within(path, Path(folder))}
        assert set(seen["listed"].get(folder, [])) <= own


def within(path, folder):
    return Path(path).is_relative_to(folder) and Path(path) != folder


def unembedded(font):
    """A page in a font that the reader must have."""
    text = b"BT /F 20 Tf 10 40 Td (Hgq 123) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 80]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/TrueType/BaseFont/%s/Encoding/WinAnsiEncoding>>" % font,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, data) for number, data in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"


@pytest.mark.usefixtures("works")
def test_fonts_of_the_system_are_found(monkeypatch):
    drawn = []
    for program in (bubblewrap.program, lambda: None):
        monkeypatch.setattr(bubblewrap, "program", program)
        zygote.close()
        for font in (b"NotoSerif", b"DejaVuSansMono", b"Arial"):
            with open_source(unembedded(font)) as source:
                drawn.append(source.raster(1, 100).pixels.tobytes())
    assert drawn[:3] == drawn[3:]


@pytest.mark.usefixtures("works")
def test_a_child_is_this_process_own_and_has_no_rights(child):
    run(child, "echo")
    seen = status(child._process.pid)
    assert int(seen["PPid"]) == os.getpid()
    assert {seen[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert (seen["NoNewPrivs"], seen["Seccomp"], seen["Threads"]) == ("1", "2", "1")
    assert os.getsid(child._process.pid) == os.getpgid(child._process.pid) == child._process.pid


@pytest.mark.usefixtures("works")
def test_a_child_outlives_the_thread_that_started_it(child):
    thread = threading.Thread(target=run, args=(child, "count"))
    thread.start()
    thread.join()
    assert run(child, "count") == {"calls": 2}


@pytest.mark.usefixtures("works")
def test_bwrap_does_not_stay_and_this_process_gets_no_orphans_of_others(child):
    run(child, "echo")
    own = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert not [pid for pid in own if Path(f"/proc/{pid}/comm").read_text().startswith("bwrap")]
    subreaper = ctypes.c_int(1)
    ctypes.CDLL(None).prctl(37, ctypes.byref(subreaper), 0, 0, 0)
    assert subreaper.value == 0


def test_where_it_is_refused_children_go_without_and_it_is_not_tried_again(child, tmp_path, monkeypatch):
    tried = tmp_path / "tried"
    stand_in(tmp_path / "bwrap", monkeypatch, f"echo x >> {tried}; echo 'bwrap: no namespaces here' >&2; exit 1")
    for _ in range(2):
        assert run(child, "echo", ok=1) == {"ok": 1}
        child.close()
        zygote.close()
    assert tried.read_text() == "x\n"
    assert run(child, "echo", ok=1) == {"ok": 1}
    assert status(child._process.pid)["Seccomp"] == "2"
    assert launch.obstacle() == "bwrap: no namespaces here"


@pytest.mark.usefixtures("works")
def test_where_a_package_is_out_of_its_sight_children_go_without(child, monkeypatch):
    monkeypatch.setattr(bubblewrap, "CODE", bubblewrap.CODE[:1])
    assert run(child, "echo", ok=1) == {"ok": 1}
    assert "No module named 'sandbox_faults'" in launch.obstacle()


def test_where_it_hangs_children_go_without(child, tmp_path, monkeypatch):
    stand_in(tmp_path / "bwrap", monkeypatch, "exec sleep 60")
    monkeypatch.setattr(launch, "_PATIENCE", 0.1)
    assert run(child, "echo", ok=1) == {"ok": 1}


@pytest.mark.usefixtures("works")
def test_what_comes_up_too_late_ends(monkeypatch):
    monkeypatch.setattr(launch, "_PATIENCE", 0.001)
    program = launch.Program("import time", "json", "while True: time.sleep(1)", f"late {os.getpid()}")
    process = launch.launch(program, (subprocess.DEVNULL,) * 3)
    assert isinstance(process, subprocess.Popen)  # without bubblewrap
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while running := [path for path in Path("/proc").glob("[0-9]*/cmdline") if program.argument in arguments(path)]:
        assert time.monotonic() < until, running
        time.sleep(0.01)


def arguments(path):
    try:
        return path.read_text().split("\0")
    except OSError:
        return []


def test_where_it_is_not_installed_that_is_said(monkeypatch):
    monkeypatch.setattr(bubblewrap, "program", lambda: None)
    assert launch.obstacle() == launch.NOT_INSTALLED


@pytest.mark.usefixtures("works")
def test_the_command_line_serves_other_programs(tmp_path):
    (tmp_path / "seen").write_text("seen")
    (tmp_path / "hidden").write_text("hidden")
    work = tmp_path / "work"
    work.mkdir()
    script = f"cat {tmp_path}/seen; ls {tmp_path}; echo done > {work}/out; echo x > {tmp_path}/seen; echo $$"
    readable = ["/bin", "/usr/bin", "/lib", "/lib64", "/usr/lib", "/usr/lib64", str(tmp_path / "seen")]
    options = ["--unshare-pid", "--die-with-parent", "--bind", str(work), str(work)]
    done = subprocess.run(bubblewrap.wrap(["/bin/sh", "-c", script], readable, options), capture_output=True, text=True)
    assert done.stdout.split()[:3] == ["seenseen", "work", "2"], done
    assert (work / "out").read_text() == "done\n" and (tmp_path / "seen").read_text() == "seen"


def test_a_folder_is_bound_once():
    command = bubblewrap.wrap(["x"], ["/a/b", "/a", "/a/b/c", "/ab", "/a"])
    bound = [command[i + 1] for i, word in enumerate(command) if word == "--ro-bind-try"]
    assert bound == ["/a", "/ab"]
