from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.sandbox.frames import FrameError, pack, unpack


def reader(data: bytes):
    stream = io.BytesIO(data)

    def read(size: int) -> bytearray:
        part = bytearray(stream.read(size))
        if len(part) < size:
            raise EOFError
        return part

    return read


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.lists(st.binary(), max_size=5))
def test_what_is_packed_is_unpacked(header, buffers):
    assert unpack(reader(b"".join(pack(header, buffers))), 10**9) == (header, [bytearray(b) for b in buffers])


def test_lone_surrogates_survive():
    assert unpack(reader(b"".join(pack({"text": "\ud800x"}))), 0)[0] == {"text": "\ud800x"}


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<II", 2**31, 0),
        struct.pack("<II", 2, 10_000),
        struct.pack("<IIQ", 2, 1, 2**60) + b"{}",
        struct.pack("<II", 3, 0) + b"{x}",
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 200_000, 0) + b"[" * 200_000,
    ],
)
def test_a_false_frame_is_refused_before_memory_is_set_aside(data):
    with pytest.raises(FrameError):
        unpack(reader(data), 10**6)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_refused(data):
    try:
        header, _ = unpack(reader(data), 10**6)
        assert isinstance(header, dict)
    except (FrameError, EOFError):
        pass
