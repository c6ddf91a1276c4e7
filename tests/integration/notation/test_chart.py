from __future__ import annotations

import ast
import csv
import io
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib import figure
from matplotlib.backends.backend_agg import FigureCanvasAgg

from legenda import notation
from legenda.document import Notation
from legenda.pipeline.notated import labels

NAMES = ["Alpha", "Beta", "Gamma", "Delta"]


class Sheet:
    """A chart as matplotlib draws it."""

    def __init__(self) -> None:
        self.figure = figure.Figure(figsize=(6.4, 4.8), dpi=100)
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes: Any = self.figure.add_subplot()

    def read(self) -> Notation:
        self.figure.tight_layout()
        self.canvas.draw()
        crop = np.asarray(self.canvas.buffer_rgba())[..., :3].copy()
        return notation.read("chart", crop, labels(crop))


def rows(found: Notation) -> list[list[str]]:
    return list(csv.reader(io.StringIO(found.forms["csv"])))


def near(value: str, wanted: float, within: float = 0.1) -> bool:
    return abs(float(value) - wanted) <= within


def test_bars() -> None:
    sheet = Sheet()
    sheet.axes.bar(NAMES, [3, 7, 5, 2])
    sheet.axes.set(title="Sales by group", xlabel="Group", ylabel="Euro")
    head, *body = rows(sheet.read())
    assert head == ["Group", "Euro"]
    assert [row[0] for row in body] == NAMES
    assert all(near(row[1], wanted) for row, wanted in zip(body, [3, 7, 5, 2], strict=True))


def test_bars_that_lie() -> None:
    sheet = Sheet()
    sheet.axes.barh(NAMES, [30, 70, 55, 12])
    found = {row[1]: row[0] for row in rows(sheet.read())[1:]}
    assert set(found) == set(NAMES)
    assert all(near(found[name], wanted, 1) for name, wanted in zip(NAMES, [30, 70, 55, 12], strict=True))


@pytest.mark.parametrize("stacked", [False, True])
def test_series(stacked: bool) -> None:
    sheet, first, second = Sheet(), [3, 7, 5, 2], [4, 6, 8, 1]
    places = np.arange(4)
    if stacked:
        sheet.axes.bar(places, first, label="North")
        sheet.axes.bar(places, second, bottom=first, label="South")
        sheet.axes.grid(axis="y")
    else:
        sheet.axes.bar(places - 0.2, first, 0.4, label="North")
        sheet.axes.bar(places + 0.2, second, 0.4, label="South")
    sheet.axes.set_xticks(places, NAMES)
    sheet.axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    found = sheet.read()
    values = {(row[0], row[2]): row[1] for row in rows(found)[1:]}
    wanted = {(name, "North"): first[n] for n, name in enumerate(NAMES)}
    wanted |= {(name, "South"): second[n] for n, name in enumerate(NAMES)}
    assert values.keys() == wanted.keys()
    assert all(near(values[key], wanted[key], 0.15) for key in wanted)
    assert found.forms["md"].splitlines()[0] == "| category | North | South |"
    assert set(ast.literal_eval(found.forms["dict"])["values"]) == {"North", "South"}


def test_points_on_a_logarithmic_axis() -> None:
    sheet = Sheet()
    sheet.axes.plot([1, 2, 3, 4, 5], [1, 10, 100, 1000, 5000], "o-")
    sheet.axes.set_yscale("log")
    body = rows(sheet.read())[1:]
    assert [row[0] for row in body] == ["1", "2", "3", "4", "5"]
    assert all(0.95 < float(row[1]) / y < 1.05 for row, y in zip(body, [1, 10, 100, 1000, 5000], strict=True))


def test_lines_that_cross_are_read_where_the_labels_are() -> None:
    sheet, years = Sheet(), ["2019", "2020", "2021", "2022", "2023"]
    told = {"North": [10, 24, 31, 18, 40], "South": [35, 20, 12, 27, 15]}
    for name, values in told.items():
        sheet.axes.plot(years, values, "-" if name == "North" else "--", label=name)
    sheet.axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    body = rows(sheet.read())[1:]
    found = {(row[2], row[0]): float(row[1]) for row in body}
    wanted = {(name, year): value for name in told for year, value in zip(years, told[name], strict=True)}
    assert found == pytest.approx(wanted, abs=1)


def test_shades_of_grey_on_a_tinted_plot_with_labels_aslant() -> None:
    sheet, names = Sheet(), ["Austria", "Finland", "Hungary", "Ireland", "Sweden"]
    sheet.axes.set_facecolor("#e5e5e5")
    sheet.axes.grid(color="white")
    sheet.axes.set_axisbelow(True)
    sheet.axes.bar(names, [30, 70, 55, 12, 44], color="#555555")
    sheet.axes.tick_params(axis="x", rotation=45)
    found = {row[0]: float(row[1]) for row in rows(sheet.read())[1:]}
    assert found == pytest.approx(dict(zip(names, [30, 70, 55, 12, 44], strict=True)), abs=1)


def test_numbers_printed_on_bars_are_taken_as_printed() -> None:
    sheet, values = Sheet(), [1234, 567, 890, 321]
    sheet.axes.bar_label(sheet.axes.bar(NAMES, values))
    assert [float(row[1]) for row in rows(sheet.read())[1:]] == values


def test_a_chart_is_drawn_again_from_its_table() -> None:
    sheet = Sheet()
    sheet.axes.bar(NAMES, [3, 7, 5, 2])
    root = ET.fromstring(sheet.read().forms["svg"])
    assert {x.text for x in root.iter("{http://www.w3.org/2000/svg}text")} >= set(NAMES)


def test_scattered_points() -> None:
    sheet = Sheet()
    points = [(1, 2.2), (2, 3.1), (3.5, 2.5), (4, 5), (6, 4.4)]
    sheet.axes.scatter(*zip(*points, strict=True))
    sheet.axes.grid()
    body = rows(sheet.read())[1:]
    assert len(body) == len(points)
    assert all(near(row[0], x, 0.05) and near(row[1], y, 0.05) for row, (x, y) in zip(body, points, strict=True))


def test_a_pie() -> None:
    sheet = Sheet()
    sheet.axes.pie([35, 25, 20, 15, 5], labels=["Coal", "Gas", "Sun", "Wind", "Water"])
    found = {row[0]: float(row[1]) for row in rows(sheet.read())[1:]}
    assert found == pytest.approx({"Coal": 35, "Gas": 25, "Sun": 20, "Wind": 15, "Water": 5}, abs=1)


def test_what_is_no_chart_gives_no_table() -> None:
    found = notation.read("chart", np.full((200, 300, 3), 255, np.uint8))
    assert found.forms == {}
    assert found.problem
