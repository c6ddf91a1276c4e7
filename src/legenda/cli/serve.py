"""`legenda serve`: the server, and an explanation of everything that can be set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from legenda.cli.status import leaving

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 for any free one.", show_default="8080")]
Workers = Annotated[int | None, typer.Option(min=0, help="Worker processes.", show_default="one a core")]
Folder = Annotated[Path | None, typer.Option("--data-dir", help="Folder of everything kept.", show_default="per user")]
MetricsPort = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port of the Prometheus metrics.", show_default="none")
]
LogLevel = Annotated[
    str | None, typer.Option(metavar="debug|info|warning|error", help="Least important line.", show_default="info")
]
Tls = Annotated[
    str | None,
    typer.Option(metavar="off|auto", help="Also serve TLS, by an authority of its own.", show_default="off"),
]
TlsPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of TLS.", show_default="8443")]
ConnectProxy = Annotated[
    int | None,
    typer.Option(
        min=0, max=65535, help="Port of a proxy that leads clients of other services here.", show_default="none"
    ),
]
Config = Annotated[Path | None, typer.Option(envvar="LEGENDA_CONFIG", help="TOML file with settings.")]


class Explained(TyperCommand):
    """A command whose help lists every setting; they are imported only for that."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Options, then settings."""
        super().format_help(ctx, formatter)
        for line in _settings():
            typer.echo(line)


def serve(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    data_dir: Folder = None,
    metrics_port: MetricsPort = None,
    tls: Tls = None,
    tls_port: TlsPort = None,
    connect_proxy: ConnectProxy = None,
    log_level: LogLevel = None,
    config: Config = None,
) -> None:
    """Serve the REST interface: jobs, results, events.

    Without keys, only this machine is let in, and no other address than loopback is listened on: `legenda keys create`
    makes one. SIGTERM finishes the pages under way and gives the rest back to the queue; whatever ends the server,
    it goes on with all of it when it is started again.

    Clients of fal.ai, ModelRunner, Lazarus, OCR.chat and PicWish can call it, too: `legenda env` leads them here.
    """
    import os

    if config is not None:
        os.environ["LEGENDA_CONFIG"] = str(config)
    given: dict[str, Any] = {
        "host": host,
        "port": port,
        "workers": workers,
        "data_dir": data_dir,
        "metrics_port": metrics_port,
        "tls": tls,
        "tls_port": tls_port,
        "connect_proxy": connect_proxy,
        "log_level": log_level,
    }
    with leaving():
        _serve({name: value for name, value in given.items() if value is not None})


def _serve(given: dict[str, Any]) -> None:
    from importlib.util import find_spec

    from legenda.errors import MissingComponentError

    if find_spec("fastapi") is None:
        raise MissingComponentError("The server is not installed", "", "pip install 'legenda[server]'")
    from legenda.server.app import serve
    from legenda.settings import Settings

    serve(Settings.configured(**given))


def _settings() -> list[str]:
    """Every setting with its variable, its default and what it is for."""
    from legenda.settings import Plan, Settings

    lines = [
        "Settings, by environment variable. In the file that LEGENDA_CONFIG names (TOML) they are called the same,",
        "without LEGENDA_ and in lower case. Options win over the environment, and that over the file.",
        "",
    ]
    for name, field in Settings.model_fields.items():
        lines += _setting(f"LEGENDA_{name.upper()}", field)
    lines += ["", "A plan (LEGENDA_PLANS__DEFAULT__FILE_PAGES=100, or [plans.default] in the file) has:", ""]
    for name, field in Plan.model_fields.items():
        lines += _setting(name, field)
    return lines


def _setting(name: str, field: Any) -> list[str]:
    default = field.get_default(call_default_factory=False) if field.default_factory is None else ""
    shown = "" if default in ("", (), None) or "SecretStr" in repr(default) else f" [{default}]"
    return [f"  {name}", f"      {field.description}{shown}"]
