from __future__ import annotations

from typed import page

from legenda.desk.labels import pairs
from legenda.desk.passages import cut


def test_sentences_run_over_lines_that_end_early() -> None:
    found = cut([page("For the holidays alone this committee\ndistributed 25,000 shillings. More came.")])
    assert [p.text for p in found] == [
        "For the holidays alone this committee distributed 25,000 shillings.",
        "More came.",
    ]


def test_abbreviations_and_initials_end_no_sentence() -> None:
    found = cut([page("Prof. A. Popoff lectured, cf. No. 416 of August. He left.")])
    assert [p.text for p in found] == ["Prof. A. Popoff lectured, cf. No. 416 of August.", "He left."]


def test_words_of_a_stretch() -> None:
    (first, second) = cut([page("One two three. Four\nfive six.")])
    assert [word.content for word in second.words()] == ["Four", "five", "six."]
    assert [word.content for word in first.words(4, 7)] == ["two"]
    assert len(second.boxes()) == 2


def test_rows_know_the_heads_of_their_columns() -> None:
    rows = cut(
        [page("Costs of the year are these.", "Item | 2024 | 2025\nResearch | 2,532 | 3,423\nSales | 876 | 1,136")]
    )
    row = next(p for p in rows if p.text.startswith("Research"))
    assert row.heads == ("Item", "2024", "2025")
    assert row.caption == "Costs of the year are these."


def test_labels_and_values() -> None:
    found = pairs(page("Total | RM 30.91\nGST ID. NO : 000181747712\nDATE LIMITE\n: 1er mai 1962"))
    assert [(pair.label, pair.value) for pair in found] == [
        ("Total", "RM 30.91"),
        ("GST ID. NO", "000181747712"),
        ("DATE LIMITE", "1er mai 1962"),
    ]
    assert [word.content for word in found[0].words] == ["RM", "30.91"]
