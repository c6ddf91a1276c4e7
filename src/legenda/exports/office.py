"""What the writers of office files share: libraries that need not be there, and a page's rows of cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from legenda.document import Block
from legenda.errors import MissingComponentError
from legenda.exports.rows import rows


@contextmanager
def needing(library: str, format: str) -> Iterator[None]:
    """Around the import of a library.

    Raises:
        MissingComponentError: it is not installed.
    """
    try:
        yield
    except ImportError:
        raise MissingComponentError(
            f"The format {format} cannot be written", f"{library} is not installed", "pip install 'legenda[office]'"
        ) from None


def cells(block: Block) -> list[list[str]]:
    """The texts of a block: rows as on the page, with a cell for each line that stands on them."""
    found = rows([line for line in block.lines if line.content.strip()])
    return [[line.content for line in row] for row in found]
