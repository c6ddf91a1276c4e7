"""Structure of a page: blocks of lines become headings, paragraphs, items, tables, figures, formulas, notes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from legenda.document import Block, BlockKind, Line, Notation, NotationKind, from_box, mapped
from legenda.document.geometry import transform
from legenda.document.structure import mapped_table
from legenda.errors import LegendaError, MissingComponentError
from legenda.layout.frames import frames_of, tables_in
from legenda.layout.headings import headed
from legenda.layout.joining import outline
from legenda.layout.lists import itemised
from legenda.layout.margins import captioned, marginal, noted
from legenda.layout.pieces import Fonts, Piece, Sheet, pieces_of, sheet_of
from legenda.layout.regions import Region
from legenda.pipeline.looks import looked
from legenda.pipeline.sight import Sight
from legenda.sources import Looks
from legenda.sources.page import MATHS

if TYPE_CHECKING:
    from legenda.engines.base import Raster

_SURE = 0.8  # of the kind of a figure, from which it is read as that
_PATHS, _MATHS = 6, 3  # from which a page of text is looked at: rules at its head and foot are fewer
_MARGIN = 0.3  # heights of the running text that a crop has around it


def structured(blocks: Sequence[Block], sight: Sight, looks: Looks | None = None) -> list[Block]:
    """Blocks of a page by what they are.

    Every line stays, once; only in tables lines are parted or put into the order of cells.

    Args:
        blocks: in reading order, upright, as `arrange` or the file gives them.
        sight: the page they are on.
        looks: what its file says of its letters, if it does.
    """
    page = (0.0, 0.0, sight.width, sight.height)
    fonts: Fonts = {}
    if looks is not None:
        seen = looked(blocks, looks)
        blocks, fonts = seen.blocks, seen.fonts
        if not (sight.pictured or _is_drawn(looks, blocks)):
            sight.drawn = None
    framed, others = frames_of(sight.regions(), blocks, page)
    sheet = sheet_of(blocks, sight.width, sight.height, fonts)
    pieces = _gathered(pieces_of(blocks, [*framed, *others], fonts), framed)
    frames = set(map(id, framed))
    free = [piece for piece in pieces if id(piece.region) not in frames]
    marginal(free, sheet)
    free = itemised(free)
    captioned(free, [frame.box for frame in framed if frame.kind != "formula"], sheet)
    headed(free, sheet)
    noted(free, sheet)
    return _placed(pieces, free, framed, sight, sheet) + _codes(sight)


def _is_drawn(looks: Looks, blocks: Sequence[Block]) -> bool:
    """Whether a page of a file's own text has anything that lines do not say: drawings, formulas, tables."""
    maths = int((looks.kinds & MATHS > 0).sum())
    return looks.paths >= _PATHS or maths >= _MATHS or any(tables_in(block.lines) for block in blocks)


def _gathered(pieces: list[Piece], framed: Sequence[Region]) -> list[Piece]:
    """All lines of a frame in one piece, where its first one was; frames without lines are left for later."""
    done: list[Piece] = []
    known: dict[int, Piece] = {}
    for piece in pieces:
        frame = next((k for k, region in enumerate(framed) if region is piece.region), None)
        if frame is None:
            done.append(piece)
        elif frame in known:
            known[frame].lines += piece.lines
        else:
            known[frame] = piece
            piece.kind, piece.sure = cast(BlockKind, framed[frame].kind), framed[frame].confidence
            done.append(piece)
    return done


def _placed(
    pieces: list[Piece], free: list[Piece], framed: Sequence[Region], sight: Sight, sheet: Sheet
) -> list[Block]:
    """All blocks in reading order."""
    order = {id(line): k for k, line in enumerate(line for piece in pieces for line in piece.lines)}
    known = set(map(id, framed))
    frames = [piece for piece in pieces if id(piece.region) in known]
    blocks: list[Block] = []
    for piece in sorted([*free, *frames], key=lambda piece: order[id(piece.lines[0])]):
        blocks.append(_framed(piece, sight, sheet) if id(piece.region) in known else _block(piece))
    for region in framed:
        if region.kind == "figure" and not any(piece.region is region for piece in frames):
            _insert(blocks, _seen(region, sight, (), sheet))
    return blocks


