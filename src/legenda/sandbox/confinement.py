"""What a child takes away from itself before it touches an untrusted byte.

Resource limits work on every POSIX system. On Linux the child also gives up new privileges, dies with its parent, and
installs a seccomp filter (`seccomp(2)`): no sockets, no new programs or processes, no writing to the file system. The
filter needs no privilege inside containers and costs microseconds; where namespaces may be had, `launch` adds them.
Where the kernel refuses one of these, the child goes on with less protection.
"""

from __future__ import annotations

import contextlib
import os
import resource
import struct
import sys
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
_WRITE_FLAGS = 0o3 | 0o100 | 0o1000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC."""
_CLONE_THREAD = 0x10000
_AF_UNIX = 1


class _Syscalls(NamedTuple):
    """Numbers of one architecture; `open` maps those that open files to the argument with their flags."""

    arch: int
    open: dict[int, int]
    clone: int
    clone3: int
    tgkill: int
    deny: tuple[int, ...]
    deny_programs: tuple[int, ...]
    socket: int


_SYSCALLS = {
    "x86_64": _Syscalls(
        arch=0xC000003E,
        open={2: 1, 257: 2},
        clone=56,
        clone3=435,
        tgkill=234,
        # socket connect socketpair fork vfork execve kill truncate rename mkdir rmdir creat link unlink symlink chmod
        # chown lchown ptrace mknod chroot mount tkill keyctl mkdirat mknodat fchownat unlinkat renameat linkat
        # symlinkat fchmodat unshare utimensat perf_event_open open_by_handle_at setns process_vm_readv
        # process_vm_writev renameat2 bpf execveat userfaultfd io_uring_setup pidfd_open openat2 fchmodat2
        deny=(
            *(41, 42, 53, 57, 58, 59, 62, 76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 94, 101, 133, 161, 165, 200, 250),
            *(258, 259, 260, 263, 264, 265, 266, 268, 272, 280, 298, 304, 308, 310, 311, 316, 321, 322, 323),
            *(425, 434, 437, 452),
        ),
        # connect sendto sendmsg sendmmsg fork vfork kill ptrace chroot mount tkill add_key request_key keyctl unshare
        # perf_event_open open_by_handle_at setns process_vm_readv process_vm_writev bpf userfaultfd pidfd_send_signal
        # io_uring_setup pidfd_open
        deny_programs=(
            *(42, 44, 46, 307, 57, 58, 62, 101, 161, 165, 200, 248, 249, 250, 272, 298, 304, 308, 310, 311, 321, 323),
            *(424, 425, 434),
        ),
        socket=41,
    ),
    "aarch64": _Syscalls(
        arch=0xC00000B7,
        open={56: 2},
        clone=220,
        clone3=435,
        tgkill=131,
        # as above, as far as this architecture has them
        deny=(
            *(33, 34, 35, 36, 37, 38, 40, 45, 51, 53, 54, 88, 97, 117, 129, 130, 198, 199, 203, 219, 221, 241, 265),
            *(268, 270, 271, 276, 280, 281, 282, 425, 434, 437, 452),
        ),
        # as above; fork and vfork are not there
        deny_programs=(
            *(203, 206, 211, 269, 129, 117, 51, 40, 130, 217, 218, 219, 97, 241, 265, 268, 270, 271, 280, 282, 424),
            *(425, 434),
        ),
        socket=198,
    ),
}


def limit_resources(memory: int, file_bytes: int, descriptors: int = 64) -> None:
    """Cap address space, file size, descriptors and core dumps.

    Args:
        memory: address space in bytes.
        file_bytes: largest file the process may write.
        descriptors: most it may have open.
    """
    caps = {"AS": memory, "FSIZE": file_bytes, "NOFILE": descriptors, "CORE": 0}
    for name, cap in caps.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS; a hard limit may be lower already
            if kind is not None:
                resource.setrlimit(kind, (cap, cap))


def allow_cpu(seconds: float) -> None:
    """Let this process use so many more seconds of CPU; then it gets SIGXCPU. The parent's clock is the first guard."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    until = int(usage.ru_utime + usage.ru_stime + seconds) + 2
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def allow_memory(megabytes: int) -> None:
    """Cap the address space of this process, in MiB; its sandbox children have a cap of their own."""
    with contextlib.suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, resource.getrlimit(resource.RLIMIT_AS)[1]))


def die_with_parent(lifeline: int) -> None:
    """Be killed by SIGIO once the other end of the pipe `lifeline` is closed, which the kernel does when a parent dies.

    PR_SET_PDEATHSIG would fire when the parent's *thread* that started the child ends, and threads of pools do.
    """
    import fcntl
    import select
    import signal

    if not sys.platform.startswith("linux"):
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    if poll.poll(0):  # it died before we asked to be told
        os._exit(1)


def clone_number() -> int | None:
    """Number of `clone(2)` on this machine; `None` where it is not known."""
    numbers = _numbers()
    return numbers.clone if numbers else None


def _numbers() -> _Syscalls | None:
    known = sys.platform.startswith("linux") and sys.maxsize > 2**32
    return _SYSCALLS.get(os.uname().machine) if known else None


def forbid_syscalls(*, program: bool = False) -> bool:
    """No new privileges, no network, no new processes, no writing to the file system.

    Args:
        program: this process is to become a program of others (`programs`), which may write files, as far as it is
            let at any. `execve` stays allowed, since it makes no process.

    Returns:
        Whether the kernel accepted all of it.
    """
    numbers = _numbers()
    if numbers is None:
        return False
    import ctypes

    code = _filter(numbers, os.getpid(), program)
    packed = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(packed)), 16)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header), 0, 0)


def _filter(numbers: _Syscalls, pid: int, program: bool) -> bytes:
    """Program of the classic packet filter: (code, jump if true, jump if false, operand) per instruction."""
    ops: list[tuple[int, int, int, int]] = []

    def argument(index: int) -> tuple[int, int, int, int]:
        return (_LOAD, 0, 0, 16 + 8 * index)

    def when(number: int, *then: tuple[int, int, int, int]) -> None:
        ops.extend([(_JUMP_EQUAL, 0, len(then), number), *then])

    allow, deny = (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _EPERM)
    ops += [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 1, 0, numbers.arch), deny]
    ops += [(_LOAD, 0, 0, 0), (_JUMP_GREATER_EQUAL, 0, 1, 0x40000000), deny]  # the x32 numbers of x86_64
    for number in numbers.deny_programs if program else numbers.deny:
        when(number, deny)
    for number, flags in () if program else numbers.open.items():
        when(number, argument(flags), (_JUMP_BITS, 0, 1, _WRITE_FLAGS), deny, allow)
    if program:  # LibreOffice does not start without a local one to listen at
        when(numbers.socket, argument(0), (_JUMP_EQUAL, 0, 1, _AF_UNIX), allow, deny)
    when(numbers.clone, argument(0), (_JUMP_BITS, 0, 1, _CLONE_THREAD), allow, deny)
    when(numbers.clone3, (_RETURN, 0, 0, _ENOSYS))  # libraries fall back to clone
    when(numbers.tgkill, argument(0), (_JUMP_EQUAL, 0, 1, pid), allow, deny)  # abort()
    ops.append(allow)
    return b"".join(struct.pack("HBBI", *op) for op in ops)
