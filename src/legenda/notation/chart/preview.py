"""A chart drawn again from its table alone, so that it can be compared with the crop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from legenda.notation.chart.table import Chart, Row, number, shown

_WIDTH, _HEIGHT = 560, 380  # px
_LEFT, _TOP, _RIGHT, _BOTTOM = 76, 44, 430, 318  # of the plot; the legend stands to its right
_MOST = 600  # marks drawn
_COLOURS = (
    "#4c78a8",
    "#f58518",
    "#54a24b",
    "#e45756",
    "#b279a2",
    "#9d755d",
    "#72b7b2",
    "#eeca3b",
    "#ff9da6",
    "#7f7f7f",
)
_TEXT = 'font-family="sans-serif" font-size="12" fill="#222" stroke="none"'


def as_svg(chart: Chart) -> str:
    """One SVG: bars, lines, points, sectors or cells, with axes as the table has them and a legend."""
    rows = [row for row in chart.rows[:_MOST] if math.isfinite(row.value)]
    names = list(dict.fromkeys(row.key if chart.kind == "pie" else row.series for row in rows))
    colours = {name: _COLOURS[n % len(_COLOURS)] for n, name in enumerate(names)}
    draw = {"pie": _pie, "heatmap": _cells}.get(chart.kind, _plot)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" fill="none" stroke-width="1.5">',
        '<rect width="100%" height="100%" fill="white"/>',
        _words(chart.title, (_LEFT + _RIGHT) / 2, 24, weight="bold"),
        *(draw(chart, rows, colours) if rows else ()),
        *_legend({} if chart.kind == "heatmap" else colours, chart.series),
    ]
    return "\n".join(part for part in parts if part) + "\n</svg>\n"


def _words(text: str, x: float, y: float, anchor: str = "middle", *, turned: bool = False, weight: str = "") -> str:
    if not text:
        return ""
    extra = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    extra += f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_TEXT}{extra}>{escape(text)}</text>'


def _legend(colours: dict[str, str], title: str) -> list[str]:
    named = [(name, colour) for name, colour in colours.items() if name][:16]
    parts = [_words(title, _RIGHT + 14, _TOP + 4, "start", weight="bold")]
    for n, (name, colour) in enumerate(named):
        y = _TOP + 14 + 18 * n
        parts.append(f'<rect x="{_RIGHT + 14}" y="{y}" width="11" height="11" fill="{colour}"/>')
        parts.append(_words(name, _RIGHT + 31, y + 10, "start"))
    return parts


def _plot(chart: Chart, rows: Sequence[Row], colours: dict[str, str]) -> list[str]:
    """Marks between two axes."""
    lying = not chart.keys_first
    keys = _Keys(rows, chart.kind)
    logarithmic = chart.precision < 0 and min(row.value for row in rows) > 0
    scale = _Scale(_extents(chart, rows), logarithmic)
    marks = (
        _bars(chart, rows, keys, scale, colours) if chart.kind == "bar" else _points(chart, rows, keys, scale, colours)
    )
    ticks = [(scale.at(value), number(value, 0)) for value in scale.ticks()]
    across, down = (ticks, keys.ticks()) if lying else (keys.ticks(), ticks)
    titles = (chart.values, chart.keys) if lying else (chart.keys, chart.values)
    return [
        f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}" stroke="#444"/>',
        *(_words(text, _x(at), _BOTTOM + 16) for at, text in across),
        *(_words(text, _LEFT - 6, _y(at) + 4, "end") for at, text in down),
        _words(titles[0], (_LEFT + _RIGHT) / 2, _BOTTOM + 38),
        _words(titles[1], 16, (_TOP + _BOTTOM) / 2, turned=True),
        *marks,
    ]


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


class _Scale:
    """Values to shares (0..1) of an axis."""

    def __init__(self, values: Sequence[float], logarithmic: bool) -> None:
        self._log = logarithmic
        seen = [self._of(value) for value in values]
        low, high = min(seen), max(seen)
        self._low, self._high = low, high if high > low else low + 1
        self._step = 1.0 if logarithmic else _step(self._high - self._low)

    def _of(self, value: float) -> float:
        return math.log10(value) if self._log else value

    def at(self, value: float) -> float:
        """Where a value lies."""
        return (self._of(value) - self._low) / (self._high - self._low)

    def ticks(self) -> list[float]:
        """Round values on the axis."""
        first, last = math.ceil(self._low / self._step - 1e-9), math.floor(self._high / self._step + 1e-9)
        return [10.0**n if self._log else n * self._step for n in range(first, min(last, first + 12) + 1)]


def _step(reach: float) -> float:
    """The least of 1, 2, 5 times a power of ten that gives at most seven ticks."""
    power = 10.0 ** math.floor(math.log10(reach / 6)) if reach > 1e-300 else 1.0
    return next((n * power for n in (1, 2, 5) if reach / (n * power) <= 7), 10 * power)


class _Keys:
    """Keys to shares (0..1) of an axis: by their numbers where all are some, else one beside the other."""

    def __init__(self, rows: Sequence[Row], kind: str) -> None:
        self.names = list(dict.fromkeys(row.key for row in rows))
        self._scale: _Scale | None = None
        if kind != "bar" and all(map(_numeric, self.names)):
            self._scale = _Scale([float(name) for name in self.names], logarithmic=False)

    def at(self, key: str) -> float:
        """Where a key lies."""
        if self._scale:
            return self._scale.at(float(key))
        return (self.names.index(key) + 0.5) / len(self.names)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and words, not more than have room."""
        if self._scale:
            return [(self._scale.at(value), number(value, 0)) for value in self._scale.ticks()]
        letters = sum(map(len, self.names)) + len(self.names)
        every = max(1, math.ceil(7 * letters / (_RIGHT - _LEFT)))
        return [(self.at(name), name) for name in self.names[::every]]


