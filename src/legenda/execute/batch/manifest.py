"""What a batch is to do, written down once: its inputs in shards, and a marker for each shard that is done.

    batch.json                    what is read and how, and which manifest counts
    manifest/RUN/000000.json      keys and sizes of the documents of a shard
    shards/000000.jsonl.zst       what was read of them, a line a document
    shards/000000.parquet         ... a row a page
    done/000000.json              its counts; made when all of the shard is stored, and only once
    documents/…                   files a document, where they are asked for

Several processes may begin the same batch at once: whose `batch.json` is there first is the one that counts.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from legenda.blobs import BlobStore, Collection
from legenda.errors import InvalidOptionError
from legenda.options import Limits, ReadOptions

_HEAD = "batch.json"
_VERSION = 1
_BYTES = 4 * 2**20
"""Most bytes of a shard, for each document it may have: it is begun again when a machine goes."""
_AT_ONCE = 32
"""Markers that are looked at at once: there may be a million, and a bucket takes 20 ms for each."""

Listed = tuple[str, int]
"""Key and size of a document."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a batch reads, where to, and how; fit to be sent to another machine.

    Attributes:
        input: URL of a collection.
        output: URL of a blob store.
        options: how to read.
        formats: of files a document, besides the shards.
        page_seconds: most time between one page and the next; a process that takes longer is killed.
    """

    input: str
    output: str
    options: ReadOptions
    formats: tuple[str, ...] = ()
    page_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a shard.

    Attributes:
        documents, pages: that were read, whole or in part.
        failed: documents that could not be read.
        faulty: pages that could not, of documents that could.
        bytes: of the inputs.
        seconds: it took whoever did it.
    """

    shard: int
    documents: int
    pages: int
    failed: int
    faulty: int
    bytes: int
    seconds: float


class Manifest:
    """The shards of a batch; everything is kept in its output.

    Args:
        output: where everything is kept.
        run: names the list of documents that counts.
        shards: how many there are.
        documents: how many there are.
    """

    def __init__(self, output: BlobStore, run: str, shards: int, documents: int) -> None:
        self.output, self.run, self.shards, self.documents = output, run, shards, documents

    @classmethod
    def of(cls, order: Order, shard: int) -> Manifest:
        """The manifest of a batch, made now if there is none.

        Args:
            order: what is to be done.
            shard: most documents of a shard.

        Raises:
            InvalidOptionError: the output holds another batch.
            StorageError: the input cannot be listed, or the output not be written.
        """
        output, told = BlobStore(order.output), _told(order)
        if not output.exists(_HEAD):
            run = uuid.uuid4().hex
            shards = documents = 0
            for number, listed in enumerate(_shards(Collection(order.input).objects(), shard)):
                output.put(_list_key(run, number), json.dumps(listed).encode())
                shards, documents = number + 1, documents + len(listed)
            head = {"version": _VERSION, **told, "run": run, "shards": shards, "documents": documents}
            output.create(_HEAD, json.dumps(head, indent=1).encode())
        head = json.loads(output.get(_HEAD))
        if different := [name for name in ("version", *told) if head.get(name) != (told | {"version": _VERSION})[name]]:
            raise InvalidOptionError(
                f"{order.output} holds another batch", f"its {', '.join(different)} differ", "choose another output"
            )
        return cls(output, head["run"], head["shards"], head["documents"])

    def listed(self, shard: int) -> list[Listed]:
        """Documents of a shard."""
        return [(key, size) for key, size in json.loads(self.output.get(_list_key(self.run, shard)))]

    def done(self) -> Iterator[Done]:
        """What is done, in no order."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            yield from threads.map(lambda key: Done(**json.loads(self.output.get(key))), self.output.list("done"))

    def marked(self, shard: int) -> Done | None:
        """What became of a shard, `None` if it is not done."""
        key = _done_key(shard)
        return Done(**json.loads(self.output.get(key))) if self.output.exists(key) else None

    def mark(self, done: Done) -> Done:
        """A shard is stored. Whoever says so first is believed; the others learn what that one said."""
        key = _done_key(done.shard)
        return done if self.output.create(key, json.dumps(asdict(done)).encode()) else (self.marked(done.shard) or done)


def shard_key(shard: int, suffix: str) -> str:
    """Where what was read of a shard lies."""
    return f"shards/{shard:06}{suffix}"


def _list_key(run: str, shard: int) -> str:
    return f"manifest/{run}/{shard:06}.json"


def _done_key(shard: int) -> str:
    return f"done/{shard:06}.json"


def _shards(objects: Iterable[Listed], most: int) -> Iterator[Sequence[Listed]]:
    some: list[Listed] = []
    size = 0
    for listed in objects:
        if some and (len(some) == most or size + listed[1] > most * _BYTES):
            yield some
            some, size = [], 0
        some.append(listed)
        size += listed[1]
    if some:
        yield some


def _told(order: Order) -> dict[str, Any]:
    """What has to be the same when a batch is gone on with; the password is nobody's business."""
    options = asdict(order.options)
    del options["password"]
    options["limits"] = asdict(Limits()) | options["limits"]
    return {"input": order.input, "options": json.loads(json.dumps(options)), "formats": list(order.formats)}
