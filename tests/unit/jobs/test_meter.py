from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from legenda.errors import BalanceError, InvalidOptionError, TooLargeError
from legenda.jobs import schema
from legenda.jobs.meter import Meter, Standing, Usage
from legenda.jobs.record import Input, JobRequest, Reading
from legenda.jobs.seal import Seal
from legenda.settings import Plan, Settings

NOVEMBER = 1_795_000_000.0  # 18 November 2026
DECEMBER = NOVEMBER + 20 * 86_400
REQUEST = JobRequest("acme", Input("a.pdf"), key_id="k1")
STRANGER = JobRequest("anonymous", Input("a.pdf"), caller="203.0.113.7")


@pytest.fixture
def db(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def meter(tmp_path: Path) -> Meter:
    return made(tmp_path, free=10)


def made(folder: Path, free: int | None, **given: object) -> Meter:
    plans = {"default": Plan(free_pages=free), "small": Plan(file_pages=3)}
    settings = {"data_dir": folder, "plans": plans, "balances": True, "prices": {"balanced": 1, "accurate": 3}}
    return Meter(Settings(**(settings | given)), Seal(b"k" * 32))


def standing(meter: Meter, db: sa.Connection, request: JobRequest = REQUEST, now: float = NOVEMBER) -> tuple[int, int]:
    """Free credits taken and paid ones left."""
    found = meter.standing(db, request, now)
    return found.used, found.paid


def test_what_was_read_is_charged_and_the_rest_goes_back(meter: Meter, db: sa.Connection) -> None:
    assert meter.reserve(db, "j", REQUEST, 8, NOVEMBER) == 8
    assert meter.usage(db) == [Usage("acme", "2026-11", "k1", 8, 0, 8, 0, 0, 1)]
    assert meter.settle(db, "j", 5, 2) == 5
    assert meter.usage(db) == [Usage("acme", "2026-11", "k1", 5, 0, 0, 5, 2, 1)]
    assert meter.settle(db, "j", 5, 2) == 0
    assert meter.usage(db) == [Usage("acme", "2026-11", "k1", 5, 0, 0, 5, 2, 1)]
    assert meter.standing(db, REQUEST, NOVEMBER) == Standing(5, 10, "month", 0)


def test_a_job_that_fails_costs_nothing(meter: Meter, db: sa.Connection) -> None:
    meter.top_up(db, "acme", 5)
    assert meter.reserve(db, "j", REQUEST, 15, NOVEMBER) == 15
    assert standing(meter, db) == (10, 0)
    assert meter.settle(db, "j", 0, 15) == 0
    assert standing(meter, db) == (0, 5)


def test_paid_credits_are_used_after_the_free_ones(meter: Meter, db: sa.Connection) -> None:
    assert meter.top_up(db, "acme", 5) == 5
    assert meter.top_up(db, "acme", 2) == 7
    meter.reserve(db, "j", REQUEST, 14, NOVEMBER)
    assert standing(meter, db) == (10, 3)
    assert meter.settle(db, "j", 12, 2) == 12
    assert standing(meter, db) == (10, 5)
    assert meter.balances(db) == {"acme": 5}
    assert meter.balances(db, "other") == {}
    (row,) = meter.usage(db)
    assert (row.free, row.paid) == (10, 2)


def test_too_little_is_refused_whole(meter: Meter, db: sa.Connection) -> None:
    meter.top_up(db, "acme", 2)
    meter.reserve(db, "j", REQUEST, 4, NOVEMBER)
    with pytest.raises(BalanceError, match="4 of 10 free credits of this month are used, and 2 paid") as caught:
        meter.reserve(db, "k", REQUEST, 9, NOVEMBER)
    assert (caught.value.used, caught.value.cap, caught.value.period) == (4, 10, "month")
    assert standing(meter, db) == (4, 2)
    assert meter.reserve(db, "k", REQUEST, 8, NOVEMBER) == 8


def test_keys_of_a_tenant_share_and_tenants_do_not(meter: Meter, db: sa.Connection) -> None:
    meter.reserve(db, "a", REQUEST, 6, NOVEMBER)
    with pytest.raises(BalanceError):
        meter.reserve(db, "b", replace(REQUEST, key_id="k2"), 5, NOVEMBER)
    meter.reserve(db, "b", replace(REQUEST, key_id="k2"), 4, NOVEMBER)
    meter.reserve(db, "c", replace(REQUEST, tenant="other"), 10, NOVEMBER)
    assert [(row.account, row.key_id, row.free) for row in meter.usage(db)] == [
        ("acme", "k1", 6),
        ("acme", "k2", 4),
        ("other", "k1", 10),
    ]
    assert {row.account for row in meter.usage(db, "acme")} == {"acme"}


def test_a_month_starts_anew_and_is_charged_what_began_in_it(meter: Meter, db: sa.Connection) -> None:
    meter.reserve(db, "a", REQUEST, 10, NOVEMBER)
    meter.reserve(db, "b", REQUEST, 10, DECEMBER)
    meter.settle(db, "a", 3, 7)
    assert standing(meter, db) == (3, 0)
    assert standing(meter, db, now=DECEMBER) == (10, 0)
    assert [(row.period, row.free) for row in meter.usage(db)] == [("2026-12", 10), ("2026-11", 3)]
    assert [row.period for row in meter.usage(db, period="2026-11")] == ["2026-11"]


def test_the_tier_has_its_price_as_it_was_when_the_job_came(meter: Meter, db: sa.Connection, tmp_path: Path) -> None:
    accurate = replace(REQUEST, reading=Reading("accurate"))
    assert meter.reserve(db, "j", accurate, 2, NOVEMBER) == 6
    assert made(tmp_path, 10, prices={"accurate": 100}).adjust(db, "j", accurate, 3) == 9
    assert meter.settle(db, "j", 2, 1) == 6


def test_counting_the_pages_holds_more_or_less(meter: Meter, db: sa.Connection) -> None:
    meter.top_up(db, "acme", 5)
    meter.reserve(db, "j", REQUEST, 1, NOVEMBER)
    assert meter.adjust(db, "j", REQUEST, 13) == 13
    assert standing(meter, db) == (10, 2)
    assert meter.adjust(db, "j", REQUEST, 12) == 12
    assert standing(meter, db) == (10, 3)
    assert meter.adjust(db, "j", REQUEST, 4) == 4
    assert standing(meter, db) == (4, 5)
    with pytest.raises(BalanceError):
        meter.adjust(db, "j", REQUEST, 16)
    assert standing(meter, db) == (4, 5)
    assert meter.adjust(db, "j", REQUEST, 0) == 0
    assert meter.settle(db, "j", 0, 0) == 0
    assert meter.adjust(db, "gone", REQUEST, 5) == 0


def test_never_more_is_charged_than_was_held(meter: Meter, db: sa.Connection) -> None:
    meter.reserve(db, "j", REQUEST, 2, NOVEMBER)
    assert meter.settle(db, "j", 50, 0) == 2


def test_a_plan_caps_pages(meter: Meter, db: sa.Connection) -> None:
    small = replace(REQUEST, plan="small")
    with pytest.raises(TooLargeError):
        meter.reserve(db, "j", small, 4, NOVEMBER)
    meter.reserve(db, "j", small, 1, NOVEMBER)
    with pytest.raises(TooLargeError):
        meter.adjust(db, "j", small, 4)


@pytest.mark.parametrize("free", [0, 1, None])
def test_without_balances_nothing_is_refused_but_all_is_counted(
    free: int | None, db: sa.Connection, tmp_path: Path
) -> None:
    meter = made(tmp_path, free, balances=False)
    for request in (REQUEST, replace(REQUEST, key_id=""), STRANGER):
        meter.reserve(db, request.key_id + request.tenant, request, 50, NOVEMBER)
        meter.settle(db, request.key_id + request.tenant, 48, 2)
    assert [(x.account, x.key_id, x.free, x.pages, x.failed) for x in meter.usage(db)] == [
        ("anonymous", "", 48, 48, 2),
        ("acme", "", 48, 48, 2),
        ("acme", "k1", 48, 48, 2),
    ]


def test_an_unset_cap_is_none(db: sa.Connection, tmp_path: Path) -> None:
    meter = made(tmp_path, None)
    meter.reserve(db, "j", REQUEST, 5000, NOVEMBER)
    assert meter.standing(db, REQUEST, NOVEMBER).cap is None
    with pytest.raises(BalanceError):
        made(tmp_path, 0).reserve(db, "k", replace(REQUEST, tenant="other"), 1, NOVEMBER)


@pytest.mark.parametrize("balances", [True, False])
def test_strangers_have_so_many_a_day_and_address(balances: bool, db: sa.Connection, tmp_path: Path) -> None:
    meter = made(tmp_path, None, balances=balances, anonymous_pages=5)
    meter.reserve(db, "a", STRANGER, 5, NOVEMBER)
    with pytest.raises(BalanceError) as caught:
        meter.reserve(db, "b", STRANGER, 1, NOVEMBER)
    assert (caught.value.used, caught.value.cap, caught.value.period) == (5, 5, "day")
    meter.reserve(db, "b", replace(STRANGER, caller="203.0.113.8"), 5, NOVEMBER)
    meter.reserve(db, "c", STRANGER, 5, NOVEMBER + 86_400)
    assert [(x.account, x.period, x.free, x.jobs) for x in meter.usage(db)] == [
        ("anonymous", "2026-11-19", 5, 1),
        ("anonymous", "2026-11-18", 10, 2),
    ]


def test_no_page_for_strangers_unless_it_is_said(meter: Meter, db: sa.Connection) -> None:
    with pytest.raises(BalanceError):
        meter.reserve(db, "a", STRANGER, 1, NOVEMBER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2:3:4", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("a name", "a name", True),
    ],
)
def test_who_is_one_caller(one: str, other: str, same: bool, meter: Meter) -> None:
    assert (meter.caller(one, NOVEMBER) == meter.caller(other, NOVEMBER)) is same


