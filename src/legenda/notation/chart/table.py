"""What a chart says, as a table: CSV, Markdown, and the Python dictionary of GOT-OCR2."""

from __future__ import annotations

import csv
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
    """

    key: str
    value: float
    series: str = ""


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
        precision: what one pixel stands for.
        keys_first: in the order of the columns; a lying bar chart has its values on the horizontal axis.
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


def number(value: float, precision: float) -> str:
    """As few digits as the picture allows."""
    if value != value or abs(value) > 1e300:
        return ""
    if precision <= 0:
        return f"{value:.6g}"
    digits = 0
    while digits < 9 and 10.0**-digits > precision:
        digits += 1
    whole = f"{value:.{digits}f}"
    if digits:
        whole = whole.rstrip("0").rstrip(".")
    return "0" if whole in ("-0", "") else whole


def as_csv(chart: Chart) -> str:
    """A row a mark: category, value and, where there is a legend, series."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    head = [chart.keys or "category", chart.values or "value"]
    named = any(row.series for row in chart.rows)
    rows = [[row.key, number(row.value, chart.precision)] for row in chart.rows]
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
        lines += [
            [row.key, *(number(row.value, chart.precision) if row.series == n else "" for n in names)]
            for row in chart.rows
        ]
    else:
        found = {(row.key, row.series): number(row.value, chart.precision) for row in chart.rows}
        lines += [[key, *(found.get((key, name), "") for name in names)] for key in keys]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def as_dict(chart: Chart) -> str:
    """A Python literal with title, source, titles of the axes and the values, by series and category."""
    names = _series(chart)
    values: dict[str, object] = {}
    for name in names or [""]:
        own = {row.key: number(row.value, chart.precision) for row in chart.rows if row.series == name}
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