def _numeric(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _extents(chart: Chart, rows: Sequence[Row]) -> list[float]:
    """Values the axis has to hold."""
    if chart.kind != "bar":
        return [row.value for row in rows]
    if not chart.stacked:
        return [row.value for row in rows] + ([0.0] if chart.precision >= 0 else [])
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.key] = sums.get(row.key, 0.0) + row.value
    return [0.0, *sums.values()]


def _bars(chart: Chart, rows: Sequence[Row], keys: _Keys, scale: _Scale, colours: dict[str, str]) -> list[str]:
    """Stacked, or side by side, or alone."""
    beside = 1 if chart.stacked else len(colours)
    wide = 0.8 / len(keys.names) / beside
    heights: dict[str, float] = {}
    order = list(colours)
    parts = []
    for row in rows:
        base = heights.get(row.key, 0.0) if chart.stacked else None
        heights[row.key] = heights.get(row.key, 0.0) + row.value
        near = scale.at(base if base is not None else 0.0) if chart.precision >= 0 else 0.0
        far = scale.at(row.value + (base or 0.0))
        start = keys.at(row.key) - 0.4 / len(keys.names) + (0 if chart.stacked else order.index(row.series) * wide)
        low, high = sorted((near, far))
        box = (low, 1 - start - wide, high, 1 - start) if not chart.keys_first else (start, low, start + wide, high)
        parts.append(_box(*box, colours[row.series]))
    return parts


def _box(left: float, low: float, right: float, high: float, colour: str) -> str:
    return (
        f'<rect x="{_x(left):.1f}" y="{_y(high):.1f}" width="{_x(right) - _x(left):.1f}" '
        f'height="{_y(low) - _y(high):.1f}" fill="{colour}"/>'
    )


def _points(chart: Chart, rows: Sequence[Row], keys: _Keys, scale: _Scale, colours: dict[str, str]) -> list[str]:
    """Marks, joined where the chart has lines."""
    parts = []
    for name, colour in colours.items():
        own = [(keys.at(row.key), scale.at(row.value)) for row in rows if row.series == name]
        places = [(_x(a), _y(b)) if chart.keys_first else (_x(b), _y(1 - a)) for a, b in own]
        if chart.kind == "line":
            way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{way}" stroke="{colour}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    return parts


def _pie(chart: Chart, rows: Sequence[Row], colours: dict[str, str]) -> list[str]:
    """Sectors clockwise from twelve o'clock."""
    total = sum(abs(row.value) for row in rows) or 1.0
    x, y, radius, at = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2, 124.0, 0.0
    parts = []
    for row in rows:
        share = min(abs(row.value) / total, 0.9999)
        ends = [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in (math.tau * at, math.tau * (at + share))]
        (a, b), (c, d) = ends
        way = f"M{x:.1f} {y:.1f}L{a:.1f} {b:.1f}A{radius} {radius} 0 {int(share > 0.5)} 1 {c:.1f} {d:.1f}z"
        parts.append(f'<path d="{way}" fill="{colours[row.key]}" stroke="white"/>')
        middle = math.tau * (at + share / 2)
        place = (x + 0.7 * radius * math.sin(middle), y - 0.7 * radius * math.cos(middle) + 4)
        parts.append(_words(shown(row, chart), *place))
        at += share
    return parts


def _cells(chart: Chart, rows: Sequence[Row], colours: dict[str, str]) -> list[str]:
    """A grid of numbers."""
    columns, lines = list(dict.fromkeys(row.key for row in rows)), list(colours)
    wide, high = 1 / len(columns), 1 / len(lines)
    top = max(abs(row.value) for row in rows) or 1.0
    parts = []
    for row in rows:
        left, low = columns.index(row.key) * wide, 1 - (lines.index(row.series) + 1) * high
        shade = 255 - round(120 * abs(row.value) / top)
        parts.append(_box(left, low, left + wide, low + high, f"rgb({shade},{shade},255)"))
        parts.append(_words(shown(row, chart), _x(left + wide / 2), _y(low + high / 2) + 4))
    parts += [_words(name, _x((n + 0.5) * wide), _BOTTOM + 16) for n, name in enumerate(columns)]
    return parts + [_words(name, _LEFT - 6, _y(1 - (n + 0.5) * high) + 4, "end") for n, name in enumerate(lines)]
