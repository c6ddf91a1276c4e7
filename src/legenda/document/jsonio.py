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

from legenda.document.geometry import Polygon
from legenda.document.model import (
    Block,
    BlockKind,
    Document,
    Line,
    Page,
    PageSource,
    Problem,
    Span,
    Style,
    Unit,
    Word,
)
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
    return given | _filled(engine=printable(page.engine), timings=timings, problems=problems)


def _filled(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value}


def _block_to_dict(block: Block, digits: int) -> Json:
    return {
        "kind": block.kind,
        "polygon": list(map(round, block.polygon, repeat(digits))),
        "confidence": round(block.confidence, 4),
        "span": list(block.span),
        "lines": [_line_to_dict(line, digits) for line in block.lines],
    }


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
    return given | _filled(unreadable=line.unreadable, words=words)


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
        "page": "number width height unit angle source span text blocks engine timings problems",
        "block": "kind polygon confidence span lines",
        "line": "content polygon confidence span language script engine style unreadable words",
        "word": "content polygon confidence span",
        "style": "bold italic handwritten handwritten_confidence",
        "problem": "code message",
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

    def number(self, name: str, low: float, high: float) -> float:
        """A finite number in [low, high]."""
        return _number(self._take(name, _REQUIRED, int, float), low, high, f".{name}")

    def integer(self, name: str, low: int) -> int:
        """A whole number, at least `low`."""
        value = self._take(name, _REQUIRED, int)
        if value < low:
            raise _Mismatch(f".{name}", f"it must be at least {low}")
        return cast(int, value)

    def polygon(self) -> Polygon:
        """Eight finite numbers."""
        values = self._take("polygon", _REQUIRED, list)
        if len(values) != 8:
            raise _Mismatch(".polygon", "eight numbers are expected")
        return cast(Polygon, tuple(_number(v, -1e9, 1e9, ".polygon") for v in values))

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

    def style(self) -> Style | None:
        """How the text looks, or None."""
        if "style" not in self._value:
            return None
        try:
            looks = _Object(self._value["style"], _FIELDS["style"])
            sure = looks.number("handwritten_confidence", 0, 1) if "handwritten_confidence" in looks._value else None
            return Style(looks.flag("bold", None), looks.flag("italic", None), looks.flag("handwritten", None), sure)
        except _Mismatch as mismatch:
            raise _Mismatch(f".style{mismatch.place}", mismatch.reason) from None


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
    )


def _problem(given: _Object) -> Problem:
    return Problem(given.text("code"), given.text("message"))


def _block(given: _Object, text: str) -> Block:
    return Block(
        kind=cast(BlockKind, given.choice("kind", BlockKind)),
        polygon=given.polygon(),
        lines=given.items("lines", lambda value: _line(_Object(value, _FIELDS["line"]), text)),
        span=given.span(text, None),
        confidence=given.number("confidence", 0, 1),
    )


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
        style=given.style(),
        unreadable=bool(given.flag("unreadable", False)),
    )


def _word(given: _Object, text: str) -> Word:
    content = given.text("content")
    return Word(content, given.polygon(), given.number("confidence", 0, 1), given.span(text, content))
