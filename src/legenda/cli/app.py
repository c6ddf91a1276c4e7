"""Commands and their options. Bodies import what they run only when they run it: `--help` must be quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from legenda.cli import ask, env, extract, keys, mcp, models, serve, tools, watch, worker
from legenda.cli.status import leaving
from legenda.errors import ExitCode

_READING, _RESULTS, _RUNNING = "Reading", "Results", "Running"
_EPILOG = (
    "Exit codes: 0 all read; 1 internal error; 2 wrong options or unwritable output; 3 unreadable input; 4 password "
    "missing or wrong; 5 a limit of size, memory or time; 6 an engine, a language pack or the server is missing; "
    "7 part of the pages or files failed; 130 interrupted."
)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(tools.app, name="tools")
app.command(cls=serve.Explained)(serve.serve)
app.command(cls=serve.Explained)(worker.worker)
app.command()(env.env)
app.command()(ask.ask)
app.command()(extract.extract)
app.command()(watch.watch)
app.command()(mcp.mcp)

Paths = Annotated[list[str], typer.Argument(metavar="FILE", help="Files, folders, patterns, or - for standard input.")]
Lang = Annotated[
    list[str] | None,
    typer.Option(
        "--lang", "-l", show_default="auto", help="Languages: codes or names, commas between.", rich_help_panel=_READING
    ),
]
Pages = Annotated[str, typer.Option(help="Page ranges such as 1-3,7,-1 (-1 is the last).", rich_help_panel=_READING)]
Password = Annotated[
    str | None,
    typer.Option(
        envvar="LEGENDA_PASSWORD",
        help="For encrypted documents; - asks for it, which keeps it out of the list of processes.",
        rich_help_panel=_READING,
    ),
]
Engine = Annotated[str, typer.Option(help="auto, cpu, tesseract, or one that is installed.", rich_help_panel=_READING)]
Effort = Annotated[
    str,
    typer.Option(
        "--tier",
        "--effort",
        metavar="fast|balanced|accurate|vlm",
        callback=lambda given: "balanced" if given == "cpu" else given,
        help="How much a page is worth; cpu is balanced; vlm: a vision language model, where one is set up.",
        rich_help_panel=_READING,
    ),
]
Region = Annotated[
    str,
    typer.Option(
        "--box",
        metavar="X1,Y1,X2,Y2",
        help="Read only what lies in it: pixels of a picture, points of a PDF, from the top left.",
        rich_help_panel=_READING,
    ),
]
Color = Annotated[
    str | None,
    typer.Option(
        "--color",
        metavar="red|green|blue",
        help="Read only what is framed in this colour.",
        rich_help_panel=_READING,
    ),
]
TextLayer = Annotated[
    str,
    typer.Option(
        metavar="auto|ignore|only",
        help="A PDF's own text: where it can be trusted, never, or alone.",
        rich_help_panel=_READING,
    ),
]
Content = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="KIND",
        help="Each page is one formula, table, chart, geometry, molecule or score; text: nothing but text.",
        rich_help_panel=_READING,
    ),
]
Structure = Annotated[
    bool | None,
    typer.Option(
        "--structure/--no-structure",
        show_default="where a format shows it",
        help="Find headings, lists, tables, figures.",
        rich_help_panel=_READING,
    ),
]
Attachments = Annotated[
    bool, typer.Option("--attachments", help="Read the files attached to a PDF, too.", rich_help_panel=_READING)
]
Format = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        show_default="txt",
        help="txt, txt-layout, md, json, html, hocr, pdf, csv, docx, xlsx, pptx; of notations latex, tikz, svg, "
        "smiles, mol, kern, musicxml, midi; commas between.",
        rich_help_panel=_RESULTS,
    ),
]
Output = Annotated[
    str, typer.Option("--output", "-o", help="File or folder; else standard output.", rich_help_panel=_RESULTS)
]
JsonLines = Annotated[
    bool, typer.Option("--json-lines", help="One JSON object per page as it is read.", rich_help_panel=_RESULTS)
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1, show_default="one per core", help="Pages read at once.", rich_help_panel=_RUNNING
    ),
]
Server = Annotated[
    str, typer.Option(metavar="URL", help="A Legenda server that is to read instead.", rich_help_panel=_RUNNING)
]
Key = Annotated[
    str,
    typer.Option(
        envvar="LEGENDA_KEY",
        show_default=False,
        help="The server's API key; the variable keeps it out of the list of processes.",
        rich_help_panel=_RUNNING,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, no notes; only errors.", rich_help_panel=_RUNNING)
]


@app.callback(epilog=_EPILOG)
def legenda(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=lambda on: _version(on), help="Show the version.")
    ] = False,
) -> None:
    """Read anything in an image or a document."""


@app.command(epilog=_EPILOG)
@leaving()
def read(
    files: Paths,
    format: Format = None,
    output: Output = "",
    lang: Lang = None,
    pages: Pages = "",
    password: Password = None,
    engine: Engine = "auto",
    effort: Effort = "balanced",
    text_layer: TextLayer = "auto",
    content: Content = "auto",
    structure: Structure = None,
    attachments: Attachments = False,
    box: Region = "",
    color: Color = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    json_lines: JsonLines = False,
    server: Server = "",
    key: Key = "",
) -> None:
    """Print or write the text of images, PDF and office files.

    One file and one format goes to standard output unless --output names a file or a folder. Several formats, and
    other formats of several files, need --output with a folder. Text, Markdown and JSON of several files follow one
    another on standard output.
    """
    from legenda.cli.outputs import asked_for
    from legenda.cli.read import Request, run
    from legenda.exports import STRUCTURED
    from legenda.options import ReadOptions

    options = ReadOptions(
        effort=effort,  # type: ignore[arg-type]  # checked by ReadOptions
        engine=engine,
        languages=_languages(lang or []),
        pages=pages,
        password=_password(password),
        text_layer=text_layer,  # type: ignore[arg-type]
        attachments=attachments,
        structure=not STRUCTURED.isdisjoint(asked_for(format or (), output)) if structure is None else structure,
        content=content,  # type: ignore[arg-type]
        box=_box(box),
        color=color,  # type: ignore[arg-type]
    )
    request = Request(tuple(files), options, tuple(format or ()), output, jobs, quiet, json_lines, server, key)
    _leave(run(request))


@app.command(epilog=_EPILOG)
@leaving()
def batch(
    input: Annotated[str, typer.Argument(help="Folder, or s3://bucket/prefix, gs://…, az://….")],
    output: Annotated[str, typer.Argument(help="The same, for what is read; not in the input.")],
    executor: Annotated[
        str, typer.Option(metavar="local|ray", help="What reads: this machine, or a Ray cluster.")
    ] = "local",
    lang: Lang = None,
    password: Password = None,
    engine: Engine = "auto",
    effort: Effort = "balanced",
    text_layer: TextLayer = "auto",
    format: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", show_default="none", help="Also a file a document; commas between."),
    ] = None,
    jobs: Jobs = None,
    shard: Annotated[int, typer.Option(min=1, help="Most documents of a shard.")] = 64,
    price: Annotated[float, typer.Option(min=0, help="Of an hour of all that reads, to tell what pages cost.")] = 0.0,
    quiet: Quiet = False,
) -> None:
    """Read a folder or a bucket of documents, however many.

    Writes shards of JSON lines (zstd) and Parquet. The same command again goes on where it ended, and several machines
    may run it at once. Documents that cannot be read are recorded, and passed over.
    """
    from legenda.cli.batch import Request, run
    from legenda.options import ReadOptions

    options = ReadOptions(
        effort=effort,  # type: ignore[arg-type]  # checked by ReadOptions
        engine=engine,
        languages=_languages(lang or []),
        password=_password(password),
        text_layer=text_layer,  # type: ignore[arg-type]
    )
    formats = tuple(part.strip() for text in format or () for part in text.split(",") if part.strip())
    _leave(run(Request(input, output, options, formats, executor, jobs, shard, price, quiet)))


@app.command()
@leaving()
def look(
    file: Annotated[Path, typer.Argument(help="An image or a PDF.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Picture to write: PNG, JPEG or WEBP.")],
    page: Annotated[int, typer.Option("--page", help="Which page; -1 is the last.")] = 1,
    panel: Annotated[bool, typer.Option("--panel", help="Typeset the text beside the picture.")] = False,
    lang: Lang = None,
    password: Password = None,
    engine: Engine = "auto",
    effort: Effort = "balanced",
) -> None:
    """Draw what was read onto the page: boxes of lines and words, coloured by confidence."""
    from legenda.cli.look import run
    from legenda.options import ReadOptions

    options = ReadOptions(
        effort=effort,  # type: ignore[arg-type]  # checked by ReadOptions
        engine=engine,
        languages=_languages(lang or []),
        pages=str(page),
        password=_password(password),
    )
    run(file, output, options, panel=panel)


@app.command()
@leaving()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what is installed and used, what is missing, and how to get it."""
    from legenda.cli.doctor import show

    _leave(show(as_json=as_json))


