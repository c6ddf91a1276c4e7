from __future__ import annotations

import io
import json
from typing import Any

import pytest
from language_models import language_model
from pdf_maker import make_pdf, words
from PIL import Image
from typed import page

import legenda
from legenda.desk import redact
from legenda.desk.ask import UNFOUND
from legenda.desk.model import Model
from legenda.desk.redact import BLANK, Mark
from legenda.desk.tools import TOOLS, Given, lacks, run, tool
from legenda.desk.tools.running import exporter_of
from legenda.document import Document, assemble, bounds
from legenda.errors import InvalidOptionError
from legenda.options import ReadOptions

LETTER = make_pdf(words("Write to ann@example.com or call 03-6092 1968."), words("The total is 215.00 USD."))


@pytest.fixture(scope="module")
def letter() -> Document:
    return legenda.read(LETTER)


def used(name: str, document: Document, **given: Any) -> bytes:
    out = io.BytesIO()
    run(tool(name), document, Given(**given), out)
    return out.getvalue()


def test_every_tool_can_be_read_with_and_written() -> None:
    for each in TOOLS.values():
        ReadOptions(**each.read)
        exporter_of(each.format)
        assert each.about.endswith(".") and isinstance(lacks(each), str)
    assert tool("sheet-music") is TOOLS["music"]
    with pytest.raises(InvalidOptionError, match="there are image-to-text"):
        tool("telepathy")


def test_redacted_words_are_gone_from_text_and_picture(letter: Document) -> None:
    pdf = used("redact", letter, data=LETTER, patterns=["emails", "phones", r"215\.\d+"])
    again = legenda.read(pdf)
    assert "example.com" not in again.text and "6092" not in again.text and "215" not in again.text
    assert "Write to" in again.text and "USD" in again.text
    for secret in (b"ann@", b"example", b"6092"):
        assert secret not in pdf
    seen = legenda.read(pdf, text_layer="ignore")  # the picture alone
    assert "example" not in seen.text and "6092" not in seen.text and "Write" in seen.text


def test_a_box_takes_out_what_lies_in_it(letter: Document) -> None:
    word = next(word for word in letter.pages[1].words if word.content.startswith("USD"))
    text = used("redact", letter, format="txt", boxes=[Mark(2, bounds(word.polygon))]).decode()
    assert "USD" not in text and f"215.00 {BLANK * 3}" in text


def test_what_runs_over_a_line_is_found() -> None:
    document = assemble([page("He paid with card number 4111 1111\n1111 1111 and left the shop again.")])
    found = redact.marks(document, ["cards"])
    blank = redact.redacted(document, found)
    assert (
        blank.text
        == f"He paid with card number {BLANK * 4} {BLANK * 4}\n{BLANK * 4} {BLANK * 4} and left the shop again."
    )
    for line in blank.pages[0].lines:
        assert line.span.of(blank.text) == line.content


@pytest.mark.parametrize("patterns", [["("], [], ["a" * 501]])
def test_patterns_that_are_none(letter: Document, patterns: list[str]) -> None:
    with pytest.raises(InvalidOptionError):
        used("redact", letter, format="txt", patterns=patterns)


def test_a_pattern_that_backtracks_is_stopped() -> None:
    document = assemble([page("a" * 60 + "!")])
    with pytest.raises(InvalidOptionError, match="too long"):
        redact.marks(document, [r"(a|aa|aaa)+$"])


def test_a_receipt_is_json() -> None:
    document = assemble([page("LAMP WORKS LTD", "Date: 25/03/2018\nTotal | RM 44.52")])
    found = json.loads(used("receipt", document))
    assert found["value"]["total"] == 44.52 and found["value"]["date"] == "2018-03-25"
    with pytest.raises(InvalidOptionError):
        used("receipt", document, format="pdf")


def test_a_summary_quotes_the_document() -> None:
    text = "The lamp works make lamps of glass and brass. Lamps of brass are sold by the lamp works in the town."
    said = used(
        "summarise", assemble([page(text, "It rained. Nobody came to see the new harbour that day at all.")])
    ).decode()
    assert "Lamps of brass are sold by the lamp works in the town. (p. 1)" in said


def test_a_summary_a_model_writes_is_held_against_the_document(letter: Document) -> None:
    seen: list[dict[str, Any]] = []

    def say(asked: dict[str, Any]) -> str:
        seen.append(asked)
        return "The total is 215.00 USD [2]. It was paid in 1999 [1]."

    with language_model(say) as url:
        said = json.loads(used("summarise", letter, format="json", model=Model(url, "tiny")))
    assert "[2] (p. 2) The total is 215.00 USD." in seen[0]["messages"][-1]["content"]
    assert said["summary"] == f"The total is 215.00 USD. (p. 2) It was paid in 1999. {UNFOUND}"
    assert said["how"] == "tiny" and [one["page"] for one in said["citations"]] == [2]


def test_a_translation_keeps_pages_and_lines(letter: Document) -> None:
    def say(asked: dict[str, Any]) -> str:
        texts = json.loads(asked["messages"][-1]["content"])
        return json.dumps([f"pt {text.upper()}" for text in texts])

    with language_model(say) as url:
        model = Model(url, "tiny")
        text = used("translate", letter, format="txt", to="pt", model=model).decode()
        assert "pt THE TOTAL IS 215.00 USD." in text
        pdf = used("translate", letter, format="pdf", to="Portuguese", model=model, data=LETTER)
    assert "pt THE TOTAL IS 215.00 USD." in legenda.read(pdf).text
    assert len(legenda.read(pdf).pages) == 2


def test_pairs_nobody_translates_are_refused_with_those_there_are(letter: Document) -> None:
    with pytest.raises(InvalidOptionError, match="cannot be translated"):
        used("translate", letter, to="fr")
    with pytest.raises(InvalidOptionError, match="No language"):
        used("translate", letter)


def test_a_picture_is_redacted_as_it_is() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(picture, "PNG")
    document = Document(tuple(assemble([page("secret word")]).pages), "secret word")
    pdf = used("redact", document, data=picture.getvalue(), boxes=[Mark(1, (0, 0, 100, 50))])
    assert legenda.read(pdf, text_layer="only").text == ""
