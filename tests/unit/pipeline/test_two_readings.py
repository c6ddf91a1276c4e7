"""Marks of letters from a second reading; letters never."""

from __future__ import annotations

import pytest

from legenda.document import Line, Word, from_box
from legenda.engines.tesseract.languages_told import pack_told
from legenda.pipeline.latin_language import language_of
from legenda.pipeline.two_readings import agreeing, merged


def line(text: str, engine: str = "ppocrv6-tiny") -> Line:
    box = from_box(0, 0, 100, 10)
    return Line(text, box, 0.9, tuple(Word(word, box, 0.9) for word in text.split()), engine=engine)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("vseobecne uznané, by l'udia", "vseobecne uznané, by ľudia", "vseobecne uznané, by ľudia"),
        ("p" + "ess ad bióda", "þess að þjóða", "þess að bióda"),  # an i is no j
        ("tyranii ucisku", "tyrani i ucisku", "tyrani i ucisku"),
        ("jis turi 15 namu", "jis turi 16 namų", "jis turi 15 namų"),  # a digit is no mark
        ("the firm credo", "the firm redo", "the firm credo"),
        ("olmasina", "olmasına", "olmasına"),
        ("one two", "one extra two", "one two"),
        ("wszyscy ludzie", "wszyscy” ludzie", "wszyscy ludzie"),  # a sign is no mark
        ("iet u I-lib", "iet u l-lib", "iet u l-lib"),
    ],
)
def test_only_marks_and_spaces_change(first: str, second: str, wanted: str) -> None:
    assert merged(line(first), line(second)).content == wanted


def test_what_could_not_be_read_again_stays() -> None:
    unread = Line("", from_box(0, 0, 100, 10), 0.0, unreadable=True)
    assert agreeing([line("sept")], [unread])[0].content == "sept"


def test_a_letter_the_second_reading_has_nowhere_may_be_any() -> None:
    done = agreeing([line("tiuj êi rajtoj êe ni"), line("forêt")], [line("tiuj ĉi rajtoj ĉe ni"), line("foret")])
    assert done[0].content == "tiuj ĉi rajtoj ĉe ni"


def test_words_of_a_language_tell_it() -> None:
    slovak = (
        "je to tak že sa na to nie je čas a preto aby sme vo svojom dome mali pokoj sú tu aj iní ktoré pri nej boli"
    )
    assert language_of([line(slovak)]) == "sk"
    english = "the words of a page are read by the engine and for that it is not to be slower than with the other one"
    assert language_of([line(english)]) == ""
    assert language_of([line("je sa na")]) == ""  # too few


@pytest.mark.parametrize(
    ("script", "text", "pack"),
    [
        ("Cyrl", "вони їхали до міста і співали пісні", "ukr"),
        ("Cyrl", "они ехали в город и пели песни", ""),
        ("Cyrl", "яны ехалі ў горад і спявалі песні ў полі", "bel"),
        ("Hebr", "אַלע מענטשן ווערן געבוירן פריי און גלייך", "yid"),
        ("Hebr", "כל בני האדם נולדו בני חורין ושווים בערכם", ""),
        ("Arab", "یہ لڑکے بازار سے واپس آئے ہیں اور وہاں ٹھہرے", "urd"),
        ("Arab", "يولد جميع الناس أحرارا متساوين في الكرامة", ""),
        ("Grek", "όλοι οι άνθρωποι γεννιούνται ελεύθεροι", ""),
    ],
)
def test_letters_tell_the_language_of_a_script(script: str, text: str, pack: str) -> None:
    assert pack_told(script, text) == pack
