"""JSON for documents: compact to write, checked by hand when read, described by `document.schema.json`.

Coordinates are rounded to two decimals (four where the unit is the inch), probabilities and seconds to four; fields
that are optional and empty are left out. Reading what was written gives an equal document up to that rounding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import repeat
from math import isfinite
from typing import Any, TypeVar, cast, get_args

from legenda.document.geometry import Box, Polygon
from legenda.document.model import (
    Block,
    BlockKind,
    Document,
    Line,
    Page,
    PageSource,
    Part,
    Problem,
    Span,
    Style,
    Unit,
    Word,
)
from legenda.document.structure import Cell, Mark, MarkKind, Notation, NotationKind, Table
from legenda.document.text import printable, printable_map, printable_page
from legenda.errors import CorruptSourceError

SCHEMA_VERSION = "1.0"

_T = TypeVar("_T")
Json = dict[str, Any]


def schema() -> Json:
    """The JSON Schema (draft 2020-12) of what `to_json` writes."""
    from importlib.resources import files

    text = (files("legenda.document") / "document.schema.json").read_text("utf-8")
    return cast(Json, json.loads(text))


def to_json(document: Document, *, indent: int | None = None) -> str:
    """A document as JSON text, in one line unless `indent` gives the number of spaces to indent by."""
    return dumps(to_dict(document), indent=indent)


def dumps(value: Any, *, indent: int | None = None) -> str:
    """JSON text of plain values, as compact as it goes; text stays text, not escapes."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)


def to_dict(document: Document) -> Json:
    """A document as plain dicts, lists, strings and numbers, valid against `schema()`."""
    return {
        **head(document.name, document.metadata),
        "pages": [page_to_dict(page) for page in document.pages],
        "text": printable(document.text),
    }


def head(name: str, metadata: Mapping[str, str]) -> Json:
    """The members of a document that come before its pages."""
    given: Json = {"schema_version": SCHEMA_VERSION}
    return given | _filled(name=printable(name), metadata=printable_map(metadata))


def page_to_dict(page: Page) -> Json:
    """A page as plain values."""
    page = printable_page(page)
    digits = 4 if page.unit == "inch" else 2
    given: Json = {
        "number": page.number,
        "width": round(page.width, digits),
        "height": round(page.height, digits),
        "unit": page.unit,
        "angle": round(page.angle, 2) if page.angle > -179.995 else 180.0,
        "source": page.source,
        "span": list(page.span),
        "text": page.text,
        "blocks": [_block_to_dict(block, digits) for block in page.blocks],
    }
    timings = {stage: round(seconds, 4) for stage, seconds in page.timings.items()}
    problems = [{"code": printable(p.code), "message": printable(p.message)} for p in page.problems]
    part = page.part and {"picture": page.part.picture, "box": [round(side, digits) for side in page.part.box]}
    return given | _filled(engine=printable(page.engine), timings=timings, problems=problems, part=part)


def _filled(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value}


def _block_to_dict(block: Block, digits: int) -> Json:
    given: Json = {
        "kind": block.kind,
        "polygon": list(map(round, block.polygon, repeat(digits))),
        "confidence": round(block.confidence, 4),
        "span": list(block.span),
        "lines": [_line_to_dict(line, digits) for line in block.lines],
    }
    if block.table is not None:
        given["table"] = _table_to_dict(block.table, digits)
    if block.notation is not None:
        given["notation"] = _notation_to_dict(block.notation)
    return given | _filled(level=block.level)


def _table_to_dict(table: Table, digits: int) -> Json:
    given: Json = {"rows": table.rows, "columns": table.columns, "confidence": round(table.confidence, 4)}
    given["cells"] = [_cell_to_dict(cell, digits) for cell in table.cells]
    return given | _filled(continued=table.continued)


def _cell_to_dict(cell: Cell, digits: int) -> Json:
    given: Json = {"row": cell.row, "column": cell.column}
    given["polygon"] = list(map(round, cell.polygon, repeat(digits)))
    given |= {name: value for name, value in (("rows", cell.rows), ("columns", cell.columns)) if value > 1}
    return given | _filled(first=cell.first, count=cell.count, header=cell.header)


def _notation_to_dict(notation: Notation) -> Json:
    given: Json = {"kind": notation.kind, "forms": printable_map(notation.forms)}
    given["confidence"] = round(notation.confidence, 4)
    return given | _filled(engine=printable(notation.engine), problem=printable(notation.problem))


