"""Value types: what was read, where on the page, and how sure we are. Imports nothing of ours but errors."""

from legenda.document.geometry import Box, Point, Polygon, bounds, from_box, transform
from legenda.document.jsonio import SCHEMA_VERSION, from_json, schema, to_dict, to_json
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
    assemble,
    compose,
)

__all__ = [
    "SCHEMA_VERSION",
    "Block",
    "BlockKind",
    "Box",
    "Document",
    "Line",
    "Page",
    "PageSource",
    "Point",
    "Polygon",
    "Problem",
    "Span",
    "Style",
    "Unit",
    "Word",
    "assemble",
    "bounds",
    "compose",
    "from_box",
    "from_json",
    "schema",
    "to_dict",
    "to_json",
    "transform",
]
