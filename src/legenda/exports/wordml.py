"""WordprocessingML: runs, paragraphs, tables and pictures as XML (ECMA-376-1, 17 and 20.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from legenda.exports.inline import Look

_EMU = 12_700  # of a point
_TWIPS = 20
_PLAIN = Look()
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def run(text: str, how: Look = _PLAIN, *, rtl: bool = False, font: str = "") -> str:
    """Text that looks the same."""
    looks = f"<w:rFonts w:ascii={quoteattr(font)} w:hAnsi={quoteattr(font)} w:cs={quoteattr(font)}/>" if font else ""
    looks += "<w:b/><w:bCs/>" * how.bold + "<w:i/><w:iCs/>" * how.italic + "<w:strike/>" * how.strike
    looks += '<w:color w:val="0563C1"/><w:u w:val="single"/>' * bool(how.link)
    looks += f'<w:vertAlign w:val="{how.shift}"/>' if how.shift else ""
    looks += "<w:rtl/>" * rtl
    shown = escape(text)
    for character, element in (("\t", "tab"), ("\n", "br")):
        shown = shown.replace(character, f'</w:t><w:{element}/><w:t xml:space="preserve">')
    return f'<w:r>{f"<w:rPr>{looks}</w:rPr>" * bool(looks)}<w:t xml:space="preserve">{shown}</w:t></w:r>'


def paragraph(runs: str, style: str = "", *, rtl: bool = False, page_break: bool = False, indent: float = 0) -> str:
    """A paragraph of runs, set in by so many points; one with `page_break` begins a page and takes hardly any room."""
    about = f'<w:pStyle w:val="{style}"/>' if style else ""
    about += "<w:pageBreakBefore/>" * page_break + "<w:bidi/>" * rtl
    about += '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>' * page_break
    about += f'<w:ind w:left="{round(_TWIPS * indent)}"/>' if indent else ""
    return f"<w:p>{f'<w:pPr>{about}</w:pPr>' * bool(about)}{runs}</w:p>"


def hyperlink(runs: str, relationship: str) -> str:
    """Runs that lead to the target of a relationship."""
    return f'<w:hyperlink r:id="{relationship}" w:history="1">{runs}</w:hyperlink>'


def table_of(
    rows: Sequence[Sequence[tuple[int, int, int, str]]], widths: Sequence[float], *, heads: int = 0, rtl: bool = False
) -> str:
    """A table with a paragraph behind it, which keeps it apart from the next.

    Args:
        rows: cells, each with its column, how many columns and rows it takes, and its paragraphs.
        widths: of the columns, in points.
        heads: how many rows are repeated on every page.
        rtl: the first column is the rightmost.
    """
    twips = [round(_TWIPS * width) for width in widths]
    turned = "<w:bidiVisual/>" * rtl
    about = f'<w:tblStyle w:val="TableGrid"/>{turned}<w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    body, below = "", dict[int, tuple[int, int]]()
    for k, row in enumerate(rows):
        repeated = "<w:trPr><w:tblHeader/></w:trPr>" * (k < heads)
        body += f"<w:tr>{repeated}{_cells(row, below, twips)}</w:tr>"
        below = {at: (n, left - 1) for at, (n, left) in below.items() if left > 1}
        below |= {column: (columns, taken - 1) for column, columns, taken, _ in row if taken > 1}
    return f"<w:tbl><w:tblPr>{about}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl><w:p/>"


def _cells(
    row: Sequence[tuple[int, int, int, str]], below: Mapping[int, tuple[int, int]], widths: Sequence[int]
) -> str:
    """The cells of a row; `below` has those of rows above that go on: column to columns and rows left."""
    going = [(at, columns, 0, "<w:p/>") for at, (columns, _) in below.items()]
    found, at = "", 0
    for column, columns, taken, text in [*sorted([*row, *going]), (len(widths), 0, 1, "")]:
        found += "".join(_cell(width, 1, "<w:p/>") for width in widths[at:column])
        merge = {0: "<w:vMerge/>", 1: ""}.get(taken, '<w:vMerge w:val="restart"/>')
        found += _cell(sum(widths[column : column + columns]), columns, text, merge) if columns else ""
        at = column + columns
    return found


def _cell(width: int, columns: int, text: str, merge: str = "") -> str:
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}</w:tcPr>{text}</w:tc>'


def picture_of(relationship: str, number: int, size: tuple[float, float], text: str) -> str:
    """A run with a picture in the line.

    Args:
        relationship: its id.
        number: unique in the document.
        size: width and height in points.
        text: said in its place to who does not see it.
    """
    extent = 'cx="{}" cy="{}"'.format(*(max(round(_EMU * side), 1) for side in size))
    name = f'id="{number}" name="Picture {number}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr {name} descr={quoteattr(text)}/><a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
