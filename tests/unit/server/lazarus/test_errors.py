"""What callers of the Lazarus interface are told."""

from __future__ import annotations

import pytest

from legenda.jobs.record import Failure, Input, Job, JobRequest, JobState
from legenda.server.dialects.lazarus.errors import failure, said_of
from legenda.server.problems import Told

OLD, NEW = "2025-02-27", "2025-05-22"


@pytest.mark.parametrize(
    ("found", "code", "word", "message"),
    [
        (Told(401, "unauthorized", "secret"), 403, "AUTH_FAILURE", "Invalid authentication"),
        (Told(403, "forbidden", "secret"), 403, "AUTH_FAILURE", "Invalid authentication"),
        (Told(402, "balance", "All of 10 credits are used."), 403, "AUTH_FAILURE", "All of 10 credits are used."),
        (Told(404, "not_found", "None."), 404, "FAILURE", "None."),
        (Told(409, "conflict", "Another."), 400, "FAILURE", "Another."),
        (Told(413, "too_large", "Large."), 413, "FAILURE", "Large."),
        (Told(415, "unsupported_format", "No."), 400, "FAILURE", "No."),
        (Told(422, "invalid_request"), 400, "FAILURE", "Invalid request"),
        (Told(429, "queue_full", "Full."), 429, "FAILURE", "Full."),
        (Told(500, "internal", "secret"), 500, "FAILURE", "Error during request to OCR microservice."),
        (Told(500, "engine", "secret"), 502, "FAILURE", "Request to the model failed."),
        (
            Told(422, "timed_out", "secret"),
            500,
            "FAILURE",
            "We made three attempts to process the model with no success.",
        ),
    ],
)
def test_words_for_errors(found: Told, code: int, word: str, message: str) -> None:
    assert said_of(found, OLD) == (code, word, message)


@pytest.mark.parametrize(("code", "status"), [("internal", 521), ("engine", 522), ("timed_out", 522)])
def test_newer_callers_are_told_otherwise(code: str, status: int) -> None:
    assert said_of(Told(500, code, "secret"), NEW)[:2] == (status, "FAILURE")
    assert "secret" not in said_of(Told(500, code, "secret"), NEW).message


@pytest.mark.parametrize(
    ("state", "why", "code"),
    [
        ("failed", Failure("corrupt", "It is damaged."), 400),
        ("failed", Failure("too_large", "It is too large."), 413),
        ("failed", Failure("something_new", "secret"), 500),
        ("cancelled", None, 500),
    ],
)
def test_jobs_that_came_to_nothing(state: JobState, why: Failure | None, code: int) -> None:
    said = failure(Job("a", state, JobRequest("t", Input("")), 0.0, failure=why), OLD)
    assert (said.code, said.status) == (code, "FAILURE") and "secret" not in said.message
