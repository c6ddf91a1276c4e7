"""What models make up: every case is caught, asked for again, left out and marked; pages that are read rightly stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from model_pages import PAGES, PROSE, RECEIPT, TRUTHS, Writer

from legenda.engines.base import Reading
from legenda.engines.markup import markdown
from legenda.engines.transcriber import Transcript
from legenda.options import ReadOptions
from legenda.pipeline.models import read_with_model

Read = Callable[[str, Writer], Reading]
INVENTED = (
    "Dear Sir, we are pleased to inform you that your application was granted by the committee in its last session. "
    "Please sign both copies and return one of them within fourteen days to the address below. Yours faithfully"
)
LOOPS = {
    "word": "seaweed " * 500,
    "few words": "seaweed " * 12,
    "phrase": "the ninth part of the whole " * 80,
    "sentence": "All rights are reserved by the publisher of this volume. " * 40,
    "lines": "Item without a price\n" * 60,
    "letters": "q" * 900,
    "syllable": "lalala" * 120,
    "counting": "\n".join(f"{n}. see paragraph {n}" for n in range(1, 90)),
    "years": " ".join(f"in {year} it rained," for year in range(1800, 1990)),
    "table": "x\ty\tz\n" * 100,
    "long period": " ".join(f"{INVENTED}" for _ in range(6)),
    "no spaces": "無限無限無限" * 60,
}
JAPANESE_TEXT = "日本国民は正当に選挙された国会における代表者を通じて行動し" * 3
BARE = ("blank", "noisy", "shadowed", "back-faint", "back-clear", "back-strong")
"""Pages with nothing to read."""
TEXTS = {
    "prose": INVENTED,
    "word": "Chapter",
    "line": "This page was intentionally left blank",
    "lines": "\n".join(PROSE),
    "numbers": "4711 0815 2026",
    "foreign": "日本国民は正当に選挙された国会における代表者を通じて行動し",
}
# a model that reads rightly and then does not stop, one that loops at once, one that adds to what it read
BAD = [
    *[("prose", f"prose, then {name}", "\n".join(PROSE) + "\n" + loop) for name, loop in LOOPS.items()],
    *[("receipt", f"receipt, then {name}", "\n".join(RECEIPT) + "\n" + loop) for name, loop in LOOPS.items()],
    *[("prose", f"nothing but {name}", loop) for name, loop in LOOPS.items()],
    *[(page, f"{page}: {name}", text) for page in BARE for name, text in TEXTS.items()],
    *[("blank", f"blank: {name} again and again", loop) for name, loop in LOOPS.items()],
    *[("back-strong", f"back-strong: {name} again and again", loop) for name, loop in LOOPS.items()],
    ("front-and-back", "the back is read, too", "\n".join([*RECEIPT, INVENTED])),
    ("front-and-back", "the back comes first", "\n".join([INVENTED, *RECEIPT])),
    ("front-and-back", "the back is between", "\n".join([*RECEIPT[:3], INVENTED, *RECEIPT[3:]])),
    ("prose", "another script", JAPANESE_TEXT),
    ("prose", "a paragraph is added", "\n".join([*PROSE, INVENTED])),
    ("receipt", "a line is said again and again", "\n".join([*RECEIPT, *["Change 1.80"] * 40])),
    ("receipt", "another page altogether", "\n".join(PROSE * 2)),
]  # fmt: skip
GOOD = [(page, "\n".join(truth)) for page, truth in TRUTHS.items()] + [
    ("prose", " ".join(PROSE)),  # paragraphs as one line, as models write
    ("prose", "# " + "\n\n".join(PROSE)),
    ("receipt", "\n".join(reversed(RECEIPT))),  # another order
    ("blank", ""),
    ("noisy", ""),
    ("back-strong", "\n"),
]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def content(reading: Reading) -> str:
    return " ".join(line.content for line in reading.lines)


def test_there_are_enough_cases() -> None:
    assert len(BAD) >= 50
    assert len({name for _, name, _ in BAD}) == len(BAD)


@pytest.mark.parametrize(("page", "text"), [pytest.param(page, text, id=name) for page, name, text in BAD])
def test_what_is_made_up_is_caught_asked_for_again_and_marked(
    page: str, text: str, reading: Read, engines: Callable[[str], Reading]
) -> None:
    model = Writer([text])
    found = reading(page, model)
    assert [wish.attempt for wish in model.asked] == [0, 1]
    codes = [problem.code for problem in found.problems]
    assert set(codes) <= {"model_repetition", "model_fabrication"} and len(codes) == 1
    # nothing stands there that neither the page nor the engines have
    allowed = words("\n".join(TRUTHS.get(page, ()))) | words(content(engines(page)))
    assert not words(content(found)) - allowed
    assert words(content(found)) >= words("\n".join(TRUTHS.get(page, ()))) & words(content(engines(page)))


@pytest.mark.parametrize(("page", "text"), GOOD, ids=[f"{page} {number}" for number, (page, _) in enumerate(GOOD)])
def test_a_page_that_is_read_rightly_is_not_harmed(page: str, text: str, reading: Read) -> None:
    model = Writer([text])
    found = reading(page, model)
    assert not found.problems
    assert len(model.asked) == 1
    assert words(content(found)) == words(text)
    assert {line.engine for line in found.lines if line.content} <= {"writer"}
    assert all(line.words for line in found.lines if line.content)


@pytest.mark.parametrize("loop", LOOPS)
def test_the_second_answer_is_taken_when_it_is_sound(loop: str, reading: Read) -> None:
    model = Writer([LOOPS[loop], "\n".join(PROSE)], complete=True)
    found = reading("prose", model)
    assert not found.problems
    assert words(content(found)) == words(" ".join(PROSE))


def test_every_kind_of_page_is_looked_at() -> None:
    assert {page for page, _, _ in BAD} | {page for page, _ in GOOD} == set(PAGES)


def test_loops_are_called_loops_and_other_inventions_are_not(reading: Read) -> None:
    (repetition,) = reading("prose", Writer([LOOPS["phrase"]])).problems
    (fabrication,) = reading("blank", Writer([INVENTED])).problems
    assert repetition.code == "model_repetition" and "writer repeated itself" in repetition.message
    assert fabrication.code == "model_fabrication" and "where nothing is written" in fabrication.message


def drawn(text: str, page: str, engines: Callable[[str], Reading]) -> Reading:
    """What comes of a page of which a model writes Markdown."""
    model = Writer([text])
    model.transcribe = lambda raster, wish: Transcript(markdown(text), "writer")  # type: ignore[method-assign]
    return read_with_model(PAGES[page], model, engines(page), ReadOptions(effort="vlm"))


def test_a_notation_without_words_is_kept_where_something_is_drawn(engines: Callable[[str], Reading]) -> None:
    (block,) = drawn("<smiles>CCO</smiles>", "receipt", engines).blocks
    assert block.kind == "molecule" and block.notation and block.notation.forms == {"smiles": "CCO"}
    assert block.notation.engine == "writer" and not block.lines
    assert drawn("<smiles>CCO</smiles>", "blank", engines).blocks == ()


def test_a_line_that_is_a_formula_says_so_in_latex(engines: Callable[[str], Reading]) -> None:
    text = "CORNER BAKERY\n\n2 Rolls 1.20\n\n$$1~\\text{Rye bread}~3.40$$"
    found = drawn(text, "receipt", engines)
    (mark,) = next(line.marks for line in found.lines if line.content.startswith("1 Rye"))
    assert (mark.kind, mark.start, mark.value) == ("formula", 0, "1~\\text{Rye bread}~3.40")
