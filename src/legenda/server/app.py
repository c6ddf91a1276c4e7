"""Puts the parts together: routes, the guard around them, and what runs beside them as long as the server does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from legenda.errors import LegendaError
from legenda.jobs.record import FINAL, Event
from legenda.server import dialects, events, files, health, logs, openapi, page, problems
from legenda.server.api import account, catalogue, chat, jobs, pages, results, tools, usage
from legenda.server.dialects import descriptions
from legenda.server.dialects.doorway import Doorway
from legenda.server.guard import Guard
from legenda.server.heads import Heads
from legenda.server.metrics import Metrics
from legenda.server.problems import ProblemError
from legenda.server.repeats import Repeats
from legenda.server.service import Service

if TYPE_CHECKING:
    from legenda.server.parts import Parts
    from legenda.settings import Settings

_ROUTERS = (
    jobs.router,
    results.router,
    chat.router,
    tools.router,
    pages.router,
    events.router,
    usage.router,
    account.router,
    catalogue.router,
    files.router,
    health.router,
    descriptions.router,
    page.router,
)
_DRAIN_SECONDS = 20.0  # pages under way are finished if they take no longer; others go back to the queue uncharged


def make_app(parts: Parts, metrics: Metrics) -> FastAPI:
    """The application.

    Args:
        parts: of the installation; they begin to work when the application starts, and are closed when it ends.
        metrics: to be kept.
    """
    app = FastAPI(
        title="Legenda",
        lifespan=lambda app: _running(app, parts, metrics),
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    dialects.load()
    for router in _ROUTERS:
        app.include_router(router)
    for router in dialects.ROUTERS.values():
        app.include_router(router, include_in_schema=False)  # each has a description of its own
    app.state.routes = [route for router in (*_ROUTERS, *dialects.ROUTERS.values()) for route in router.routes]
    for kind in (ProblemError, LegendaError, RequestValidationError, ValidationError, HTTPException, ClientDisconnect):
        app.add_exception_handler(kind, problems.handler)
    app.add_middleware(Heads, routes=app.state.routes)
    app.add_middleware(Doorway, settings=parts.settings)
    app.add_middleware(Guard, metrics=metrics)
    app.add_middleware(Repeats, service=lambda: app.state.service, metrics=metrics)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    return app


def serve(settings: Settings) -> None:
    """Serve until told to end.

    Raises:
        InvalidOptionError: others could reach the server, and there is no key; or a port cannot be listened on.
        LegendaError: the database or the blob store cannot be opened.
    """
    from legenda.server.parts import Parts
    from legenda.server.ways.listener import listen
    from legenda.server.ways.note import Note
    from legenda.server.ways.sockets import opened

    logs.configure(settings.log_level)
    metrics = Metrics()
    with ExitStack() as stack:
        parts = Parts.opened(settings)
        stack.callback(parts.close, 0)
        sockets = opened(settings)
        for each in sockets.all():
            stack.enter_context(each)
        if settings.metrics_port:
            stack.callback(metrics.serve(settings.metrics_host, settings.metrics_port))
        app = make_app(parts, metrics)
        note = Note(settings.data_dir.resolve(), sockets)
        stack.callback(note.remove)
        listen(app, sockets, note.write, lambda: _ending(app))


@asynccontextmanager
async def _running(app: FastAPI, parts: Parts, metrics: Metrics) -> AsyncIterator[None]:
    service = parts.service(lambda batch: _witnessed(app.state.service, metrics, batch))
    app.state.service = service
    metrics.watch(parts.store.waiting)
    # those before it are no news
    service.hub.start(await run_in_threadpool(parts.store.last_event))
    await run_in_threadpool(parts.start)
    try:
        yield
    finally:
        _ending(app)
        service.pictures.close()
        await run_in_threadpool(parts.close, _DRAIN_SECONDS)


def _ending(app: FastAPI) -> None:
    service: Service = app.state.service
    service.draining = True
    service.hub.close()


def _witnessed(service: Service, metrics: Metrics, batch: Sequence[Event]) -> None:
    service.snapshots.forget({event.job for event in batch})
    metrics.happened(batch)
    for event in batch:
        closed = event.kind == "state" and event.data.get("state") in FINAL
        if closed and event.data["state"] != "expired" and (job := service.store.job(event.job)):
            logs.closed(job)
