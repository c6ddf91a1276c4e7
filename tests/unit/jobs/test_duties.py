from __future__ import annotations

from jobs_made import Clock

from legenda.jobs.store import JobStore


def test_one_has_a_duty_until_it_stays_away(store: JobStore, clock: Clock) -> None:
    assert store.on_duty("retention", "one", 60)
    assert not store.on_duty("retention", "other", 60)
    assert store.on_duty("something else", "other", 60)
    clock.pass_(59)
    assert store.on_duty("retention", "one", 60)
    clock.pass_(59)
    assert not store.on_duty("retention", "other", 60)
    clock.pass_(2)
    assert store.on_duty("retention", "other", 60)
    assert not store.on_duty("retention", "one", 60)
