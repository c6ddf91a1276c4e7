"""What a test may leave behind."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

from legenda.sandbox import zygote


def left_open() -> tuple[int, int, int]:
    """Descriptors, children (but for the zygote, which lives as long as the process) and threads of this process."""
    gc.collect()
    own = f"/proc/{os.getpid()}"
    children = Path(f"{own}/task/{os.getpid()}/children").read_text().split()
    for task in Path(f"{own}/task").iterdir():
        if task.name != str(os.getpid()):
            children += (task / "children").read_text().split()
    kept = zygote._state.zygote
    children = [pid for pid in children if not kept or int(pid) != kept.process.pid]
    return len(list(Path(f"{own}/fd").iterdir())), len(children), threading.active_count()
