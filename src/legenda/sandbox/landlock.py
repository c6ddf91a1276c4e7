"""Takes from this process the right to files it was not given, by Landlock (Linux 5.13 and newer).

It needs no privilege, and so confines LibreOffice where bubblewrap does not work: containers often refuse namespaces.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System calls: the same numbers on every architecture."""
_ASK_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _IOCTL_DEVICE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 15
_ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Rights to files that a version knows, from that version on."""
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_MAKE_SOCKET = 1 << 9
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | (1 << 14) | _IOCTL_DEVICE
_BIND, _CONNECT, _NETWORK_SINCE = 1, 2, 4
_PR_SET_NO_NEW_PRIVS = 38


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """What the kernel offers; 0 where it has no Landlock, or it is switched off."""
    with_errno = ctypes.CDLL(None, use_errno=True)
    return max(0, int(with_errno.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))))


def restrict(readable: Iterable[str], writable: Iterable[str], listening: Iterable[str] = ()) -> bool:
    """Leave this process, and what it becomes, these files and folders only, and no TCP where the kernel can do so.

    Args:
        readable: may be read and run.
        writable: may be changed, too.
        listening: folders in which sockets may be made, and nothing else.

    Returns:
        Whether the kernel did it.
    """
    if not (known := version()):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rights = _ALL[max(v for v in _ALL if v <= known)]
    network = _BIND | _CONNECT if known >= _NETWORK_SINCE else 0
    asked = _Ruleset(rights, network)
    size = ctypes.sizeof(asked) if network else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for paths, allowed in ((readable, _READING), (writable, rights), (listening, _MAKE_SOCKET)):
            for path in paths:
                _allow(libc, ruleset, path, allowed & rights)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            return False
        return not libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, allowed: int) -> None:
    """What does not exist, or may not be opened, is not allowed either."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        kept = allowed if os.path.isdir(path) else allowed & _OF_FILES  # noqa: PTH112  (starts without pathlib)
        rule = _Beneath(kept, descriptor)
        libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)