def _mark_to_dict(mark: Mark) -> Json:
    given: Json = {"kind": mark.kind, "start": mark.start, "length": mark.length}
    given |= {} if mark.confidence == 1 else {"confidence": round(mark.confidence, 4)}
    return given | _filled(value=printable(mark.value))


def _line_to_dict(line: Line, digits: int) -> Json:
    given: Json = {
        "content": line.content,
        "polygon": list(map(round, line.polygon, repeat(digits))),
        "confidence": round(line.confidence, 4),
        "span": list(line.span),
    }
    words = [
        {
            "content": word.content,
            "polygon": list(map(round, word.polygon, repeat(digits))),
            "confidence": round(word.confidence, 4),
            "span": list(word.span),
        }
        for word in line.words
    ]
    given |= _filled(language=line.language, script=line.script, engine=printable(line.engine))
    given |= {"style": _style_to_dict(line.style)} if line.style is not None else {}
    marks = [_mark_to_dict(mark) for mark in line.marks]
    return given | _filled(unreadable=line.unreadable, words=words, marks=marks)


def _style_to_dict(style: Style) -> Json:
    sure = style.handwritten_confidence
    looks = {"bold": style.bold, "italic": style.italic, "handwritten": style.handwritten}
    looks["handwritten_confidence"] = None if sure is None else round(sure, 4)  # type: ignore[assignment]
    return {name: value for name, value in looks.items() if value is not None}


def from_json(text: str | bytes) -> Document:
    """Read a document that `to_json` wrote.

    Raises:
        CorruptSourceError: the text is no JSON, or no document; the message names the place.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _corrupt(f"it is not JSON text: {error}") from None
    return _built(lambda: _document(_Object(value, _FIELDS["document"])))


def page_from_dict(value: Any) -> Page:
    """Build a page from what `page_to_dict` gave for a page by itself: spans are relative to the page.

    Raises:
        CorruptSourceError: it is no page; the message names the place.
    """
    return _built(lambda: _alone(_Object(value, _FIELDS["page"])))


def _built(build: Callable[[], _T]) -> _T:
    try:
        return build()
    except _Mismatch as mismatch:
        place = mismatch.place.lstrip(".") or "the top level"
        raise _corrupt(f"{place}: {mismatch.reason}") from None


def _corrupt(why: str) -> CorruptSourceError:
    remedy = f"write it again with this version of Legenda (schema {SCHEMA_VERSION})"
    return CorruptSourceError("The JSON text is not a Legenda document", why, remedy)


class _Mismatch(Exception):
    """A value is not what the schema says."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason


_FIELDS = {
    name: frozenset(fields.split())
    for name, fields in {
        "document": "schema_version name metadata pages text",
        "page": "number width height unit angle source span text blocks engine timings problems part",
        "block": "kind polygon confidence span lines level table notation",
        "table": "rows columns cells confidence continued",
        "cell": "row column rows columns header polygon first count",
        "notation": "kind forms confidence engine problem",
        "line": "content polygon confidence span language script engine style unreadable words marks",
        "mark": "kind start length value confidence",
        "word": "content polygon confidence span",
        "style": "bold italic handwritten handwritten_confidence",
        "problem": "code message",
        "part": "picture box",
    }.items()
}
_REQUIRED = object()


