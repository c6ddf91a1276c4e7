"""What speaks to Ray, and what runs there; nothing else imports it. Ray keeps nothing: neither jobs nor files.

Units go to deployments of Ray Serve, one a lane, whose replicas are workers as on one machine: a process that is
watched, and killed where a page takes too long. What is sent are keys of blobs, never pictures. Shards of a batch are
tasks.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from legenda.errors import LegendaError, MissingComponentError, StorageError
from legenda.execute.base import Unit, UnitLostError
from legenda.execute.batch.manifest import Done, Manifest, Order
from legenda.execute.cluster import CONNECTED, ENDED, Ask, Cluster, Gone, Said
from legenda.execute.local import LocalExecutor
from legenda.pipeline.messages import receive, send, sendable

_NAMESPACE = "legenda"
_MOST_REPLICAS = 10_000
"""None that counts: there are as many as units wait, as far as the cluster has processors."""
_IDLE = 120.0
"""Seconds after which a replica nobody needs goes."""
_LOOK, _MISSED = 1.0, 3
"""Seconds of a look whether the cluster's head is there, and how many may fail."""
_HEAD = 30.0
"""Seconds a head may be away before Ray is asked all the same."""
_AHEAD = 2
"""Tasks of a batch that wait or run, for each processor."""


def work(link: socket.socket) -> None:
    """Speak to the cluster for the parent. Raises `EOFError` when it has closed its end; ends when the head is away."""
    cluster: Cluster = receive(link)[0]
    try:
        lanes = _deployed(cluster)
    except Exception as error:
        send(link, f"{type(error).__name__}: {error}"[:500])
        return
    send(link, CONNECTED)
    _Bridge(link, lanes).serve()


class Lane:
    """A replica: one worker process, one unit at a time.

    Args:
        units: after which the process is replaced.
    """

    def __init__(self, units: int) -> None:
        self._executor = LocalExecutor(1, units)

    def run(self, unit: Unit) -> Iterator[Any]:
        """What `Executor.run` gives; then an error, if there is one, as it may be sent."""
        running = self._executor.run(unit)
        try:
            yield None  # begun
            yield from running
        except UnitLostError as error:
            yield Gone(error.cause, error.detail)
        except LegendaError as error:
            yield sendable(error)
        except OSError as error:
            yield Gone("lost", f"no worker can be started ({type(error).__name__})")
        finally:
            running.close()


def _deployed(cluster: Cluster) -> dict[str, Any]:
    """A handle for each lane the cluster has processors for; what is not deployed yet is deployed."""
    serve = _serve(cluster.address)
    import ray

    needs: dict[str, dict[str, float]] = {"cpu": {"num_cpus": 1}}
    if ray.cluster_resources().get("GPU"):
        needs["vlm"] = {"num_cpus": 1, "num_gpus": cluster.gpus}
    return {lane: _handle(serve, lane, cluster, resources) for lane, resources in needs.items()}


def _handle(serve: Any, lane: str, cluster: Cluster, resources: dict[str, float]) -> Any:
    digest = sha256(repr((version("legenda"), sys.version, cluster.units, resources)).encode()).hexdigest()[:8]
    name = f"legenda-{lane}-{digest}"  # what is deployed otherwise is another application
    while (found := serve.status().applications.get(name)) is not None and found.status == "DEPLOYING":
        time.sleep(_LOOK / 5)  # somebody else's; units shall not wait for it there
    if found is not None and found.status == "RUNNING":
        with contextlib.suppress(Exception):
            return serve.get_app_handle(name)
    scaling = {
        "min_replicas": 1 if lane == "cpu" else 0,
        "max_replicas": _MOST_REPLICAS,
        "target_ongoing_requests": 1,
        "upscale_delay_s": 1.0,
        "downscale_delay_s": _IDLE,
        "metrics_interval_s": 0.5,
        "look_back_period_s": 2.0,
    }
    deployment = serve.deployment(Lane, name=lane).options(
        ray_actor_options=dict(resources),
        max_ongoing_requests=1,
        autoscaling_config=scaling,
        health_check_period_s=2.0,
        health_check_timeout_s=10.0,
        graceful_shutdown_timeout_s=5.0,
    )
    return serve.run(deployment.bind(cluster.units), name=name, route_prefix=None)


def _serve(address: str) -> Any:
    with contextlib.suppress(ImportError):  # it takes seconds, in which the head may come back
        import ray.serve  # noqa: F401
    _joined(address)
    from ray import serve

    serve.start(proxy_location="Disabled", logging_config={"log_level": "ERROR", "enable_access_log": False})
    return serve


