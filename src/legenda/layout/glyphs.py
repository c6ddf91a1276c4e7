r"""Formulas of a PDF's own text as LaTeX: by what its text objects say, how large they are, and where they stand.

Everything stands on one base line but for what is raised or lowered, for the limits of large operators, and for
fractions of full size beside a sign that tells where their bars are. What is stacked otherwise is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from legenda.document.geometry import Box

_SMALLER = 0.86  # times the size of the base line, from which a sign is raised or lowered (TeX: .7)
_RAISED = 0.04  # of the base's size, by which the middle of a raised sign lies above its base's
_LARGE = frozenset("∑∏∫⋃⋂⨁⨂∐∮")
_FAR = 4.0  # widths of a large operator, as far as its limits reach to either side
_OPERATORS = frozenset("=+−-<>≤≥≈≡→⋅·× ")
_OFF_AXIS, _APART = (
    0.3,
    0.35,
)  # of the base's size: how far parts of fractions stand off operators, and from one another
_OVER = 0.6  # of two signs' width, that they share when one stands over the other
_PRIMES = frozenset("′'")
_GREEK = (
    *("α", "alpha", "β", "beta", "γ", "gamma", "δ", "delta", "ζ", "zeta", "η", "eta", "θ", "theta", "ι", "iota"),
    *("κ", "kappa", "λ", "lambda", "μ", "mu", "ν", "nu", "ξ", "xi", "π", "pi", "ρ", "rho", "σ", "sigma", "τ", "tau"),
    *("υ", "upsilon", "χ", "chi", "ψ", "psi", "ω", "omega", "Γ", "Gamma", "Δ", "Delta", "Θ", "Theta", "Λ", "Lambda"),
    *("Ξ", "Xi", "Π", "Pi", "Σ", "Sigma", "Υ", "Upsilon", "Φ", "Phi", "Ψ", "Psi", "Ω", "Omega"),
)
_SIGNS = {
    **dict(zip(_GREEK[::2], _GREEK[1::2], strict=True)),
    **{"ϵ": "epsilon", "ϑ": "vartheta", "ϕ": "phi", "ϱ": "varrho", "ς": "varsigma", "ε": "varepsilon", "φ": "varphi"},
    **{"∑": "sum", "∏": "prod", "∫": "int", "∮": "oint", "∐": "coprod", "⋃": "bigcup", "⋂": "bigcap", "⨁": "bigoplus"},
    **{"∈": "in", "∉": "notin", "⊂": "subset", "⊆": "subseteq", "⊃": "supset", "∪": "cup", "∩": "cap", "∅": "emptyset"},
    **{
        "≤": "le",
        "≥": "ge",
        "≠": "ne",
        "≈": "approx",
        "≡": "equiv",
        "∼": "sim",
        "≃": "simeq",
        "≅": "cong",
        "∝": "propto",
    },
    **{"→": "to", "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇔": "Leftrightarrow", "↦": "mapsto"},
    **{"×": "times", "·": "cdot", "⋅": "cdot", "±": "pm", "∓": "mp", "∗": "ast", "◦": "circ", "∘": "circ", "÷": "div"},
    **{"⊕": "oplus", "⊗": "otimes", "∧": "wedge", "∨": "vee", "¬": "neg", "∀": "forall", "∃": "exists", "∞": "infty"},
    **{
        "∂": "partial",
        "∇": "nabla",
        "√": "surd",
        "…": "dots",
        "⋯": "cdots",
        "∥": "parallel",
        "⟨": "langle",
        "⟩": "rangle",
    },
    **{
        "⊥": "perp",
        "†": "dagger",
        "‡": "ddagger",
        "ℓ": "ell",
        "ℏ": "hbar",
        "{": "{",
        "}": "}",
        "%": "%",
        "#": "#",
        "&": "&",
    },
}
_TALL = 1.8  # times its font's size, from which a sign is a bracket put together (TeX's cmex has them at these codes)
_BRACKETS = {'"': r"\Big[", "#": r"\Big]", "!": r"\Big)", "": r"\Big("}
_FUNCTIONS = frozenset(
    ("sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "gcd", "ker")
)
_PARTS = re.compile(r"[A-Za-z]+|\S")
_PLAIN = re.compile(r"[0-9()\[\]|/+=<>.,:;!?*'-]")


@dataclass(frozen=True, slots=True)
class Sign:
    """A text object of a formula.

    Attributes:
        text: what it says.
        box: left, top, right, bottom; page units.
        size: of its font.
        upright: a word in it is one, and not a product of letters.
        bold: it is.
        letters: of its capitals: `mathcal`, `mathbb`, or empty.
        latex: what it is as a whole, where that is known.
    """

    text: str
    box: Box
    size: float
    upright: bool = False
    bold: bool = False
    letters: str = ""
    latex: str = ""


@dataclass(slots=True)
class _Atom:
    sign: Sign
    below: list[Sign] = field(default_factory=list)
    above: list[Sign] = field(default_factory=list)


def latex_of(signs: Sequence[Sign]) -> str:
    """LaTeX of signs on one base line; empty where they are stacked, or say what has no spelling here."""
    atoms = _atoms(sorted(_with_fractions(signs), key=lambda sign: sign.box[0]))
    parts = [_spelled(atom) for atom in atoms or ()]
    return "" if not atoms or "" in parts else _joined(parts)


def _with_fractions(signs: Sequence[Sign]) -> Sequence[Sign]:
    """The signs with each fraction as one: signs of full size above and below the height at which operators stand."""
    usual = max((sign.size for sign in signs if sign.text not in _LARGE), default=0.0)
    full = [sign for sign in signs if sign.size >= _SMALLER * usual and sign.text not in _LARGE]
    bars = [_middle(sign) for sign in full if set(sign.text.split()) and set(sign.text) <= _OPERATORS]
    if not bars:
        return signs
    axis, reach = median(bars), _OFF_AXIS * usual
    stacked = sorted((s for s in full if abs(_middle(s) - axis) > reach), key=lambda sign: sign.box[0])
    done = list(signs)
    for group in _near(stacked, _APART * usual):
        left, right = min(sign.box[0] for sign in group), max(sign.box[2] for sign in group) + _APART * usual
        members = [s for s in signs if left - 0.1 * usual < (s.box[0] + s.box[2]) / 2 < right]
        parts = [[s for s in members if (_middle(s) < axis) == above] for above in (True, False)]
        if any(abs(_middle(s) - axis) <= reach and s in full for s in members) or not all(parts):
            continue
        over, under = (latex_of(part) for part in parts)
        if over and under:
            box = (left, axis - usual / 2, max(s.box[2] for s in members), axis + usual / 2)
            done = [s for s in done if all(s is not one for one in members)]
            done.append(Sign("", box, usual, latex=f"\\frac{{{over}}}{{{under}}}"))
    return done


def _near(signs: Sequence[Sign], gap: float) -> list[list[Sign]]:
    """Signs, sorted from the left, in groups with no wider gap inside."""
    groups: list[list[Sign]] = []
    for sign in signs:
        if groups and sign.box[0] - max(one.box[2] for one in groups[-1]) < gap:
            groups[-1].append(sign)
        else:
            groups.append([sign])
    return groups


def _atoms(signs: Sequence[Sign]) -> list[_Atom] | None:
    """Signs of the base line with what is raised and lowered at each; `None` where they are stacked."""
    usual = max((sign.size for sign in signs if sign.text not in _LARGE), default=0.0)
    limits, others = _limits(signs, usual)
    atoms: list[_Atom] = []
    for sign in others:
        if sign.size < _SMALLER * usual and sign.text not in _LARGE:
            if not atoms:
                return None
            _attach(sign, atoms[-1])
        elif atoms and _is_stacked(sign, atoms[-1].sign):
            return None
        else:
            atoms.append(_Atom(sign))
    for atom in atoms:
        for sign in limits.get(id(atom.sign), ()):
            (atom.below if _middle(sign) > _middle(atom.sign) else atom.above).append(sign)
    return atoms


def _attach(sign: Sign, atom: _Atom) -> None:
    """Put a raised or lowered sign where it belongs; one still smaller, right behind another, to that one."""
    behind = [
        scripts
        for scripts in (atom.below, atom.above)
        if scripts and sign.size < _SMALLER * scripts[-1].size and sign.box[0] - scripts[-1].box[2] < 0.3 * sign.size
    ]
    if behind:
        min(behind, key=lambda scripts: abs(_middle(scripts[-1]) - _middle(sign))).append(sign)
    else:
        (atom.below if _is_below(sign, atom.sign) else atom.above).append(sign)


def _limits(signs: Sequence[Sign], usual: float) -> tuple[dict[int, list[Sign]], list[Sign]]:
    """Small signs right above and below large operators, by the identity of these, and all other signs."""
    large = [sign for sign in signs if sign.text in _LARGE]
    found: dict[int, list[Sign]] = {}
    others = []
    for sign in signs:
        middle = (sign.box[0] + sign.box[2]) / 2
        holders = [
            one
            for one in large
            if sign.size < _SMALLER * usual
            and not one.box[1] < _middle(sign) < one.box[3]
            and abs(middle - (one.box[0] + one.box[2]) / 2) < _FAR * (one.box[2] - one.box[0])
        ]
        if holders:
            nearest = min(holders, key=lambda one: abs(middle - (one.box[0] + one.box[2]) / 2))
            found.setdefault(id(nearest), []).append(sign)
        else:
            others.append(sign)
    return found, others


def _middle(sign: Sign) -> float:
    return (sign.box[1] + sign.box[3]) / 2


def _is_below(sign: Sign, base: Sign) -> bool:
    return _middle(sign) > _middle(base) - _RAISED * base.size and sign.text[:1] not in _PRIMES


def _is_stacked(sign: Sign, before: Sign) -> bool:
    shared = min(sign.box[2], before.box[2]) - max(sign.box[0], before.box[0])
    narrower = min(sign.box[2] - sign.box[0], before.box[2] - before.box[0])
    return shared > _OVER * max(narrower, 1e-6)


def _spelled(atom: _Atom) -> str:
    """An atom with its scripts; empty where a sign has no spelling."""
    text = _spelling(atom.sign)
    if not text:
        return ""
    primes = [sign for sign in atom.above if set(sign.text.strip()) <= _PRIMES]
    text += "'" * sum(len(sign.text.strip()) for sign in primes)
    for mark, signs in (("_", atom.below), ("^", [sign for sign in atom.above if sign not in primes])):
        if signs and not (inner := latex_of(signs)):
            return ""
        text += f"{mark}{{{inner}}}" if signs else ""
    return text


def _spelling(sign: Sign) -> str:
    if sign.latex:
        return sign.latex
    if sign.box[3] - sign.box[1] > _TALL * sign.size and sign.text.strip() in _BRACKETS:
        return _BRACKETS[sign.text.strip()]
    parts: list[str] = []
    for part in _PARTS.findall(sign.text):
        if sign.upright and len(part) > 1:
            parts.append(f"\\{part}" if part in _FUNCTIONS else f"\\mathrm{{{part}}}")
        else:
            parts += [_letter(character, sign) for character in part]
    return "" if not parts or "" in parts else _joined(parts)


def _letter(character: str, sign: Sign) -> str:
    if character == "−":
        return "-"
    if character in _PRIMES:
        return "'"
    if character in _SIGNS:
        return f"\\{_SIGNS[character]}"
    if character.isascii() and character.isalpha():
        shape = sign.letters if character.isupper() else ""
        shape = shape or ("mathbf" if sign.bold else "")
        return f"\\{shape}{{{character}}}" if shape else character
    return character if _PLAIN.match(character) else ""


def _joined(parts: Sequence[str]) -> str:
    """Spellings one after the other; a command that a letter follows is parted from it."""
    text = ""
    for part in parts:
        text += " " * bool(re.search(r"\\[A-Za-z]+$", text) and part[:1].isalpha()) + part
    return text
