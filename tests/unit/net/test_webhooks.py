from __future__ import annotations

import json
import time

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from legenda.net.retries import FAL, LAZARUS, MODELRUNNER, Schedule, delay
from legenda.net.webhooks import signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"type": "job.done", "text": "Grüße 漢"}, ensure_ascii=False).encode()


def test_signatures_are_those_of_the_specification() -> None:
    # The example of the specification
    headers = signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330.9)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_receivers_accept_them() -> None:
    assert Webhook(SECRET).verify(BODY, signed(SECRET, "m1", BODY, time.time()))["type"] == "job.done"


@pytest.mark.parametrize("change", ["body", "id", "time", "secret"])
def test_receivers_refuse_what_was_changed(change: str) -> None:
    headers = signed(SECRET, "m1", BODY, time.time())
    if change == "id":
        headers["webhook-id"] = "m2"
    if change == "time":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)
    secret = "whsec_" + "A" * 32 if change == "secret" else SECRET
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" " if change == "body" else BODY, headers)


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"base64|character|padding"):
        signed("whsec_!!", "m", b"", 0)


def test_a_day_of_tries() -> None:
    waits = [delay(tries) for tries in range(1, 40)]
    tried = [wait for wait in waits if wait is not None]
    assert waits[len(tried) :] == [None] * (len(waits) - len(tried))
    expected = [5, 30, 120, 600, 1800] + [3600] * 23
    assert len(tried) == len(expected)
    assert all(0.8 * e <= t <= 1.2 * e for t, e in zip(tried, expected, strict=True))
    assert len({delay(6) for _ in range(20)}) > 1


def test_two_secrets_sign_side_by_side() -> None:
    other = "whsec_" + "A" * 32
    headers = signed((SECRET, other), "m1", BODY, time.time())
    for secret in (SECRET, other):
        assert Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize(
    ("schedule", "tries", "seconds"), [(FAL, 11, 7200), (MODELRUNNER, 10, 10355), (LAZARUS, 4, 155)]
)
def test_schedules_end(schedule: Schedule, tries: int, seconds: float) -> None:
    waits = [schedule.delay(n) for n in range(1, tries + 1)]
    assert waits[-1] is None and None not in waits[:-1]
    assert sum(wait for wait in waits if wait) == seconds
