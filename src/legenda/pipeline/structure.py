"""Structure of a page: blocks of lines become headings, paragraphs, items, tables, figures, formulas, notes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from legenda.document import Block, BlockKind, Box, Line, Notation, NotationKind, bounds, from_box, mapped
from legenda.document.geometry import transform
from legenda.document.structure import mapped_table
from legenda.errors import LegendaError, MissingComponentError
from legenda.layout import arrange
from legenda.layout.boxed import with_boxes
from legenda.layout.checkboxes import CheckBox, checkboxes
from legenda.layout.crops import uncut
from legenda.layout.frames import RULED, frames_of, tables_in
from legenda.layout.glyphs import latex_of
from legenda.layout.headings import headed
from legenda.layout.joining import outline
from legenda.layout.lists import itemised
from legenda.layout.margins import captioned, marginal, noted
from legenda.layout.pieces import Fonts, Piece, Sheet, pieces_of, region_of, sheet_of
from legenda.layout.regions import Region
from legenda.layout.scripts import with_scripts
from legenda.layout.seals import seals
from legenda.pipeline.inline_formulas import with_formulas
from legenda.pipeline.looks import looked, signs_in
from legenda.pipeline.notated import DRAWN, labels
from legenda.pipeline.sight import Sight
from legenda.pipeline.text_layer import TEXT_LAYER
from legenda.sources import Looks
from legenda.sources.page import MATHS

if TYPE_CHECKING:
    from legenda.engines.base import Raster

_SURE = 0.8  # of the kind of a figure, from which it is read as that
_PATHS, _MATHS = 6, 3  # from which a page of text is looked at: rules at its head and foot are fewer
_WELL_SET = 0.9  # confidence of a formula told by the text it is set with
_GOOD = 0.75  # confidence of a table (receipts: .6 where rows ran together, .97 and more elsewhere)
_HOPELESS = 0.03  # confidence of a notation under which it is not shown where its text was read
_AROUND_FORMULA = 0.5  # what rules find ends with the ink of its letters
_STAMPED = 0.9  # confidence of a seal: a ring in colour with signs in it may be a logo
_MARGIN = 0.3  # heights of the running text that a crop has around it


def structured(lines: Sequence[Line], sight: Sight, looks: Looks | None = None) -> list[Block]:
    """Blocks of a page by what they are, in reading order.

    Every line stays, once; only in tables lines are parted or put into the order of cells.

    Args:
        lines: of the page, upright, in any order.
        sight: the page they are on.
        looks: what its file says of its letters, if it does.
    """
    if looks is not None and looks.texts:
        lines = with_scripts(lines)
    blocks = arrange(lines, sight.height)
    if looks is not None and not (sight.pictured or _is_drawn(looks, blocks)):
        sight.drawn = None
    regions, page = sight.regions(), (0.0, 0.0, sight.width, sight.height)
    framed, others = frames_of(regions, blocks, page)
    stamped = _seals(sight)
    if boxes := _boxes(sight, blocks, framed):
        blocks = arrange(with_boxes([line for block in blocks for line in block.lines], boxes), sight.height)
        framed, others = frames_of(regions, blocks, page)
    framed = [frame for frame in framed if not any(_holds(seal.box, frame.box) for seal in stamped)] + stamped
    held = _held(blocks, framed, others)
    if framed:
        # each frame as one line without words: what stands in it must not disturb the order around it
        free = [line for block in blocks for line in block.lines if id(line) not in held.lines]
        blocks = arrange([*free, *held.places], sight.height)
    fonts: Fonts = {}
    if sight.pixels is not None:
        blocks = with_formulas(blocks, sight)
    if looks is not None:
        seen = looked(blocks, looks)
        blocks, fonts = seen.blocks, seen.fonts
    sheet = sheet_of(blocks, sight.width, sight.height, fonts)
    pieces = _ruled(pieces_of(blocks, [*framed, *others], fonts), framed, sheet)
    return [_block(piece, held, sight, sheet, looks) for piece in pieces] + _codes(sight)


def _boxes(sight: Sight, blocks: Sequence[Block], framed: Sequence[Region]) -> list[CheckBox]:
    """Check boxes of the page, in its units; one that stands alone in a figure is none."""
    heights = sorted(y1 - y0 for block in blocks for line in block.lines for _, y0, _, y1 in [bounds(line.polygon)])
    if sight.pixels is None or not heights:
        return []
    found = checkboxes(sight.pixels, heights[len(heights) // 2] * sight.scale[1])
    x, y = sight.scale
    placed = [replace(b, box=(b.box[0] / x, b.box[1] / y, b.box[2] / x, b.box[3] / y)) for b in found]
    figures = [frame.box for frame in framed if frame.kind == "figure"]
    within = [next((figure for figure in figures if _holds(figure, b.box)), None) for b in placed]
    return [b for b, figure in zip(placed, within, strict=True) if figure is None or within.count(figure) > 1]


def _seals(sight: Sight) -> list[Region]:
    """Seals of the page, in its units."""
    if sight.pixels is None:
        return []
    x, y = sight.scale
    boxes = [seal.box for seal in seals(sight.pixels)]
    return [Region("seal", (left / x, top / y, right / x, bottom / y), _STAMPED) for left, top, right, bottom in boxes]


def _holds(box: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@dataclass(frozen=True)
class _Held:
    """What frames hold.

    Attributes:
        lines: the frame of each line that lies in one, by the line's identity.
        places: a line without words for each frame, in the order of the frames.
        inside: the lines of each frame in reading order, by the identity of the frame.
    """

    lines: dict[int, Region]
    places: list[Line]
    inside: dict[int, list[Line]]


def _held(blocks: Sequence[Block], framed: Sequence[Region], others: Sequence[Region]) -> _Held:
    frames = set(map(id, framed))
    held = _Held({}, [Line("", from_box(*frame.box), 1.0) for frame in framed], {id(frame): [] for frame in framed})
    for block in blocks if framed else ():
        for line in block.lines:
            region = region_of(line, [*framed, *others])
            if region and id(region) in frames:
                held.lines[id(line)] = region
                held.inside[id(region)].append(line)
    return held


def _ruled(pieces: list[Piece], framed: Sequence[Region], sheet: Sheet) -> list[Piece]:
    """The pieces with their kinds by all rules."""
    frames = set(map(id, framed))
    for piece in pieces:
        if piece.region and id(piece.region) in frames:
            piece.kind, piece.sure = cast(BlockKind, piece.region.kind), piece.region.confidence
    marginal(pieces, sheet)
    pieces = itemised(pieces, sheet)
    captioned(pieces, [frame.box for frame in framed if frame.kind != "formula"], sheet)
    headed(pieces, sheet)
    noted(pieces, sheet)
    return pieces


def _is_drawn(looks: Looks, blocks: Sequence[Block]) -> bool:
    """Whether a page of a file's own text has anything that lines do not say: drawings, formulas, tables."""
    maths = int((looks.kinds & MATHS > 0).sum())
    return looks.paths >= _PATHS or maths >= _MATHS or any(tables_in(block.lines) for block in blocks)


