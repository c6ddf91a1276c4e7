"""Frames between a parent and its child: a JSON header and raw buffers, never pickle.

Layout, little endian: two unsigned 32-bit numbers (bytes of JSON, number of buffers), one unsigned 64-bit length per
buffer, the JSON, the buffers. Every number is checked before memory is set aside, because the other side may be
compromised.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

Buffer = bytes | bytearray | memoryview
Header = dict[str, Any]

MAX_HEADER = 64 * 2**20
MAX_BUFFERS = 64

_PREFIX = struct.Struct("<II")


class FrameError(Exception):
    """The bytes are not a frame, or it is larger than allowed."""


def pack(header: Header, buffers: Sequence[Buffer] = ()) -> list[Buffer]:
    """Parts of a frame, to be written one after the other."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    views = [memoryview(b).cast("B") if memoryview(b).nbytes else memoryview(b"") for b in buffers]
    if len(text) > MAX_HEADER or len(views) > MAX_BUFFERS:
        raise FrameError(f"a frame of {len(text)} bytes of JSON and {len(views)} buffers is too large")
    lengths = struct.pack(f"<{len(views)}Q", *(v.nbytes for v in views))
    return [_PREFIX.pack(len(text), len(views)) + lengths + text, *views]


def unpack(read: Callable[[int], bytearray], max_bytes: int) -> tuple[Header, list[bytearray]]:
    """Read one frame.

    Args:
        read: gives exactly as many bytes as asked for, or raises.
        max_bytes: most bytes of all buffers together.

    Raises:
        FrameError: what came is no frame or too large.
    """
    size, count = _PREFIX.unpack(read(_PREFIX.size))
    if size > MAX_HEADER or count > MAX_BUFFERS:
        raise FrameError(f"a frame announces {size} bytes of JSON and {count} buffers")
    lengths = struct.unpack(f"<{count}Q", read(8 * count))
    if sum(lengths) > max_bytes:
        raise FrameError(f"a frame announces {sum(lengths)} bytes where {max_bytes} are allowed")
    try:
        header = json.loads(read(size).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise FrameError("the header of a frame is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("the header of a frame is not an object")
    return header, [read(n) for n in lengths]
