"""Runs the shards of a batch, some at once, and tries again where storage fails."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable

from legenda.errors import StorageError
from legenda.execute.batch.manifest import Done, Manifest, Order
from legenda.execute.batch.shard import ShardReader

_TRIES = 6
_PAUSE = 5.0
"""Seconds until storage that failed is tried again; obstore has tried for three minutes by then."""


def patiently(work: Callable[[], Done], wait: Callable[[float], object] = time.sleep) -> Done:
    """Do a shard; storage may be away for a while.

    Raises:
        StorageError: it stays away.
    """
    for more in reversed(range(_TRIES)):
        try:
            return work()
        except StorageError:
            if not more:
                raise
            wait(_PAUSE)
    raise AssertionError


def locally(
    order: Order, manifest: Manifest, shards: Iterable[int], jobs: int, advanced: Callable[[int], None]
) -> Generator[Done]:
    """Run shards on this machine.

    Args:
        order: what is read and how.
        manifest: of the batch.
        shards: to be done.
        jobs: processes.
        advanced: called with a number of pages more that were read, from any thread.

    Yields:
        What became of each shard, as it is done. Closing the generator ends the processes.
    """
    todo: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[Done | Exception] = queue.SimpleQueue()
    stopped = threading.Event()
    readers = [ShardReader(order, advanced) for _ in range(jobs)]
    count = 0
    for shard in shards:
        todo.put(shard)
        count += 1
    for _ in readers:
        todo.put(None)

    def work(reader: ShardReader) -> None:
        try:
            while not stopped.is_set() and (shard := todo.get()) is not None:
                done.put(patiently(lambda: reader.run(manifest, shard), stopped.wait))
        except Exception as error:
            done.put(error)
        finally:
            reader.close()

    threads = [threading.Thread(target=work, args=(reader,), name="shard", daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        for _ in range(count):
            result = done.get()
            if isinstance(result, Exception):
                raise result
            yield result
        for thread in threads:
            thread.join()
    finally:
        stopped.set()
