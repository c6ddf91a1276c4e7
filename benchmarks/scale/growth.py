"""Throughput against the number of `legenda worker` processes on one Postgres and one bucket, drawn."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from fleet import Worker

from benchmarks.scale.services import services
from benchmarks.serve import inputs
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import PLUGIN, Server
from legenda.jobs.record import FINAL

PLOT = Path(__file__).resolve().parents[1] / "plots" / "scale.png"
_SECONDS = 0.2  # a page; the engine sleeps, so that processes need no cores


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for state, removed by the caller.
        quick: with fewer pages and processes.
    """
    counts = (1, 2) if quick else (1, 2, 4, 8)
    rates = {count: _rate(folder / str(count), count, 60 if quick else 150) for count in counts}
    if not quick:
        _draw(rates)
    efficiency = {count: rate / count / rates[1] for count, rate in rates.items()}
    told = ", ".join(f"{count}: {rate:.2f} pages/s ({efficiency[count]:.2f})" for count, rate in rates.items())
    return [
        Measured(
            "throughput grows with the processes",
            "efficiency at least .9 from one to two",
            told,
            efficiency[2] >= 0.9,
            f"{_SECONDS:g} s a page without using the processor; at best {1 / _SECONDS:g} pages/s each",
        )
    ]


def _rate(folder: Path, count: int, pages: int) -> float:
    """Pages a second of so many processes, between the first tenth of the pages and the last."""
    with services() as (database, _, bucket), ExitStack() as stack:
        shared = {"database_url": database.url, "blobs_url": "s3://legenda/growth", "secret_key": "k" * 32}
        server = stack.enter_context(Server(folder / "server", **shared, executor="none"))
        variables = {f"LEGENDA_{name.upper()}": value for name, value in shared.items()}
        variables |= bucket | {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_SECONDS": str(_SECONDS)}
        for number in range(count):
            worker = Worker(folder / f"worker-{number}", variables)
            stack.callback(worker.kill)
        with server.client() as client:
            client.submit(inputs.pdf(8 * count), engine="pace").wait()  # everybody is awake
            first = len(database.page_times())
            jobs = [client.submit(inputs.pdf(pages // 2 * count), engine="pace").id for _ in range(2)]
            while not {client.job(id).state for id in jobs} <= FINAL:
                time.sleep(0.3)
        times = database.page_times()[first:]
        skipped = len(times) // 10
        return (len(times) - 2 * skipped) / (times[-1 - skipped] - times[skipped])


def _draw(rates: dict[int, float]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3.2), layout="constrained")
    axes.plot(list(rates), [count * rates[1] for count in rates], "--", color="#bdbdbd", label="in proportion")
    axes.plot(list(rates), list(rates.values()), "o-", color="#08519c", label="measured")
    axes.set(xlabel="worker processes", ylabel="pages a second", xscale="log", yscale="log", xticks=list(rates))
    axes.set_xticklabels([str(count) for count in rates])
    axes.set_yticks([round(rate, 1) for rate in rates.values()], [f"{rate:.1f}" for rate in rates.values()])
    axes.minorticks_off()
    axes.legend(frameon=False)
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, dpi=120)
