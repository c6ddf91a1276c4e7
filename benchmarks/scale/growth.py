"""Throughput against the number of `legenda worker`s, and of Ray nodes, on one Postgres and one bucket, drawn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from fleet import Worker
from rays import rays

from benchmarks.scale.services import joined, services
from benchmarks.serve import inputs
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import PLUGIN, Server
from legenda.jobs.record import FINAL

PLOT = "plots/scale.png"
_SECONDS = 0.25  # a page, as `balanced` takes
_PAGES = 80  # a process

_Shared = dict[str, object]
Readers = Callable[[Path, int, str, _Shared, dict[str, str], ExitStack], Server]
"""Starts so many; gives the server."""


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it; wants a machine on which nothing else runs.

    Args:
        folder: for state, removed by the caller.
        quick: with fewer pages and processes.
    """
    pages = 40 if quick else _PAGES
    kinds: list[tuple[str, str, Readers, Sequence[int]]] = [
        ("processes that compute", "spin", _workers, (1, 2)),
        ("processes that wait", "pace", _workers, (1, 2) if quick else (1, 2, 4, 8)),
        ("Ray nodes that wait", "pace", _nodes, (1, 2)),
    ]
    rates: dict[str, dict[int, float]] = {}
    for kind, engine, readers, counts in kinds:
        rates[kind] = {}
        for count in counts:
            rates[kind][count] = _rate(folder / kind / str(count), count, engine, readers, pages)
            print(f"{count} {kind}: {rates[kind][count]:.2f} pages/s", flush=True)
    _draw(rates, folder / "plot.png" if quick else Path(__file__).resolve().parents[1] / PLOT)
    return [_told(kind, found) for kind, found in rates.items()]


def _told(kind: str, rates: dict[int, float]) -> Measured:
    efficiency = {count: rate / count / rates[1] for count, rate in rates.items()}
    told = ", ".join(f"{count}: {rate:.2f} pages/s ({efficiency[count]:.2f})" for count, rate in rates.items())
    return Measured(
        f"throughput grows with the number of {kind}",
        "efficiency at least .9 from one to two",
        told,
        efficiency[2] >= 0.9,
        f"{_SECONDS:g} s a page; at best {1 / _SECONDS:g} pages/s each",
    )


def _rate(folder: Path, count: int, engine: str, readers: Readers, pages: int) -> float:
    """Pages a second of so many, between the first tenth of the pages and the last."""
    with services() as (database, _, bucket), ExitStack() as stack:
        shared: _Shared = {"database_url": database.url, "blobs_url": "s3://legenda/growth", "secret_key": "k" * 32}
        server = readers(folder, count, engine, shared, bucket, stack)
        with server.client() as client:
            client.submit(inputs.pdf(12 * count), engine=engine).wait()  # everybody is awake
            first = len(database.page_times())
            jobs = [client.submit(inputs.pdf(pages // 2 * count), engine=engine).id for _ in range(2)]
            while not {client.job(id).state for id in jobs} <= FINAL:
                time.sleep(0.5)
        times = database.page_times()[first:]
        skipped = len(times) // 10
        return (len(times) - 2 * skipped) / (times[-1 - skipped] - times[skipped])


def _workers(
    folder: Path, count: int, engine: str, shared: _Shared, bucket: dict[str, str], stack: ExitStack
) -> Server:
    server = stack.enter_context(Server(folder / "server", **shared, executor="none"))
    variables = {f"LEGENDA_{name.upper()}": str(value) for name, value in shared.items()}
    variables |= bucket | {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_SECONDS": str(_SECONDS)}
    for number in range(count):
        worker = Worker(folder / f"worker-{number}", variables)
        stack.callback(worker.kill)
    return server


def _nodes(folder: Path, count: int, engine: str, shared: _Shared, bucket: dict[str, str], stack: ExitStack) -> Server:
    cluster = stack.enter_context(rays(bucket | {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_SECONDS": str(_SECONDS)}))
    cluster.head(1)
    for number in range(1, count):
        cluster.node(f"node-{number}", 1)
    os.environ["RAY_ADDRESS"] = cluster.address
    server = stack.enter_context(Server(folder / "server", **shared, executor="ray", workers=count))
    with server.client() as client:
        client.submit(inputs.pdf(1), engine=engine).wait()
    joined(server)
    return server


def _draw(rates: dict[str, dict[int, float]], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5.4, 3.4), layout="constrained")
    counts = sorted({count for found in rates.values() for count in found})
    axes.plot(counts, [count / _SECONDS for count in counts], "--", color="#bdbdbd", label="at best")
    looks = zip(rates.items(), ("#08519c", "#e6550d", "#31a354"), ("o-", "s-", "^-"), strict=True)
    for (kind, found), color, look in looks:
        axes.plot(list(found), list(found.values()), look, color=color, label=kind)
    axes.set(
        xlabel="worker processes, or Ray nodes", ylabel="pages a second", xscale="log", yscale="log", xticks=counts
    )
    axes.set_xticklabels([str(count) for count in counts])
    ticks = [count / _SECONDS for count in counts]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(frameon=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)
