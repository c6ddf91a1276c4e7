"""`legenda env`: what to export so that the client of another service calls the server that runs here."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legenda.cli.status import leaving

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_WAY = (
    "start the server with --tls auto --connect-proxy 18081, or call legenda.compat.{name}.redirect() in the program"
)


class Client(StrEnum):
    """Whose client."""

    fal = "fal"
    modelrunner = "modelrunner"
    lazarus = "lazarus"


def env(
    client: Annotated[Client, typer.Argument(help="Whose client is to be led here.")],
    url: Annotated[
        str, typer.Option(metavar="URL", help="A server elsewhere, behind a certificate that clients trust.")
    ] = "",
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Folder of the server that runs here.", show_default="per user")
    ] = None,
) -> None:
    """Print export lines that lead a client here: `eval "$(legenda env fal)"`.

    They are of the server that runs with this data folder. What they cannot do is said in comments.
    """
    with leaving():
        ways = {"url": url.rstrip("/")} if url else _running(data_dir)
        for line in _LINES[client](ways, bool(url)):
            typer.echo(line)


def _running(data_dir: Path | None) -> Mapping[str, str]:
    from legenda.errors import InvalidOptionError
    from legenda.server.ways.note import noted
    from legenda.settings import Settings

    settings = Settings.configured(**({"data_dir": data_dir} if data_dir else {}))
    found = noted(settings.data_dir.resolve())
    if not found:
        raise InvalidOptionError(
            "No server runs here", f"{settings.data_dir} has no note of one", "start `legenda serve`, or give --url"
        )
    anywhere = {"://0.0.0.0:": "://127.0.0.1:", "://[::]:": "://[::1]:"}
    ways = dict(found)
    for name in ("url", "tls", "proxy"):
        for every, this in anywhere.items():
            ways[name] = ways.get(name, "").replace(every, this)
    return ways


def _fal(ways: Mapping[str, str], elsewhere: bool) -> list[str]:
    key = _key("FAL_KEY")
    if ways.get("proxy"):
        return [*_proxied(ways), key]
    base = ways["url"] if elsewhere else ways.get("tls", "")
    if not base.startswith("https://"):
        raise _refused("fal", "fal's client speaks TLS only")
    reached = base.removeprefix("https://")
    lines = [_export("FAL_RUN_HOST", f"{reached}/run"), _export("FAL_QUEUE_RUN_HOST", f"{reached}/queue")]
    if not elsewhere:
        lines += _trust(ways)
    return ["# run, queue, status and streams; for uploads and realtime add --connect-proxy", *lines, key]


def _modelrunner(ways: Mapping[str, str], elsewhere: bool) -> list[str]:
    if elsewhere:
        host = ways["url"].partition("://")[2]
        note = f"# for runs and the queue; queue.{host} has to lead there, too"
        return [note, _export("MODELRUNNER_RUN_HOST", f"{host}/mr/run"), _key("MODELRUNNER_KEY")]
    if not ways.get("proxy"):
        raise _refused("modelrunner", "ModelRunner's client has its hosts as constants")
    return [*_proxied(ways), _key("MODELRUNNER_KEY")]


def _lazarus(ways: Mapping[str, str], elsewhere: bool) -> list[str]:
    return ["# authKey is your key, orgId what you like", _export("BASE_URL", ways["url"])]


_LINES = {Client.fal: _fal, Client.modelrunner: _modelrunner, Client.lazarus: _lazarus}


def _proxied(ways: Mapping[str, str]) -> list[str]:
    return [
        "# for programs that call no other https host: the proxy leads nowhere else",
        _export("HTTPS_PROXY", ways["proxy"]),
        *_trust(ways),
    ]


def _trust(ways: Mapping[str, str]) -> list[str]:
    # Node adds to what it trusts, Python's ssl replaces it
    return [_export("SSL_CERT_FILE", ways["bundle"]), _export("NODE_EXTRA_CA_CERTS", ways["authority"])]


def _key(name: str) -> str:
    return f'export {name}="${{{name}:-local}}"  # your key; as long as the server has none, anything'


def _export(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _refused(name: str, why: str) -> Exception:
    from legenda.errors import InvalidOptionError

    return InvalidOptionError("The environment alone cannot lead this client here", why, _NO_WAY.format(name=name))
