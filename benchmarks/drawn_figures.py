"""Figures of plane geometry of our own making, with their truth: constructions of schoolbooks, more or less worn."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from legenda.notation.geometry.figure import Circle, Figure, Point, Segment, Text, as_tikz

_OVER = 4  # drawn so many times as large
WEARS = ("clean", "clean", "scan", "photo")
_UNITS = ("", "", " cm", " m")


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A figure and what it is.

    Attributes:
        kind: the construction.
        wear: one of `WEARS`.
        image: uint8, [height, width, 3] RGB.
        figure: what is drawn, in pixels of the image.
    """

    kind: str
    wear: str
    image: np.ndarray[Any, np.dtype[np.uint8]]
    figure: Figure

    def tikz(self) -> str:
        """The truth."""
        return as_tikz(self.figure)


class _Sheet:
    """A figure in the making."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.width, self.height = dice.randint(220, 620), dice.randint(200, 480)
        self.size = dice.uniform(13, 24)
        self.thick = dice.uniform(1.0, 3.2)
        self.segments: list[Segment] = []
        self.circles: list[Circle] = []
        self.dots: list[Point] = []
        self.texts: list[Text] = []
        self.letters = iter(dice.choice(("ABCDEFGHKLMN", "PQRSTUVW", "KLMNPQRS")))

    def at(self, x: float, y: float) -> Point:
        """A point by its share (0..1) of the sheet without margins."""
        margin = 1.9 * self.size
        return margin + x * (self.width - 2 * margin), margin + y * (self.height - 2 * margin)

    def near(self, x: float, y: float) -> Point:
        """As `at`, a little off."""
        return self.at(x + self.dice.uniform(-0.07, 0.07), y + self.dice.uniform(-0.07, 0.07))

    def line(self, a: Point, b: Point, *, dashed: bool = False) -> None:
        """A stroke."""
        self.segments.append(Segment(a, b, dashed))

    def closed(self, *points: Point) -> None:
        """A polygon."""
        for a, b in zip(points, (*points[1:], points[0]), strict=True):
            self.line(a, b)

    def circle(self, centre: Point, radius: float) -> None:
        """A whole one."""
        self.circles.append(Circle(centre, radius))

    def name(self, point: Point, away: Point) -> None:
        """A capital letter beside a point, on the side that looks away from another."""
        x, y = point[0] - away[0], point[1] - away[1]
        reach = self.size * self.dice.uniform(0.85, 1.05) / max(math.hypot(x, y), 1e-6)
        self.texts.append(Text(next(self.letters), (point[0] + x * reach, point[1] + y * reach)))

    def length(self, a: Point, b: Point, away: Point) -> None:
        """A number, or a small letter, beside the middle of a stroke."""
        text = self.dice.choice((f"{self.dice.randint(2, 48)}{self.dice.choice(_UNITS)}", *"abcxy"))
        middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        normal = (b[1] - a[1], a[0] - b[0])
        side = 1 if normal[0] * (middle[0] - away[0]) + normal[1] * (middle[1] - away[1]) > 0 else -1
        along = math.hypot(*normal)
        level = abs(normal[0]) / along  # a label beside an upright stroke needs its width
        reach = side * self.size * (0.85 + 0.32 * len(text) * level) / along
        self.texts.append(Text(text, (middle[0] + normal[0] * reach, middle[1] + normal[1] * reach)))

    def angle(self, corner: Point, a: Point, b: Point, *, said: bool = True) -> None:
        """An arc in a corner, with degrees in it."""
        first, last = (math.degrees(math.atan2(p[1] - corner[1], p[0] - corner[0])) % 360 for p in (a, b))
        if (last - first) % 360 > 180:
            first, last = last, first
        wide = (last - first) % 360
        radius = self.size * self.dice.uniform(1.1, 1.6)
        self.circles.append(Circle(corner, radius, (first, first + wide)))
        if said and wide > 30:
            middle, reach = math.radians(first + wide / 2), radius + self.size * 1.05
            self.texts.append(
                Text(f"{round(wide)}°", (corner[0] + reach * math.cos(middle), corner[1] + reach * math.sin(middle)))
            )

    def right(self, corner: Point, a: Point, b: Point) -> None:
        """A small square in a corner."""
        side = self.size * 0.62
        p, q = (_toward(corner, x, side) for x in (a, b))
        inner = (p[0] + q[0] - corner[0], p[1] + q[1] - corner[1])
        self.line(p, inner)
        self.line(inner, q)

    def equal(self, a: Point, b: Point, count: int = 1) -> None:
        """Short strokes across the middle of a stroke."""
        along = math.dist(a, b)
        ux, uy = (b[0] - a[0]) / along, (b[1] - a[1]) / along
        for n in range(count):
            shift = (n - (count - 1) / 2) * 0.3 * self.size
            x, y = (a[0] + b[0]) / 2 + shift * ux, (a[1] + b[1]) / 2 + shift * uy
            half = 0.32 * self.size
            self.line((x - half * uy, y + half * ux), (x + half * uy, y - half * ux))


def _toward(start: Point, end: Point, reach: float) -> Point:
    share = reach / max(math.dist(start, end), 1e-6)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _middle(*points: Point) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _foot(point: Point, a: Point, b: Point) -> Point:
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)
    return a[0] + t * dx, a[1] + t * dy


def _cross(a: Point, b: Point, c: Point, d: Point) -> Point:
    along = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / along
    return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])


def _on(centre: Point, radius: float, degrees: float) -> Point:
    return centre[0] + radius * math.cos(math.radians(degrees)), centre[1] + radius * math.sin(math.radians(degrees))


def _triangle(sheet: _Sheet) -> None:
    dice = sheet.dice
    a, b, c = sheet.near(0.05, 0.95), sheet.near(0.95, 0.95), sheet.near(dice.uniform(0.25, 0.75), 0.06)
    sheet.closed(a, b, c)
    middle = _middle(a, b, c)
    for point in (a, b, c):
        sheet.name(point, middle)
    extra = dice.choice(("height", "median", "angles", "lengths", "equal", "parallel"))
    if extra == "height":
        foot = _foot(c, a, b)
        sheet.line(c, foot, dashed=dice.random() < 0.6)
        sheet.right(foot, c, b)
    elif extra == "median":
        sheet.line(a, _middle(b, c))
        sheet.line(b, _middle(a, c))
    elif extra == "angles":
        sheet.angle(a, b, c)
        sheet.angle(b, a, c)
    elif extra == "equal":
        sheet.equal(a, c, 1)
        sheet.equal(b, c, dice.choice((1, 2)))
    elif extra == "parallel":
        share = dice.uniform(0.35, 0.65)
        p, q = (_toward(c, x, share * math.dist(c, x)) for x in (a, b))
        sheet.line(p, q)
        sheet.name(p, b)
        sheet.name(q, a)
    if extra in ("lengths", "height", "parallel"):
        sheet.length(a, b, middle)
    if extra in ("lengths", "median"):
        sheet.length(b, c, middle)


def _right_triangle(sheet: _Sheet) -> None:
    a, b, c = sheet.at(0.05, 0.95), sheet.at(0.95, 0.95), sheet.at(0.05, sheet.dice.uniform(0, 0.3))
    sheet.closed(a, b, c)
    sheet.right(a, b, c)
    middle = _middle(a, b, c)
    for p, q in ((a, b), (b, c), (a, c)):
        if sheet.dice.random() < 0.7:
            sheet.length(p, q, middle)
    for point in (a, b, c):
        sheet.name(point, middle)


def _four_sides(sheet: _Sheet) -> None:
    dice = sheet.dice
    lean, top = dice.uniform(0, 0.3), dice.uniform(0.35, 0.7)
    corners = dice.choice((
        ((0, 1), (1 - lean, 1), (1, 0), (lean, 0)),
        ((0, 1), (1, 1), (lean + top, 0), (lean, 0)),
        ((0, 1), (1, 1), (1, 0), (0, 0)),
        ((0.05, 0.9), (0.9, 1), (0.95, 0.2), (0.3, 0)),
    ))  # fmt: skip
    points = [sheet.at(x, y) for x, y in corners]
    sheet.closed(*points)
    middle = _middle(*points)
    for point in points:
        sheet.name(point, middle)
    if dice.random() < 0.5:
        sheet.line(points[0], points[2])
        sheet.line(points[1], points[3], dashed=dice.random() < 0.3)
        if dice.random() < 0.5:
            sheet.dots.append(_cross(points[0], points[2], points[1], points[3]))
    else:
        sheet.length(points[0], points[1], middle)
        sheet.length(points[1], points[2], middle)


def _in_circle(sheet: _Sheet) -> None:
    dice = sheet.dice
    centre, radius = sheet.at(0.5, 0.5), min(sheet.width, sheet.height) / 2 - 2.1 * sheet.size
    sheet.circle(centre, radius)
    turns = sorted(dice.sample(range(0, 360, 24), 3))
    points = [_on(centre, radius, turn + dice.uniform(-5, 5)) for turn in turns]
    how = dice.choice(("inscribed", "triangle", "diameter", "radii", "tangent"))
    for point in points:
        sheet.name(point, centre)
    if how == "triangle":
        sheet.closed(*points)
    elif how == "inscribed":
        sheet.line(points[0], points[1])
        sheet.line(points[1], points[2])
    elif how == "diameter":
        end = (2 * centre[0] - points[0][0], 2 * centre[1] - points[0][1])
        sheet.line(points[0], end)
        sheet.line(points[1], points[0])
        sheet.line(points[1], end)
    elif how == "radii":
        sheet.line(centre, points[0])
        sheet.line(centre, points[1])
        sheet.line(points[0], points[1], dashed=dice.random() < 0.4)
    else:
        x, y = points[0][0] - centre[0], points[0][1] - centre[1]
        share = 0.55
        sheet.line(
            (points[0][0] - share * y, points[0][1] + share * x), (points[0][0] + share * y, points[0][1] - share * x)
        )
        sheet.line(centre, points[0])
    if dice.random() < 0.6:
        sheet.dots.append(centre)


def _two_circles(sheet: _Sheet) -> None:
    dice = sheet.dice
    radius = min(sheet.height / 2, sheet.width / 3) - 1.6 * sheet.size
    a, b = sheet.at(0.34, 0.5), sheet.at(0.68, 0.5)
    sheet.circle(a, radius * dice.uniform(0.8, 1))
    sheet.circle(b, radius * dice.uniform(0.55, 0.95))
    if dice.random() < 0.6:
        sheet.line(a, b)
    for point in (a, b):
        sheet.dots.append(point)
        sheet.name(point, (point[0], point[1] - 9))


def _parallels(sheet: _Sheet) -> None:
    dice = sheet.dice
    lean = dice.uniform(-0.1, 0.1)
    one = sheet.at(0, 0.28 + lean), sheet.at(1, 0.28 - lean)
    other = sheet.at(0, 0.72 + lean), sheet.at(1, 0.72 - lean)
    across = sheet.at(dice.uniform(0.1, 0.35), 1), sheet.at(dice.uniform(0.6, 0.9), 0)
    for line in (one, other, across):
        sheet.line(*line)
    for line in (one, other):
        corner = _cross(*line, *across)
        sheet.angle(corner, line[1], across[1])


def _angle_of_rays(sheet: _Sheet) -> None:
    corner = sheet.at(0.05, 0.9)
    a, b = sheet.at(0.98, 0.9), sheet.near(0.7, 0.1)
    sheet.line(corner, a)
    sheet.line(corner, b)
    third = sheet.dice.random() < 0.5
    sheet.angle(corner, a, b, said=not third)
    if third:
        c = sheet.near(0.93, 0.45)
        sheet.line(corner, c, dashed=sheet.dice.random() < 0.5)
    sheet.name(corner, _middle(a, b))
    sheet.name(a, corner)
    sheet.name(b, corner)


def _regular(sheet: _Sheet) -> None:
    count, turn = sheet.dice.choice((5, 6, 8)), sheet.dice.uniform(0, 60)
    centre, radius = sheet.at(0.5, 0.5), min(sheet.width, sheet.height) / 2 - 2.1 * sheet.size
    points = [_on(centre, radius, turn + 360 * n / count) for n in range(count)]
    sheet.closed(*points)
    for point in points:
        sheet.name(point, centre)
    if sheet.dice.random() < 0.5:
        sheet.line(centre, points[0])
        sheet.line(centre, points[1])
        sheet.dots.append(centre)


KINDS: dict[str, Callable[[_Sheet], None]] = {
    "triangle": _triangle,
    "right triangle": _right_triangle,
    "four sides": _four_sides,
    "in a circle": _in_circle,
    "two circles": _two_circles,
    "parallels": _parallels,
    "rays": _angle_of_rays,
    "regular": _regular,
}


@cache
def _fonts() -> Path:
    from matplotlib import get_data_path

    return Path(get_data_path()) / "fonts" / "ttf"


def _drawn(sheet: _Sheet) -> Image.Image:
    dice = sheet.dice
    paper = Image.new("RGB", (_OVER * sheet.width, _OVER * sheet.height), "white")
    pen = ImageDraw.Draw(paper)
    colour = dice.choice(("black", "black", "black", "#1a1a1a", "#20407a"))
    thick = max(1, round(_OVER * sheet.thick))
    for line in sheet.segments:
        for a, b in _dashes(line, sheet.size) if line.dashed else [(line.start, line.end)]:
            pen.line([(_OVER * x, _OVER * y) for x, y in (a, b)], colour, thick)
            for x, y in (a, b) if not line.dashed else ():  # round joints
                half = thick / 2
                pen.ellipse((_OVER * x - half, _OVER * y - half, _OVER * x + half, _OVER * y + half), colour)
    for circle in sheet.circles:
        (x, y), outer = circle.centre, circle.radius + sheet.thick / 2
        box = [_OVER * v for v in (x - outer, y - outer, x + outer, y + outer)]
        pen.arc(box, *(circle.span or (0, 360)), fill=colour, width=thick)
    for x, y in sheet.dots:
        r = _OVER * (1.6 + 0.9 * sheet.thick)
        pen.ellipse((_OVER * x - r, _OVER * y - r, _OVER * x + r, _OVER * y + r), colour)
    family = dice.choice(("STIXGeneral", "STIXGeneralItalic", "DejaVuSans", "DejaVuSerif"))
    font = ImageFont.truetype(_fonts() / f"{family}.ttf", round(_OVER * sheet.size))
    for text in sheet.texts:
        pen.text((_OVER * text.at[0], _OVER * text.at[1]), text.content, "black", font, "mm")
    return paper.resize((sheet.width, sheet.height), Image.Resampling.LANCZOS)


def _dashes(line: Segment, size: float) -> list[tuple[Point, Point]]:
    long, dash = math.dist(line.start, line.end), 0.42 * size
    count = max(2, round(long / dash))
    count += 1 - count % 2
    ends = [_toward(line.start, line.end, long * n / count) for n in range(count + 1)]
    return [(ends[n], ends[n + 1]) for n in range(0, count, 2)]


def _worn(picture: Image.Image, wear: str, dice: random.Random) -> Image.Image:
    """As a scanner or a camera has it; nothing moves but by rounding."""
    if wear == "clean":
        return picture
    noise = np.random.default_rng(dice.randint(0, 2**31))
    picture = picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.4, 1.0)))
    pixels = np.asarray(picture, float)
    if wear == "scan":
        pixels = pixels.mean(2, keepdims=True).repeat(3, 2)
        pixels = (
            255
            - (255 - pixels) * dice.uniform(0.75, 1)
            + noise.normal(0, dice.uniform(2, 9), pixels.shape[:2])[..., None]
        )
        if dice.random() < 0.3:
            pixels = np.where(pixels < 150, 0.0, 255.0)
    else:
        height, width = pixels.shape[:2]
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        light = 0.82 + 0.14 * (x * dice.uniform(-1, 1) + y * dice.uniform(-1, 1))
        tint = np.array([1.0, dice.uniform(0.94, 1), dice.uniform(0.84, 0.98)])
        pixels = pixels * light[..., None] * tint + noise.normal(0, dice.uniform(2, 7), pixels.shape)
    out = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=dice.randint(70, 92))
    return Image.open(out).convert("RGB")


def figures(count: int, seed: int = 20) -> Iterator[DrawnFigure]:
    """So many figures; constructions and wears in turn."""
    for n in range(count):
        dice = random.Random(seed * 1000 + n)
        sheet, kind = _Sheet(dice), list(KINDS)[n % len(KINDS)]
        KINDS[kind](sheet)
        wear = WEARS[n // len(KINDS) % len(WEARS)]
        picture = _worn(_drawn(sheet), wear, dice)
        figure = Figure(
            sheet.width, sheet.height, tuple(sheet.segments), tuple(sheet.circles), tuple(sheet.dots),
            texts=tuple(sheet.texts), size=sheet.size,
        )  # fmt: skip
        pixels = np.asarray(picture)
        yield DrawnFigure(kind, wear, pixels, replace(figure))
