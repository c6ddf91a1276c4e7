"""What a chart says, as a table: CSV, Markdown, and the Python dictionary of GOT-OCR2."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO


@dataclass(frozen=True, slots=True)
class Row:
    """One mark.

    Attributes:
        key: its category, or its place on the horizontal axis.
        value: what it measures.
        series: its name in the legend, or empty.
        printed: its value was printed beside it, and is as exact as that.
    """

    key: str
    value: float
    series: str = ""
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What was read.

    Attributes:
        kind: `bar`, `line`, `scatter`, `pie`, `heatmap`.
        rows: in the order of the keys.
        title: of the chart.
        keys: title of the axis of the keys.
        values: title of the axis of the values.
        series: title of the legend.
        precision: what one pixel stands for; on a logarithmic axis its share of the value, negative.
        keys_first: in the order of the columns; a lying bar chart has its values on the horizontal axis.
        problems: what had to be guessed.
        stacked: bars stand on bars.
    """

    kind: str
    rows: tuple[Row, ...] = ()
    title: str = ""
    keys: str = ""
    values: str = ""
    series: str = ""
    precision: float = 0.0
    keys_first: bool = True
    problems: tuple[str, ...] = field(default=())
    stacked: bool = False


def number(value: float, precision: float) -> str:
    """As few digits as the picture allows: those of the roundest number within half a pixel, nearly."""
    if value != value or abs(value) > 1e300:
        return ""
    if precision < 0:
        precision = max(abs(value) * -precision, 1e-300)
    if precision == 0:
        return f"{value:.6g}"
    finest = min(max(-math.floor(math.log10(precision)), -12), 12)
    digits = next((n for n in range(-12, finest) if abs(round(value, n) - value) <= 0.4 * precision), finest)
    whole = f"{round(value, digits):.{max(digits, 0)}f}"
    return "0" if not whole.strip("-0.") else whole


def shown(row: Row, chart: Chart) -> str:
    """The value of a row as it is written."""
    return f"{row.value:.12g}" if row.printed else number(row.value, chart.precision)


def as_csv(chart: Chart) -> str:
    """A row a mark: category, value and, where there is a legend, series."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    head = [chart.keys or "category", chart.values or "value"]
    named = any(row.series for row in chart.rows)
    rows = [[row.key, shown(row, chart)] for row in chart.rows]
    order = (0, 1) if chart.keys_first else (1, 0)
    writer.writerow([*(head[n] for n in order), *([chart.series or "series"] if named else [])])
    for cells, row in zip(rows, chart.rows, strict=True):
        writer.writerow([*(cells[n] for n in order), *([row.series] if named else [])])
    return out.getvalue()


def as_markdown(chart: Chart) -> str:
    """A row a category, a column a series."""
    names = _series(chart)
    head = [chart.keys or "category", *(name or chart.values or "value" for name in names)]
    keys = list(dict.fromkeys(row.key for row in chart.rows))
    repeated = len({(row.key, row.series) for row in chart.rows}) < len(chart.rows)
    lines = [head, ["---"] * len(head)]
    if repeated:
        lines += [[row.key, *(shown(row, chart) if row.series == n else "" for n in names)] for row in chart.rows]
    else:
        found = {(row.key, row.series): shown(row, chart) for row in chart.rows}
        lines += [[key, *(found.get((key, name), "") for name in names)] for key in keys]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def as_dict(chart: Chart) -> str:
    """A Python literal with title, source, titles of the axes and the values, by series and category."""
    names = _series(chart)
    values: dict[str, object] = {}
    for name in names or [""]:
        own = {row.key: shown(row, chart) for row in chart.rows if row.series == name}
        if names == [""]:
            values = dict(own)
        else:
            values[name] = own
    return repr({
        "title": chart.title or "None", "source": "None", "x_title": chart.keys or "None",
        "y_title": chart.values or "None", "values": values,
    })  # fmt: skip


def _series(chart: Chart) -> Sequence[str]:
    return list(dict.fromkeys(row.series for row in chart.rows))
