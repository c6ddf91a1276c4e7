"""Music in `**kern` engraved by Verovio (LGPL, for training alone): a picture of each staff, and what is on it."""

from __future__ import annotations

import io
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from legenda.notation.score import symbols

DRAWN = 10  # px a staff space in the pictures kept
ABOVE = 13  # spaces kept above and below the middle line
FONTS = ("Leipzig", "Bravura", "Gootville", "Leland", "Petaluma")
_UNIT = 180.0  # of Verovio's drawings, a staff space
_LINK = "{http://www.w3.org/1999/xlink}href"
_MEI = "{http://www.music-encoding.org/ns/mei}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_CLEFS = {"E050": "G", "E052": "Gv", "E062": "F", "E05C": "C", "E07A": "G", "E07B": "C", "E07C": "F"}
_KEYS = {"E260": "-", "E261": "n", "E262": "#"}
_SIGNS = {**_KEYS, "E263": "##", "E264": "--"}
_RESTS = {
    "E4E1": "00",
    "E4E2": "0",
    "E4E3": "1",
    "E4E4": "2",
    "E4E5": "4",
    "E4E6": "8",
    "E4E7": "16",
    "E4E8": "32",
    "E4E9": "64",
}
_TIMES = {"E08A": "c", "E08B": "c|"}
_DURATIONS = {"breve": "0", "long": "00"}
_CENTRES = {"E0A0": 1.2, "E0A2": 0.85, "E0A3": 0.6, "E0A4": 0.6}  # spaces from the left edge of a head


@dataclass(frozen=True, slots=True)
class Said:
    """What MEI says of a note or rest that its drawing shows by other things."""

    duration: str
    dots: int
    grace: bool
    tuplet: str


@dataclass(slots=True)
class Mark:
    """A symbol: its class, where it is (spaces from the left edge, position of the staff), and its traits."""

    name: str
    x: float
    position: int
    traits: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Staff:
    """One staff: grey picture, `DRAWN` px a space, `2 * ABOVE` spaces high around the middle line; marks."""

    picture: Any
    marks: list[Mark]


def options(rng: random.Random) -> dict[str, Any]:
    """How a system is to look."""
    return {
        "pageWidth": 60000, "pageHeight": 6000, "adjustPageHeight": True, "adjustPageWidth": True, "breaks": "none",
        "header": "none", "footer": "none", "svgViewBox": True, "font": rng.choice(FONTS),
        "spacingLinear": rng.uniform(0.12, 0.40), "spacingNonLinear": rng.uniform(0.42, 0.68),
        "spacingStaff": rng.randint(6, 14), "staffLineWidth": rng.uniform(0.08, 0.26),
        "stemWidth": rng.uniform(0.12, 0.34), "barLineWidth": rng.uniform(0.2, 0.45),
        "beamMaxSlope": rng.choice([0, 5, 10, 20]),
        "ledgerLineThickness": rng.uniform(0.15, 0.35), "slurCurveFactor": rng.uniform(0.6, 1.6),
        "tieMidpointThickness": rng.uniform(0.3, 0.7), "slurMidpointThickness": rng.uniform(0.3, 0.8),
        "graceFactor": rng.uniform(0.6, 0.8), "xmlIdSeed": rng.randint(1, 2**31 - 1),
    }  # fmt: skip


def staves(tool: Any, kern: str, rng: random.Random) -> list[Staff]:
    """Engrave an excerpt on one system; nothing where Verovio refuses it."""
    import cv2
    import resvg_py

    tool.setOptions(options(rng))
    if not tool.loadData(kern):
        return []
    mei = tool.getMEI()
    if 'visible="false"' in mei and "*met" in kern and rng.random() < 0.7:
        mei = re.sub(r'(<meterSig[^>]*?) visible="false"', r"\1", mei)
        tool.loadData(mei)
    svg = tool.renderToSVG(1)
    root = ET.parse(io.StringIO(svg)).getroot()
    sheet = next(x for x in root.iter() if x.get("class") == "definition-scale")
    _, _, width, height = map(float, sheet.get("viewBox", "0 0 1 1").split())
    size = {"width": round(width / _UNIT * DRAWN), "height": round(height / _UNIT * DRAWN)}
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, background="#ffffff", skip_system_fonts=True, **size))
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    seen = _Reading(mei)
    seen.walk(sheet, 0.0, 0.0)
    return [Staff(_cut(grey, (top + 2 * _UNIT) / _UNIT), marks) for top, marks in sorted(seen.found.items())]


