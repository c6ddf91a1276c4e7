"""The zygote's side: import what a child needs, once, and fork a child per request. See `zygote` for the other side."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections import Counter
from typing import Any

from legenda.sandbox import child, confinement

_OFTEN = {
    "legenda.sources.picture": [f"PIL.{n}ImagePlugin" for n in ("Jpeg", "Png", "Tiff", "Bmp", "Gif", "WebP", "Ppm")]
}
"""What more is imported when a module is asked for again: one picture needs one of them, many need several."""
_CLONE_PARENT, _CLONE_CHILD_SETTID, _PR_GET_TID_ADDRESS = 0x8000, 0x1000000, 40
_MAX_REQUEST, _MAX_DESCRIPTORS = 2**20, 6


def main() -> None:
    """Serve requests from the socket that is standard input until it is closed; return never, but in children."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, asked = socket.socket(fileno=0), Counter[str]()
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, _MAX_REQUEST, _MAX_DESCRIPTORS)
        if not message:
            os._exit(0)
        settings = json.loads(message)
        _prepare(settings["module"], asked)
        pid = _fork()
        if not pid:
            break
        for descriptor in descriptors:
            os.close(descriptor)
        with contextlib.suppress(BrokenPipeError):
            requests.send(str(pid).encode() if pid > 0 else b"refused")
    requests.detach()
    child.main(_settle(settings, descriptors))


def _prepare(module: str, asked: Counter[str]) -> None:
    """Import what a child needs, the first time it is needed. PDFium is initialised by the first job only."""
    asked[module] += 1
    wanted = {1: [module], 2: _OFTEN.get(module, [])}.get(asked[module], [])
    for name in wanted:
        with contextlib.suppress(Exception):  # the child will say what is missing
            importlib.import_module(name)
    if wanted:
        gc.freeze()  # the children's collector would write to, and so copy, every page


def _settle(settings: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
    """Make this fresh child what one that was started anew is; the requests' socket is closed by it."""
    os.setsid()
    gc.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for standard, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    names = [n for n in ("lifeline", "source", "target") if settings[n] is not None]
    sys.path[:] = settings["path"]
    return settings | dict(zip(names, descriptors[3:], strict=True))


def _fork() -> int:
    """As `os.fork`, but the new process is a child of this one's parent; -1 where the kernel refuses."""
    number = confinement.clone_number()
    if number is None:
        return -1
    address = _thread_id_address()
    flags = _CLONE_PARENT | signal.SIGCHLD | (_CLONE_CHILD_SETTID if address else 0)
    libc = ctypes.PyDLL(None)  # keeps the interpreter's lock
    libc.syscall.restype = ctypes.c_long
    ctypes.pythonapi.PyOS_BeforeFork()
    # x86_64 takes the thread id's address as the fourth, aarch64 as the fifth; the other is not used with these flags
    pid = libc.syscall(*map(ctypes.c_long, (number, flags, 0, 0, address, address)))
    if pid:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    return int(pid)


def _thread_id_address() -> int:
    """Where the C library keeps the thread's id, which its own `fork` would renew; 0 if that cannot be known."""
    address = ctypes.c_ulong()
    libc = ctypes.PyDLL(None)
    if libc.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0) or not address.value:
        return 0
    return address.value if ctypes.c_int.from_address(address.value).value == os.getpid() else 0
