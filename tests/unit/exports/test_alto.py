"""ALTO is read again by its schema's names; the parts of schema 4.4 it uses are written down below."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from legenda.document import Block, Line, Page, Problem, Word, from_box

Export = Callable[..., bytes]
NS = "{http://www.loc.gov/standards/alto/ns-v4#}"
_PLACE = "HPOS VPOS WIDTH HEIGHT"
_SHAPED = "<x:element name='Shape' type='Shape' minOccurs='0'/>"


def _attributes(*names: str, **typed: str) -> str:
    floats = "".join(f"<x:attribute name='{name}' type='x:float'/>" for name in " ".join(names).split())
    return floats + "".join(f"<x:attribute name='{name}' type='{kind}'/>" for name, kind in typed.items())


# facts of https://www.loc.gov/standards/alto/v4/alto-4-4.xsd: names, order, number and types
SCHEMA = f"""<x:schema xmlns:x='http://www.w3.org/2001/XMLSchema' xmlns='{NS[1:-1]}' targetNamespace='{NS[1:-1]}'
 elementFormDefault='qualified'>
<x:simpleType name='Share'><x:restriction base='x:float'><x:minInclusive value='0'/><x:maxInclusive value='1'/>
</x:restriction></x:simpleType>
<x:simpleType name='Direction'><x:restriction base='x:string'><x:enumeration value='ltr'/><x:enumeration value='rtl'/>
</x:restriction></x:simpleType>
<x:simpleType name='Look'><x:list><x:simpleType><x:restriction base='x:string'><x:enumeration value='bold'/>
<x:enumeration value='italics'/></x:restriction></x:simpleType></x:list></x:simpleType>
<x:complexType name='Shape'><x:choice><x:element name='Polygon'><x:complexType>
<x:attribute name='POINTS' type='x:string' use='required'/></x:complexType></x:element></x:choice></x:complexType>
<x:complexType name='String'><x:sequence>{_SHAPED}</x:sequence>
{_attributes(_PLACE, ID="x:ID", STYLE="Look", WC="Share")}
<x:attribute name='CONTENT' type='x:string' use='required'/></x:complexType>
<x:complexType name='Line'><x:sequence>{_SHAPED}
<x:sequence maxOccurs='unbounded'><x:element name='String' type='String'/>
<x:element name='SP' minOccurs='0'><x:complexType>{_attributes(_PLACE)}</x:complexType></x:element></x:sequence>
</x:sequence>{_attributes(_PLACE, ID="x:ID", BASELINE="x:string", LANG="x:language", BASEDIRECTION="Direction")}
</x:complexType>
<x:complexType name='Text'><x:sequence>{_SHAPED}<x:element name='TextLine' type='Line' minOccurs='0'
 maxOccurs='unbounded'/></x:sequence>{_attributes(_PLACE, ID="x:ID", TAGREFS="x:IDREFS")}</x:complexType>
