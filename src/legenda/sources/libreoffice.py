"""Has LibreOffice make a PDF of an office file: a cold process for each, with a profile of its own.

It runs in `sandbox.programs`, and follows no link: it is told not to, and has neither network nor files for that.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from legenda.errors import (
    CorruptSourceError,
    LegendaError,
    MissingComponentError,
    OutOfMemoryError,
    TimedOutError,
    TooLargeError,
)
from legenda.options import Limits
from legenda.sandbox import bubblewrap, programs
from legenda.sandbox.descriptors import open_target

FILTERS = {
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "txt"), "writer_pdf_Export"),
    **dict.fromkeys(("xls", "xlsx", "xlsb", "ods", "csv"), "calc_pdf_Export"),
    **dict.fromkeys(("ppt", "pptx", "odp"), "impress_pdf_Export"),
    "html": "writer_pdf_Export",
    "epub": "writer_pdf_Export",
}
"""By format: which of LibreOffice's filters makes the PDF."""

_SUFFIXES = {"epub": "html"}
"""Of what is given to LibreOffice, where that is not the format's name: `office_files` makes one page of a book."""
SHEETS = frozenset(format for format, filter in FILTERS.items() if filter == "calc_pdf_Export")
_TRUE = '{{"{}":{{"type":"boolean","value":"true"}}}}'
_OPTIONS = {
    "calc_pdf_Export": _TRUE.format("SinglePageSheets"),
    **dict.fromkeys(("writer_pdf_Export", "impress_pdf_Export"), _TRUE.format("UseTaggedPDF")),
}
"""A sheet a page: columns that are printed on pages of their own are torn from their rows. Tags tell what is a heading,
a list, a table."""
_IMPORTS = {
    **dict.fromkeys(("html", "epub"), "HTML (StarWriter)"),  # as a web page it would lose its first paragraph
    "txt": "Text (encoded):UTF8,LF,,,",
    "csv": "CSV:{delimiter},34,76,1,,0,false,true,false,false,false,-1",
}
_PROGRAM = Path("soffice.bin")
_MADE = "made"
_PREFIX, _LOCK = "legenda-office-", "lock"
_RESTART = 81
"""Exit status by which a program with a fresh profile asks to be started once more."""
_STARTS = 3
_SHARED = (
    *(
        "/etc/libreoffice",
        "/var/lib/libreoffice",
        "/var/spool/libreoffice",
        "/usr/share/libreoffice",
        "/usr/share/liblangtag",
    ),
    *("/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig", "/usr/share/hyphen"),
)
_MOST_GROWTH = 20
_FREE_BYTES = 64 * 2**20
_CHUNK = 2**20