def _cut(grey: Any, middle: float) -> Any:
    half = ABOVE * DRAWN
    y = round(middle * DRAWN)
    framed = np.pad(grey, ((half, half), (0, 0)), constant_values=255)
    return framed[y : y + 2 * half]


class _Reading:
    """Goes through the drawing."""

    def __init__(self, mei: str) -> None:
        self.found: dict[float, list[Mark]] = {}
        self.said: dict[str, Said] = {}
        self.begins: set[str] = set()
        self.ends: set[str] = set()
        self._mei(ET.fromstring(mei), None, "")

    def _mei(self, element: Any, chord: Any, tuplet: str) -> None:
        kind, own = element.tag.removeprefix(_MEI), element.get(_ID, "")
        if kind == "tie":
            self.begins.add(element.get("startid", "#")[1:])
            self.ends.add(element.get("endid", "#")[1:])
        if kind == "tuplet":
            ratio = int(element.get("num", 3)) / int(element.get("numbase", 2))
            tuplet = "3" if ratio == 1.5 else "5" if ratio == 1.25 else "7"
        if kind in ("note", "rest", "mRest"):
            by = chord if chord is not None else element
            duration = by.get("dur", element.get("dur", "1"))
            grace = bool(by.get("grace") or element.get("grace"))
            self.said[own] = Said(_DURATIONS.get(duration, duration), int(by.get("dots", 0)), grace, tuplet)
        for child in element:
            self._mei(child, element if kind == "chord" else chord, tuplet)

    def walk(self, element: Any, dx: float, dy: float, top: float = 0.0, stem: str = "") -> None:
        """Take what is drawn under an element, on the staff whose top line is at `top`."""
        kinds = (element.get("class") or "").split()
        if move := re.match(r"translate\(([-\d.]+),\s*([-\d.]+)\)", element.get("transform") or ""):
            dx, dy = dx + float(move[1]), dy + float(move[2])
        if "staff" in kinds:
            lines = [x for x in element if x.tag.endswith("path")]
            if len(lines) != 5:
                return
            top = float(lines[0].get("d").split()[1]) + dy
            self.found.setdefault(top, [])
        if "chord" in kinds or "note" in kinds:
            stem = _stem(element) or stem
        take = {
            "clef": self._clef,
            "keyAccid": self._key,
            "meterSig": self._meter,
            "rest": self._rest,
            "mRest": self._rest,
        }
        for kind in kinds:
            if kind in take:
                return take[kind](element, dx, dy, top)
            if kind == "note":
                return self._note(element, dx, dy, top, stem)
            if kind == "barLine":
                return self._bar(element, dx, dy)
        for child in element:
            self.walk(child, dx, dy, top, stem)

    def _put(self, name: str, x: float, y: float, top: float, **traits: str) -> None:
        position = round(8 - (y - top) / (_UNIT / 2))
        if name in symbols.CLASSES and 0 <= symbols.row(position) < symbols.ROWS:
            mark = Mark(name, x / _UNIT, position, traits)
            twin = next((m for m in self.found[top] if m.position == position and abs(m.x - mark.x) < 0.2), None)
            if twin is None:
                self.found[top].append(mark)
            elif traits and twin.traits:
                _merge(twin, mark)

    def _clef(self, element: Any, dx: float, dy: float, top: float) -> None:
        for code, x, y in _glyphs(element, dx, dy):
            if code in _CLEFS:
                self._put(f"clef {_CLEFS[code]}", x + 1.2 * _UNIT, y, top)

    def _key(self, element: Any, dx: float, dy: float, top: float) -> None:
        for code, x, y in _glyphs(element, dx, dy):
            if code in _KEYS:
                self._put(f"key {_KEYS[code]}", x + 0.5 * _UNIT, y, top)

    def _meter(self, element: Any, dx: float, dy: float, top: float) -> None:
        rows: dict[float, list[tuple[float, str]]] = {}
        for code, x, y in _glyphs(element, dx, dy):
            if code in _TIMES:
                self._put(f"time {_TIMES[code]}", x + 0.85 * _UNIT, y, top)
            elif code.startswith("E08"):
                rows.setdefault(y, []).append((x, code[-1]))
        for kind, (y, digits) in zip(("beats", "unit"), sorted(rows.items()), strict=False):
            number = "".join(digit for _, digit in sorted(digits))
            self._put(f"{kind} {number}", sum(x for x, _ in digits) / len(digits) + 0.85 * _UNIT, y, top)

    def _rest(self, element: Any, dx: float, dy: float, top: float) -> None:
        said = self.said.get(element.get("id", ""))
        for code, x, y in _glyphs(element, dx, dy):
            if code in _RESTS and said:
                self._put(
                    f"rest {_RESTS[code]}", x + 0.55 * _UNIT, y, top, dots="." * min(2, said.dots), tuplet=said.tuplet
                )

    def _note(self, element: Any, dx: float, dy: float, top: float, stem: str) -> None:
        own = element.get("id", "")
        said = self.said.get(own)
        heads = [g for x in element.iter() if x.get("class") == "notehead" for g in _glyphs(x, dx, dy)]
        if not heads or not said:
            return
        code, x, y = heads[0]
        signs = [g for a in element.iter() if a.get("class") == "accid" for g in _glyphs(a, dx, dy) if g[0] in _SIGNS]
        kind, grace = ("grace", 0.7) if said.grace else ("note", 1.0)
        duration = said.duration if not said.grace else "16" if said.duration in ("16", "32", "64") else "8"
        traits = {
            "dots": "." * min(2, said.dots), "stem": stem, "begins": "[" if own in self.begins else "",
            "ends": "]" if own in self.ends else "",
            "sign": _SIGNS[signs[0][0]] if signs else "", "tuplet": said.tuplet,
        }  # fmt: skip
        self._put(f"{kind} {duration}", x + _CENTRES.get(code, 0.6) * grace * _UNIT, y, top, **traits)

    def _bar(self, element: Any, dx: float, dy: float) -> None:
        paths = [_path(x, dx, dy) for x in element.iter() if x.tag.endswith("path")]
        dots = [(x, y) for code, x, y in _glyphs(element, dx, dy) if code == "E044"]
        for top in self.found:
            lines = [(x, w) for x, y1, y2, w in paths if abs(y1 - top) < 9 and abs(y2 - top - 4 * _UNIT) < 9]
            if lines:
                beside = [x for x, y in dots if top <= y <= top + 4 * _UNIT]
                middle = (min(x for x, _ in lines) + max(x for x, _ in lines)) / 2
                self._put(f"bar {_barline(lines, beside, middle)}", middle, top + 2 * _UNIT, top)


