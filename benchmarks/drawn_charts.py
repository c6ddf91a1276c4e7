"""Charts of our own making with their truth, the same every time: Matplotlib in the styles people use."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

STYLES = ("default", "default", "default", "seaborn-v0_8-whitegrid", "ggplot", "fivethirtyeight", "bmh", "grayscale")
PALETTES = ("tab10", "tab10", "Set2", "Dark2", "Set1", "Paired", "Accent")
_NOUNS = """Apples Bread Cement Diesel Energy Fish Glass Honey Iron Jute Kettles Linen Milk Nickel Oil Paper Rice Steel
Tea Wheat North South East West Spain France Kenya Chile Japan Norway Italy Ghana Brazil Austria"""
NOUNS = _NOUNS.split()
MEASURES = ("Sales (million)", "Share of voters", "Price in euro", "Tonnes a year", "Score", "Rainfall (mm)", "Count")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart and what it says.

    Attributes:
        kind: of the chart, as in `KINDS`.
        image: uint8, [height, width, 3] RGB.
        rows: category, value, series (or empty).
    """

    kind: str
    image: np.ndarray[Any, np.dtype[np.uint8]]
    rows: tuple[tuple[str, float, str], ...]

    def csv(self) -> str:
        """The truth as `score.py` takes it: a row a mark."""
        named = any(series for _, _, series in self.rows)
        lines = ["category,value,series" if named else "category,value"]
        lines += [f"{key},{value:g}" + (f",{series}" if named else "") for key, value, series in self.rows]
        return "\n".join(lines) + "\n"


class _Sheet:
    """One chart in the making: Matplotlib's axes, the dice, and what was drawn so far."""

    def __init__(self, dice: random.Random) -> None:
        from matplotlib import figure, rcParams, style
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        rcParams.update(rcParamsDefault())
        style.use(dice.choice(STYLES))
        rcParams["font.family"] = dice.choice(("DejaVu Sans", "DejaVu Sans", "DejaVu Serif"))
        rcParams["font.size"] = dice.uniform(8, 12)
        size = (dice.uniform(4.2, 8), dice.uniform(3, 5.2))
        self.figure = figure.Figure(figsize=size, dpi=dice.choice((72, 90, 100, 100, 120, 150)))
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes: Any = self.figure.add_subplot()
        self.dice = dice
        self.rows: list[tuple[str, float, str]] = []
        palette = dice.choice(PALETTES)
        self.colours = _shades(dice, palette) if rcParams["axes.prop_cycle"].by_key().get("color") else []

    def values(self, count: int, *, negative: bool = False) -> list[float]:
        """Numbers of one size, rounded as people round them."""
        top = self.dice.choice((1, 10, 50, 100, 100, 1200, 40000))
        least = -0.5 * top if negative and self.dice.random() < 0.15 else 0.06 * top
        digits = {1: 2, 10: 1, 50: 1, 100: self.dice.choice((0, 1)), 1200: 0, 40000: -1}[top]
        return [round(self.dice.uniform(least, top), digits) for _ in range(count)]

    def names(self, count: int) -> list[str]:
        """Categories: words, years, months, letters."""
        kind = self.dice.choice(("words", "words", "years", "months", "letters"))
        if kind == "years":
            first = self.dice.randint(1950, 2014)
            return [str(first + n) for n in range(count)]
        if kind == "months" and count <= 12:
            return MONTHS[:count]
        return list("ABCDEFGHIJKL")[:count] if kind == "letters" else self.dice.sample(NOUNS, count)

    def furnish(self, *, values_across: bool = False, named: bool = False) -> None:
        """Titles, grid, spines, legend."""
        dice, axes = self.dice, self.axes
        if dice.random() < 0.6:
            axes.set_title(f"{dice.choice(NOUNS)} and {dice.choice(NOUNS).lower()} by year")
        if dice.random() < 0.6:
            (axes.set_xlabel if values_across else axes.set_ylabel)(dice.choice(MEASURES))
        if dice.random() < 0.35:
            axes.grid(True, axis=dice.choice(("both", "x" if values_across else "y")), alpha=dice.uniform(0.4, 1))
            axes.set_axisbelow(dice.random() < 0.85)
        if dice.random() < 0.3:
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
        if named:
            where = dice.choice(("best", "best", "right", "below", "above"))
            place: dict[str, Any] = {
                "best": {"loc": "best"},
                "right": {"loc": "upper left", "bbox_to_anchor": (1.01, 1)},
                "below": {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "ncol": 4},
                "above": {"loc": "lower center", "bbox_to_anchor": (0.5, 1.01), "ncol": 4},
            }[where]
            axes.legend(frameon=dice.random() < 0.6, **place)
            if where == "above":
                axes.set_title("")

    def drawn(self, kind: str) -> DrawnChart:
        """What stands on the sheet, as pixels."""
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.figure.tight_layout()
        self.canvas.draw()
        return DrawnChart(kind, np.asarray(self.canvas.buffer_rgba())[..., :3].copy(), tuple(self.rows))


