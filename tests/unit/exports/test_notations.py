from __future__ import annotations

import io

import pytest

from legenda.document import NOTATION_FORMS, Block, Notation, Page, compose, from_box
from legenda.exports import EXPORTERS, Origin
from legenda.exports.media import media_type


def page(*notations: Notation) -> Page:
    blocks = [Block(x.kind, from_box(0, 0, 9, 9), (), notation=x) for x in notations]
    return compose(Page(1, 100, 100, "pixel"), blocks)


def written(format: str, *pages: Page, bare: bool = True) -> str:
    out = io.BytesIO()
    exporter = EXPORTERS[format](out, Origin(bare=bare))
    for each in pages:
        exporter.add(each)
    exporter.close()
    return out.getvalue().decode()


FORMULA = Notation("formula", {"latex": "a^{2}"}, 0.9)
MOLECULE = Notation("molecule", {"smiles": "CCO", "mol": "mol\nM  END\n"}, 0.9)
FIGURE = Notation("geometry", {"tikz": "\\draw;", "svg": "<svg/>\n"}, 0.9)
CHART = Notation("chart", {"csv": "name,value\r\n=SUM(A1),-3\r\n", "md": "| name |\n"}, 0.9)


def test_only_what_has_the_form_is_written() -> None:
    both = page(FORMULA, MOLECULE)
    assert written("smiles", both) == "CCO\n"
    assert written("kern", both) == ""


def test_several_follow_one_another_as_their_format_has_it() -> None:
    twice = page(MOLECULE, MOLECULE)
    assert written("smiles", twice, page(MOLECULE)) == "CCO\nCCO\nCCO\n"
    assert written("mol", twice) == "mol\nM  END\n$$$$\nmol\nM  END\n"
    assert written("latex", page(FORMULA, FORMULA)) == "a^{2}\n\na^{2}\n"
    assert written("svg", page(FIGURE, FIGURE)) == "<svg/>\n"


def test_a_chart_is_a_table_whose_cells_are_no_formulas() -> None:
    assert written("csv", page(CHART)) == "name,value\r\n'=SUM(A1),-3\r\n"


@pytest.mark.parametrize("kind", sorted(NOTATION_FORMS))
def test_every_form_but_dict_and_text_has_a_format(kind: str) -> None:
    for form in NOTATION_FORMS[kind]:
        if form not in ("dict", "text"):
            assert EXPORTERS[form].format == form
            assert media_type(form) != "application/octet-stream"
