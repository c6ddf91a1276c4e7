"""Files, folders, patterns and standard input, as named inputs in the order given."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from legenda.errors import NotFoundError, TooLargeError
from legenda.options import Limits

SUFFIXES = frozenset(
    {".pdf", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".dib", ".heic"}
    | {".heif", ".avif", ".jp2", ".j2k", ".jpx", ".pnm", ".pbm", ".pgm", ".ppm", ".ico", ".apng"}
    | {".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".odp", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv"}
    | {".html", ".htm", ".eml", ".epub"}
)
"""What a folder is searched for; plain text is not, since folders are full of it.

A file named outright is opened whatever it is called."""

STANDARD_INPUT = "-"


class Input(NamedTuple):
    """One thing to read.

    Attributes:
        name: for messages and results: the path as given, or as found.
        data: the file, or the bytes of standard input.
    """

    name: str
    data: Path | bytes


def expand(arguments: Iterable[str], limits: Limits | None = None) -> list[Input]:
    """Inputs a command line names.

    Args:
        arguments: files; folders, searched through for readable suffixes (hidden files and folders left out);
            patterns with `*`, `?`, `[...]` and `**`; `-` for standard input.
        limits: `bytes` caps standard input.

    Raises:
        NotFoundError: an argument names nothing, or a folder or pattern holds nothing readable.
        TooLargeError: standard input is larger than `limits.bytes`.
    """
    return list(dict.fromkeys(found for argument in arguments for found in _expanded(argument, limits or Limits())))


def _expanded(argument: str, limits: Limits) -> Iterator[Input]:
    if argument == STANDARD_INPUT:
        yield Input("standard input", _standard_input(limits))
        return
    if not argument:  # `Path` takes it for the current folder
        raise NotFoundError("An empty name names no file", "an argument is empty", "a shell variable may be unset")
    path = Path(argument)
    if path.is_dir():
        yield from _in_folder(path)
    elif path.exists() or not glob.has_magic(argument):
        yield Input(argument, path)  # a file that does not exist fails when it is opened; the others are read
    else:
        yield from _matching(argument)


def _in_folder(folder: Path) -> Iterator[Input]:
    found = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in SUFFIXES and p.is_file()]
    found = [p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts)]
    if not found:
        raise NotFoundError(
            f"{folder} holds nothing readable", "no image, PDF or office file lies in it", "check the folder"
        )
    yield from (Input(str(p), p) for p in found)


def _matching(pattern: str) -> Iterator[Input]:
    found = [Path(p) for p in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207  (absolute patterns, too)
    if not found:
        raise NotFoundError(f"{pattern} matches nothing", "", "check the pattern")
    for path in found:
        if path.is_dir():
            continue
        yield Input(str(path), path)


def _standard_input(limits: Limits) -> bytes:
    data = sys.stdin.buffer.read(limits.bytes + 1)
    if len(data) > limits.bytes:
        raise TooLargeError(f"standard input is larger than {limits.bytes // 2**20} MiB", "", "split it")
    return data
