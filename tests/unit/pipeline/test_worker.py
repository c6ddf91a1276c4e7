"""Messages between a worker and its parent."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from legenda.errors import PasswordRequiredError
from legenda.options import ReadOptions
from legenda.pipeline.messages import receive, send
from legenda.pipeline.worker import Request

Link = tuple[socket.socket, socket.socket]


@pytest.fixture
def link() -> Iterator[Link]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_request_arrives_with_its_file(link: Link) -> None:
    reading, writing = os.pipe()
    request = Request(3, 1, "book.pdf", ReadOptions(effort="fast", password="sesame"))
    send(link[0], request, reading)
    send(link[0], 3)
    received, (descriptor,) = receive(link[1])
    os.write(writing, b"the file")
    assert received == request and os.read(descriptor, 10) == b"the file"
    assert receive(link[1]) == (3, [])
    for each in (reading, writing, descriptor):
        os.close(each)


def test_errors_arrive_unchanged(link: Link) -> None:
    error = PasswordRequiredError("book.pdf is encrypted", "no password was given", "give one")
    error.what = "page 1 of book.pdf is encrypted"
    send(link[0], error)
    received, _ = receive(link[1])
    assert type(received) is PasswordRequiredError and str(received) == str(error)


@pytest.mark.parametrize("cut", [0, 3, 9])
def test_an_end_in_the_middle_is_an_end(link: Link, cut: int) -> None:
    sending, far = socket.socketpair()
    with sending, far:
        send(sending, "some text")
        link[0].sendall(far.recv(1000)[:cut])
    link[0].close()
    with pytest.raises(EOFError):
        receive(link[1])
