"""PresentationML: text boxes and pictures of a slide as XML (ECMA-376-1, 19.3 and 20.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from legenda.exports.package import HEAD, RELATIONSHIPS

_EMU = 12_700  # of a point
_MOST = 2**31 - 1  # a coordinate
_FONT_SIZES = (1.0, 4000.0)  # points PowerPoint has
_TURN = 60_000  # units of a degree
_SLIDE = (
    f'{HEAD}<p:sld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{RELATIONSHIPS}"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree><p:nvGrpSpPr>'
    '<p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
)
_END = "</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"
_SHAPE = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide: left, top, width and height in points, turned about its middle by degrees clockwise."""

    left: float
    top: float
    width: float
    height: float
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of a text box: what it says and how it looks."""

    content: str
    bold: bool = False
    italic: bool = False
    rtl: bool = False
    colour: tuple[int, int, int] = (0, 0, 0)


def slide(shapes: Sequence[str]) -> str:
    """The part of a slide."""
    return _SLIDE + "".join(shapes) + _END


def picture(relationship: str, number: int, box: Box) -> str:
    """A picture; `number` is unique on the slide, from 2."""
    about = f'<p:cNvPr id="{number}" name="Page" descr=""/><p:cNvPicPr/><p:nvPr/>'
    fill = f'<a:blip r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch>'
    return (
        f"<p:pic><p:nvPicPr>{about}</p:nvPicPr><p:blipFill>{fill}</p:blipFill>"
        f"<p:spPr>{_place(box)}{_SHAPE}</p:spPr></p:pic>"
    )


def text_box(number: int, box: Box, texts: Sequence[Text], size: float, pitch: float) -> str:
    """A box of lines.

    Args:
        number: unique on the slide, from 2.
        box: where it stands; text may run over its right side, and is not broken there.
        texts: its lines.
        size: of the font in points.
        pitch: from line to line in points, 0 for the font's own.
    """
    hundredths = round(100 * min(max(size, _FONT_SIZES[0]), _FONT_SIZES[1]))
    exact = min(round(100 * pitch), 158_400)  # the most there is
    spacing = f'<a:lnSpc><a:spcPts val="{exact}"/></a:lnSpc>' if exact > 0 else ""
    lines = "".join(_line(text, hundredths, spacing) for text in texts)
    about = f'<p:cNvPr id="{number}" name="Text {number}"/><p:cNvSpPr txBox="1"/><p:nvPr/>'
    body = '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
    return (
        f"<p:sp><p:nvSpPr>{about}</p:nvSpPr><p:spPr>{_place(box)}{_SHAPE}<a:noFill/></p:spPr>"
        f"<p:txBody>{body}{lines}</p:txBody></p:sp>"
    )


def _place(box: Box) -> str:
    left, top, width, height = (_emu(side) for side in (box.left, box.top, box.width, box.height))
    turn = round(_TURN * (box.angle % 360)) if box.angle else 0
    turned = f' rot="{turn}"' if turn else ""
    size = f'<a:ext cx="{max(width, 0)}" cy="{max(height, 0)}"/>'
    return f'<a:xfrm{turned}><a:off x="{left}" y="{top}"/>{size}</a:xfrm>'


def _line(text: Text, hundredths: int, spacing: str) -> str:
    look = f' sz="{hundredths}"' + ' b="1"' * text.bold + ' i="1"' * text.italic
    fill = '<a:solidFill><a:srgbClr val="{:02X}{:02X}{:02X}"/></a:solidFill>'.format(*text.colour)
    turned = ' algn="r" rtl="1"' if text.rtl else ""
    run = f"<a:r><a:rPr{look}>{fill}</a:rPr><a:t>{escape(text.content)}</a:t></a:r>"
    return f"<a:p><a:pPr{turned}>{spacing}</a:pPr>{run}</a:p>"


def _emu(points: float) -> int:
    return round(min(max(points * _EMU, -_MOST), _MOST))
