"""Credits: what a job may cost is held when it comes, and what was read is charged when it is closed.

The functions work on the caller's open transaction, so that a job and its credits are there together or not at all.
A hold is taken out of the account at once (free credits of the period first, then paid ones), and what was not used
goes back where it came from. Nothing can be spent twice, since all that take from one account wait for one another.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from legenda.errors import BalanceError, InvalidOptionError
from legenda.jobs import rates, schema
from legenda.jobs.plans import check_input, plan_of
from legenda.jobs.record import JobRequest
from legenda.jobs.seal import Seal
from legenda.settings import Settings

ANONYMOUS = "anonymous"
_MOST_CREDITS = 2_000_000_000  # what fits a 32-bit column
_usage, _holds, _balances, _jobs = schema.usage.c, schema.holds.c, schema.balances.c, schema.jobs.c


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used with a key in a period.

    Attributes:
        account: tenant, or `anonymous` for all strangers of a day together.
        period: `2026-11`; of anonymous callers `2026-11-20`.
        key_id: empty without a key.
        free, paid: credits taken, those reserved included.
        reserved: of both, for jobs that are not closed yet.
        pages, failed: read and charged; not read and not charged.
        jobs: begun.
    """

    account: str
    period: str
    key_id: str
    free: int
    paid: int
    reserved: int
    pages: int
    failed: int
    jobs: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: credits taken of the free ones, how many are free (`None`: no limit), paid ones left."""

    used: int
    cap: int | None
    period: Literal["day", "month"]
    paid: int


@dataclass(frozen=True, slots=True)
class _Account:
    name: str
    period: str
    cap: int | None

    @property
    def unit(self) -> Literal["day", "month"]:
        return "day" if len(self.period) > len("2026-11") else "month"


class Meter:
    """Reserves, charges and reports credits.

    Args:
        settings: prices, plans, and whether anything is refused (`balances`).
        seal: hashes the addresses of anonymous callers.
    """

    def __init__(self, settings: Settings, seal: Seal) -> None:
        self._settings, self._seal = settings, seal

    def reserve(self, db: sa.Connection, job_id: str, request: JobRequest, pages: int, now: float) -> int:
        """Hold credits for a new job.

        Args:
            db: in a transaction; on SQLite one that may write from the start (`BEGIN IMMEDIATE`).
            job_id: of the job; its row need not be there yet.
            request: who asks, and for which tier.
            pages: how many, as far as is known.
            now: seconds since 1970.

        Returns:
            The credits held.

        Raises:
            BalanceError: there are not enough.
            QueueFullError: more jobs came in the last minute than the plan allows.
            TooLargeError: the input is larger than the plan allows.
        """
        check_input(self._settings, request, pages)
        account = self._account(request, now)
        rates.count(db, account.name, plan_of(self._settings, request.plan).jobs_minute, now)
        price = self._settings.prices.get(request.reading.tier, 1)
        free, paid = _take(db, account, price * pages)
        _count(db, account, request.key_id, {"free": free, "paid": paid, "reserved": free + paid, "jobs": 1})
        hold = {"account": account.name, "period": account.period, "key_id": request.key_id, "price": price}
        db.execute(sa.insert(schema.holds).values(job_id=job_id, free=free, paid=paid, **hold))
        return free + paid

    def adjust(self, db: sa.Connection, job_id: str, request: JobRequest, pages: int) -> int:
        """The pages are counted: hold more, or give back what is too much.

        Returns:
            The credits held now; 0 if nothing is held for the job.

        Raises:
            BalanceError: there are not enough; what was held still is, until the job is settled.
            TooLargeError: the input is larger than the plan allows.
        """
        check_input(self._settings, request, pages)
        hold = db.execute(sa.select(schema.holds).where(_holds.job_id == job_id).with_for_update()).one_or_none()
        if hold is None:
            return 0
        more = hold.price * pages - hold.free - hold.paid
        if more > 0:
            account = _Account(hold.account, hold.period, self._cap(request))
            free, paid = _take(db, account, more)
        else:
            paid = -min(-more, hold.paid)
            free = more - paid
            _give_back(db, hold.account, -paid)
        _count_held(db, hold, {"free": free, "paid": paid, "reserved": free + paid})
        held = {"free": _holds.free + free, "paid": _holds.paid + paid}
        db.execute(sa.update(schema.holds).where(_holds.job_id == job_id).values(held))
        return int(hold.price * pages)

    def settle(self, db: sa.Connection, job_id: str, pages_done: int, pages_failed: int) -> int:
        """The job is closed, however it ended: charge the pages that were read, and give back the rest.

        Safe to call again, which changes nothing.

        Returns:
            The credits charged.
        """
        gone = sa.delete(schema.holds).where(_holds.job_id == job_id).returning(*schema.holds.c)
        hold = db.execute(gone).one_or_none()
        if hold is None:
            return 0
        charged = min(hold.price * pages_done, hold.free + hold.paid)
        free = min(charged, hold.free)
        unused_paid = hold.paid - (charged - free)
        change = {"free": free - hold.free, "paid": -unused_paid, "reserved": -hold.free - hold.paid}
        # the balance first, as everybody does, so that nobody waits in a circle
        _give_back(db, hold.account, unused_paid)
        _count_held(db, hold, change | {"pages": pages_done, "failed": pages_failed})
        return int(charged)

    def standing(self, db: sa.Connection, request: JobRequest, now: float) -> Standing:
        """How the account stands that a request is charged to."""
        account = self._account(request, now)
        return Standing(_used(db, account), account.cap, account.unit, _paid(db, account.name))

    def usage(self, db: sa.Connection, tenant: str | None = None, period: str | None = None) -> list[Usage]:
        """What was used by key and period, the newest period first.

        Args:
            db: open.
            tenant: only this one's.
            period: `2026-11`; also gives the days of that month.
        """
        amounts = [_usage[name] for name in ("free", "paid", "reserved", "pages", "failed", "jobs")]
        owner = sa.case((of_strangers(_usage.account), ANONYMOUS), else_=_usage.account)
        rows = sa.select(owner.label("account"), _usage.period, _usage.key_id, *amounts).subquery()
        by = rows.c.period, rows.c.account, rows.c.key_id
        query = sa.select(*by, *(sa.func.sum(rows.c[x.name]).label(x.name) for x in amounts)).group_by(*by)
        if tenant is not None:
            query = query.where(rows.c.account == tenant)
        if period is not None:
            query = query.where(rows.c.period.startswith(period, autoescape=True))
        return [Usage(**row._mapping) for row in db.execute(query.order_by(by[0].desc(), *by[1:]))]

    def balances(self, db: sa.Connection, tenant: str | None = None) -> dict[str, int]:
        """Paid credits left, by tenant; only of those who ever had any."""
        query = sa.select(schema.balances).order_by(_balances.tenant)
        if tenant is not None:
            query = query.where(_balances.tenant == tenant)
        return {row.tenant: row.paid for row in db.execute(query)}

    def top_up(self, db: sa.Connection, tenant: str, credits: int) -> int:
        """Add paid credits.

        Returns:
            The paid credits the tenant has now.

        Raises:
            InvalidOptionError: not a positive number, or more than can be kept.
        """
        _alone(db, tenant)
        paid = _paid(db, tenant) + credits
        if credits <= 0 or paid > _MOST_CREDITS:
            raise InvalidOptionError(
                f"{credits} credits cannot be added", "", f"choose a number above 0, {_MOST_CREDITS} at most in all"
            )
        if not db.execute(sa.update(schema.balances).where(_balances.tenant == tenant).values(paid=paid)).rowcount:
            db.execute(sa.insert(schema.balances).values(tenant=tenant, paid=paid))
        return paid

    def caller(self, address: str, now: float) -> str:
        """What is kept instead of an anonymous caller's address: a hash that is another one every day."""
        return self._seal.pseudonym("callers", f"{_day(now)} {_counted_as(address)}") if address else ""

    def forget(self, db: sa.Connection, now: float) -> int:
        """Delete what is known of anonymous callers' use before yesterday; for the retention sweep.

        Returns:
            Rows of usage deleted.
        """
        rates.forget(db, now)
        yesterday = _day(now - 86400)
        midnight = dt.datetime.fromisoformat(yesterday).replace(tzinfo=dt.UTC).timestamp()
        db.execute(sa.update(schema.jobs).where(_jobs.caller != "", _jobs.created < midnight).values(caller=""))
        for table in (schema.holds, schema.usage):
            old = of_strangers(table.c.account), table.c.period < yesterday
            deleted = db.execute(sa.delete(table).where(*old)).rowcount
        return deleted

    def _account(self, request: JobRequest, now: float) -> _Account:
        if _anonymous(request):
            return _Account(f"{ANONYMOUS}:{self.caller(request.caller, now)}", _day(now), self._cap(request))
        return _Account(request.tenant, _day(now)[:7], self._cap(request))

    def _cap(self, request: JobRequest) -> int | None:
        """Free credits of the period; `None` where nothing is refused."""
        if _anonymous(request):
            # whoever sets a number of pages for strangers means it, balances or not
            capped = self._settings.balances or self._settings.anonymous_pages
            return self._settings.anonymous_pages if capped else None
        return plan_of(self._settings, request.plan).free_pages if self._settings.balances else None