@app.command()
@leaving()
def languages(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    search: Annotated[str, typer.Argument(metavar="[NAME]", help="Only those whose code or name holds this.")] = "",
    install: Annotated[str, typer.Option(metavar="CODES", help="Install what reads these: ara,hin.")] = "",
) -> None:
    """List the languages, what reads each, and how to install what is missing."""
    if install:
        from legenda.cli.language_packs import install as install_packs

        install_packs(_languages([install]))
        return
    from legenda.cli.languages import show

    show(search, as_json=as_json)


def _box(given: str) -> tuple[float, float, float, float] | None:
    if not given:
        return None
    from legenda.errors import InvalidOptionError

    try:
        left, top, right, bottom = map(float, given.split(","))
    except ValueError:
        raise InvalidOptionError(f"--box is {given!r}", "it must be four numbers with commas between") from None
    return left, top, right, bottom


def _version(on: bool) -> None:
    if on:
        from legenda import __version__

        typer.echo(f"legenda {__version__}")
        raise typer.Exit


def _leave(code: ExitCode) -> None:
    if code:
        sys.exit(code)


def _languages(given: list[str]) -> tuple[str, ...]:
    names = [part.strip() for text in given for part in text.replace("+", ",").split(",") if part.strip()]
    if not names or [name.lower() for name in names] == ["auto"]:
        return ()
    from legenda.languages import resolve

    return tuple(dict.fromkeys(resolve(name).code for name in names))


def _password(given: str | None) -> str | None:
    if given != "-":
        return given
    from getpass import getpass

    return getpass("Password: ", stream=sys.stderr)
