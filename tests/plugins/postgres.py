"""A Postgres server of one's own, thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Where `initdb` and `pg_ctl` of the newest Postgres are, `None` without one."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda x: int(x.parts[-3]))
    return Path(on_path).parent if on_path else found[-1].parent if found else None


@contextmanager
def cluster() -> Iterator[str]:
    """SQLAlchemy URL of a server that only listens on a socket in a folder of its own.

    It refuses to run as root, so root starts it as `postgres` or `nobody`.
    """
    folder = binaries()
    assert folder is not None, "apt install postgresql"
    user = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="legenda-pg-"))
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    data = home / "data"

    def call(*command: str) -> None:
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if user else {}
        log = home / "commands.log"
        with log.open("ab") as out:  # not a pipe: the server would keep it open
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=out, **who)
        assert done.returncode == 0, log.read_text()

    try:
        call(str(folder / "initdb"), "-D", str(data), "-U", "legenda", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off -c shared_buffers=16MB"
        server = ["-D", str(data), "-l", str(home / "server.log"), "-o", options]
        call(str(folder / "pg_ctl"), "start", "-w", *server)
        try:
            yield f"postgresql+psycopg://legenda@/postgres?host={home}"
        finally:
            call(str(folder / "pg_ctl"), "stop", "-m", "immediate", "-D", str(data))
    finally:
        shutil.rmtree(home)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {x.pw_name: x for x in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