def rcParamsDefault() -> Any:
    """Matplotlib's settings as it comes, but for the backend."""
    from matplotlib import rcParamsDefault as given

    return {key: value for key, value in given.items() if key not in ("backend", "backend_fallback")}


def _shades(dice: random.Random, palette: str) -> list[Any]:
    from matplotlib import colormaps

    if dice.random() < 0.15:  # tints of one colour, as in reports
        scale = colormaps[dice.choice(("Blues", "Greens", "Oranges", "Greys"))]
        return [scale(x) for x in (0.85, 0.55, 0.3, 0.7)]
    return list(colormaps[palette].colors)


def _bars(sheet: _Sheet) -> None:
    dice, count = sheet.dice, sheet.dice.randint(3, 11)
    names, values = sheet.names(count), sheet.values(count, negative=True)
    across = dice.random() < 0.35
    colours = sheet.colours[:count] if dice.random() < 0.2 else sheet.colours[0]
    edge = {"edgecolor": "black"} if dice.random() < 0.2 else {}
    draw = sheet.axes.barh if across else sheet.axes.bar
    found = draw(names, values, dice.uniform(0.4, 0.9), color=colours, **edge)
    if dice.random() < 0.35:
        sheet.axes.bar_label(found, fontsize=8)
    sheet.rows += [(name, value, "") for name, value in zip(names, values, strict=True)]
    _turn(sheet, names, across=across)
    sheet.furnish(values_across=across)


def _several(sheet: _Sheet, *, stacked: bool) -> None:
    dice, count, series = sheet.dice, sheet.dice.randint(2, 7), sheet.dice.randint(2, 4)
    names, across = sheet.names(count), sheet.dice.random() < 0.3
    labels = dice.sample([x for x in NOUNS if x not in names], series)
    values = sheet.values(count * series)
    places, wide = np.arange(count), 0.8 / (1 if stacked else series)
    base = np.zeros(count)
    for n, label in enumerate(labels):
        own = values[n * count : (n + 1) * count]
        draw = sheet.axes.barh if across else sheet.axes.bar
        more: dict[str, Any] = {"left" if across else "bottom": base} if stacked else {}
        at = places if stacked else places + (n - (series - 1) / 2) * wide
        found = draw(at, own, wide, label=label, color=sheet.colours[n], **more)
        if not stacked and count * series < 13 and dice.random() < 0.3:
            sheet.axes.bar_label(found, fontsize=7)
        base = base + np.array(own)
        sheet.rows += [(name, value, label) for name, value in zip(names, own, strict=True)]
    (sheet.axes.set_yticks if across else sheet.axes.set_xticks)(places, names)
    _turn(sheet, names, across=across)
    sheet.furnish(values_across=across, named=True)


def _turn(sheet: _Sheet, names: list[str], *, across: bool) -> None:
    long = sum(map(len, names)) > 30
    if not across and (long or sheet.dice.random() < 0.1):
        angle = sheet.dice.choice((45, 90, 30))
        sheet.axes.tick_params(axis="x", rotation=angle)


def _lines(sheet: _Sheet) -> None:
    dice, count, series = sheet.dice, sheet.dice.randint(4, 14), sheet.dice.choice((1, 1, 2, 3, 4, 5))
    names = sheet.names(min(count, 12)) if dice.random() < 0.5 else []
    start, step = dice.choice(((2000, 1), (1990, 2), (0, 1), (0, 5), (10, 10)))
    places: list[Any] = list(names) or [start + step * n for n in range(count)]
    labels = dice.sample([x for x in NOUNS if x not in names], series) if series > 1 else [""]
    mark = dice.choice(("", "", "o", "o", "s", "^", "D"))
    for n, label in enumerate(labels):
        values = _walk(sheet, len(places), n)
        style = dice.choice(("-", "-", "-", "--")) if series > 1 else "-"
        sheet.axes.plot(
            places, values, style, marker=mark, label=label or None, color=sheet.colours[n % len(sheet.colours)]
        )
        sheet.rows += [(str(place), value, label) for place, value in zip(places, values, strict=True)]
    if names:
        _turn(sheet, names, across=False)
    if dice.random() < 0.12:
        sheet.axes.set_yscale("log")
    sheet.furnish(named=series > 1)