def _anonymous(request: JobRequest) -> bool:
    return bool(request.caller) and not request.key_id


def of_strangers(account: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether an account, or a tenant, is that of an anonymous caller."""
    return account.startswith(f"{ANONYMOUS}:", autoescape=True)  # no tenant's name has a colon


def _day(now: float) -> str:
    return dt.datetime.fromtimestamp(now, dt.UTC).date().isoformat()


def _counted_as(address: str) -> str:
    """One line to the internet is one caller: of IPv6 everybody has 2^64 addresses at least."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _alone(db: sa.Connection, account: str) -> None:
    """Until the end of the transaction nobody else takes from the account; SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(account, 0))))


def _take(db: sa.Connection, account: _Account, credits: int) -> tuple[int, int]:
    """Free and paid credits taken; the caller counts the free ones.

    Raises:
        BalanceError: there are not enough.
    """
    _alone(db, account.name)
    if account.cap is None:
        return credits, 0
    used, paid = _used(db, account), _paid(db, account.name)
    free = min(credits, max(0, account.cap - used))
    if credits - free > paid:
        raise BalanceError(
            f"The job needs {credits} credits",
            f"{used} of {account.cap} free credits of this {account.unit} are used, and {paid} paid ones are left",
            f"send fewer pages, wait for the next {account.unit}, or buy credits",
            used=used,
            cap=account.cap,
            period=account.unit,
        )
    _give_back(db, account.name, free - credits)
    return free, credits - free


def _used(db: sa.Connection, account: _Account) -> int:
    mine = _usage.account == account.name, _usage.period == account.period
    return int(db.execute(sa.select(sa.func.coalesce(sa.func.sum(_usage.free), 0)).where(*mine)).scalar_one())


def _paid(db: sa.Connection, tenant: str) -> int:
    return db.execute(sa.select(_balances.paid).where(_balances.tenant == tenant)).scalar_one_or_none() or 0


def _give_back(db: sa.Connection, tenant: str, paid: int) -> None:
    if paid:
        changed = sa.update(schema.balances).where(_balances.tenant == tenant)
        db.execute(changed.values(paid=_balances.paid + paid))


def _count(db: sa.Connection, account: _Account, key_id: str, change: Mapping[str, int]) -> None:
    """Add to a row of usage, which is made if it is not there; alone with the account."""
    if not _add(db, (account.name, account.period, key_id), change):
        row = {"account": account.name, "period": account.period, "key_id": key_id}
        db.execute(sa.insert(schema.usage).values(row | dict(change)))


def _count_held(db: sa.Connection, hold: sa.Row[Any], change: Mapping[str, int]) -> None:
    _add(db, (hold.account, hold.period, hold.key_id), change)


def _add(db: sa.Connection, row: tuple[str, str, str], change: Mapping[str, int]) -> bool:
    mine = _usage.account == row[0], _usage.period == row[1], _usage.key_id == row[2]
    changed = {name: schema.usage.c[name] + by for name, by in change.items() if by}
    return not changed or db.execute(sa.update(schema.usage).where(*mine).values(changed)).rowcount > 0
