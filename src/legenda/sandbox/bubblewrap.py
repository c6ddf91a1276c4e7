"""The command line that runs a program under bubblewrap: no network, no capabilities, no files but those named.

    subprocess.Popen(bubblewrap.wrap(["/usr/bin/program", "--flag"], ["/usr/lib", "/usr/share/program"]))

Process ids stay those of the caller, so that it may wait for and kill what runs inside, and nothing ties the life of
the program to that of the caller: `--die-with-parent` would kill it when the *thread* that started it ends. A program
that may start others wants `--unshare-pid`, too, which kills them with it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

CODE = [str(Path(__file__).parents[1])]
"""Our own code that children import: this package. Tests add their jobs."""
_NAMESPACES = ("--unshare-net", "--unshare-ipc", "--unshare-uts")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_LIBRARIES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"),
    *("/etc/ld.so.cache", "/etc/alternatives"),  # the latter: links to the libraries chosen, on Debian
)
_FONTS = ("/usr/share/fonts", "/usr/share/X11/fonts", "/usr/local/share/fonts")
"""Where PDFium looks for the fonts that a PDF names and does not bring."""
_SITES = ("site-packages", "dist-packages")


def program() -> str | None:
    """Path of `bwrap`; `None` where it is not installed."""
    return shutil.which("bwrap")


def wrap(command: Sequence[str], readable: Iterable[str], options: Sequence[str] = ()) -> list[str]:
    """Arguments that run a command under bubblewrap.

    Args:
        command: what to run; its program must lie in what is readable.
        readable: files and folders it sees, under their own names, read only; those that do not exist are left out.
        options: further ones of `bwrap`, for instance `--unshare-pid`, `--proc /proc`, or `--bind` for a folder to
            write to.
    """
    arguments = [program() or "bwrap", *_NAMESPACES, "--new-session", "--cap-drop", "ALL", "--tmpfs", "/tmp"]  # noqa: S108
    for path in _outermost(readable):
        arguments += ["--ro-bind-try", path, path]
    for device in _DEVICES:
        arguments += ["--dev-bind-try", device, device]
    return [*arguments, *options, "--remount-ro", "/", "--", *command]


def interpreter() -> str:
    """The interpreter's own program, not the link to it in a virtual environment."""
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())


def python() -> list[str]:
    """What `interpreter` and the packages installed for it need. Other folders of `sys.path` may hold anything."""
    prefixes = {Path(sys.base_prefix), Path(interpreter()).parents[1]}
    own = [str(prefix / name) for prefix in prefixes for name in ("lib", sys.platlibdir)]
    sites = [path for path in sys.path if Path(path).name in _SITES]
    named = [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path.startswith("/")]
    return [interpreter(), *own, *sites, *named, *CODE, *_LIBRARIES, *_FONTS]


def system() -> list[str]:
    """Shared libraries and fonts: what a program that is no interpreter needs besides its own folder."""
    return [*_LIBRARIES, *_FONTS]


def _outermost(paths: Iterable[str]) -> list[str]:
    """Sorted, without what lies in another of them: each costs a mount."""
    kept: list[Path] = []
    for path in sorted({Path(path).absolute() for path in paths}):
        if not kept or not path.is_relative_to(kept[-1]):
            kept.append(path)
    return [str(path) for path in kept]
