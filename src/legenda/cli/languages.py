"""`legenda languages`: what can be read, by what, and how to install what is missing."""

from __future__ import annotations

import sys
from typing import Any

from legenda.languages import Language, languages

_TESSERACT = "pip install 'legenda[tesseract]'"


def show(search: str, *, as_json: bool) -> None:
    """Print the languages whose code or name holds `search`, all if it is empty."""
    installed = _installed_packs()
    rows = [_row(x, installed) for x in languages() if _holds(x, search.casefold())]
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps(rows, indent=2) + "\n")
    else:
        _print(rows)


def _holds(language: Language, search: str) -> bool:
    names = (language.code, language.iso639_3, language.name, language.pack, *language.aliases)
    return any(search in name.casefold() for name in names)


def _row(language: Language, installed: frozenset[str] | None) -> dict[str, Any]:
    ready = language.engine == "cpu" or (installed is not None and language.pack in installed)
    packs = f"apt install {language.package}"
    install = "" if ready else packs if installed is not None else f"{_TESSERACT}; {packs}"
    return {
        "code": language.code,
        "name": language.name,
        "script": language.script,
        "engine": language.engine,
        "installed": ready,
        "install": install,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("code", "name", "script", "engine", "installed", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            row["code"], row["name"], row["script"], row["engine"], "yes" if row["installed"] else row["install"]
        )
    Console().print(table, markup=False)
