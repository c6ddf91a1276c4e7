"""The store of jobs: what the server, the dispatcher and the courier call. Every method is one transaction."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from legenda.jobs import (
    claims,
    closing,
    corrections,
    deliveries,
    duties,
    events,
    listing,
    losses,
    progress,
    retention,
    starting,
    submission,
)
from legenda.jobs.chats import Chats
from legenda.jobs.database import Database
from legenda.jobs.deliveries import Wanted
from legenda.jobs.files import Files
from legenda.jobs.meter import Meter
from legenda.jobs.migrations import migrate
from legenda.jobs.news import News
from legenda.jobs.record import (
    FINAL,
    Cause,
    Claim,
    Delivery,
    DeliveryEvent,
    DeliveryRecord,
    DeliveryState,
    Event,
    Failure,
    Job,
    JobRequest,
    JobState,
    PageDone,
    PageRecord,
    Prepared,
    Stored,
)
from legenda.jobs.rows import Rules, job_of, job_row
from legenda.jobs.seal import Seal
from legenda.jobs.searching import Sought, search
from legenda.jobs.signal import Signal
from legenda.settings import Settings

_LOOK_SECONDS = 0.5  # how often busy claimants look for leases that ran out; idle ones always do
_PURGE_SECONDS = 3600.0
_FORGET_SECONDS = 60.0


class JobStore:
    """Jobs, their pages, events and messages in one SQL database. Thread safe; any number of processes may share it.

    Args:
        url: SQLAlchemy URL; tables are made or brought up to date.
        seal: of the installation.
        settings: limits, prices, retention.
        clock: seconds since 1970.

    Attributes:
        engine: for what else lies in the database (`legenda.jobs.keys`).
        meter: credits; its methods work within transactions.
        files: that callers uploaded.
        chats: about what jobs have read.
        changed: told of every change made through this object, and of those of others where `listen` was called.
    """

    def __init__(self, url: str, seal: Seal, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(url)
        self.engine = self._database.engine
        migrate(self.engine)
        self.meter = Meter(settings, seal)
        self.files = Files(self._database, clock, settings.files_megabytes)
        self.chats = Chats(self._database, seal, clock)
        self.changed = Signal()
        self._news: News | None = None
        self._rules = Rules(settings, seal, self.meter)
        self._clock = clock
        self._looking = threading.Lock()
        self._looked = self._purged = self._forgotten = 0.0
        self._forgetting = False
        self._pace = listing.Pace()

    def listen(self) -> None:
        """From now on tell other processes of changes, and hear of theirs; they need a Postgres for that."""
        if self._news is None and not self._database.sqlite:
            self._news = News(self.engine, self.changed.notify)

    def check_seal(self) -> None:
        """Whether the seal opens what others keep here.

        Raises:
            SealError: it was sealed with another key.
        """
        with self._database.read() as db:
            for sealed in listing.sealed(db):
                self._rules.seal.open(sealed)

    def close(self) -> None:
        """Close all connections."""
        if self._news:
            self._news.close()
        self._database.close()

    def submit(self, request: JobRequest, prepared: Prepared | None = None) -> tuple[Job, bool]:
        """Take in a job.

        Args:
            request: what is asked for.
            prepared: where the input was already looked at, what was found; the job starts in `running` then.

        Returns:
            The job, and whether it is new: the same idempotency key of the same tenant gives the job there is.

        Raises:
            ConflictError: the idempotency key stands for another request.
            QueueFullError: too many pages wait, or more jobs came in the last minute than the plan allows.
            BalanceError: there are not enough credits.
            TooLargeError: the input is larger than the plan allows.
            InvalidOptionError: a text is longer than there is place for.
        """
        try:
            job, new = self._submitted(request, prepared)
        except IntegrityError:  # another submit with the key was first, which only Postgres finds out this late
            job, new = self._submitted(request, prepared)
        if new:
            self._tell()
        return job, new

    def _submitted(self, request: JobRequest, prepared: Prepared | None) -> tuple[Job, bool]:
        row = job_row(uuid.uuid4().hex, request, self._rules, self._clock())
        with self._database.write() as db:
            if known := submission.known(db, row):
                return job_of(known, self._rules.seal), False
            submission.check_room(submission.waiting(db), self._rules.settings.queue_pages)
            submission.submit(db, self._rules, row, request, prepared)
            return job_of(closing.locked(db, row["id"]), self._rules.seal), True

    def job(self, id: str) -> Job | None:
        """A job as it stands, without its secrets."""
        with self._database.read() as db:
            return listing.job(db, self._rules.seal, id)

    def named(self, tenant: str, idempotency_key: str) -> Job | None:
        """The job of a tenant that an idempotency key stands for, without its secrets."""
        with self._database.read() as db:
            return listing.named(db, self._rules.seal, tenant, idempotency_key)

    def search(self, tenant: str, sought: Sought, *, limit: int = 50, offset: int = 0) -> tuple[list[Job], int]:
        """Jobs of a tenant and dialect, the newest first, and how many there are in all."""
        with self._database.read() as db:
            return search(db, self._rules.seal, tenant, sought, limit, offset)

    def jobs(
        self, tenant: str | None, *, state: JobState | None = None, named: str = "", after: str = "", limit: int = 50
    ) -> list[Job]:
        """Jobs of a tenant (`None`: of all), the newest first.

        Args:
            tenant: whose.
            state: only those in it.
            named: only those with this in their name.
            after: id of the last one of the page before.
            limit: most of them.
        """
        with self._database.read() as db:
            return listing.jobs(db, self._rules.seal, tenant, listing.Wanted(state, named), after, limit)

    def pages(self, id: str, *, after: int = 0, limit: int = 1000) -> list[PageRecord]:
        """Pages of a job by number, from the one after `after`."""
        with self._database.read() as db:
            return listing.pages(db, id, after, limit)

    def page_of(self, id: str, number: int) -> PageRecord | None:
        """A page of a job."""
        found = self.pages(id, after=number - 1, limit=1)
        return found[0] if found and found[0].number == number else None

    def position(self, job: Job) -> int:
        """How many jobs that nobody has begun come before this one, about; 0 if it is next, begun or closed."""
        with self._database.read() as db:
            return listing.position(db, job)

    def unbegun(self) -> int:
        """How many jobs nobody has begun; counted up to 10,000."""
        with self._database.read() as db:
            return listing.unbegun(db)

    def seconds_left(self, job: Job) -> float | None:
        """How long the job will still take at the pace of the last pages read; `None` if that cannot be told."""
        with self._database.read() as db:
            return self._pace.seconds_left(db, job, self._clock())

    def waiting(self) -> int:
        """Pages that wait to be claimed; jobs whose pages are not counted yet wait with those expected."""
        with self._database.read() as db:
            return submission.waiting(db)

    def events(self, job: str | None, after: int = 0, limit: int = 500) -> list[Event]:
        """What happened to a job (`None`: to all) after the event of that number, in order."""
        with self._database.read() as db:
            return events.after(db, job, after, limit, self._clock())

    def last_event(self) -> int:
        """Number of the newest event, 0 before the first."""
        with self._database.read() as db:
            return events.last(db)

    def claim(self, node: str, *, lease: float, pages: int = 4) -> Claim | None:
        """Take the next work: by priority, then the tenant served least, then the job whose turn it is.

        Args:
            node: who asks; `recover` gives back what it held.
            lease: seconds until the work counts as lost, unless `beat` is called.
            pages: most pages of a unit; a page that is suspected of killing its worker comes alone.
        """
        self._look(_LOOK_SECONDS)
        taken = self._claimed(node, lease, pages)
        if taken is None and self._look(0.0):
            taken = self._claimed(node, lease, pages)
        if taken:
            self._tell()
        return taken

    def _claimed(self, node: str, lease: float, pages: int) -> Claim | None:
        taken, settled = None, False
        while not settled:
            with self._database.write() as db:
                taken, settled = claims.claim(db, self._rules, claims.Lease(node, self._clock(), lease, pages))
        return taken

    def _look(self, every: float) -> bool:
        """Take over work whose lease has run out, and fail what was to be begun by now; whether there was any."""
        now = self._clock()
        with self._looking:
            if now < self._looked + every:
                return False
            self._looked = now
        with self._database.read() as db:
            late, unbegun = losses.overdue(db, now), starting.late(db, now)
        for job in late:
            with self._changing() as db:
                losses.take_over(db, self._rules, job, now)
        for job in unbegun:
            with self._changing() as db:
                starting.give_up(db, self._rules, job, now)
        return bool(late or unbegun)

    def beat(self, claim: Claim, lease: float) -> bool:
        """Hold on to work; `False`: it was cancelled, is done, or somebody else holds it, so stop."""
        with self._database.write() as db:
            return claims.beat(db, claim, self._clock() + lease)

    def prepared(self, claim: Claim, prepared: Prepared) -> bool:
        """The input was looked at; without pages, or without credits for them, the job fails.

        Returns:
            Whether that counted: `False` if the work was cancelled or somebody else holds it. So do all reports.
        """
        with self._reporting() as (db, now):
            progress.prepared(db, self._rules, claim, prepared, now)
            return True
        return False

    def page(self, claim: Claim, done: PageDone) -> bool:
        """A page was read or failed; after the last one the job is `assembling`."""
        with self._reporting() as (db, now):
            progress.page(db, claim.job.id, claim.token, done, now)
            return True
        return False

    def assembled(self, claim: Claim, results: Mapping[str, Stored]) -> bool:
        """The exports are written: closes the job as `done`, `partial`, or `failed` where no page could be read."""
        with self._reporting() as (db, now):
            row = progress.held_for_assembly(db, claim)
            closing.finish(db, self._rules, row, results, now)
            return True
        return False

    def exported(self, id: str, results: Mapping[str, Stored], of: Sequence[str] | None = None) -> bool:
        """Further exports of a closed job are written.

        Args:
            id: of the job.
            results: by format.
            of: keys of the pages they were made of, in order; not looked at where nobody tells.

        Returns:
            `False`: the job is gone or expired, and so should they be; or a page was corrected meanwhile.
        """
        with self._changing() as db:
            return closing.export(db, id, results, of)

    def corrected(self, id: str, was: str, done: PageDone) -> bool:
        """A page of a closed job was put right; its exports are made anew when they are asked for.

        Args:
            id: of the job.
            was: key of the blob that the correction was made of.
            done: the page as it is now.

        Returns:
            `False`: somebody else corrected it meanwhile, or the job is not there any more.
        """
        with self._changing() as db:
            return corrections.replace(db, id, was, done, self._clock())

    def failed(self, claim: Claim, failure: Failure) -> bool:
        """The job as a whole cannot be done."""
        with self._reporting() as (db, now):
            progress.failed(db, self._rules, claim, failure, now)
            return True
        return False

    def lost(self, claim: Claim, pages: Sequence[int], cause: Cause, detail: str) -> None:
        """The unit did not come back: these of its pages are not done (none, where it was not about pages)."""
        with self._changing() as db:
            losses.lose(db, self._rules, claim, pages, (cause, detail), self._clock())

    def release(self, claim: Claim, pages: Sequence[int]) -> None:
        """Give back what was not begun; it is charged nothing."""
        with self._changing() as db:
            claims.release(db, claim, pages, self._clock())

    def recover(self, node: str) -> int:
        """The node has just started: whatever it held before is queued again; returns how much that was."""
        with self._database.read() as db:
            held = losses.held_by(db, node)
        given = 0
        for job in dict.fromkeys(held):
            with self._changing() as db:
                given += losses.give_back(db, job, node, self._clock())
        with self._changing() as db:
            return given + deliveries.recover(db, node, self._clock())

    def cancel(self, id: str) -> Job | None:
        """Call off what is not closed yet; work under way learns of it at its next beat. `None`: no such job."""
        with self._changing() as db:
            row = closing.locked(db, id)
            if row is None:
                return None
            if row.state not in FINAL:
                closing.close(db, self._rules, row, "cancelled", self._clock())
            return job_of(closing.locked(db, id), self._rules.seal)

    def delete(self, id: str) -> list[str]:
        """Delete a job with all that is known of it.

        Returns:
            Keys of blobs nobody refers to any more, to be deleted by the caller and then given to `deleted`.
        """
        with self._changing() as db:
            return retention.delete(db, self._rules, id, self._clock()) or []

    def on_duty(self, duty: str, node: str, seconds: float) -> bool:
        """Whether a node has a duty that only one of all has; if so it has it for so many seconds more."""
        with self._database.write() as db:
            return duties.taken(db, duty, node, self._clock(), seconds)

    def expire(self, now: float | None = None) -> list[str]:
        """Forget what is past its time: texts, names, addresses and secrets at once, rows a week later.

        Returns:
            Keys of blobs nobody refers to any more, to be deleted by the caller and then given to `deleted`. Until then
            they are given out again.
        """
        now = self._clock() if now is None else now
        with self._database.read() as db:
            past = retention.past(db, now)
        for job in past:
            with self._changing() as db:
                retention.expire(db, job, now)
        with self._database.write() as db:
            files = retention.drop_past_files(db, now)
        self._forget(bool(past) or files, now)
        with self._database.write() as db:
            retention.drop_inputs(db, now)
            if now >= self._purged + _PURGE_SECONDS:
                self._purged = now
                retention.purge(db, self._rules, now)
            return retention.trash(db)

    def unknown(self, inputs: Sequence[str]) -> list[str]:
        """Those of some inputs' keys that are no job's nor file's: their server died between storing the two."""
        with self._database.read() as db:
            return retention.unused(db, inputs)

    def _forget(self, expired: bool, now: float) -> None:
        self._forgetting = self._forgetting or expired
        if self._forgetting and now >= self._forgotten + _FORGET_SECONDS:
            self._forgetting, self._forgotten = not self._database.forget(), now

    def deleted(self, keys: Iterable[str]) -> None:
        """The blobs that `expire` or `delete` named are deleted."""
        with self._database.write() as db:
            retention.deleted(db, keys, self._clock())
        self._forgetting = True

    def due(self, node: str, *, lease: float, limit: int = 20) -> list[Delivery]:
        """Take messages and results that are to be sent now; each is taken again by somebody after `lease` seconds."""
        self._look(_LOOK_SECONDS)  # all who claim may be busy
        with self._database.write() as db:
            return deliveries.due(db, self._rules, node, self._clock(), lease, limit)

    def sent(self, delivery: Delivery, status: int | None = None) -> bool:
        """It was taken; `False` if somebody else tries it by now. `status` is what the receiver answered with."""
        with self._changing() as db:
            return deliveries.sent(db, delivery, status, self._clock())

    def unsent(self, delivery: Delivery, error: str, retry_at: float | None, status: int | None = None) -> bool:
        """It was not taken: try again then, or give up (`None`)."""
        with self._changing() as db:
            if retry_at is None:
                return deliveries.given_up(db, delivery, error, status, self._clock())
            return deliveries.later(db, delivery, error, status, retry_at)

    def messages(
        self,
        tenant: str,
        *,
        job: str = "",
        states: tuple[DeliveryState, ...] = (),
        event: DeliveryEvent | None = None,
        before: float | None = None,
        limit: int = 50,
    ) -> list[DeliveryRecord]:
        """Messages of a tenant and what became of them, the newest first; kept for a week after their end.

        Args:
            tenant: whose.
            job: only of this one.
            states: only those in one of them.
            event: only those about it.
            before: only those written before that time.
            limit: most of them.
        """
        with self._database.read() as db:
            return deliveries.history(db, tenant, Wanted(job, states, event, before), limit)

    def replay(self, tenant: str, id: str) -> DeliveryRecord | None:
        """Send a message of a tenant again, under the same id.

        Returns:
            It as it stands; `None`: there is none, or whom it went to is not known any more (native messages that were
            taken, and those whose job has expired).
        """
        with self._changing() as db:
            return deliveries.replay(db, tenant, id, self._clock())

    def postpone(self, delivery: Delivery, at: float) -> bool:
        """It was not tried, since its receiver is busy: it comes again then, and that was no try."""
        with self._database.write() as db:
            return deliveries.postpone(db, delivery, at)

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        with self._database.write() as db:
            yield db
        self._tell()

    def _tell(self) -> None:
        self.changed.notify()
        if self._news:
            self._news.tell()

    @contextmanager
    def _reporting(self) -> Iterator[tuple[sa.Connection, float]]:
        """A transaction that a stale report undoes, and that is all."""
        try:
            with self._changing() as db:
                yield db, self._clock()
        except progress.StaleError:
            return