def _walk(sheet: _Sheet, count: int, n: int) -> list[float]:
    value, found = sheet.dice.uniform(20, 80) + 10 * n, []
    for _ in range(count):
        value = abs(value + sheet.dice.gauss(0, 12)) + 1
        found.append(round(value, 1))
    return found


def _dates(sheet: _Sheet) -> None:
    from datetime import date

    dice, first = sheet.dice, sheet.dice.randint(2005, 2021)
    months = [(first + (n // 12), n % 12) for n in range(dice.choice((8, 12, 18)))]
    values = _walk(sheet, len(months), 0)
    sheet.axes.plot([date(year, month + 1, 1) for year, month in months], values, "o-", color=sheet.colours[0])
    sheet.figure.autofmt_xdate()
    sheet.rows += [(f"{year}-{month + 1:02d}", value, "") for (year, month), value in zip(months, values, strict=True)]
    sheet.furnish()


def _scatter(sheet: _Sheet) -> None:
    dice, series = sheet.dice, sheet.dice.choice((1, 1, 2, 3))
    labels = dice.sample(NOUNS, series) if series > 1 else [""]
    for n, label in enumerate(labels):
        xs, ys = sheet.values(dice.randint(5, 16)), sheet.values(16)
        mark = dice.choice(("o", "o", "s", "^"))
        sheet.axes.scatter(xs, ys[: len(xs)], marker=mark, label=label or None, color=[sheet.colours[n]])
        sheet.rows += [(f"{x:g}", y, label) for x, y in zip(xs, ys, strict=False)]
    sheet.furnish(named=series > 1)


def _pie(sheet: _Sheet) -> None:
    dice, count = sheet.dice, sheet.dice.randint(2, 7)
    names, weights = dice.sample(NOUNS, count), [dice.uniform(1, 6) for _ in range(count)]
    shares = [round(100 * x / sum(weights), 1) for x in weights]
    more: dict[str, Any] = {"autopct": dice.choice(("%1.1f%%", "%d%%"))} if dice.random() < 0.6 else {}
    if dice.random() < 0.25:
        more["wedgeprops"] = {"edgecolor": "white", "linewidth": 2, "width": dice.choice((0.4, 1))}
        more["pctdistance"] = 0.8
    aside = dice.random() < 0.35
    start = dice.choice((0, 90))
    colours = sheet.colours[:count] if len(sheet.colours) >= count else None
    found = sheet.axes.pie(shares, labels=None if aside else names, startangle=start, colors=colours, **more)
    if aside:
        sheet.axes.legend(found[0], names, loc="center left", bbox_to_anchor=(1, 0.5))
    if dice.random() < 0.6:
        sheet.axes.set_title(f"{dice.choice(NOUNS)} by share")
    sheet.rows += [(name, share, "") for name, share in zip(names, shares, strict=True)]


KINDS: dict[str, Callable[[_Sheet], None]] = {
    "bar": _bars,
    "grouped": lambda sheet: _several(sheet, stacked=False),
    "stacked": lambda sheet: _several(sheet, stacked=True),
    "line": _lines,
    "dates": _dates,
    "scatter": _scatter,
    "pie": _pie,
}


def charts(count: int, seed: int = 20) -> Iterator[DrawnChart]:
    """So many charts, the kinds in turn; a fifth of them as a JPEG or a smaller picture has them."""
    for n in range(count):
        dice = random.Random(seed * 1000 + n)
        kind = list(KINDS)[n % len(KINDS)]
        sheet = _Sheet(dice)
        KINDS[kind](sheet)
        drawn = sheet.drawn(kind)
        yield DrawnChart(kind, _worn(drawn.image, dice), drawn.rows) if dice.random() < 0.2 else drawn


def _worn(pixels: Any, dice: random.Random) -> Any:
    from io import BytesIO

    picture, out = Image.fromarray(pixels), BytesIO()
    factor = dice.uniform(0.8, 1.25)
    size = (round(picture.width * factor), round(picture.height * factor))
    picture.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=dice.randint(60, 92))
    return np.asarray(Image.open(out).convert("RGB"))
