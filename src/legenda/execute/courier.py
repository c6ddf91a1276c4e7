"""Carries webhooks and results to their receivers: what the outbox holds, until it is taken, or a day is over.

A message counts as sent once the store knows that it was taken. Whoever is killed between the two sends it again under
the same id, which is how receivers of Standard Webhooks tell; nothing that the store knows to be sent is sent again.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from legenda.blobs import BlobStore
from legenda.errors import LegendaError, NotFoundError, OutboundError
from legenda.execute.hooks import Content, Hook, Material, signer_of
from legenda.exports.media import media_type
from legenda.jobs.keys import Keys
from legenda.jobs.record import Delivery
from legenda.jobs.store import JobStore
from legenda.net import deliver
from legenda.net.retries import delay
from legenda.net.webhooks import signed
from legenda.settings import Settings

_AT_ONCE = 16
# of these, so that slow receivers take neither the turn nor the room of others
_LIMITS = {"host": 2, "tenant": 8, "put": 8}
_LOOKED_AT = 100  # most that one round takes from the store
_POSTPONED = 10.0  # seconds until one whose receiver is busy is looked at again
_PUT_SECONDS = (30.0, 600.0)
_LEASE = 900.0  # longer than any delivery takes, and making what it brings
_PIECE = 2**20
_GONE = 410

_log = logging.getLogger(__name__)


class _NotDeliveredError(Exception):
    """A try failed; `final` when further ones are no use; `status` if there was an answer."""

    def __init__(self, why: str, final: bool = False, status: int | None = None) -> None:
        super().__init__(why)
        self.why, self.final, self.status = why, final, status


class Courier:
    """Sends what is due, each delivery in a thread of its own.

    Args:
        store: holds the outbox.
        blobs: holds the results.
        keys: know the secrets that sign.
        settings: `allow_hosts`.
        node: who holds the leases.
        hooks: what renders, signs and times the deliveries of dialects, by dialect; others have the native form.
    """

    def __init__(
        self,
        store: JobStore,
        blobs: BlobStore,
        keys: Keys,
        settings: Settings,
        *,
        node: str = "",
        hooks: Mapping[str, Hook] | None = None,
    ) -> None:
        self._store, self._blobs, self._keys, self._settings, self._node = store, blobs, keys, settings, node
        self._hooks: Mapping[str, Hook] = {} if hooks is None else hooks  # which may be filled later
        self._changed = threading.Condition()
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._count = 0
        self._closed = False

    def run_once(self) -> int:
        """Begin what is due, as far as there is room; waits for no receiver. Returns how many were begun."""
        begun, looked_at = 0, 0
        while (room := self._room()) and looked_at < _LOOKED_AT:
            due = self._store.due(self._node, lease=_LEASE, limit=room)
            looked_at += len(due)
            begun += sum(map(self._begin, due))
            if len(due) < room:
                break
        return begun

    def close(self, seconds: float) -> None:
        """Begin nothing more, and wait for what is under way; what takes longer is sent again by whoever comes next."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._count, seconds)

    def _room(self) -> int:
        with self._changed:
            return 0 if self._closed else _AT_ONCE - self._count

    def _begin(self, delivery: Delivery) -> bool:
        shares = [("host", _host(delivery.url)), ("tenant", delivery.tenant), (delivery.kind, "")]
        with self._changed:
            free = all(self._under_way[share] < _LIMITS.get(share[0], _AT_ONCE) for share in shares)
            if free:
                self._under_way.update(shares)
                self._count += 1
        if not free:
            self._store.postpone(delivery, time.time() + _POSTPONED * random.uniform(0.5, 1.5))
            return False
        threading.Thread(target=self._carry, args=(delivery, shares), name="courier", daemon=True).start()
        return True

    def _carry(self, delivery: Delivery, shares: list[tuple[str, str]]) -> None:
        try:
            self._attempt(delivery)
        except Exception as error:  # the store is out of reach; the lease runs out, and it is sent again
            _log.error("delivery %s of job %s: %s", delivery.id, delivery.job, type(error).__name__)
        finally:
            with self._changed:
                self._under_way.subtract(shares)
                self._under_way += Counter()  # forgets hosts with nothing under way
                self._count -= 1
                self._changed.notify_all()

    def _attempt(self, delivery: Delivery) -> None:
        """Try once, and tell the store; only a `True` of the receiver's counts as sent."""
        hook = self._hooks.get(delivery.dialect)
        try:
            status = self._send(delivery, hook)
        except _NotDeliveredError as error:
            self._unsent(delivery, hook, error)
        except OutboundError as error:  # a dialect's schedule promises no waiting for a change of the configuration
            self._unsent(delivery, hook, _NotDeliveredError(str(error), final=hook is not None))
        except LegendaError as error:
            self._unsent(delivery, hook, _NotDeliveredError(str(error)))
        except Exception as error:  # whatever it is, the delivery is not lost for it
            self._unsent(delivery, hook, _NotDeliveredError(type(error).__name__))
        else:
            self._store.sent(delivery, status)

    def _unsent(self, delivery: Delivery, hook: Hook | None, error: _NotDeliveredError) -> None:
        tries = delivery.tries + 1
        wait = None if error.final else hook.delay(tries) if hook else delay(tries)
        _log.info("delivery %s of job %s: %s%s", delivery.id, delivery.job, error.why, "" if wait else " Given up.")
        self._store.unsent(delivery, error.why[:255], time.time() + wait if wait else None, error.status)

    def _send(self, delivery: Delivery, hook: Hook | None) -> int:
        if delivery.kind == "put":
            status = self._put(delivery, hook)
        else:
            status = self._rendered(delivery, hook) if hook else self._post(delivery)
        if not 200 <= status < 300:
            final = status == _GONE
            raise _NotDeliveredError(f"The receiver answered with status {status}.", final, status)
        return status

    def _post(self, delivery: Delivery) -> int:
        body = _json(delivery)
        headers = signed(self._keys.webhook_secrets(delivery.key_id), delivery.id, body, time.time())
        return deliver.post(delivery.url, body, headers, allow=self._settings.allow_hosts)

    def _rendered(self, delivery: Delivery, hook: Hook) -> int:
        material = self._material(delivery)
        message = hook.message(delivery, material.job, material)
        headers = dict(message.headers)
        if message.sign:
            headers |= message.sign(signer_of(self._keys, delivery), message.body, time.time())
        seconds = (hook.seconds, hook.seconds)
        return deliver.post(delivery.url, message.body, headers, seconds=seconds, allow=self._settings.allow_hosts)

    def _put(self, delivery: Delivery, hook: Hook | None) -> int:
        with self._parcel(delivery, hook) as (chunks, size, kind):
            return deliver.put(
                delivery.url,
                chunks,
                size,
                kind,
                headers=delivery.headers,
                seconds=(hook.seconds, _PUT_SECONDS[1]) if hook else _PUT_SECONDS,
                allow=self._settings.allow_hosts,
            )

    @contextmanager
    def _parcel(self, delivery: Delivery, hook: Hook | None) -> Iterator[tuple[Iterable[bytes], int, str]]:
        """What is PUT: in pieces, its bytes, its media type."""
        material = self._material(delivery)
        if hook is None:
            try:
                pieces = material.result(delivery.format)
            except NotFoundError:
                raise _NotDeliveredError("The result is not there any more.", final=True) from None
            yield pieces, material.job.results[delivery.format].size, media_type(delivery.format)
            return
        content = hook.content(delivery, material.job, material)
        try:
            yield _pieces(content), _size(content), content.media_type
        finally:
            if isinstance(content.data, Path):
                content.data.unlink(missing_ok=True)

    def _material(self, delivery: Delivery) -> Material:
        job = self._store.job(delivery.job)
        if job is None or job.state == "expired":
            raise _NotDeliveredError("The job is not there any more.", final=True)
        return Material(job, self._store, self._blobs)


def _size(content: Content) -> int:
    return content.data.stat().st_size if isinstance(content.data, Path) else len(content.data)


def _pieces(content: Content) -> Iterator[bytes]:
    if isinstance(content.data, bytes):
        yield content.data
        return
    with content.data.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _json(delivery: Delivery) -> bytes:
    """The message; halves of surrogate pairs that a caller's metadata may have become U+FFFD."""
    text = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
