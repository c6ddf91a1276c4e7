"""Whatever comes in whatever order: nothing is spent twice, nothing is lost, nothing is ever negative."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from databases import on_sqlite
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from sqlalchemy.pool import StaticPool

from legenda.errors import BalanceError
from legenda.jobs import schema
from legenda.jobs.meter import Meter
from legenda.jobs.record import Input, JobRequest, Reading
from legenda.jobs.seal import Seal
from legenda.settings import Plan, Settings

CAPS = {"small": 4, "large": 12, "prepaid": 0}
PRICES = {"fast": 0, "balanced": 1, "accurate": 3}
MONTHS = (1_795_000_000.0, 1_797_000_000.0)
PAGES = st.integers(0, 9)


class Accounts(RuleBasedStateMachine):
    """Keys of two tenants, with plans of their own, reserve, count, and close jobs over two months."""

    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        plans = {name: Plan(free_pages=cap) for name, cap in CAPS.items()}
        configured = Settings(data_dir=Path(tempfile.gettempdir()), balances=True, plans=plans, prices=PRICES)
        self.meter = Meter(configured, Seal(b"k" * 32))
        self.engine = on_sqlite("sqlite://", poolclass=StaticPool)
        self.bought: Counter[str] = Counter()
        self.charged: Counter[str] = Counter()
        self.held: dict[str, int] = {}
        self.made = 0

    def teardown(self) -> None:
        self.engine.dispose()

    def left(self, db: sa.Connection, request: JobRequest, now: float) -> int:
        """Credits the request could have, found out from the rows alone."""
        used = sum(x.free for x in self.meter.usage(db, request.tenant, "2026-11" if now == MONTHS[0] else "2026-12"))
        return max(0, CAPS[request.plan] - used) + self.meter.balances(db).get(request.tenant, 0)

    @rule(
        target=jobs,
        tenant=st.sampled_from(["a", "b"]),
        plan=st.sampled_from(sorted(CAPS)),
        tier=st.sampled_from(sorted(PRICES)),
        pages=PAGES,
        now=st.sampled_from(MONTHS),
    )
    def reserve(self, tenant: str, plan: str, tier: str, pages: int, now: float) -> tuple[str, JobRequest, float]:
        self.made += 1
        job = f"j{self.made}"
        request = JobRequest(tenant, Input("a"), key_id=plan, plan=plan, reading=Reading(tier))  # type: ignore[arg-type]
        self.hold(job, request, now, PRICES[tier] * pages, lambda db: self.meter.reserve(db, job, request, pages, now))
        return job, request, now

    @rule(job=jobs, pages=PAGES)
    def adjust(self, job: tuple[str, JobRequest, float], pages: int) -> None:
        name, request, now = job
        if name in self.held:
            wanted = PRICES[request.reading.tier] * pages
            self.hold(name, request, now, wanted, lambda db: self.meter.adjust(db, name, request, pages))

    def hold(self, job: str, request: JobRequest, now: float, wanted: int, call: object) -> None:
        """It is refused if and only if there is too little."""
        with self.engine.begin() as db:
            enough = wanted - self.held.get(job, 0) <= self.left(db, request, now)
        try:
            with self.engine.begin() as db:
                assert call(db) == wanted  # type: ignore[operator]
            assert enough
            self.held[job] = wanted
        except BalanceError:
            assert not enough

    @rule(job=consumes(jobs), done=PAGES, failed=PAGES)
    def settle(self, job: tuple[str, JobRequest, float], done: int, failed: int) -> None:
        name, request, _ = job
        held = self.held.pop(name, 0)
        with self.engine.begin() as db:
            charged = self.meter.settle(db, name, done, failed)
        assert charged == min(held, PRICES[request.reading.tier] * done)
        self.charged[request.tenant] += charged

    @initialize(credits=st.integers(1, 40))
    def begin(self, credits: int) -> None:
        for tenant in ("a", "b"):
            self.top_up(tenant, credits)

    @rule(tenant=st.sampled_from(["a", "b"]), credits=st.integers(1, 9))
    def top_up(self, tenant: str, credits: int) -> None:
        with self.engine.begin() as db:
            self.meter.top_up(db, tenant, credits)
        self.bought[tenant] += credits

    @invariant()
    def nothing_is_negative_and_nothing_is_lost(self) -> None:
        with self.engine.begin() as db:
            usage, balances = self.meter.usage(db), self.meter.balances(db)
            holds = db.execute(sa.select(schema.holds)).all()
        for row in usage:
            assert min(row.free, row.paid, row.reserved, row.pages, row.failed) >= 0
            mine = [x for x in holds if (x.account, x.period, x.key_id) == (row.account, row.period, row.key_id)]
            assert row.reserved == sum(x.free + x.paid for x in mine) <= row.free + row.paid
        assert {x.job_id: x.free + x.paid for x in holds} == self.held
        assert min((x for hold in holds for x in (hold.free, hold.paid)), default=0) >= 0
        for tenant in ("a", "b"):
            rows = [row for row in usage if row.account == tenant]
            assert balances.get(tenant, 0) + sum(row.paid for row in rows) == self.bought[tenant]
            assert balances.get(tenant, 0) >= 0
            assert sum(row.free + row.paid - row.reserved for row in rows) == self.charged[tenant]
            for month in {row.period for row in rows}:
                assert sum(row.free for row in rows if row.period == month) <= max(CAPS.values())


Accounts.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAccounts = Accounts.TestCase