def _block(piece: Piece) -> Block:
    return Block(piece.kind, outline(piece.lines), tuple(piece.lines), confidence=piece.sure, level=piece.level)


def _framed(piece: Piece, sight: Sight, sheet: Sheet) -> Block:
    """A table, a figure or a formula; what is none after all is text."""
    region = piece.region
    assert region is not None  # noqa: S101  (that is what a frame is)
    if region.kind != "table":
        return _seen(region, sight, tuple(piece.lines), sheet)
    return _block(piece) if sight.pixels is None else _table(region, sight, piece.lines)


def _table(region: Region, sight: Sight, lines: Sequence[Line]) -> Block:
    from legenda.layout.tables import table_of

    plain = Block("table", outline(lines), tuple(lines), confidence=region.confidence)
    assert sight.pixels is not None  # noqa: S101
    there, back = sight.onto_pixels, sight.onto_page
    box = sight.box_in_pixels(region.box)
    try:
        found = table_of(sight.pixels, box, [mapped(line, there) for line in lines])
    except MissingComponentError as error:
        sight.problems["no_tables"] = f"Tables were not parted into cells: {error}"
        return plain
    if found is None:
        return replace(plain, kind="text")
    table, inside = found
    kept = tuple(mapped(line, back) for line in inside)
    return Block("table", outline(kept), kept, confidence=region.confidence, table=mapped_table(table, back))


def _seen(region: Region, sight: Sight, lines: tuple[Line, ...], sheet: Sheet) -> Block:
    """A figure or a formula, read as notation where it is one that can be read."""
    kind: BlockKind = "formula" if region.kind == "formula" else "figure"
    block = Block(kind, from_box(*region.box), lines, confidence=region.confidence)
    if sight.pixels is None:
        return block
    from legenda import notation

    left, top, right, bottom = (round(side) for side in sight.box_in_pixels(region.box, _MARGIN * sheet.body))
    crop = sight.pixels[top:bottom, left:right]
    if min(crop.shape[:2]) < 8:
        return block
    if kind == "figure":
        from legenda.notation.router import kind_of

        name, sure = kind_of(crop)
        if sure < _SURE or name not in notation.READ:
            return block
        kind = cast(BlockKind, name)
    x, y = sight.scale
    there = [mapped(line, (x, 0.0, -left, 0.0, y, -top)) for line in lines]
    found = _read(cast(NotationKind, kind), crop, there, sight)
    return replace(block, kind=kind, notation=found) if found else block


def _read(kind: NotationKind, crop: Raster, lines: Sequence[Line], sight: Sight) -> Notation | None:
    from legenda import notation

    if kind not in notation.READ:
        return None
    try:
        return notation.read(kind, crop, lines)
    except MissingComponentError as error:
        sight.problems[f"no_{kind}"] = f"No {kind} was read: {error}"
    except LegendaError as error:
        sight.problems[f"{kind}_failed"] = str(error)
    return None


def _insert(blocks: list[Block], figure: Block) -> None:
    """Put a figure without lines where it is read: before the first block that begins below it in its column."""
    x0, _, x1, y1 = figure.polygon[0], figure.polygon[1], figure.polygon[2], figure.polygon[5]
    for place, block in enumerate(blocks):
        left, top, right = block.polygon[0], block.polygon[1], block.polygon[2]
        if min(x1, right) - max(x0, left) > 0 and top >= y1 - 0.25 * (y1 - figure.polygon[1]):
            blocks.insert(place, figure)
            return
    blocks.append(figure)


def _codes(sight: Sight) -> list[Block]:
    """Barcodes, after all that is read."""
    if sight.pixels is None:
        return []
    from legenda.layout.barcodes import barcodes

    found: list[Block] = []
    with contextlib.suppress(ImportError):
        for code in barcodes(sight.pixels):
            said = Notation("barcode", {"text": code.text, "format": code.format}, engine="zxing")
            found.append(Block("barcode", transform(code.polygon, sight.onto_page), (), notation=said))
    return found
