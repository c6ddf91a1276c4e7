"""Writes the pages of one input to all their places; files appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from legenda.cli.outputs import Plan
from legenda.errors import OutputError
from legenda.exports import EXPORTERS, Exporter, Origin
from legenda.exports.whole import written


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


def _refuse_overwriting(origin: Origin, path: Path) -> None:
    if isinstance(origin.data, Path) and path.exists() and origin.data.exists() and path.samefile(origin.data):
        raise OutputError(f"{path} is the input itself", "it would be overwritten", "choose another --output")
