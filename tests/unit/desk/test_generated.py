from __future__ import annotations

from typing import Any

import pytest
from language_models import language_model
from typed import page

from legenda.desk.ask import NOTHING, UNFOUND, Asker, Generating
from legenda.desk.model import Model
from legenda.errors import UnreachableError

PAGES = [
    page("The invoice total is 42 dollars. It is due on March 3."),
    page("The lamps were packed by Ms Lindqvist.", number=2),
]


def answered(text: str, seen: list[dict[str, Any]] | None = None) -> Generating:
    def say(asked: dict[str, Any]) -> str:
        if seen is not None:
            seen.append(asked)
        return text

    with language_model(say) as url:
        generating = Generating(
            Asker(PAGES, use_meaning=False), Model(url, "tiny", "secret"), "What is the invoice total?"
        )
        generating.sentences = list(generating)  # type: ignore[attr-defined]
    return generating


def test_sentences_are_held_against_the_passages_they_name() -> None:
    seen: list[dict[str, Any]] = []
    found = answered("The invoice total is 42 dollars [1]. It is due on April 9 [1]. Nobody knows why.", seen)
    told = seen[0]["messages"][-1]["content"]
    assert "[1] (p. 1) The invoice total is 42 dollars." in told and seen[0]["model"] == "tiny"
    first, second, third = found.sentences  # type: ignore[attr-defined]
    assert first.text == "The invoice total is 42 dollars. (p. 1)" and first.supported
    assert first.citations[0].snippet == "The invoice total is 42 dollars." and first.citations[0].boxes
    assert second.text == f"It is due on April 9. {UNFOUND}" and not second.supported
    assert not third.supported and not third.citations
    assert found.answer.how == "tiny" and found.answer.text.startswith("The invoice total is 42 dollars. (p. 1) It is")


def test_nothing_said_is_nothing_answered() -> None:
    assert answered(NOTHING).answer.text == NOTHING
    assert answered("").answer.citations == ()


def test_what_nothing_supports_is_no_answer() -> None:
    assert answered("The moon weighs 7 tons [9].").answer.text == NOTHING


def test_a_model_that_breaks() -> None:
    def fail(asked: dict[str, Any]) -> str:
        raise ConnectionAbortedError

    with language_model(fail) as url, pytest.raises(UnreachableError):
        Model(url, "tiny").complete([{"role": "user", "content": "?"}])
