"""`legenda tools`: presets by name."""

from __future__ import annotations

import re
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from legenda.cli.status import leaving

if TYPE_CHECKING:
    from legenda.desk.redact import Mark
    from legenda.desk.tools import Given, Tool

app = typer.Typer(help="Tools: presets for common work. Without a command, list them.", invoke_without_command=True)

_BOX = re.compile(r"(?:(\d{1,9}):)?((?:-?\d+(?:\.\d+)?,){3}-?\d+(?:\.\d+)?)")


@app.callback()
def tools(context: typer.Context) -> None:
    """List the tools, what each is for, and what is missing."""
    if context.invoked_subcommand is None:
        with leaving():
            _list(as_json=False)


@app.command("list")
@leaving()
def listed(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List the tools, what each is for, and what is missing."""
    _list(as_json=as_json)


@app.command()
@leaving()
def run(
    slug: Annotated[str, typer.Argument(metavar="TOOL", help="A name that `legenda tools` lists.")],
    file: Annotated[Path, typer.Argument(help="An image, a PDF, or an office file.")],
    output: Annotated[str, typer.Option("--output", "-o", help="File to write; - for standard output.")] = "",
    format: Annotated[str, typer.Option("--format", "-f", help="Of the result; else the tool's own.")] = "",
    to: Annotated[str, typer.Option(help="translate: the language to translate to.")] = "",
    pattern: Annotated[
        list[str] | None,
        typer.Option(help="redact: a regular expression, or names, dates, amounts, emails, phones, ibans, cards, …"),
    ] = None,
    box: Annotated[
        list[str] | None,
        typer.Option(metavar="[PAGE:]L,T,R,B", help="redact: what lies in it; pixels of pictures, points of PDFs."),
    ] = None,
    schema: Annotated[Path | None, typer.Option(help="A JSON Schema instead of the tool's own.")] = None,
    pages: Annotated[str, typer.Option(help="Page ranges such as 1-3,7,-1.")] = "",
    password: Annotated[str | None, typer.Option(envvar="LEGENDA_PASSWORD", help="For encrypted documents.")] = None,
) -> None:
    """Use a tool on a file.

    The result goes to standard output where it is text, else to a file named after the input.
    """
    from legenda.cli.extract import parsed
    from legenda.desk.model import configured
    from legenda.desk.tools import Given, tool

    given = Given(
        file, password, format, to, pattern or (), [_box(each) for each in box or ()],
        parsed(schema) if schema else None, configured(),
    )  # fmt: skip
    _run(tool(slug), file, given, output, pages)


def _run(tool: Tool, file: Path, given: Given, output: str, pages: str) -> None:
    from legenda.cli.ask import document
    from legenda.cli.status import say
    from legenda.desk.tools import run as use

    checked(tool)
    read = document(file, given.password, pages=pages, **tool.read)
    for message in dict.fromkeys(problem.message for page in read.pages for problem in page.problems):
        say(message)
    format = given.format or tool.format
    with _place(file, tool.slug, format, output) as out:
        made = use(tool, read, given, out)
    for note in made.notes:
        say(note)


def checked(tool: Tool) -> None:
    """Refuse a tool that cannot be used.

    Raises:
        MissingComponentError: it needs what is not here.
    """
    from legenda.desk.tools import lacks
    from legenda.errors import MissingComponentError

    if tool.does != "translate" and (lacking := lacks(tool)):  # translating says itself which languages there are
        raise MissingComponentError(f"The tool {tool.slug} cannot be used", f"it needs {lacking}, and there is none")


def _place(file: Path, slug: str, format: str, output: str) -> AbstractContextManager[BinaryIO]:
    from legenda.exports.whole import written

    binary, suffix = _kind(format)
    if output == "-" or (not output and not binary):
        return nullcontext(sys.stdout.buffer)
    path = Path(output) if output else file.with_name(f"{file.stem}.{slug}{suffix}")
    return written(path)


def _kind(format: str) -> tuple[bool, str]:
    from legenda.desk.tools.running import exporter_of

    exporter = exporter_of(format)
    return exporter.binary, exporter.suffix


def _box(text: str) -> Mark:
    from legenda.desk.redact import Mark
    from legenda.errors import InvalidOptionError

    match = _BOX.fullmatch(text.replace(" ", ""))
    if not match:
        raise InvalidOptionError(f"{text!r} is no box", "", "write page:left,top,right,bottom")
    left, top, right, bottom = map(float, match[2].split(","))
    return Mark(int(match[1] or 1), (left, top, right, bottom))


def _list(*, as_json: bool) -> None:
    from legenda.desk.tools import TOOLS, lacks

    rows: list[dict[str, Any]] = [
        {"slug": x.slug, "about": x.about, "format": x.format, "does": x.does, "needs": lacks(x)}
        for x in TOOLS.values()
    ]
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps(rows, indent=2) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("tool", "gives", "what for", "missing", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["slug"], row["format"], row["about"], Text(row["needs"]))
    Console().print(table)
