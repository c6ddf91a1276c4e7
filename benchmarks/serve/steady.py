"""Clients that ask for one URL at a steady rate, in a process of their own: `steady.py URL CLIENTS RATE SECONDS`."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from urllib.parse import urlsplit

from benchmarks.serve.measured import percentile


async def _client(url: str, rate: float, until: float, taken: list[float]) -> None:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    request = (
        f"GET {place.path}?logs=false HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Key bench\r\n\r\n".encode()
    )
    due = time.monotonic() + random.random() / rate
    while due < until:
        await asyncio.sleep(due - time.monotonic())
        began = time.perf_counter()
        writer.write(request)
        told = await reader.readuntil(b"\r\n\r\n")
        length = int(told.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        if not told.startswith((b"HTTP/1.1 202", b"HTTP/1.1 200")):
            raise RuntimeError(told.decode())
        taken.append(time.perf_counter() - began)
        due += 1 / rate
    writer.close()


async def _all(url: str, clients: int, rate: float, seconds: float) -> list[float]:
    taken: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(_client(url, rate, until, taken) for _ in range(clients)))
    return taken


if __name__ == "__main__":
    found = asyncio.run(_all(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
    print(json.dumps({"answers": len(found), "p99": percentile(found, 0.99)}))
