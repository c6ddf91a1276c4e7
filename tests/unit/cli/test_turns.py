"""Inputs read at once come out in their order, as early as can be."""

from __future__ import annotations

import io

from legenda.cli.turns import Turns


def test_output_is_in_the_order_of_inputs() -> None:
    out = io.BytesIO()
    turns = Turns(out, 3)
    first, second, third = (turns.stream(i) for i in range(3))
    third.write(b"3")
    third.close()
    second.write(b"2a ")
    second.flush()
    assert out.getvalue() == b""
    first.write(b"1 ")
    first.flush()
    assert out.getvalue() == b"1 "
    first.close()
    assert out.getvalue() == b"1 2a "
    second.write(b"2b ")
    second.flush()
    assert out.getvalue() == b"1 2a 2b "
    second.close()
    assert out.getvalue() == b"1 2a 2b 3"


def test_an_input_with_nothing_to_say_gives_up_its_turn() -> None:
    out = io.BytesIO()
    turns = Turns(out, 2)
    turns.stream(0).close()
    with turns.stream(1) as second:
        second.write(b"x" * 3_000_000)
    assert len(out.getvalue()) == 3_000_000
