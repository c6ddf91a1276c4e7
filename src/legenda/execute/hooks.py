"""What a dialect says of its messages: what stands in them, how they are signed, when they are sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from legenda.errors import NotFoundError
from legenda.jobs.record import Delivery, Job, PageRecord
from legenda.net.webhooks import signed

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.document import Document
    from legenda.jobs.keys import Keys
    from legenda.jobs.store import JobStore

__all__ = ["Content", "Delivery", "Hook", "Job", "Material", "Message", "Signer", "standard"]


@dataclass(frozen=True, slots=True)
class Signer:
    """The keys of the installation, for one delivery.

    Attributes:
        secrets: `whsec_…`, the newest first; one that was replaced less than a day ago signs, too.
        ed25519: signs bytes with the key whose public half is in the JWKS; 64 bytes.
    """

    secrets: tuple[str, ...] = field(repr=False)
    ed25519: Callable[[bytes], bytes] = field(repr=False)


Sign = Callable[[Signer, bytes, float], Mapping[str, str]]
"""Headers that prove where a body comes from; called at every try with seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is POSTed.

    Attributes:
        body: as it is sent, JSON unless `headers` say otherwise.
        headers: besides `Content-Type`.
        sign: makes more headers at each try; `None` leaves the message unsigned.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What is PUT: bytes or a file, which is deleted afterwards, and its media type."""

    data: bytes | Path = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Material:
    """What a message may be made of; call it for the document.

    Attributes:
        job: as it stands.
        store, blobs: where the rest is.
    """

    job: Job
    store: JobStore
    blobs: BlobStore

    def __call__(self) -> Document:
        """The document of a job that is `done` or `partial`.

        Raises:
            NotFoundError: there is none.
        """
        from legenda.document import from_json
        from legenda.execute.assemble import DOCUMENT

        return from_json(b"".join(self.result(DOCUMENT)))

    def result(self, format: str) -> Iterable[bytes]:
        """A finished export in pieces.

        Raises:
            NotFoundError: there is none.
        """
        if (stored := self.job.results.get(format)) is None:
            raise NotFoundError(f"The job has no result as {format}")
        return self.blobs.chunks(stored.key)

    def original(self) -> AbstractContextManager[Path]:
        """The input as a file that is not to be changed.

        Raises:
            NotFoundError: it is deleted.
        """
        if not self.job.request.source.key:
            raise NotFoundError("The input is deleted")
        return self.blobs.path(self.job.request.source.key)

    def pages(self) -> list[PageRecord]:
        """How each page came out."""
        found: list[PageRecord] = []
        while more := self.store.pages(self.job.id, after=found[-1].number if found else 0):
            found += more
        return found


class Hook(Protocol):
    """How a dialect tells its callers.

    `message` and `content` may take their time: each delivery has a thread of its own. `delivery.event` says what
    happened: `queued`, `started`, `closed`; or `warning` when a result could not be PUT, with the reason in
    `delivery.body["message"]`. `closed` is sent after the PUT of the same job, whatever became of that.
    """

    @property
    def seconds(self) -> float:
        """Until the receiver's answer."""
        ...

    def message(self, delivery: Delivery, job: Job, open_document: Material) -> Message:
        """What is POSTed."""
        ...

    def content(self, delivery: Delivery, job: Job, open_document: Material) -> Content:
        """What is PUT."""
        ...

    def delay(self, tries: int) -> float | None:
        """Seconds to wait after so many failed tries (from 1); `None` to give up (`net.retries.Schedule`)."""
        ...


def standard(delivery: Delivery) -> Sign:
    """Signs as Standard Webhooks say; the id is that of the delivery, the same at every try."""
    return lambda signer, body, at: signed(signer.secrets, delivery.id, body, at)


def signer_of(keys: Keys, delivery: Delivery) -> Signer:
    """Who signs a delivery: its key, or the installation."""
    return Signer(keys.webhook_secrets(delivery.key_id), keys.sign)
