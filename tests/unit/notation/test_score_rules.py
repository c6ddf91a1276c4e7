"""What the rules make of symbols seen: moments, voices, pitches, measures, `**kern`."""

from __future__ import annotations

from legenda.notation.score.kern import kern
from legenda.notation.score.measures import Reading
from legenda.notation.score.model import Symbol, System
from legenda.notation.score.musicxml import musicxml
from legenda.notation.score.pitch import key_value, spell


def note(value: str, x: float, position: int, stem: str = "up", **traits: str) -> Symbol:
    return Symbol("note", value, x, position, 1.0, {"stem": stem, **traits})


def seen(kind: str, value: str, x: float, position: int = 4) -> Symbol:
    return Symbol(kind, value, x, position, 1.0)


def read(*staves: list[Symbol]) -> tuple[System, list[str]]:
    """Staves from the top, each with a treble clef before it, and the rows of their kern after the head."""
    system = Reading().system([[seen("clef", "G", 1, 2), *staff] for staff in staves])
    spell([system])
    rows = kern([system]).splitlines()
    return system, rows[rows.index("\t".join(["="] * len(staves))) + 1 :]


def test_a_sign_holds_to_the_end_of_its_measure() -> None:
    own = [note("4", 10, 1, sign="#"), note("4", 14, 1), seen("bar", "=", 18), note("2", 22, 1)]
    assert read(own)[1] == ["4f#", "4f#", "=", "2f"]


def test_a_tie_carries_a_sign_over_a_bar_line() -> None:
    own = [note("2", 10, 1, sign="#", begins="["), seen("bar", "=", 18), note("2", 22, 1, ends="]"), note("2", 26, 1)]
    assert read(own)[1] == ["[2f#", "=", "2f#]", "2f"]


def test_a_key_is_told_by_its_last_sign() -> None:
    assert key_value([("#", 8), ("#", 5), ("#", 9)], "clefG2") == "k[f#c#g#]"
    assert key_value([("-", 2), ("-", 5), ("-", 1)], "clefF4") == "k[b-e-a-]"
    assert key_value([("#", 8), ("#", 9)], "clefG2") == "k[f#c#g#]"  # the one between them was missed
    assert key_value([("n", 8)], "clefG2") == "k[fn]"
    assert key_value([], "clefG2") == "k[]"


def test_seconds_stand_beside_one_another_in_a_chord() -> None:
    own = [note("4", 10.0, 0), note("4", 11.2, 1), note("4", 10.0, 4), note("4", 16, 2)]
    assert read(own)[1] == ["4e 4f 4b", "4g"]


def test_stems_up_and_down_are_two_voices() -> None:
    own = [note("2", 10, 0, "down"), note("4", 10, 4), note("4", 14, 5)]
    assert read(own)[1] == ["*^", "4b\t2e", "4cc\t.", "*v\t*v"]


def test_voices_whose_heads_would_touch_are_drawn_apart() -> None:
    own = [note("2", 10.0, 0, "down"), note("4", 11.2, 0), note("4", 14, 5)]
    assert read(own)[1] == ["*^", "4e\t2e", "4cc\t.", "*v\t*v"]


def test_what_stands_above_one_another_mends_a_duration() -> None:
    upper = [note("8", 10, 4), note("8", 13, 4), note("8", 16, 4), note("8", 19, 4)]
    lower = [note("2", 10, 4), note("4", 16, 4)]  # the first is a crotchet: there is no room for a minim
    assert read(upper, lower)[1] == ["4b\t8b", ".\t8b", "4b\t8b", ".\t8b"]


def test_triplets_against_quavers() -> None:
    upper = [note("8", x, 4, tuplet="3") for x in (10, 13, 17)]
    lower = [note("8", 10, 4), note("8", 15, 4)]
    assert read(upper, lower)[1] == ["8b\t12b", ".\t12b", "8b\t.", ".\t12b"]


def test_a_rest_in_the_middle_lasts_the_measure() -> None:
    upper = [note("4", x, 4) for x in (10, 14, 18)]
    assert read(upper, [seen("rest", "1", 14, 6)])[1] == ["2.r\t4b", ".\t4b", ".\t4b"]


def test_graces_come_before_their_note() -> None:
    own = [note("4", 10, 4), Symbol("grace", "8", 13, 5, 1.0, {"stem": "up"}), note("4", 15, 4)]
    assert read(own)[1] == ["4b", "8qcc", "4b"]


def test_a_clef_changes_what_follows() -> None:
    own = [note("4", 10, 0), seen("clef", "F", 14, 6), seen("bar", "=", 17), note("4", 20, 0)]
    assert read(own)[1] == ["4e", "*clefF4", "=", "4GG"]


def test_measures_that_do_not_add_up_are_named() -> None:
    metre = [seen("beats", "3", 4, 6), seen("unit", "4", 4, 2)]
    middle = [
        seen("bar", "=", 20),
        note("4", 22, 4),
        note("4", 26, 4),
        seen("bar", "=", 30),
        note("2", 33, 4, dots="."),
    ]
    system, rows = read([*metre, note("2", 10, 4, dots="."), *middle])
    assert [measure.problem for measure in system.measures] == ["", "is not as long as its metre says", ""]
    assert "4b" in rows


def test_a_bar_line_on_one_staff_of_three_is_none() -> None:
    staff = [note("4", 10, 4), note("4", 16, 4)]
    assert len(read([*staff, seen("bar", "=", 13)], staff, staff)[0].measures) == 1


def test_music_without_bar_lines_is_divided() -> None:
    own = [note("1", 10.0 + 5 * n, 4, stem="") for n in range(6)]
    assert read(own)[1] == ["1b", "1b", "=-", "1b", "1b", "=-", "1b", "1b"]


def test_what_cannot_be_in_time_is_still_sound() -> None:
    upper = [
        note("16", 10, 4, tuplet="5"),
        note("4", 12, 4, dots=".."),
        note("64", 14, 4),
        note("2", 15.5, 4, tuplet="7"),
    ]
    lower = [note("8", 10, 4, tuplet="3"), note("32", 13, 4), note("1", 15.5, 4, stem="")]
    system, _ = read(upper, lower)
    for measure in system.measures:
        for bar in measure.bars:
            for voice in bar.voices:
                ends = [event.onset + event.duration for event in voice]
                assert all(end <= event.onset for end, event in zip(ends, voice[1:], strict=False))
    assert musicxml([system], {}).count("<measure ") == 1
