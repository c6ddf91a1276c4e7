"""The library alone, to compare the server with: seconds of wall clock and of processor it takes for an input.

python -m benchmarks.serve.bare FILE ENGINE JOBS WARM      WARM is read before, so that workers run and models are there
"""

from __future__ import annotations

import os
import sys
import time

from benchmarks.serve.processes import processor_seconds
from legenda import Reader, ReadOptions


def main(path: str, engine: str, jobs: str, warm: str) -> None:
    """Read both and print what the first took."""
    with Reader(ReadOptions(engine=engine, text_layer="ignore"), int(jobs)) as reader:
        reader.start()
        for _ in reader.pages(warm):
            pass
        began, used = time.monotonic(), processor_seconds(os.getpid())
        for _ in reader.pages(path):
            pass
        print(time.monotonic() - began, processor_seconds(os.getpid()) - used)


if __name__ == "__main__":
    main(*sys.argv[1:])
