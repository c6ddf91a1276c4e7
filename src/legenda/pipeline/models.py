"""A page read by a model and by the engines: the model's words, in the engines' places, and nothing made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legenda.document import Line, Problem, from_upright, mapped, mapped_block
from legenda.engines.base import Raster, Reading
from legenda.engines.registry import get_transcriber
from legenda.engines.stopwatch import Stopwatch
from legenda.engines.transcriber import Transcriber, Wish
from legenda.errors import LegendaError, MissingComponentError
from legenda.layout import arrange
from legenda.options import ReadOptions
from legenda.pipeline.frame import quarter_of, turn_upright
from legenda.pipeline.ink import Ink
from legenda.pipeline.placing import CERTAIN, Placed, placed

TRANSCRIBERS = ("openai", "got")
"""Models of tier `vlm` in the order in which they are looked for; the first that is set up reads."""
ATTEMPTS = 2
RUINED = 0.3  # share of an answer without ink from which none of it is kept


def model_for(options: ReadOptions) -> Transcriber | None:
    """The model that is to read, if any: the one asked for by name, or for tier `vlm` the first that is set up.

    Raises:
        MissingComponentError: the one asked for is not set up.
    """
    if options.engine != "auto":
        return get_transcriber(options.engine)
    for name in TRANSCRIBERS if options.effort == "vlm" else ():
        try:
            return get_transcriber(name)
        except MissingComponentError:
            continue
    return None


def read_with_model(raster: Raster, model: Transcriber, base: Reading, options: ReadOptions) -> Reading:
    """Have a model read a page and put its words where the engines found them.

    An answer that repeats itself, or has text where nothing is written, is asked for again; then what has no ink is
    left out, or all of the answer where that is much, and the page says so.

    Args:
        raster: of the page as given.
        model: that reads.
        base: what the engines read.
        options: how to read. A model named in them must not fail; that of tier `vlm` may.

    Raises:
        LegendaError: the model asked for by name failed.
    """
    watch = Stopwatch()
    quarter = quarter_of(base.angle)
    height, width = raster.shape[:2]
    upright = np.ascontiguousarray(np.rot90(raster, quarter))
    ink = Ink(upright)
    seen = [line for line in turn_upright(base.lines, quarter, width, height) if _is_written(line, ink)]
    lines, back = _ordered(seen, upright.shape[0]), from_upright(quarter, width, height)
    try:
        with watch("model"):
            best = _best(upright, model, (lines, ink), options)
    except LegendaError as error:
        if options.engine != "auto":
            raise
        return replace(base, problems=(*base.problems, Problem("model_failed", _unread(model.name, str(error)))))
    timings = dict(base.timings) | watch.seconds
    if _is_ruined(best):
        left = tuple(mapped(line, back) for line in seen)
        return replace(base, lines=left, timings=timings, problems=(*base.problems, _told(best, kept=False)))
    told = [*([] if best.sound else [_told(best, kept=True)]), *_unlocated(best)]
    done = tuple(mapped(line, back) for line in best.lines)
    blocks = tuple(mapped_block(block, back) for block in best.blocks)
    engine = best.model if best.written or blocks else ""
    return Reading(done, base.angle, timings, (*base.problems, *told), engine, blocks)


def _ordered(lines: Sequence[Line], height: float) -> list[Line]:
    return [line for block in arrange(lines, height) for line in block.lines]


def _is_written(line: Line, ink: Ink) -> bool:
    """Whether a line is more than what an engine makes of the back of a sheet."""
    return line.confidence >= CERTAIN or ink.is_under(line.polygon)


def _best(upright: Raster, model: Transcriber, page: tuple[Sequence[Line], Ink], options: ReadOptions) -> Placed:
    """The first answer that is sound, or the soundest."""
    (lines, ink), answers = page, []
    for attempt in range(ATTEMPTS):
        wish = Wish(options.structure, attempt)
        answers.append(placed(model.transcribe(upright, wish), lines, ink))
        if answers[-1].sound and answers[-1].complete:
            break
    return min(answers, key=lambda answer: (answer.unfounded, not answer.complete))


def _is_ruined(answer: Placed) -> bool:
    return not answer.sound and answer.unfounded >= RUINED * answer.written


def _told(answer: Placed, *, kept: bool) -> Problem:
    """What went wrong with an answer, and what became of it."""
    looped = 2 * answer.repeated > answer.unfounded
    count = f"{answer.unfounded} letters"
    what = f"repeated itself ({count})" if looped else f"wrote {count} where nothing is written"
    then = "they were left out" if kept else "the page was read without it"
    return Problem("model_repetition" if looped else "model_fabrication", f"The model {answer.model} {what}; {then}.")


def _unlocated(answer: Placed) -> list[Problem]:
    problems = []
    if answer.unlocated:
        lines = f"{answer.unlocated} line{'s' * (answer.unlocated != 1)}"
        what = (
            f"{lines} of the model {answer.model} stand where ink was left over; places of their words are not known."
        )
        problems.append(Problem("unlocated_lines", what))
    if not answer.complete:
        problems.append(Problem("model_cut_off", f"The model {answer.model} was cut off before the end of the page."))
    return problems


def _unread(name: str, why: str) -> str:
    return f"The page was read without the model {name}: {why}"
