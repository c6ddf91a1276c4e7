"""Script of characters: ISO 15924 codes after the Unicode Script property (UAX #24), for the scripts OCR meets."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from functools import lru_cache

COMMON = "Zyyy"
UNSPACED = frozenset({"Hani", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr"})
"""Scripts written without spaces between words."""
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa"})

# Ranges of Unicode 16's Scripts.txt; unassigned code points between two of one script are filled in.
# Punctuation, digits shared by scripts, symbols and marks that take the script of their base are in none.
_TABLE = """
41-5a Latn, 61-7a Latn, aa Latn, ba Latn, c0-d6 Latn, d8-f6 Latn, f8-2b8 Latn, 2e0-2e4 Latn, 2ea-2eb Bopo,
370-373 Grek, 375-37d Grek, 37f-384 Grek, 386 Grek, 388-3e1 Grek, 3f0-3ff Grek, 400-484 Cyrl, 487-52f Cyrl,
531-58f Armn, 591-5f4 Hebr, 600-604 Arab, 606-60b Arab, 60d-61a Arab, 61c-61e Arab, 620-63f Arab, 641-64a Arab,
656-66f Arab, 671-6dc Arab, 6de-6ff Arab, 700-74f Syrc, 750-77f Arab, 780-7b1 Thaa, 860-86a Syrc, 870-8e1 Arab,
8e3-8ff Arab, 900-950 Deva, 955-963 Deva, 966-97f Deva, 980-9fe Beng, a01-a76 Guru, a81-aff Gujr, b01-b77 Orya,
b82-bfa Taml, c00-c7f Telu, c80-cf3 Knda, d00-d7f Mlym, d81-df4 Sinh, e01-e3a Thai, e40-e5b Thai, e81-edf Laoo,
f00-fd4 Tibt, fd9-fda Tibt, 1000-109f Mymr, 10a0-10fa Geor, 10fc-10ff Geor, 1100-11ff Hang, 1200-1399 Ethi,
13a0-13fd Cher, 1400-167f Cans, 1780-17f9 Khmr, 1800-1801 Mong, 1804 Mong, 1806-18aa Mong, 18b0-18f5 Cans,
19e0-19ff Khmr, 1c80-1c8a Cyrl, 1c90-1cbf Geor, 1d00-1d25 Latn, 1d26-1d2a Grek, 1d2b Cyrl, 1d2c-1d5c Latn,
1d5d-1d61 Grek, 1d62-1d65 Latn, 1d66-1d6a Grek, 1d6b-1d77 Latn, 1d78 Cyrl, 1d79-1dbe Latn, 1dbf Grek,
1e00-1eff Latn, 1f00-1ffe Grek, 2071 Latn, 207f Latn, 2090-209f Latn, 2126 Grek, 212a-212b Latn, 2132 Latn,
214e Latn, 2160-2188 Latn, 2c60-2c7f Latn, 2d00-2d2d Geor, 2d80-2dde Ethi, 2de0-2dff Cyrl, 2e80-2fd5 Hani,
3005 Hani, 3007 Hani, 3021-3029 Hani, 302e-302f Hang, 3038-303b Hani, 3041-3096 Hira, 309d-309f Hira,
30a1-30fa Kana, 30fd-30ff Kana, 3105-312f Bopo, 3131-318e Hang, 31a0-31bf Bopo, 31f0-31ff Kana, 3200-321e Hang,
3260-327e Hang, 32d0-32fe Kana, 3300-3357 Kana, 3400-4dbf Hani, 4e00-9fff Hani, a640-a69f Cyrl, a722-a787 Latn,
a78b-a7ff Latn, a8e0-a8ff Deva, a960-a97c Hang, a9e0-a9fe Mymr, aa60-aa7f Mymr, ab01-ab2e Ethi, ab30-ab5a Latn,
ab5c-ab64 Latn, ab65 Grek, ab66-ab69 Latn, ab6c-ab6d Latn, ab70-abbf Cher, ac00-d7fb Hang, f900-fad9 Hani,
fb00-fb06 Latn, fb13-fb17 Armn, fb1d-fb4f Hebr, fb50-fd3d Arab, fd40-fdff Arab, fe2e-fe2f Cyrl, fe70-fefc Arab,
ff21-ff3a Latn, ff41-ff5a Latn, ff66-ff6f Kana, ff71-ff9d Kana, ffa0-ffdc Hang, 10140-1018e Grek, 101a0 Grek,
10780-107bf Latn, 10e60-10e7e Arab, 10ec2-10eff Arab, 111e1-111f4 Sinh, 11660-1166c Mong, 116d0-116e3 Mymr,
11ab0-11abf Cans, 11b00-11b0a Deva, 11df0-11df1 Beng, 11fc0-11fff Taml, 16fe2-16fe3 Hani, 16ff0-16ff6 Hani,
1aff0-1b000 Kana, 1b001-1b11f Hira, 1b120-1b122 Kana, 1b123 Hira, 1b124-1b128 Kana, 1b132-1b152 Hira,
1b155-1b168 Kana, 1d200-1d245 Grek, 1df00-1dff2 Latn, 1dff3-1dff4 Grek, 1dff5-1dfff Latn, 1e030-1e08f Cyrl,
1e7e0-1e7fe Ethi, 1ee00-1eef1 Arab, 1f200 Hira, 20000-31fff Hani
"""


def _parsed(table: str) -> tuple[list[int], list[int], list[str]]:
    rows = [row.split(" ") for row in table.replace("\n", " ").strip().split(", ")]
    ends = [(r.partition("-")[0], r.rpartition("-")[2], script) for r, script in rows]
    return [int(a, 16) for a, _, _ in ends], [int(b, 16) for _, b, _ in ends], [s for _, _, s in ends]


_FIRST, _LAST, _SCRIPT = _parsed(_TABLE)


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """ISO 15924 code of one character; `Zyyy` for what belongs to no script or to none of the table's."""
    code = ord(character)
    at = bisect_right(_FIRST, code) - 1
    return _SCRIPT[at] if at >= 0 and code <= _LAST[at] else COMMON


def letters(text: str) -> int:
    """How many letters of any script a text has; marks and digits do not count."""
    return sum(unicodedata.category(c)[0] == "L" for c in text)


def scripts(text: str) -> Counter[str]:
    """How many characters of each script a text has, without `Zyyy`."""
    found = Counter(map(script_of, text))
    del found[COMMON]
    return found


def dominant(text: str) -> str:
    """The script most characters of a text belong to; `Jpan` and `Kore` for their mixtures; empty for none.

    Kana anywhere beyond one character in ten makes Han text Japanese; Hangul makes it Korean.
    """
    found = scripts(text)
    if not found:
        return ""
    top = max(found, key=lambda s: found[s])
    kana, total = found["Hira"] + found["Kana"], found.total()
    if top in ("Hani", "Hira", "Kana") and kana > total / 10:
        return "Jpan"
    return "Kore" if top == "Hang" else top
