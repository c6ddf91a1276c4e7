"""Which pack reads which language or script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from legenda.engines.tesseract.library import folder, pack_named
from legenda.errors import MissingComponentError
from legenda.languages import Language, languages, resolve

LATIN = "Latn"
# ISO 15924 code: Tesseract's script pack, and the language pack tried to see whether it is this script.
# The codes are those of `languages`: Hans, Hant, Jpan and Kore stand for mixtures.
SCRIPT_PACKS = {
    "Latn": ("Latin", "eng"),
    "Cyrl": ("Cyrillic", "rus"),
    "Grek": ("Greek", "ell"),
    "Arab": ("Arabic", "ara"),
    "Hebr": ("Hebrew", "heb"),
    "Deva": ("Devanagari", "hin"),
    "Beng": ("Bengali", "ben"),
    "Guru": ("Gurmukhi", "pan"),
    "Gujr": ("Gujarati", "guj"),
    "Orya": ("Oriya", "ori"),
    "Taml": ("Tamil", "tam"),
    "Telu": ("Telugu", "tel"),
    "Knda": ("Kannada", "kan"),
    "Mlym": ("Malayalam", "mal"),
    "Sinh": ("Sinhala", "sin"),
    "Thai": ("Thai", "tha"),
    "Laoo": ("Lao", "lao"),
    "Tibt": ("Tibetan", "bod"),
    "Mymr": ("Myanmar", "mya"),
    "Khmr": ("Khmer", "khm"),
    "Geor": ("Georgian", "kat"),
    "Armn": ("Armenian", "hye"),
    "Ethi": ("Ethiopic", "amh"),
    "Hans": ("HanS", "chi_sim"),
    "Hant": ("HanT", "chi_tra"),
    "Jpan": ("Japanese", "jpn"),
    "Kore": ("Hangul", "kor"),
    "Thaa": ("Thaana", "div"),
    "Syrc": ("Syriac", "syr"),
    "Cher": ("Cherokee", "chr"),
    "Cans": ("Canadian_Aboriginal", "iku"),
}
# Scripts of many languages are read with the script's pack. On 80 rendered pages it is as good as the language's own
# (Cyrl .002, Arab .008, Deva .001 CER apart); where one language has the script alone, its own is better
# (Gujr .002 against .032, Tibt .013 against .023) and loads eight times faster.
_MANY = frozenset({"Latn", "Cyrl", "Grek", "Arab", "Hebr", "Deva", "Beng"})


def packs_for(codes: Sequence[str]) -> tuple[str, ...]:
    """Installed packs for languages, in order and each once.

    Raises:
        InvalidOptionError: a language is not known.
        MissingComponentError: neither the language's pack nor its script's is installed.
    """
    return tuple(dict.fromkeys(_pack_of(resolve(code)) for code in codes))


def candidates(script: str) -> tuple[str, ...]:
    """Installed packs that read a script (ISO 15924), best first; empty when there is none."""
    general, own = SCRIPT_PACKS.get(script, ("", ""))
    order = (general, own) if script in _MANY else (own, general)
    named = [pack_named(name) for name in (*order, *_language_packs(script)) if name]
    return tuple(dict.fromkeys(name for name in named if name))


def probe(script: str) -> str:
    """The installed pack that loads fastest among those of a script, or empty."""
    general, own = SCRIPT_PACKS[script]
    return pack_named(own) or pack_named(general) or next(iter(candidates(script)), "")


def general(script: str) -> tuple[str, ...]:
    """The installed pack that reads all languages of a script, or none."""
    found = pack_named(SCRIPT_PACKS[script][0])
    return (found,) if found else ()


def missing(script: str) -> MissingComponentError:
    """The error that says which pack a script needs."""
    name, own = SCRIPT_PACKS[script]
    return _missing(f"a pack for the script {name} ({script})", f"tesseract-ocr-{own.replace('_', '-')}")


def language_of(packs: Sequence[str]) -> str:
    """BCP-47 code of what packs read, where they read one language only; else empty."""
    return resolve(packs[0]).code if len(packs) == 1 and packs[0] in _language_names() else ""


@cache
def _language_names() -> frozenset[str]:
    return frozenset(x.pack for x in languages() if not x.pack.startswith("script/"))


@cache
def _language_packs(script: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x.pack for x in languages() if x.script == script))


def _pack_of(language: Language) -> str:
    if found := pack_named(language.pack) or next(iter(candidates(language.script)), ""):
        return found
    raise _missing(f"the pack {language.pack!r} for {language.name}", language.package)


def _missing(what: str, package: str) -> MissingComponentError:
    return MissingComponentError(f"Tesseract lacks {what}", f"it is not in {folder()}", f"apt install {package}")
