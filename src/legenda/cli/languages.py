"""`legenda languages`: what can be read, by what, and how to install what is missing."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

from legenda.engines.tesseract.library import installed
from legenda.errors import MissingComponentError
from legenda.languages import Language, languages

_MODULE = "pip install 'legenda[tesseract]'"


def show(search: str, *, as_json: bool) -> None:
    """Print the languages whose code or name holds `search`, all if it is empty."""
    packs, module = installed_packs(), find_spec("tesserocr") is not None
    rows = [_row(x, packs, module) for x in languages() if _holds(x, search.casefold())]
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps(rows, indent=2) + "\n")
    else:
        _print(rows)


def installed_packs() -> frozenset[str]:
    """Tesseract's packs on this system; none where its data folder is missing."""
    try:
        return installed()
    except MissingComponentError:
        return frozenset()


def _holds(language: Language, search: str) -> bool:
    names = (language.code, language.iso639_3, language.name, language.pack, *language.aliases)
    return any(search in name.casefold() for name in names)


def _row(language: Language, installed: frozenset[str], module: bool) -> dict[str, Any]:
    lacking = []
    if language.engine == "tesseract":
        lacking += [] if module else [_MODULE]
        # Debian keeps script packs beside the others
        there = {language.pack, language.pack.removeprefix("script/")} & installed
        lacking += [] if there else [f"apt install {language.package}"]
    return {
        "code": language.code,
        "name": language.name,
        "script": language.script,
        "engine": language.engine,
        "installed": not lacking,
        "install": "; ".join(lacking),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("code", "name", "script", "engine", "installed", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            row["code"],
            row["name"],
            row["script"],
            row["engine"],
            Text("yes" if row["installed"] else row["install"]),  # holds [brackets]
        )
    Console().print(table)
