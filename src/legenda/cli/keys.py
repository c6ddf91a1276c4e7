"""`legenda keys`: who may use the server, and what they used."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legenda.cli.status import leaving

if TYPE_CHECKING:
    from legenda.jobs.installation import Installation
    from legenda.jobs.keys import Key

app = typer.Typer(no_args_is_help=True, help="Make and revoke API keys of the server; see and top up what they use.")

_TIMES = ("created", "last_used", "revoked")
_WIDE = 500  # ids are there to be copied: a narrow terminal breaks lines, which is better than broken columns

Json = Annotated[bool, typer.Option("--json", help="For programs.")]
Tenant = Annotated[str | None, typer.Option("--tenant", show_default="all", help="Only this one's.")]


@app.command()
@leaving()
def create(
    tenant: Annotated[str, typer.Argument(help="Whose key: keys of one tenant share jobs and balance.")] = "local",
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[str, typer.Option(help="Of read, write and admin; commas between.")] = "read,write",
    plan: Annotated[str, typer.Option(help="Limits and free credits, from the configuration.")] = "default",
    as_json: Json = False,
) -> None:
    """Make a key. Its secret is shown this once only."""
    with _opened() as here:
        here.check_plan(plan)
        key, secret = here.keys.create(tenant, name, tuple(x.strip() for x in scope.split(",") if x.strip()), plan)
        signing = here.keys.webhook_secret(key.id)
    if as_json:
        _json(_row(key) | {"secret": secret, "webhook_secret": signing})
        return
    _line(f"id              {key.id}")
    _line(f"key             {secret}")
    _line(f"webhook secret  {signing}")
    _line("Keep the key now: only its hash is stored, and it cannot be shown again.")


@app.command("list")
@leaving()
def show(tenant: Tenant = None, as_json: Json = False) -> None:
    """List keys, with the revoked ones."""
    with _opened() as here:
        rows = [_row(key) for key in here.keys.list(tenant)]
    if as_json:
        _json(rows)
    else:
        rows = [row | {name: (row[name] or "")[: len("2026-11-20")] for name in _TIMES} for row in rows]
        _table(rows, ("id", "tenant", "name", "key", "scopes", "plan", *_TIMES))


@app.command()
@leaving()
def revoke(key: Annotated[str, typer.Argument(metavar="ID", help="As in `legenda keys list`.")]) -> None:
    """Close the door for a key; a server that runs knows within five seconds."""
    from legenda.errors import NotFoundError

    with _opened() as here:
        if not here.keys.revoke(key):
            # what was typed may be a secret, so it is not said again
            raise NotFoundError("There is no active key of this id", "", "see `legenda keys list`")
    _line("revoked")


@app.command()
@leaving()
def usage(
    tenant: Tenant = None,
    period: Annotated[str | None, typer.Option(metavar="YYYY-MM", show_default="all", help="Only this month.")] = None,
    as_json: Json = False,
) -> None:
    """Say what was used, by key and month, and what is left of what was paid."""
    from dataclasses import asdict

    _check_month(period)
    with _opened() as here:
        names = {key.id: key.name or key.shown for key in here.keys.list()}
        with here.engine.connect() as db:
            rows = [asdict(row) for row in here.meter.usage(db, tenant, period)]
            balances = here.meter.balances(db, tenant)
    if as_json:
        _json({"usage": rows, "balances": balances})
        return
    named = [row | {"key": names.get(row["key_id"], row["key_id"])} for row in rows]
    _table(named, ("period", "account", "key", "jobs", "pages", "failed", "free", "paid", "reserved"))
    for name, paid in balances.items():
        _line(f"{name} has {paid} paid credits left")


@app.command("top-up")
@leaving()
def top_up(
    tenant: Annotated[str, typer.Argument(help="Whose balance.")],
    credits: Annotated[int, typer.Argument(help="How many to add.")],
    as_json: Json = False,
) -> None:
    """Add paid credits; they are used when the free ones of a month are."""
    with _opened() as here, here.engine.begin() as db:
        paid = here.meter.top_up(db, tenant, credits)
    if as_json:
        _json({"tenant": tenant, "paid": paid})
    else:
        _line(f"{tenant} has {paid} paid credits")


@app.command("webhook-secret")
@leaving()
def webhook_secret(
    key: Annotated[str, typer.Argument(metavar="[ID]", help="Of a key; without, for jobs sent without a key.")] = "",
) -> None:
    """Show what webhooks are signed with, to check them."""
    from legenda.errors import NotFoundError

    with _opened() as here:
        if key and key not in {known.id for known in here.keys.list()}:
            raise NotFoundError("There is no key of this id", "", "see `legenda keys list`")
        _line(here.keys.webhook_secret(key))


@contextmanager
def _opened() -> Iterator[Installation]:
    from legenda.errors import MissingComponentError

    try:
        from legenda.jobs.installation import Installation
    except ModuleNotFoundError as error:
        raise MissingComponentError(
            "The server is not installed", f"{error.name} is missing", "pip install 'legenda[server]'"
        ) from error
    with Installation.opened() as installation:
        yield installation


def _check_month(period: str | None) -> None:
    if period is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        from legenda.errors import InvalidOptionError

        raise InvalidOptionError(f"{period!r} is not a month", "", "write it like 2026-11")


def _row(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "tenant": key.tenant,
        "name": key.name,
        "key": f"{key.shown}…",
        "scopes": list(key.scopes),
        "plan": key.plan,
        "created": _time(key.created),
        "last_used": _time(key.last_used),
        "revoked": _time(key.revoked),
    }


def _time(seconds: float | None) -> str | None:
    from datetime import UTC, datetime

    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*(column.replace("_", " ") for column in columns), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_cell(row[column])) for column in columns))
    Console(width=_WIDE).print(table)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def _json(value: Any) -> None:
    from legenda.document.jsonio import dumps

    _line(dumps(value, indent=2))


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