def _barline(lines: list[tuple[float, float]], dots: list[float], middle: float) -> str:
    left, right = any(x < middle for x in dots), any(x > middle for x in dots)
    if left or right:
        return "=:|!|:" if left and right else "=:|!" if left else "=!|:"
    if len(lines) == 1:
        return "="
    widths = [w for _, w in lines]
    return "==" if max(widths) > 1.8 * min(widths) else "=||"


def _merge(twin: Mark, mark: Mark) -> None:
    """Two voices on one head: the shorter one says what it is."""
    kinds = symbols.CLASSES
    if kinds.index(mark.name) > kinds.index(twin.name):
        twin.name = mark.name
    for trait, value in mark.traits.items():
        twin.traits[trait] = twin.traits.get(trait) or value
    if twin.traits.get("stem") != mark.traits.get("stem"):
        twin.traits["stem"] = "both"


def _stem(element: Any) -> str:
    for child in element:
        if child.get("class") == "stem":
            for path in child:
                if path.tag.endswith("path"):
                    _, first, last, _ = _path(path, 0, 0)
                    return "up" if last < first else "down"
    return ""


def _path(element: Any, dx: float, dy: float) -> tuple[float, float, float, float]:
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", element.get("d", ""))]
    if len(numbers) != 4:
        return 0.0, -1e9, -1e9, 0.0
    return numbers[0] + dx, numbers[1] + dy, numbers[3] + dy, float(element.get("stroke-width", 0))


def _glyphs(element: Any, dx: float, dy: float) -> Iterator[tuple[str, float, float]]:
    for x in element.iter():
        if x.tag.endswith("use"):
            move = re.match(r"translate\(([-\d.]+),\s*([-\d.]+)\)", x.get("transform") or "")
            if move:
                yield x.get(_LINK, "#")[1:5], float(move[1]) + dx, float(move[2]) + dy