def test_addresses_are_hashed_and_forgotten(db: sa.Connection, tmp_path: Path) -> None:
    meter = made(tmp_path, None, anonymous_pages=9)
    assert meter.caller(STRANGER.caller, NOVEMBER) != meter.caller(STRANGER.caller, NOVEMBER + 86_400)
    assert meter.caller("", NOVEMBER) == ""
    meter.reserve(db, "a", STRANGER, 2, NOVEMBER)
    meter.reserve(db, "b", REQUEST, 2, NOVEMBER)
    tables = (schema.usage, schema.holds, schema.balances)
    assert STRANGER.caller not in repr([db.execute(sa.select(table)).all() for table in tables])
    assert meter.forget(db, NOVEMBER + 86_400) == 0
    assert meter.forget(db, NOVEMBER + 2 * 86_400) == 1
    assert [row.account for row in meter.usage(db)] == ["acme"]
    assert db.execute(sa.select(schema.holds.c.job_id)).scalars().all() == ["b"]
    assert meter.settle(db, "a", 2, 0) == 0


@pytest.mark.parametrize("credits", [0, -1, 2_000_000_001])
def test_credits_that_cannot_be_added(credits: int, meter: Meter, db: sa.Connection) -> None:
    meter.top_up(db, "acme", 1_999_999_999)
    with pytest.raises(InvalidOptionError):
        meter.top_up(db, "acme", credits)
    assert meter.balances(db) == {"acme": 1_999_999_999}


