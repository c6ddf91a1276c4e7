"""Markdown as models write it: GitHub's tables, Mathpix's LaTeX, HTML tables, SMILES, `**kern`, charts as dicts."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from legenda.engines.markup import tables
from legenda.engines.markup.mathematics import shown
from legenda.engines.transcriber import Passage

_TABULAR = r"\\begin\{tabular\*?\}.*?(?:\\end\{tabular\*?\}|\Z)"
_CELL = r"<(?:fcel|ecel|lcel|ucel|xcel|ched|rhed|srow)>"
# what stands as a block of its own, wherever it begins; of several that fit the one that begins first counts
_BLOCKS: tuple[tuple[str, Callable[[str], Passage]], ...] = (
    (r"```[^\n]*\n(.*?)(?:\n```|\Z)", lambda s: _of_fence(s)),
    (r"<smiles>(.*?)</smiles>", lambda s: Passage("", "molecule", {"smiles": s.strip()})),
    (r"(<table\b.*?(?:</table>|\Z))", lambda s: _table("html", s, tables.from_html)),
    (
        rf"(?:\\begin\{{table\*?\}}.*?)?({_TABULAR})(?:.*?\\end\{{table\*?\}})?",
        lambda s: _table("latex", s, tables.from_latex),
    ),
    (
        r"(\\begin\{tikzpicture\}.*?(?:\\end\{tikzpicture\}|\Z))",
        lambda s: Passage("", "geometry", {"tikz": s}),
    ),
    (
        r"(\\begin\{(equation|align|gather|multline|eqnarray)(\*?)\}.*?\\end\{\2\3\})",
        lambda s: Passage(shown(s), "formula", {"latex": s}),
    ),
    (r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", lambda s: Passage(shown(s), "formula", {"latex": s.strip()})),
    (r"^(\*\*kern\b.*?\*-[^\n]*)", lambda s: Passage("", "score", {"kern": s})),
    (rf"^({_CELL}.*?<nl>\s*)(?!\s*{_CELL})", lambda s: _table("otsl", s, tables.from_otsl)),
    (r"^((?:[ \t]*\|[^\n]*\|[ \t]*(?:\n|\Z)){2,})", lambda s: _table("md", s, tables.from_pipes)),
)
_FOUND = tuple((re.compile(pattern, re.DOTALL | re.MULTILINE), make) for pattern, make in _BLOCKS)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$|\\(title|section|subsection|subsubsection)\*?\{(.*)\}$")
_ITEM = re.compile(r"(?:[-*+]|\\item)\s+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>|\\includegraphics(?:\[[^\]]*\])?\{[^{}]*\}")
_INLINE = re.compile(r"\\\((.+?)\\\)|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)")
_TAG = re.compile(r"</?(?:b|i|u|em|strong|sup|sub|span|div|p|center|page_number|header|footer)\b[^>]*>|<br\s*/?>")


def markdown(text: str) -> tuple[Passage, ...]:
    """Blocks of a text, in order; what is not understood is text.

    Text is as it is printed: without signs of emphasis, links' addresses and the backslashes of LaTeX.
    """
    if chart := _chart(text):
        return (chart,)
    return tuple(_passages(text.replace("\r\n", "\n")))


def _passages(text: str) -> Iterator[Passage]:
    at = 0
    while found := _next_block(text, at):
        match, make = found
        yield from _prose(text[at : match.start()])
        yield make(next(group for group in match.groups() if group is not None))
        at = max(match.end(), at + 1)
    yield from _prose(text[at:])


def _next_block(text: str, at: int) -> tuple[re.Match[str], Callable[[str], Passage]] | None:
    found = [(match, make) for pattern, make in _FOUND if (match := pattern.search(text, at))]
    return min(found, key=lambda pair: pair[0].start(), default=None)


def _prose(text: str) -> Iterator[Passage]:
    """Paragraphs; each heading and each item of a list is one of its own."""
    pending: list[str] = []
    for line in [*text.split("\n"), ""]:
        stripped = line.strip()
        heading = _HEADING.match(stripped)
        item = _ITEM.match(stripped)
        if (heading or item or not stripped) and pending:
            yield Passage("\n".join(pending))
            pending = []
        if heading:
            title = heading[1] == "#" or heading[3] == "title"
            yield Passage(_bare(heading[2] or heading[4] or ""), "title" if title else "heading")
        elif item:
            yield Passage(_bare(stripped[item.end() :]), "list")
        elif stripped and (bare := _bare(stripped)):
            pending.append(bare)


def _bare(line: str) -> str:
    """A line without markup."""
    line = _IMAGE.sub("", line)
    line = _INLINE.sub(lambda match: shown(match[1] or match[2]), line)
    line = re.sub(r"\[([^\]]*)\]\((?:https?:|mailto:|#|/)[^)]*\)", r"\1", line)
    line = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
    line = re.sub(r"(?<![\w*])[*_](?=\S)([^*_]+?)(?<=\S)[*_](?![\w*])", r"\1", line)
    line = re.sub(
        r"</?(?:b|i|u|em|strong|sup|sub|span|div|p|center|page_number|header|footer)\b[^>]*>|<br\s*/?>", " ", line
    )
    line = re.sub(r"^>\s?|\\\\$", "", line)
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()#+\-.!|$%&])", r"\1", line).split())


def _table(form: str, source: str, rows: Callable[[str], str]) -> Passage:
    return Passage(rows(source), "table", {form: source.strip()})


def _of_fence(source: str) -> Passage:
    inner = source.strip("\n")
    if re.match(r"\s*(?:<table\b|\\begin\{tabular|\|.*\|)", inner, re.IGNORECASE):
        return next(_passages(inner))
    return Passage(inner, "code")


def _chart(text: str) -> Passage | None:
    """A chart as the Python dict GOT-OCR2 writes."""
    stripped = text.strip()
    if not (stripped.startswith("{") and stripped.endswith("}")) or len(stripped) > 100_000:
        return None
    try:
        value = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return (
        Passage("\n".join(_leaves(value)), "chart", {"dict": stripped}) if isinstance(value, dict) and value else None
    )


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from (str(name), *_leaves(member))
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _leaves(member)
    elif value not in (None, "None", ""):
        yield str(value)