class _Object:
    """A JSON object whose members are taken out by the type they must have."""

    def __init__(self, value: Any, fields: frozenset[str]) -> None:
        if not isinstance(value, dict):
            raise _Mismatch("", "an object is expected")
        if unknown := value.keys() - fields:
            raise _Mismatch("", f"there is no field {min(unknown)!r}")
        self._value = value

    def _take(self, name: str, default: Any, *types: type) -> Any:
        value = self._value.get(name, default)
        if value is _REQUIRED:
            raise _Mismatch("", f"the field {name!r} is missing")
        # bool is an int to Python, not to JSON
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise _Mismatch(f".{name}", f"{' or '.join(t.__name__ for t in types)} is expected")
        return value

    def text(self, name: str, default: Any = _REQUIRED) -> str:
        """A string."""
        return cast(str, self._take(name, default, str))

    def choice(self, name: str, alternatives: Any) -> Any:
        """One of the values of a `Literal`."""
        value = self.text(name)
        if value not in get_args(alternatives):
            raise _Mismatch(f".{name}", f"it must be one of {', '.join(get_args(alternatives))}")
        return value

    def flag(self, name: str, default: bool | None) -> bool | None:
        """True, false, or the default."""
        return default if name not in self._value else cast(bool, self._take(name, default, bool))

    def number(self, name: str, low: float, high: float, default: Any = _REQUIRED) -> float:
        """A finite number in [low, high]."""
        return _number(self._take(name, default, int, float), low, high, f".{name}")

    def integer(self, name: str, low: int, default: Any = _REQUIRED) -> int:
        """A whole number, at least `low` and at most a million."""
        value = self._take(name, default, int)
        if not low <= value <= 1_000_000:
            raise _Mismatch(f".{name}", f"it must be from {low} to 1000000")
        return cast(int, value)

    def within(self, name: str, build: Callable[[Any], _T]) -> _T | None:
        """An object built by `build`, or None where there is none."""
        if name not in self._value:
            return None
        try:
            return build(self._value[name])
        except _Mismatch as mismatch:
            raise _Mismatch(f".{name}{mismatch.place}", mismatch.reason) from None

    def polygon(self) -> Polygon:
        """Eight finite numbers."""
        values = self._take("polygon", _REQUIRED, list)
        if len(values) != 8:
            raise _Mismatch(".polygon", "eight numbers are expected")
        return cast(Polygon, tuple(_number(v, -1e9, 1e9, ".polygon") for v in values))

    def box(self) -> Box:
        """Four finite numbers."""
        values = self._take("box", _REQUIRED, list)
        if len(values) != 4:
            raise _Mismatch(".box", "four numbers are expected")
        return cast(Box, tuple(_number(v, -1e9, 1e9, ".box") for v in values))

    def span(self, text: str, content: str | None) -> Span:
        """Offset and length inside `text`; where `content` is given, the slice must equal it."""
        values = self._take("span", _REQUIRED, list)
        if len(values) != 2 or any(type(v) is not int or v < 0 for v in values):
            raise _Mismatch(".span", "an offset and a length in code points are expected")
        span = Span(*values)
        if sum(values) > len(text) or (content is not None and span.of(text) != content):
            raise _Mismatch(".span", "it does not cover its content in the document's text")
        return span

    def mapping(self, name: str, kind: type[_T]) -> dict[str, _T]:
        """An object all of whose values are strings or numbers; empty where absent."""
        values = self._take(name, {}, dict)
        if kind is float:
            return {key: cast(_T, _number(v, 0.0, 1e9, f".{name}.{key}")) for key, v in values.items()}
        for key, value in values.items():
            if not isinstance(value, kind):
                raise _Mismatch(f".{name}.{key}", f"{kind.__name__} is expected")
        return cast(dict[str, _T], values)

    def items(self, name: str, build: Callable[[Any], _T], default: Any = _REQUIRED) -> tuple[_T, ...]:
        """An array, each item built by `build`."""
        built = []
        for index, value in enumerate(self._take(name, default, list)):
            try:
                built.append(build(value))
            except _Mismatch as mismatch:
                raise _Mismatch(f".{name}[{index}]{mismatch.place}", mismatch.reason) from None
        return tuple(built)

    def style(self) -> Style:
        """How the text looks."""
        sure = self.number("handwritten_confidence", 0, 1) if "handwritten_confidence" in self._value else None
        return Style(self.flag("bold", None), self.flag("italic", None), self.flag("handwritten", None), sure)


def _number(value: Any, low: float, high: float, place: str) -> float:
    if type(value) not in (int, float) or not low <= value <= high or not isfinite(value):
        raise _Mismatch(place, f"a number from {low:g} to {high:g} is expected")
    return float(value)


def _document(given: _Object) -> Document:
    if (version := given.text("schema_version")).split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise _Mismatch(".schema_version", f"version {version!r} is not known")
    text = given.text("text")
    pages = given.items("pages", lambda value: _page(_Object(value, _FIELDS["page"]), text))
    return Document(pages, text, given.text("name", ""), given.mapping("metadata", str))


def _alone(given: _Object) -> Page:
    return _page(given, given.text("text"))