def _joined(address: str) -> None:
    """Join the cluster of `RAY_ADDRESS`, or of this machine.

    Raises:
        MissingComponentError: Ray is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
    try:
        import ray
    except ImportError:
        raise MissingComponentError("Ray is not installed", "", "pip install 'legenda[ray]'") from None
    where = address or os.environ.get("RAY_ADDRESS") or "auto"
    _await(where)
    ray.init(address=where, namespace=_NAMESPACE, log_to_driver=False, logging_level="ERROR", ignore_reinit_error=True)


def _await(address: str) -> None:
    """Wait for a head that is not there yet: Ray itself would try for long, and not see it come back meanwhile."""
    host, _, port = address.rpartition(":")
    deadline = time.monotonic() + _HEAD
    while port.isdecimal() and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection((host.strip("[]"), int(port)), _LOOK).close()
            return
        time.sleep(_LOOK / 5)


class _Bridge:
    """Passes units on, each in a thread of its own, and what is said of them back."""

    def __init__(self, link: socket.socket, lanes: dict[str, Any]) -> None:
        self._link, self._lanes = link, lanes
        self._sending = threading.Lock()
        self._running: dict[int, Any] = {}

    def serve(self) -> None:
        threading.Thread(target=self._watch, name="head", daemon=True).start()
        while True:
            ask: Ask = receive(self._link)[0]
            if ask.unit is None:
                if running := self._running.get(ask.number):
                    running.cancel()
            else:
                threading.Thread(target=self._run, args=(ask.number, ask.unit), daemon=True).start()

    def _run(self, number: int, unit: Unit) -> None:
        try:
            said = self._lanes.get(unit.lane, self._lanes["cpu"]).run.options(stream=True).remote(unit)
            self._running[number] = said
            for what in said:
                self._send(Said(number, what))
            self._send(Said(number, ENDED))
        except Exception as error:  # of a replica, its node or the cluster: Ray has many names for that
            self._send(Said(number, Gone("lost", f"its replica is gone ({type(error).__name__})")))
        finally:
            self._running.pop(number, None)

    def _send(self, said: Said) -> None:
        with contextlib.suppress(OSError), self._sending:
            send(self._link, said)

    def _watch(self) -> None:
        """Ray itself waits a minute for a head that is away, and then for one that knows this process."""
        import ray

        host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
        missed = 0
        while missed < _MISSED:
            try:
                tie = socket.create_connection((host.strip("[]"), int(port)), _LOOK)
            except OSError:
                missed += 1
                time.sleep(_LOOK)
                continue
            missed = 0
            with tie:
                if _cut(tie, _LOOK):
                    break
        os._exit(1)


def _cut(tie: socket.socket, seconds: float) -> bool:
    """Whether the other side ends a connection within so many seconds: a head does that when it dies."""
    tie.settimeout(seconds)
    try:
        while tie.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def run_shards(
    order: Order, manifest: Manifest, shards: Sequence[int], advanced: Callable[[int], None]
) -> Generator[Done]:
    """Run shards as tasks of a cluster, which starts those again whose node is gone.

    Args:
        order: what is read and how.
        manifest: of the batch.
        shards: to be done.
        advanced: called with the number of pages of a shard that is done.

    Yields:
        What became of each shard, as it is done.

    Raises:
        MissingComponentError: Ray is not installed.
        StorageError: storage stays away.
    """
    _joined("")
    import ray

    task = ray.remote(num_cpus=1, max_retries=-1, retry_exceptions=[StorageError])(_shard)
    shared = ray.put((order, manifest.run, manifest.shards, manifest.documents))
    left, running = iter(shards), set[Any]()
    while True:
        most = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        while len(running) < most and (shard := next(left, None)) is not None:
            running.add(task.remote(shared, shard))
        if not running:
            return
        ready, _ = ray.wait(list(running), num_returns=1)
        for reference in ready:
            running.discard(reference)
            done: Done = ray.get(reference)
            advanced(done.pages)
            yield done


def _shard(shared: tuple[Order, str, int, int], shard: int) -> Done:
    """A task. Its process is used again, and with it the one that reads."""
    from legenda.execute.batch.run import patiently

    order, run, shards, documents = shared
    manifest = Manifest(_output(order.output), run, shards, documents)
    return patiently(lambda: _reader(order).run(manifest, shard))


@cache
def _reader(order: Order) -> Any:
    from legenda.execute.batch.shard import ShardReader

    return ShardReader(order)


@cache
def _output(url: str) -> Any:
    from legenda.blobs import BlobStore

    return BlobStore(url)