def _block(piece: Piece, held: _Held, sight: Sight, sheet: Sheet, looks: Looks | None) -> Block:
    """A piece, or what is in the frame it stands for: a table, a figure, a formula."""
    region = piece.region
    if region is None or id(region) not in held.inside:
        return Block(piece.kind, outline(piece.lines), tuple(piece.lines), confidence=piece.sure, level=piece.level)
    lines = held.inside[id(region)]
    if region.kind == "seal":
        from legenda.pipeline.sealed import sealed

        return sealed(region, lines, sight)
    if region.kind == "formula" and (latex := _set(region, looks)):
        said = Notation("formula", {"latex": latex}, _WELL_SET, TEXT_LAYER)
        return Block("formula", from_box(*region.box), tuple(lines), confidence=region.confidence, notation=said)
    if region.kind != "table":
        return _seen(region, sight, tuple(lines), sheet)
    if sight.pixels is None:
        return Block("table", outline(lines), tuple(lines), confidence=region.confidence)
    return _table(region, sight, lines)


def _set(region: Region, looks: Looks | None) -> str:
    """A displayed formula as the file's own text sets it; empty where that does not tell it."""
    if looks is None or not looks.texts:
        return ""
    return latex_of(signs_in(region.box, looks))


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
    # what no model saw as a table must be a good one: receipts are rows of cells and no tables
    guessed = region.confidence <= RULED and any(line.engine != TEXT_LAYER for line in lines)
    if found is None or (guessed and found[0].confidence < _GOOD):
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
    if kind == "formula":
        left, top, right, bottom = uncut(sight.pixels, (left, top, right, bottom), sheet.body * sight.scale[1])
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
    there: Sequence[Line] = [mapped(line, (x, 0.0, -left, 0.0, y, -top)) for line in lines]
    there = labels(crop) if kind in DRAWN else there  # the page's lines leave out single letters and numbers
    found = _read(cast(NotationKind, kind), crop, there, sight)
    if found and lines and found.confidence < _HOPELESS:  # what was read as text is nearer to what is there
        return replace(block, kind="text" if region.kind == "formula" else "figure")
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
