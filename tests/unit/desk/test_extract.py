from __future__ import annotations

from typing import Any

import pytest
from language_models import language_model
from typed import page

from legenda.desk.extract import extract, machine_readable
from legenda.desk.extract.generated import extract_with
from legenda.desk.extract.normal import iso
from legenda.desk.model import Model
from legenda.document import assemble
from legenda.errors import InvalidOptionError

RECEIPT = assemble(
    [
        page(
            "LAMP WORKS SDN BHD (86123-X)\nNO. 5, JALAN REKO 8\n43000 KAJANG",
            "TEL : 03-87342689\nGST ID NO : 000696532992\nInvoice # : 1-161696\n25/03/2018 03:43 PM",
            "Item | Qty | Amount\nLamp | 1 | 30.00\nShade | 2 | 12.00",
            "Sub Total | 42.00\nTotal Incl. GST | RM 44.52\nCash | 50.00\nChange | 5.48",
        )
    ]
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "merchant": {"type": "string"},
        "address": {"type": "string"},
        "issued": {"type": "string", "format": "date"},
        "phone": {"type": "string"},
        "invoiceNumber": {"type": "string"},
        "total": {"type": "number"},
        "change": {"type": ["number", "null"]},
        "currency": {"type": "string"},
        "iban": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "description": {"type": "string"},
                    "quantity": {"type": "integer"},
                    "amount": {"type": "number"},
                },
            },
        },
    },
}


def test_a_receipt() -> None:
    found = extract(RECEIPT, SCHEMA)
    assert found.value == {
        "merchant": "LAMP WORKS SDN BHD",
        "address": "NO. 5, JALAN REKO 8 43000 KAJANG",
        "issued": "2018-03-25",
        "phone": "03-87342689",
        "invoiceNumber": "1-161696",
        "total": 44.52,
        "change": 5.48,
        "currency": "MYR",
        "items": [
            {"description": "Lamp", "quantity": 1, "amount": 30.0},
            {"description": "Shade", "quantity": 2, "amount": 12.0},
        ],
    }
    assert found.missing == (("iban",),)


def test_every_value_has_its_place() -> None:
    found = {one.path: one for one in extract(RECEIPT, SCHEMA).found}
    total = found["total",]
    words = [word for word in RECEIPT.pages[0].words if word.content in ("RM", "44.52")]
    assert list(total.boxes) == [word.polygon for word in words]
    assert total.page == 1 and total.text == "RM 44.52" and total.confidence == 0.9
    assert found["issued",].confidence < 0.9  # nothing says that it is this date


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("Customer No 50318\nDear Ms Lindqvist,", "Ms Lindqvist"),
        ("Bill to\nLindqvist Lamps AB\n2114 Malmö", "Lindqvist Lamps AB"),
        ("Customer 50318\nDear Sir or Madam,", None),
        ("Sehr geehrte Frau Dr. Weiß,\nanbei die Rechnung.", "Frau Dr. Weiß"),
    ],
)
def test_whom_a_paper_is_for(lines: str, name: str | None) -> None:
    schema = {"properties": {"customer_name": {"type": "string"}}}
    assert extract(assemble([page(lines)]), schema).value.get("customer_name") == name


def test_patterns_and_choices() -> None:
    properties = {
        "code": {"type": "string", "pattern": r"^\d{12}$"},
        "kind": {"type": "string", "enum": ["invoice", "letter"]},
    }
    found = extract(RECEIPT, {"properties": properties})
    assert found.value.get("kind") is None


@pytest.mark.parametrize(
    "schema", [{}, {"properties": 5}, {"properties": {"x": {"pattern": "("}}}, {"properties": {"x": 1}}]
)
def test_schemas_nobody_can_fill(schema: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        extract(RECEIPT, schema)


def test_a_model_may_only_say_what_stands_there() -> None:
    said = '```json\n{"merchant": "Lamp Works", "total": 44.52, "iban": "DE02 1203 0000 0000 2020 51"}\n```'
    with language_model(lambda asked: said) as url:
        found = extract_with(Model(url, "tiny"), RECEIPT, SCHEMA)
    assert found.value == {"merchant": "Lamp Works", "total": 44.52} and found.how == "tiny"
    assert ("iban",) in found.missing


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("9th May, 1938", "1938-05-09"),
        ("11. Jänner 1938", "1938-01-11"),
        ("18-11-18", "2018-11-18"),
        ("03/25/2018", "2018-03-25"),
        ("2018-01-05", "2018-01-05"),
        ("31/31/2018", None),
        ("May", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert iso(text) == date


def test_a_passport() -> None:
    # the specimen of ICAO Doc 9303-4, with a letter read for a digit
    lines = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO74O8122F1204159ZE184226B<<<<<10"
    (zone,) = machine_readable([page("PASSPORT", lines)], 2026)
    assert zone.format == "TD3" and zone.wrong == ()
    assert zone.fields == {
        "document_type": "P",
        "issuer": "UTO",
        "surname": "ERIKSSON",
        "given_names": "ANNA MARIA",
        "document_number": "L898902C3",
        "nationality": "UTO",
        "birth_date": "1974-08-12",
        "sex": "F",
        "expiry_date": "2012-04-15",
    }


def test_a_check_digit_tells_of_a_misread_number() -> None:
    lines = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C46UTO7408122F1204159ZE184226B<<<<<10"
    (zone,) = machine_readable([page(lines)], 2026)
    assert zone.wrong == ("document_number",)


def test_text_is_no_machine_readable_zone() -> None:
    assert machine_readable([page("A LETTER\nOF TWO LINES")], 2026) == []
