"""Carries webhooks and results to their receivers: what the outbox holds, until it is taken or a day is over.

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
from urllib.parse import urlsplit

from legenda.blobs import BlobStore
from legenda.errors import LegendaError, NotFoundError
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
_LEASE = 660.0  # longer than any delivery takes
_GONE = 410

_log = logging.getLogger(__name__)


class _NotDeliveredError(Exception):
    """A try failed; `final` when further ones are no use."""

    def __init__(self, why: str, final: bool = False) -> None:
        super().__init__(why)
        self.why, self.final = why, final


class Courier:
    """Sends what is due, each delivery in a thread of its own.

    Args:
        store: holds the outbox.
        blobs: holds the results.
        keys: know the secrets that sign.
        settings: `allow_hosts`.
        node: who holds the leases.
    """

    def __init__(self, store: JobStore, blobs: BlobStore, keys: Keys, settings: Settings, *, node: str = "") -> None:
        self._store, self._blobs, self._keys, self._settings, self._node = store, blobs, keys, settings, node
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
        try:
            self._send(delivery)
        except _NotDeliveredError as error:
            self._unsent(delivery, error.why, error.final)
        except LegendaError as error:
            self._unsent(delivery, str(error), False)
        except Exception as error:  # whatever it is, the delivery is not lost for it
            self._unsent(delivery, type(error).__name__, False)
        else:
            self._store.sent(delivery)

    def _unsent(self, delivery: Delivery, why: str, final: bool) -> None:
        wait = None if final else delay(delivery.tries + 1)
        _log.info("delivery %s of job %s: %s%s", delivery.id, delivery.job, why, "" if wait else " Given up.")
        self._store.unsent(delivery, why[:255], time.time() + wait if wait else None)

    def _send(self, delivery: Delivery) -> None:
        status = self._post(delivery) if delivery.kind == "webhook" else self._put(delivery)
        if not 200 <= status < 300:
            raise _NotDeliveredError(f"The receiver answered with status {status}.", final=status == _GONE)

    def _post(self, delivery: Delivery) -> int:
        body = _json(delivery)
        headers = signed(self._keys.webhook_secret(delivery.key_id), delivery.id, body, time.time())
        return deliver.post(delivery.url, body, headers, allow=self._settings.allow_hosts)

    def _put(self, delivery: Delivery) -> int:
        job = self._store.job(delivery.job)
        result = job.results.get(delivery.format) if job else None
        try:
            if result is None:
                raise NotFoundError("There is no such result")
            chunks = self._blobs.chunks(result.key)
        except NotFoundError:
            raise _NotDeliveredError("The result is not there any more.", final=True) from None
        return deliver.put(
            delivery.url,
            chunks,
            result.size,
            media_type(delivery.format),
            seconds=_PUT_SECONDS,
            allow=self._settings.allow_hosts,
        )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _json(delivery: Delivery) -> bytes:
    """The message; halves of surrogate pairs that a caller's metadata may have become U+FFFD."""
    text = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
