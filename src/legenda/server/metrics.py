"""Prometheus metrics, on a port of their own. Labels hold no names, no keys, no texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from legenda.errors import InvalidOptionError
from legenda.jobs.record import FINAL

if TYPE_CHECKING:
    from legenda.jobs.record import Event

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one server; each has a registry of its own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._requests = Counter(
            "legenda_http_requests", "Requests answered", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "legenda_http_seconds", "Time to answer", ("route",), buckets=_SECONDS, registry=registry
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._jobs = Counter("legenda_jobs_closed", "Jobs that came to their end", ("state",), registry=registry)
        self._pages = Counter("legenda_pages", "Pages that were read, or could not be", ("state",), registry=registry)
        self._waiting = Gauge("legenda_queue_pages", "Pages waiting", registry=registry)

    def watch(self, waiting: Callable[[], int]) -> None:
        """Ask for the length of the queue whenever somebody looks."""
        self._waiting.set_function(waiting)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; status 0 is one whose caller left."""
        asked = method if method in _METHODS else "other", route, status
        if asked not in self._series:  # to find them by their labels takes longer than to count
            self._series[asked] = self._requests.labels(asked[0], route, str(status)), self._seconds.labels(route)
        requests, taken = self._series[asked]
        requests.inc()
        taken.observe(seconds)

    def happened(self, events: Sequence[Event]) -> None:
        """Count what became of jobs and pages."""
        for event in events:
            state = event.data.get("state")
            if event.kind == "page" and state in ("done", "failed"):
                self._pages.labels(state).inc()
            elif event.kind == "state" and state in FINAL:
                self._jobs.labels(state).inc()

    def serve(self, host: str, port: int) -> Callable[[], None]:
        """Listen; returns what ends that.

        Raises:
            InvalidOptionError: the address or the port cannot be listened on.
        """
        try:
            server, thread = start_http_server(port, host.strip("[]"), self.registry)
        except OSError as error:
            what, others = (
                f"{host}:{port}, for metrics, cannot be listened on",
                "--metrics-port or LEGENDA_METRICS_HOST",
            )
            raise InvalidOptionError(what, error.strerror or "", f"choose another with {others}") from None

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close