<x:complexType name='Illustration'><x:sequence>{_SHAPED}</x:sequence>
{_attributes(_PLACE, ID="x:ID", TYPE="x:string")}</x:complexType>
<x:complexType name='Space'><x:choice minOccurs='0' maxOccurs='unbounded'><x:element name='TextBlock' type='Text'/>
<x:element name='Illustration' type='Illustration'/></x:choice>{_attributes(_PLACE)}</x:complexType>
<x:complexType name='Page'><x:sequence><x:element name='PrintSpace' type='Space' minOccurs='0'/></x:sequence>
{_attributes("WIDTH HEIGHT", PC="Share", PROCESSING="x:IDREF", LANG="x:language")}
<x:attribute name='ID' type='x:ID' use='required'/><x:attribute name='PHYSICAL_IMG_NR' type='x:float' use='required'/>
</x:complexType>
<x:complexType name='Software'><x:sequence><x:element name='softwareName' type='x:string'/>
<x:element name='softwareVersion' type='x:string'/></x:sequence></x:complexType>
<x:complexType name='Processing'><x:sequence><x:element name='processingCategory'><x:simpleType>
<x:restriction base='x:string'><x:enumeration value='contentGeneration'/></x:restriction></x:simpleType></x:element>
<x:element name='processingSoftware' type='Software'/></x:sequence>
<x:attribute name='ID' type='x:ID' use='required'/></x:complexType>
<x:complexType name='Description'><x:sequence><x:element name='MeasurementUnit'><x:simpleType>
<x:restriction base='x:string'><x:enumeration value='pixel'/><x:enumeration value='mm10'/>
<x:enumeration value='inch1200'/></x:restriction></x:simpleType></x:element>
<x:element name='sourceImageInformation'><x:complexType><x:sequence><x:element name='fileName' type='x:string'/>
</x:sequence></x:complexType></x:element><x:element name='Processing' type='Processing'/></x:sequence></x:complexType>
<x:complexType name='Tag'><x:attribute name='ID' type='x:ID' use='required'/><x:attribute name='TYPE' type='x:string'/>
<x:attribute name='LABEL' type='x:string' use='required'/></x:complexType>
<x:element name='alto'><x:complexType><x:sequence><x:element name='Description' type='Description'/>
<x:element name='Tags'><x:complexType><x:sequence><x:element name='StructureTag' type='Tag' maxOccurs='unbounded'/>
</x:sequence></x:complexType></x:element><x:element name='Layout'><x:complexType><x:sequence>
<x:element name='Page' type='Page' maxOccurs='unbounded'/></x:sequence></x:complexType></x:element></x:sequence>
<x:attribute name='SCHEMAVERSION' type='x:string'/></x:complexType></x:element></x:schema>"""


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.XMLSchema(etree.fromstring(SCHEMA))


def test_words_have_places_polygons_and_confidences(export: Export, schema: Any) -> None:
    words = (Word("<a>", (10, 10, 40, 12, 40, 32, 10, 30), 0.25), Word("b", from_box(50, 10, 60, 30), 1.0))
    line = Line("<a> b", (10, 10, 60, 12, 60, 32, 10, 30), 0.6, words, language="en")
    unread = Line("", from_box(0, 50, 9, 60), 0.0, unreadable=True)
    from legenda.document import compose

    page = compose(Page(3, 72, 144, "point"), [Block("heading", line.polygon, (line, unread))])
    made = etree.fromstring(export("alto", [page], name="a&b.pdf"))
    schema.assertValid(made)
    assert made.findtext(f".//{NS}fileName") == "a&b.pdf"
    (sheet,) = made.iter(f"{NS}Page")
    assert (sheet.get("WIDTH"), sheet.get("HEIGHT"), sheet.get("LANG")) == ("300", "600", "en")
    first, second = made.iter(f"{NS}String")
    assert (first.get("CONTENT"), first.get("WC"), second.get("WC")) == ("<a>", "0.25", "1")
    assert first.find(f"{NS}Shape/{NS}Polygon").get("POINTS") == "41.7,41.7 166.7,50 166.7,133.3 41.7,125"
    assert (first.get("HPOS"), first.get("WIDTH")) == ("41.7", "125")
    (shown,) = made.iter(f"{NS}TextLine")
    assert shown.get("BASELINE") == "41.7,125 250,133.3" and len(shown.findall(f"{NS}SP")) == 1
    assert shown.getparent().get("TAGREFS") == "heading"


def test_every_text_comes_back_and_fits_the_schema(
    export: Export, page: Callable[..., Page], block: Callable[..., Block], written: Any, schema: Any
) -> None:
    pages = [written(script, number)[1] for number, script in enumerate(("latin", "cjk", "arabic"), 1)]
    pages += [page(block("in it", kind="figure"), block(kind="chart"), number=4)]
    pages += [page(block("x", language="not a language"), block(), number=5)]
    pages += [Page(6, 0.0, 0.0, "pixel", problems=(Problem("engine", "no"),))]
    made = etree.parse(io.BytesIO(export("alto", pages)))
    schema.assertValid(made)
    texts = []
    for line in made.iter(f"{NS}TextLine"):
        texts.append("".join(" " if part.tag == f"{NS}SP" else part.get("CONTENT", "") for part in line))
    assert texts == [line.content for page in pages for line in page.lines]
    assert [line.get("BASEDIRECTION") for line in made.iter(f"{NS}TextLine")][4:6] == ["rtl", "rtl"]
    assert [x.get("TYPE") for x in made.iter(f"{NS}Illustration")] == ["figure", "chart"]


def test_a_document_without_pages_fits_the_schema(export: Export, schema: Any) -> None:
    schema.assertValid(etree.fromstring(export("alto", [])))