_COMMON = "/org.openoffice.Office.Common"
_SETTINGS = (
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel", "3"),
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution", "true"),
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    (f"{_COMMON}/Save/Document", "AutoSave", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Writer/Content/Update", "Field", "false"),
    ("/org.openoffice.Office.WriterWeb/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("/org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", "1"),
    ("/org.openoffice.Office.Java/VirtualMachine", "Enable", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
)
"""Macros, links, Java and formulas stay as they are in the file. 0 is never for Writer, 2 for Calc; 1 never
recalculates."""


def installed() -> Path | None:
    """The program itself, not the script that starts it; `None` where LibreOffice is not installed."""
    script = shutil.which("soffice") or shutil.which("libreoffice")
    program = Path(script).resolve().with_name(_PROGRAM.name) if script else None
    return program if program and program.is_file() else None


def missing(name: str, format: str) -> MissingComponentError:
    """That a file cannot be read, or not be shown, without LibreOffice."""
    what = f"{name} ({format}) needs LibreOffice"
    return MissingComponentError(
        what,
        "it is not installed, or cannot be confined here (bubblewrap, or seccomp and Landlock)",
        "on Debian: apt-get install --no-install-recommends bubblewrap "
        "libreoffice-writer libreoffice-calc libreoffice-impress libreoffice-math",
    )


def converted(descriptor: int, format: str, *, name: str, limits: Limits, delimiter: str = ",", to: str = "pdf") -> int:
    """A PDF of an office file, or another file, in a file without a name; the descriptor is the caller's.

    Args:
        descriptor: of the file.
        format: one of `FILTERS`.
        name: for messages.
        limits: `open_seconds` and `page_seconds` together are the time it may take; `memory` and `bytes` hold, too.
        delimiter: between the fields of a `csv`.
        to: format of what is made, `pdf`, `ods` or `odp`.

    Raises:
        MissingComponentError: LibreOffice is not here, or cannot be confined.
        CorruptSourceError: it makes nothing of the file.
        TimedOutError: it took too long.
        OutOfMemoryError: it needed too much memory.
        TooLargeError: the PDF is too large.
    """
    program = installed()
    if not program:
        raise missing(name, format)
    with _folder() as folder:
        _write(folder / f"input.{_SUFFIXES.get(format, format)}", descriptor)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_registry())
        try:
            ended = _run(_command(program, folder, format, delimiter, to), folder, program, limits)
        except programs.UnconfinedError:
            raise missing(name, format) from None
        except TimedOutError as error:
            raise TimedOutError(f"{name} could not be converted in time", error.why, error.remedy) from None
        return _taken(folder / f"{_MADE}/input.{to}", ended, name, limits, os.fstat(descriptor).st_size)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder for one run. Those of processes that were killed are deleted before: a document lies in each."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _delete_left(left)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        with (folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def _delete_left(folder: Path) -> None:
    """Unless its process still has it locked."""
    with contextlib.suppress(OSError):  # another's, or gone
        descriptor = os.open(folder / _LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)


def _command(program: Path, folder: Path, format: str, delimiter: str, to: str) -> list[str]:
    filter = FILTERS[format] if to == "pdf" else ""
    target = f"{to}:{filter}".rstrip(":") + (f":{options}" if (options := _OPTIONS.get(filter)) else "")
    reading = _IMPORTS.get(format, "").format(delimiter=ord(delimiter))
    return [
        *(str(program), f"-env:UserInstallation={_address(folder / 'profile')}", "--headless", "--norestore"),
        *("--nolockcheck", "--nodefault", "--nologo", *([f"--infilter={reading}"] if reading else [])),
        *(
            "--convert-to",
            target,
            "--outdir",
            str(folder / _MADE),
            str(folder / f"input.{_SUFFIXES.get(format, format)}"),
        ),
    ]


def _run(command: Sequence[str], folder: Path, program: Path, limits: Limits) -> programs.Ended:
    home = program.parents[1]
    readable = [str(home), *_SHARED, *bubblewrap.system()]
    caps = programs.Caps(limits.open_seconds + limits.page_seconds, limits.memory, max(limits.bytes, _FREE_BYTES))
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    for _ in range(_STARTS):
        try:
            ended = programs.run(command, folder, readable, caps, environment)
        finally:
            _socket(folder / "profile").unlink(missing_ok=True)
        if ended.status != _RESTART:
            break
    return ended


def _taken(made: Path, ended: programs.Ended, name: str, limits: Limits, size: int) -> int:
    """What lies there may be anything: whoever wrote it may have been taken over."""
    try:
        found = os.open(made, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise _failure(ended, name) from None
    try:
        status = os.fstat(found)
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            raise _failure(ended, name)
        if status.st_size > max(limits.bytes, _FREE_BYTES, _MOST_GROWTH * size):
            raise TooLargeError(f"{name} is too large", f"as a PDF it has {status.st_size} bytes", "split it")
        copy = open_target()
        while chunk := os.read(found, _CHUNK):
            os.write(copy, chunk)
        return copy
    finally:
        os.close(found)


def _failure(ended: programs.Ended, name: str) -> LegendaError:
    said = ended.said.lower()
    if "bad_alloc" in said or "out of memory" in said:
        return OutOfMemoryError(f"{name} was not converted", "LibreOffice ran out of memory", "raise the memory limit")
    if "password" in said:
        return CorruptSourceError(f"{name} was not converted", "it is encrypted in a way not known here", "decrypt it")
    how = (
        f"LibreOffice ended by signal {number}"
        if (number := _signal(ended.status))
        else "LibreOffice made nothing of it"
    )
    return CorruptSourceError(f"{name} was not converted", how, "check that the program it was made with opens it")


def _signal(status: int) -> int:
    """What ended it; bubblewrap passes that on as shells do. 0 where nothing did."""
    return -status if status < 0 else max(0, status - 128)


def _write(path: Path, descriptor: int) -> None:
    at = 0
    with path.open("wb") as file:
        while chunk := os.pread(descriptor, _CHUNK, at):
            file.write(chunk)
            at += len(chunk)


def _registry() -> str:
    items = "".join(
        f'<item oor:path={quoteattr(path)}><prop oor:name={quoteattr(name)} oor:op="fuse"><value>{value}</value></prop>'
        "</item>"
        for path, name, value in _SETTINGS
    )
    space = 'xmlns:oor="http://openoffice.org/2001/registry"'
    return f'<?xml version="1.0" encoding="UTF-8"?><oor:items {space}>{items}</oor:items>'


def _address(path: Path) -> str:
    return path.as_uri()


def _socket(profile: Path) -> Path:
    """Where the program listens; without bubblewrap what is left of a run that was killed would stay in `/tmp`."""
    digest = hashlib.md5(_address(profile).encode("utf-16-le"), usedforsecurity=False).digest()
    return Path("/tmp", "OSL_PIPE_SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest))  # noqa: S108
