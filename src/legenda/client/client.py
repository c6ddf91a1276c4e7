"""The client's front: hand in, wait, get."""

from __future__ import annotations

import secrets
from typing import Any

from legenda.client.job import RemoteJob
from legenda.client.transport import Transport
from legenda.client.upload import Data, Sent, body
from legenda.document import Document


class Client:
    """A Legenda server; a context manager. Thread safe.

    Every call is tried again when the connection fails or the server is busy (it says for how long); jobs are handed
    in with an idempotency key, so that this never makes two.

    Args:
        base_url: such as `https://ocr.example.org`.
        key: API key, if the server wants one.
        timeout: seconds without a byte after which a call is given up.
        patience: seconds to come back to a server that says it is busy.
    """

    def __init__(self, base_url: str, key: str | None = None, timeout: float = 60.0, patience: float = 300.0) -> None:
        self._transport = Transport(base_url, key, timeout, patience)

    def submit(
        self,
        data: Data,
        *,
        name: str = "",
        idempotency_key: str = "",
        sent: Sent | None = None,
        **options: Any,
    ) -> RemoteJob:
        """Hand in a job and return at once. Files are sent from disk as they are read.

        Args:
            data: a path, the bytes of a file, or a URL the server is to fetch.
            name: of the file, by default its own.
            idempotency_key: the same one gives the same job; by default a new one.
            sent: called with the bytes that are sent, and all there are.
            options: `tier`, `languages`, `pages`, `formats`, `password`, `text_layer`, `structure`, `engine`, `dpi`,
                `metadata`, `webhook`, `deliver`, `priority`, `delete_input`, `tool`, as the server documents them.

        Raises:
            LegendaError: the server refused it, or cannot be reached.
        """
        headers = {"Idempotency-Key": idempotency_key or secrets.token_hex(16), "Prefer": "wait=0"}
        with body(data, name, options, sent) as build:
            status = self._transport.json("POST", "v1/jobs", lambda: {"headers": headers, **build()})
        return RemoteJob(self._transport, status)

    def job(self, id: str) -> RemoteJob:
        """A job handed in earlier.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
        """
        return RemoteJob(self._transport, {"id": id}).refresh()

    def read(self, data: Data, **options: Any) -> Document:
        """Read an image or a document, whole. What is kept of it on the server is deleted afterwards.

        Args:
            data: as for `submit`.
            options: as for `submit`.

        Raises:
            LegendaError: as for `submit`, or the input cannot be read. A single page that fails carries a problem
                instead.
        """
        with self.submit(data, **options) as job:
            return job.wait().document()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
