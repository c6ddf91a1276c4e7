"""Rows of a document for an array of objects: from tables whose heads name the members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from legenda.desk.extract.places import Spot
from legenda.desk.extract.schema import Leaf
from legenda.desk.terms import alike, terms
from legenda.document import Page
from legenda.exports.paragraphs import is_table
from legenda.exports.tables import Cell, table

# What heads columns of lists of goods; a member's own name and title count as well
_HEADS = {
    "description": (
        "item",
        "items",
        "description",
        "product",
        "article",
        "designation",
        "bezeichnung",
        "artikel",
        "name",
    ),
    "quantity": ("qty", "quantity", "menge", "anzahl", "quantite", "cantidad", "pcs"),
    "price": ("price", "unit price", "preis", "einzelpreis", "prix", "precio", "u price", "rate"),
    "amount": ("amount", "total", "amt", "betrag", "gesamt", "montant", "importe", "sum"),
}
Row = list[tuple[Leaf, Spot]]


def rows_of(pages: Iterable[Page], columns: Sequence[Leaf]) -> Iterator[Row]:
    """The rows of all tables of which at least two columns (or the only one) are asked for."""
    for page in pages:
        for block in page.blocks:
            if not is_table(block):
                continue
            grid = table(block)
            heads = grid.heads or 1
            named = _named(grid.rows[:heads], columns)
            if len(set(named.values())) < min(2, len(columns)):
                continue
            for row in grid.rows[heads:]:
                cells = [
                    (columns[named[cell.column]], _spot(page.number, cell)) for cell in row if cell.column in named
                ]
                if found := [(leaf, spot) for leaf, spot in cells if spot.text]:
                    yield found


def _named(heads: Sequence[Sequence[Cell]], columns: Sequence[Leaf]) -> dict[int, int]:
    """Which column of a table is which member."""
    texts: dict[int, str] = {}
    for row in heads:
        for cell in row:
            texts[cell.column] = f"{texts.get(cell.column, '')} {cell.text}".strip()
    found: dict[int, int] = {}
    for column, text in texts.items():
        scored = [(_likeness(terms(text), leaf), -place) for place, leaf in enumerate(columns)]
        best, place = max(scored, default=(0.0, 0))
        if best > 0 and -place not in found.values():
            found[column] = -place
    return found


def _likeness(head: Sequence[str], leaf: Leaf) -> float:
    said = " ".join(head)
    labels = [*leaf.labels, *_HEADS.get(leaf.path[-1].casefold(), ())]
    if said in labels:
        return 1.0
    words = {word for label in labels for word in label.split()}
    return 0.5 * sum(bool(alike(term, words)) for term in head) / len(head) if head else 0.0


def _spot(page: int, cell: Cell) -> Spot:
    boxes = [line.polygon for line in cell.lines]
    confidence = min((line.confidence for line in cell.lines), default=1.0)
    return Spot(cell.text.strip(), page, boxes, confidence)
