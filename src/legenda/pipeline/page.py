"""One page: its own text where that can be trusted, else its picture, or both merged."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from legenda.document import Block, Line, Page, Problem, Unit, compose
from legenda.document.geometry import Box
from legenda.engines.base import Raster
from legenda.engines.stopwatch import Stopwatch
from legenda.errors import InvalidOptionError, LegendaError, MissingComponentError
from legenda.layout import arrange
from legenda.options import ReadOptions
from legenda.pipeline.frame import block_onto_page, onto_page, quarter_of, turn_back, turn_upright
from legenda.pipeline.notated import is_notated, read_crop
from legenda.pipeline.region import grown, lines_inside, no_region, regions, within
from legenda.pipeline.routing import read_raster
from legenda.pipeline.scan import read_scan
from legenda.pipeline.sight import Sight
from legenda.pipeline.tabled import is_tabled, tabled
from legenda.pipeline.text_layer import TEXT_LAYER, angle_of, layer_blocks, trust_in, without_doubles
from legenda.sources import Source, SourcePage

_log = logging.getLogger(__name__)

_WELL_READ = 0.92  # likeness of a hidden layer to the picture, from which its words are as good as ours


def read_page(source: Source, number: int, options: ReadOptions) -> Page:
    """Read a page; what fails on it becomes a problem of the page.

    Raises:
        InvalidOptionError: there is no such engine or language (that holds for every page).
        MissingComponentError: an engine or language pack asked for is not installed (so does that).
    """
    return _guarded(source, number, lambda given: _Attempt(source, given, options).read())


def attempt_page(source: Source, number: int, options: ReadOptions) -> Page:
    """As `read_page`, but what fails is raised, whatever it is: who supervises the reading decides what it means."""
    return _Attempt(source, source.page(number), options).read()


def read_own_text(source: Source, number: int, options: ReadOptions) -> Page | None:
    """Read a page if its own text is all it takes; `None` if pixels must be looked at."""

    def read(given: SourcePage) -> Page | None:
        return None if _needs_pixels(given, options) else _Attempt(source, given, options).read()

    return _guarded(source, number, read)


def failed_page(source: Source | None, number: int, error: LegendaError) -> Page:
    """A page that could not be read."""
    unit: Unit = source.unit if source else "pixel"
    page = Page(number, 0.0, 0.0, unit)
    with contextlib.suppress(LegendaError):
        if source:
            given = source.page(number)
            page = Page(number, given.width, given.height, given.unit, part=given.part)
    return _failed(page, error.code, str(error))


def _needs_pixels(given: SourcePage, options: ReadOptions) -> bool:
    text = given.text
    if is_notated(options):
        return True
    if options.color:
        return True
    if options.text_layer == "only":
        return False
    served = options.text_layer == "auto" and text is not None and text.lines and text.certain
    return not served or bool(given.pictures)


_Read = TypeVar("_Read")


def _guarded(source: Source, number: int, read: Callable[[SourcePage], _Read]) -> _Read | Page:
    page = Page(number, 0.0, 0.0, source.unit)
    try:
        given = source.page(number)
        page = Page(number, given.width, given.height, given.unit, part=given.part)
        return read(given)
    except (InvalidOptionError, MissingComponentError):
        raise
    except LegendaError as error:
        return _failed(page, error.code, str(error))
    except Exception as error:  # a bug met on one page must not cost the others
        _log.debug("unexpected", exc_info=True)
        return _failed(page, "engine", f"Page {number} could not be read: {type(error).__name__}: {error}")


def _failed(page: Page, code: str, message: str) -> Page:
    return replace(page, problems=(Problem(code, message),))


class _Attempt:
    """The reading of one page."""

    def __init__(self, source: Source, given: SourcePage, options: ReadOptions) -> None:
        self._source, self._given, self._options = source, given, options
        self._watch = Stopwatch()
        self._regions: list[Box] | None = None
        self._problems: list[Problem] = [*given.problems]
        self._angle = 0.0
        self._pixels: Raster | None = None
        self._bend: Callable[[Block], Block] | None = None  # from the page with straight lines to the page as given
        self._engine = ""
        self._drawn: list[Block] = []

    def read(self) -> Page:
        """Text layer, picture, or both; of the regions asked for."""
        self._regions = regions(self._source, self._given, self._options)
        if self._regions is not None:
            self._given = within(self._given, self._regions)
            if not self._regions:
                self._problems.append(no_region(self._given.number, self._options))
                return self._page([], "ocr")
        return self._read()

    def _read(self) -> Page:
        given, options = self._given, self._options
        if is_notated(options):
            boxes: Sequence[Box | None] = self._regions or (None,)
            return self._page([self._read_crop(box) for box in boxes], "ocr")
        if trust := 1.0 if options.text_layer == "only" else self._trust():
            own = given.text.lines if given.text else ()
            blocks = layer_blocks(given.text, trust) if given.text else []
            lines = [line for block in blocks for line in block.lines]
            angle = self._angle = angle_of(own)
            if not angle and any(line.owner >= 0 for line in own):  # the file says itself what is what
                return self._told(blocks)
            # PDFium may give sideways lines in reverse; structure is found in lines as they are printed
            if angle or options.structure:
                blocks = self._arranged(lines)
            pictures = given.pictures if options.text_layer == "auto" else ()
            seen = [line for box in pictures for line in self._read_picture(box)]
            added = without_doubles(seen, own)
            if added:
                return self._page(self._arranged([*lines, *added]), "mixed")
            return self._page(blocks, "text_layer")
        return self._page(self._arranged(self._seen()), "ocr")

    def _told(self, blocks: list[Block]) -> Page:
        """The page as the file says it is, with the pictures on it, and what is to be read in them."""
        from legenda.pipeline.elements import with_figures

        given, seen = self._given, dict[Box, list[Line]]()
        own = given.text.lines if given.text else ()
        for box in given.pictures:
            lines = self._read_picture(box) if self._options.text_layer == "auto" else ()
            arranged = arrange(without_doubles(lines, own), given.width)
            seen[box] = [line for block in arranged for line in block.lines]
        return self._page(with_figures(blocks, seen), "mixed" if any(seen.values()) else "text_layer")

    def _read_crop(self, box: Box | None) -> Block:
        """The page, or a part of it, as one formula, chart and the like."""
        with self._watch("render"):
            rendering = self._source.raster(self._given.number, self._options.dpi, box)
        self._problems += rendering.problems
        with self._watch("notation"):
            block = read_crop(rendering.pixels, self._options)
        self._engine = block.notation.engine if block.notation else ""
        if block.notation and block.notation.problem:
            self._problems.append(Problem("unchecked_notation", block.notation.problem))
        return block_onto_page(block, rendering)

    def _trust(self) -> float:
        """In the page's own text; 0 where its picture is to be read."""
        text = self._given.text
        if text is None or self._options.text_layer == "ignore" or not text.lines:
            return 0.0
        with self._watch("text_layer"):
            trust = trust_in(self._source, self._given, text)
        # structure costs a look at the page anyway: words that an earlier OCR got wrong are better read again
        return 0.0 if self._options.structure and trust < _WELL_READ else trust

    def _seen(self) -> Sequence[Line]:
        """What the page shows, where it is to be read."""
        if self._regions is None:
            return self._read_picture(None)
        framed = self._options.color is not None  # whose frame is not text, and there is paper inside of it
        boxes = self._regions if framed else [grown(box, self._given) for box in self._regions]
        return lines_inside([line for box in boxes for line in self._read_picture(box)], self._regions)

    def _read_picture(self, box: Box | None) -> Sequence[Line]:
        with self._watch("render"):
            rendering = self._source.raster(self._given.number, self._options.dpi, box)
        self._problems += rendering.problems
        sheet = None if box else read_scan(rendering.pixels, self._options)
        reading = sheet.reading if sheet else read_raster(rendering.pixels, self._options)
        for stage, seconds in reading.timings.items():
            self._watch.add(stage, seconds)
        self._problems += reading.problems
        self._engine = self._engine or reading.engine or (reading.lines[0].engine if reading.lines else "")
        self._drawn += [block_onto_page(block, rendering) for block in reading.blocks]
        if box is None or self._regions:
            self._angle = reading.angle
        if sheet:
            self._bend = (
                partial(sheet.bend.back_block, scale=(rendering.scale_x, rendering.scale_y)) if sheet.bend else None
            )
            self._pixels = sheet.pixels if self._options.structure else None
        return onto_page(reading.lines, rendering)

    def _arranged(self, lines: Sequence[Line]) -> list[Block]:
        """Blocks in reading order; the order is found with the page the right way up."""
        given, quarter = self._given, quarter_of(self._angle)
        with self._watch("layout"):
            size = (given.width, given.height)
            upright = turn_upright(lines, quarter, *size)
            if not self._options.structure or self._options.content in ("text", "table"):
                return turn_back(arrange(upright, size[1 - quarter % 2]), quarter, *size)
        return turn_back(self._structured(upright, quarter), quarter, *size)

    def _structured(self, lines: Sequence[Line], quarter: int) -> list[Block]:
        """Lines of the page turned upright as blocks of their kinds."""
        from legenda.pipeline.structure import structured

        with self._watch("structure"):
            sight = Sight.of(self._source, self._given, quarter, self._pixels, whole=self._regions is None)
            sight.thorough = self._options.effort in ("accurate", "vlm")
            own = not quarter and any(line.engine == TEXT_LAYER for line in lines)
            try:
                done = structured(lines, sight, self._source.looks(self._given.number) if own else None)
            except MemoryError:
                raise
            except Exception as error:  # a bug in a rule, or a page that cannot be drawn, must not cost its text
                _log.debug("unexpected", exc_info=True)
                sight.problems["no_structure"] = f"The structure was not found: {type(error).__name__}: {error}"
                done = arrange(lines, sight.height)
        self._problems += [Problem(code, message) for code, message in sight.problems.items()]
        return done

    def _table(self, lines: Sequence[Line]) -> Block:
        """The page as one table."""
        with self._watch("render"):
            rendering = self._source.raster(self._given.number, self._options.dpi, None)
        with self._watch("tables"):
            return tabled(lines, rendering)

    def _page(self, blocks: Sequence[Block], source: str) -> Page:
        given, blocks = self._given, [*blocks, *self._drawn]
        if self._bend:
            blocks = [self._bend(block) for block in blocks]
        if is_tabled(self._options):
            blocks = [self._table([line for block in blocks for line in block.lines])]
        unreadable = sum(line.unreadable for block in blocks for line in block.lines)
        if unreadable:
            lines = f"{unreadable} line{'s' * (unreadable != 1)}"
            self._problems.append(Problem("unreadable_lines", f"{lines} of page {given.number} could not be read."))
        page = Page(
            given.number,
            given.width,
            given.height,
            given.unit,
            angle=self._angle,
            source=source,  # type: ignore[arg-type]
            engine=self._engine or "text-layer" * (source == "text_layer"),
            timings={stage: round(seconds, 4) for stage, seconds in self._watch.seconds.items()},
            problems=tuple(self._problems),
            part=given.part,
        )
        return compose(page, blocks)
