from __future__ import annotations

import json
import pkgutil
from importlib import import_module

import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

import legenda
from legenda.errors import BalanceError, LegendaError, PasswordRequiredError, QueueFullError, StorageError
from legenda.server import problems
from legenda.server.problems import ProblemError, problem, told

OURS = {"engine", "output", "storage", "seal", "internal", "remote", "server_unreachable"}
"""Codes that are never the caller's fault."""


def every_error() -> list[type[LegendaError]]:
    for module in pkgutil.walk_packages(legenda.__path__, "legenda."):
        if not module.name.startswith(("legenda.__main__", "legenda.sandbox.child", "legenda.jobs.migrations.")):
            import_module(module.name)
    found, waiting = [], [LegendaError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__.startswith("legenda")]


def test_every_typed_error_has_a_status_of_its_own():
    codes = {kind.code for kind in every_error()}
    assert len(codes) > 25
    assert codes == problems.STATUS.keys()
    for code in codes:
        assert (problems.STATUS[code] >= 500) == (code in OURS), code


def answered(error: Exception) -> Response:
    return problem(told(error))


def test_a_problem_says_what_to_do():
    answer = answered(PasswordRequiredError("a.pdf is encrypted", "", "give the password"))
    assert answer.media_type == "application/problem+json"
    assert json.loads(answer.body) == {
        "type": "urn:legenda:problem:password_required",
        "title": "Password required",
        "status": 422,
        "code": "password_required",
        "detail": "a.pdf is encrypted; give the password.",
    }


def test_extras():
    balance = answered(BalanceError("No credits are left", used=7, cap=5, period="day"))
    assert balance.status_code == 402
    assert {"used": 7, "cap": 5, "period": "day"}.items() <= json.loads(balance.body).items()
    full = answered(QueueFullError("The queue is full", retry_after=2.6))
    assert full.status_code == 429 and full.headers["retry-after"] == "3"


@pytest.mark.parametrize("error", [StorageError("/secret/place is full"), ValueError("hunter2"), KeyError("x")])
def test_what_is_ours_to_mend_is_no_problem_of_the_caller(error):
    answer = answered(error)
    assert answer.status_code == 500 and b"secret" not in answer.body and b"hunter" not in answer.body


def test_values_that_were_refused_are_not_repeated():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, int]).validate_python({"pages": "hunter2"})
    answer = answered(caught.value)
    assert answer.status_code == 422 and b"hunter2" not in answer.body
    assert json.loads(answer.body)["errors"][0]["field"] == "pages"


def test_control_characters_and_halves_of_pairs_never_leave():
    answer = answered(ProblemError(400, "bad", "a\x00b\ud800c\x1b[31m"))
    detail = json.loads(answer.body)["detail"]
    assert detail.encode() and "\x00" not in detail and "\x1b" not in detail
