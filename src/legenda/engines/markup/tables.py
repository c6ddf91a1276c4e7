"""Rows of tables in the ways models write them, for finding their text on the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from legenda.engines.markup.mathematics import shown

_SPAN = re.compile(r"\\multi(?:column|row)\s*\{[^{}]*\}\s*\{[^{}]*\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_OTSL = re.compile(r"<(fcel|ecel|lcel|ucel|xcel|nl|ched|rhed|srow)>")


def from_html(source: str) -> str:
    """Rows as lines, cells with tabs between."""
    parser = _Rows()
    parser.feed(source)
    parser.close()
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in parser.rows)


def from_latex(source: str) -> str:
    """The same of a `tabular`."""
    body = re.sub(r"\\(?:begin|end)\s*\{[^{}]*\}(\[[^\]]*\])?(\{(?:[^{}]|\{[^{}]*\})*\})?", "", source)
    rows = re.split(
        r"\\\\(?:\[[^\]]*\])?|\\tabularnewline",
        re.sub(r"\\(?:hline|toprule|midrule|bottomrule)|\\cline\{[^}]*\}", "", body),
    )
    cells = [[shown(_SPAN.sub(r"\1", cell)) for cell in re.split(r"(?<!\\)&", row)] for row in rows if row.strip()]
    return "\n".join("\t".join(row) for row in cells)


def from_pipes(source: str) -> str:
    """The same of a Markdown table."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in source.strip().split("\n")]
    return "\n".join("\t".join(row) for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row))


def from_otsl(source: str) -> str:
    """The same of cells in OTSL (Lysak et al., "Optimized table tokenization", 2023), as PaddleOCR-VL writes them."""
    rows: list[list[str]] = [[]]
    pieces = _OTSL.split(source)
    for token, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if token == "nl":  # noqa: S105
            rows.append([])
        else:
            rows[-1].append(" ".join(text.split()))
    return "\n".join("\t".join(row) for row in rows if row)


def is_otsl(source: str) -> bool:
    """Whether there are cells in OTSL."""
    return bool(_OTSL.search(source))


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._open = True
            self.rows = self.rows or [[]]
            self.rows[-1].append("")
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data
