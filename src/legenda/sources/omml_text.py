"""Equations of Word as LaTeX: Office Math Markup (ECMA-376-1, 22.1). In the sandbox.

What is not known is passed through: its parts are there, only how they stand to one another is lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from xml.etree.ElementTree import Element

from legenda.document.mathsigns import ACCENTS, NARY, SIGNS
from legenda.sources.xml_parts import attribute, local

_DEEPEST, _LONGEST = 60, 4000
_FUNCTIONS = frozenset(
    (
        *("arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd"),
        *("hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr", "sec", "sin", "sinh"),
        *("sup", "tan", "tanh"),
    )
)
_SCRIPTS = {"double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak"}
_SCRIPTS |= {"sans-serif": "mathsf", "monospace": "mathtt"}
_ESCAPED = {"{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_", "\\": r"\backslash "}
_ESCAPED |= {"−": "-", "\u00a0": "~", "′": "'", "∕": "/", "\u2061": "", "^": r"\hat{}", "~": r"\sim "}
_FENCES = {"{": r"\{", "}": r"\}", "|": "|", "‖": r"\|", "⟨": r"\langle", "⟩": r"\rangle", "⌊": r"\lfloor"}
_FENCES |= {"⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "〈": r"\langle", "〉": r"\rangle", "": "."}
_BREAK = r" \\ "
_BRACES = {"⏞": "overbrace", "⏟": "underbrace", "¯": "overline", "_": "underline"}


def formulas(root: Element) -> Iterator[tuple[str, str]]:
    """LaTeX and characters of the equations of a part, in their order; empty LaTeX for what is none."""
    for child in root:
        name = local(child)
        if name == "oMath":
            yield latex(child), "".join(e.text or "" for e in child.iter() if local(e) == "t")
        elif name not in ("Fallback", "del", "moveFrom"):
            yield from formulas(child)


def latex(equation: Element) -> str:
    """An `m:oMath` in LaTeX, without delimiters; empty where it is too long or too deep."""
    try:
        made = " ".join(_inner(equation, 0).split())
    except RecursionError:
        return ""
    return made if len(made) <= _LONGEST else ""


def _inner(parent: Element | None, depth: int) -> str:
    if parent is None:
        return ""
    if depth > _DEEPEST:
        raise RecursionError
    return "".join(_made(child, depth + 1) for child in parent)


def _made(element: Element, depth: int) -> str:
    name = local(element)
    if name.endswith("Pr") or name in ("instrText", "delText", "del", "Fallback"):
        return ""
    if name == "r":
        return _run(element)
    writer = _WRITERS.get(name)
    return writer(element, depth) if writer else _inner(element, depth)


def _run(run: Element) -> str:
    about = _child(run, "rPr")
    text = "".join(e.text or "" for e in run if local(e) == "t")
    if _child(about, "nor") is not None:
        return rf"\text{{{text}}}" if text.strip() else " "
    if text.strip() in _FUNCTIONS:
        return rf"\{text.strip()} "
    script, style = (attribute(e, "val") if (e := _child(about, n)) is not None else "" for n in ("scr", "sty"))
    signs = "".join(_sign(c) for c in text)
    if script in _SCRIPTS and text.strip():
        return rf"\{_SCRIPTS[script]}{{{signs.strip()}}}"
    if style == "p" and len(text.strip()) > 1 and text.strip().isalpha():
        return rf"\operatorname{{{text.strip()}}}"
    return rf"\mathbf{{{signs.strip()}}}" if style in ("b", "bi") and text.strip().isalnum() else signs


@cache
def _names() -> dict[str, str]:
    """Commands by what they show; of several the first."""
    known: dict[str, str] = {}
    for name, sign in (*NARY.items(), *SIGNS.items()):
        if len(sign) == 1 and ord(sign) > 127 and name.isalpha():
            known.setdefault(sign, name)
    return known


def _sign(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    plain = unicodedata.normalize("NFKC", character) if ord(character) >= 0x1D400 else character
    return rf"\{name} " if (name := _names().get(plain)) else plain


def _child(parent: Element | None, name: str) -> Element | None:
    return None if parent is None else next((e for e in parent if local(e) == name), None)


def _told(element: Element, name: str, default: str) -> str:
    """A property; `default` where it is not told."""
    found = _child(_child(element, f"{local(element)}Pr"), name)
    return default if found is None else attribute(found, "val", "1")


def _is_set(element: Element, name: str) -> bool:
    return _told(element, name, "0") in ("1", "on", "true")


def _part(element: Element, name: str, depth: int) -> str:
    return _inner(_child(element, name), depth).strip()


def _base(element: Element, depth: int) -> str:
    """What scripts stand at: in braces unless it is one sign."""
    made = _part(element, "e", depth)
    return made if len(made) == 1 or (made.startswith("\\") and made[1:].isalpha()) else f"{{{made}}}"


def _fraction(element: Element, depth: int) -> str:
    above, below = _part(element, "num", depth), _part(element, "den", depth)
    kind = _told(element, "type", "bar")
    if kind == "lin":
        return f"{{{above}}}/{{{below}}}"
    return rf"{{{{{above}}} \atop {{{below}}}}}" if kind == "noBar" else rf"\frac{{{above}}}{{{below}}}"


def _scripted(element: Element, depth: int) -> str:
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    scripts = f"_{{{below}}}" * bool(below) + f"^{{{above}}}" * bool(above)
    base = _base(element, depth)
    return f"{{}}{scripts}{base}" if local(element) == "sPre" else base + scripts


def _root(element: Element, depth: int) -> str:
    degree = "" if _is_set(element, "degHide") else _part(element, "deg", depth)
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_part(element, 'e', depth)}}}"


def _nary(element: Element, depth: int) -> str:
    sign = _sign(_told(element, "chr", "∫")).strip()
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    scripts = f"_{{{below}}}" * bool(below) + f"^{{{above}}}" * bool(above)
    return f"{sign}{scripts} {_part(element, 'e', depth)}"


def _delimited(element: Element, depth: int) -> str:
    first, last, between = (
        _told(element, name, usual) for name, usual in (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))
    )
    inner = [_inner(e, depth).strip() for e in element if local(e) == "e"]
    if len(inner) == 1 and (first, last) in (("(", ")"), ("[", "]")) and "\\" not in inner[0]:
        return f"{first}{inner[0]}{last}"
    return rf"\left{_fence(first)} {f' {_sign(between)} '.join(inner)} \right{_fence(last)}"


def _fence(sign: str) -> str:
    return _FENCES.get(sign, sign if len(sign) == 1 else ".")


def _matrix(element: Element, depth: int) -> str:
    rows = [[_inner(e, depth).strip() for e in row if local(e) == "e"] for row in element if local(row) == "mr"]
    written = _BREAK.join(" & ".join(row) for row in rows)
    return rf"\begin{{matrix}} {written} \end{{matrix}}"


def _lines(element: Element, depth: int) -> str:
    rows = [_inner(e, depth).replace(r"\&", "&").strip() for e in element if local(e) == "e"]
    return rf"\begin{{aligned}} {_BREAK.join(rows)} \end{{aligned}}"


def _accented(element: Element, depth: int) -> str:
    sign = _told(element, "chr", "\u0302")
    name = next((name for name, mark in ACCENTS.items() if mark == sign), "overline" if sign == "\u0305" else "hat")
    return rf"\{name}{{{_part(element, 'e', depth)}}}"


def _bar(element: Element, depth: int) -> str:
    return rf"\{'overline' if _told(element, 'pos', 'bot') == 'top' else 'underline'}{{{_part(element, 'e', depth)}}}"


def _grouped(element: Element, depth: int) -> str:
    return rf"\{_BRACES.get(_told(element, 'chr', '⏟'), 'underbrace')}{{{_part(element, 'e', depth)}}}"


def _limit(element: Element, depth: int) -> str:
    base, limit = _part(element, "e", depth), _part(element, "lim", depth)
    sign = "_" if local(element) == "limLow" else "^"
    if base.startswith("\\") and (base[1:].isalpha() or base.startswith((r"\underbrace", r"\overbrace"))):
        return f"{base}{sign}{{{limit}}}"
    return rf"\{'underset' if sign == '_' else 'overset'}{{{limit}}}{{{base}}}"


def _function(element: Element, depth: int) -> str:
    return f"{_part(element, 'fName', depth)} {_part(element, 'e', depth)}"


def _boxed(element: Element, depth: int) -> str:
    return rf"\boxed{{{_part(element, 'e', depth)}}}"


_WRITERS: dict[str, Callable[[Element, int], str]] = {
    **dict.fromkeys(("sSub", "sSup", "sSubSup", "sPre"), _scripted),
    **{"f": _fraction, "rad": _root, "nary": _nary, "d": _delimited, "m": _matrix, "eqArr": _lines},
    **{"acc": _accented, "bar": _bar, "groupChr": _grouped, "limLow": _limit, "limUpp": _limit},
    **{"func": _function, "borderBox": _boxed},
}
