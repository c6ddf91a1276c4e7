"""`legenda ask`: questions about a file, answered from it alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legenda.cli.status import leaving

if TYPE_CHECKING:
    from legenda.desk.ask import Answer, Asker
    from legenda.document import Document


@leaving()
def ask(
    file: Annotated[Path, typer.Argument(help="An image, a PDF, an office file, or JSON written by `legenda read`.")],
    questions: Annotated[list[str], typer.Argument(metavar="QUESTION", help="One or more, in any language.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs: with pages, boxes and values.")] = False,
    words_only: Annotated[bool, typer.Option("--words-only", help="Compare no meanings.")] = False,
) -> None:
    """Answer questions from what stands in a file, with the pages the answer rests on.

    Quoted from the document; worded by a language model where LEGENDA_MODEL_URL names one.
    """
    from legenda.desk.ask import Asker

    asker = Asker(document(file).pages, use_meaning=not words_only)
    if not asker.index.use_meaning and not words_only:
        typer.echo("note: only words are compared; for meanings: pip install 'legenda[chat]'", err=True)
    answers = [_answered(asker, question) for question in questions]
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps([_plain(q, a) for q, a in zip(questions, answers, strict=True)], indent=2) + "\n")
    else:
        _print(questions, answers)


def document(file: Path, password: str | None = None, **options: Any) -> Document:
    """What stands in a file; JSON that `legenda read` wrote is not read anew.

    Raises:
        LegendaError: it cannot be read.
    """
    from legenda.document import from_json
    from legenda.pipeline import read

    if file.suffix == ".json" and file.is_file():
        return from_json(file.read_bytes())
    return read(file, password=password, **options)


def _answered(asker: Asker, question: str) -> Answer:
    from legenda.desk.ask import Generating
    from legenda.desk.model import configured

    model = configured()
    if model is None:
        return asker.answer(question)
    generating = Generating(asker, model, question)
    list(generating)
    return generating.answer


def _plain(question: str, answer: Answer) -> dict[str, Any]:
    citations = [{"page": c.page, "snippet": c.snippet, "boxes": c.boxes} for c in answer.citations]
    return {
        "question": question,
        "answer": answer.text,
        "value": answer.value,
        "how": answer.how,
        "citations": citations,
    }


def _print(questions: Sequence[str], answers: Sequence[Answer]) -> None:
    from legenda.document.text import printable

    for question, answer in zip(questions, answers, strict=True):
        if len(questions) > 1:
            typer.echo(f"? {printable(question)}")
        typer.echo(printable(answer.text))
