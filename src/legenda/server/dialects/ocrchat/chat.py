"""Answers to questions: the sentences of the document that share most words with them, with their pages."""

from __future__ import annotations

from legenda.document import Document
from legenda.document.text import printable
from legenda.passages import best
from legenda.server.asking import Citation, Said

NOTHING = "This is not in the document."
_SNIPPET = 300  # characters


def exchange(document: Document, question: str) -> tuple[Said, Said]:
    """A question, and its answer, which says nothing that is not in the document. Takes its time."""
    question = printable(question)
    citations = tuple(Citation(found.page, _cut(printable(found.text))) for found in best(document.pages, question))
    content = " ".join(f"{citation.snippet} (p. {citation.page})" for citation in citations)
    return Said("user", question), Said("assistant", content or NOTHING, citations)


def _cut(text: str) -> str:
    return text if len(text) <= _SNIPPET else f"{text[: _SNIPPET - 1].rstrip()}…"
