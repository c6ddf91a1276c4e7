"""The languages Legenda knows: codes, names, scripts, and what can read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from legenda.errors import InvalidOptionError

Coverage = Literal["tiny", "small", "partly", "none"]
Vocabulary = Literal["abbyy", "paddle"]
_TABLE = Path(__file__).parent / "data" / "languages.tsv"
_NAMES = _TABLE.with_name("language_names.tsv")
# Debian names the packages of script packs by ISO 15924 codes
_SCRIPT_PACKAGES = {"Latin": "latn", "Cyrillic": "cyrl", "Fraktur": "frak", "Devanagari": "deva", "Arabic": "arab"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language in one script.

    Attributes:
        code: BCP-47 (`de`, `zh-Hant`, `sr-Latn`).
        iso639_3: three letters, or empty for a further script of a language listed elsewhere.
        name: in English.
        script: ISO 15924 (`Latn`, `Cyrl`, `Jpan`).
        pack: Tesseract's name of its language pack (`deu`, `chi_sim`, `script/Cyrillic`).
        ppocr: the smallest PP-OCRv6 model whose characters cover the alphabet (`tiny`, `small`), `partly` where
            letters are missing from both, `none` where it cannot read the language.
        aliases: further codes and names under which `resolve` finds it.
    """

    code: str
    iso639_3: str
    name: str
    script: str
    pack: str
    ppocr: Coverage
    aliases: tuple[str, ...] = ()

    @property
    def engine(self) -> str:
        """Name of the engine that reads it best."""
        return "cpu" if self.ppocr in ("tiny", "small") else "tesseract"

    @property
    def package(self) -> str:
        """Debian's and Ubuntu's package that holds `pack`."""
        if self.pack.startswith("script/"):
            return f"tesseract-ocr-script-{_SCRIPT_PACKAGES[self.pack.removeprefix('script/')]}"
        return f"tesseract-ocr-{self.pack.replace('_', '-')}"


@cache
def languages() -> tuple[Language, ...]:
    """Every language of the table, by English name."""
    rows = _TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(_parsed(*row.split("\t")) for row in rows)


def resolve(text: str) -> Language:
    """Find a language by what people call it.

    Args:
        text: BCP-47 (`de`, `de-AT`, `zh-Hant`), ISO 639-2 or -3 (`deu`, `ger`), Tesseract's name (`chi_sim`), the
            English name (`German`), or a name of a `vocabulary` that means one language; case does not matter.

    Raises:
        InvalidOptionError: no language is called so; the message names the nearest ones.
    """
    key = _key(text)
    while key:
        if found := _index().get(key):
            return found
        key = key.rpartition("-")[0]  # de-AT and zh-Hant-TW fall back to de and zh-Hant (RFC 4647, lookup)
    raise InvalidOptionError(f"language {text!r} is not known", _nearest(text), "legenda languages lists them all")


@cache
def vocabulary(of: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """What other programs call languages: their names, as they write them, and the codes of the languages meant.

    `abbyy`: FineReader's 197 names, and three that services based on it take besides. `paddle`: PaddleOCR's names, so
    far as they are no codes of our own, or mean something else there (`ch` is Chinese, not Chamorro). A name without
    codes sets no limit: digits, MICR fonts, any Latin letters.
    """
    rows = (row.split("\t") for row in _NAMES.read_text(encoding="utf-8").splitlines()[1:])
    return {name: tuple(code for code in codes.split(";") if code) for whose, name, codes in rows if whose == of}


def codes_of(name: str, of: Vocabulary) -> tuple[str, ...]:
    """Codes of a language as callers of such a program name it, or as anybody does.

    Raises:
        InvalidOptionError: no language is called so.
    """
    found = vocabulary(of).get(name)
    return (resolve(name).code,) if found is None else found


def _parsed(code: str, iso639_3: str, name: str, script: str, pack: str, ppocr: str, aliases: str) -> Language:
    return Language(
        code, iso639_3, name, script, pack, cast(Coverage, ppocr), tuple(a for a in aliases.split(";") if a)
    )


def _key(text: str) -> str:
    return "-".join(text.lower().replace("_", "-").split())


@cache
def _index() -> dict[str, Language]:
    table = languages()
    named = [(name, x) for x in table for name in (x.code, x.iso639_3)]
    named += [(name, x) for x in table for name in (*x.aliases, x.name)]
    named += [(x.pack, x) for x in table]
    by_code = {x.code: x for x in table}
    others = [(name, codes) for of in ("abbyy", "paddle") for name, codes in vocabulary(of).items()]
    named += [(name, by_code[codes[0]]) for name, codes in others if len(codes) == 1]
    # codes win over names, packs come next to last: several languages share one; and last what others call languages
    return {_key(name): language for name, language in reversed(named) if name}


def _nearest(text: str) -> str:
    import difflib

    close = difflib.get_close_matches(_key(text), _index(), n=3, cutoff=0.7)
    names = dict.fromkeys(f"{_index()[key].name} ({_index()[key].code})" for key in close)
    return f"the nearest are {', '.join(names)}" if names else ""
