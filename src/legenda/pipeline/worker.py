"""A worker: a process with models of its own that reads pages for the process that started it; `pool` is that side.

What it reads and how comes over a socket (`messages`): no password is on a command line.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from typing import NamedTuple

from legenda.document import Page
from legenda.errors import EngineError, LegendaError
from legenda.options import ReadOptions, page_numbers
from legenda.pipeline.messages import pickled, receive, send_pickled, sendable
from legenda.pipeline.page import read_page
from legenda.sources import Source, opened


class Request(NamedTuple):
    """A page to read.

    Attributes:
        key: of the input; what a worker has opened under it, it keeps until it is sent the bare key.
        page: 1-based; 0 is the first of those `options` ask for.
        name: of the input, for messages.
        options: how to read.
    """

    key: int
    page: int
    name: str
    options: ReadOptions


class Answer(NamedTuple):
    """What a request gives, unless it gives a `LegendaError`.

    Attributes:
        page: as read.
        page_count: of the input.
        metadata: of the input.
    """

    page: Page
    page_count: int
    metadata: Mapping[str, str]


def work(link: socket.socket) -> None:
    """Answer requests of the parent. Raises `EOFError` or `ConnectionError` when it has closed its end."""
    inputs: dict[int, Source] = {}
    try:
        while True:
            message, passed = receive(link)
            if isinstance(message, Request):
                send_pickled(link, _answer(message, passed, inputs))
            elif source := inputs.pop(message, None):
                source.close()
    finally:
        for source in inputs.values():
            source.close()


def _answer(request: Request, passed: list[int], inputs: dict[int, Source]) -> bytes:
    answer: Answer | LegendaError
    try:
        source = _source(request, passed, inputs)
        number = request.page or page_numbers(request.options.pages, source.page_count)[0]
        answer = Answer(read_page(source, number, request.options), source.page_count, source.metadata)
        return pickled(answer)
    except LegendaError as error:
        answer = sendable(error)
    except Exception as error:  # also what an engine put into a page that cannot be pickled
        what = f"page {request.page or 1} of {request.name or 'the input'} could not be read"
        answer = EngineError(what, f"{type(error).__name__}: {error}")
    return pickled(answer)


def _source(request: Request, passed: list[int], inputs: dict[int, Source]) -> Source:
    if request.key not in inputs:
        options, descriptor = request.options, _reopened(passed.pop())
        inputs[request.key] = opened(
            descriptor,
            name=request.name,
            password=options.password,
            limits=options.limits,
            attachments=options.attachments,
        )  # which closes the descriptor even if it raises
    for descriptor in passed:
        os.close(descriptor)
    return inputs[request.key]


def _reopened(descriptor: int) -> int:
    """With a position of its own, where the system can do so: libtiff may seek."""
    with contextlib.suppress(OSError):
        own = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
        os.close(descriptor)
        return own
    return descriptor