def _page(given: _Object, text: str) -> Page:
    return Page(
        number=given.integer("number", 1),
        width=given.number("width", 0, 1e9),
        height=given.number("height", 0, 1e9),
        unit=cast(Unit, given.choice("unit", Unit)),
        text=(content := given.text("text")),
        blocks=given.items("blocks", lambda value: _block(_Object(value, _FIELDS["block"]), text)),
        span=given.span(text, content),
        angle=given.number("angle", -180, 180),
        source=cast(PageSource, given.choice("source", PageSource)),
        engine=given.text("engine", ""),
        timings=given.mapping("timings", float),
        problems=given.items("problems", lambda value: _problem(_Object(value, _FIELDS["problem"])), []),
        part=given.within("part", lambda value: _part(_Object(value, _FIELDS["part"]))),
    )


def _problem(given: _Object) -> Problem:
    return Problem(given.text("code"), given.text("message"))


def _part(given: _Object) -> Part:
    return Part(given.integer("picture", 1), given.box())


def _block(given: _Object, text: str) -> Block:
    lines = given.items("lines", lambda value: _line(_Object(value, _FIELDS["line"]), text))
    return Block(
        kind=cast(BlockKind, given.choice("kind", BlockKind)),
        polygon=given.polygon(),
        lines=lines,
        span=given.span(text, None),
        confidence=given.number("confidence", 0, 1),
        level=given.integer("level", 0, 0),
        table=given.within("table", lambda value: _table(_Object(value, _FIELDS["table"]), len(lines))),
        notation=given.within("notation", lambda value: _notation(_Object(value, _FIELDS["notation"]))),
    )


def _table(given: _Object, lines: int) -> Table:
    return Table(
        rows=(rows := given.integer("rows", 0)),
        columns=(columns := given.integer("columns", 0)),
        cells=given.items("cells", lambda value: _cell(_Object(value, _FIELDS["cell"]), (rows, columns, lines))),
        confidence=given.number("confidence", 0, 1),
        continued=bool(given.flag("continued", False)),
    )


def _cell(given: _Object, bounds: tuple[int, int, int]) -> Cell:
    """A cell inside so many rows, columns and lines."""
    cell = Cell(
        row=given.integer("row", 0),
        column=given.integer("column", 0),
        polygon=given.polygon(),
        first=given.integer("first", 0, 0),
        count=given.integer("count", 0, 0),
        rows=given.integer("rows", 1, 1),
        columns=given.integer("columns", 1, 1),
        header=bool(given.flag("header", False)),
    )
    ends = (cell.row + cell.rows, cell.column + cell.columns, cell.first + cell.count)
    if any(end > bound for end, bound in zip(ends, bounds, strict=True)):
        raise _Mismatch("", "it ends outside its table or behind its block's last line")
    return cell


def _notation(given: _Object) -> Notation:
    return Notation(
        kind=cast(NotationKind, given.choice("kind", NotationKind)),
        forms=given.mapping("forms", str),
        confidence=given.number("confidence", 0, 1),
        engine=given.text("engine", ""),
        problem=given.text("problem", ""),
    )


def _mark(given: _Object, length: int) -> Mark:
    mark = Mark(
        kind=cast(MarkKind, given.choice("kind", MarkKind)),
        start=given.integer("start", 0),
        length=given.integer("length", 1),
        value=given.text("value", ""),
        confidence=given.number("confidence", 0, 1, 1.0),
    )
    if mark.start + mark.length > length:
        raise _Mismatch("", "it ends behind its line")
    return mark


def _line(given: _Object, text: str) -> Line:
    return Line(
        content=(content := given.text("content")),
        polygon=given.polygon(),
        confidence=given.number("confidence", 0, 1),
        words=given.items("words", lambda value: _word(_Object(value, _FIELDS["word"]), text), []),
        span=given.span(text, content),
        language=given.text("language", ""),
        script=given.text("script", ""),
        engine=given.text("engine", ""),
        style=given.within("style", lambda value: _Object(value, _FIELDS["style"]).style()),
        unreadable=bool(given.flag("unreadable", False)),
        marks=given.items("marks", lambda value: _mark(_Object(value, _FIELDS["mark"]), len(content)), []),
    )


def _word(given: _Object, text: str) -> Word:
    content = given.text("content")
    return Word(content, given.polygon(), given.number("confidence", 0, 1), given.span(text, content))
