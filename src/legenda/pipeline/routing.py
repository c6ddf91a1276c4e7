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
from legenda.pipeline.models import model_for, read_with_model
from legenda.pipeline.other_script import read_again, with_other_scripts


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
        return get_engine("cpu" if known else "tesseract").read(raster, wanted)
    reading = with_other_scripts(raster, get_engine("cpu").read(raster, wanted))
    if not (language := lacking_language(reading.lines)):
        return reading
    return max(reading, _in_language(raster, reading, language), key=_evidence)


def _in_language(raster: Raster, reading: Reading, language: str) -> Reading:
    """The same lines by Tesseract's pack for a language whose accents PP-OCR leaves out."""
    try:
        return replace(reading, lines=tuple(read_again(raster, reading.lines, packs_for((language,)))))
    except (MissingComponentError, EngineError):  # nobody asked for it: the first reading stands
        return Reading(())


def _evidence(reading: Reading) -> float:
    """Characters, weighted by the probability of their lines."""
    return sum(line.confidence * len(line.content) for line in reading.lines)
