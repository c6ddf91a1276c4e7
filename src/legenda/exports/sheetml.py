"""SpreadsheetML: sheets, cells and styles as XML (ECMA-376-1, 18)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from legenda.exports.package import HEAD, RELATIONSHIPS

MOST_ROWS = 2**20
_MOST_COLUMNS = 2**14
_LONGEST = 32_767  # characters of a cell
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
# Office reads _x0041_ in a text as the character of that code
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_QUOTED = 1
_FIRST_FORMAT = 164  # smaller numbers are built in
_STYLES = (
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
)


class Styles:
    """The formats of numbers in a workbook, and the part that lists them."""

    def __init__(self) -> None:
        self._formats: dict[str, int] = {}

    def of(self, format: str) -> int:
        """The style of cells with a number format."""
        return self._formats.setdefault(format, len(self._formats) + _QUOTED + 1)

    def part(self) -> str:
        """The part `xl/styles.xml`."""
        numbered = list(enumerate(self._formats, _FIRST_FORMAT))
        formats = "".join(f'<numFmt numFmtId="{id}" formatCode={quoteattr(code)}/>' for id, code in numbered)
        formats = f'<numFmts count="{len(numbered)}">{formats}</numFmts>' if numbered else ""
        plain = '<xf numFmtId="{}" fontId="0" fillId="0" borderId="0" xfId="0"{}/>'
        styles = plain.format(0, "") + plain.format(49, ' applyNumberFormat="1" quotePrefix="1"')
        styles += "".join(plain.format(id, ' applyNumberFormat="1"') for id, _ in numbered)
        cells = f'<cellXfs count="{len(numbered) + 2}">{styles}</cellXfs>'
        named = '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        return f"{HEAD}<styleSheet {_NAMESPACE}>{formats}{_STYLES}{cells}{named}</styleSheet>"


def workbook(names: Sequence[str]) -> str:
    """The part `xl/workbook.xml`; the sheet at place n has the relationship `rIdn`."""
    sheets = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    inner = f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>"
    return f'{HEAD}<workbook {_NAMESPACE} xmlns:r="{RELATIONSHIPS}">{inner}</workbook>'


def sheet_begin(turned: bool, columns: int) -> str:
    """The beginning of a sheet, up to its rows.

    Args:
        turned: the first column is the rightmost.
        columns: how many are to be as wide as most text needs.
    """
    view = (
        f'<sheetViews><sheetView workbookViewId="0"{" rightToLeft=" + quoteattr("1") if turned else ""}/></sheetViews>'
    )
    wide = f'<cols><col min="1" max="{min(columns, _MOST_COLUMNS)}" width="18" customWidth="1"/></cols>'
    return f"{HEAD}<worksheet {_NAMESPACE}>{view}{wide if columns else ''}<sheetData>"


def sheet_row(number: int, cells: Sequence[tuple[int, str]]) -> str:
    """A row of cells by column, from 0, each made by `value` or `string`."""
    inner = "".join(f'<c r="{_letters(at)}{number}"{rest}' for at, rest in cells if at < _MOST_COLUMNS)
    return f'<row r="{number}">{inner}</row>'


def value(number: str, style: int) -> str:
    """A cell with a number."""
    return f"{f' s={quoteattr(str(style))}' if style else ''}><v>{number}</v></c>"


def string(text: str) -> str:
    """A cell with a text; one that begins like a formula is marked as text."""
    style = f' s="{_QUOTED}"' if _FORMULA.match(text) else ""
    shown = escape(_CODED.sub("_x005F_", text[:_LONGEST]))
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def sheet_end(merged: Sequence[tuple[int, int, int, int]]) -> str:
    """The end of a sheet.

    Args:
        merged: cells over several slots: row from 1, column from 0, how many rows and columns.
    """
    areas = "".join(
        f'<mergeCell ref="{_letters(at)}{row}:{_letters(at + columns - 1)}{row + rows - 1}"/>'
        for row, at, rows, columns in merged
        if at + columns <= _MOST_COLUMNS
    )
    merges = f'<mergeCells count="{areas.count("/>")}">{areas}</mergeCells>' if areas else ""
    return f"</sheetData>{merges}</worksheet>"


def _letters(column: int) -> str:
    """Name of a column, from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
