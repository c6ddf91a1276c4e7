"""Messages between a process of ours and the one that started it: pickles with their length before them.

Both ends are this package, and what comes from a file passes the sandbox's checks first. A file is passed as an open
descriptor, so that a pipe, bytes, and a file that has been replaced since are read like any other.
"""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

from legenda.errors import LegendaError

_LENGTH = struct.Struct("<Q")


def pickled(message: Any) -> bytes:
    """A message as bytes. Raises whatever pickling raises where it cannot be sent."""
    return pickle.dumps(message, pickle.HIGHEST_PROTOCOL)


def send(link: socket.socket, message: Any, descriptor: int | None = None) -> None:
    """Send a message, and with it an open descriptor."""
    send_pickled(link, pickled(message), descriptor)


def send_pickled(link: socket.socket, data: bytes, descriptor: int | None = None) -> None:
    """The same for a message that is `pickled` already."""
    head = _LENGTH.pack(len(data))
    if descriptor is None:
        link.sendall(head + data)
    else:
        socket.send_fds(link, [head], [descriptor])
        link.sendall(data)


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


def sendable(error: LegendaError) -> LegendaError:
    """An error the other side can load: a plugin's own becomes the one of ours it is made from."""
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ == LegendaError.__module__)
    return error if type(error) is kind else kind(error.what, error.why, error.remedy)


def _exactly(link: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view.nbytes:
        got = link.recv_into(view)
        if not got:
            raise EOFError
        view = view[got:]
    return data
