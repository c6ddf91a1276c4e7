"""A worker: a process with models of its own that reads pages for the process that started it; `pool` is that side.

Messages are pickles with their length before them: both ends are this package, and what comes from a file passes the
sandbox's checks first. A file is passed as an open descriptor, so that a pipe, bytes, and a file that has been replaced
since are read like any other, and no password is on a command line.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

from legenda.document import Page
from legenda.errors import EngineError, LegendaError
from legenda.options import ReadOptions, page_numbers
from legenda.pipeline.page import read_page
from legenda.sandbox import confinement, zygote
from legenda.sources import Source

_LENGTH = struct.Struct("<Q")


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


def send(link: socket.socket, message: Any, descriptor: int | None = None) -> None:
    """Send a message, and with it an open descriptor."""
    _send(link, pickle.dumps(message, pickle.HIGHEST_PROTOCOL), descriptor)


def receive(link: socket.socket) -> tuple[Any, list[int]]:
    """A message, and the descriptors that came with it.

    Raises:
        EOFError: the other side is gone.
        OSError: so it is.
    """
    head, descriptors, _, _ = socket.recv_fds(link, _LENGTH.size, 1)
    if not head:
        raise EOFError
    (length,) = _LENGTH.unpack(head + _exactly(link, _LENGTH.size - len(head)))
    return pickle.loads(_exactly(link, length)), descriptors  # noqa: S301  (from our own process)


def main(descriptor: int, lifeline: int) -> None:
    """Answer requests until the parent closes its end; never return.

    Args:
        descriptor: of a socket to the parent.
        lifeline: of a pipe the parent holds the other end of; should the parent die, this process is killed.
    """
    confinement.die_with_parent(lifeline)
    inputs: dict[int, Source] = {}
    with contextlib.suppress(EOFError, ConnectionError), socket.socket(fileno=descriptor) as link:
        while True:
            message, passed = receive(link)
            if isinstance(message, Request):
                _send(link, _answer(message, passed, inputs))
            elif source := inputs.pop(message, None):
                source.close()
    for source in inputs.values():
        source.close()
    zygote.close()
    os._exit(0)  # taking the models apart would only take time


def _answer(request: Request, passed: list[int], inputs: dict[int, Source]) -> bytes:
    answer: Answer | LegendaError
    try:
        source = _source(request, passed, inputs)
        number = request.page or page_numbers(request.options.pages, source.page_count)[0]
        answer = Answer(read_page(source, number, request.options), source.page_count, source.metadata)
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except LegendaError as error:
        answer = _ours(error)
    except Exception as error:  # also what an engine put into a page that cannot be pickled
        what = f"page {request.page or 1} of {request.name or 'the input'} could not be read"
        answer = EngineError(what, f"{type(error).__name__}: {error}")
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def _source(request: Request, passed: list[int], inputs: dict[int, Source]) -> Source:
    if request.key not in inputs:
        options, descriptor = request.options, _reopened(passed.pop())
        inputs[request.key] = Source(
            descriptor, name=request.name, password=options.password, limits=options.limits
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


def _ours(error: LegendaError) -> LegendaError:
    """An error the parent can load: a plugin's own becomes the one of ours it is made from."""
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ == LegendaError.__module__)
    return error if type(error) is kind else kind(error.what, error.why, error.remedy)


def _send(link: socket.socket, data: bytes, descriptor: int | None = None) -> None:
    head = _LENGTH.pack(len(data))
    if descriptor is None:
        link.sendall(head + data)
    else:
        socket.send_fds(link, [head], [descriptor])
        link.sendall(data)


def _exactly(link: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view.nbytes:
        got = link.recv_into(view)
        if not got:
            raise EOFError
        view = view[got:]
    return data
