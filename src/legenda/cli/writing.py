"""Writes the pages of one input to all their places; files appear whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from legenda.cli.outputs import Plan
from legenda.errors import OutputError
from legenda.exports import EXPORTERS, Exporter, Origin


@contextmanager
def exporters(places: Plan, origin: Origin, stem: str, stream: BinaryIO) -> Iterator[list[Exporter]]:
    """An exporter for each format, closed at the end; what they wrote to files is thrown away on an error.

    Args:
        places: formats and where they go.
        origin: what is read.
        stem: beginning of the file names in a folder.
        stream: this input's turn on standard output.

    Raises:
        OutputError: a file cannot be written, or is the input itself.
    """
    with ExitStack() as stack:
        outs = {}
        for name, path in places.files(stem).items():
            _refuse_overwriting(origin, path)
            outs[name] = stack.enter_context(written(path))
        if places.streamed:
            outs[places.streamed] = stream
        opened = [EXPORTERS[name](out, origin) for name, out in outs.items()]
        yield opened
        for exporter in opened:
            exporter.close()


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when all of it is written.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():  # a device or a pipe is written to, not replaced
            with path.open("wb") as out:
                yield out
            return
        path = path.resolve()  # a link stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".legenda-{secrets.token_hex(6)}.part")
        try:
            with part.open("xb") as out:
                yield out
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written", error.strerror or str(error), "choose another --output"
        ) from error


def _refuse_overwriting(origin: Origin, path: Path) -> None:
    if isinstance(origin.data, Path) and path.exists() and origin.data.exists() and path.samefile(origin.data):
        raise OutputError(f"{path} is the input itself", "it would be overwritten", "choose another --output")
