"""The `tesseract` engine: any script an installed pack reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legenda.document import Line, mapped
from legenda.document.geometry import Affine, signed
from legenda.engines.base import EngineOptions, Raster, Reading
from legenda.engines.stopwatch import Stopwatch
from legenda.engines.tesseract import recognise, upright
from legenda.engines.tesseract.library import folder, installed, tesserocr
from legenda.engines.tesseract.packs import LATIN, candidates, language_of, missing, packs_for
from legenda.engines.tesseract.pool import Pool
from legenda.engines.tesseract.recognise import Scored
from legenda.engines.tesseract.results import ENGINE
from legenda.engines.tesseract.script import detect_script, packs_in

_SURE = 8.0  # wrong guesses on 80 rendered pages have at most 6.6
_GOOD = 75.0  # mean certainty of a page that surely stands upright; upside down it is 30 to 50


class Tesseract:
    """Tesseract 5 in-process. Thread safe: its API objects serve one thread at a time.

    Raises:
        MissingComponentError: tesserocr or every language pack is missing.
    """

    name = ENGINE

    def __init__(self) -> None:
        tesserocr()
        folder()
        self._pool = Pool()

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        """Read all text on a raster, whatever its orientation.

        Without languages, the script is found out first, and its pack used.

        Raises:
            InvalidOptionError: a language is not known.
            MissingComponentError: the pack of a language is not installed.
            EngineError: Tesseract failed.
        """
        watch = Stopwatch()
        picture = recognise.grey(raster)
        if min(picture.shape) < recognise.LEAST:
            return Reading(())
        with watch("orientation"):
            seen = upright.guess(picture, self._pool)
        with watch("script"):
            packs = packs_for(options.languages) or self._packs(picture, seen)
        with watch("recognition"):
            angle, back, scored = self._upright(picture, packs, seen)
        back = _scaled(back, raster.shape[1] / picture.shape[1])
        language = language_of(packs)
        lines = tuple(_placed(line, back, language) for line in scored.lines)
        return Reading(lines, signed(angle), watch.seconds)

    def read_line(self, crop: Raster, packs: Sequence[str]) -> Line:
        """Read one line that was cut out of a page, upright and tight.

        Args:
            crop: uint8 [height, width] or [height, width, 3].
            packs: names of installed packs, as `packs_of` gives them.

        Returns:
            The line, polygons in pixels of the crop; unreadable where nothing can be made out.
        """
        picture = recognise.grey(crop)
        with self._pool.lend("+".join(packs)) as api:
            scored = recognise.line(api, picture)
        found = recognise.joined(scored, picture)
        return _placed(found, (1, 0, 0, 0, 1, 0), language_of(packs))

    def packs_of(self, script: str, crops: Sequence[Raster]) -> tuple[str, ...]:
        """The installed packs that read a script (ISO 15924), the best for these lines first.

        Raises:
            MissingComponentError: none is installed.
        """
        if not (packs := packs_in(script, [recognise.grey(crop) for crop in crops], self._pool)):
            raise missing(script)
        return packs

    def _packs(self, picture: Raster, seen: upright.Guess | None) -> tuple[str, ...]:
        straight = upright.turned(picture, seen.quarter, 0)[0] if seen else picture
        found = detect_script(straight, self._pool, seen)
        # where nothing is certain Latin is the best guess: it costs nothing on pages without text
        return found.packs or candidates(LATIN)[:1] or tuple(sorted(installed() - {upright.OSD}))[:1]

    def _upright(
        self, picture: Raster, packs: Sequence[str], seen: upright.Guess | None
    ) -> tuple[float, Affine, Scored]:
        """Read at the likeliest orientation, at others where that reads badly, and keep the best."""
        first = seen.quarter if seen else 0
        sure = seen is not None and seen.certainty >= _SURE
        others = (0,) if seen and first else () if sure else (2, 1, 3)
        readings: list[tuple[float, Affine, Scored]] = []
        with self._pool.lend("+".join(packs)) as api:
            for quarter in (first, *others):
                tilt = upright.tilt(np.rot90(picture, quarter))
                straight, back = upright.turned(picture, quarter, tilt)
                readings.append((90 * quarter + tilt, back, recognise.page(api, straight, packs)))
                # Arabic upside down reads as other Arabic with some certainty: not before 0 has been read as well
                if (
                    readings[-1][2].score >= _GOOD
                    and not readings[-1][2].sideways
                    and (len(readings) > 1 or not quarter)
                ):
                    break
        return max(readings, key=lambda reading: reading[2].evidence)


def _placed(line: Line, back: Affine, language: str) -> Line:
    return replace(mapped(line, back), language=language)


def _scaled(affine: Affine, scale: float) -> Affine:
    a, b, c, d, e, f = (x * scale for x in affine)
    return a, b, c, d, e, f
