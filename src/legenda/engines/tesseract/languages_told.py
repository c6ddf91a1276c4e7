"""Languages told by letters that others of their script lack: their own packs read them better than the script's.

Rendered pages (`pages_lang`), pack of the script, then of the language: Yiddish CER .028 and .008, Urdu .017 and .007,
Ukrainian .004 and 0, Macedonian .002 and 0.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LEAST = 20  # letters of the samples


@dataclass(frozen=True, slots=True)
class _Sign:
    """Letters of a language, the share of all letters that they have at least, and others it has none of."""

    pack: str
    own: str
    share: float
    never: str = ""


_SIGNS = {
    "Cyrl": (
        _Sign("bel", "ў", 0.005, "їєґ"),
        _Sign("ukr", "іїєґ", 0.03, "ыэёўәқң"),
        _Sign("mkd", "ѓќѕ", 0.002, "ыђћ"),
        _Sign("srp", "ђћ", 0.003, "ыѓќ"),
    ),
    "Hebr": (_Sign("yid", "װױײ\ufb1d\ufb1f", 0.01),),
    "Arab": (_Sign("urd", "ٹڈڑںےہ", 0.04, "ښځړټ"),),
}


def pack_told(script: str, text: str) -> str:
    """The pack of the language a text of a script is in; empty where its letters do not tell one."""
    letters = [c for c in text.lower() if unicodedata.category(c)[0] == "L"]
    if len(letters) < _LEAST:
        return ""
    if script == "Hebr" and _is_yiddish(text, len(letters)):
        return "yid"
    for sign in _SIGNS.get(script, ()):
        own, never = (sum(c in known for c in letters) for known in (sign.own, sign.never))
        if own >= max(1.0, sign.share * len(letters)) and own > 4 * never:
            return sign.pack
    return ""


def _is_yiddish(text: str, letters: int) -> bool:
    """Whether alef carries vowels, as it does in every other word of Yiddish, or vavs and yods stand in twos."""
    vowels = text.count("\u05d0\u05b7") + text.count("\u05d0\u05b8")
    pairs = text.count("\u05d5\u05d5") + text.count("\u05d9\u05d9")
    return vowels >= 0.02 * letters or (vowels > 0 and pairs >= 0.03 * letters)
