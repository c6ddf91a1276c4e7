"""Each state a task can have, and what leads to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from legenda.jobs.record import Failure, Input, Job, JobRequest, JobState, Stored
from legenda.server.dialects.picwish.asked import codes
from legenda.server.dialects.picwish.rendering import task
from legenda.server.dialects.picwish.states import DETAILS, State, state_of
from legenda.server.problems import STATUS, ProblemError

JOB = Job("0" * 32, "queued", JobRequest("t", Input("a.pdf", size=7), formats=("txt",)), created=1746953927.9)


def job(state: JobState, code: str = "", **more: Any) -> Job:
    return replace(JOB, state=state, failure=Failure(code, "why") if code else None, **more)


CASES: list[tuple[Job, State]] = [
    (job("queued"), 0),
    (job("preparing", started=1.0), 2),
    (job("running"), 3),
    (job("running", started=1.0), 4),
    (job("assembling", started=1.0), 4),
    (job("done", characters=5), 1),
    (job("partial", characters=5, pages_failed=1), 1),
    (job("done"), -11),
    (job("cancelled"), -13),
    (job("failed"), -1),
    (job("failed", "something_new"), -1),
    (job("failed", "storage"), -2),
    (job("failed", "unreachable"), -3),
    (job("failed", "too_large"), -5),
    (job("failed", "wrong_password"), -7),
    (job("failed", "timed_out"), -8),
    (job("failed", "engine"), -9),
    (job("failed", "invalid_option"), -14),
    (job("failed", "missing_component"), -15),
]


@pytest.mark.parametrize(("job", "state"), CASES)
def test_states(job: Job, state: int) -> None:
    assert state_of(job) == state
    shown = task(job, "https://here/file")
    assert (shown["state"], shown["state_detail"]) == (state, DETAILS[shown["state"]])
    assert shown["file"] == ("https://here/file" if state == 1 else "")
    assert shown["progress"] == 100 or not job.final


def test_every_state_is_reached() -> None:
    assert {state for _, state in CASES} == set(get_args(State)) == DETAILS.keys()


def test_every_error_of_a_job_has_a_state_of_its_own() -> None:
    ours = STATUS.keys() - {"conflict", "remote", "server_unreachable"}  # no job ends so
    assert [code for code in ours if state_of(job("failed", code)) == -1] == []


def test_progress_and_sizes() -> None:
    half = task(job("running", started=2.5, page_count=8, pages_done=3, pages_failed=1), "")
    assert (half["progress"], half["ocr_pages"], half["file_pages"]) == (50, 3, 8)
    assert (half["processed_at"], half["completed_at"], half["output_size"]) == (2, 0, 0)
    all_read = task(job("assembling", started=1.0, page_count=2, pages_done=2), "")
    assert all_read["progress"] == 99
    done = job("done", started=1.0, finished=9.9, characters=3, page_count=1, pages_done=1)
    shown = task(replace(done, results={"txt": Stored("k", 164, "")}), "u")
    assert (shown["output_size"], shown["completed_at"], shown["input_size"], shown["created_at"]) == (
        164,
        9,
        7,
        1746953927,
    )
    assert shown["task_id"] == "00000000-0000-0000-0000-000000000000"


def test_languages_are_case_sensitive() -> None:
    assert codes("English, ChinesePRC,Digits") == ("en", "zh-Hans")
    for wrong in ("english", "CHINESEPRC", "en", "English;German"):
        with pytest.raises(ProblemError, match="400"):
            codes(wrong)
