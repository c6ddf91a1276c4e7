from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from legenda.errors import TooLargeError
from legenda.jobs.plans import check_input, most_megabytes, most_pages, plan_of, priority
from legenda.jobs.record import Input, JobRequest
from legenda.settings import Plan, Settings

REQUEST = JobRequest("acme", Input("a.pdf"))
PLANS = {"default": Plan(), "small": Plan(file_megabytes=1, file_pages=3, priority=-5), "vip": Plan(priority=8)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, plans=PLANS, upload_megabytes=20, pages=100)


def test_limits_are_the_smaller_ones(settings: Settings) -> None:
    assert (most_megabytes(settings, "default"), most_pages(settings, "default")) == (20, 100)
    assert (most_megabytes(settings, "small"), most_pages(settings, "small")) == (1, 3)


def test_a_plan_that_is_gone_is_the_default(settings: Settings) -> None:
    assert plan_of(settings, "gone") == PLANS["default"]
    assert plan_of(Settings(plans={"a": Plan(file_pages=1)}), "gone") == Plan()


@pytest.mark.parametrize(
    ("plan", "asked", "given"), [("default", 3, 3), ("small", 0, -5), ("vip", 9, 10), ("small", -9, -10)]
)
def test_priority(plan: str, asked: int, given: int, settings: Settings) -> None:
    assert priority(settings, replace(REQUEST, plan=plan, priority=asked)) == given


def test_inputs_are_held_to_their_plan(settings: Settings) -> None:
    small = replace(REQUEST, plan="small", source=Input("a.pdf", size=2**20))
    check_input(settings, small, 3)
    with pytest.raises(TooLargeError, match="pages"):
        check_input(settings, small, 4)
    with pytest.raises(TooLargeError, match="MiB"):
        check_input(settings, replace(small, source=Input("a.pdf", size=2**20 + 1)), 1)
