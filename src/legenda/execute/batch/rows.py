"""What a shard has read, as JSON lines and as Parquet, both packed with zstd."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
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


def store(output: BlobStore, shard: int, documents: Sequence[Read]) -> None:
    """Write both files of a shard, in place of what was there.

    Raises:
        StorageError: they cannot be stored.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(prefix="legenda-", ignore_cleanup_errors=True) as folder:
        lines, table = Path(folder, "lines"), Path(folder, "table")
        with pa.CompressedOutputStream(str(lines), "zstd") as out:
            for document in documents:
                out.write(document.line + b"\n")
        rows = [row for document in documents for row in document.rows]
        pq.write_table(pa.Table.from_pylist(rows, schema=_schema()), table, compression="zstd")
        output.put(shard_key(shard, LINES), lines)
        output.put(shard_key(shard, TABLE), table)


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
