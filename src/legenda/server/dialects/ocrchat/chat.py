"""Answers to questions as OCR.chat has them: what the desk says, with the pages it rests on."""

from __future__ import annotations

from legenda.desk.ask import Answer
from legenda.server.asking import Citation, Said


def exchange(question: str, answer: Answer) -> tuple[Said, Said]:
    """A question and its answer, as they are kept."""
    citations = tuple(Citation(found.page, found.snippet) for found in answer.citations)
    return Said("user", question), Said("assistant", answer.text, citations)
