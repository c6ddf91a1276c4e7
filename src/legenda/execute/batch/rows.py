"""What a shard has read, as JSON lines and as Parquet, both packed with zstd."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from legenda.blobs import BlobStore
from legenda.document.jsonio import dumps
from legenda.errors import LegendaError
from legenda.execute.batch.manifest import Listed, shard_key
from legenda.execute.batch.reader import Read, Row

LINES, TABLE = ".jsonl.zst", ".parquet"


def unread(listed: Listed, error: LegendaError) -> Read:
    """Of a document that could not be read."""
    told = {"code": error.code, "message": str(error)}
    row: Row = {"key": listed[0], "page": None, "error": error.code, "message": str(error)}
    return Read(dumps({"key": listed[0], "error": told}).encode(), [row])


class Results:
    """What a shard has read, document by document; lines go to a temporary file, packed. A context manager."""

    def __init__(self) -> None:
        import pyarrow as pa

        self.rows: list[Row] = []
        self._folder = tempfile.TemporaryDirectory(prefix="legenda-", ignore_cleanup_errors=True)
        self._lines, self._table = Path(self._folder.name, "lines"), Path(self._folder.name, "table")
        self._out: Any = pa.CompressedOutputStream(str(self._lines), "zstd")

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *error: object) -> None:
        """Delete the files."""
        self._out.close()
        self._folder.cleanup()

    def add(self, document: Read) -> None:
        """Add a document."""
        self._out.write(document.line + b"\n")
        self.rows += document.rows

    def store(self, output: BlobStore, shard: int) -> None:
        """Write both files of the shard, in place of what was there; nothing can be added afterwards.

        Raises:
            StorageError: they cannot be stored.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._out.close()
        pq.write_table(pa.Table.from_pylist(self.rows, schema=_schema()), self._table, compression="zstd")
        output.put(shard_key(shard, LINES), self._lines)
        output.put(shard_key(shard, TABLE), self._table)


@cache
def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("key", pa.string(), nullable=False),
            pa.field("page", pa.int32()),
            pa.field("text", pa.string()),
            pa.field("engine", pa.string()),
            pa.field("source", pa.string()),
            pa.field("words", pa.int32()),
            pa.field("confidence", pa.float32()),  # mean probability of the words
            pa.field("error", pa.string()),
            pa.field("message", pa.string()),
        ]
    )
