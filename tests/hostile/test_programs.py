"""A LibreOffice that somebody took over: what it cannot do, and that whatever it does ends."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from legenda.errors import CorruptSourceError, LegendaError, MissingComponentError, TimedOutError
from legenda.options import Limits
from legenda.sandbox import bubblewrap, landlock, programs
from legenda.sources import libreoffice

Convert = Callable[[str], bytes]
_QUICK = Limits(open_seconds=4, page_seconds=4)


@pytest.fixture(params=["bubblewrap", "landlock"])
def convert(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Convert:
    """Has a program in Python take LibreOffice's place; gives what it wrote as PDF."""
    if request.param == "bubblewrap" and not bubblewrap.program():
        pytest.skip("bubblewrap is not installed")
    if request.param == "landlock":
        if not landlock.version():
            pytest.skip("this kernel has no Landlock")
        monkeypatch.setattr("legenda.sandbox.programs.bubblewrap.program", lambda: None)
    readable = [*bubblewrap.system(), *bubblewrap.python()]
    monkeypatch.setattr("legenda.sandbox.bubblewrap.system", lambda: readable)

    def converted(code: str) -> bytes:
        program = tmp_path / "office" / "program" / "soffice.bin"
        program.parent.mkdir(parents=True, exist_ok=True)
        prelude = "import os, sys, time\nout = sys.argv[sys.argv.index('--outdir') + 1] + '/input.pdf'\n"
        prelude += "os.mkdir(os.path.dirname(out))\n"
        program.write_text(f"#!{bubblewrap.interpreter()} -IS\n{prelude}{code}\n")
        program.chmod(0o755)
        monkeypatch.setattr("legenda.sources.libreoffice.installed", lambda: program)
        with tempfile.TemporaryFile() as file:
            file.write(b"content")
            file.flush()
            made = libreoffice.converted(file.fileno(), "doc", name="letter.doc", limits=_QUICK)
        with os.fdopen(made, "rb") as pdf:
            pdf.seek(0)
            return pdf.read()

    return converted


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield
    assert not list(temporary.iterdir())


def said(code: str) -> str:
    """A program that writes what an expression gives, or which error it raises."""
    return f"""
try:
    told = repr({code})
except OSError as error:
    told = type(error).__name__
with open(out, 'w') as file:
    file.write(told)
"""


def test_it_works(convert: Convert) -> None:
    assert convert(said("open(sys.argv[-1]).read()")) == b"'content'"


def test_a_hang_is_ended(convert: Convert) -> None:
    start = time.monotonic()
    with pytest.raises(TimedOutError, match=r"letter\.doc could not be converted in time"):
        convert("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)")
    assert time.monotonic() - start < 60


def test_a_loop_is_ended(convert: Convert) -> None:
    with pytest.raises((TimedOutError, CorruptSourceError)):
        convert("while True: pass")


@pytest.mark.parametrize("code", ["os.fork()", "os.posix_spawn('/bin/true', ['true'], {})"])
def test_it_makes_no_process(convert: Convert, code: str) -> None:
    assert convert(said(code)) in (b"PermissionError", b"OSError")


def test_a_crash_is_an_error(convert: Convert) -> None:
    with pytest.raises(CorruptSourceError, match="LibreOffice ended by signal"):
        convert("os.abort()")
    with pytest.raises(CorruptSourceError, match="LibreOffice made nothing of it"):
        convert("sys.exit(7)")


def test_it_reaches_nobody(convert: Convert) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = server.getsockname()
        connect = f"__import__('socket').create_connection({address!r}, 1)"
        assert convert(said(connect)) == b"PermissionError"
        assert convert(said("__import__('socket').socket(__import__('socket').AF_INET, 2)")) == b"PermissionError"
        assert convert(said("__import__('socket').socket(__import__('socket').AF_NETLINK, 3)")) == b"PermissionError"
        with pytest.raises(TimeoutError):
            server.accept()


def test_it_sends_nothing_to_local_services(convert: Convert, tmp_path: Path) -> None:
    name = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
        service.bind(name)
        service.settimeout(0.2)
        local = "__import__('socket').socket(__import__('socket').AF_UNIX, __import__('socket').SOCK_DGRAM)"
        for call in (f"sendto(b'x', {name!r})", f"sendmsg([b'x'], [], 0, {name!r})", f"connect({name!r})"):
            assert convert(said(f"{local}.{call}")) == b"PermissionError"
        with pytest.raises(TimeoutError):
            service.recv(1)


def test_it_sees_no_files_of_ours(convert: Convert, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for path in (secret, Path(__file__), Path("/etc/passwd")):
        assert convert(said(f"open({str(path)!r}).read()")) in (b"PermissionError", b"FileNotFoundError")
    written = tmp_path / "written"
    convert(said(f"open({str(written)!r}, 'w')"))
    assert not written.exists()


def test_it_sends_no_signals(convert: Convert) -> None:
    assert convert(said(f"os.kill({os.getpid()}, 0)")) in (b"PermissionError", b"ProcessLookupError")


def test_what_a_killed_process_left_is_deleted(convert: Convert) -> None:
    left, used = (Path(tempfile.gettempdir(), f"legenda-office-{name}") for name in ("left", "used"))
    for folder in (left, used):
        folder.mkdir()
        (folder / "lock").touch()
        (folder / "input.doc").write_text("a document")
    with (used / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        convert(said("1"))
        assert not left.exists() and used.exists()
    convert(said("1"))
    assert not used.exists()


def test_a_link_is_no_result(convert: Convert, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for code in (f"os.symlink({str(secret)!r}, out)", "os.mkfifo(out)", "os.mkdir(out)"):
        with pytest.raises(CorruptSourceError):
            convert(code)


def test_a_result_has_its_size(convert: Convert) -> None:
    with pytest.raises(LegendaError):
        convert(
            """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open(out, 'wb') as file:
    file.truncate(600 * 2**20)
"""
        )


def test_without_confinement_it_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither bubblewrap nor Landlock: nothing is started, and what is missing is said."""
    program = tmp_path / "office" / "program" / "soffice.bin"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\ntouch " + str(tmp_path / "ran"))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("legenda.sources.libreoffice.installed", lambda: program)
    monkeypatch.setattr("legenda.sandbox.programs.bubblewrap.program", lambda: None)
    monkeypatch.setattr("legenda.sandbox.programs._RUN", programs._RUN.replace("main(settings)", _WITHOUT_LANDLOCK))
    with tempfile.TemporaryFile() as file, pytest.raises(MissingComponentError, match="cannot be confined"):
        file.write(b"content")
        file.flush()
        libreoffice.converted(file.fileno(), "doc", name="letter.doc", limits=_QUICK)
    assert not (tmp_path / "ran").exists()


_WITHOUT_LANDLOCK = """
from legenda.sandbox import landlock
landlock.version = lambda: 0
main(settings)
"""
