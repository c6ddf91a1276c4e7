"""Which engine reads a raster."""

from __future__ import annotations

from dataclasses import replace

from legenda.engines.base import EngineOptions, Raster, Reading
from legenda.engines.registry import get_engine
from legenda.engines.tesseract import packs_for
from legenda.errors import EngineError, MissingComponentError
from legenda.languages import resolve
from legenda.options import ReadOptions
from legenda.pipeline.doubt import lacking_language
from legenda.pipeline.latin_language import CONFUSED, language_of
from legenda.pipeline.models import model_for, read_with_model
from legenda.pipeline.other_script import read_again, with_other_scripts
from legenda.pipeline.two_readings import agreeing

LATIN = "Latn"


def read_raster(raster: Raster, options: ReadOptions) -> Reading:
    """Read with the engine asked for; `auto` takes the one that knows the languages, or the script it sees.

    A model reads together with the engines, which know places.

    Raises:
        InvalidOptionError: a language is not known.
        MissingComponentError: an engine or a language pack asked for is not installed.
    """
    if model := model_for(options):
        return read_with_model(raster, model, _read(raster, replace(options, engine="auto", effort="vlm")), options)
    return _read(raster, options)


def _read(raster: Raster, options: ReadOptions) -> Reading:
    wanted = EngineOptions("accurate" if options.effort == "vlm" else options.effort, options.languages)
    if options.engine != "auto":
        return get_engine(options.engine).read(raster, wanted)
    if options.languages:
        known = all(resolve(language).engine == "cpu" for language in options.languages)
        reading = get_engine("cpu" if known else "tesseract").read(raster, wanted)
        told = {resolve(language).code for language in options.languages} & CONFUSED
        alone = known and len(told) == len(options.languages) == 1
        return _with_marks(raster, reading, told.pop()) if alone and wanted.effort != "fast" else reading
    reading = with_other_scripts(raster, get_engine("cpu").read(raster, wanted))
    if language := lacking_language(reading.lines):
        return max(reading, _in_language(raster, reading, language), key=_evidence)
    if wanted.effort == "fast":  # the pack takes longer than all the rest
        return reading
    return _with_marks(raster, reading, language_of(reading.lines))


def _with_marks(raster: Raster, reading: Reading, language: str) -> Reading:
    """A reading by PP-OCR with the marks of letters as Tesseract's pack of its language reads them."""
    if not language or not reading.lines:
        return reading
    places = [k for k, line in enumerate(reading.lines) if line.script == LATIN and line.words]
    try:
        again = read_again(raster, [reading.lines[k] for k in places], packs_for((language,)))
    except (MissingComponentError, EngineError):  # nobody asked for it: the first reading stands
        return reading
    lines = list(reading.lines)
    for k, line in zip(places, agreeing([lines[k] for k in places], again), strict=True):
        lines[k] = line
    return replace(reading, lines=tuple(lines))


def _in_language(raster: Raster, reading: Reading, language: str) -> Reading:
    """The same lines by Tesseract's pack for a language whose accents PP-OCR leaves out."""
    try:
        return replace(reading, lines=tuple(read_again(raster, reading.lines, packs_for((language,)))))
    except (MissingComponentError, EngineError):  # nobody asked for it: the first reading stands
        return Reading(())


def _evidence(reading: Reading) -> float:
    """Characters, weighted by the probability of their lines."""
    return sum(line.confidence * len(line.content) for line in reading.lines)
