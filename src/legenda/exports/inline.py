"""Lines as runs of text that look alike: bold, italic, links, formulas, over the ends of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from legenda.document import Line, Mark
from legenda.exports.lines import look
from legenda.exports.paragraphs import pieces

_ADDRESS = re.compile(r"(?i)(https?://|mailto:|tel:|ftp://)[^\s<>\"'\x00-\x20]{1,2000}")


class Look(NamedTuple):
    """How a run of text looks.

    Attributes:
        bold: it is.
        italic: it is.
        shift: `superscript`, `subscript`, or empty.
        strike: it is struck through.
        link: address, or empty.
        formula: LaTeX of what the run says, or empty.
        box: `checked` or `unchecked` where the run is a box, or empty.
    """

    bold: bool = False
    italic: bool = False
    shift: str = ""
    strike: bool = False
    link: str = ""
    formula: str = ""
    box: str = ""


class Run(NamedTuple):
    """Text that looks alike."""

    text: str
    look: Look


def runs(lines: Sequence[Line], page_text: str) -> list[Run]:
    """The lines of a paragraph as one text, hyphens at their ends taken out, in runs that look alike.

    Args:
        lines: with text each.
        page_text: of the page, which tells whether a word has a hyphen of its own.
    """
    parts = pieces([line.content for line in lines], page_text)
    looked = [run for line, part in zip(lines, parts, strict=True) for run in _looked(line, part)]
    return [Run("".join(run.text for run in same), how) for how, same in groupby(looked, lambda run: run.look)]


def without(made: Sequence[Run], count: int) -> list[Run]:
    """Runs without their first characters."""
    done = []
    for run in made:
        done.append(Run(run.text[count:], run.look))
        count = max(0, count - len(run.text))
    return [run for run in done if run.text]


def address(text: str) -> str:
    """An address that may be followed: of the web, of mail, of a telephone; else empty."""
    return text if _ADDRESS.fullmatch(text) else ""


def _looked(line: Line, part: str) -> Iterator[Run]:
    """What is left of a line, `part`, in runs; the space behind it looks as what stands before it."""
    bold, italic = look(line)
    if not line.marks:
        yield Run(part, Look(bold, italic))
        return
    lead = len(line.content) - len(line.content.lstrip())
    end = len(part)
    edges = {0, end}
    for mark in line.marks:
        edges |= {_within(mark.start - lead, end), _within(mark.start + mark.length - lead, end)}
    places = sorted(edges)
    for start, stop in pairwise(places):
        marks = [m for m in line.marks if m.start - lead <= start and start < m.start + m.length - lead]
        yield Run(part[start:stop], _look(marks, bold, italic))


def _within(place: int, end: int) -> int:
    return min(max(place, 0), end)


def _look(marks: Sequence[Mark], bold: bool, italic: bool) -> Look:
    kinds = {mark.kind: mark.value for mark in marks}
    shift = next((kind for kind in ("superscript", "subscript") if kind in kinds), "")
    return Look(
        bold or "bold" in kinds,
        italic or "italic" in kinds,
        shift,
        "strike" in kinds,
        address(kinds.get("link", "")),
        kinds.get("formula", ""),
        kinds.get("checkbox", ""),
    )
