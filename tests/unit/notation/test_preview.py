from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from legenda.document import Notation
from legenda.notation.chart.preview import as_svg
from legenda.notation.chart.table import Chart, Row
from legenda.notation.preview import svg

SVG = "{http://www.w3.org/2000/svg}"
BARS = (Row("Alpha", 3, "N"), Row("Beta", 6, "N"), Row("Alpha", 2, "S"), Row("Beta", 1, "S"))


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(as_svg(chart))


def boxes(root: ET.Element) -> list[tuple[float, ...]]:
    """Bars: rectangles larger than patches of the legend, without the paper."""
    sides = [[x.get(k, "") for k in ("x", "y", "width", "height")] for x in root.iter(f"{SVG}rect")]
    found = [tuple(map(float, side)) for side in sides if side[0]]
    return [box for box in found if box[2:] != (11, 11)]


def test_bars_are_as_high_as_their_values() -> None:
    heights = {box[0]: box[3] for box in boxes(drawn(Chart("bar", BARS, "Sales", precision=0.01)))}
    assert len(heights) == 4
    assert sorted(round(6 * h / max(heights.values())) for h in heights.values()) == [1, 2, 3, 6]


def test_a_stack_stands_in_one_column_and_lying_bars_begin_at_one_place() -> None:
    stacked = boxes(drawn(Chart("bar", BARS, precision=0.01, stacked=True)))
    assert len({box[0] for box in stacked}) == 2
    lying = boxes(drawn(Chart("bar", BARS, precision=0.01, keys_first=False)))
    assert len({box[0] for box in lying}) == 1


def test_words_are_text_and_no_markup() -> None:
    root = drawn(Chart("bar", (Row("<b>&", 1),), "</svg>", precision=0.1))
    words = [x.text for x in root.iter(f"{SVG}text")]
    assert "<b>&" in words
    assert "</svg>" in words


@pytest.mark.parametrize("kind", ["bar", "line", "scatter", "pie", "heatmap"])
def test_any_numbers_can_be_drawn(kind: str) -> None:
    for values in ((), (0.0,), (0.0, 0.0), (-1.0, 5.0), (float("nan"), float("inf")), (1e300, -1e300, 1e-300)):
        rows = tuple(Row(str(n), value) for n, value in enumerate(values))
        for precision in (0.0, 0.1, -0.01):
            assert drawn(Chart(kind, rows, precision=precision)).tag == f"{SVG}svg"


def test_a_formula_is_typeset() -> None:
    pytest.importorskip("ziamath")
    plain = svg(Notation("formula", {"latex": "a"}))
    longer = svg(Notation("formula", {"latex": r"\frac{a}{b}+\sqrt{c}"}))
    assert ET.fromstring(plain).tag == f"{SVG}svg"
    assert len(longer) > len(plain)


def test_molecules_are_drawn_side_by_side() -> None:
    chem = pytest.importorskip("rdkit.Chem")
    block = chem.MolToMolBlock(chem.MolFromSmiles("CCO"))
    one = svg(Notation("molecule", {"smiles": "CCO", "mol": block}))
    two = svg(Notation("molecule", {"smiles": "CCO\nCCO", "mol": f"{block}$$$$\n{block}"}))
    assert ET.fromstring(one).tag == f"{SVG}svg"
    assert len(two) > len(one)
    assert svg(Notation("molecule", {"mol": "no molecule"})) == ""


def test_what_brings_a_drawing_along_keeps_it_and_nothing_has_none() -> None:
    assert svg(Notation("geometry", {"tikz": "", "svg": "<svg/>"})) == "<svg/>"
    assert svg(Notation("barcode", {"text": "1"})) == svg(Notation("formula", {})) == ""
