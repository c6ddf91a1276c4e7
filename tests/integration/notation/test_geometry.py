from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from legenda import notation
from legenda.pipeline.notated import labels

SVG = "{http://www.w3.org/2000/svg}"


class Paper:
    """A figure as Pillow draws it, four times as large and then shrunk."""

    def __init__(self, width: int = 360, height: int = 300) -> None:
        self.picture = Image.new("L", (4 * width, 4 * height), 255)
        self.draw = ImageDraw.Draw(self.picture)

    def line(self, *points: tuple[float, float]) -> None:
        self.draw.line([(4 * x, 4 * y) for x, y in points], 0, 8)

    def circle(self, x: float, y: float, radius: float, first: float = 0, last: float = 360) -> None:
        box = [4 * (x - radius), 4 * (y - radius), 4 * (x + radius), 4 * (y + radius)]
        self.draw.arc(box, first, last, 0, 8)

    def label(self, text: str, x: float, y: float) -> None:
        self.draw.text((4 * x, 4 * y), text, 0, ImageFont.load_default(72), "mm")

    def crop(self) -> np.ndarray:
        small = self.picture.resize((self.picture.width // 4, self.picture.height // 4), Image.Resampling.LANCZOS)
        return np.asarray(small.convert("RGB"))


def test_a_named_triangle_is_a_polygon_of_its_points() -> None:
    paper = Paper()
    paper.line((60, 240), (300, 240), (180, 60), (60, 240))
    for name, x, y in (("A", 42, 252), ("B", 318, 252), ("C", 180, 40)):
        paper.label(name, x, y)
    crop = paper.crop()
    tikz = notation.read("geometry", crop, labels(crop)).forms["tikz"]
    places = {
        name: (float(x), float(y)) for name, x, y in re.findall(r"\\coordinate \((\w)\) at \(([\d.]+),([\d.]+)\)", tikz)
    }
    assert places == {
        "A": pytest.approx((1.2, 1.2), abs=0.06),
        "B": pytest.approx((6.0, 1.2), abs=0.06),
        "C": pytest.approx((3.6, 4.8), abs=0.06),
    }
    assert re.search(r"\\draw( --)? \((\w)\) -- \((\w)\) -- \((\w)\) -- cycle;", tikz)
    assert tikz.count("\\draw") == 1


def test_circles_arcs_and_what_crosses_them() -> None:
    paper = Paper()
    paper.circle(130, 150, 80)
    paper.circle(270, 150, 60, 200, 320)
    paper.line((20, 180), (240, 90))
    crop = paper.crop()
    root = ET.fromstring(notation.read("geometry", crop).forms["svg"])
    (circle,) = root.iter(f"{SVG}circle")
    assert [float(circle.get(k, "")) for k in ("cx", "cy", "r")] == pytest.approx([130, 150, 80], abs=1.5)
    (arc,) = root.iter(f"{SVG}path")
    assert arc.get("d", "").split("A")[1].startswith(("58", "59", "60", "61"))
    (line,) = root.iter(f"{SVG}polyline")
    ends = sorted(tuple(float(v) for v in point.split(",")) for point in line.get("points", "").split())
    assert ends == [pytest.approx((20, 180), abs=3), pytest.approx((240, 90), abs=3)]


def test_a_mark_of_a_right_angle_is_one() -> None:
    paper = Paper()
    paper.line((60, 60), (60, 250), (320, 250), (60, 60))
    paper.line((60, 230), (80, 230), (80, 250))
    tikz = notation.read("geometry", paper.crop()).forms["tikz"]
    assert tikz.count("cycle") == 1
    assert tikz.count("\\draw") == 2


def test_a_dashed_line_is_one_stroke() -> None:
    paper = Paper()
    for n in range(12):
        paper.line((40 + 24 * n, 150), (52 + 24 * n, 150))
    tikz = notation.read("geometry", paper.crop()).forms["tikz"]
    assert tikz.count("\\draw[dashed]") == 1
    assert tikz.count("\\draw") == 1


def test_an_arc_in_a_corner_is_an_angle_of_its_strokes() -> None:
    paper = Paper()
    paper.line((40, 250), (320, 250))
    paper.line((40, 250), (250, 60))
    paper.circle(40, 250, 34, 318, 360)
    root = ET.fromstring(notation.read("geometry", paper.crop()).forms["svg"])
    (arc,) = root.iter(f"{SVG}path")
    radius = float(arc.get("d", "").split("A")[1].split()[0])
    assert radius == pytest.approx(33, abs=3.5)


def test_short_dashes_between_strokes_are_one_that_reaches_them() -> None:
    paper = Paper()
    paper.line((40, 250), (320, 250), (180, 50), (40, 250))
    for n in range(14):
        paper.line((180, 57 + 14 * n), (180, 64 + 14 * n))
    crop = paper.crop()
    found = notation.read("geometry", crop, labels(crop)).forms
    assert found["tikz"].count("\\draw[dashed]") == 1
    assert "\\node" not in found["tikz"]
    (dashed,) = (x for x in ET.fromstring(found["svg"]).iter(f"{SVG}polyline") if x.get("stroke-dasharray"))
    ends = sorted(tuple(float(v) for v in point.split(",")) for point in dashed.get("points", "").split())
    assert ends == [pytest.approx((180, 50), abs=5), pytest.approx((180, 250), abs=5)]


def test_strokes_are_found_on_paper_lit_unevenly() -> None:
    paper = Paper()
    paper.line((60, 240), (300, 240), (180, 60), (60, 240))
    shade = np.linspace(1, 0.45, 360)[None, :, None]
    crop = (paper.crop() * shade).astype(np.uint8)
    assert notation.read("geometry", crop).forms["tikz"].count("cycle") == 1


def test_an_empty_crop_has_no_figure() -> None:
    found = notation.read("geometry", np.full((120, 160), 255, np.uint8))
    assert found.forms == {}
    assert found.problem
