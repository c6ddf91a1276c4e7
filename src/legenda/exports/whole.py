"""Files that appear whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from legenda.errors import OutputError


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
        raise OutputError(f"{path} cannot be written", error.strerror or str(error), "choose another place") from error