def at_once(engine: sa.Engine, *calls: object) -> list[object]:
    """What each returns or raises, all begun together, each in a transaction of its own."""
    ready, outcomes = threading.Barrier(len(calls)), []

    def run(call: object) -> None:
        ready.wait()
        try:
            with engine.begin() as db:
                outcomes.append(call(db))  # type: ignore[operator]
        except BalanceError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize("paid", [False, True])
def test_the_last_credit_is_spent_once(paid: bool, engine: sa.Engine, tmp_path: Path) -> None:
    meter = made(tmp_path, free=0 if paid else 3)
    with engine.begin() as db:
        meter.top_up(db, "acme" if paid else "other", 3)
    requests = [replace(REQUEST, key_id=f"k{number % 2}") for number in range(8)]
    outcomes = at_once(
        engine,
        *(lambda db, n=n, x=x: meter.reserve(db, f"j{n}", x, 1, NOVEMBER) for n, x in enumerate(requests)),
    )
    assert sorted(map(str, outcomes))[:3] == ["1"] * 3
    assert sum(isinstance(x, BalanceError) for x in outcomes) == 5
    with engine.connect() as db:
        assert standing(meter, db) == ((0, 0) if paid else (3, 0))


def test_a_job_closed_twice_at_once_is_charged_once(engine: sa.Engine, meter: Meter) -> None:
    with engine.begin() as db:
        meter.top_up(db, "acme", 10)
        meter.reserve(db, "j", REQUEST, 14, NOVEMBER)
    outcomes = at_once(engine, *[lambda db: meter.settle(db, "j", 11, 3)] * 6)
    assert sorted(outcomes) == [0, 0, 0, 0, 0, 11]  # type: ignore[type-var]
    with engine.connect() as db:
        assert standing(meter, db) == (10, 9)


def test_top_ups_at_once_all_count(engine: sa.Engine, meter: Meter) -> None:
    at_once(engine, *[lambda db: meter.top_up(db, "acme", 7)] * 6)
    with engine.connect() as db:
        assert meter.balances(db) == {"acme": 42}


def test_what_is_rolled_back_was_never_held(engine: sa.Engine, meter: Meter) -> None:
    with pytest.raises(RuntimeError), engine.begin() as db:
        meter.reserve(db, "j", REQUEST, 10, NOVEMBER)
        raise RuntimeError
    with engine.connect() as db:
        assert standing(meter, db) == (0, 0)
        assert meter.usage(db) == []
