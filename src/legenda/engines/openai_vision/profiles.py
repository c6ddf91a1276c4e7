"""How each model wants to be asked, and how its answers are to be taken: as their makers document it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from legenda.engines.markup import grounded, layout_json, markdown, plain
from legenda.engines.transcriber import Passage

Parse = Callable[[str, tuple[int, int]], tuple[Passage, ...]]
"""From an answer, and width and height of the picture it is about."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A model.

    Attributes:
        name: of the profile.
        pattern: of names under which servers have the model, in lower case.
        text: what it is asked for text alone; empty: it is given nothing but the picture.
        formatted: what it is asked for text with its structure.
        parse_text: takes apart what it answers to the first.
        parse: takes apart what it answers to the second.
        longest: pixels of the longer side it was made for.
        sampling: what it is to be run with.
    """

    name: str
    pattern: str
    text: str
    formatted: str
    parse_text: Parse
    parse: Parse
    longest: int = 2048
    sampling: Mapping[str, Any] = field(default_factory=lambda: {"temperature": 0.0})


def _plain(text: str, size: tuple[int, int]) -> tuple[Passage, ...]:
    return plain(text)


def _markdown(text: str, size: tuple[int, int]) -> tuple[Passage, ...]:
    return markdown(text)


def _grounded(text: str, size: tuple[int, int]) -> tuple[Passage, ...]:
    return grounded(text.replace("\\$", "$"))  # it escapes the signs around formulas now and then


_LAYOUT = """\
Please output the layout information from the PDF image, including each layout element's bbox, its category, and the \
corresponding text content within the bbox.

1. Bbox format: [x1, y1, x2, y2]

2. Layout Categories: The possible categories are ['Caption', 'Footnote', 'Formula', 'List-item', 'Page-footer', \
'Page-header', 'Picture', 'Section-header', 'Table', 'Text', 'Title'].

3. Text Extraction & Formatting Rules:
    - Picture: For the 'Picture' category, the text field should be omitted.
    - Formula: Format its text as LaTeX.
    - Table: Format its text as HTML.
    - All Others (Text, Title, etc.): Format their text as Markdown.

4. Constraints:
    - The output text must be the original text from the image, with no translation.
    - All layout elements must be sorted according to human reading order.

5. Final Output: The entire output must be a single JSON object.
"""
_TRANSCRIBE = (
    "Transcribe all text of this page exactly as it is written, line by line, in reading order. Do not translate, "
    "correct, explain or describe anything. Write nothing that is not on the page; if nothing is written on it, answer "
    "with nothing."
)
_FORMAT = (
    " Use Markdown for headings and lists, HTML for tables, LaTeX between $ signs for formulas. Leave pictures out."
)
_NO_THINKING = {"chat_template_kwargs": {"enable_thinking": False}}

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("got", r"got[-_.]?ocr", "OCR: ", "OCR with format: ", _plain, _markdown, 1024),
        Profile(
            "lightonocr-3",
            r"lighton-?ocr-?3",
            "",
            "grounding",
            _markdown,
            _grounded,
            1540,
            {"temperature": 0.2, "top_p": 0.9, **_NO_THINKING},
        ),
        Profile("lightonocr", r"lighton-?ocr", "", "", _markdown, _markdown, 1540, {"temperature": 0.2, "top_p": 0.9}),
        Profile("paddleocr-vl", r"paddleocr-?vl", "OCR:", "OCR:", _markdown, _markdown),
        Profile(
            "dots.mocr",
            r"dots[._-]?m?ocr",
            "Extract the text content from this image.",
            _LAYOUT,
            _markdown,
            layout_json,
            2048,
            {"temperature": 0.1, "top_p": 0.9},
        ),
        Profile("glm-ocr", r"glm-?ocr", "Text Recognition:", "Text Recognition:", _markdown, _markdown),
        Profile("generic", "", _TRANSCRIBE, _TRANSCRIBE + _FORMAT, _markdown, _markdown),
    )
}


def profile_of(model: str) -> Profile:
    """The profile of a model by the name a server has it under; `generic` for any other."""
    name = model.lower()
    return next(p for p in PROFILES.values() if re.search(p.pattern, name))
