"""A page's picture without its text: each line painted over in the colour of the paper around it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from legenda.document import Polygon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Colour = tuple[int, int, int]
_BLACK: Colour = (0, 0, 0)
_MARGIN = 0.15  # of a line's height: letters reach over the polygon by so much
_NEAR, _PLAIN = 75.0, 0.7  # paper is where this share is that near to one colour; else the picture's texture goes on
_RULE, _POST = 3.0, 1.5  # in heights of a line: what is dark for so long across, or up and down, is no letter
_MOST = 8  # lines may cover the picture so many times; a text as crowded as that is none
_INK = 0.5  # of the greatest difference from the paper


def cleaned(
    pixels: Pixels, polygons: Sequence[Polygon], words: Sequence[Sequence[Polygon]] = ()
) -> tuple[Pixels, list[Colour]]:
    """Take text out of a picture.

    Args:
        pixels: uint8, [height, width] grey or [height, width, 3] RGB.
        polygons: of lines, in pixels.
        words: of each line's words, if they are known: lines of a bent page leave their own polygon.

    Returns:
        The picture in RGB, and the colour of each line's ink.
    """
    import cv2
    import numpy as np

    picture = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else np.array(pixels)
    spots: list[_Spot] = []
    room = _MOST * picture.shape[0] * picture.shape[1]
    for polygon, inner in zip_longest(polygons, words, fillvalue=()):
        spots.append(_Spot(polygon, inner, picture, room))  # type: ignore[arg-type]  # there are no more words
        room -= spots[-1].inside.size
    text = np.zeros(picture.shape[:2], bool)
    for spot in spots:
        text[spot.part] |= spot.inside
    inks = [spot.ink(picture, text) for spot in spots]
    for spot in spots:
        spot.paint(picture, text)
    return picture, inks


class _Spot:
    """A line's place in a picture: the part around it, and where in that part its letters are.

    One that would need more than `room` pixels has none.
    """

    def __init__(self, polygon: Polygon, words: Sequence[Polygon], picture: Pixels, room: int) -> None:
        import cv2
        import numpy as np

        places = np.asarray((polygon, *words), np.float64).reshape(-1, 4, 2)
        height, width = picture.shape[:2]
        places = np.clip(places[np.isfinite(places).all((1, 2))], -1e6, 1e6)
        if not len(places):
            places = np.full((1, 4, 2), -1e6)
        corners = places.reshape(-1, 2)
        self._height = max(float(np.hypot(*(places[0, 3] - places[0, 0]))), 1.0)
        self.reach = reach = max(2, min(round(_MARGIN * self._height), 50))
        left, top = np.clip(corners.min(0).astype(int) - 4 * reach, 0, (width, height)).tolist()
        right, bottom = np.clip(corners.max(0).astype(int) + 4 * reach + 1, 0, (width, height)).tolist()
        if (right - left) * (bottom - top) > room:
            right, bottom = left, top
        self.part = slice(top, max(bottom, top)), slice(left, max(right, left))
        mask = np.zeros((max(bottom - top, 0), max(right - left, 0)), np.uint8)
        if mask.size:
            for place in np.round(places - (left, top)).astype(np.int32):
                cv2.fillConvexPoly(mask, place, 255)
            mask = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=reach)
        self.inside = mask > 0
        self._paper: NDArray[np.float64] = np.zeros(3)
        self._plain = True

    def ink(self, picture: Pixels, text: NDArray[np.bool_]) -> Colour:
        """The colour of what differs most from the paper, which is looked at where no other line stands."""
        import numpy as np

        part, free = picture[self.part], ~text[self.part]
        if not self.inside.any():
            return _BLACK
        around = part[free] if free.any() else part[self.inside]
        self._paper = np.median(around, 0)
        near = np.abs(around - self._paper).sum(1) <= _NEAR
        self._plain = float(near.mean()) >= _PLAIN or not free.any()
        within = part[self.inside].astype(np.float64)
        difference = np.abs(within - self._paper).sum(1)
        red, green, blue = np.median(within[difference >= _INK * difference.max()], 0).astype(int).tolist()
        return red, green, blue

    def paint(self, picture: Pixels, text: NDArray[np.bool_]) -> None:
        """Paint the letters over."""
        import cv2

        part = picture[self.part]
        if not self.inside.any():
            return
        if self._plain:
            part[self.inside & ~self._rules(part)] = self._paper.astype(part.dtype)
        else:
            filled = cv2.inpaint(part, text[self.part].astype(part.dtype), self.reach, cv2.INPAINT_TELEA)
            part[self.inside] = filled[self.inside]

    def _rules(self, part: Pixels) -> NDArray[np.bool_]:
        """Where lines are ruled through the part: of tables and forms, and under text."""
        import cv2
        import numpy as np

        ink = (np.abs(part.astype(np.float32) - self._paper).sum(2) > _NEAR).astype(np.uint8)
        across = np.ones((1, round(_RULE * self._height)), np.uint8)
        down = np.ones((round(_POST * self._height), 1), np.uint8)
        ruled = cv2.morphologyEx(ink, cv2.MORPH_OPEN, across) | cv2.morphologyEx(ink, cv2.MORPH_OPEN, down)
        thick = cv2.dilate(ruled, np.ones((3, 3), np.uint8))
        return np.asarray(thick > 0)
