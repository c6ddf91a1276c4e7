"""What a fleet shares: a Postgres that can be restarted, and a bucket whose server can be made to fail."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import buckets
import postgres
import sqlalchemy as sa

from benchmarks.serve.server import Server
from legenda.jobs import schema

_FAILURE = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Database:
    """A Postgres of our own.

    Args:
        url: SQLAlchemy URL, with the folder of its socket.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._home = Path(url.partition("host=")[2])
        self._engine = sa.create_engine(url, pool_pre_ping=True)

    def restart(self) -> None:
        """Kill it, and start it again."""
        user = postgres._unprivileged()
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if user else {}
        command = [
            str(postgres.binaries() / "pg_ctl"),
            "restart",
            "-w",
            "-m",
            "immediate",
            "-D",
            str(self._home / "data"),
        ]
        command += ["-l", str(self._home / "server.log")]
        subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **who)

    def page_times(self) -> list[float]:
        """When each page came to its end, in order."""
        events = sa.select(schema.events.c.at).where(schema.events.c.kind == "page").order_by(schema.events.c.at)
        with self._engine.connect() as db:
            return list(db.execute(events).scalars())

    def pages(self) -> list[tuple[str, int]]:
        """State of every page, and how often it was lost alone."""
        with self._engine.connect() as db:
            return [(row.state, row.tries) for row in db.execute(sa.select(schema.pages.c.state, schema.pages.c.tries))]

    def told(self) -> list[tuple[str, int]]:
        """Job and number of every page that was said to be at its end."""
        events = sa.select(schema.events.c.job_id, schema.events.c.data).where(schema.events.c.kind == "page")
        with self._engine.connect() as db:
            return [(row.job_id, row.data["number"]) for row in db.execute(events)]

    def close(self) -> None:
        """Close connections."""
        self._engine.dispose()


class Weak:
    """Stands before a server and answers with status 500 as long as it is told to.

    Args:
        url: of the server.

    Attributes:
        url: of this.
        failing: it does.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._behind = parts.hostname or "", parts.port or 80
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.failing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(caller,), daemon=True).start()

    def _pass(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller, socket.create_connection(self._behind) as server:
            back = threading.Thread(target=self._copy, args=(server, caller), daemon=True)
            back.start()
            while data := caller.recv(2**16):
                if self.failing.is_set():
                    caller.sendall(_FAILURE)
                    return
                server.sendall(data)

    def _copy(self, server: socket.socket, caller: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(2**16):
                caller.sendall(data)
            caller.shutdown(socket.SHUT_WR)


def joined(server: Server, after: float = 0.0) -> float:
    """Wait until a server has reached its Ray cluster, since a time; when that was, in seconds since 1970."""
    while True:
        for line in server.log.read_text().splitlines():
            if '"the Ray cluster is there"' in line:
                at = datetime.fromisoformat(json.loads(line)["at"]).timestamp()
                if at > after:
                    return at
        assert server.alive
        time.sleep(0.2)


@contextlib.contextmanager
def services() -> Iterator[tuple[Database, Weak, dict[str, str]]]:
    """Both, and the environment variables of whoever uses the bucket `s3://legenda`; set here, too."""
    before = dict(os.environ)
    with buckets.served() as variables, postgres.cluster() as url:
        weak, database = Weak(variables["AWS_ENDPOINT_URL"]), Database(url)
        variables = variables | {"AWS_ENDPOINT_URL": weak.url}
        os.environ.update(variables)
        try:
            yield database, weak, variables
        finally:
            os.environ.clear()
            os.environ.update(before)
            database.close()
            weak.close()
