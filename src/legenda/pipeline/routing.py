"""Which engine reads a raster."""

from __future__ import annotations

from dataclasses import replace

from legenda.engines.base import EngineOptions, Raster, Reading
from legenda.engines.registry import get_engine
from legenda.errors import EngineError, MissingComponentError
from legenda.languages import resolve
from legenda.options import ReadOptions
from legenda.pipeline.doubt import GREEK, VIETNAMESE, is_blind, suspicious
from legenda.pipeline.models import model_for, read_with_model
from legenda.pipeline.other_script import read_other_script

# what a suspicion is passed on as; any other script Tesseract finds out itself
_HINTS = {GREEK: ("el",), VIETNAMESE: ("vi",)}


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
    reading = get_engine("cpu").read(raster, wanted)
    script = suspicious(reading.lines)
    if script is None:
        return reading
    return max(reading, _second(raster, reading, script), key=_evidence)


def _second(raster: Raster, first: Reading, script: str) -> Reading:
    try:
        return read_other_script(raster, _HINTS.get(script, ()), thorough=is_blind(first.lines))
    except (MissingComponentError, EngineError):  # nobody asked for it: the first reading stands
        return Reading(())


def _evidence(reading: Reading) -> float:
    """Characters, weighted by the probability of their lines."""
    return sum(line.confidence * len(line.content) for line in reading.lines)
